package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// errand is something that takes several steps, during which the person does
// nothing else.
type errand struct {
	name string
	who  func(e *explorer, a *actor) bool
	run  func(t *trip, r *rand.Rand)
	rare bool // only once in a play
}

// trip is an errand on its way; the first step that fails ends it.
type trip struct {
	*explorer
	a       *actor
	ok      bool
	at      time.Time // of the last step
	patient bool      // waits as long as somebody would for what the last step does not cause at once
}

// say writes and waits for the answer.
func (t *trip) say(typed string) {
	if t.ok {
		t.step(func(n int64) []*deed { return t.tell(t.a, n, typed) })
	}
}

func (t *trip) step(do func(n int64) []*deed) {
	t.at = time.Now()
	done := do(t.number())
	t.await(done)
	t.ok = t.ok && !t.over()
}

// press presses a button that came to be on show by the last step.
func (t *trip) press(label string) {
	if !t.ok {
		return
	}
	var found shownButton
	t.ok = t.comes(func() bool {
		for _, b := range t.buttonsOf(t.a.account) {
			if b.label == label && !b.since.Before(t.at) {
				found = b
				return true
			}
		}
		return false
	})
	if t.ok {
		t.step(func(n int64) []*deed { return []*deed{t.tap(t.a, n, found.message, found.data, found.label)} })
	}
}

// shows tells whether the button is on show by now.
func (t *trip) shows(label string) bool {
	return slices.ContainsFunc(t.buttonsOf(t.a.account), func(b shownButton) bool { return b.label == label && !b.since.Before(t.at) })
}

// sees waits until the last step brings a button of that label; false = it
// does not.
func (t *trip) sees(label string) bool {
	return t.ok && t.comes(func() bool { return t.shows(label) })
}

// first waits until the last step brings a button of one of the labels, and
// returns that label, the first of the list if there are several; "" = none came.
func (t *trip) first(labels ...string) (label string) {
	if !t.ok {
		return ""
	}
	t.comes(func() bool {
		i := slices.IndexFunc(labels, t.shows)
		if i >= 0 {
			label = labels[i]
		}
		return i >= 0
	})
	return label
}

// comes waits until something is so in the chat, or cannot come to be so any more: all
// that the person did is decided and all that is due to the chat was sent. Somebody
// patient waits on.
func (t *trip) comes(ok func() bool) bool {
	from := time.Now()
	for look := firstLook; ; look = min(2*look, longestLook) {
		changed := t.fake.ChatChanged(t.a.account)
		rests := !t.patient && look > firstLook && t.rests() // asked before ok: what was on its way then is there now
		if ok() {
			return true
		}
		if rests || t.fair.between(from, time.Now()) > explorePatience {
			return false
		}
		select {
		case <-changed:
		case <-time.After(look):
		}
	}
}

// rests tells whether nothing is on its way from or to the chat.
func (t *trip) rests() bool {
	return t.fake.PendingFrom(t.a.account) == 0 && t.sqlCount(`SELECT (SELECT count(*) FROM inbox WHERE lane = $1 AND done_at IS NULL)
		+ (SELECT count(*) FROM upload WHERE chat_id = $1 AND state IN ('received', 'applying'))
		+ (SELECT count(*) FROM outbox WHERE chat_id = $1 AND state IN ('new', 'sending') AND not_before <= $2)`, t.a.account, t.clock.Now()) == 0
}

// errand lets somebody who can run an errand, and tells whether it was brought
// to its end.
func (e *explorer) errand(what *errand, r *rand.Rand) bool {
	var who []*actor
	for _, a := range e.actors {
		if a.person != nil && !a.late && what.who(e, a) {
			who = append(who, a)
		}
	}
	if len(who) == 0 {
		e.tally("errand " + what.name + " of nobody")
		return false
	}
	a := e.hold(func() *actor { return who[r.IntN(len(who))] })
	defer a.mu.Unlock()
	t := &trip{explorer: e, a: a, ok: true}
	t.back()
	what.run(t, r)
	if t.ok {
		e.tally("errand " + what.name)
	} else {
		e.tally("errand " + what.name + " broken off")
	}
	return t.ok
}

func anybody(*explorer, *actor) bool { return true }

func ofRole(role personnel.Role) func(*explorer, *actor) bool {
	return func(_ *explorer, a *actor) bool { return a.person.role == role }
}

