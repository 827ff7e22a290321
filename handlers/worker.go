package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

const (
	workEvery    = 2 * time.Second
	fetchLimit   = 10 * time.Minute // for a file that cannot be fetched now
	mostAttempts = 3                // of a step of an upload that the database refuses
)

// The reasons why a file cannot be fetched for good; Config.Fetch wraps them.
var (
	ErrFileGone     = errors.New("the file cannot be fetched any more")
	ErrFileTooLarge = errors.New("the file is too large")
)

func (p *Processor) wakeUploads() {
	select {
	case p.uploads <- struct{}{}:
	default:
	}
}

// Work does what no update waits for, until ctx ends: it reads and applies
// spreadsheets, and gives chats the command menu that fits the rights of their
// person. Several processes may do so at once.
func (p *Processor) Work(ctx context.Context) error {
	tick := time.NewTicker(workEvery)
	defer tick.Stop()
	for {
		for {
			did, err := p.nextUpload(ctx)
			if err != nil && ctx.Err() == nil {
				p.cfg.Log.Warn("a spreadsheet was not read", "err", err)
			}
			if !did || err != nil {
				break
			}
		}
		if err := p.freshQuestionnaires(ctx); err != nil && ctx.Err() == nil {
			p.cfg.Log.Warn("questionnaires were not renewed", "err", err)
		}
		if err := p.tellDepartures(ctx); err != nil && ctx.Err() == nil {
			p.cfg.Log.Warn("who has left was not told", "err", err)
		}
		if err := p.freshMenus(ctx); err != nil && ctx.Err() == nil {
			p.cfg.Log.Warn("menus were not renewed", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-p.uploads:
		case <-tick.C:
		}
	}
}

// nextUpload reads or applies the upload that has waited longest; did is false
// when there is none.
func (p *Processor) nextUpload(ctx context.Context) (did bool, err error) {
	var u intake.Upload
	var lists intake.Lists
	err = p.cfg.Store.InTx(ctx, func(tx Tx) (err error) {
		if u, err = tx.NextUpload(ctx); err != nil {
			return err
		}
		lists, err = intake.LoadLists(ctx, tx, intake.AnyKind)
		return err
	})
	if errors.Is(err, dialog.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var batch intake.Batch
	var problem string
	err = p.guarded(func() (err error) { // a spreadsheet of anybody is read by a library
		batch, problem, err = p.readUpload(ctx, u, lists)
		return err
	})
	if errors.Is(err, errPanic) {
		problem, err = "import.no_table", nil
	}
	if err != nil && p.cfg.Now().Sub(u.Changed) > fetchLimit {
		problem, err = "import.gone", nil
	}
	switch {
	case err != nil:
		late := p.cfg.Store.InTx(ctx, func(tx Tx) error { return tx.PutOffUpload(ctx, u.ID, 0, p.cfg.Now()) })
		return false, errors.Join(err, late)
	case problem != "":
		return true, p.endUpload(ctx, u, intake.Failed, "", nil, problem)
	case u.State == intake.Applying:
		return true, p.storeFailed(ctx, u, p.apply(ctx, u, batch))
	}
	return true, p.storeFailed(ctx, u, p.preview(ctx, u, batch))
}

// storeFailed puts an upload off that the database refused, so that the next
// one goes on; the last attempt ends it. While the database is away nothing
// counts but the time.
func (p *Processor) storeFailed(ctx context.Context, u intake.Upload, cause error) error {
	if cause == nil || ctx.Err() != nil {
		return cause
	}
	failures := 1
	over := u.Attempts+1 >= mostAttempts
	if p.cfg.Store.Unavailable(cause) { // or too slow for it
		failures, over = 0, p.cfg.Now().Sub(u.Changed) > fetchLimit
	}
	if !over {
		late := p.cfg.Store.InTx(ctx, func(tx Tx) error { return tx.PutOffUpload(ctx, u.ID, failures, p.cfg.Now()) })
		return errors.Join(cause, late)
	}
	p.cfg.Log.Error("a spreadsheet was given up", "upload", u.ID, "err", cause)
	return p.endUpload(ctx, u, intake.Failed, "", nil, "import.failed")
}

// readUpload fetches and reads the file. problem is the key of what to tell
// about a file that is no good.
func (p *Processor) readUpload(ctx context.Context, u intake.Upload, lists intake.Lists) (b intake.Batch, problem string, err error) {
	body, err := p.cfg.Fetch(ctx, u.FileID)
	switch {
	case errors.Is(err, ErrFileGone):
		return b, "import.gone", nil
	case errors.Is(err, ErrFileTooLarge):
		return b, "import.too_large", nil
	case err != nil:
		return b, "", fmt.Errorf("fetch: %w", err)
	}
	b, err = intake.Recognise(body, lists, p.cfg.Now().In(p.cfg.Location))
	return b, fileProblem(err), nil
}

// fileProblem is the key of the sentence about a file that is no good; "" = it is.
func fileProblem(err error) string {
	for _, one := range []struct {
		err error
		key string
	}{
		{sheet.ErrTooLarge, "import.too_large"}, {sheet.ErrTooMany, "import.too_many"}, {sheet.ErrUnpacked, "import.unpacked"}, {sheet.ErrHTML, "import.web_page"}, {sheet.ErrProtected, "import.protected"},
		{sheet.ErrOldExcel, "import.old_excel"}, {register.ErrNoNIP, "import.no_nip"}, {register.ErrNoHeader, "import.no_header"},
		{register.ErrNoColumn, "import.no_header"},
	} {
		if errors.Is(err, one.err) {
			return one.key
		}
	}
	if err != nil {
		return "import.no_table"
	}
	return ""
}

var errOnlyLooking = errors.New("only looking")

// preview counts what the import would do, in a transaction that is given up,
// and shows it.
func (p *Processor) preview(ctx context.Context, u intake.Upload, b intake.Batch) error {
	var report intake.Report
	err := p.cfg.Store.InTx(ctx, func(tx Tx) (err error) {
		if report, err = b.Store(ctx, tx, p.cfg.Now().In(p.cfg.Location)); err != nil {
			return err
		}
		return errOnlyLooking
	})
	if !errors.Is(err, errOnlyLooking) {
		return err
	}
	return p.endUpload(ctx, u, intake.Previewed, b.Kind, &report, "")
}

// endUpload gives an upload its next state and tells the sender, unless the
// right to import was lost meanwhile. problem is the key of what went wrong.
func (p *Processor) endUpload(ctx context.Context, u intake.Upload, state intake.UploadState, kind string, r *intake.Report, problem string) error {
	return p.told(ctx, u, func(tx Tx) ([]dialog.Reply, error) {
		if problem != "" {
			return []dialog.Reply{p.plainReply(problem)}, tx.SetUpload(ctx, u.ID, state, nil, p.cfg.Now())
		}
		return []dialog.Reply{p.previewReply(u, kind, *r)}, tx.SetUpload(ctx, u.ID, state, r, p.cfg.Now())
	})
}

// apply stores the accepted rows, all or none, if the sender still may.
func (p *Processor) apply(ctx context.Context, u intake.Upload, b intake.Batch) error {
	return p.told(ctx, u, func(tx Tx) ([]dialog.Reply, error) {
		r, err := b.Store(ctx, tx, p.cfg.Now().In(p.cfg.Location))
		if err != nil {
			return nil, err
		}
		key := "import.applied"
		if b.Kind != "employees" {
			key = "import.applied_list"
		}
		done := dialog.Reply{Template: key, Text: p.cfg.Text.T(key, p.reportArgs(b.Kind, r))}
		replies := []dialog.Reply{done}
		if len(r.Refused) > 0 {
			file, err := p.refusedReply(u.ID)
			if err != nil {
				return nil, err
			}
			replies = append(replies, file)
		}
		return replies, tx.SetUpload(ctx, u.ID, intake.Applied, &r, p.cfg.Now())
	})
}

// told runs one step of an upload in a transaction with the messages about it.
// An upload that was dropped or taken by another process meanwhile is left
// alone; without the right, nothing is done and that is said.
func (p *Processor) told(ctx context.Context, u intake.Upload, step func(Tx) ([]dialog.Reply, error)) error {
	err := p.cfg.Store.InTx(ctx, func(tx Tx) error {
		now, err := tx.LockUpload(ctx, u.ID)
		if err != nil || now.State != u.State {
			return err
		}
		var replies []dialog.Reply
		if now.Allowed {
			replies, err = step(tx)
		} else {
			replies, err = []dialog.Reply{p.plainReply("import.no_right")}, tx.SetUpload(ctx, u.ID, intake.Cancelled, nil, p.cfg.Now())
		}
		if err != nil {
			return err
		}
		for i, r := range replies {
			row, err := p.cfg.Render(u.ChatID, r)
			if err != nil {
				return fmt.Errorf("render %s: %w", r.Template, err)
			}
			row.Key = fmt.Sprintf("upload:%d:%s:%d", u.ID, u.State, i)
			if err := tx.Enqueue(ctx, []dialog.Outgoing{row}); err != nil {
				return err
			}
		}
		return nil
	})
	p.cfg.Sender.Wake()
	return err
}

func (p *Processor) plainReply(key string) dialog.Reply {
	return dialog.Reply{Template: key, Text: p.cfg.Text.T(key, text.Args{"bantuan": p.cfg.Agency.Helpdesk})}
}

// refusedReply is the spreadsheet of refused rows. It is made from the sender's
// own file at the moment when it is sent.
func (p *Processor) refusedReply(upload int64) (dialog.Reply, error) {
	data, err := json.Marshal(refusedOf{Upload: upload})
	if err != nil {
		return dialog.Reply{}, fmt.Errorf("encode refused rows: %w", err)
	}
	return dialog.Reply{Template: "import.refused", Text: p.cfg.Text.T("import.refused", nil),
		Picture: &dialog.Picture{Kind: RefusedFile, Data: data, File: true}}, nil
}
