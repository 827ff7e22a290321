package feature

import (
	"context"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// OnContact gives a shared phone number to the feature that knows what to do with it.
func (e *Env) OnContact(ctx context.Context, c dialog.Contact) error {
	return e.Reg.hooks.Contact(e, ctx, c)
}

// OnCode gives a text of somebody who is not linked to the feature that links.
func (e *Env) OnCode(ctx context.Context, typed string) error { return e.Reg.hooks.Code(e, ctx, typed) }

// OnMedia gives what is neither text nor a button to the feature that takes files.
func (e *Env) OnMedia(ctx context.Context, u dialog.Update) error {
	return e.Reg.hooks.Media(e, ctx, u)
}

// OnReplied gives a text that answers a message of the bot to the feature that may take
// it.
func (e *Env) OnReplied(ctx context.Context, u dialog.Update) (taken bool, err error) {
	return e.Reg.hooks.Replied(e, ctx, u)
}

// OfficeLines are what features add to /kelola.
func (e *Env) OfficeLines(ctx context.Context) (lines []string, err error) {
	for _, f := range e.Reg.Features {
		if f.Office == nil {
			continue
		}
		line, err := f.Office(e, ctx)
		if err != nil {
			return nil, err
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// Papers are what features add to the dossier of a batch.
func (p *Desk) Papers(ctx context.Context, tx Tx, batch int64, now time.Time) (all []Papers, err error) {
	for _, f := range p.Reg.Features {
		if f.Papers == nil {
			continue
		}
		one, err := f.Papers(p, ctx, tx, batch, now)
		if err != nil {
			return nil, err
		}
		if one.Line != "" {
			all = append(all, one)
		}
	}
	return all, nil
}

// OnStart gives the argument of /start to the features; false = none has taken it.
func (e *Env) OnStart(ctx context.Context, arg string) (taken bool, err error) {
	for _, f := range e.Reg.Features {
		if f.Start == nil {
			continue
		}
		if taken, err = f.Start(e, ctx, arg); taken || err != nil {
			return taken, err
		}
	}
	return false, nil
}

// OnSummary runs a button below a superior's summary.
func (e *Env) OnSummary(ctx context.Context, a dialog.Action, message int, run OnSummary) error {
	return e.Reg.hooks.Summary(e, ctx, a, message, run)
}

// OwedLines are the lines of /tugas that features add, numbered from k.
func (e *Env) OwedLines(ctx context.Context, k int) (lines []string, rows [][]dialog.Button, err error) {
	for _, f := range e.Reg.Features {
		if f.Owed == nil {
			continue
		}
		line, row, err := f.Owed(e, ctx, k+len(lines))
		if err != nil {
			return nil, nil, err
		}
		if line != "" {
			lines, rows = append(lines, line), append(rows, row)
		}
	}
	return lines, rows, nil
}

// FeedbackLines are the lines of /umpanbalik that features add, numbered from k.
func FeedbackLines(ctx context.Context, e *Env, k int) (lines []string, rows [][]dialog.Button, err error) {
	for _, f := range e.Reg.Features {
		if f.Feedback == nil {
			continue
		}
		some, buttons, err := f.Feedback(e, ctx, k+len(lines))
		if err != nil {
			return nil, nil, err
		}
		lines, rows = append(lines, some...), append(rows, buttons...)
	}
	return lines, rows, nil
}

// UnitLines are the lines and rows that features add to /unit.
func (e *Env) UnitLines(ctx context.Context) (lines []string, rows [][]dialog.Button, err error) {
	for _, f := range e.Reg.Features {
		if f.Unit == nil {
			continue
		}
		line, row, err := f.Unit(e, ctx)
		if err != nil {
			return nil, nil, err
		}
		if line != "" {
			lines = append(lines, line)
		}
		rows = append(rows, row)
	}
	return lines, rows, nil
}

// ComingLines say what comes to the person by itself.
func (e *Env) ComingLines(ctx context.Context) (lines []string, err error) {
	for _, f := range e.Reg.Features {
		if f.Coming == nil {
			continue
		}
		line, err := f.Coming(e, ctx)
		if err != nil {
			return nil, err
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// Link is the button of a card that leads into another feature.
func (p *Desk) Link(to Way, label string, ref int64) dialog.Button {
	return dialog.Button{Label: p.Cfg.Text.Plain("label."+label, nil), Action: p.Reg.links[to].Open(ref)}
}

// Opener is what a button does that leads into another feature.
func (p *Desk) Opener(to Way) func(ref int64) dialog.Action { return p.Reg.links[to].Open }

// Fresh returns the messages of Hooks.Fresh of all features.
func (e *Env) Fresh(ctx context.Context) (replies []dialog.Reply, err error) {
	for _, f := range e.Reg.Features {
		if f.Fresh == nil {
			continue
		}
		more, err := f.Fresh(e, ctx)
		if err != nil {
			return nil, err
		}
		replies = append(replies, more...)
	}
	return replies, nil
}

// Sent tells the features that the answers to a task were stored. The reply of
// one of them takes the place of the result; nil = the result stays.
func (e *Env) Sent(ctx context.Context, of task.Task) (instead *dialog.Reply, err error) {
	for _, f := range e.Reg.Features {
		if f.Sent == nil {
			continue
		}
		r, err := f.Sent(e, ctx, of)
		if err != nil {
			return nil, err
		}
		if r != nil {
			instead = r
		}
	}
	return instead, nil
}

// ResultElsewhere shows what takes the place of the result of a task.
func (e *Env) ResultElsewhere(ctx context.Context, of task.Task) (shown bool, err error) {
	for _, f := range e.Reg.Features {
		if f.Result == nil {
			continue
		}
		if shown, err = f.Result(e, ctx, of); shown || err != nil {
			return shown, err
		}
	}
	return false, nil
}

// PersonButtons are those of all features for one place of a person's card.
func (e *Env) PersonButtons(ctx context.Context, at PersonPlace, m personnel.Member) (rows [][]dialog.Button, err error) {
	for _, f := range e.Reg.Features {
		for _, b := range f.Person {
			if b.Place != at {
				continue
			}
			more, err := b.Rows(e, ctx, m)
			if err != nil {
				return nil, err
			}
			rows = append(rows, more...)
		}
	}
	return rows, nil
}

// left tells the features that a conversation about a task was left.
func (e *Env) left(ctx context.Context, ref int64, replies []dialog.Reply) error {
	for _, f := range e.Reg.Features {
		if f.Left == nil {
			continue
		}
		if err := f.Left(e, ctx, ref, replies); err != nil {
			return err
		}
	}
	return nil
}

// Show asks the first question of a form without beginning it.
func (e *Env) Show(ctx context.Context, name string, ref int64) ([]dialog.Reply, error) {
	turn, err := e.Flows[name].Handle(ctx, e, dialog.Record{Ref: ref}, dialog.Input{Verb: dialog.Resume})
	return turn.Replies, err
}
