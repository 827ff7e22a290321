package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// CopyFile is the kind of file that holds a copy of somebody's own data for
// machines, CopyTextFile the same for people.
const (
	CopyFile     = "copy"
	CopyTextFile = "copy_text"
)

// copyOf says whose copy is wanted: of whoever the chat belongs to when it is
// sent, so that nobody else's can go out.
type copyOf struct {
	Chat int64 `json:"chat"`
}

// copyLines is how many of the latest answers stand in the message; the files
// have all.
const copyLines = 5

// sendCopy sends the copy: a summary with a readable file, and a file for
// machines (UU 27/2022, Pasal 7).
func (e *env) sendCopy(ctx context.Context, _ dialog.Action, _ int) error {
	c, err := e.tx.Copy(ctx, e.session.ChatID)
	if err != nil {
		return err
	}
	lines := []string{e.t("copy.head", e.person(text.Args{"nip": e.employee.NIP.Masked(), "jabatan": cut(c.Position, longName), "unit": cut(c.Unit, longName),
		"atasan": cut(orDash(c.Superior), longName), "tertaut": e.cfg.Text.Date(c.LinkedAt.In(e.cfg.Location)), "jumlah": len(c.Responses)}))}
	for _, r := range c.Responses[max(0, len(c.Responses)-copyLines):] {
		lines = append(lines, e.t("copy.line", text.Args{"periode": r.Period, "tanggal": e.cfg.Text.Date(r.SentAt.In(e.cfg.Location)),
			"n": len(r.Answers)}))
	}
	body, _ := joined(lines, captionBudget)
	data, err := json.Marshal(copyOf{Chat: e.session.ChatID})
	if err != nil {
		return fmt.Errorf("encode copy: %w", err)
	}
	e.out.replies = append(e.out.replies,
		dialog.Reply{Template: "copy.head", Text: body, Picture: &dialog.Picture{Kind: CopyTextFile, Data: data, File: true}},
		dialog.Reply{Template: "copy.machine", Text: e.t("copy.machine", nil), Picture: &dialog.Picture{Kind: CopyFile, Data: data, File: true}})
	return nil
}

func (p *Processor) drawCopy(ctx context.Context, data json.RawMessage, readable bool) ([]byte, error) {
	var of copyOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var c personnel.Copy
	err := p.cfg.Store.InTx(ctx, func(tx Tx) (err error) {
		c, err = tx.Copy(ctx, of.Chat)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !readable {
		return json.MarshalIndent(c, "", "  ")
	}
	for i, r := range c.Responses {
		def, _ := p.definition(r.Questionnaire, r.Version)
		named := make(map[string]string, len(r.Answers))
		for code, value := range r.Answers {
			if item, ok := def.Item(code); ok {
				code = code + " (" + item.Title + ")"
			}
			named[code] = value
		}
		c.Responses[i].Answers = named
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	w := &copyWriter{p: p, d: json.NewDecoder(bytes.NewReader(raw))}
	w.d.UseNumber()
	if err := w.value("", -1); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return []byte(w.b.String()), nil
}

// copyWriter writes JSON whose keys are words as indented lines for people. What
// is empty is left out.
type copyWriter struct {
	p *Processor
	d *json.Decoder
	b strings.Builder
}

func (w *copyWriter) value(label string, depth int) error {
	token, err := w.d.Token()
	if err != nil {
		return err
	}
	switch v := token.(type) {
	case json.Delim:
		w.line(depth, label, "")
		for n := 1; w.d.More(); n++ {
			inner := strconv.Itoa(n)
			if v == '{' {
				key, err := w.d.Token()
				if err != nil {
					return err
				}
				inner = strings.ReplaceAll(fmt.Sprint(key), "_", " ")
			}
			if err := w.value(inner, depth+1); err != nil {
				return err
			}
		}
		_, err = w.d.Token()
		return err
	case nil:
	default:
		if plain := w.plain(v); plain != "" {
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

// plain writes one value as people read it.
func (w *copyWriter) plain(v any) string {
	s, ok := v.(string)
	if !ok {
		s = fmt.Sprint(v)
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		at = at.In(w.p.cfg.Location)
		return w.p.cfg.Text.Date(at) + ", " + w.p.cfg.Text.Clock(at)
	}
	if day, err := time.Parse(time.DateOnly, s); err == nil {
		return w.p.cfg.Text.Date(day)
	}
	key := "stored.v_" + strings.ReplaceAll(s, ".", "_")
	if word := w.p.cfg.Text.Plain(key, nil); word != key {
		return word
	}
	return s
}
