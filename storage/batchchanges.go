package storage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/internal/training"
)

// Who gives or takes a seat, and who changes how many there are, holds the row of the
// batch. What is counted is counted by a later statement: that one sees what was
// committed while the lock was waited for.
const lockBatches = `SELECT id FROM batch WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`

// lockBatch locks a batch until the end of the transaction and reads it; ErrNotFound.
func (t *Tx) lockBatch(ctx context.Context, id int64) (training.Batch, error) {
	if _, err := t.tx.ExecContext(ctx, lockBatches, pq.Array([]int64{id})); err != nil {
		return training.Batch{}, safe("lock batch", err)
	}
	return t.Batch(ctx, id)
}

// lockRevision is lockBatch for a change of what the asker saw as revision. A verdict
// says why it cannot be made; "" = it can.
func (t *Tx) lockRevision(ctx context.Context, id int64, revision int) (training.Batch, training.Outcome, error) {
	b, err := t.lockBatch(ctx, id)
	switch {
	case err != nil:
		return b, training.Outcome{}, err
	case b.State.Over():
		return b, training.Outcome{Verdict: training.Gone}, nil
	case b.Revision != revision:
		return b, training.Outcome{Verdict: training.Stale, By: b.ChangedBy, At: b.ChangedAt}, nil
	}
	return b, training.Outcome{}, nil
}

const (
	nextNumber = `SELECT COALESCE(max(number), 0) + 1 FROM batch WHERE programme_id = $1`
	// The next number of a programme is given to one at a time.
	lockProgramme = `SELECT id FROM programme WHERE id = $1 FOR NO KEY UPDATE`
	addBatch      = `
		WITH ` + addOccasion + `
		INSERT INTO batch (id, programme_id, number, name, letter, seats, opens_at, closes_at, permission_until, funding, journey, dress, bring,
		                   certificate, contact, target, starts_at, ends_at, changed_by, changed_at, offer_id)
		SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21 FROM o RETURNING id`
	changeBatch = `
		UPDATE batch SET name = $2, letter = $3, seats = $4, opens_at = $5, closes_at = $6, permission_until = $7, funding = $8, journey = $9,
		       dress = $10, bring = $11, certificate = $12, contact = $13, target = $14, starts_at = $15, ends_at = $16, changed_by = $17,
		       changed_at = $18, revision = revision + 1, look_at = CASE WHEN state = 'planned' THEN look_at ELSE $18 END
		WHERE id = $1`
	askAnew = `UPDATE enrolment SET asked_until = NULL, warned_at = NULL WHERE batch_id = $1 AND state = 'seated' AND permission = 'asked'`
)

// batchName is how people read a batch: "Pengolahan Data, angkatan 3".
func batchName(title string, number int) string { return fmt.Sprintf("%s, angkatan %d", title, number) }

// moment is a time for a column; the zero time is NULL.
func moment(at time.Time) sql.NullTime { return sql.NullTime{Time: at, Valid: !at.IsZero()} }

// AddBatch makes a planned batch of b.Programme.ID with its occasion, on behalf of by; its
// number is the next one of the programme.
func (t *Tx) AddBatch(ctx context.Context, b training.Batch, by int64, now time.Time) (id int64, err error) {
	if _, err := t.tx.ExecContext(ctx, lockProgramme, b.Programme.ID); err != nil {
		return 0, safe("lock programme", err)
	}
	p, err := t.Programme(ctx, b.Programme.ID)
	if err != nil {
		return 0, err
	}
	if b.Number == 0 {
		if err := t.tx.GetContext(ctx, &b.Number, nextNumber, p.ID); err != nil {
			return 0, safe("number batch", err)
		}
	}
	err = t.tx.GetContext(ctx, &id, addBatch, string(task.Batch), p.ID, b.Number, batchName(p.Title, b.Number), b.Letter, b.Seats, moment(b.Opens),
		moment(b.Closes), moment(b.PermissionUntil), string(b.Funding), string(b.Journey), b.Dress, b.Bring, b.Certificate, b.Contact, b.Target,
		moment(b.Starts()), moment(b.Ends()), nullID(by), now, nullID(b.Offer))
	if err != nil {
		return 0, safe("add batch", err)
	}
	if err := t.setSessions(ctx, id, nil, b.Sessions); err != nil {
		return 0, err
	}
	if err := t.setQuotas(ctx, id, b.Quotas); err != nil {
		return 0, err
	}
	return id, t.auditBatch(ctx, now, by, "batch.add", id, "")
}

