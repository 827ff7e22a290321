package command

import (
	"context"
	"slices"
	"strings"
	"testing"

	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
	"bangkom/storage"
)

// told is what somebody's summary of a week says; "" = there is none.
func (o *office) told(id int64, monday string) string {
	o.t.Helper()
	day := outreach.DayOf(at(monday+" 00:00"), jakarta)
	return strings.Join(o.rows(`SELECT reply->>'Text' FROM notice WHERE key = $1 AND reply IS NOT NULL`, summary.Key(id, day)), "")
}

func (o *office) wants(what, body string, parts ...string) {
	o.t.Helper()
	for _, part := range parts {
		if !strings.Contains(body, part) {
			o.t.Errorf("%s lacks %q:\n%s", what, part, body)
		}
	}
}

// Who gets a summary: both stand-ins and not the official, nobody who leads nobody
// any more, the superior of this morning of whoever was moved on Sunday night.
func TestSummaryForWhom(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(60)
	o.open("Tahun 2027", at("2027-01-04 08:00"), "2027-01-22")
	o.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at)
		VALUES (11, 12, '2027-01-06', '2027-01-15', 'a', true, '2027-01-05', '2027-01-05'), (11, 13, '2027-01-06', '2027-01-15', 'b', false, '2027-01-05', '2027-01-05'),
		       (21, 22, '2027-01-06', '2027-01-15', 'c', false, '2027-01-05', NULL)`)
	o.exec(`UPDATE chat SET reachable = false WHERE employee_id = 2`)
	o.exec(`DELETE FROM chat WHERE employee_id = 3`)
	o.run(at("2027-01-10 22:00"), "weekly-summary") // Sunday: nothing goes
	for id := 42; id <= 50; id++ {
		o.tx(func(ctx context.Context, tx *storage.Tx) error {
			e, err := tx.Employee(ctx, int64(id))
			if err != nil || e.SupervisorID == nil {
				return err
			}
			_, err = tx.ChangeSuperior(ctx, personnel.SuperiorChange{EmployeeID: e.ID, Old: *e.SupervisorID, New: 51}, 1, at("2027-01-10 23:30"))
			return err
		})
	}
	o.run(at("2027-01-11 09:00"), "weekly-summary")
	got := o.rows(`SELECT employee_id FROM notice WHERE kind = 'summary' AND action = 'send' ORDER BY employee_id`)
	if want := []string{"1", "12", "13", "21", "31", "51"}; !slices.Equal(got, want) {
		t.Errorf("summaries go to %v, want to %v", got, want)
	}
	o.wants("the summary of the new superior", o.told(51, "2027-01-11"), "0 dari 18 pegawai selesai", "18 belum mulai", "18 belum dinilai")
	o.wants("the summary of a stand-in who rates", o.told(12, "2027-01-11"), "0 dari 8 pegawai selesai", "Penilaian atasan: 0 terkirim · 8 belum dinilai")
	if body := o.told(13, "2027-01-11"); !strings.Contains(body, "0 dari 8 pegawai selesai") || strings.Contains(body, "Penilaian atasan") {
		t.Errorf("the summary of a stand-in who does not rate:\n%s", body)
	}
	// Who has blocked the bot and who was never linked wait for the superior alike,
	// because nothing else reaches them; they are not among those to be reminded.
	o.wants("the summary", o.told(1, "2027-01-11"), "2 hal menunggu", "1. Ibu Pegawai 1: tidak terjangkau lewat Telegram",
		"2. Bapak Pegawai 2: belum terhubung", "7 belum mulai · 1 belum terhubung · 1 tidak terjangkau")
	if n := o.count(`SELECT count(*) FROM notice WHERE kind = 'summary' AND employee_id = 1 AND reply::text LIKE '%Ingatkan 7 pegawai%'`); n != 1 {
		t.Error("the summary does not offer to remind the 7 who can be reached")
	}
	// After the deadline they are late like the others, each once; their ratings are
	// what is left to do.
	o.send(at("2027-01-11 09:01"))
	o.run(at("2027-01-25 09:00"), "weekly-summary")
	o.wants("the summary after the deadline", o.told(1, "2027-01-25"), "9 hal menunggu", "penilaian sampai Jumat, 29 Januari", "5. Ibu Pegawai 5: menunggu penilaian", "dan 4 lainnya",
		"9 pegawai tidak mengisi sampai batas waktu, lihat /tim", "0 selesai · 9 tidak mengisi")
}

// Four summaries without a tap: from then on one a month, the personnel office is
// told, and a tap brings the weekly one back.
func TestSummaryComesMonthly(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(20)
	o.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES (5, 'hr', '2027-01-01')`)
	o.open("Tahun 2027", at("2027-01-04 08:00"), "2027-04-30")
	week := func(day string) {
		o.run(at(day+" 09:00"), "weekly-summary")
		o.send(at(day + " 09:01"))
	}
	for _, day := range []string{"2027-01-04", "2027-01-11", "2027-01-18", "2027-01-25", "2027-02-01", "2027-02-08"} {
		week(day)
	}
	o.run(at("2027-02-08 09:00"), "office-summary")
	decided := func(id int64, day string) string {
		return strings.Join(o.rows(`SELECT action || ' ' || reason FROM notice WHERE key = $1`,
			summary.Key(id, outreach.DayOf(at(day+" 00:00"), jakarta))), "")
	}
	for day, want := range map[string]string{"2027-01-25": "send allowed", "2027-02-01": "send allowed", "2027-02-08": "drop digest_monthly"} {
		if got := decided(1, day); got != want {
			t.Errorf("%s: %s, want %s", day, got, want)
		}
	}
	o.wants("the roll-up", strings.Join(o.rows(`SELECT reply->>'Text' FROM notice WHERE kind = 'rollup'`), ""), "2 atasan (Bapak Pegawai 0, Bapak Pegawai 10)")
	o.tx(func(ctx context.Context, tx *storage.Tx) error {
		return tx.TouchSummary(ctx, 1, 7, true, at("2027-02-10 10:00"))
	})
	week("2027-02-15")
	if a, b := decided(1, "2027-02-15"), decided(11, "2027-02-15"); a != "send allowed" || b != "drop digest_monthly" {
		t.Errorf("after a tap: %s; without one: %s", a, b)
	}
	week("2027-03-01")
	if got := decided(11, "2027-03-01"); got != "send allowed" {
		t.Errorf("the first summary of a month without taps: %s", got)
	}
}