func leads(e *explorer, a *actor) bool {
	return e.rights(a.person).Supervises && a.person.role == ""
}

// appointment is an errand that has to be run from an action of the play on.
type appointment struct {
	from  int64
	what  *errand
	tries int
}

// appoint spreads every errand over the play.
func (e *explorer) appoint() {
	all := errands()
	r := e.random(-1)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i, one := range all {
		e.due = append(e.due, appointment{from: int64(e.actions) * int64(i+1) / int64(len(all)+2), what: one})
	}
}

// appointed takes the errand whose turn has come at the nth action.
func (e *explorer) appointed(nth int64) (appointment, bool) {
	e.queue.Lock()
	defer e.queue.Unlock()
	if len(e.due) == 0 || e.due[0].from > nth {
		return appointment{}, false
	}
	one := e.due[0]
	e.due = e.due[1:]
	return one, true
}

// keep runs an errand; one that was broken off comes again at the end of the
// list, perhaps with somebody else.
func (e *explorer) keep(one appointment, r *rand.Rand) {
	if one.tries++; e.errand(one.what, r) || one.tries == exploreTries {
		return
	}
	e.queue.Lock()
	defer e.queue.Unlock()
	if len(e.due) > 0 {
		one.from = e.due[len(e.due)-1].from
	}
	e.due = append(e.due, one)
}

// optional are the errands that anybody may run at any time.
func optional() []*errand {
	return slices.DeleteFunc(errands(), func(e *errand) bool { return e.rare })
}

