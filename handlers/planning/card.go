package planning

import (
	"context"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// batch shows one batch.
func (e *env) batch(ctx context.Context, a dialog.Action, message int) error {
	return e.showBatch(ctx, a.Ref, "", message)
}

// showBatch shows a batch as it is now, below a sentence; "" = none.
func (e *env) showBatch(ctx context.Context, id int64, above string, message int) error {
	b, err := e.tx.Batch(ctx, id)
	if err != nil {
		return err
	}
	out := []string{e.T("plan.card", text.Args{"judul": b.Name, "keadaan": e.state(b), "kapan": e.days(b), "surat": feature.OrDash(b.Letter)})}
	if above != "" {
		out = append([]string{above, ""}, out...)
	}
	out = append(out, e.seatLine(b))
	out = append(out, e.sessionLines(b)...)
	for _, l := range lines(e.desk(), batchFields(), e.desk().planOf(b), false) {
		out = append(out, l.text)
	}
	if b.State == training.Cancelled {
		out = append(out, e.T("plan.cancelled_for", text.Args{"alasan": b.CancelledFor}))
	}
	body, _ := feature.Joined(out, feature.MessageBudget)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "plan.card", Text: body, Rows: e.batchButtons(b), Edit: message})
	return nil
}

// seatLine tells how many seats are given, offered and waited for.
func (e *env) seatLine(b training.Batch) string {
	c := b.Counts
	key := "plan.seats"
	if c.Seated+c.Offered > b.Seats {
		key = "plan.seats_over"
	}
	return e.T(key, text.Args{"tempat": b.Seats, "terisi": c.Seated, "ditawarkan": c.Offered, "menunggu": c.Waiting + c.Applied, "izin": c.Asked, "surat": c.Letters})
}

// maxSessions is how many sessions stand on the card.
const maxSessions = 12

func (e *env) sessionLines(b training.Batch) (lines []string) {
	for i, s := range b.Sessions {
		if i == maxSessions {
			return append(lines, e.T("plan.sessions_more", text.Args{"n": len(b.Sessions) - i}))
		}
		at := s.Starts.In(e.Cfg.Location)
		lines = append(lines, e.T("plan.session", text.Args{"n": s.N, "tanggal": e.Cfg.Text.Date(at), "jam": at.Format("15.04"),
			"sampai": s.Ends.In(e.Cfg.Location).Format("15.04"), "tempat": feature.OrDash(s.Place + s.Link), "pengajar": feature.OrDash(strings.Join(s.Trainers, "; "))}))
	}
	return lines
}

// batchButtons are what may be done with a batch in its state.
func (e *env) batchButtons(b training.Batch) [][]dialog.Button {
	var rows [][]dialog.Button
	if b.State == training.Planned {
		rows = append(rows, e.step("plan_open", openStep, b.ID, strconv.Itoa(b.Revision)))
	}
	if b.State != training.Planned {
		if b.At(e.Now) == training.Open {
			rows = append(rows, e.step("plan_announce", training.AnnounceStep, b.ID, ""))
		}
		rows = append(rows, append(e.step("nominate_people", training.LettersStep, b.ID, ""), e.step("attend_taken", training.RunStep, b.ID, "")...))
	}
	if !b.At(e.Now).Over() {
		rows = append(rows, append(e.start("plan_change", changeFlow, b.ID), e.step("plan_committee", committeeStep, b.ID, "")...))
	}
	if !b.Starts().IsZero() {
		rows = append(rows, e.start("plan_copy", copyFlow, b.ID))
	}
	if !b.At(e.Now).Over() {
		rows = append(rows, e.start("plan_cancel", cancelFlow, b.ID))
	}
	return append(rows, e.step("plan_back", listStep, 0, ""))
}

// open shows a planned batch to everybody.
func (e *env) open(ctx context.Context, a dialog.Action, message int) error {
	revision, err := strconv.Atoi(a.Value)
	if err != nil {
		return dialog.ErrNotFound
	}
	b, err := e.tx.Batch(ctx, a.Ref)
	if err != nil {
		return err
	}
	if b.Starts().IsZero() || !b.Starts().After(e.Now) {
		return e.showBatch(ctx, a.Ref, e.T("plan.open_no_session", nil), message)
	}
	out, err := e.tx.OpenBatch(ctx, a.Ref, revision, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	return e.showBatch(ctx, a.Ref, e.said(out, "plan.opened", "plan.stale"), message)
}

// said puts what came of a change into words; done = it was made, stale = somebody else
// was faster.
func (e *env) said(out training.Outcome, done, stale string) string {
	switch out.Verdict {
	case training.Accepted:
		return e.T(done, nil)
	case training.Stale:
		by := out.By
		if by == "" {
			by = e.Cfg.Text.Plain("plan.by_import", nil)
		}
		return e.T(stale, text.Args{"alamat": by, "kapan": e.When(out.At), "sapaan": e.Employee.Salutation()})
	case training.Gone:
		return e.T("plan.gone", nil)
	case training.Attended:
		return e.T("plan.attended", text.Args{"kapan": e.Cfg.Text.Date(out.At.In(e.Cfg.Location))})
	}
	return e.T("plan.unchanged", nil)
}