// A summary that the gate holds goes at the next moment that is free, with what is
// so then; one that finds none in its week is left out.
func TestSummaryHeld(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(20)
	o.open("Tahun 2027", at("2027-01-04 08:00"), "2027-01-29")
	o.exec(`INSERT INTO notice (key, employee_id, class, kind, action, reason, decided_at, at) VALUES ('x', 1, 'prompt', 'alert', 'send', 'allowed', $1, $1)`,
		at("2027-01-11 08:45"))
	o.exec(`INSERT INTO summary_wish (employee_id, muted_until, changed_at) VALUES (11, $2, $1)`, at("2027-01-11 08:00"), at("2027-02-01 00:00"))
	o.run(at("2027-01-11 09:00"), "weekly-summary")
	if got := o.rows(`SELECT employee_id || ' ' || action || ' ' || reason FROM notice WHERE kind = 'summary' ORDER BY 1`); !slices.Equal(got, []string{"1 hold cap_day", "11 drop muted"}) {
		t.Errorf("decided: %v", got)
	}
	o.exec(`UPDATE task SET state = 'done' WHERE employee_id = 4 AND kind = 'self_assessment'`)
	o.run(at("2027-01-11 14:00"), "weekly-summary", "reminders")
	o.run(at("2027-01-12 08:00"), "weekly-summary")
	o.wants("the summary of Tuesday", o.told(1, "2027-01-11"), "1 dari 9 pegawai selesai", "Keadaan Selasa, 12 Januari 2027")
	if n := o.count(`SELECT count(*) FROM outbox WHERE template = 'summary.verdict'`); n != 1 {
		t.Errorf("%d summaries are on their way, want 1", n)
	}
}

