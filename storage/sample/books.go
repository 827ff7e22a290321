package sample

import (
	"context"
	"time"

	"github.com/jmoiron/sqlx"

	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// Books is what a drill compares with what people did and saw.
type Books struct {
	Sent    []SentAnswers
	Answers int // of all responses together
	// Waiting are updates that nobody has finished, SetAside those that were
	// given up.
	Waiting, SetAside int
	// OldestWaiting is the age of the oldest update that waits, OldestUnsent that
	// of the oldest message that is not sent; 0 = there is none.
	OldestWaiting, OldestUnsent time.Duration
	Outbox                      map[string]int // messages by state
}

// SentAnswers is one self-assessment as it was sent, by whom and which time.
type SentAnswers struct {
	Chat     int64  `db:"chat"`
	Revision int    `db:"revision"`
	Answers  string `db:"answers"` // their values in the order of the questionnaire
}

var (
	sentAnswers = `
		SELECT c.id AS chat, r.revision, COALESCE(string_agg(a.value, '' ORDER BY i.ordinality), '') AS answers
		FROM response r JOIN task t ON t.id = r.task_id AND ` + isSelf("t") + `
		JOIN chat c ON c.employee_id = t.employee_id
		JOIN questionnaire q ON q.code = r.questionnaire_code AND q.version = r.questionnaire_version
		CROSS JOIN LATERAL jsonb_array_elements(q.body->'items') WITH ORDINALITY AS i(item, ordinality)
		LEFT JOIN answer a ON a.response_id = r.id AND a.item_code = i.item->>'code'
		GROUP BY c.id, r.id, r.revision ORDER BY c.id, r.revision`
	countAnswers = `SELECT count(*) FROM answer`
	inboxState   = `
		SELECT count(*) FILTER (WHERE done_at IS NULL) AS waiting, count(*) FILTER (WHERE failed IS NOT NULL) AS aside,
		       COALESCE(extract(epoch FROM clock_timestamp() - min(received_at) FILTER (WHERE done_at IS NULL)), 0)::float8 AS oldest
		FROM inbox`
	outboxState = `
		SELECT state, count(*) AS n,
		       COALESCE(extract(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE state IN ('new', 'sending'))), 0)::float8 AS oldest
		FROM outbox GROUP BY state`
)

// Books reads them, in one transaction.
func (d *DB) Books(ctx context.Context) (Books, error) {
	var b Books
	err := d.inTx(ctx, func(tx *sqlx.Tx) error {
		b = Books{Outbox: map[string]int{}}
		var in struct {
			Waiting, Aside int
			Oldest         float64
		}
		var out []struct {
			State  string
			N      int
			Oldest float64
		}
		if err := tx.SelectContext(ctx, &b.Sent, sentAnswers); err != nil {
			return err
		}
		if err := tx.GetContext(ctx, &b.Answers, countAnswers); err != nil {
			return err
		}
		if err := tx.GetContext(ctx, &in, inboxState); err != nil {
			return err
		}
		if err := tx.SelectContext(ctx, &out, outboxState); err != nil {
			return err
		}
		b.Waiting, b.SetAside, b.OldestWaiting = in.Waiting, in.Aside, seconds(in.Oldest)
		for _, o := range out {
			b.Outbox[o.State] = o.N
			b.OldestUnsent = max(b.OldestUnsent, seconds(o.Oldest))
		}
		return nil
	})
	return b, pg.Safe("read the books", err)
}

const arrivals = `SELECT update_id, received_at FROM inbox WHERE update_id >= 0`

// Arrivals is when each update came by the clock of the database, as the program has
// stored it, by the number that Telegram gave it.
func (d *DB) Arrivals(ctx context.Context) (map[int64]time.Time, error) {
	var rows []struct {
		ID int64     `db:"update_id"`
		At time.Time `db:"received_at"`
	}
	err := d.inTx(ctx, func(tx *sqlx.Tx) error {
		rows = rows[:0]
		return tx.SelectContext(ctx, &rows, arrivals)
	})
	out := make(map[int64]time.Time, len(rows))
	for _, r := range rows {
		out[r.ID] = r.At
	}
	return out, pg.Safe("read the arrivals", err)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

const (
	stepLease = `UPDATE lease SET until = until + make_interval(secs => $1)`
	stepPause = `UPDATE bot_state SET at = at + make_interval(secs => $1) WHERE name = 'paused_until'`
)

// StepClock leaves what stands on the database clock where it would stand if
// that clock had just been set back by d: leases and pauses end d later.
func (d *DB) StepClock(ctx context.Context, by time.Duration) error {
	return d.inTx(ctx, func(tx *sqlx.Tx) error {
		for _, q := range []string{stepLease, stepPause} {
			if _, err := tx.ExecContext(ctx, q, by.Seconds()); err != nil {
				return pg.Safe("step the clock", err)
			}
		}
		return nil
	})
}

// A schema that this program does not know: the decision of an update writes the
// column that has another name, so that updates are read and then fail. A version
// number says so, in the same transaction.
var (
	growSchema = []string{`ALTER TABLE draft RENAME COLUMN touched_at TO outgrown`,
		`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999999, true)`}
	shrinkSchema = []string{`ALTER TABLE draft RENAME COLUMN outgrown TO touched_at`,
		`DELETE FROM goose_db_version WHERE version_id = 999999`}
)

// Outgrow makes the schema one of a newer version, or takes that back. It needs the
// owner's rights.
func (d *DB) Outgrow(ctx context.Context, newer bool) error {
	statements := shrinkSchema
	if newer {
		statements = growSchema
	}
	err := d.inTx(ctx, func(tx *sqlx.Tx) error {
		for _, q := range statements {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	return pg.Safe("outgrow the program", err)
}

// Past periods with a response of nine answers for everybody, as many as are
// needed; the last one may have fewer people.
var (
	pastPeriods = `
		WITH o AS (
			INSERT INTO occasion (kind) SELECT $1 FROM generate_series(1, $2::int) RETURNING id
		)
		INSERT INTO period (id, name, opens_at, due_at, rating_due_at, closed_at)
		SELECT id, 'Lalu ' || n, now() - interval '30 days' * (n + 2), now() - interval '30 days' * (n + 1),
		       now() - interval '30 days' * (n + 1), now() - interval '30 days' * (n + 1)
		FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM o) o`
	pastTasks = `
		INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version,
		       opens_at, due_at, state, done_at)
		SELECT e.id, q.kind, e.id, p.id, q.code, q.version, p.opens_at, p.due_at, 'done', p.due_at
		FROM period p CROSS JOIN employee e
		CROSS JOIN (SELECT code, version, kind FROM questionnaire WHERE ` + isSelf("questionnaire") + ` ORDER BY version DESC LIMIT 1) q
		WHERE p.closed_at IS NOT NULL AND p.name LIKE 'Lalu %'
		ORDER BY p.id, e.id LIMIT $1`
	pastResponses = `
		INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
		SELECT t.id, 1, t.questionnaire_code, t.questionnaire_version, false, t.due_at
		FROM task t JOIN period p ON p.id = t.occasion_id WHERE p.name LIKE 'Lalu %'`
	pastAnswers = `
		INSERT INTO answer (response_id, item_code, value)
		SELECT r.id, i.item->>'code', ((r.id + i.ordinality) % 6)::text
		FROM response r JOIN questionnaire q ON q.code = r.questionnaire_code AND q.version = r.questionnaire_version
		CROSS JOIN LATERAL jsonb_array_elements(q.body->'items') WITH ORDINALITY AS i(item, ordinality)`
	countPeople = `SELECT count(*) FROM employee`
)

const (
	linkAll = `
		INSERT INTO chat (id, employee_id, linked_at)
		SELECT $1::bigint + row_number() OVER (ORDER BY id) - 1, id, now() FROM employee`
	consentAll = `
		INSERT INTO consent (employee_id, chat_id, notice_version, accepted_at) SELECT employee_id, id, 'uji', now() FROM chat`
	codesUsed = `UPDATE link_code SET used_at = now()`
	// invited: the next step of their ladder is not today's.
	invited = `UPDATE task SET ladder_at = now() + interval '2 days' WHERE ladder_at IS NOT NULL`
)

// LinkAll gives everybody in the register an account and a consent, and leaves
// nothing for the reminders to do for two days: the person
// with the lowest id gets the account first, the next one first+1, and so on. It
// is for a database without any account.
func (d *DB) LinkAll(ctx context.Context, first int64) error {
	err := d.inTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, linkAll, first); err != nil {
			return err
		}
		for _, q := range []string{consentAll, codesUsed, invited} {
			if _, err := tx.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	return pg.Safe("link everybody", err)
}

// AnswersEach is how many answers a self-assessment has.
const AnswersEach = 9

// FillPast adds about that many answers of former periods, for a database that
// has been in use for years. It needs the owner's rights and an open statement
// timeout, and is called once.
func (d *DB) FillPast(ctx context.Context, answers int) error {
	err := d.inTx(ctx, func(tx *sqlx.Tx) error {
		var people int
		if err := tx.GetContext(ctx, &people, countPeople); err != nil {
			return err
		}
		responses := answers / AnswersEach
		periods := (responses + people - 1) / max(people, 1)
		for _, s := range []struct {
			statement string
			args      []any
		}{
			{pastPeriods, []any{string(task.Period), periods}}, {pastTasks, []any{responses}}, {pastResponses, nil}, {pastAnswers, nil},
		} {
			if _, err := tx.ExecContext(ctx, s.statement, s.args...); err != nil {
				return err
			}
		}
		return nil
	})
	return pg.Safe("fill former periods", err)
}
