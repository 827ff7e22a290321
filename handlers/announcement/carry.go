package announcement

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// The buttons about the batch that a draft carries; their ref is the draft.
const (
	carryStep     = "pmlatih"   // lists the batches that it may carry; the value is the page
	carryThisStep = "pmlatihya" // takes one; the value is the batch
)

// carryTx is about the trainings that announcements carry (carry.go).
type carryTx interface {
	// Batch reads a batch with its sessions and quotas; ErrNotFound.
	Batch(ctx context.Context, id int64) (training.Batch, error)
	// OpenBatches lists those that an announcement may carry at now, nearest first; total
	// is how many there are.
	OpenBatches(ctx context.Context, now time.Time, skip, limit int) (list []training.Batch, total int, err error)
	// DelayRegistration lets people register for a batch no earlier than at a moment, because
	// of an announcement.
	DelayRegistration(ctx context.Context, id, batch int64, opens time.Time, by int64, now time.Time) error
}

// prospect is what would become of a draft that is sent now.
type prospect struct {
	forecast announcement.Forecast
	opens    time.Time // to which the registration of its batch moves; zero = it stays
	fits     bool      // nothing about the batch is in the way
}

// prospects looks at what a draft would do to its audience and to its batch.
func prospects(ctx context.Context, e *env, a announcement.Announcement) (p prospect, err error) {
	p.fits = !a.Batch.Over && !a.Batch.Shut(later(e.Now, a.SendAt)) && !e.unagreed(a)
	if !a.Audience.Chosen() {
		return p, nil
	}
	if p.forecast, err = e.desk.mailer().Forecast(ctx, e.tx, a, e.Now); err != nil || a.Batch.ID == 0 || !p.fits {
		return p, err
	}
	fair, err := e.desk.mailer().Fair(ctx, e.tx, a, p.forecast, e.Now)
	if err == nil {
		p.opens, p.fits = a.Batch.Delay(fair)
	}
	return p, err
}

// unagreed tells whether the agreement with the partner of the batch is over when a first
// announcement of it would go.
func (e *env) unagreed(a announcement.Announcement) bool {
	return a.Batch.Unagreed(later(e.Now, a.SendAt).In(e.Cfg.Location))
}

// carryWords say which training a draft carries, and what sending it does to the
// registration.
func (e *env) carryWords(a announcement.Announcement, p prospect) string {
	c := a.Batch
	day := func(t time.Time) string { return e.Cfg.Text.Date(t.In(e.Cfg.Location)) }
	args := text.Args{"judul": c.Name, "buka": day(p.opens), "semula": day(c.Opens), "tutup": e.Cfg.Text.Deadline(c.Closes.In(e.Cfg.Location)),
		"batas": e.Cfg.Text.Deadline(c.Last().In(e.Cfg.Location))}
	switch {
	case c.Over:
		return e.T("announce.carry_over", args)
	case e.unagreed(a):
		return e.T("announce.carry_unagreed", text.Args{"judul": c.Name, "mitra": c.Partner, "sampai": e.Cfg.Text.Date(c.Agreed)})
	case !c.Joins:
		return e.T("announce.carry_nominated", args)
	case c.Shut(later(e.Now, a.SendAt)):
		return e.T("announce.carry_shut", args)
	case !p.fits:
		return e.T("announce.carry_late", args)
	case !c.InOrder:
		return e.T("announce.carry_ranked", args)
	case c.Told:
		return e.T("announce.carry_again", args)
	case !a.Audience.Chosen():
		return e.T("announce.carry_first", args)
	case !p.opens.IsZero():
		return e.T("announce.carry_delays", args)
	}
	return e.T("announce.carry_order", args)
}

// carries lets the registration of a batch wait until everybody has been told who gets
// the announcement that is sent now, and returns a sentence about it; "" = it need not.
func carries(ctx context.Context, e *env, a announcement.Announcement, p prospect) (string, error) {
	if p.opens.IsZero() {
		return "", nil
	}
	if err := e.tx.DelayRegistration(ctx, a.ID, a.Batch.ID, p.opens, e.Employee.ID, e.Now); err != nil {
		return "", err
	}
	return e.T("announce.carry_delayed", text.Args{"judul": a.Batch.Name, "buka": e.Cfg.Text.Date(p.opens.In(e.Cfg.Location))}), nil
}