// A team of 120 with long names fits into a caption; the rest is a number.
func TestSummaryOf120(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(121)
	o.exec(`UPDATE employee SET supervisor_id = 1, name = repeat('Panjang & ', 9) || id WHERE id > 1`)
	o.exec(`DELETE FROM chat WHERE employee_id % 2 = 0`)
	o.open("Tahun 2027", at("2027-01-04 08:00"), "2027-01-22")
	o.run(at("2027-01-11 09:00"), "weekly-summary")
	body := o.told(1, "2027-01-11")
	if n := len([]rune(body)); n > summary.Longest {
		t.Errorf("%d characters", n)
	}
	o.wants("the summary", body, "0 dari 120 pegawai selesai", "60 hal menunggu", "dan 55 lainnya, lihat /tim", "60 belum mulai · 60 belum terhubung")
}

// No unit of fewer than five people in a roll-up.
func TestRollupLeavesOutSmallUnits(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	o.people(60)
	o.exec(`INSERT INTO unit (code, name) VALUES ('k4', 'Unit berempat'), ('k5', 'Unit berlima')`)
	o.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'k4') WHERE id BETWEEN 52 AND 55`)
	o.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'k5') WHERE id BETWEEN 42 AND 46`)
	o.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES (5, 'hr', '2027-01-01'), (6, 'head', '2027-01-01')`)
	o.open("Tahun 2027", at("2027-02-01 08:00"), "2027-02-19")
	o.exec(`UPDATE task SET state = 'done' WHERE employee_id % 3 = 0 AND employee_id NOT BETWEEN 42 AND 46`)
	o.run(at("2027-02-01 09:00"), "office-summary", "monthly-summary")
	body := strings.Join(o.rows(`SELECT reply->>'Text' FROM notice WHERE key LIKE 'office:5:%'`), "")
	o.wants("the roll-up", body, "Unit berlima 0,0%", "1 unit dengan kurang dari 5 pegawai tidak ditampilkan")
	if strings.Contains(body, "berempat") {
		t.Errorf("a unit of four is listed:\n%s", body)
	}
	o.wants("the page of the head", strings.Join(o.rows(`SELECT reply->>'Text' FROM notice WHERE key LIKE 'month:6:%'`), ""), "Februari 2027")
	o.run(at("2027-02-02 09:00"), "office-summary", "monthly-summary")
	if n := o.count(`SELECT count(*) FROM notice WHERE kind = 'rollup'`); n != 2 {
		t.Errorf("%d roll-ups, want each once", n)
	}
}

// Each run finds whose hour has come, also of somebody who wished another hour just
// now, and whose held summary is due.
func TestSummaryAtTheHourThatIsWished(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	o := newOffice(t, nil)
	o.people(20)
	o.open("Tahun 2027", at("2027-01-04 08:00"), "2027-01-29")
	o.exec(`INSERT INTO summary_wish (employee_id, weekday, minute, changed_at) VALUES (11, 1, 840, $1)`, at("2027-01-08 08:00")) // 14:00
	m := testMailer(t, o.courier)
	weekly := func(now string, sent int) {
		t.Helper()
		o.tx(func(ctx context.Context, tx *storage.Tx) error {
			got, err := m.Weekly(ctx, tx, at(now))
			if got != (courier.Tally{Sent: sent}) {
				t.Errorf("%s: %+v, want %d sent", now, got, sent)
			}
			return err
		})
	}
	weekly("2027-01-11 09:00", 1)
	weekly("2027-01-11 09:15", 0)
	weekly("2027-01-11 10:00", 0)
	o.exec(`UPDATE summary_wish SET minute = 610`) // at 10:05 the other wishes 10:10
	weekly("2027-01-11 10:15", 1)
	weekly("2027-01-11 10:30", 0)
	o.exec(`DELETE FROM outbox`)
	o.exec(`UPDATE notice SET action = 'hold', outbox_key = NULL, at = $1 WHERE kind = 'summary' AND employee_id = 11`, at("2027-01-11 10:40"))
	weekly("2027-01-11 10:35", 0)
	weekly("2027-01-11 10:45", 1)
}
