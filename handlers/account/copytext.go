package account

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/text"
)

// inWords puts the names of questionnaires, questions and answers in the place of
// their codes.
func (p *desk) inWords(c *personnel.Copy) {
	titles := map[string]string{} // of questions, by code
	answers := func(code string, version int, given map[string]string) (title string, named map[string]string) {
		def, _ := p.Definition(code, version)
		named = make(map[string]string, len(given))
		for key, value := range given {
			item, _ := def.Item(key)
			titles[key] = item.Title
			named[item.Title] = p.answerInWords(item, value)
		}
		return def.Title, named
	}
	for _, list := range [][]personnel.CopyResponse{c.Responses, c.Ratings} {
		for i, r := range list {
			list[i].Questionnaire, list[i].Answers = answers(r.Questionnaire, r.Version, r.Answers)
		}
	}
	for i, d := range c.Drafts {
		var given struct {
			Answers map[string]string `json:"answers"`
		}
		if json.Unmarshal(d.State, &given) == nil { // else it is told as it is
			c.Drafts[i].Questionnaire, given.Answers = answers(d.Questionnaire, d.Version, given.Answers)
			c.Drafts[i].State, _ = json.Marshal(given.Answers) // a map of strings always encodes
		}
	}
	for i, t := range c.Talks {
		c.Talks[i].Item = titles[t.Item]
	}
}

// answerInWords is an answer as it was shown; one that only a superior gives too.
func (p *desk) answerInWords(item questionnaire.Item, value string) string {
	if value == rating.Unknown {
		return p.Cfg.Text.Plain("label.unknown", nil)
	}
	return p.Shown(item, value)
}

// copyWriter writes JSON whose keys are words as indented lines for people. What
// is empty is left out.
type copyWriter struct {
	p    *desk
	d    *json.Decoder
	b    strings.Builder
	path []string // keys of the objects that are open
}

func (w *copyWriter) value(key, label string, depth int) error {
	token, err := w.d.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		w.line(depth, label, "")
		w.path = append(w.path, key)
		for n := 1; w.d.More(); n++ {
			inner, word := key, strconv.Itoa(n)
			if v == '{' {
				token, err := w.d.Token()
				if err != nil {
					return err
				}
				inner = fmt.Sprint(token)
				word = strings.ReplaceAll(inner, "_", " ")
			}
			if err := w.value(inner, word, depth+1); err != nil {
				return err
			}
		}
		w.path = w.path[:len(w.path)-1]
		_, err = w.d.Token()
		return err
	case nil:
	default:
		if plain := w.plain(key, v); plain != "" {
			w.line(depth, label, " "+plain)
		}
	}
	return nil
}

func (w *copyWriter) line(depth int, label, value string) {
	if depth >= 0 {
		w.b.WriteString(strings.Repeat("    ", depth) + label + ":" + value + "\n")
	}
}

// coded are the keys whose values are codes of the program; detail is one whose
// value may be one.
var coded = []string{"jenis", "keadaan", "kejadian", "keputusan", "hak", "oleh", "alasan", "tindak_lanjut",
	"cara", "berhalangan", "izin", "dengan", // of trainings
	"asal"} // of plans

const detail = "keterangan"

// codeLike is how the program writes codes.
var codeLike = regexp.MustCompile(`^[a-z]+([._-][a-z]+)*$`)

// plain writes one value as people read it; "" = it says nothing to people. The copy
// for machines has it as it is stored.
func (w *copyWriter) plain(key string, v any) string {
	s, ok := v.(string)
	if !ok {
		s = fmt.Sprint(v)
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		at = at.In(w.p.Cfg.Location)
		return w.p.Cfg.Text.Date(at) + ", " + w.p.Cfg.Text.Clock(at)
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return w.p.Cfg.Text.Date(day)
	}
	if _, isBool := v.(bool); isBool || slices.Contains(coded, key) || key == detail {
		return w.word(key, s)
	}
	return s
}

// word is a code in words: of the section in which it stands, else of all.
func (w *copyWriter) word(key, code string) string {
	kind, _, _ := strings.Cut(code, ".")
	keys := []string{"stored.v_" + strings.ReplaceAll(code, ".", "_")}
	switch {
	case slices.Contains(w.path, "pesan") && key == "jenis":
		keys = []string{"stored.m_" + kind, "stored.m_other"}
	case slices.Contains(w.path, "pengumuman") && key == "keadaan":
		keys = []string{wordKey("ledger", "state", code), keys[0]}
	case slices.Contains(w.path, "pengingat") && key == "alasan", slices.Contains(w.path, "pengumuman") && key == "alasan":
		keys = []string{"reason." + code}
	case slices.Contains(w.path, "pengingat") && key == "jenis":
		keys = []string{wordKey("attention", "word", code), "attention.word_other"}
	case slices.Contains(w.path, "pelatihan"):
		keys = append([]string{"stored.t_" + code}, keys...)
	case slices.Contains(w.path, "rencana_pengembangan"):
		keys = []string{"stored.d_" + key + "_" + code}
	case slices.Contains(w.path, "hasil_dialog") && key == "alasan":
		keys = []string{wordKey("label", "reason", code)}
	case slices.Contains(w.path, "hasil_dialog"):
		keys = []string{wordKey("label", "action", code)}
	}
	for _, k := range keys {
		if word := w.p.Cfg.Text.Plain(k, text.Args{"kantor": w.p.Cfg.Agency.Office}); word != k {
			return word
		}
	}
	switch {
	case !codeLike.MatchString(code): // words of a person
		return code
	case key == detail:
		return ""
	}
	return w.p.Cfg.Text.Plain("stored.v_other", nil)
}

// wordKey is the key of the word for a code in another part of the catalogue.
func wordKey(room, what, code string) string { return room + "." + what + "_" + code }
