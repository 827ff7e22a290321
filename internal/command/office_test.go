package command

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"bangkom/bot"
	"bangkom/handlers"
	"bangkom/internal/app"
	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/followup"
	"bangkom/internal/outreach"
	"bangkom/internal/reminder"
	"bangkom/internal/text"
	"bangkom/scheduler"
	"bangkom/storage"
)

var jakarta = time.FixedZone("WIB", 7*60*60)

// at reads a moment in the agency's zone.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, jakarta)
	if err != nil {
		panic(err)
	}
	return t
}

// office is an agency on real Postgres without Telegram: its jobs, its register,
// and somebody who sends what the outbox holds.
type office struct {
	t        testing.TB
	db       *storage.DB
	sql      *sql.DB // as the owner
	courier  *courier.Courier
	reminder *reminder.Reminder
	jobs     *scheduler.Scheduler
	url      string // as the program
}

// newOffice makes an agency; decide replaces the gate unless it is nil.
func newOffice(t testing.TB, decide func(outreach.Gate) courier.Decider) *office {
	t.Helper()
	url, owner := devdbtest.Database(t, migrateForTests)
	o := &office{t: t, url: url}
	var err error
	if o.db, err = storage.Open(storage.Options{URL: url, StatementTimeout: devdbtest.Statement, IOTimeout: devdbtest.Silence}); err != nil {
		t.Fatal(err)
	}
	if o.sql, err = sql.Open("postgres", owner); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = o.db.Close(), o.sql.Close() })
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	o.courier = courier.New(courier.Config{Text: cat, Render: bot.NewRenderer(bot.NewCodec([]byte("buttons of the office tests"))).Render,
		Location: jakarta, Decide: decide})
	o.reminder = reminder.New(reminder.Config{Courier: o.courier, Text: cat, Location: jakarta, TaskForms: handlers.TaskForms()})
	o.jobs = scheduler.New(scheduler.Config{Jobs: app.Jobs(77, o.reminder, testMailer(t, o.courier), followup.DefaultRules()), Store: app.Slots{DB: o.db}, Location: jakarta})
	return o
}

// people registers n linked people of ten units; every tenth leads the others.
func (o *office) people(n int) {
	o.exec(`INSERT INTO unit (code, name) SELECT 'u' || i, 'Unit ' || i FROM generate_series(1, 10) i`)
	o.exec(`INSERT INTO employee (nip, name, sex, unit_id) SELECT lpad(i::text, 18, '0'), 'Pegawai ' || i, 1 + i % 2,
	        (SELECT id FROM unit WHERE code = 'u' || (1 + (i / 10) % 10)) FROM generate_series(0, $1 - 1) i ORDER BY i`, n)
	o.exec(`UPDATE employee SET supervisor_id = id - (id - 1) % 10 WHERE (id - 1) % 10 <> 0`)
	o.exec(`INSERT INTO chat (id, employee_id, linked_at) SELECT 900000 + id, id, '2026-12-01' FROM employee`)
}

func (o *office) exec(query string, args ...any) {
	o.t.Helper()
	if _, err := o.sql.Exec(query, args...); err != nil {
		o.t.Fatalf("%v in %.80s", err, query)
	}
}

func (o *office) count(query string, args ...any) (n int) {
	o.t.Helper()
	if err := o.sql.QueryRow(query, args...).Scan(&n); err != nil {
		o.t.Fatalf("%v in %.80s", err, query)
	}
	return n
}

// rows reads lines of a query with one column.
func (o *office) rows(query string, args ...any) (out []string) {
	o.t.Helper()
	rows, err := o.sql.Query(query, args...)
	if err != nil {
		o.t.Fatalf("%v in %.80s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			o.t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

func (o *office) tx(fn func(context.Context, *storage.Tx) error) {
	o.t.Helper()
	ctx := context.Background()
	if err := o.db.InTx(ctx, func(tx *storage.Tx) error { return fn(ctx, tx) }); err != nil {
		o.t.Fatal(err)
	}
}

// open opens a period of 14 days, or until the given day.
func (o *office) open(name string, now time.Time, until string) {
	o.t.Helper()
	o.tx(func(ctx context.Context, tx *storage.Tx) error {
		due := at(until+" 00:00").AddDate(0, 0, 1)
		_, err := tx.OpenPeriod(ctx, storage.Period{Name: name, OpensAt: now, DueAt: due, RatingDueAt: due.AddDate(0, 0, 7)}, now)
		return err
	})
}

// run runs a job for the slot of now.
func (o *office) run(now time.Time, names ...string) {
	o.t.Helper()
	for _, name := range names {
		if _, err := o.jobs.RunJob(context.Background(), name, now); err != nil && !errors.Is(err, scheduler.ErrSlotDone) {
			o.t.Fatalf("job %s at %s: %v", name, now, err)
		}
	}
}

// send does what the sender does: what is new and has not expired goes.
func (o *office) send(now time.Time) {
	o.exec(`UPDATE outbox SET state = 'sent', payload = NULL, sent_at = $1, message_id = id WHERE state = 'new' AND expires_at > $1`, now)
}

// state is everything that jobs write, without numbers that differ from run to run.
func (o *office) state() []string {
	return slices.Concat(
		o.rows(`SELECT concat_ws('|', 'n', n.key, n.employee_id, n.class, n.kind, n.task_id, n.step, n.tasks, n.action, n.reason, n.decided_at, n.at,
		        n.until, n.expires_at, w.key, n.tries, n.outbox_key, n.reply IS NOT NULL) FROM notice n LEFT JOIN notice w ON w.id = n.with_id ORDER BY 1`),
		o.rows(`SELECT concat_ws('|', 'o', key, chat_id, lane, class, template, state, not_before, expires_at) FROM outbox ORDER BY 1`),
		o.rows(`SELECT concat_ws('|', 't', id, state, ladder_at) FROM task ORDER BY id`),
		o.rows(`SELECT concat_ws('|', 's', employee_id, kind, at, ended_at) FROM silence ORDER BY 1`),
		o.rows(`SELECT concat_ws('|', 'p', unit_id, paused_at, people, muted, blocked) FROM unit_pause ORDER BY 1`))
}

func (o *office) String() string {
	return fmt.Sprintf("%d people", o.count(`SELECT count(*) FROM employee`))
}
