package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bangkom/internal/intake"
	"bangkom/internal/text"
)

// uploadOf names the upload of which a file is wanted.
type uploadOf struct {
	Upload int64 `json:"upload"`
}

// drawEmpty makes an empty spreadsheet of a kind.
func drawEmpty(data json.RawMessage) ([]byte, error) {
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
func (p *desk) drawRefused(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of uploadOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var u intake.Upload
	var lists intake.Lists
	err := p.inTx(ctx, func(tx Tx) (err error) {
		if u, err = tx.LockUpload(ctx, of.Upload); err != nil {
			return err
		}
		lists, err = intake.LoadLists(ctx, tx, intake.AnyKind, p.Cfg.Agency.Country)
		return err
	})
	if err != nil {
		return nil, err
	}
	if !u.Allowed {
		return nil, errors.New("the sender may not import any more")
	}
	body, problem, err := p.fetchUpload(ctx, u)
	if err != nil || problem.key != "" {
		return nil, errors.Join(err, errors.New(problem.key))
	}
	var b bytes.Buffer
	err = p.drawing(ctx, u, func() error {
		batch, problem := p.recognise(u, body, lists)
		if problem.key != "" {
			return errors.New(problem.key)
		}
		report, err := p.refusals(ctx, u, batch)
		if err != nil {
			return err
		}
		return intake.WriteRefused(&b, report, func(code string) string {
			return p.Cfg.Text.Plain("refused."+code, text.Args{"kantor": p.Cfg.Agency.Office})
		})
	})
	return b.Bytes(), err
}

// refusals is the report of a batch with the rows that are refused only when they are
// stored, which is tried and given up.
func (p *desk) refusals(ctx context.Context, u intake.Upload, b intake.Batch) (report intake.Report, err error) {
	if !b.Late {
		return b.Report(), nil
	}
	err = intake.Rehearse(ctx, p.inTx, func(tx Tx) (err error) {
		tx.ImportFor(u.EmployeeID)
		report, err = b.Store(ctx, tx, p.Cfg.Now().In(p.Cfg.Location))
		return err
	})
	return report, err
}

// uploadOf reads the upload of which a file is wanted.
func (p *desk) uploadOf(ctx context.Context, data json.RawMessage) (u intake.Upload, err error) {
	var of uploadOf
	if err := json.Unmarshal(data, &of); err != nil {
		return u, err
	}
	err = p.inTx(ctx, func(tx Tx) (err error) {
		u, err = tx.LockUpload(ctx, of.Upload)
		return err
	})
	return u, err
}

// drawSuperiors writes the list that a preview keeps; whoever lost the right gets
// nothing.
func (p *desk) drawSuperiors(ctx context.Context, data json.RawMessage) ([]byte, error) {
	u, err := p.uploadOf(ctx, data)
	if err != nil {
		return nil, err
	}
	if !u.Allowed || len(u.Superiors) == 0 {
		return nil, errors.New("the list is not kept any more, or not for this sender")
	}
	var b bytes.Buffer
	err = intake.WriteSuperiors(&b, u.Superiors, p.Cfg.Text.Plain("import.no_one", nil), p.Cfg.Text.Plain("import.waits", nil))
	return b.Bytes(), err
}
