package handlers_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bangkom/bot"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// The accounts of people who are not of the cast.
const (
	outsider = 6_500_000_001 // of another agency
	above    = 6_500_000_002 // of the unit directly above
	second   = 6_500_000_003 // of the personnel office, beside Sari
)

// changes is a world with an officer (Wayan), two of the personnel office (Sari and
// one more), a superior (Bambang) with Rina in the team, somebody of the unit
// above and somebody of elsewhere. Rina and Bambang have sent both sides.
type changes struct {
	*world
	outsider, above, second int64
	rate                    int64 // Bambang's rating of Rina
}

func newChanges(t *testing.T) *changes {
	w := &changes{world: newWorld(t)}
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		for i, p := range []struct {
			unit string
			id   *int64
		}{{"Dinas Arsip", &w.outsider}, {"Sekretariat Daerah", &w.above}, {"Badan Kepegawaian", &w.second}} {
			unit, err := tx.PutUnit(ctx, p.unit, p.unit)
			nip, parseErr := personnel.ParseNIP(fmt.Sprintf("198507202010012%03d", 700+i), w.clock.Now())
			if err != nil || parseErr != nil {
				return fmt.Errorf("%w, %w", err, parseErr)
			}
			*p.id, err = tx.PutEmployee(ctx, personnel.Employee{NIP: nip, Name: "Pegawai " + p.unit, Sex: nip.Sex(), UnitID: unit, PositionTitle: "Analis"})
			if err != nil {
				return err
			}
		}
		return nil
	})
	w.exec(`UPDATE unit SET parent_id = (SELECT id FROM unit WHERE name = 'Sekretariat Daerah') WHERE code = 'DPT'`)
	w.grant("Wayan", personnel.RoleOfficer, false)
	w.grant("Sari", personnel.RoleHR, false)
	w.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'hr', $2)`, w.second, w.clock.Now())
	for _, name := range []string{"Rina", "Wayan", "Sari"} {
		w.linkStraight(w.ids[name], account(name), name)
	}
	w.linkStraight(w.outsider, outsider, "Luar")
	w.linkStraight(w.above, above, "Atas")
	w.linkStraight(w.second, second, "Kedua")
	me := w.boss(0, "Sari", "Wayan")
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai")
	w.tap(me, slices.Repeat([]string{"2"}, 9)...)
	w.tap(me, "Kirim")
	w.say(account("Rina"), "/asesmen")
	w.tap(account("Rina"), slices.Repeat([]string{"4"}, 9)...)
	w.tap(account("Rina"), "Kirim")
	w.rate = int64(w.count(`SELECT id FROM task WHERE kind = 'rating' AND subject_id = $1 AND state = 'done'`, w.ids["Rina"]))
	return w
}

// forge presses a button with a valid signature that the program may never have
// made for this account.
func (w *world) forge(account int64, a dialog.Action) {
	w.t.Helper()
	data, err := bot.NewCodec([]byte("buttons of the tests")).Encode(account, "", a)
	if err != nil {
		w.t.Fatal(err)
	}
	all := w.fake.Messages(account)
	w.fake.ForgePress(account, all[len(all)-1].ID, data)
	w.settle()
}

// names lets somebody name the superior of Rina, by NIP, from /unit or /kelola.
func (w *changes) names(who int64, command string, superior int64) {
	w.t.Helper()
	var nip string
	if err := w.sql.QueryRow(`SELECT nip FROM employee WHERE id = $1`, superior).Scan(&nip); err != nil {
		w.t.Fatal(err)
	}
	w.say(who, command)
	w.tap(who, "Cari pegawai")
	w.say(who, "rina")
	w.tap(who, "Atasan langsung")
	w.say(who, nip)
}

func (w *changes) superiorOfRina() int64 {
	return int64(w.count(`SELECT COALESCE(supervisor_id, 0) FROM employee WHERE id = $1`, w.ids["Rina"]))
}

// got tells whether an account has a message with these words.
func (w *changes) got(account int64, words string) bool {
	for _, m := range w.fake.Messages(account) {
		if m.FromBot && strings.Contains(m.Text, words) {
			return true
		}
	}
	return false
}

// The attack: an officer makes an accomplice of elsewhere the superior for a
// minute. Nothing changes alone, nothing that was rated before opens afterwards,
// and everybody whom it concerns knows.
func TestOfficerOpensNothingThroughAnAccomplice(t *testing.T) {
	w := newChanges(t)
	rina, bambang, officer := account("Rina"), account("Bambang"), account("Wayan")
	w.names(officer, "/unit", w.outsider)
	w.shows(officer, "Menunggu persetujuan", "paling lambat")
	if w.superiorOfRina() != w.ids["Bambang"] {
		t.Fatal("an officer alone has made somebody of elsewhere the superior")
	}
	w.forge(officer, dialog.Action{Flow: "m", Step: "gantiya", Ref: 1, Verb: dialog.Resume}) // not of the personnel office
	w.forge(outsider, dialog.Action{Flow: "m", Step: "banding", Ref: w.rate, Verb: dialog.Resume})
	w.shows(outsider, "Tombol ini sudah tidak berlaku")
	if w.superiorOfRina() != w.ids["Bambang"] {
		t.Fatal("the officer has approved the own request")
	}
	w.tap(second, "Pergantian atasan")
	w.shows(second, "Ibu Rina Kartika", "Bapak Bambang Setiawan", "Pegawai Dinas Arsip", "Diajukan Bapak Wayan")
	w.tap(second, "Setujui")
	w.shows(second, "Disetujui")
	if w.superiorOfRina() != w.outsider {
		t.Fatal("an approved change was not made")
	}
	for who, words := range map[int64]string{rina: "atasan langsung Ibu di data kepegawaian sekarang", bambang: "tidak lagi dipimpin langsung oleh Bapak", officer: "Disetujui"} {
		if !w.got(who, words) {
			t.Errorf("%d was not told %q", who, words)
		}
	}
	detail := fmt.Sprintf("old %d, new %d, asked by %d", w.ids["Bambang"], w.outsider, w.ids["Wayan"])
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'superior' AND employee_id = $1 AND actor = $2 AND detail = $3`, w.ids["Rina"], w.second, detail); n != 1 {
		t.Errorf("%d audit rows say %q, want 1", n, detail)
	}
	w.forge(outsider, dialog.Action{Flow: "m", Step: "banding", Ref: w.rate, Verb: dialog.Resume})
	w.shows(outsider, "Tombol ini sudah tidak berlaku")
	w.forge(outsider, dialog.Action{Flow: "t", Ref: w.rate, Verb: dialog.Resume})
	w.say(outsider, "/ringkasan")
	if w.got(outsider, "perlu dialog") || w.got(outsider, "mandiri 4") || w.got(outsider, "Tingkat yang disepakati") {
		t.Error("the new superior is told of what was rated before")
	}
	if n := w.count(`SELECT count(*) FROM audit WHERE action LIKE 'answers.%' AND employee_id = $1`, w.ids["Rina"]); n != 0 {
		t.Errorf("%d openings are recorded, and nothing was opened", n)
	}
}

