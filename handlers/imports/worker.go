package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/measure"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

const fetchLimit = 10 * time.Minute // how long fetching a file is tried

const maxAttempts = 3 // of a step of an upload that the database refuses

const maxBegun = 2 // times that reading an upload may end with the process

// nextUpload reads or applies the upload that has waited longest; did is false
// when there is none.
func (p *desk) nextUpload(ctx context.Context) (did bool, err error) {
	var u intake.Upload
	var lists intake.Lists
	if err := p.giveOwedBack(ctx); err != nil {
		return false, err
	}
	err = p.inTx(ctx, func(tx Tx) (err error) {
		if u, err = tx.TakeUpload(ctx, p.Cfg.Now()); err != nil {
			return err
		}
		lists, err = intake.LoadLists(ctx, tx, intake.AnyKind, p.Cfg.Agency.Country)
		return err
	})
	if errors.Is(err, dialog.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if u.Begun > maxBegun {
		p.Cfg.Log.Error("a spreadsheet was set aside: whoever read it came to an end", "upload", u.ID)
		return true, p.storeFailed(ctx, u, p.endUpload(ctx, u, intake.Failed, "", nil, trouble{key: "import.unfinished"}))
	}
	var batch intake.Batch
	var problem trouble
	err = p.Guarded(func() (err error) { // the library that reads it may panic at a spreadsheet from anybody
		batch, problem, err = p.readUpload(ctx, u, lists)
		return err
	})
	if errors.Is(err, feature.ErrPanic) {
		problem, err = trouble{key: "import.no_table"}, nil
	}
	if ctx.Err() != nil { // this program is being stopped, which says nothing about the file
		return false, errors.Join(ctx.Err(), p.giveBack(ctx, u, 0))
	}
	if err != nil && p.Cfg.Now().Sub(u.Changed) > fetchLimit {
		problem, err = trouble{key: "import.gone"}, nil
	}
	switch {
	case err != nil:
		return false, errors.Join(err, p.giveBack(ctx, u, 0))
	case problem.key != "":
		return true, p.storeFailed(ctx, u, p.endUpload(ctx, u, intake.Failed, "", nil, problem))
	case u.State == intake.Applying:
		err = p.apply(ctx, u, batch)
		if errors.Is(err, errOtherPreview) { // something has changed since the preview that was confirmed: show a new one
			err = p.preview(ctx, u, batch)
		}
		return true, p.storeFailed(ctx, u, err)
	}
	return true, p.storeFailed(ctx, u, p.preview(ctx, u, batch))
}

// storeFailed puts off an upload that the database refused, so that the next one
// goes on; after the last attempt the upload ends. While the database is away, or
// when this program is being stopped, no attempt is counted.
func (p *desk) storeFailed(ctx context.Context, u intake.Upload, cause error) error {
	if cause == nil {
		return nil
	}
	if ctx.Err() != nil {
		return errors.Join(cause, p.giveBack(ctx, u, 0))
	}
	failures := 1
	over := u.Attempts+1 >= maxAttempts
	if p.Cfg.Store.Unavailable(cause) { // or too slow for it
		failures, over = 0, p.Cfg.Now().Sub(u.Changed) > fetchLimit
	}
	if !over {
		return errors.Join(cause, p.giveBack(ctx, u, failures))
	}
	p.Cfg.Log.Error("a spreadsheet was given up", "upload", u.ID, "err", cause)
	if err := p.endUpload(ctx, u, intake.Failed, "", nil, trouble{key: "import.failed"}); err != nil {
		return errors.Join(err, p.giveBack(ctx, u, 0))
	}
	return nil
}

// trouble is what to tell about a file that is no good: a key of the catalogue
// and its values. No key = the file is good.
type trouble struct {
	key  string
	args text.Args
}

// readUpload fetches and reads the file.
func (p *desk) readUpload(ctx context.Context, u intake.Upload, lists intake.Lists) (b intake.Batch, problem trouble, err error) {
	body, problem, err := p.fetchUpload(ctx, u)
	if err != nil || problem.key != "" {
		return b, problem, err
	}
	b, problem = p.recognise(u, body, lists)
	return b, problem, nil
}

// fetchUpload fetches the file from Telegram.
func (p *desk) fetchUpload(ctx context.Context, u intake.Upload) (body []byte, problem trouble, err error) {
	body, err = p.Cfg.Fetch(ctx, u.FileID)
	switch {
	case errors.Is(err, feature.ErrFileGone):
		return nil, trouble{key: "import.gone"}, nil
	case errors.Is(err, feature.ErrFileTooLarge):
		return nil, trouble{key: "import.too_large"}, nil
	case err != nil:
		return nil, problem, fmt.Errorf("fetch: %w", err)
	}
	return body, problem, nil
}

// recognise reads the bytes of a file while nobody else reads one.
func (p *desk) recognise(u intake.Upload, body []byte, lists intake.Lists) (intake.Batch, trouble) {
	p.Reading.Lock()
	defer p.Reading.Unlock()
	lists.Office = p.Cfg.Agency.Office
	lists.File = strings.TrimSuffix(u.Name, filepath.Ext(u.Name))
	b, err := intake.Recognise(body, lists, p.Cfg.Now().In(p.Cfg.Location))
	return b, fileProblem(err)
}

// fileProblem is what to tell about a file that was refused with err.
func fileProblem(err error) trouble {
	if two := (*register.TwoColumnsError)(nil); errors.As(err, &two) {
		return trouble{"import.two_columns", text.Args{"kolom": two.A, "lain": two.B, "baris": strconv.Itoa(two.Row)}}
	}
	for _, one := range []struct {
		err error
		key string
	}{
		{sheet.ErrTooLarge, "import.too_large"}, {sheet.ErrTooMany, "import.too_many"}, {sheet.ErrUnpacked, "import.unpacked"}, {sheet.ErrLongText, "import.long_text"},
		{sheet.ErrHTML, "import.web_page"}, {sheet.ErrProtected, "import.protected"},
		{sheet.ErrOldExcel, "import.old_excel"}, {register.ErrNoNIP, "import.no_nip"}, {register.ErrNoHeader, "import.no_header"},
		{register.ErrNoColumn, "import.no_header"}, {register.ErrFloatNIPs, "import.float_nips"},
	} {
		if errors.Is(err, one.err) {
			return trouble{key: one.key}
		}
	}
	if err != nil {
		return trouble{key: "import.no_table"}
	}
	return trouble{}
}

// preview counts what the import would do, in a transaction that is given up,
// and shows it.
func (p *desk) preview(ctx context.Context, u intake.Upload, b intake.Batch) error {
	var report intake.Report
	err := intake.Rehearse(ctx, p.inTx, func(tx Tx) (err error) {
		tx.ImportFor(u.EmployeeID)
		report, err = b.Store(ctx, tx, p.Cfg.Now().In(p.Cfg.Location))
		return err
	})
	if err != nil {
		return err
	}
	return p.endUpload(ctx, u, intake.Previewed, b.Kind, &report, trouble{})
}

// endUpload gives an upload its next state and tells the sender, unless the
// right to import was lost meanwhile.
func (p *desk) endUpload(ctx context.Context, u intake.Upload, state intake.UploadState, kind string, r *intake.Report, problem trouble) error {
	return p.told(ctx, u, func(tx Tx) ([]dialog.Reply, error) {
		if problem.key != "" {
			return []dialog.Reply{p.plainReply(problem)}, tx.SetUpload(ctx, u.ID, state, nil, p.Cfg.Now())
		}
		preview := p.previewReply(u, kind, *r)
		r.Shown = markOf(preview)
		if u.State == intake.Applying {
			preview.Text = p.Cfg.Text.T("import.moved", nil) + "\n\n" + preview.Text
		}
		return []dialog.Reply{preview}, tx.SetUpload(ctx, u.ID, state, r, p.Cfg.Now())
	})
}

// errOtherPreview says that an import would do something else than was confirmed with the
// preview: change other superiors, take something from other people, make another version of
// a questionnaire, or take another number of rows.
var errOtherPreview = errors.New("something else than in the preview")

// markOf is a mark of the text of a preview, which tells whether it still reads so.
func markOf(preview dialog.Reply) string {
	sum := sha256.Sum256([]byte(preview.Text))
	return hex.EncodeToString(sum[:8])
}

// apply stores the accepted rows, all or none, if the sender still may and the preview that
// was confirmed would read the same now.
func (p *desk) apply(ctx context.Context, u intake.Upload, b intake.Batch) error {
	return p.told(ctx, u, func(tx Tx) ([]dialog.Reply, error) {
		tx.ImportFor(u.EmployeeID)
		now := p.Cfg.Now().In(p.Cfg.Location)
		r, err := b.Store(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(r.Superiors, u.Superiors) || !r.Losses.Equal(u.Losses) || (u.Shown != "" && u.Shown != markOf(p.previewReply(u, b.Kind, r))) {
			return nil, errOtherPreview
		}
		if err := p.askOffice(ctx, tx, u, r, now); err != nil {
			return nil, err
		}
		replies, err := p.appliedReplies(u, b.Kind, r)
		if err != nil {
			return nil, err
		}
		return replies, tx.SetUpload(ctx, u.ID, intake.Applied, &r, p.Cfg.Now())
	})
}

// appliedReplies say what an import has done, with the names that found no room
// and the refused rows as files.
func (p *desk) appliedReplies(u intake.Upload, kind string, r intake.Report) ([]dialog.Reply, error) {
	key := p.Reg.Imports[kind].Applied
	body := p.Cfg.Text.T(key, p.reportArgs(kind, r)) + p.superiorLines(r) + p.levelLines(r) + p.versionNow(r)
	named, whole := p.lossLines(r.Losses, "import.left_done", "import.bereft_done", feature.MessageBudget-measure.Units(body))
	replies := []dialog.Reply{{Template: key, Text: body + named}}
	if !whole {
		file, err := p.lossesReply(u.ID, r.Losses)
		if err != nil {
			return nil, err
		}
		replies = append(replies, file)
	}
	if len(r.Refused) > 0 {
		file, err := p.refusedReply(u.ID, refusedStep(kind))
		if err != nil {
			return nil, err
		}
		replies = append(replies, file)
	}
	return replies, nil
}

// askOffice tells those of the personnel office who may decide about them that
// superiors of the import of that moment wait.
func (p *desk) askOffice(ctx context.Context, tx Tx, u intake.Upload, r intake.Report, at time.Time) error {
	if !slices.ContainsFunc(r.Superiors, func(s register.NewSuperior) bool { return s.Waits }) {
		return nil
	}
	office, err := tx.ImportApprovers(ctx, u.EmployeeID, at)
	if err != nil {
		return err
	}
	var all []courier.Message
	for _, who := range office {
		all = append(all, p.ChangeWaits(who, fmt.Sprintf("upload-superiors:%d:%d", u.ID, who)))
	}
	_, err = p.Cfg.Courier.SendAll(ctx, tx, at, all)
	return err
}

// told runs one step of an upload in a transaction with the messages about it.
// An upload that was dropped or taken by another process meanwhile is left
// alone; without the right, nothing is done and that is said.
func (p *desk) told(ctx context.Context, u intake.Upload, step func(Tx) ([]dialog.Reply, error)) error {
	err := p.inTx(ctx, func(tx Tx) error {
		now, err := tx.LockUpload(ctx, u.ID)
		if err != nil || now.State != u.State {
			return err
		}
		var replies []dialog.Reply
		if now.Allowed {
			replies, err = step(tx)
		} else {
			replies, err = []dialog.Reply{p.plainReply(trouble{key: "import.no_right"})}, tx.SetUpload(ctx, u.ID, intake.Cancelled, nil, p.Cfg.Now())
		}
		if err != nil {
			return err
		}
		for i, r := range replies {
			row, err := p.Cfg.Render(u.ChatID, r)
			if err != nil {
				return fmt.Errorf("render %s: %w", r.Template, err)
			}
			row.Way = dialog.WayAnswer
			row.Key = fmt.Sprintf("upload:%d:%s:%d:%s:%d", u.ID, u.State, u.Changed.UnixMicro(), r.Template, i) // a state may come again
			if err := tx.Enqueue(ctx, []dialog.Outgoing{row}); err != nil {
				return err
			}
		}
		return nil
	})
	p.Cfg.Sender.Wake()
	return err
}

func (p *desk) plainReply(problem trouble) dialog.Reply {
	args := text.Args{"bantuan": p.Cfg.Agency.Helpdesk}
	maps.Copy(args, problem.args)
	return dialog.Reply{Template: problem.key, Text: p.Cfg.Text.T(problem.key, args)}
}

// refusedReply is the spreadsheet of refused rows. It is made from the sender's
// own file at the moment when it is sent.
func (p *desk) refusedReply(upload int64, step string) (dialog.Reply, error) {
	data, err := json.Marshal(uploadOf{Upload: upload})
	if err != nil {
		return dialog.Reply{}, fmt.Errorf("encode refused rows: %w", err)
	}
	key := "import.refused_rows"
	if step == refusedNIPs {
		key = "import.refused" // spreadsheet programs round a NIP that is a number
	}
	return dialog.Reply{Template: key, Text: p.Cfg.Text.T(key, nil),
		Picture: &dialog.Picture{Kind: RefusedFile, Data: data, File: true}, Shareable: true}, nil
}
