package announcement

import (
	"context"
	"fmt"
	"html"
	"slices"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/mailing"
	"bangkom/internal/measure"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// correctFlow takes a new text for what was sent (ralat). Its ref is the announcement.
const correctFlow = "ar"

const (
	longFact   = 200  // characters of the new fact
	shownWhole = 3500 // UTF-16 units of a text that is shown whole before it takes the place of another
)

// correcting is a correction on its way.
type correcting struct {
	Kind      announcement.Correction `json:"kind,omitempty"`
	Content   dialog.Content          `json:"content"`
	Fact      string                  `json:"fact,omitempty"`
	Version   int                     `json:"version"` // that whoever corrects has seen
	Cancelled bool                    `json:"cancelled,omitempty"`
	of        announcement.Announcement
	counts    announcement.Counts
}

// The answers to what sort of correction it is, and to whether it is meant.
const smallChange, newFact, meant = "kecil", "fakta", "ya"

// correctForm asks for the sort of the correction, the new text and the new fact, and
// shows what it would do before it is done.
func (p *desk) correctForm() dialog.Form[correcting, *env] {
	q := feature.Short[correcting]{Desk: p.Desk, Cancelled: func(s *correcting) *bool { return &s.Cancelled }, Args: p.correctArgs}
	return dialog.Form[correcting, *env]{
		FormName: correctFlow, Say: p.Wording("form.review_hint"), Load: loadCorrection, Finish: finishCorrection,
		Steps: func(s correcting) []dialog.Step[correcting] {
			steps := []dialog.Step[correcting]{
				q.Question("jenis", "announce.correct_kind", func(s *correcting, value string) error {
					kind, ok := map[string]announcement.Correction{smallChange: announcement.Small, newFact: announcement.Fact}[value]
					if s.Kind = kind; !ok {
						return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
					}
					return nil
				}, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.correct_small", nil), Value: smallChange}},
					[]dialog.Choice{{Label: p.Cfg.Text.Plain("label.correct_fact", nil), Value: newFact}}),
				q.Message("naskah", "announce.correct_text", p.acceptCorrection),
			}
			if s.Kind == announcement.Fact {
				steps = append(steps, q.Words("fakta", "announce.correct_fact", "announce.fact_hint", 5, longFact, func(s *correcting) *string { return &s.Fact }))
			}
			return q.Steps(s, append(steps, q.Question("yakin", p.checkKey(s), func(_ *correcting, value string) error {
				if value != meant {
					return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
				}
				return nil
			}, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.correct_yes", nil), Value: meant}}))...)
		},
	}
}

// checkKey is what is shown before a correction is done.
func (p *desk) checkKey(s correcting) string {
	if s.Kind == announcement.Fact {
		return "announce.correct_check_fact"
	}
	return "announce.correct_check"
}

func (p *desk) correctArgs(s correcting) text.Args {
	body := announcement.HTML(s.Content.Text, s.Content.Entities)
	if measure.Units(body) > shownWhole {
		body = html.EscapeString(measure.Cut(s.Content.Text, shownWhole))
	}
	n, by := p.Cfg.Text.Number, s.counts.By
	return text.Args{"awal": announcement.Opening(s.of.Body), "naskah": text.HTML(body), "fakta": s.Fact, "terkirim": n(by[announcement.Sent] + by[announcement.Unknown]),
		"menunggu": n(by[announcement.Waiting] + by[announcement.Held] + by[announcement.Queued] + by[announcement.Unlinked]), "tidak": n(by[announcement.Unreachable])}
}

// acceptCorrection takes the new text. A picture or a file cannot be put in the place of
// another one.
func (p *desk) acceptCorrection(s *correcting, c dialog.Content) error {
	if c.File.Media != "" {
		return dialog.Invalid(p.Cfg.Text.T("announce.correct_no_file", nil))
	}
	if s.Kind == announcement.Small && c.Text == s.of.Body && slices.Equal(c.Entities, s.of.Entities) {
		return dialog.Invalid(p.Cfg.Text.T("announce.same_text", nil))
	}
	if sentence := p.tooLong(s.of.File, c.Text, measure.Visible(p.writer().Extra(s.of, p.Cfg.Now()))); sentence != "" {
		return dialog.Invalid(sentence)
	}
	s.Content = c
	return nil
}

func loadCorrection(ctx context.Context, e *env, r *dialog.Record) (s correcting, err error) {
	if !e.Employee.Rights.HR {
		return s, dialog.ErrNotFound
	}
	if err := feature.DecodeState(r, &s); err != nil {
		return s, err
	}
	if s.of, err = e.tx.LockAnnouncement(ctx, r.Ref); err != nil {
		return s, err
	}
	unseen := s.of.ApprovedBy != 0 && s.of.StartedAt.IsZero() // it goes as it was approved, or not at all
	if unseen || s.of.ApprovedAt.IsZero() || !s.of.WithdrawnAt.IsZero() || s.Version != 0 && s.Version != s.of.Version {
		return s, dialog.ErrNotFound
	}
	s.Version = s.of.Version
	s.counts, err = e.tx.AnnouncementCounts(ctx, r.Ref)
	return s, err
}

func finishCorrection(ctx context.Context, e *env, s correcting) (dialog.Ending, error) {
	sentence := ""
	if !s.Cancelled {
		next := announcement.Announcement{ID: s.of.ID, Body: s.Content.Text, Entities: s.Content.Entities, Correction: s.Kind, Fact: s.Fact, Version: s.Version}
		reach, err := e.tx.CorrectAnnouncement(ctx, next, e.Employee.ID, e.Now)
		if err != nil {
			return dialog.Ending{}, err
		}
		e.Out.Work = true
		tellCorrection(e, s.of, reach.Version)
		n := e.Cfg.Text.Number
		sentence = e.T("announce.correct_done", text.Args{"n": n(reach.Edits), "menunggu": n(reach.Waiting)})
	}
	d, err := e.tx.Announcement(ctx, s.of.ID)
	if err != nil {
		return dialog.Ending{}, err
	}
	err = showControl(ctx, e, d, 0, sentence)
	return e.Taken(), err
}

// tellCorrection tells the author and whoever has approved it that somebody else has
// changed the text: what two have agreed on is not changed behind one's back.
func tellCorrection(e *env, a announcement.Announcement, version int) {
	for _, who := range []int64{a.Author, a.ApprovedBy} {
		if who == 0 || who == e.Employee.ID {
			continue
		}
		e.Notify(who, fmt.Sprintf("announce-corrected:%d:%d:%d", a.ID, version, who), outreach.Alert, dialog.Reply{Template: "announce.corrected_news",
			Text: e.T("announce.corrected_news", text.Args{"petugas": e.Employee.Address(), "awal": announcement.Opening(a.Body)}), Rows: lookRow(e, a.ID)})
	}
}

// openCorrection begins a correction from the button below the progress.
func (e *env) openCorrection(ctx context.Context, a dialog.Action, message int) error {
	d, err := e.tx.Announcement(ctx, a.Ref)
	if err != nil {
		return err
	}
	return e.RunFlow(ctx, correctFlow, a.Ref, dialog.Input{Verb: dialog.Resume, Message: aside(e, d, message)})
}

// takeBackYes is the step of Ya, tarik.
const takeBackYes = "pmtarikya"

// takeBack asks once more, then deletes what Telegram still deletes.
func (e *env) takeBack(ctx context.Context, a dialog.Action, message int) error {
	d, err := e.tx.LockAnnouncement(ctx, a.Ref)
	if err != nil {
		return err
	}
	if a.Step == mailing.TakeBackStep {
		t, err := e.tx.TakeBackOf(ctx, d.ID, e.Now)
		if err != nil {
			return err
		}
		key := "announce.take_back_ask"
		if t.TooOld > 0 {
			key = "announce.take_back_old"
		}
		n := e.Cfg.Text.Number
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Edit: aside(e, d, message),
			Text: e.T(key, text.Args{"n": n(t.Messages), "lama": n(t.TooOld), "menunggu": n(t.Waiting)}),
			Rows: [][]dialog.Button{{{Label: e.Label("take_back_yes"), Action: e.MenuAction(takeBackYes, d.ID)}}, {{Label: e.Label("delete_no"), Action: e.MenuAction("pmjalan", d.ID)}}}})
		return nil
	}
	t, err := e.tx.TakeBackAnnouncement(ctx, d.ID, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	e.Out.Work = true
	if d, err = e.tx.Announcement(ctx, d.ID); err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("announce.take_back_done", text.Args{"n": e.Cfg.Text.Number(t.Messages)})
	return showControl(ctx, e, d, message, "")
}