// errands are all of them; together they come to every conversation.
func errands() []*errand {
	return append(slices.Concat(trainingErrands(), evaluationErrands(), followUpErrands(), signoffErrands(), surveyErrands()), []*errand{
		{name: "partners", who: ofRole(personnel.RoleHR), run: func(t *trip, _ *rand.Rand) {
			t.say("/kelola")
			t.press("Mitra")
			t.press("Cakupan kebutuhan")
			t.press("Rencana PDF")
			t.press("Berkas XLSX")
		}},
		{name: "correction", who: anybody, run: func(t *trip, r *rand.Rand) {
			t.say("/privasi")
			t.press("Perbaiki data")
			t.say("Jabatan saya keliru, " + t.a.person.secret)
		}},
		{name: "copy", who: anybody, run: func(t *trip, _ *rand.Rand) {
			t.say("/privasi")
			t.press("Salinan data")
		}},
		{name: "result", who: anybody, run: func(t *trip, _ *rand.Rand) {
			t.say("/asesmen")
			t.fill()
		}},
		{name: "team", who: leads, run: func(t *trip, _ *rand.Rand) {
			t.say("/tim")
			t.press("1")
			t.press("‹ Kembali ke tim")
			t.press("Ada yang keliru")
			t.say("Nomor dua bukan anggota tim, " + t.a.person.secret)
		}},
		{name: "delegation", who: leads, run: delegationErrand},
		{name: "letter", who: ofRole(personnel.RoleHR), run: func(t *trip, _ *rand.Rand) {
			t.say("/kelola")
			t.press("Plt. dan Plh.")
			if t.sees("Sesuai surat") {
				t.press("Sesuai surat")
			}
		}},
		{name: "leave", who: ofRole(personnel.RoleOfficer), run: func(t *trip, r *rand.Rand) {
			t.find("/unit", "Cari pegawai", r)
			t.press("Cuti, dinas luar")
			t.say("1 Maret 2027")
			t.say("5 Maret 2027")
			t.press("Dinas luar")
		}},
		{name: "proposal", who: ofRole(personnel.RoleOfficer), run: proposalErrand},
		{name: "comparison", who: ofRole(personnel.RoleHR), run: comparisonErrand},
		{name: "people", who: ofRole(personnel.RoleHR), run: peopleErrand, rare: true},
		{name: "superior", who: ofRole(personnel.RoleOfficer), run: func(t *trip, r *rand.Rand) {
			t.find("/unit", "Cari pegawai", r)
			t.press("Atasan langsung")
			t.say(t.subjects[1+r.IntN(2)].nip)
		}},
		{name: "changes of superiors", who: ofRole(personnel.RoleHR), run: func(t *trip, r *rand.Rand) {
			t.say("/kelola")
			t.press("Pergantian atasan")
			if t.sees("Setujui") {
				t.press([]string{"Setujui", "Kembalikan"}[r.IntN(2)])
			}
		}},
		{name: "who opened", who: anybody, run: func(t *trip, _ *rand.Rand) {
			t.say("/privasi")
			t.press("Siapa yang membuka")
		}},
		{name: "code", who: ofRole(personnel.RoleOfficer), run: func(t *trip, r *rand.Rand) {
			t.say("/unit")
			t.press("Belum terhubung")
			t.press("1")
			t.press("Kode baru")
		}},
		{name: "paper", who: ofRole(personnel.RoleHR), run: paperErrand},
		{name: "plan", who: ofRole(personnel.RoleHR), run: planErrand},
		{name: "class", who: ofRole(personnel.RoleHR), run: func(t *trip, r *rand.Rand) {
			t.find("/kelola", "Cari pegawai", r)
			t.press("Kelas jabatan")
			t.press("Pengawas")
		}},
		{name: "requests", who: ofRole(personnel.RoleHR), run: func(t *trip, r *rand.Rand) {
			t.say("/kelola")
			t.press("Permintaan")
			switch t.first("1 Jawab", "1 Selesai", "1 Periksa") {
			case "1 Jawab": // and the next one is only closed
				t.press("1 Jawab")
				t.say("Sudah diteruskan")
				if t.sees("1 Selesai") {
					t.press("1 Selesai")
				}
			case "1 Selesai":
				t.press("1 Selesai")
			case "1 Periksa":
				t.press("1 Periksa")
				t.press([]string{"Ya, hapus", "Tutup tanpa hapus"}[r.IntN(2)])
			}
		}},
		{name: "import", who: ofRole(personnel.RoleHR), run: importErrand},
		{name: "training", who: ofRole(personnel.RoleHR), run: trainingErrand},
		{name: "take the account away", who: ofRole(personnel.RoleHR), run: func(t *trip, r *rand.Rand) {
			t.find("/kelola", "Cari pegawai", r)
			if t.sees("Lepas akun") {
				t.press("Lepas akun")
				t.press("Ya, lepaskan")
			}
		}, rare: true},
		{name: "leave the account", who: anybody, run: leaveErrand},
		{name: "two phones", who: func(e *explorer, a *actor) bool { return a.person == e.subjects[withTwo] }, run: takeoverErrand},
		{name: "period", who: ofRole(personnel.RoleHR), run: periodErrand, rare: true},
		{name: "rate", who: leads, run: rateErrand},
		{name: "talk", who: leadsFew, run: talkErrand},
		{name: "reply", who: leadsFew, run: replyErrand},
		{name: "reason", who: ofRole(personnel.RoleHR), run: reasonErrand},
		{name: "share", who: func(e *explorer, a *actor) bool { return a.person == e.subjects[withLarge] }, run: shareErrand},
		{name: "share one", who: leads, run: shareOneErrand},
		{name: "announcement", who: ofRole(personnel.RoleHR), run: announceErrand},
		{name: "announcement received", who: anybody, run: receivedErrand},
		{name: "announcement questions", who: ofRole(personnel.RoleHR), run: questionsErrand},
		{name: "silence", who: anybody, run: func(t *trip, r *rand.Rand) {
			t.say("/pengingat")
			if t.first("Hening sampai...", "Ingatkan lagi") == "Ingatkan lagi" {
				t.press("Ingatkan lagi")
			}
			t.press("Hening sampai...")
			t.say("20 Januari 2027")
		}},
	}...)
}

// find opens the card of somebody of the first two units.
func (t *trip) find(board, label string, r *rand.Rand) {
	t.say(board)
	t.press(label)
	var two []*subject
	for _, s := range t.subjects[10:paperFrom] {
		if strings.HasPrefix(s.unit, "DIN-") {
			two = append(two, s)
		}
	}
	t.say(two[r.IntN(len(two))].token)
}

// fill answers what is asked until everything is sent.
func (t *trip) fill() {
	for range 12 {
		switch label := t.first("Lihat hasil", "Kirim", "Mulai", "Lanjutkan", "4"); label {
		case "":
			t.ok = false
			return
		case "Lihat hasil":
			return
		case "Kirim":
			t.press(label)
			return
		default:
			t.press(label)
		}
	}
}

