package account

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
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
	c, err := e.tx.Copy(ctx, e.Session.ChatID, e.Reg.Copied())
	if err != nil {
		return err
	}
	lines := []string{e.T("copy.head", e.Person(text.Args{"nip": e.Employee.NIP.Masked(), "jabatan": measure.Cut(c.Position, feature.LongName), "unit": measure.Cut(c.Unit, feature.LongName),
		"atasan": measure.Cut(feature.OrDash(c.Superior), feature.LongName), "tertaut": e.Cfg.Text.Date(c.LinkedAt.In(e.Cfg.Location)), "jumlah": len(c.Responses)}))}
	for _, r := range c.Responses[max(0, len(c.Responses)-copyLines):] {
		lines = append(lines, e.T("copy.line", text.Args{"periode": r.Period, "tanggal": e.Cfg.Text.Date(r.SentAt.In(e.Cfg.Location)),
			"n": len(r.Answers)}))
	}
	body, _ := feature.Joined(lines, feature.CaptionBudget)
	data, err := json.Marshal(copyOf{Chat: e.Session.ChatID})
	if err != nil {
		return fmt.Errorf("encode copy: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies,
		dialog.Reply{Template: "copy.head", Text: body, Picture: &dialog.Picture{Kind: CopyTextFile, Data: data, File: true}},
		dialog.Reply{Template: "copy.machine", Text: e.T("copy.machine", nil), Picture: &dialog.Picture{Kind: CopyFile, Data: data, File: true}})
	return nil
}

func (p *desk) drawCopy(ctx context.Context, data json.RawMessage, readable bool) ([]byte, error) {
	var of copyOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var c personnel.Copy
	var more []json.RawMessage
	err := p.inTx(ctx, func(tx Tx) (err error) {
		if c, err = tx.Copy(ctx, of.Chat, p.Reg.Copied()); err != nil {
			return err
		}
		more, err = p.copyParts(ctx, tx, of.Chat)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !readable {
		raw, err := p.wholeCopy(c, more)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		err = json.Indent(&b, raw, "", "  ")
		return b.Bytes(), err
	}
	p.inWords(&c)
	raw, err := p.wholeCopy(c, more)
	if err != nil {
		return nil, err
	}
	w := &copyWriter{p: p, d: json.NewDecoder(bytes.NewReader(raw))}
	w.d.UseNumber()
	if err := w.value("", "", -1); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return []byte(w.b.String()), nil
}

// copyParts reads the parts that features add, in their order.
func (p *desk) copyParts(ctx context.Context, tx Tx, chatID int64) (parts []json.RawMessage, err error) {
	for _, c := range p.Reg.Copies {
		if c.Read == nil {
			continue
		}
		raw, err := c.Read(ctx, tx, chatID)
		if err != nil {
			return nil, err
		}
		if raw == nil {
			raw = json.RawMessage("null")
		}
		parts = append(parts, raw)
	}
	return parts, nil
}

// wholeCopy is the copy as one object, with the parts of features at its end.
func (p *desk) wholeCopy(c personnel.Copy, parts []json.RawMessage) ([]byte, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(raw, []byte("}")))
	for _, c := range p.Reg.Copies {
		if c.Read != nil {
			fmt.Fprintf(&b, ",%q:%s", c.Key, parts[0])
			parts = parts[1:]
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
