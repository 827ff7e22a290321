package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"bangkom/internal/personnel"
)

// What somebody says about the own rating is stored once both views are open, read by the
// present superior, by no stand-in, and never by the personnel office in its own view, given
// to the office once, and goes with an erasure, the words of the request too, and what the
// office answered to any.
func TestReplies(t *testing.T) {
	f := newFixture(t)
	ids := f.team(4)
	boss, who, office, other := ids[0], ids[1], ids[2], ids[3]
	f.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, rates, created_at, checked_at) VALUES ($1, $2, '2027-01-01', '2027-02-01', true, $3, $3)`, boss, other, start.Add(-time.Hour))
	id := f.ratingTask(who)
	set := func(subject int64, body string) error {
		return f.try(func(ctx context.Context, tx *Tx) error { return tx.SetReply(ctx, id, subject, body, start) })
	}
	gone := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", what, err)
		}
	}
	gone("before anything was sent", set(who, "x"))
	if err := f.sendSelf(who); err != nil {
		t.Fatal(err)
	}
	gone("before the rating was sent", set(who, "x"))
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.SubmitRating(ctx, id, boss, nine("1"), start)
		return err
	})
	gone("about somebody else", set(other, "x"))
	for _, body := range []string{"first", "second"} {
		if err := set(who, body); err != nil {
			t.Fatal(err)
		}
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		mine, err1 := tx.Pair(ctx, id, who, start)
		superior, err2 := tx.Pair(ctx, id, boss, start)
		hr, err3 := tx.PairForHR(ctx, who, office, "uji", start)
		acting, err4 := tx.Pair(ctx, id, other, start)
		if mine.Reply.Body != "second" || superior.Reply.Body != "second" || hr.Reply.Body != "" || acting.Reply.Body != "" {
			t.Errorf("read by the person %q, the superior %q, the office %q, a stand-in %q", mine.Reply.Body, superior.Reply.Body, hr.Reply.Body, acting.Reply.Body)
		}
		return errors.Join(err1, err2, err3, err4)
	})
	ask := func() (err error) {
		return f.try(func(ctx context.Context, tx *Tx) error {
			body, err := tx.AskReply(ctx, id, who, start)
			if err != nil {
				return err
			}
			_, err = tx.AddTicket(ctx, who, 5, personnel.ReplyTicket, body, start)
			return err
		})
	}
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	gone("given to the office once more", ask())
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (5, $1, $2)`, who, start)
	f.tx(func(ctx context.Context, tx *Tx) error {
		raw, err := tx.CopyReplies(ctx, 5)
		if len(raw) == 0 {
			t.Error("the own copy does not hold the reply")
		}
		for _, kind := range []personnel.TicketKind{personnel.CorrectionTicket, personnel.ReplyTicket} {
			asked, err := tx.AddTicket(ctx, who, 5, kind, "", start)
			if err != nil {
				return err
			}
			if _, err := tx.CloseTicket(ctx, asked, office, "Sudah dibicarakan", start); err != nil {
				return err
			}
		}
		request, err1 := tx.AddTicket(ctx, who, 5, personnel.ErasureTicket, "", start)
		r, err2 := tx.Erasure(ctx, request)
		return errors.Join(err, err1, err2, tx.Erase(ctx, r, office, start))
	})
	if n := f.count(`SELECT (SELECT count(*) FROM rating_reply) + (SELECT count(*) FROM ticket WHERE body <> '' OR answer <> '')`); n != 0 {
		t.Errorf("after the erasure %d rows hold words", n)
	}
}

// A rating by a former superior takes no reply: nobody would read it.
func TestNoReplyToFormerSuperior(t *testing.T) {
	f := newFixture(t)
	ids := f.team(3)
	id := f.ratingTask(ids[1])
	if err := f.sendSelf(ids[1]); err != nil {
		t.Fatal(err)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.SubmitRating(ctx, id, ids[0], nine("1"), start)
		return err
	})
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, ids[2], ids[1])
	err := f.try(func(ctx context.Context, tx *Tx) error { return tx.SetReply(ctx, id, ids[1], "x", start) })
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("a reply to a former superior: %v", err)
	}
}