// trainingErrand prepares a programme and a batch of it, changes, copies and cancels.
func trainingErrand(t *trip, r *rand.Rand) {
	t.say("/kelola")
	t.press("Pelatihan")
	t.press("Program")
	t.press("Program baru")
	for _, line := range []string{"Pengolahan Data", fmt.Sprintf("PD-%d", r.IntN(1_000_000)), "Data diolah tanpa salah.", "menyusun laporan", "Bimbingan teknis", "8"} {
		t.say(line)
	}
	t.press("80%")
	t.press("Urutan pendaftaran")
	t.press("1")
	t.press("2")
	t.press("Selesai")
	t.press("Simpan")
	t.press("Ubah")
	t.press("6")
	t.say("10")
	t.press("Simpan")
	t.press("Angkatan baru")
	for _, line := range []string{"16 Maret 2027", "17 Maret 2027", "08.30-15.30", "Aula BKD", "Rahmat; Sri", "40"} {
		t.say(line)
	}
	t.press("Tanpa kuota")
	for _, line := range []string{"1 Maret 2027", "5 Maret 2027", "9 Maret 2027"} {
		t.say(line)
	}
	t.press("DPA BKD")
	t.press("Ditanggung BKD")
	t.say("Maya, 0800-000-001")
	for range 5 {
		t.press("Lewati")
	}
	t.press("Simpan")
	t.press("Tampilkan ke pegawai")
	t.press("Ubah")
	t.press("6")
	t.say("35")
	t.press("Simpan")
	t.press("Panitia")
	t.press("Tambah panitia")
	t.say(t.subjects[10+r.IntN(20)].nip)
	t.press("‹ Angkatan")
	t.press("Salin ke hari lain")
	t.say("6 April 2027")
	t.press("Batalkan pelatihan")
	t.say("Pengajar berhalangan")
	t.press("Ya, batalkan")
}

func delegationErrand(t *trip, r *rand.Rand) {
	t.say("/delegasi")
	if t.sees("Tambah Plt./Plh.") {
		t.press("Tambah Plt./Plh.")
	}
	t.say(t.subjects[10+r.IntN(20)].nip)
	t.say(fmt.Sprintf("1-%d Februari 2027, 800/17/BKD/2027", 2+r.IntN(20)))
	t.press("Penilaian beralih")
}

func paperErrand(t *trip, r *rand.Rand) {
	people := t.subjects[paperFrom:]
	for _, i := range r.Perm(len(people)) { // whoever has no account and no answers yet
		t.say("/kelola")
		t.press("Cari pegawai")
		t.say(people[i].token)
		if t.sees("Isian kertas") {
			break
		}
	}
	if !t.shows("Isian kertas") {
		return
	}
	t.press("Cetak isian")
	t.at = time.Time{}
	t.press("Isian kertas")
	t.fill()
}

func importErrand(t *trip, _ *rand.Rand) {
	t.say("/impor")
	t.step(func(n int64) []*deed {
		return t.upload(t.a, n, "pegawai.csv", map[string]string{"pegawai.csv": t.registerFile(n)})
	})
	t.press("Lihat 2 ditolak")
	t.at = t.at.Add(-explorePatience)
	t.press("Terapkan")
}

// leaveErrand leaves the account and comes back by NIP and phone number.
func leaveErrand(t *trip, _ *rand.Rand) {
	t.say("/privasi")
	t.press("Lepas akun")
	t.press("Ya, lepaskan")
	t.back()
}

// back lets somebody come in who is not linked any more.
func (t *trip) back() {
	for range 3 {
		if t.ok && !t.linked(t.a) {
			t.step(func(n int64) []*deed { return t.comeIn(t.a, n) })
		}
	}
}

// takeoverErrand proves who one is on a second phone; the first one decides.
func takeoverErrand(t *trip, r *rand.Rand) {
	t.patient = true // what is asked follows from what the second one does
	second := t.actors[slices.IndexFunc(t.actors, func(a *actor) bool { return a.late && a.person == t.a.person })]
	if !second.mu.TryLock() {
		t.ok = false
		return
	}
	defer second.mu.Unlock()
	code := fmt.Sprintf("5T%04dMK7%03d", t.next.Load(), r.IntN(1000))
	err := t.db.InTx(context.Background(), func(tx *storage.Tx) error {
		now := t.clock.Now()
		return tx.AddCode(context.Background(), hashCode(code), t.a.person.id, now, now.AddDate(0, 0, 1))
	})
	if err != nil {
		t.t.Error(err)
	}
	other := &trip{explorer: t.explorer, a: second, ok: true}
	other.say("/start " + code)
	t.at = time.Now()
	other.press("Setuju")
	t.ok = t.ok && other.ok
	t.press("Tolak")
}

