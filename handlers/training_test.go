package handlers_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// room is a world in which everybody has an account and one batch is open.
type room struct {
	*world
	batchID, session         int64
	bambang, rina, sari, way int64 // accounts
	starts                   time.Time
}

func newRoom(t *testing.T) *room {
	t.Helper()
	w := &room{world: newWorld(t), bambang: account("Bambang"), rina: account("Rina"), sari: account("Sari"), way: account("Wayan")}
	for _, f := range cast() {
		if f.nip != "" {
			w.linkStraight(w.ids[f.name], account(f.name), f.name)
		}
	}
	w.starts = w.at("2027-01-20 08:30")
	w.batchID, w.session = w.train("Pengolahan Data", w.starts, 40)
	return w
}

// train makes a batch of one session of seven hours.
func (w *room) train(title string, starts time.Time, seats int) (batch, session int64) {
	w.t.Helper()
	batch = w.batch(title, starts, starts.Add(7*time.Hour), seats, nil)
	return batch, int64(w.count(`SELECT id FROM training_session WHERE batch_id = $1`, batch))
}

// seat gives somebody a seat, with permission.
func (w *room) seat(batch int64, people ...int64) {
	w.t.Helper()
	for _, id := range people {
		w.exec(`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at, permission) VALUES ($1, $2, 'registered', 'seated', $3, $3, 'given')`,
			batch, id, w.clock.Now())
	}
}

func (w *room) clockTo(at time.Time) { w.clock.move(at.Sub(w.clock.Now())) }

// shown is the code that the committee sees at this moment.
func (w *room) shown(session int64) string {
	code, _ := training.Codes{Hash: hashCode}.Show(session, w.clock.Now())
	return code
}

func (w *room) present(session, employee int64) int {
	w.t.Helper()
	return w.count(`SELECT count(*) FROM attendance WHERE session_id = $1 AND employee_id = $2 AND present`, session, employee)
}

// How many taps it takes: each list is all that the person presses, from the message or
// the command that they begin with.
func TestTapsOfTrainings(t *testing.T) {
	w := newRoom(t)
	most := func(what string, n int, account int64, labels ...string) {
		t.Helper()
		if len(labels) > n {
			t.Errorf("%s takes %d taps, at most %d were promised", what, len(labels), n)
		}
		w.tap(account, labels...)
	}
	w.say(w.rina, "/pelatihan")
	most("to register", 2, w.rina, "1", "Saya ikut")
	if w.count(`SELECT count(*) FROM enrolment WHERE state = 'seated' AND permission = 'asked'`) != 1 {
		t.Fatal("Rina has not registered")
	}

	team := w.crew("Bambang", 6)
	w.seat(w.batchID, team...)
	w.exec(`UPDATE enrolment SET permission = 'asked'`)
	w.say(w.bambang, "/pelatihan")
	w.tap(w.bambang, "Izin menunggu: 7") // the daily list begins here
	most("seven permissions", 2, w.bambang, "Beri izin 7", "Ya, beri izin")
	if n := w.count(`SELECT count(*) FROM enrolment WHERE permission = 'given' AND permission_by = $1`, w.ids["Bambang"]); n != 7 {
		t.Errorf("%d of 7 permissions are given", n)
	}

	w.grant("Wayan", personnel.RoleOfficer, false)
	w.say(w.way, "/unit")
	most("to replace a participant", 4, w.way, "Pelatihan", "1", "1", "Ganti peserta")
	w.say(w.way, "sari")
	if n := w.count(`SELECT count(*) FROM enrolment WHERE employee_id = $1 AND state = 'seated'`, w.ids["Sari"]); n != 1 {
		t.Errorf("Sari has not replaced anybody: %s", w.onShow(w.way))
	}
	// Whom Sari replaces had registered, so Sari's own superior is asked, too.
	w.exec(`UPDATE enrolment SET permission = 'given' WHERE employee_id = $1 AND permission = 'asked'`, w.ids["Sari"])

	w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, w.batchID, w.ids["Wayan"], w.clock.Now())
	w.clockTo(w.starts)
	w.say(w.sari, "/pelatihan")
	w.tap(w.sari, "Pelatihan saya", "1") // the reminder before the session has the button below it
	most("to check in", 2, w.sari, "Isi kode hadir")
	w.say(w.sari, w.shown(w.session))
	w.shows(w.sari, "Kehadiran Ibu tercatat pukul 08.30 WIB")
}

