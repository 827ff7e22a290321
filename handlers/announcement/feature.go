// Package announcement is the room in which the personnel office writes, approves and
// watches announcements (pengumuman), and answers questions about them.
package announcement

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/mailing"
	"bangkom/internal/training"
)

// Feature is announcements.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name:          "announcement",
		Conversations: officeConversations(),
		Commands: []feature.Command[*env]{
			{Name: "siaran", Place: 95, Who: feature.HR, Run: (*env).home, Transcript: "siaran"},
		},
		Buttons: officeButtons(),
		Menu: []feature.MenuLine{
			{Row: 7, Column: 1, Label: "ann_write", Opens: "siaran"},
		},
		Files: []feature.File{{Kind: WrongRowsFile, Name: "baris.xlsx", Draw: func(p *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
			return at(p).drawWrongRows(data)
		}}, {Kind: LedgerFile, Name: "laporan-pengiriman.xlsx", Draw: func(p *feature.Desk, ctx context.Context, data json.RawMessage) ([]byte, error) {
			return at(p).drawLedger(ctx, data)
		}}},
		Hooks: feature.Hooks[*env]{Office: (*env).officeLine, Work: func(p *feature.Desk, ctx context.Context) (bool, error) {
			did, err := at(p).nextNIPs(ctx)
			more, failed := at(p).work(ctx)
			return did || more, errors.Join(err, failed)
		}},
	})
}

// officeConversations are those of the personnel office.
func officeConversations() []feature.Conversation[*env] {
	one := func(name, transcript string, form func(*desk) dialog.Flow[*env]) feature.Conversation[*env] {
		return feature.Conversation[*env]{Name: name, Transcript: transcript, Form: func(p *feature.Desk) dialog.Flow[*env] { return form(at(p)) }}
	}
	return []feature.Conversation[*env]{
		one(writeFlow, "siaran", func(p *desk) dialog.Flow[*env] { return p.writeForm() }),
		one(fileFlow, "siaran", func(p *desk) dialog.Flow[*env] { return p.fileForm() }),
		one(linkFlow, "siaran", func(p *desk) dialog.Flow[*env] { return p.linkForm() }),
		one(scheduleFlow, "siaran", func(p *desk) dialog.Flow[*env] { return p.scheduleForm() }),
		one(untilFlow, "siaran", func(p *desk) dialog.Flow[*env] { return p.untilForm() }),
		one(nearFlow, "siaran", func(p *desk) dialog.Flow[*env] { return p.nearForm() }),
		one(unitFlow, "siaran", func(p *desk) dialog.Flow[*env] { return p.unitForm() }),
		one(titleFlow, "siaran", func(p *desk) dialog.Flow[*env] { return p.titleForm() }),
		one(nipFlow, "siaran", func(p *desk) dialog.Flow[*env] { return p.nipForm() }),
		one(returnFlow, "siaran", func(p *desk) dialog.Flow[*env] { return p.returnForm() }),
		one(correctFlow, "ralat", func(p *desk) dialog.Flow[*env] { return p.correctForm() }),
		one(answerFlow, "pertanyaan", func(p *desk) dialog.Flow[*env] { return p.answerForm() }),
		one(forwardFlow, "pertanyaan", func(p *desk) dialog.Flow[*env] { return p.forwardForm() }),
	}
}

// officeButtons are those of the personnel office.
func officeButtons() []feature.Button[*env] {
	run := map[string]func(*env, context.Context, dialog.Action, int) error{
		"pmawal": (*env).goHome, "pmdaftar": (*env).drafts, "pmjalan": (*env).running, "pmlama": (*env).older,
		"pmkonsep": (*env).openDraft, "pmatur": (*env).adjust, "pmuji": (*env).tryOut, "pmcontoh": (*env).pressExample,
		"pmhapus": (*env).discard, "pmhapusya": (*env).discard, mailing.ReuseStep: (*env).reuse, "pmbatalj": (*env).unschedule,
		"pmsasar": (*env).openAudience, "pmset": (*env).setAudience, "pmkelas": (*env).chooseClass, "pmkelasya": (*env).setClass,
		carryStep: (*env).carry, carryThisStep: (*env).carryThis, training.AnnounceStep: (*env).announceBatch,
		"pmkirim": (*env).send, "pmkirimya": (*env).send, "pmminta": (*env).askSecond, "pmcabut": (*env).withdrawAsk,
		"pmperiksa": (*env).check, "pmsetuju": (*env).approve,
		mailing.PauseStep: (*env).steer, mailing.ContinueStep: (*env).steer, mailing.CancelStep: (*env).steer, cancelYes: (*env).steer,
		mailing.RetryStep: (*env).again, mailing.UnknownStep: (*env).again, mailing.RemindStep: (*env).again,
		mailing.CorrectStep: (*env).openCorrection, mailing.TakeBackStep: (*env).takeBack, takeBackYes: (*env).takeBack,
		"pmstop": (*env).stop, "pmstopya": (*env).stop, "pmmulai": (*env).restart,
		mailing.RecipientStep: (*env).ledger,
		"pmtanya":             (*env).questions, "pmterbit": (*env).publish,
	}
	var all []feature.Button[*env]
	for step, do := range run {
		all = append(all, feature.Button[*env]{Step: step, Who: feature.HR, Run: do})
	}
	return all
}

// env is what the room works with while one update is decided.
type env struct {
	*feature.Env
	desk *desk
	tx   Tx
}

// on is the room's view of an update.
func on(e *feature.Env) *env { return &env{Env: e, desk: at(e.Desk), tx: e.Tx.(Tx)} }

// desk is what the room works with when there is no update.
type desk struct{ *feature.Desk }

// at is the room's view of the desk.
func at(d *feature.Desk) *desk { return &desk{Desk: d} }

// inTx runs fn in a transaction of its own.
func (d *desk) inTx(ctx context.Context, fn func(Tx) error) error {
	return d.Cfg.Store.InTx(ctx, func(tx feature.Tx) error { return fn(tx.(Tx)) })
}

// writer writes what recipients and the office read about an announcement.
func (d *desk) writer() mailing.Writer {
	return mailing.Writer{Text: d.Cfg.Text, Location: d.Cfg.Location, Agency: cmp.Or(d.Cfg.Agency.ShortName, d.Cfg.Agency.Name)}
}

// mailer decides and settles.
func (d *desk) mailer() *mailing.Mailer {
	return &mailing.Mailer{Courier: d.Cfg.Courier, Writer: d.writer(), Broken: func(announcement, employee int64, why error) {
		d.Cfg.Log.Error("an announcement cannot be sent to somebody", "announcement", announcement, "employee", employee, "error", why)
	}}
}