// auditBatch notes a change of a batch by its number, without content.
func (t *Tx) auditBatch(ctx context.Context, now time.Time, by int64, action string, batch int64, more string) error {
	_, err := t.tx.ExecContext(ctx, auditPerson, now, nullID(by), action, nil, fmt.Sprintf("batch %d%s", batch, more))
	return safe("audit", err)
}

const (
	addSession = `
		INSERT INTO training_session (batch_id, n, starts_at, ends_at, place, link) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`
	// Numbers are given anew, and no two may be alike in between.
	freeNumbers = `UPDATE training_session SET n = n + 1000 WHERE batch_id = $1 AND n < 1000`
	putSession  = `
		UPDATE training_session s SET n = $2, day_told = s.day_told AND s.starts_at = $3, hour_told = s.hour_told AND s.starts_at = $3,
		       starts_at = $3, ends_at = $4, place = $5, link = $6
		WHERE s.id = $1 RETURNING id`
	dropTrainers = `DELETE FROM session_trainer WHERE session_id = $1`
	addTrainers  = `INSERT INTO session_trainer (session_id, n, name) SELECT $1, n, name FROM unnest($2::text[]) WITH ORDINALITY AS i (name, n)`
	// What has no place in the plan any more has kept a number of before.
	dropOldTrainers = `DELETE FROM session_trainer x USING training_session s WHERE s.id = x.session_id AND s.batch_id = $1 AND s.n >= 1000`
	dropSessions    = `DELETE FROM training_session WHERE batch_id = $1 AND n >= 1000`
	addQuotas       = `INSERT INTO batch_quota (batch_id, unit_id, seats) SELECT $1, unit_id, seats FROM unnest($2::bigint[], $3::int[]) AS i (unit_id, seats)`
	dropQuotas      = `DELETE FROM batch_quota WHERE batch_id = $1`
)

// setSessions makes the sessions of a batch those given, in the order of time; before are
// those that it has. A session that goes on keeps its row, with whoever was in it.
func (t *Tx) setSessions(ctx context.Context, batch int64, before, list []training.Session) error {
	list = inOrder(list)
	was, _ := training.Match(before, list)
	if _, err := t.tx.ExecContext(ctx, freeNumbers, batch); err != nil {
		return safe("number sessions", err)
	}
	for i, s := range list {
		query, of := addSession, batch
		if was[i] >= 0 {
			query, of = putSession, before[was[i]].ID
		}
		var id int64
		if err := t.one(ctx, &id, query, of, i+1, s.Starts, s.Ends, s.Place, s.Link); err != nil {
			return err
		}
		if _, err := t.tx.ExecContext(ctx, dropTrainers, id); err != nil {
			return safe("drop trainers", err)
		}
		if _, err := t.tx.ExecContext(ctx, addTrainers, id, pq.Array(s.Trainers)); err != nil {
			return safe("store trainers", err)
		}
	}
	if _, err := t.tx.ExecContext(ctx, dropOldTrainers, batch); err != nil {
		return safe("drop trainers", err)
	}
	_, err := t.tx.ExecContext(ctx, dropSessions, batch)
	return safe("drop sessions", err)
}

// inOrder are sessions in the order of time.
func inOrder(list []training.Session) []training.Session {
	return slices.SortedStableFunc(slices.Values(list), func(a, b training.Session) int { return a.Starts.Compare(b.Starts) })
}

func (t *Tx) setQuotas(ctx context.Context, batch int64, list []training.Quota) error {
	if _, err := t.tx.ExecContext(ctx, dropQuotas, batch); err != nil {
		return safe("drop quotas", err)
	}
	units, seats := make([]int64, len(list)), make([]int64, len(list))
	for i, q := range list {
		units[i], seats[i] = q.Unit, int64(q.Seats)
	}
	_, err := t.tx.ExecContext(ctx, addQuotas, batch, pq.Array(units), pq.Array(seats))
	return safe("store quotas", err)
}