// Forty are present but three: six taps, and who came by code keeps that.
func TestFortyPresentButThree(t *testing.T) {
	t.Parallel()
	w := newRoom(t)
	w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, w.batchID, w.ids["Wayan"], w.clock.Now())
	team := w.crew("Bambang", 40)
	w.seat(w.batchID, team...)
	w.clockTo(w.starts.Add(time.Minute))
	w.say(w.way, "/pelatihan")
	taps := []string{"Panitia", "Semua hadir, kecuali", "3", "7", "12", "Simpan"}
	if w.tap(w.way, taps...); len(taps) > 6 {
		t.Errorf("%d taps", len(taps))
	}
	if n := w.count(`SELECT count(*) FROM attendance WHERE present`); n != 37 {
		t.Errorf("%d are present, want 37: %s", n, w.onShow(w.way))
	}
	for _, i := range []int{3, 7, 12} {
		if w.present(w.session, team[i-1]) != 0 {
			t.Errorf("number %d is present", i)
		}
	}
}

// A code works for who has a seat in that session, at its time; five wrong ones close
// the door for an hour, for the right one too; and nothing of that is another one's.
func TestCodesInTheChat(t *testing.T) {
	t.Parallel()
	w := newRoom(t)
	other, elsewhere := w.train("Arsip Digital", w.starts, 5)
	w.seat(w.batchID, w.ids["Rina"])
	w.seat(other, w.ids["Sari"])
	w.clockTo(w.starts)
	photo := w.shown(w.session)
	scan := func(account, session int64, code string) {
		w.say(account, fmt.Sprintf("/start h-%s-%s", strconv.FormatInt(session, 36), code))
	}
	scan(w.sari, w.session, photo) // passed on to who sits elsewhere
	w.shows(w.sari, "Kode itu untuk kegiatan lain")
	w.clock.move(20 * time.Minute)
	scan(w.rina, w.session, photo)
	w.shows(w.rina, "sudah lewat waktunya")
	for range 4 {
		scan(w.rina, w.session, w.shown(elsewhere))
	}
	w.shows(w.rina, "Percobaan kode dihentikan sampai Rabu, 20 Januari 2027, pukul 09.50 WIB")
	scan(w.rina, w.session, w.shown(w.session))
	w.shows(w.rina, "Percobaan kode dihentikan")
	if w.present(w.session, w.ids["Rina"]) != 0 {
		t.Fatal("the right code works after five wrong ones")
	}
	w.clock.move(time.Hour)
	scan(w.rina, w.session, w.shown(w.session))
	w.shows(w.rina, "Kehadiran Ibu tercatat pukul 09.50 WIB")
	scan(w.rina, w.session, w.shown(w.session))
	w.shows(w.rina, "sudah tercatat sebelumnya")
	scan(w.sari, elsewhere, w.shown(elsewhere))
	w.shows(w.sari, "Kehadiran Ibu tercatat")
	w.clockTo(w.starts.Add(7 * time.Hour))
	scan(w.sari, elsewhere, w.shown(elsewhere))
	w.shows(w.sari, "tidak ada sesi Ibu yang sedang berlangsung")
	stranger := account("Tamu")
	scan(stranger, w.session, photo)
	w.shows(stranger, "Untuk terhubung, kirim kode")
	if n := w.count(`SELECT count(*) FROM failed_proof WHERE chat_id = $1`, stranger); n != 0 {
		t.Error("a scanned code of attendance counts as a failed proof of a stranger")
	}
}

