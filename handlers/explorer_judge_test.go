package handlers_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"

	"bangkom/bot"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
)

// judge compares what is written with what may be.
type judge struct {
	e    *explorer
	keys map[string]bool // of the catalogue

	mu  sync.Mutex
	rel relations
}

func newJudge(e *explorer) *judge {
	j := &judge{e: e, keys: map[string]bool{}, rel: relations{map[pair]bool{}, map[pair]bool{}, map[pair]bool{}, map[pair]bool{}}}
	for _, k := range e.cat.Keys() {
		j.keys[k] = true
	}
	j.rel.refresh(e)
	return j
}

// refused reports a call that broke a rule of Telegram.
func (j *judge) refused(c faketelegram.Call) {
	j.e.fault(j.e.byChat[c.ChatID], j.e.next.Load(), "Telegram refused %s: %s", c.Method, c.Description)
}

// call judges one message: its words, its buttons, its file.
func (j *judge) call(c faketelegram.Call) {
	a := j.e.byChat[c.ChatID]
	blame := func(format string, args ...any) {
		j.e.fault(a, j.e.next.Load(), "%s\n    in: %s", fmt.Sprintf(format, args...), visible(c))
	}
	words := visible(c)
	for _, b := range buttonsIn(c) {
		words += "\n" + b.Text + "\n" + b.URL
		if bad := j.badData(b); bad != "" {
			blame("the data of a button %q %s", b.Data, bad)
		}
	}
	words = withoutTyped(words)
	if bad := j.internal(words); bad != "" {
		blame("internal text %q", bad)
	}
	if bad := j.leak(a, words, false); bad != "" {
		blame("%s", bad)
	}
	if c.Method != "sendDocument" {
		return
	}
	for _, m := range j.e.fake.Messages(c.ChatID) {
		if m.ID != c.MessageID || m.Document == nil {
			continue
		}
		spreadsheet := strings.HasSuffix(m.Document.Name, ".xlsx")
		if bad := j.leak(a, contentOf(m.Document), spreadsheet); bad != "" {
			blame("in the file %s: %s", m.Document.Name, bad)
		}
	}
}

// contentOf is what stands in a file; a spreadsheet is unpacked.
func contentOf(d *faketelegram.Document) string {
	archive, err := zip.NewReader(bytes.NewReader(d.Body), int64(len(d.Body)))
	if err != nil {
		return withoutTyped(string(d.Body))
	}
	var b strings.Builder
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			continue
		}
		_, _ = io.Copy(&b, r) // a broken part has no readable text
		_ = r.Close()
	}
	return b.String()
}

// buttonsIn are the inline buttons of a call.
func buttonsIn(c faketelegram.Call) (out []faketelegram.Button) {
	var markup struct {
		Rows [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
			URL  string `json:"url"`
		} `json:"inline_keyboard"`
	}
	if json.Unmarshal([]byte(c.Params["reply_markup"]), &markup) != nil {
		return nil
	}
	for _, row := range markup.Rows {
		for _, b := range row {
			out = append(out, faketelegram.Button{Text: b.Text, Data: b.Data, URL: b.URL})
		}
	}
	return out
}

var (
	actionData = regexp.MustCompile(`^1[a-z.]+:[0-9a-z]+:[A-Za-z0-9.-]*:[a-z]{1,3}:([A-Za-z0-9.-]{0,20}):[A-Za-z0-9_-]{14}$`)
	oneLevel   = regexp.MustCompile(`^[1-5]$`)
	longNumber = regexp.MustCompile(`\d{7,}`)
)

// badData says what is wrong with the data of a button: it may hold a reference
// and the choice of that very button, nothing of a person.
func (j *judge) badData(b faketelegram.Button) string {
	if b.Data == "" {
		return ""
	}
	m := actionData.FindStringSubmatch(b.Data)
	if m == nil {
		return "has a form of its own"
	}
	body := b.Data[:len(b.Data)-15] // behind it stand hashes
	if longNumber.MatchString(body) {
		return "holds a long number"
	}
	for _, s := range j.e.subjects {
		if strings.Contains(strings.ToLower(body), strings.ToLower(s.token)) || strings.Contains(body, s.secret) || strings.Contains(body, s.remark) {
			return "holds a name"
		}
	}
	fields := strings.Split(body[1:], ":")
	if choice, label := m[1], b.Text; fields[0] == "q" && fields[3] == "a" && oneLevel.MatchString(label) && choice != label {
		return "is not the choice of the button " + label
	}
	return ""
}