// ChangeBatch replaces what a batch says, on behalf of by, if b.Revision is still that of
// the row. moved = a session has other hours or days now; room = another place or link. A plan without the day of a session in which somebody was is refused: Attended.
// Announcements that have told of the batch are edited where they say another thing.
func (t *Tx) ChangeBatch(ctx context.Context, b training.Batch, by int64, now time.Time) (out training.Outcome, moved, room bool, err error) {
	if err := t.lockCarriers(ctx, []int64{b.ID}); err != nil {
		return out, false, false, err
	}
	old, out, err := t.lockRevision(ctx, b.ID, b.Revision)
	if err != nil || out.Verdict != "" {
		return out, false, false, err
	}
	if _, lost := training.Match(old.Sessions, inOrder(b.Sessions)); len(lost) > 0 {
		return training.Outcome{Verdict: training.Attended, At: lost[0].Starts}, false, false, nil
	}
	_, err = t.tx.ExecContext(ctx, changeBatch, b.ID, batchName(old.Programme.Title, old.Number), b.Letter, b.Seats, moment(b.Opens), moment(b.Closes),
		moment(b.PermissionUntil), string(b.Funding), string(b.Journey), b.Dress, b.Bring, b.Certificate, b.Contact, b.Target,
		moment(b.Starts()), moment(b.Ends()), nullID(by), now)
	if err != nil {
		return out, false, false, safe("change batch", err)
	}
	if _, err := t.tx.ExecContext(ctx, askAnew, b.ID); err != nil {
		return out, false, false, safe("change batch", err)
	}
	if err := t.setSessions(ctx, b.ID, old.Sessions, b.Sessions); err != nil {
		return out, false, false, err
	}
	if err := t.setQuotas(ctx, b.ID, b.Quotas); err != nil {
		return out, false, false, err
	}
	if moved, room = training.Moved(old.Sessions, b.Sessions); saysAnother(old, b, moved, room) {
		if err := t.renewCarriers(ctx, b.ID, by, now); err != nil {
			return out, false, false, err
		}
	}
	return training.Outcome{Verdict: training.Accepted}, moved, room, t.auditBatch(ctx, now, by, "batch.change", b.ID, "")
}

const setSeats = `
	UPDATE batch SET seats = $2, changed_by = $3, changed_at = $4, revision = revision + 1,
	       look_at = CASE WHEN state = 'planned' THEN look_at ELSE $4 END
	WHERE id = $1`

// SetSeats changes how many seats a batch has, on behalf of by. Fewer take nobody's seat
// and no offer: nothing is given until those that are given are fewer.
func (t *Tx) SetSeats(ctx context.Context, batch int64, revision, seats int, by int64, now time.Time) (training.Outcome, error) {
	b, out, err := t.lockRevision(ctx, batch, revision)
	if err != nil || out.Verdict != "" {
		return out, err
	}
	if _, err := t.tx.ExecContext(ctx, setSeats, batch, seats, nullID(by), now); err != nil {
		return out, safe("set seats", err)
	}
	return training.Outcome{Verdict: training.Accepted}, t.auditBatch(ctx, now, by, "batch.seats", batch, fmt.Sprintf(", from %d to %d", b.Seats, seats))
}

const openBatch = `
	UPDATE batch SET state = 'open', changed_by = $2, changed_at = $3, revision = revision + 1, look_at = $3
	WHERE id = $1`

// OpenBatch shows a planned batch, on behalf of by; Unchanged when it was shown before.
func (t *Tx) OpenBatch(ctx context.Context, batch int64, revision int, by int64, now time.Time) (training.Outcome, error) {
	b, out, err := t.lockRevision(ctx, batch, revision)
	if err != nil || out.Verdict != "" {
		return out, err
	}
	if b.State != training.Planned {
		return training.Outcome{Verdict: training.Unchanged}, nil
	}
	if _, err := t.tx.ExecContext(ctx, openBatch, batch, nullID(by), now); err != nil {
		return out, safe("open batch", err)
	}
	return training.Outcome{Verdict: training.Accepted}, t.auditBatch(ctx, now, by, "batch.open", batch, "")
}