// toRating opens the rating of the team and tells whether there is one to give.
func (t *trip) toRating() bool {
	begin := []string{"Mulai menilai", "Lanjutkan menilai", "Nilai tim"}
	t.say("/tim")
	label := t.first(append(begin, "Daftar sudah benar")...)
	if label == "Daftar sudah benar" {
		t.press(label)
		label = t.first(begin...)
	}
	if label != "" {
		t.press(label)
	}
	return t.ok && label != ""
}

// rateErrand rates somebody of the team a little further.
func rateErrand(t *trip, r *rand.Rand) {
	t.ok = t.toRating() && t.sees("Belum tahu")
	for range 12 {
		if !t.ok || !t.sees("Belum tahu") {
			return
		}
		t.press([]string{"1", "2", "3", "Belum", "Belum tahu"}[r.IntN(5)])
	}
}

// announceErrand writes an announcement to the heads of units, looks at everything that
// can be set, and sends it, or asks somebody else of the office who returns it.
func announceErrand(t *trip, r *rand.Rand) {
	t.patient = true // the card follows what the worker does
	t.say("/siaran")
	t.press("Tulis baru")
	t.say(fmt.Sprintf("Rapat koordinasi nomor %d\nKamis pukul 09.00 di aula.", r.IntN(1000)))
	for _, label := range []string{"Lampiran", "Tautan", "Acara dekat", "Jadwalkan", "Berlaku sampai", "Ganti naskah"} {
		t.press(label)
		t.press("Batal")
	}
	t.press("Sasaran")
	for _, label := range []string{"Unit kerja", "Jabatan", "Berkas NIP"} {
		t.press(label)
		t.press("Batal")
	}
	t.press("Kepala unit")
	t.press("‹ Selesai memilih")
	switch label := t.first("Kirim", "Minta persetujuan"); label {
	case "Kirim":
		t.press(label)
		t.press("Ya, kirim")
		if t.sees("Ralat") {
			t.press("Ralat")
			t.press("Batal")
		}
	case "Minta persetujuan":
		t.press(label)
		t.with(r, func(s *subject) bool { return s.role == personnel.RoleHR }, func(other *trip) {
			other.say("/siaran")
			if other.press("Periksa permintaan"); other.sees("Kembalikan") {
				other.press("Kembalikan")
				other.press("Batal")
			}
		})
	}
}

// announceTo announces something to one person, and waits until it is in the archive.
func (t *trip) announceTo(who int64) (id int64) {
	ctx := context.Background()
	err := t.db.InTx(ctx, func(tx *storage.Tx) (err error) {
		id, err = tx.AddAnnouncement(ctx, announcement.Announcement{Author: t.a.person.id, Body: "Rapat", Ack: true, Audience: announcement.Audience{People: []int64{who}},
			Expires: t.clock.Now().AddDate(0, 0, 7)}, t.clock.Now())
		if err == nil {
			_, err = tx.ApproveAnnouncement(ctx, id, 0, 1, t.clock.Now())
		}
		return err
	})
	if err != nil {
		t.t.Error(err)
	}
	begin := time.Now()
	for t.ok = false; !t.ok && t.fair.between(begin, time.Now()) <= explorePatience; time.Sleep(10 * time.Millisecond) {
		t.ok = t.db.InTx(ctx, func(tx *storage.Tx) error { _, err := tx.Received(ctx, id, who); return err }) == nil
	}
	return id
}

// receivedErrand opens an announcement in the archive, asks about it, and looks for it.
func receivedErrand(t *trip, _ *rand.Rand) {
	t.announceTo(t.a.person.id)
	t.say("/pengumuman")
	t.press("1")
	t.press("Tanya")
	t.say("Apakah daring, " + t.a.person.secret)
	t.say("/pengumuman rapat")
	t.press("Cari pengumuman")
	t.say("rapat")
}

