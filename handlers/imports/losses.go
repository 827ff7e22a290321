package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/register"
	"bangkom/internal/text"
)

// lossesShown is how many people of each list a message names at most: more is read
// in a file.
const lossesShown = 20

// lossLines name who leaves the service and who loses the superior, under the
// sentences left and bereft, in at most room UTF-16 units; whole is false when some
// are not named. "" = nobody loses anything.
func (p *desk) lossLines(l register.Losses, left, bereft string, room int) (lines string, whole bool) {
	whole = true
	for _, part := range []struct {
		list []register.Loss
		key  string
		room int
	}{{l.Left, left, room / 2}, {l.Bereft, bereft, room / 2}} {
		if len(part.list) == 0 {
			continue
		}
		named, all := p.named(part.list, p.Cfg.Text.T(part.key, text.Args{"n": p.Cfg.Text.Number(len(part.list))}), part.room)
		lines, whole = lines+"\n\n"+named, whole && all
	}
	return lines, whole
}

// named puts as many of a list below a sentence as fit, and says how many do not.
func (p *desk) named(list []register.Loss, head string, room int) (lines string, all bool) {
	shown := []string{head}
	for _, one := range list[:min(len(list), lossesShown)] {
		key := "import.loss"
		if one.Superior != "" {
			key = "import.loss_of"
		}
		shown = append(shown, p.Cfg.Text.T(key, text.Args{"nama": feature.Clip(one.Name, feature.LongName), "akhiran": one.NIP4,
			"unit": feature.Clip(one.Unit, feature.LongName), "atasan": feature.Clip(one.Superior, feature.LongName)}))
	}
	const others = 40 // UTF-16 units of the line about those who are not named
	lines, n := feature.Joined(shown, room-others)
	if n = max(n-1, 0); n < len(list) {
		lines += "\n" + p.Cfg.Text.T("import.losses_more", text.Args{"n": p.Cfg.Text.Number(len(list) - n)})
	}
	return lines, n == len(list)
}

// sendLosses sends the names that the message of an upload had no room for.
func (e *env) sendLosses(ctx context.Context, a dialog.Action, _ int) error {
	shown, err := e.ownUpload(ctx, a.Ref)
	if err != nil {
		return err
	}
	if !shown.Losses.Any() {
		return dialog.ErrNotFound
	}
	r, err := e.desk.lossesReply(shown.ID, shown.Losses)
	e.Out.Replies = append(e.Out.Replies, r)
	return err
}

// lossesReply is the spreadsheet of whom an upload takes something from. It is made
// when it is sent, of what is kept beside the upload.
func (p *desk) lossesReply(upload int64, l register.Losses) (dialog.Reply, error) {
	data, err := json.Marshal(uploadOf{Upload: upload})
	if err != nil {
		return dialog.Reply{}, fmt.Errorf("encode list of losses: %w", err)
	}
	args := text.Args{"keluar": p.Cfg.Text.Number(len(l.Left)), "tanpa_atasan": p.Cfg.Text.Number(len(l.Bereft))}
	return dialog.Reply{Template: "import.losses_file", Text: p.Cfg.Text.T("import.losses_file", args),
		Picture: &dialog.Picture{Kind: LossesFile, Data: data, File: true}}, nil
}

// drawLosses writes the list that is kept beside an upload; whoever lost the right
// gets nothing.
func (p *desk) drawLosses(ctx context.Context, data json.RawMessage) ([]byte, error) {
	u, err := p.uploadOf(ctx, data)
	if err != nil {
		return nil, err
	}
	if !u.Allowed || !u.Losses.Any() {
		return nil, errors.New("the list is not kept any more, or not for this sender")
	}
	var b bytes.Buffer
	err = intake.WriteLosses(&b, u.Losses, p.Cfg.Text.Plain("import.left", nil), p.Cfg.Text.Plain("import.bereft", nil))
	return b.Bytes(), err
}
