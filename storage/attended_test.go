package storage

import (
	"context"
	"testing"
	"time"

	"bangkom/internal/training"
)

// A plan with fewer sessions leaves out none in which somebody was, and gives what was
// noted there to no other session: it is refused when the day is gone, and the rows follow
// the day when it is not.
func TestFewerSessions(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	batch := f.openSeats("PD", training.InOrder, 2, 0)
	f.apply(batch, ids[0], start)
	f.exec(`UPDATE enrolment SET permission = 'given'`)
	day := func(n int) training.Session {
		from := start.AddDate(0, 0, 20+n)
		return training.Session{Starts: from, Ends: from.Add(6 * time.Hour), Place: "Aula"}
	}
	change := func(days ...int) training.Outcome {
		return f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
			b, err := tx.Batch(ctx, batch)
			if err != nil {
				return training.Outcome{}, err
			}
			b.Sessions = nil
			for _, n := range days {
				b.Sessions = append(b.Sessions, day(n))
			}
			out, _, _, err := tx.ChangeBatch(ctx, b, ids[1], start)
			return out, err
		})
	}
	attended := func() string {
		return f.text(`SELECT string_agg(s.n || ':' || to_char(s.starts_at AT TIME ZONE 'Asia/Jakarta', 'DD') || CASE WHEN a.employee_id IS NULL THEN '' ELSE '+' END, ' ' ORDER BY s.n)
			FROM training_session s LEFT JOIN attendance a ON a.session_id = s.id`)
	}
	change(1, 2, 3)
	for _, n := range []string{"1", "3"} {
		f.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT id, $1, true, 'code', $2 FROM training_session WHERE n = `+n, ids[0], start)
	}
	if got := attended(); got != "1:01+ 2:02 3:03+" {
		t.Fatalf("before: %s", got)
	}
	if out := change(1, 2); out.Verdict != training.Attended || !out.At.Equal(day(3).Starts) {
		t.Errorf("without the third: %+v", out)
	}
	if got := attended(); got != "1:01+ 2:02 3:03+" {
		t.Errorf("after a plan that was refused: %s", got)
	}
	if out := change(1, 3); out.Verdict != training.Accepted {
		t.Errorf("without the second: %+v", out)
	}
	if got := attended(); got != "1:01+ 2:03+" {
		t.Errorf("without the second: %s", got)
	}
	if out := change(0, 1, 3, 4); out.Verdict != training.Accepted {
		t.Errorf("with two more: %+v", out)
	}
	if got := attended(); got != "1:31 2:01+ 3:03+ 4:04" {
		t.Errorf("with two more: %s", got)
	}
}

// Who runs a batch and takes part in it does not decide about the own Saya hadir.
func TestOwnClaim(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	batch := f.openSeats("PD", training.InOrder, 2, 0)
	f.apply(batch, ids[0], start)
	f.exec(`UPDATE enrolment SET permission = 'given'`)
	session := int64(f.count(`SELECT id FROM training_session`))
	f.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at, claimed_at) VALUES ($1, $2, false, 'committee', $3, $3)`, session, ids[0], start)
	for _, tt := range []struct {
		by   int64
		want training.Verdict
	}{{ids[0], training.OwnClaim}, {ids[1], training.Accepted}, {ids[1], training.Unchanged}} {
		out := f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
			return tx.DecideClaim(ctx, session, ids[0], true, tt.by, start)
		})
		if out.Verdict != tt.want {
			t.Errorf("decided by %d: %s, want %s", tt.by, out.Verdict, tt.want)
		}
	}
}