// carry lists the batches that a draft may carry.
func (e *env) carry(ctx context.Context, a dialog.Action, message int) error {
	d, err := ownDraft(ctx, e, a.Ref)
	if err != nil {
		return err
	}
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	found, total, err := e.tx.OpenBatches(ctx, e.Now, page*listed, listed)
	if err != nil {
		return err
	}
	lines := []string{e.T("announce.carry_list", nil), ""}
	if total == 0 {
		lines = []string{e.T("announce.carry_none", nil)}
	}
	var numbers []dialog.Button
	for i, b := range found {
		k := page*listed + i + 1
		lines = append(lines, e.T("announce.carry_line", text.Args{"k": k, "judul": feature.Clip(b.Name, feature.LongName), "kapan": e.span(b)}))
		act := e.MenuAction(carryThisStep, d.ID)
		act.Value = strconv.FormatInt(b.ID, 10)
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: act})
	}
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(carryStep, d.ID, page, listed, total)...)
	rows = append(rows, []dialog.Button{{Label: e.Label("back"), Action: e.MenuAction("pmkonsep", d.ID)}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.carry_list", Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
	return nil
}

// carryThis puts a batch into a draft. What would not fit below the text any more is said.
func (e *env) carryThis(ctx context.Context, a dialog.Action, message int) error {
	d, err := ownDraft(ctx, e, a.Ref)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(a.Value, 10, 64)
	if err != nil {
		return dialog.ErrNotFound
	}
	if _, err := e.tx.Batch(ctx, id); err != nil {
		return err
	}
	d.Batch = announcement.Carried{ID: id}
	if err := putDraft(ctx, e, &d); err != nil {
		return err
	}
	if d, err = e.tx.Announcement(ctx, d.ID); err != nil { // with what is known about the batch
		return err
	}
	if sentence := e.desk.unfit(d.File, d.Body, d); sentence != "" {
		d.Batch = announcement.Carried{}
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.text_long", Text: sentence})
		if err := putDraft(ctx, e, &d); err != nil {
			return err
		}
	}
	return showDraft(ctx, e, d, message)
}

// announceBatch begins an announcement of a batch from its card (Tulis pengumuman): its text says
// what is known, and it is for the units that have a share of the seats.
func (e *env) announceBatch(ctx context.Context, a dialog.Action, _ int) error {
	b, err := e.tx.Batch(ctx, a.Ref)
	if err != nil {
		return err
	}
	if b.At(e.Now) != training.Open {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.batch_not", Text: e.T("announce.batch_not", text.Args{"judul": b.Name})})
		return nil
	}
	d := announcement.Announcement{Author: e.Employee.ID, Kind: announcement.Ordinary, Expires: life(e.Now), Batch: announcement.Carried{ID: b.ID}, Body: e.batchBody(b)}
	d.Entities = []announcement.Entity{{Type: "bold", Length: measure.Units(b.Name)}}
	if d.Audience, err = e.audienceOf(ctx, b); err != nil {
		return err
	}
	id, err := e.tx.AddAnnouncement(ctx, d, e.Now)
	if err != nil {
		return err
	}
	if d, err = e.tx.Announcement(ctx, id); err != nil {
		return err
	}
	e.KeepNote()
	sample, card, err := draftShown(ctx, e, d)
	e.Out.Replies = append(e.Out.Replies, sample, card)
	return err
}

// batchBody is what an announcement of a batch says before somebody has changed it. What
// is not known is left out. Of its days, its place and the registration the message itself
// speaks, as they are: a batch that moves is right in every message.
func (e *env) batchBody(b training.Batch) string {
	lines := []string{b.Name}
	add := func(key, is string) {
		if is != "" {
			lines = append(lines, e.Cfg.Text.Plain(key, text.Args{"isi": is}))
		}
	}
	lines = append(lines, e.Cfg.Text.Plain("announce.batch_form", text.Args{"bentuk": b.Programme.Form, "jp": b.Programme.JP}))
	add("announce.batch_ability", strings.TrimSuffix(b.Programme.Ability, "."))
	add("announce.batch_target", strings.TrimSuffix(b.Target, "."))
	add("announce.batch_contact", b.Contact)
	return strings.Join(lines, "\n")
}

// audienceOf is whom a batch is for, as far as a rule says it: the units that have a share
// of its seats, and the units and positions that its target group names. Nothing of both leaves the
// audience to be chosen.
func (e *env) audienceOf(ctx context.Context, b training.Batch) (a announcement.Audience, err error) {
	for _, q := range b.Quotas {
		a.Units = append(a.Units, q.Unit)
	}
	for _, name := range strings.Split(b.Target, ";") {
		if name = strings.TrimSpace(name); len(name) < feature.ShortestName {
			continue
		}
		found, err := e.tx.FindUnits(ctx, name, optionsShown)
		if err != nil {
			return a, err
		}
		found = slices.DeleteFunc(found, func(o announcement.Option) bool { return !strings.EqualFold(o.Name, name) })
		if len(found) == 1 && !slices.Contains(a.Units, found[0].ID) { // of several of one name somebody has to choose
			a.Units = append(a.Units, found[0].ID)
		}
	}
	if target := strings.TrimSpace(b.Target); len(target) >= feature.ShortestName && len(target) <= longestName {
		found, err := e.tx.FindTitles(ctx, target, optionsShown)
		if err != nil {
			return a, err
		}
		for _, o := range found {
			a.Titles = append(a.Titles, o.Name)
		}
	}
	return a, nil
}

// span writes when a batch is: its day and hours, or its first and last day.
func (e *env) span(b training.Batch) string {
	if b.Starts().IsZero() {
		return e.Cfg.Text.Plain("join.no_day", nil)
	}
	return e.desk.writer().Span(b.Starts(), b.Ends())
}
