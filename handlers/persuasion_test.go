package handlers_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/persuasion"
	"bangkom/internal/readiness"
	"bangkom/storage"
)

var heldUp = regexp.MustCompile(`^unit tertahan di tahap (A|D|K|Ab|R)$`)

// persuasionEvent plays what other parts of the program write about the readiness of units.
func (p *play) persuasionEvent(what string) bool {
	m := heldUp.FindStringSubmatch(what)
	if m != nil {
		p.heldUp(readiness.Stage(m[1]))
	}
	return m != nil
}

// heldUp lets a survey of readiness say at what the unit of Rina is held up.
func (w *world) heldUp(stage readiness.Stage) {
	w.t.Helper()
	w.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('survey') RETURNING id), s AS (
		INSERT INTO staff_survey (id, name, questionnaire_code, questionnaire_version, manner, owner_id, purpose, opens_at, closes_at, closed_at, report_by)
		SELECT o.id, 'Kesiapan', q.code, q.version, 'confidential', $1, 'uji', $2::timestamptz - interval '9 days', $2::timestamptz - interval '2 days', $2::timestamptz - interval '2 days', $2::date
		FROM o, (SELECT code, version FROM questionnaire ORDER BY code, version LIMIT 1) q RETURNING id)
		INSERT INTO unit_readiness (survey_id, unit_id, class, barrier, at) SELECT s.id, e.unit_id, 'help', $3, $2 FROM s, employee e WHERE e.id = $1`,
		w.ids["Rina"], w.clock.Now(), string(stage))
}

// everybodyLinked gives all of the cast an account, before a period opens.
func (w *world) everybodyLinked() {
	w.t.Helper()
	for _, f := range cast() {
		if f.nip != "" {
			w.linkByCode(f.name, f.code)
		}
	}
}

// readBy is everything that the bot has written to somebody.
func (w *world) readBy(name string) string {
	var all []string
	for _, m := range w.fake.Messages(account(name)) {
		if m.FromBot {
			all = append(all, m.Text)
		}
	}
	return strings.Join(all, "\n")
}

// Sentences by which the families of two stages are known.
const (
	desireSays  = "Cara mengisinya"
	abilitySays = "Hari ini cukup tiga pertanyaan"
)

// Reminders of a unit that is held up at D say what belongs to D, and once its newest survey
// says Ab what belongs to Ab; one of the four always gets the neutral text. Without a survey
// nothing is added.
func TestReminderFollowsTheStageOfTheUnit(t *testing.T) {
	t.Parallel()
	for stage, says := range map[readiness.Stage]string{"": "", readiness.Desire: desireSays, readiness.Ability: abilitySays} {
		w := newWorld(t)
		w.everybodyLinked()
		if stage != "" {
			w.heldUp(readiness.Knowledge)
		}
		w.clock.move(w.at("2027-01-11 09:00").Sub(w.clock.Now()))
		if stage != "" {
			w.heldUp(stage) // the newest one counts
		}
		w.openPeriod("Tahun 2027", w.at("2027-02-06 00:00"))
		w.runJob("reminders")
		w.settle() // an invitation that went after the clock had moved would be the message of that day
		w.clock.move(w.at("2027-01-14 09:30").Sub(w.clock.Now()))
		w.runJob("reminders")
		w.settle()
		reminded, persuaded := 0, 0
		for _, f := range cast()[:4] {
			all := w.readBy(f.name)
			if strings.Contains(all, "boleh dicicil") {
				reminded++
			}
			for _, other := range []string{desireSays, abilitySays, "Pilih waktunya dengan tombol Nanti"} {
				switch has := strings.Contains(all, other); {
				case has && other != says:
					t.Errorf("stage %q: %s reads %q", stage, f.name, other)
				case has:
					persuaded++
				}
			}
		}
		if want := map[bool]int{true: 3}[stage != ""]; reminded != 4 || persuaded != want {
			t.Errorf("stage %q: %d are reminded and %d persuaded, want 4 and %d", stage, reminded, persuaded, want)
		}
	}
}

// campaign starts one with every pattern for the open period.
func (w *world) campaign() (id int64) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) (err error) {
		all, err := tx.Choosable(ctx, w.clock.Now())
		if err != nil || len(all) == 0 {
			return errors.Join(err, errors.New("nothing can be chosen"))
		}
		words := persuasion.Words{Written: map[persuasion.Pattern]string{persuasion.Leader: "Kepala Dinas ikut belajar."}}
		for _, t := range persuasion.Table() {
			words.Patterns = append(words.Patterns, t.Pattern)
		}
		c := persuasion.Campaign{Occasion: all[0].Occasion, Kind: all[0].Kind, Author: w.ids["Sari"], Words: words}
		c.Times(w.clock.Now(), all[0].Due)
		id, err = tx.StartCampaign(ctx, c)
		return err
	})
	return id
}

// A campaign says how far somebody is, and nothing of it goes to who asked for silence, has done
// the task, or has put it off twice; nothing after it was stopped.
func TestOpenTextOfACampaign(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everybodyLinked()
	w.heldUp(readiness.Reinforcement)
	w.openPeriod("Tahun 2027", w.at("2027-02-06 00:00"))
	rina, wayan := account("Rina"), account("Wayan")
	w.say(rina, "/asesmen")
	w.tap(rina, "3", "3", "3", "3", "Nanti")
	w.say(wayan, "/pengingat")
	w.press(wayan, "Hentikan pengingat")
	w.exec(`INSERT INTO snooze (task_id, at, employee_id, until, counted) SELECT t.id, $2::timestamptz + n * interval '1 minute', t.employee_id, $2, true FROM task t, generate_series(0, 1) n WHERE t.employee_id = $1 AND t.kind = 'self_assessment'`,
		w.ids["Bambang"], w.clock.Now().Add(-time.Hour))
	w.campaign()
	w.clock.move(w.at("2027-01-12 09:00").Sub(w.clock.Now()))
	w.runJob("persuasion")
	w.settle()
	if !strings.Contains(w.readBy("Rina"), "sudah terisi 4 dari 9 pertanyaan") {
		t.Errorf("Rina reads:\n%s", w.readBy("Rina"))
	}
	for _, silent := range []string{"Wayan", "Bambang"} {
		if strings.Contains(w.readBy(silent), "masih dapat diisi") {
			t.Errorf("%s gets a campaign:\n%s", silent, w.readBy(silent))
		}
	}
	if n := w.count(`SELECT count(*) FROM campaign_person p WHERE p.employee_id = $1`, w.ids["Wayan"]); n != 0 {
		t.Error("who asked for silence stands in the campaign")
	}
}

// What waits for the next hours does not go once a campaign was stopped, or the deadline has
// passed.
func TestStoppedCampaignIsSilent(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"stopped", "due"} {
		w := newWorld(t)
		w.everybodyLinked()
		w.openPeriod("Tahun 2027", w.at("2027-01-15 00:00"))
		id := w.campaign()
		w.clock.move(w.at("2027-01-11 21:00").Sub(w.clock.Now()))
		w.runJob("persuasion")
		if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'campaign' AND action = 'hold'`); n != 4 {
			t.Fatalf("%d messages wait for the morning, want 4", n)
		}
		morning := "2027-01-12 09:00"
		if end == "stopped" {
			w.tx(func(ctx context.Context, tx *storage.Tx) error {
				return tx.StopCampaign(ctx, id, w.ids["Sari"], w.clock.Now())
			})
		} else {
			morning = "2027-01-20 09:00"
		}
		w.clock.move(w.at(morning).Sub(w.clock.Now()))
		w.runJob("reminders")
		w.runJob("persuasion")
		w.settle()
		if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'campaign' AND action IN ('send', 'merge')`); n != 0 {
			t.Errorf("%s: %d messages go", end, n)
		}
	}
}

// Twelve people of a unit get a text and four the neutral one; how many did it is counted once,
// seven days after the last message could go, and then nobody knows who got what.
func TestCampaignIsCountedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everybodyLinked()
	w.heldUp(readiness.Desire)
	crew := w.crew("Bambang", 36)
	for i, id := range crew {
		w.linkStraight(id, 7_000_000_001+int64(i), "Zulkifli")
	}
	w.openPeriod("Tahun 2027", w.at("2027-02-06 00:00"))
	id := w.campaign()
	if n := w.count(`SELECT count(*) FROM campaign_person WHERE campaign_id = $1 AND plain`, id); n != 10 {
		t.Errorf("%d of 40 are drawn, want a quarter", n)
	}
	w.clock.move(w.at("2027-01-12 09:00").Sub(w.clock.Now()))
	w.runJob("persuasion")
	w.settle()
	done := func(plain bool, most int, at string) {
		w.exec(`UPDATE task SET state = 'done', done_at = $4 WHERE id IN (SELECT p.task_id FROM campaign_person p JOIN task t ON t.id = p.task_id
			WHERE p.campaign_id = $1 AND p.plain = $2 AND t.state <> 'done' ORDER BY 1 LIMIT $3)`, id, plain, most, w.at(at))
	}
	done(false, 12, "2027-01-15 10:00")
	done(false, 6, "2027-01-22 10:00") // too late to count
	done(true, 2, "2027-01-15 10:00")
	figures := func(at string) string {
		w.clock.move(w.at(at).Sub(w.clock.Now()))
		w.runJob("persuasion")
		return w.text(`SELECT COALESCE(figures::text, 'none') FROM campaign WHERE id = $1`, id)
	}
	if got := figures("2027-01-24 09:00"); got != "none" {
		t.Errorf("counted early: %s", got)
	}
	want := `{"text": {"done": {"n": 12, "how": "exact"}, "reached": {"n": 30, "how": "exact"}}, "plain": {"done": {"how": "few"}, "reached": {"n": 10, "how": "exact"}}}`
	if got := figures("2027-01-25 09:00"); got != want {
		t.Errorf("figures %s, want %s", got, want)
	}
	done(false, 40, "2027-01-15 10:00")
	if got := figures("2027-01-28 09:00"); got != want {
		t.Errorf("counted again: %s", got)
	}
	if n := w.count(`SELECT count(*) FROM campaign_person`); n != 0 {
		t.Errorf("%d people are known for what they got", n)
	}
}

// The direct superior is never the helper: neither when named, nor by a button that names the
// superior, nor once the helper has become the superior. A stand-in of the superior is none
// either.
func TestHelperIsNeverTheSuperior(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everybodyLinked()
	w.openPeriod("Tahun 2027", w.at("2027-01-23 00:00"))
	unit := int64(w.count(`SELECT unit_id FROM employee WHERE id = $1`, w.ids["Rina"]))
	name := func(who string) {
		w.tx(func(ctx context.Context, tx *storage.Tx) error {
			return tx.NameHelper(ctx, unit, w.ids[who], w.ids["Sari"], w.clock.Now())
		})
	}
	own := int64(w.count(`SELECT id FROM task WHERE employee_id = $1 AND kind = 'self_assessment'`, w.ids["Rina"]))
	helper := func() (name string, ok bool) {
		w.tx(func(ctx context.Context, tx *storage.Tx) error {
			h, found, err := tx.HelperOf(ctx, w.ids["Rina"], w.clock.Now())
			name, ok = h.Name, found
			return err
		})
		return name, ok
	}
	ask := func(who string) (id int64, err error) {
		err = w.db.InTx(t.Context(), func(tx *storage.Tx) (err error) {
			id, err = tx.AskHelp(t.Context(), w.ids["Rina"], own, w.ids[who], w.clock.Now())
			return err
		})
		return id, err
	}
	for who, want := range map[string]bool{"Bambang": false, "Rina": false, "Wayan": true} {
		name(who)
		if got, ok := helper(); ok != want {
			t.Errorf("%s named: %q helps: %t", who, got, ok)
		}
		if _, err := ask(who); !want && !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s can be asked: %v", who, err)
		}
	}
	name("Wayan")
	w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, created_at, checked_at) VALUES ($1, $2, '2027-01-11', '2027-01-12', '800/17', now(), now())`,
		w.ids["Bambang"], w.ids["Wayan"])
	if got, ok := helper(); ok {
		t.Errorf("the stand-in of the superior helps: %s", got)
	}
	w.exec(`UPDATE delegation SET ended_at = now()`)
	w.exec(`DELETE FROM help_request`)
	id, err := ask("Wayan")
	if err != nil {
		t.Fatal(err)
	}
	reads := func(who string, hr bool) bool {
		err := w.db.InTx(t.Context(), func(tx *storage.Tx) error {
			_, err := tx.RequestFor(t.Context(), id, w.ids[who], hr, w.clock.Now())
			return err
		})
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	if !reads("Wayan", false) || reads("Sari", true) || reads("Bambang", true) {
		t.Error("a request is read by others than its helper before two working days have passed")
	}
	w.exec(`UPDATE help_request SET passed_at = now()`)
	if !reads("Sari", true) || reads("Sari", false) || reads("Bambang", true) {
		t.Error("a request that was passed on is read by the superior, or not by the office")
	}
	w.exec(`UPDATE employee SET supervisor_id = $2 WHERE id = $1`, w.ids["Rina"], w.ids["Wayan"])
	if reads("Wayan", false) {
		t.Error("who has become the superior still reads the number")
	}
}

