package handlers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bangkom/internal/dialog"
	"bangkom/internal/intake"
)

// refusedOf names the upload whose refused rows are wanted.
type refusedOf struct {
	Upload int64 `json:"upload"`
}

// Draw makes a picture or a file at the moment when it is sent. It returns a
// neutral file name, because it is seen in galleries.
func (p *Processor) Draw(ctx context.Context, what dialog.Picture) (name string, body []byte, err error) {
	switch what.Kind {
	case CopyFile:
		name = "data-saya.json"
		body, err = p.drawCopy(ctx, what.Data, false)
	case CopyTextFile:
		name = "data-saya.txt"
		body, err = p.drawCopy(ctx, what.Data, true)
	case TemplateFile:
		name = "contoh.xlsx"
		body, err = drawTemplate(what.Data)
	case PaperFile:
		name = "isian-kertas.pdf"
		body, err = p.drawPaper(ctx, what.Data)
	case RefusedFile:
		name = "ditolak.xlsx"
		body, err = p.drawRefused(ctx, what.Data)
	default:
		return Drawer{}.Draw(ctx, what)
	}
	if err != nil {
		return "", nil, fmt.Errorf("make file %s: %w", what.Kind, err)
	}
	return name, body, nil
}

func drawTemplate(data json.RawMessage) ([]byte, error) {
	var kind string
	if err := json.Unmarshal(data, &kind); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	ok, err := intake.Template(&b, kind)
	if !ok {
		return nil, fmt.Errorf("unknown kind %q", kind)
	}
	return b.Bytes(), err
}

// drawRefused reads the file once more; whoever lost the right gets nothing.
func (p *Processor) drawRefused(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of refusedOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var u intake.Upload
	var lists intake.Lists
	err := p.cfg.Store.InTx(ctx, func(tx Tx) (err error) {
		if u, err = tx.LockUpload(ctx, of.Upload); err != nil {
			return err
		}
		lists, err = intake.LoadLists(ctx, tx, intake.AnyKind)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !u.Allowed {
		return nil, errors.New("the sender may not import any more")
	}
	batch, problem, err := p.readUpload(ctx, u, lists)
	if err != nil || problem != "" {
		return nil, errors.Join(err, errors.New(problem))
	}
	var b bytes.Buffer
	err = intake.WriteRefused(&b, batch.Report(), func(code string) string { return p.cfg.Text.Plain("refused."+code, nil) })
	return b.Bytes(), err
}