// Within the units of the officer, and of the unit directly above, a change needs
// nobody else: superiors often sit there. It is told and recorded all the same.
func TestSuperiorWithinReach(t *testing.T) {
	devdbtest.Long(t, "a Bangkom for each of two units")
	for _, tt := range []struct {
		name string
		boss func(*changes) int64
	}{{"the own unit", func(w *changes) int64 { return w.ids["Sari"] }}, {"the unit above", func(w *changes) int64 { return w.above }}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newChanges(t)
			boss := tt.boss(w)
			w.names(account("Wayan"), "/unit", boss)
			w.shows(account("Wayan"), "Tersimpan")
			if w.superiorOfRina() != boss {
				t.Error("nothing was changed")
			}
			if !w.got(account("Rina"), "atasan langsung Ibu di data kepegawaian sekarang") || !w.got(account("Bambang"), "tidak lagi dipimpin langsung") {
				t.Error("the person or the former superior was not told")
			}
			if n := w.count(`SELECT count(*) FROM audit WHERE action = 'superior' AND detail = $1`, fmt.Sprintf("old %d, new %d", w.ids["Bambang"], boss)); n != 1 {
				t.Errorf("%d audit rows name both superiors, want 1", n)
			}
		})
	}
}

// What may become of a change that waits.
func TestWhatBecomesOfAChange(t *testing.T) {
	devdbtest.Long(t, "a Bangkom for each of ten fates")
	move := func(w *changes, boss int64) {
		w.tx(func(ctx context.Context, tx *storage.Tx) error {
			return setSuperior(ctx, tx, w.ids["Rina"], boss, w.second, w.clock.Now())
		})
	}
	tests := []struct {
		name      string
		meanwhile func(*changes)
		label     string
		shown     string // to who decides
		told      string // to who asked
		outcome   string
	}{
		{"approved", nil, "Setujui", "Disetujui", "Disetujui", "approved"},
		{"returned", nil, "Kembalikan", "Dikembalikan", "tidak disetujui", "returned"},
		{"expired", func(w *changes) { w.clock.move(personnel.ChangeDays * 24 * 3600e9) }, "Setujui", "lewat waktunya", "tidak berlaku lagi", "expired"},
		{"the officer has lost the role", func(w *changes) { w.grant("Wayan", personnel.RoleOfficer, true) }, "Setujui", "hak pengaju sudah berubah", "hak pengaju", "lapsed"},
		{"the person is in another unit", func(w *changes) {
			w.exec(`UPDATE employee SET unit_id = (SELECT unit_id FROM employee WHERE id = $2) WHERE id = $1`, w.ids["Rina"], w.outsider)
		}, "Setujui", "tidak berlaku lagi", "tidak berlaku lagi", "lapsed"},
		{"the person has left", func(w *changes) { w.exec(`UPDATE employee SET active = false WHERE id = $1`, w.ids["Rina"]) },
			"Setujui", "tidak berlaku lagi", "tidak berlaku lagi", "lapsed"},
		{"the new superior has left", func(w *changes) { w.exec(`UPDATE employee SET active = false WHERE id = $1`, w.outsider) },
			"Setujui", "tidak berlaku lagi", "tidak berlaku lagi", "lapsed"},
		{"the person has another superior", func(w *changes) { move(w, w.above) }, "Setujui", "Tombol ini sudah tidak berlaku", "tidak berlaku lagi", "replaced"},
		{"who decides has lost the role", func(w *changes) {
			w.exec(`UPDATE role_grant SET revoked_at = granted_at WHERE employee_id = $1`, w.second)
		},
			"Setujui", "Tombol ini sudah tidak berlaku", "", ""},
		{"who decides would read by it", func(w *changes) {
			w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at) VALUES ($1, $2, '2027-02-01', '2027-03-01', 'x', true, $3)`,
				w.outsider, w.second, w.clock.Now())
		}, "Setujui", "Tombol ini sudah tidak berlaku", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newChanges(t)
			w.names(account("Wayan"), "/unit", w.outsider)
			w.tap(second, "Pergantian atasan")
			if tt.meanwhile != nil {
				tt.meanwhile(w)
			}
			before := w.superiorOfRina()
			w.tap(second, tt.label)
			w.shows(second, tt.shown)
			w.runJob("reminders")
			w.settle()
			if tt.told != "" && !w.got(account("Wayan"), tt.told) {
				t.Errorf("who asked was not told %q", tt.told)
			}
			want := before
			if tt.outcome == "approved" {
				want = w.outsider
			}
			if got := w.superiorOfRina(); got != want {
				t.Errorf("the superior is %d, want %d", got, want)
			}
			if n := w.count(`SELECT count(*) FROM superior_change WHERE COALESCE(outcome, '') = $1`, tt.outcome); n != 1 {
				t.Errorf("%d requests are %q, want 1", n, tt.outcome)
			}
			w.forge(second, dialog.Action{Flow: "m", Step: "gantiya", Ref: int64(w.count(`SELECT id FROM superior_change`)), Verb: dialog.Resume})
			if got := w.superiorOfRina(); got != want {
				t.Errorf("after the button was pressed again the superior is %d, want %d", got, want)
			}
		})
	}
}

// Whoever of the personnel office would read by a change does not decide it: as
// the superior, as the stand-in of the superior, or as whoever asked.
func TestOfficeNamesItself(t *testing.T) {
	devdbtest.Long(t, "odd events of a superior's choice")
	w := newChanges(t)
	sari := account("Sari")
	w.names(sari, "/kelola", w.ids["Sari"])
	w.shows(sari, "Menunggu persetujuan")
	w.say(sari, "/kelola")
	w.tap(sari, "Pergantian atasan")
	w.shows(sari, "Tidak ada pergantian atasan langsung")
	id := int64(w.count(`SELECT id FROM superior_change`))
	w.forge(sari, dialog.Action{Flow: "m", Step: "gantiya", Ref: id, Verb: dialog.Resume})
	if w.superiorOfRina() != w.ids["Bambang"] {
		t.Fatal("somebody of the personnel office became a superior alone")
	}
	w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at) VALUES ($1, $2, '2027-01-01', '2027-03-01', 'x', true, $3)`,
		w.outsider, w.ids["Sari"], w.clock.Now())
	w.names(sari, "/kelola", w.outsider) // for whom she would act
	w.shows(sari, "Menunggu persetujuan")
	w.exec(`UPDATE role_grant SET revoked_at = granted_at WHERE employee_id = $1`, w.second)
	w.names(sari, "/kelola", w.ids["Sari"])
	w.shows(sari, "saat ini belum ada", "Tidak ada yang diubah", "Bantuan")
	w.names(sari, "/kelola", w.above) // who reads nothing by it needs nobody
	w.shows(sari, "Tersimpan")
}

// Two of the personnel office press at once, and each of them twice: one decision.
func TestTwoDecideAtOnce(t *testing.T) {
	devdbtest.Long(t, "odd events of a superior's choice")
	w := newChanges(t)
	w.names(account("Wayan"), "/unit", w.outsider)
	sari := account("Sari")
	w.tap(sari, "Pergantian atasan")
	w.tap(second, "Pergantian atasan")
	var presses sync.WaitGroup
	for _, p := range []struct {
		who   int64
		label string
	}{{sari, "Setujui"}, {second, "Kembalikan"}} {
		m, data := w.button(p.who, p.label)
		presses.Go(func() {
			for range 2 {
				w.fake.ForgePress(p.who, m, data)
			}
		})
	}
	presses.Wait()
	w.settle()
	if n := w.count(`SELECT count(*) FROM superior_change WHERE outcome IN ('approved', 'returned')`); n != 1 {
		t.Errorf("%d decisions, want 1", n)
	}
	approved := w.count(`SELECT count(*) FROM superior_change WHERE outcome = 'approved'`) == 1
	if changed := w.superiorOfRina() == w.outsider; changed != approved {
		t.Errorf("approved: %t, changed: %t", approved, changed)
	}
	if n := w.count(`SELECT count(*) FROM audit WHERE action IN ('superior', 'superior.returned')`); n != 1 {
		t.Errorf("%d audit rows, want 1", n)
	}
	if n := w.count(`SELECT count(*) FROM inbox WHERE failed IS NOT NULL`); n != 0 {
		t.Errorf("%d updates were set aside", n)
	}
}

// setSuperior gives a person another direct superior, whoever it was before, and
// tells nobody.
func setSuperior(ctx context.Context, tx *storage.Tx, id, superior, by int64, now time.Time) error {
	e, err := tx.Employee(ctx, id)
	if err != nil {
		return err
	}
	c := personnel.SuperiorChange{EmployeeID: id, New: superior}
	if e.SupervisorID != nil {
		c.Old = *e.SupervisorID
	}
	_, err = tx.ChangeSuperior(ctx, c, by, now)
	return err
}