// Of the personnel office nobody is told of a request who leads the person.
func TestRequestIsNotPassedToTheSuperior(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everybodyLinked()
	w.openPeriod("Tahun 2027", w.at("2027-01-23 00:00"))
	own := int64(w.count(`SELECT id FROM task WHERE employee_id = $1 AND kind = 'self_assessment'`, w.ids["Rina"]))
	for _, who := range []string{"Sari", "Bambang"} {
		w.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'hr', $2)`, w.ids[who], w.clock.Now())
	}
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.NameHelper(ctx, int64(w.count(`SELECT unit_id FROM employee WHERE id = $1`, w.ids["Rina"])), w.ids["Wayan"], w.ids["Sari"], w.clock.Now()); err != nil {
			return err
		}
		id, err := tx.AskHelp(ctx, w.ids["Rina"], own, w.ids["Wayan"], w.clock.Now())
		if err != nil {
			return err
		}
		office, err := tx.PassRequest(ctx, id, w.clock.Now())
		if len(office) != 1 || office[0] != w.ids["Sari"] {
			t.Errorf("told are %v, want Sari (%d) alone, not the superior (%d)", office, w.ids["Sari"], w.ids["Bambang"])
		}
		return err
	})
}

// Requests go after thirty days, with the erasure of either side, and stand in the own copy.
func TestRequestsForHelpGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everybodyLinked()
	w.openPeriod("Tahun 2027", w.at("2027-02-23 00:00"))
	own := int64(w.count(`SELECT id FROM task WHERE employee_id = $1 AND kind = 'self_assessment'`, w.ids["Rina"]))
	start := w.clock.Now()
	ask := func() {
		w.tx(func(ctx context.Context, tx *storage.Tx) error {
			if err := tx.NameHelper(ctx, int64(w.count(`SELECT unit_id FROM employee WHERE id = $1`, w.ids["Rina"])), w.ids["Wayan"], w.ids["Sari"], start); err != nil {
				return err
			}
			_, err := tx.AskHelp(ctx, w.ids["Rina"], own, w.ids["Wayan"], start)
			return err
		})
	}
	ask()
	for name, want := range map[string]string{"Rina": "bantuan_diminta", "Wayan": "pendamping_untuk"} {
		var raw []byte
		w.tx(func(ctx context.Context, tx *storage.Tx) (err error) {
			raw, err = tx.CopyHelp(ctx, account(name))
			return err
		})
		if !strings.Contains(string(raw), want) || strings.Contains(string(raw), "+62") {
			t.Errorf("the copy of %s holds %s", name, raw)
		}
	}
	prune := func(days int) int {
		w.tx(func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.Prune(ctx, start.AddDate(0, 0, days), 100)
			return err
		})
		return w.count(`SELECT count(*) FROM help_request`)
	}
	if before, after := prune(persuasion.KeepDays-1), prune(persuasion.KeepDays+1); before != 1 || after != 0 {
		t.Errorf("%d, then %d requests are kept", before, after)
	}
	ask()
	for _, who := range []string{"Rina", "Wayan"} {
		var ticket int64
		w.tx(func(ctx context.Context, tx *storage.Tx) (err error) {
			ticket, err = tx.AddTicket(ctx, w.ids[who], account(who), personnel.ErasureTicket, "", start)
			return err
		})
		w.tx(func(ctx context.Context, tx *storage.Tx) error {
			r, err := tx.Erasure(ctx, ticket)
			if err != nil {
				return err
			}
			return tx.Erase(ctx, r, w.ids["Sari"], start)
		})
		if n := w.count(`SELECT count(*) FROM help_request WHERE employee_id = $1 OR helper_id = $1`, w.ids[who]); n != 0 {
			t.Errorf("%d requests stay after the erasure of %s", n, who)
		}
	}
	if n := w.count(`SELECT count(*) FROM unit_helper`); n != 0 {
		t.Error("somebody who was erased still helps a unit")
	}
}

// helperReads lets Rina ask for help, and Wayan open her name and number.
func (w *world) helperReads() {
	w.t.Helper()
	w.everybodyLinked()
	w.openPeriod("Tahun 2027", w.at("2027-01-22 00:00"))
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		return tx.NameHelper(ctx, int64(w.count(`SELECT unit_id FROM employee WHERE id = $1`, w.ids["Rina"])), w.ids["Wayan"], w.ids["Sari"], w.clock.Now())
	})
	w.clock.move(w.at("2027-01-21 09:00").Sub(w.clock.Now()))
	w.runJob("reminders")
	w.settle()
	for _, label := range []string{"Ada kendala", "Belum paham caranya", "Hubungkan saya"} {
		w.press(account("Rina"), label)
	}
	w.press(account("Wayan"), "Lihat")
	if !w.namesRina() {
		w.t.Fatalf("the helper is not told whom to call: %s", w.onShow(account("Wayan")))
	}
}

// namesRina tells whether anything in the chat of Wayan shows whom to call.
func (w *world) namesRina() bool {
	all := w.readBy("Wayan")
	return strings.Contains(all, "Rina Kartika") || strings.Contains(all, "+6281234567002")
}

// A helper who never presses that the person was called does not keep name and number: they go
// from the message when the request ends, when somebody else has called, with an erasure, and
// when the helper comes to lead the person. While the request waits they stay.
func TestCardOfAHelperDoesNotStay(t *testing.T) {
	t.Parallel()
	after := func(days int) func(w *world) {
		return func(w *world) { w.clock.move(time.Duration(days) * 24 * time.Hour) }
	}
	for name, tt := range map[string]struct {
		then  func(w *world)
		stays bool
	}{
		"a day before the request goes": {after(persuasion.KeepDays - 1), true},
		"a day after":                   {after(persuasion.KeepDays + 1), false},
		"the office has called": {func(w *world) {
			w.exec(`UPDATE help_request SET passed_at = $1, contacted_at = $1, contacted_by = $2`, w.clock.Now(), w.ids["Sari"])
		}, false},
		"erased": {func(w *world) { w.exec(`DELETE FROM help_request`) }, false},
		"the helper leads Rina": {func(w *world) {
			w.exec(`UPDATE employee SET supervisor_id = $2 WHERE id = $1`, w.ids["Rina"], w.ids["Wayan"])
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.helperReads()
			w.runJob("persuasion")
			w.settle()
			if !w.namesRina() {
				t.Fatal("name and number go while the request waits")
			}
			tt.then(w)
			w.clock.move(5 * time.Minute)
			w.runJob("persuasion")
			w.settle()
			if w.namesRina() != tt.stays {
				t.Errorf("name and number stay: %t, want %t\n%s", w.namesRina(), tt.stays, w.readBy("Wayan"))
			}
			if left := w.count(`SELECT count(*) FROM help_card`); left != map[bool]int{true: 1}[tt.stays] {
				t.Errorf("%d cards are known", left)
			}
			if over := strings.Contains(w.readBy("Wayan"), "sudah berakhir"); over == tt.stays {
				t.Errorf("that it is over is said: %t", over)
			}
		})
	}
}

// A preview says that figures in it are made up, when there are any.
func TestPreviewNamesMadeUpFigures(t *testing.T) {
	t.Parallel()
	for pattern, made := range map[string]bool{"3": true, "4": false, "7": false, "9": true, "10": true} {
		w := newWorld(t)
		w.everybodyLinked()
		w.grant("Sari", personnel.RoleHR, false)
		w.heldUp(readiness.Desire)
		w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 20))
		sari := account("Sari")
		w.say(sari, "/kelola")
		for _, label := range []string{"Pengiriman, kalender", "Ajakan", "Ajakan baru", "1"} {
			w.press(sari, label)
		}
		w.say(sari, pattern)
		shown := w.onShow(sari)
		if !strings.Contains(shown, "Pratinjau ajakan") || strings.Contains(shown, "Angka di atas contoh.") != made {
			t.Errorf("pattern %s:\n%s", pattern, shown)
		}
	}
}