// questionsErrand looks at a question that somebody of the audience has asked, and begins
// to correct the announcement.
func questionsErrand(t *trip, r *rand.Rand) {
	t.patient = true // for the worker
	who := t.subjects[r.IntN(10)].id
	id := t.announceTo(who)
	if !t.ok {
		return
	}
	err := t.db.InTx(context.Background(), func(tx *storage.Tx) error {
		_, _, err := tx.AskQuestion(context.Background(), id, who, "Apakah daring?", t.clock.Now())
		return err
	})
	if err != nil {
		t.t.Error(err)
	}
	for _, label := range []string{"Jawab", "Teruskan"} {
		t.say("/siaran")
		t.press("Pertanyaan")
		t.press(label)
		t.press("Batal")
	}
	t.say("/siaran")
	t.press("Yang sudah selesai")
	t.press("1") // the worker has sent it by now
	if t.sees("Ralat") {
		t.press("Ralat")
		t.press("Batal")
	}
}

// with lets one of the people to whom the errand is about do something first; one
// of those with whom nothing else goes on. It returns nil when there is none.
func (t *trip) with(r *rand.Rand, which func(*subject) bool, do func(other *trip)) *subject {
	for _, i := range r.Perm(lateFrom) {
		a := t.actors[i]
		if a == t.a || !which(a.person) || !a.mu.TryLock() {
			continue
		}
		other := &trip{explorer: t.explorer, a: a, ok: true}
		other.back()
		do(other)
		a.mu.Unlock()
		if other.ok {
			return a.person
		}
	}
	return nil
}

// reasonErrand opens somebody's common result, whoever has one first.
func reasonErrand(t *trip, r *rand.Rand) {
	rated := func(s *subject) bool {
		return s != t.a.person && t.sqlCount(`SELECT count(*) FROM task WHERE kind = 'rating' AND state = 'done' AND subject_id = $1`, s.id) > 0
	}
	whom := t.subjects[paperFrom]
	if i := slices.IndexFunc(t.subjects, rated); i >= 0 {
		whom = t.subjects[i]
	}
	t.say("/kelola")
	t.press("Cari pegawai")
	t.say(whom.token)
	t.press("Hasil penilaian")
	t.say(fmt.Sprintf("Permintaan inspektorat nomor %d", r.IntN(100)))
}

// shareErrand asks somebody to help to rate a large team, and ends that again.
func shareErrand(t *trip, r *rand.Rand) {
	t.say("/tim")
	if t.first("Bagi penilaian", "Daftar sudah benar") == "Daftar sudah benar" {
		t.press("Daftar sudah benar")
		t.say("/tim")
	}
	t.press("Bagi penilaian")
	t.press("Tambah penilai")
	t.say(t.subjects[largeFrom+r.IntN(len(t.subjects)-largeFrom)].token)
	t.press("1")
	t.press("Selesai")
}

// shareOneErrand gives the rating of somebody who waits for it to another one of
// the team, from the summary.
func shareOneErrand(t *trip, r *rand.Rand) {
	if t.ok = t.with(r, t.ofTeam, sendSelf) != nil; !t.ok {
		return
	}
	t.say("/ringkasan")
	var labels []string
	for k := range 5 {
		labels = append(labels, fmt.Sprintf("%d Alihkan", k+1))
	}
	t.press(t.first(labels...))
	for _, i := range r.Perm(len(t.subjects)) {
		if s := t.subjects[i]; t.ofTeam(s) {
			t.say(s.token)
			return
		}
	}
}

// periodErrand ends the period and opens the next one.
func periodErrand(t *trip, _ *rand.Rand) {
	t.say("/kelola")
	t.press("Periode")
	if t.sees("Perpanjang") {
		t.press("Perpanjang")
		t.press("Tanggal lain")
		t.say(t.clock.Now().AddDate(0, 0, 300).Format("02-01-2006"))
		t.press("Ya, perpanjang")
		t.say("/kelola")
		t.press("Periode")
	}
	if t.sees("Tutup periode") {
		t.press("Tutup periode")
		t.press("Ya, tutup")
		t.say("/kelola")
		t.press("Periode")
	}
	t.press("Buka periode")
	t.say(fmt.Sprintf("Penilaian %d", t.next.Load()))
	t.say("22 Februari 2027")
	t.press("Kirim")
}
