package command

import (
	"context"
	"slices"
	"strings"
	"testing"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/storage"
)

// A summary goes while something can be done: not before the tasks open, and not
// for ratings whose deadline has passed.
func TestSummaryOnlyWhileSomethingCanBeDone(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(10)
	o.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.OpenPeriod(ctx, storage.Period{Name: "Satu", OpensAt: at("2027-01-18 08:00"), DueAt: at("2027-01-25 00:00"),
			RatingDueAt: at("2027-02-01 00:00")}, at("2027-01-08 09:00"))
		return err
	})
	sent := func(after string) int {
		return o.count(`SELECT count(*) FROM notice WHERE kind = 'summary' AND action = 'send' AND decided_at > $1`, at(after))
	}
	o.run(at("2027-01-11 09:00"), "weekly-summary")
	if n := sent("2027-01-01 00:00"); n != 0 {
		t.Errorf("%d summaries a week before anything opens", n)
	}
	o.run(at("2027-01-18 09:00"), "weekly-summary")
	o.send(at("2027-01-18 09:01"))
	if n := sent("2027-01-12 00:00"); n != 1 {
		t.Errorf("%d summaries on the day on which it opens, want 1", n)
	}
	o.exec(`UPDATE task SET state = 'done', done_at = '2027-01-20' WHERE kind = 'self_assessment'`)
	for _, day := range []string{"2027-02-08 09:00", "2027-02-15 09:00", "2027-03-01 09:00"} {
		o.run(at(day), "reminders", "expiries", "weekly-summary")
		o.send(at(day))
		o.exec(`UPDATE notice SET read_at = at WHERE kind = 'summary'`)
	}
	if n := sent("2027-02-02 00:00"); n != 0 {
		t.Errorf("%d summaries after the deadline of the ratings, when nothing can be done", n)
	}
}

// Where deadlines differ within a team, the summary names the next one with those
// who have exactly that one, and no deadline that has passed.
func TestSummaryOfSeveralDeadlines(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(20)
	o.exec(`INSERT INTO unit_week (unit_id, days) SELECT id, 126 FROM unit WHERE code = 'u2'`)
	o.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'u2') WHERE id = 5`)
	o.open("Dua", at("2027-06-07 08:00"), "2027-06-19") // Saturday: u2 until the 19th, offices until the 21st
	for _, one := range []struct{ day, want string }{
		{"2027-06-14 09:00", "9 pegawai belum selesai mengisi, 1 di antaranya sampai Sabtu, 19 Juni"},
		{"2027-06-21 09:00", "batas penilaian mandiri Senin, 21 Juni (8 pegawai)"},
	} {
		day, want := one.day, one.want
		o.run(at(day), "weekly-summary")
		body := strings.Join(o.rows(`SELECT reply->>'Text' FROM notice WHERE kind = 'summary' AND employee_id = 1 AND decided_at = $1`, at(day)), "\n")
		if !strings.Contains(body, want) {
			t.Errorf("%s: the summary lacks %q:\n%s", day, want, body)
		}
		o.send(at(day))
	}
}

// Summaries that did not arrive are no unread ones, after which they come monthly.
func TestSummariesThatDidNotArrive(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(10)
	o.open("Satu", at("2027-03-29 08:00"), "2027-05-30")
	for _, day := range []string{"2027-04-05 09:00", "2027-04-12 09:00", "2027-04-19 09:00", "2027-04-26 09:00"} {
		o.run(at(day), "weekly-summary")
		o.exec(`UPDATE outbox SET state = 'failed', payload = NULL, cause = 'x' WHERE state = 'new'`)
	}
	o.exec(`UPDATE notice SET at = at + interval '5 days' WHERE decided_at > '2027-04-25' AND kind = 'summary'`) // in May
	o.run(at("2027-05-03 09:00"), "weekly-summary")
	if got := o.rows(`SELECT action || ' ' || reason FROM notice WHERE key = 'summary:1:2027-05-03'`); !slices.Equal(got, []string{"send allowed"}) {
		t.Errorf("after four summaries that did not arrive: %v", got)
	}
}
