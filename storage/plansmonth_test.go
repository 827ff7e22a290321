package storage

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"bangkom/internal/plan"
	"bangkom/internal/reminder"
)

// Whose line is told in a month, and which one: those that stand since before it take turns; one
// with a reminder or a seat of its own takes none, who was reminded in the month or was told of a
// line in it hears nothing more, and who has left neither.
func TestMonthLines(t *testing.T) {
	f := newFixture(t)
	_, team := f.led(4)
	for _, id := range team {
		f.choose(id, start, planLine(2027, "M.01", plan.Coaching), planLine(2027, "M.02", plan.SelfStudy), planLine(2027, "M.03", plan.Training), planLine(2027, "M.04", plan.Mentoring))
		f.submit(id, 2027, start)
	}
	ana, silent, waits, gone := team[0], team[1], team[2], team[3]
	f.exec(`UPDATE plan_line SET state = 'agreed', agreed_at = $1 WHERE employee_id IN ($2, $3)`, start, ana, gone)
	f.exec(`UPDATE plan SET stands_at = $1 WHERE employee_id = $2`, start, silent)
	f.exec(`UPDATE employee SET active = false WHERE id = $1`, gone)
	names := map[int64]string{ana: "ana", silent: "silent", waits: "waits", gone: "gone"}
	month := func(m time.Month) reminder.MonthFilter {
		return reminder.MonthFilter{Year: 2027, Turn: int(m), Since: time.Date(2027, m, 1, 0, 0, 0, 0, jakarta), KeyPrefix: "plan-month:", KeyMonth: fmt.Sprintf(":2027-%02d:", m),
			NotePrefix: "note:", NoteSuffix: ":x", Limit: 10}
	}
	want := func(what string, filter reminder.MonthFilter, told string) {
		t.Helper()
		var got []string
		f.tx(func(ctx context.Context, tx *Tx) error {
			list, err := tx.MonthLines(ctx, filter)
			for _, l := range list {
				got = append(got, fmt.Sprint(names[l.Person.ID], " ", l.Title, " ", l.More))
			}
			return err
		})
		if s := strings.Join(got, ", "); s != told {
			t.Errorf("%s: %q, want %q", what, s, told)
		}
	}
	say := func(key, action string) {
		f.exec(`INSERT INTO notice (key, employee_id, class, kind, action, reason, decided_at, at) VALUES ($1, $2, 'prompt', 'note', $3, 'allowed', now(), now())`, key, ana, action)
	}
	want("the month of the agreement", month(time.January), "")
	want("February", month(time.February), "ana Kompetensi M.03 3, silent Kompetensi M.03 3")
	want("March", month(time.March), "ana Kompetensi M.04 3, silent Kompetensi M.04 3")
	want("April", month(time.April), "ana Kompetensi M.01 3, silent Kompetensi M.01 3")

	f.exec(`WITH g AS (INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES ('P1', 'Komunikasi', '', '', '', 8, 'order') RETURNING id),
		a AS (INSERT INTO programme_competency SELECT id, 'M.03', 2 FROM g), o AS (INSERT INTO occasion (kind) VALUES ('batch') RETURNING id),
		b AS (INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
		SELECT o.id, g.id, 1, 'Komunikasi 1', 5, 'free', 'none', 'open', $1::timestamptz + interval '90 days', $1::timestamptz + interval '91 days', $1 FROM o, g RETURNING id)
		INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at) SELECT id, $2, 'nominated', 'seated', $1, $1 FROM b`, start, ana)
	want("with a seat for M.03", month(time.February), "ana Kompetensi M.04 3, silent Kompetensi M.03 3")
	f.exec(`UPDATE batch SET state = 'cancelled'`)
	want("after it was cancelled", month(time.February), "ana Kompetensi M.03 3, silent Kompetensi M.03 3")
	f.exec(`UPDATE plan_line SET remind_on = '2027-12-01' WHERE employee_id = $1 AND competency_code = 'M.03'`, ana)
	want("with a reminder of M.03", month(time.February), "ana Kompetensi M.04 3, silent Kompetensi M.03 3")
	f.exec(`UPDATE plan_line SET reminded_at = '2027-12-01' WHERE employee_id = $1 AND competency_code = 'M.03'`, ana)
	want("who was reminded in the month", month(time.December), "silent Kompetensi M.01 3")
	f.exec(`UPDATE plan_line SET remind_on = NULL, reminded_at = NULL`)

	say(fmt.Sprint("note:", ana, ":x"), "drop")
	want("a note that was dropped", month(time.February), "ana Kompetensi M.03 3, silent Kompetensi M.03 3")
	f.exec(`UPDATE notice SET action = 'send'`)
	want("a note that went", month(time.February), "silent Kompetensi M.03 3")
	of := month(time.February)
	of.People = []int64{ana}
	want("of some people, whatever was told", of, "ana Kompetensi M.03 3")
	f.exec(`DELETE FROM notice`)
	say(fmt.Sprint("plan-month:", ana, ":2027-02:17"), "hold")
	want("a message that waits", month(time.February), "silent Kompetensi M.03 3")
	want("the month after", month(time.March), "ana Kompetensi M.04 3, silent Kompetensi M.04 3")
}