// CopyBatch makes a planned batch of the same programme whose first session is on the
// civil day starts, with the same distances between all its times, on behalf of by.
// Nobody takes part in it, and it has no letter yet.
func (t *Tx) CopyBatch(ctx context.Context, batch int64, starts time.Time, by int64, now time.Time) (int64, error) {
	b, err := t.Batch(ctx, batch)
	if err != nil {
		return 0, err
	}
	if b.Starts().IsZero() {
		return 0, ErrNotFound
	}
	return t.AddBatch(ctx, b.Copy(starts), by, now)
}

const (
	cancelBatch = `
		UPDATE batch SET state = 'cancelled', cancelled_for = $2, changed_by = $3, changed_at = $4, closed_at = $4, revision = revision + 1, look_at = NULL
		WHERE id = $1`
	cancelEnrolments = `
		UPDATE enrolment SET state = 'cancelled', changed_at = $2, offer_until = NULL
		WHERE batch_id = $1 AND state IN ('applied', 'waiting', 'offered', 'seated')`
)

// CancelBatch ends a batch with a reason, on behalf of by, and everything that stands in
// it, and returns who was in it until then. Announcements that have told of it are edited.
func (t *Tx) CancelBatch(ctx context.Context, batch int64, revision int, reason string, by int64, now time.Time) (training.Outcome, []training.Participant, error) {
	if err := t.lockCarriers(ctx, []int64{batch}); err != nil {
		return training.Outcome{}, nil, err
	}
	_, out, err := t.lockRevision(ctx, batch, revision)
	if err != nil || out.Verdict != "" {
		return out, nil, err
	}
	were, err := t.Participants(ctx, personnel.Area{All: true}, batch)
	if err != nil {
		return out, nil, err
	}
	were = slices.DeleteFunc(were, func(p training.Participant) bool { return !p.Standing.In() })
	if _, err := t.tx.ExecContext(ctx, cancelEnrolments, batch, now); err != nil {
		return out, nil, safe("cancel enrolments", err)
	}
	if _, err := t.tx.ExecContext(ctx, cancelBatch, batch, reason, nullID(by), now); err != nil {
		return out, nil, safe("cancel batch", err)
	}
	if err := t.renewCarriers(ctx, batch, by, now); err != nil {
		return out, nil, err
	}
	return training.Outcome{Verdict: training.Accepted}, were, t.auditBatch(ctx, now, by, "batch.cancel", batch, "")
}

var committeeOf = `
	SELECT ` + employeeColumns + ` FROM committee m JOIN employee e ON e.id = m.employee_id JOIN unit u ON u.id = e.unit_id
	WHERE m.batch_id = $1 ORDER BY e.name, e.id`

// Committee lists who runs a batch, by name.
func (t *Tx) Committee(ctx context.Context, batch int64) ([]personnel.Employee, error) {
	var rows []employeeRow
	if err := t.tx.SelectContext(ctx, &rows, committeeOf, batch); err != nil {
		return nil, safe("list committee", err)
	}
	out := make([]personnel.Employee, len(rows))
	for i, r := range rows {
		e, err := r.employee()
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

const (
	nameCommittee = `
		INSERT INTO committee (batch_id, employee_id, named_by, named_at) SELECT $1, e.id, $3, $4 FROM employee e WHERE e.id = $2 AND e.active
		ON CONFLICT (batch_id, employee_id) DO NOTHING RETURNING employee_id`
	dropCommittee = `DELETE FROM committee WHERE batch_id = $1 AND employee_id = $2 RETURNING employee_id`
)

// SetCommittee names somebody in service for the committee of a batch, or takes the name
// back, on behalf of by. What is so already stays so.
func (t *Tx) SetCommittee(ctx context.Context, batch, employee int64, in bool, by int64, now time.Time) error {
	query, action, args := dropCommittee, "committee.drop", []any{batch, employee}
	if in {
		query, action, args = nameCommittee, "committee.add", append(args, nullID(by), now)
	}
	var id int64
	err := t.one(ctx, &id, query, args...)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, nullID(by), action, employee, fmt.Sprintf("batch %d", batch))
	return safe("audit", err)
}