// Whoever has no right to something about a training changes nothing and reads nothing
// of it, whatever they press.
func TestTrainingsAreKeptApart(t *testing.T) {
	t.Parallel()
	w := newRoom(t)
	other, elsewhere := w.train("Arsip Digital", w.starts, 5)
	w.seat(w.batchID, w.ids["Rina"])
	w.seat(other, w.ids["Sari"])
	w.exec(`UPDATE enrolment SET permission = 'asked'`)
	asked := int64(w.count(`SELECT id FROM enrolment WHERE employee_id = $1`, w.ids["Rina"]))
	foreign := int64(w.count(`SELECT id FROM enrolment WHERE employee_id = $1`, w.ids["Sari"]))
	w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, other, w.ids["Wayan"], w.clock.Now())
	w.exec(`INSERT INTO unit (code, name) VALUES ('LAIN', 'Unit Lain')`)
	w.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'LAIN') WHERE id = $1`, w.ids["Rina"])
	w.grant("Sari", personnel.RoleOfficer, false) // of the unit in which Rina is no more
	w.clockTo(w.starts)
	press := func(step string, ref int64, value string) dialog.Action {
		return dialog.Action{Flow: "m", Step: step, Ref: ref, Verb: dialog.Resume, Value: value}
	}
	form := func(flow string, ref int64) dialog.Action {
		return dialog.Action{Flow: flow, Ref: ref, Verb: dialog.Resume}
	}
	before := w.trainingPrint()
	tests := []struct {
		who     string
		account int64
		does    dialog.Action
	}{
		{"somebody who leads nobody permits all", w.rina, press("izinya", 0, "")},
		{"somebody who leads nobody permits one", w.rina, press("izinsatu", asked, "y")},
		{"somebody who leads nobody takes a permission back", w.rina, press("cabut", foreign, "nd")},
		{"an officer opens somebody of another unit", w.sari, press("latihorang", asked, "")},
		{"an officer replaces somebody of another unit", w.sari, form("ug", asked)},
		{"an officer records a letter for somebody of another unit", w.sari, form("ui", asked)},
		{"no officer opens a unit", w.way, press("usulan", w.batchID, "")},
		{"no officer gets the list of a unit", w.way, press("latihdaftar", w.batchID, "x")},
		{"no officer nominates", w.way, form("un", w.batchID)},
		{"a committee opens another batch", w.way, press("panitia", w.batchID, "")},
		{"a committee opens a session of another batch", w.way, press("sesi", w.session, "")},
		{"a committee shows the code of another batch", w.way, press("kodehadir", w.session, "")},
		{"a committee takes the list of another batch", w.way, press("ttd", w.session, "")},
		{"a committee marks another batch", w.way, form("hd", w.session)},
		{"a committee counts guests of another batch", w.way, form("ht", w.session)},
		{"a committee adds to another batch", w.way, form("hw", w.session)},
		{"a committee attaches a list to another batch", w.way, form("hf", w.session)},
		{"a committee opens the attached list of another batch", w.way, press("ttdlihat", w.session, "")},
		{"a participant marks the own batch", w.rina, form("hd", w.session)},
		{"a participant shows the code of the own batch", w.rina, press("kodehadir", w.session, "")},
		{"a participant decides a claim", w.rina, press("klaimputus", w.session, fmt.Sprintf("y%d", w.ids["Rina"]))},
		{"somebody says Saya hadir of a batch of others", w.sari, press("klaim", w.session, "")},
		{"somebody fills seats", w.rina, press("isikosong", w.batchID, "")},
	}
	secrets := []string{"Rina", w.shown(w.session), w.shown(elsewhere)}
	for _, tt := range tests {
		from := len(w.fake.Messages(tt.account))
		w.forge(tt.account, tt.does)
		for _, m := range w.newBotTexts(tt.account, from) {
			if tt.account != w.rina && slices.ContainsFunc(secrets, func(s string) bool { return strings.Contains(m, s) }) {
				t.Errorf("%s, and reads:\n%s", tt.who, m)
			}
		}
		if m := w.onShow(tt.account); strings.Contains(m, "Ketik NIP") || strings.Contains(m, "Simpan]") || strings.Contains(m, "Kode hadir Peng") {
			t.Errorf("%s, and may:\n%s", tt.who, m)
		}
		w.say(tt.account, "/batal")
	}
	if after := w.trainingPrint(); after != before {
		t.Errorf("something has changed:\n%s\n%s", before, after)
	}
}

// trainingPrint sums up the state of all trainings.
func (w *world) trainingPrint() string {
	w.t.Helper()
	return w.text(`SELECT concat_ws('|', (SELECT string_agg(concat_ws(',', n.id, n.state, n.permission, n.nomination, n.assignment, n.code_tries), ' ' ORDER BY n.id) FROM enrolment n),
		(SELECT string_agg(concat_ws(',', a.session_id, a.employee_id, a.present, a.claimed_at, a.decided_at), ' ' ORDER BY a.session_id, a.employee_id) FROM attendance a),
		(SELECT string_agg(concat_ws(',', s.id, s.guests, s.taken_at), ' ' ORDER BY s.id) FROM training_session s))`)
}

// Nobody is in a session that has not begun: a further participant is noted from half an
// hour before it on, as all others are.
func TestNobodyWalksInBeforeTheSession(t *testing.T) {
	t.Parallel()
	w := newRoom(t)
	w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, w.batchID, w.ids["Wayan"], w.clock.Now())
	for _, tt := range []struct {
		at   time.Time
		want int
	}{{w.starts.AddDate(0, 0, -1), 0}, {w.starts.Add(-training.CodeOpens), 1}} {
		w.clockTo(tt.at)
		w.forge(w.way, dialog.Action{Flow: "hw", Ref: w.session, Verb: dialog.Resume})
		w.say(w.way, w.text(`SELECT nip FROM employee WHERE id = $1`, w.ids["Rina"]))
		if n := w.count(`SELECT count(*) FROM enrolment WHERE way = 'walk_in'`); n != tt.want {
			t.Errorf("at %s: %d further participants, want %d; on show:\n%s", tt.at, n, tt.want, w.onShow(w.way))
		}
	}
}

// The committee sees its batch until 14 days after its end, and nobody asks it longer.
func TestCommitteeEnds(t *testing.T) {
	t.Parallel()
	w := newRoom(t)
	w.seat(w.batchID, w.ids["Rina"])
	w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, w.batchID, w.ids["Wayan"], w.clock.Now())
	ends := w.starts.Add(7 * time.Hour)
	for _, tt := range []struct {
		at  time.Time
		may bool
	}{{ends.AddDate(0, 0, training.CommitteeDays).Add(-time.Minute), true}, {ends.AddDate(0, 0, training.CommitteeDays), false}} {
		w.clockTo(tt.at)
		w.say(w.way, "/pelatihan")
		if got := strings.Contains(w.onShow(w.way), "[Panitia]"); got != tt.may {
			t.Errorf("at %s the committee may: %t", tt.at, got)
		}
	}
}

// A superior permits what the question has named and no more: who registers between the
// question and the answer is shown, and is not permitted unseen.
func TestNobodyIsPermittedUnseen(t *testing.T) {
	t.Parallel()
	w := newRoom(t)
	w.say(w.rina, "/pelatihan")
	w.tap(w.rina, "1", "Saya ikut")
	w.say(w.bambang, "/pelatihan")
	w.tap(w.bambang, "Izin menunggu: 1")
	w.forge(w.bambang, dialog.Action{Flow: "m", Step: "izinya", Verb: dialog.Resume})
	w.shows(w.bambang, "Beri izin kepada 1 pegawai?", "pukul 08.30-15.30 WIB: Ibu Rina Kartika")
	w.say(w.sari, "/pelatihan")
	w.tap(w.sari, "1", "Saya ikut")
	w.tap(w.bambang, "Ya, beri izin")
	w.shows(w.bambang, "baru saja berubah")
	if n := w.count(`SELECT count(*) FROM enrolment WHERE permission = 'given'`); n != 0 {
		t.Errorf("%d were permitted", n)
	}
	w.tap(w.bambang, "Beri izin 2", "Ya, beri izin")
	if n := w.count(`SELECT count(*) FROM enrolment WHERE permission = 'given'`); n != 2 {
		t.Errorf("%d were permitted, want 2", n)
	}
}

// The weekly summary counts the permissions that wait, and the superior gives them
// there; who is in a training next week stands in it.
func TestPermissionsFromTheSummary(t *testing.T) {
	devdbtest.Long(t, "a training until the next summary")
	t.Parallel()
	w := newRoom(t)
	for _, who := range []int64{w.rina, w.sari} {
		w.say(who, "/pelatihan")
		w.tap(who, "1", "Saya ikut")
	}
	w.clockAt("2027-01-18 09:00")
	w.exec(`UPDATE enrolment SET asked_until = '2027-01-19 00:00+07'`)
	w.runJob("weekly-summary")
	w.settle()
	w.shows(w.bambang, "2 hal menunggu Bapak", "Izin pelatihan menunggu: 2, dijawab paling lambat hari ini, Senin, 18 Januari")
	w.tap(w.bambang, "Beri izin 2")
	w.shows(w.bambang, "Ibu Rina Kartika, Ibu Sari Dewi")
	w.tap(w.bambang, "Ya, beri izin")
	w.shows(w.bambang, "Izin tercatat untuk 2 pegawai.")
	if n := w.count(`SELECT count(*) FROM enrolment WHERE permission = 'given'`); n != 2 {
		t.Errorf("%d were permitted, want 2", n)
	}
	w.say(w.bambang, "/ringkasan")
	if got := w.onShow(w.bambang); strings.Contains(got, "Izin pelatihan") || strings.Contains(got, "[Beri izin") {
		t.Errorf("the summary still asks:\n%s", got)
	}
}

// Nobody registers before the day that was named, nor after it, and each is told why.
func TestRegistrationHasItsDays(t *testing.T) {
	t.Parallel()
	w := newRoom(t)
	w.batch("Arsip Digital", w.starts.AddDate(0, 0, 7), w.starts.AddDate(0, 0, 7).Add(time.Hour), 5, func(b *training.Batch) {
		b.Opens = w.at("2027-01-13 08:00")
	})
	w.say(w.rina, "/pelatihan")
	w.shows(w.rina, "pendaftaran mulai Rabu, 13 Januari 2027")
	w.tap(w.rina, "2")
	if got := w.onShow(w.rina); strings.Contains(got, "[Saya ikut]") {
		t.Errorf("registration has not begun, and the card offers it:\n%s", got)
	}
	late := int64(w.count(`SELECT id FROM batch WHERE name LIKE 'Arsip%'`))
	w.forge(w.rina, dialog.Action{Flow: "m", Step: "ikut", Ref: late, Verb: dialog.Resume, Value: "k"})
	w.shows(w.rina, "Pendaftaran dibuka Rabu, 13 Januari 2027. Belum ada yang dicatat.")
	w.clockTo(w.at("2027-01-13 08:00"))
	w.say(w.rina, "/pelatihan")
	w.tap(w.rina, "2")
	w.shows(w.rina, "Pendaftaran sampai Minggu, 24 Januari 2027.")
	w.tap(w.rina, "Saya ikut")
	w.shows(w.rina, "Pendaftaran diterima; tempat belum pasti.", "paling lambat Senin, 25 Januari 2027")
	w.say(w.sari, "/pelatihan")
	w.tap(w.sari, "2")                  // what somebody of the unit takes part in stands above it
	w.clockTo(w.at("2027-01-18 00:00")) // the first moment after the day that was named
	w.tap(w.sari, "Saya ikut")
	w.shows(w.sari, "Pendaftaran sudah ditutup, jadi tidak ada yang dicatat.")
	if n := w.count(`SELECT count(*) FROM enrolment`); n != 1 {
		t.Errorf("%d registrations, want 1", n)
	}
}

// Attendance is not taken before people can be there; who is marked as absent may say
// otherwise for three working days, over a weekend, and not a moment longer.
func TestAbsenteesHaveThreeDays(t *testing.T) {
	devdbtest.Long(t, "the days after a training")
	t.Parallel()
	w := newRoom(t)
	w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, w.batchID, w.ids["Wayan"], w.clock.Now())
	w.seat(w.batchID, w.ids["Rina"], w.ids["Sari"])
	w.clockTo(w.starts.Add(-31 * time.Minute))
	w.say(w.way, "/pelatihan")
	w.tap(w.way, "Panitia", "Semua hadir, kecuali", "Simpan")
	w.shows(w.way, "Kehadiran dapat dicatat mulai Rabu, 20 Januari 2027, pukul 08.00 WIB. Belum ada yang dicatat.")
	if n := w.count(`SELECT count(*) FROM attendance`); n != 0 {
		t.Fatalf("%d people were there before the doors opened", n)
	}
	w.clockTo(w.starts)
	w.tap(w.way, "Semua hadir, kecuali", "1", "2", "Simpan")
	w.shows(w.rina, "ketuk Saya hadir paling lambat Senin, 25 Januari 2027")
	w.clockTo(w.at("2027-01-25 23:59"))
	w.tap(w.rina, "Saya hadir")
	w.shows(w.rina, "Panitia memeriksa pernyataan Ibu")
	w.clockTo(w.at("2027-01-26 00:00"))
	w.tap(w.sari, "Saya hadir")
	w.shows(w.sari, "Batas waktu untuk menyatakan hadir sudah lewat.")
	if n := w.count(`SELECT count(*) FROM attendance WHERE claimed_at IS NOT NULL`); n != 1 {
		t.Errorf("%d claims, want that of Rina", n)
	}
	w.clockTo(w.at("2027-01-26 08:00"))
	w.say(w.way, "/pelatihan")
	w.tap(w.way, "Panitia", "Menyatakan hadir", "Tolak")
	w.shows(w.rina, "tetap dicatat tidak hadir")
	if w.present(w.session, w.ids["Rina"]) != 0 {
		t.Error("a claim that was declined makes present")
	}
}

// The weekly note of somebody who owes something names the next training, and that a
// seat is offered.
func TestNoteNamesTheNextTraining(t *testing.T) {
	t.Parallel()
	w := newRoom(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 20))
	other, _ := w.train("Arsip Digital", w.starts.AddDate(0, 0, 1), 5)
	w.seat(w.batchID, w.ids["Rina"])
	w.seat(other, w.ids["Rina"])
	w.exec(`UPDATE enrolment SET state = 'offered' WHERE batch_id = $1`, other)
	w.clockAt("2027-01-18 09:00")
	w.runJob("weekly-note")
	w.settle()
	w.shows(w.rina, "masih menunggu", "Pelatihan berikutnya: Pengolahan Data, angkatan 1, Rabu, 20 Januari 2027, pukul 08.30 WIB.", "Tempat pelatihan yang ditawarkan: 1.")
	if got := w.onShow(w.sari); !strings.Contains(got, "masih menunggu") || strings.Contains(got, "Pelatihan berikutnya") {
		t.Errorf("Sari, who takes part in nothing, reads\n%s", got)
	}
}

// The link that a committee passes on opens the batch; when it is over, what is open now.
func TestLinkOpensABatch(t *testing.T) {
	t.Parallel()
	w := newRoom(t)
	w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, w.batchID, w.ids["Wayan"], w.clock.Now())
	w.say(w.way, "/pelatihan")
	w.tap(w.way, "Panitia")
	_, link, ok := strings.Cut(w.onShow(w.way), "https://t.me/bangkom_tirta_bot?start=")
	if !ok {
		t.Fatalf("no link is shown:\n%s", w.onShow(w.way))
	}
	link, _, _ = strings.Cut(link, "\n")
	w.say(w.rina, "/start "+link)
	w.shows(w.rina, "Pengolahan Data, angkatan 1", "[Saya ikut]")
	w.exec(`UPDATE batch SET state = 'cancelled'`)
	w.tap(w.rina, "Saya ikut") // below what was shown before
	w.shows(w.rina, "Pelatihan ini sudah selesai atau dibatalkan, jadi tidak ada yang diubah.")
	w.say(w.sari, "/start "+link)
	w.shows(w.sari, "belum ada pelatihan yang dibuka")
	w.say(w.sari, "/start p-zzzz")
	w.shows(w.sari, "belum ada pelatihan yang dibuka")
	w.say(account("Tamu"), "/start "+link)
	w.shows(account("Tamu"), "Untuk terhubung, kirim kode")
}

// Recorded leave is asked about and refuses nobody; who works by agreement (PPPK) and comes
// near the limit is told, and not refused.
func TestLeaveAndAgreementAreTold(t *testing.T) {
	devdbtest.Long(t, "an odd event of trainings")
	t.Parallel()
	w := newRoom(t)
	w.exec(`INSERT INTO absence (employee_id, starts_on, ends_on, kind) VALUES ($1, '2027-01-19', '2027-01-21', 'leave')`, w.ids["Rina"])
	w.exec(`UPDATE employee SET nip = '199004272023212997' WHERE id = $1`, w.ids["Sari"])
	w.exec(`UPDATE programme SET jp = 21`)
	w.say(w.rina, "/pelatihan")
	w.tap(w.rina, "1", "Saya ikut")
	w.shows(w.rina, "Ibu tidak bertugas di tempat pada waktu pelatihan ini. Tetap mendaftar?")
	if n := w.count(`SELECT count(*) FROM enrolment`); n != 0 {
		t.Error("somebody on leave is registered before saying so")
	}
	w.tap(w.rina, "Tetap mendaftar")
	w.shows(w.rina, "Pendaftaran diterima; tempat belum pasti.")
	w.say(w.sari, "/pelatihan")
	w.tap(w.sari, "1", "Saya ikut")
	w.shows(w.sari, "Pendaftaran diterima", "Dengan pelatihan ini tercatat 21 JP bagi Ibu, dari paling banyak 24 JP selama masa perjanjian kerja.")
	if n := w.count(`SELECT count(*) FROM enrolment WHERE state = 'seated'`); n != 2 {
		t.Errorf("%d are registered, want 2", n)
	}
}

// The lists of an officer hold the people of the own units and nobody else, with NIP as
// text; the list to sign holds everybody who may be there.
func TestListsOfParticipants(t *testing.T) {
	t.Parallel()
	w := newRoom(t)
	w.seat(w.batchID, w.ids["Rina"], w.ids["Sari"], w.ids["Bambang"])
	w.exec(`UPDATE enrolment SET permission = 'asked' WHERE employee_id = $1`, w.ids["Bambang"])
	w.exec(`INSERT INTO unit (code, name) VALUES ('LAIN', 'Unit Lain')`)
	w.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'LAIN') WHERE id = $1`, w.ids["Rina"])
	w.exec(`UPDATE employee SET grade = 'Penata / III.c' WHERE id = $1`, w.ids["Sari"])
	w.grant("Wayan", personnel.RoleOfficer, false)
	w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, w.batchID, w.ids["Wayan"], w.clock.Now())
	w.say(w.way, "/unit")
	w.tap(w.way, "Pelatihan", "1", "Daftar XLSX")
	book, err := excelize.OpenReader(bytes.NewReader(w.file(w.way, "peserta.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"No", "Nama", "NIP", "Pangkat/Gol.", "Jabatan", "Unit Kerja", "Keadaan", "Surat Tugas"},
		{"1", "Bambang Setiawan, S.Sos.", "197803122002121001", "", "Kepala Seksi Pelayanan", "Dinas Pelayanan Terpadu", "menunggu izin atasan"},
		{"2", "Sari Dewi", "199212052019032004", "Penata / III.c", "Analis Kebijakan Ahli Muda", "Dinas Pelayanan Terpadu", "mendapat tempat"}}
	if diff := gocmp.Diff(want, rows); diff != "" {
		t.Errorf("the list differs (-want +got):\n%s", diff)
	}
	w.tap(w.way, "Daftar PDF")
	w.say(w.way, "/pelatihan")
	w.tap(w.way, "Panitia", "Daftar hadir")
	for _, name := range []string{"peserta.pdf", "daftar-hadir.pdf"} {
		if body := w.file(w.way, name); !bytes.HasPrefix(body, []byte("%PDF-")) {
			t.Errorf("%s is no PDF", name)
		}
	}
}

// file is the newest file of that name that an account got.
func (w *world) file(account int64, name string) []byte {
	w.t.Helper()
	for _, m := range slices.Backward(w.fake.Messages(account)) {
		if m.Document != nil && m.Document.Name == name {
			return m.Document.Body
		}
	}
	w.t.Fatalf("no file %s came", name)
	return nil
}

// A file that waited holds what its chat may have when it is made: nothing of the
// personnel office once the role is lost.
func TestFilesOfWhoHasLostTheRole(t *testing.T) {
	devdbtest.Long(t, "an odd event of trainings")
	t.Parallel()
	w := newRoom(t)
	w.seat(w.batchID, w.ids["Rina"])
	w.grant("Sari", personnel.RoleHR, false)
	_, p := w.connect(t.Context())
	asked := fmt.Sprintf(`"batch": %d, "session": %d, "chat": %d, "by": %d, "officer": %[4]d, "all": true, "office": true, "at": "2027-01-12T09:00:00+07:00"`,
		w.batchID, w.session, w.sari, w.ids["Sari"])
	sizes := map[string]int{}
	for _, kind := range []string{"training_dossier", "training_unit_xlsx", "training_signs"} {
		_, body, err := p.Draw(t.Context(), dialog.Picture{Kind: kind, Data: json.RawMessage("{" + asked + "}")})
		if err != nil {
			t.Errorf("%s for the office: %v", kind, err)
		}
		sizes[kind] = len(body)
	}
	w.grant("Sari", personnel.RoleHR, true)
	for kind, before := range sizes {
		_, body, err := p.Draw(t.Context(), dialog.Picture{Kind: kind, Data: json.RawMessage("{" + asked + "}")})
		if err == nil && len(body) >= before {
			t.Errorf("%s for somebody without the role: %d bytes, as before", kind, len(body))
		}
	}
}

// The papers of a batch for an auditor: who came in by which letter, who was there, and
// the list that was signed. Only the personnel office gets them.
func TestPapersOfABatch(t *testing.T) {
	devdbtest.Long(t, "files are made and read")
	t.Parallel()
	w := newRoom(t)
	w.seat(w.batchID, w.ids["Rina"], w.ids["Sari"])
	w.exec(`UPDATE enrolment SET assignment = '800/90', assignment_date = '2027-01-09', nomination = '800/77' WHERE employee_id = $1`, w.ids["Rina"])
	w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, w.batchID, w.ids["Wayan"], w.clock.Now())
	w.clockTo(w.starts)
	w.say(w.way, "/pelatihan")
	w.tap(w.way, "Panitia", "Semua hadir, kecuali", "2", "Simpan", "Lampirkan foto")
	w.fake.SendDocument(w.way, "daftar.pdf", []byte("%PDF-signed"))
	w.settle()
	papers := dialog.Action{Flow: "m", Step: "berkas", Ref: w.batchID, Verb: dialog.Resume}
	w.forge(w.way, papers)
	if slices.ContainsFunc(w.fake.Messages(w.way), func(m faketelegram.Message) bool {
		return m.Document != nil && strings.HasSuffix(m.Document.Name, ".zip")
	}) {
		t.Error("a committee gets the papers of everybody")
	}
	w.grant("Bambang", personnel.RoleHR, false)
	w.say(w.bambang, "/kelola")
	w.tap(w.bambang, "Pelatihan", "1", "Peserta", "Berkas kegiatan")
	body := w.file(w.bambang, "berkas-kegiatan.zip")
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(raw)
	}
	if !strings.Contains(files["kegiatan.txt"], "Sesi 1: Rabu, 20 Januari 2027, pukul 08.30-15.30 WIB; hadir 1, tidak hadir 1, tamu 0; pengajar: Dr. Hadi") ||
		files["bertanda-tangan-1.pdf"] != "%PDF-signed" || !strings.HasPrefix(files["daftar-hadir-1.pdf"], "%PDF-") {
		t.Errorf("the papers are %q: %s", slices.Sorted(maps.Keys(files)), files["kegiatan.txt"])
	}
	book, err := excelize.OpenReader(strings.NewReader(files["peserta.xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"No", "Nama", "NIP", "Pangkat/Gol.", "Jabatan", "Unit Kerja", "Cara", "Keadaan", "Surat Usulan", "Izin", "Surat Tugas", "Sesi 1"},
		{"1", "Rina Kartika", "198507202010012002", "", "Pengelola Layanan", "Dinas Pelayanan Terpadu", "mendaftar sendiri", "mendapat tempat", "800/77", "diizinkan", "800/90, 9 Januari 2027", "hadir"},
		{"2", "Sari Dewi", "199212052019032004", "", "Analis Kebijakan Ahli Muda", "Dinas Pelayanan Terpadu", "mendaftar sendiri", "mendapat tempat", "", "diizinkan", "", "tidak hadir"}}
	if diff := gocmp.Diff(want, rows); diff != "" {
		t.Errorf("the participants differ (-want +got):\n%s", diff)
	}
}