var (
	englishWords = regexp.MustCompile(`(?i)\b(the|not|was|were|with|cannot|could|should|must|has|have|and|of|is|are|for|unexpected|invalid|unknown|missing)\b`)
	dotted       = regexp.MustCompile(`[a-z]+[._][a-z0-9_.]+`)
	machine      = regexp.MustCompile(`(?i)%!|<no value>|\{\{|\}\}|\bnil\b|\bnull\b|\bpq:|postgres|\bsql|panic|goroutine|runtime error|\.go:\d|undefined|\berror\b|0x[0-9a-f]{6,}|\bNaN\b`)
)

// internal finds what is not meant for people.
func (j *judge) internal(words string) string {
	if bad := machine.FindString(words); bad != "" {
		return bad
	}
	for _, word := range dotted.FindAllString(words, -1) {
		if j.keys[strings.TrimRight(word, "._")] {
			return word
		}
	}
	english := map[string]bool{}
	for _, word := range englishWords.FindAllString(words, -1) {
		english[strings.ToLower(word)] = true
	}
	if len(english) > 1 {
		return fmt.Sprintf("English: %v", english)
	}
	return ""
}

var (
	fourDigits = regexp.MustCompile(`\b\d{4}\b`)
	oneCode    = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|start=[0-9A-Z]{12}`)
)

// leak finds data of somebody that this account may not be sent.
func (j *judge) leak(a *actor, words string, spreadsheet bool) string {
	bad := j.leakNow(a, words, spreadsheet)
	if bad == "" {
		return ""
	}
	j.mu.Lock()
	j.rel.refresh(j.e) // what was written follows from what is stored
	j.mu.Unlock()
	return j.leakNow(a, words, spreadsheet)
}

func (j *judge) leakNow(a *actor, words string, spreadsheet bool) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	lower := strings.ToLower(words)
	hr := a != nil && a.person != nil && a.person.role == personnel.RoleHR
	for _, s := range j.e.subjects {
		own := a != nil && a.person == s
		switch sees := j.e.sees(a, j.rel, s); {
		case sees < theName && strings.Contains(lower, strings.ToLower(s.token)):
			return "the name of " + s.token
		case !own && !hr && strings.Contains(words, s.secret):
			return "what only " + s.token + " wrote"
		case !j.rel.readsRemark(a, s) && strings.Contains(words, s.remark):
			return "what " + s.token + " says about the own result"
		case !own && !(sees == withTail && spreadsheet) && strings.Contains(words, s.nip):
			return "the NIP of " + s.token
		case !own && strings.Contains(strings.NewReplacer(" ", "", "-", "").Replace(words), s.phone[3:]):
			return "the phone number of " + s.token
		case strings.Contains(words, s.code):
			return "the code of " + s.token
		}
	}
	for _, four := range fourDigits.FindAllString(oneCode.ReplaceAllString(words, ""), -1) {
		i := slices.IndexFunc(j.e.subjects, func(s *subject) bool { return s.tail() == four })
		if i >= 0 && !spreadsheet && j.e.sees(a, j.rel, j.e.subjects[i]) < withTail {
			return "the last digits of the NIP of " + j.e.subjects[i].token
		}
	}
	return ""
}

// withoutTyped takes away what people of the play typed on purpose: some of it
// is repeated to those who may read it, a request to the personnel office for
// instance.
func withoutTyped(words string) string {
	words = strings.Join(strings.Fields(words), " ")
	for _, typed := range typedBefore() {
		words = strings.ReplaceAll(words, typed, " ")
	}
	return words
}

// typedBefore are the texts that may be repeated, as they are kept, the longest
// first.
var typedBefore = sync.OnceValue(func() (all []string) {
	for _, text := range strange() {
		kept := strings.Join(strings.Fields(bot.Sanitize(text)), " ")
		if len(kept) > 3 {
			all = append(all, kept)
		}
	}
	slices.SortFunc(all, func(x, y string) int { return len(y) - len(x) })
	return all
})
