package handlers_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
)

// newOffice is a world in which Sari and Wayan are of the personnel office and everybody
// has an account. From 4 recipients on a second person approves.
func newOffice(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	for _, name := range []string{"Sari", "Wayan", "Bambang", "Rina"} {
		w.linkStraight(w.ids[name], account(name), name)
	}
	w.grant("Sari", personnel.RoleHR, false)
	w.grant("Wayan", personnel.RoleHR, false)
	w.clock.move(time.Date(2027, 1, 12, 9, 0, 0, 0, wib).Sub(w.clock.Now()))
	return w
}

// sends sends a message with a look, a picture or a file.
func (w *world) sends(who int64, m faketelegram.Sent) {
	w.t.Helper()
	if _, err := w.fake.Send(who, m); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

// drafted lets somebody of the office write a draft for everybody.
func (w *world) drafted(name, body string) {
	w.t.Helper()
	w.say(account(name), "/siaran")
	w.tap(account(name), "Tulis baru")
	w.say(account(name), body)
	for _, label := range []string{"Sasaran", "Semua pegawai", "‹ Selesai memilih"} {
		w.tap(account(name), label)
	}
}

// told fails unless the newest message of the bot to somebody says this.
func (w *world) told(name, sentence string) {
	w.t.Helper()
	if got := w.last(account(name)); !strings.Contains(got, sentence) {
		w.t.Fatalf("%s reads:\n%s\nwant: %s", name, got, sentence)
	}
}

// got counts the messages with these words that somebody has got.
func (w *world) got(name, words string) (n int) {
	for _, m := range w.fake.Messages(account(name)) {
		if m.FromBot && !m.Deleted && strings.Contains(m.Text, words) {
			n++
		}
	}
	return n
}

// A text is as long as Telegram counts it, after its entities: what is too long is told
// with both numbers, and nothing is stored.
func TestAnnouncementLengths(t *testing.T) {
	w := newOffice(t)
	sari := account("Sari")
	w.say(sari, "/siaran")
	w.tap(sari, "Tulis baru")
	w.sends(sari, faketelegram.Sent{Media: "photo", HTML: strings.Repeat("a", 912) + "<b>" + strings.Repeat("🙂", 12) + "</b>"})
	w.told("Sari", `untuk "`+strings.Repeat("a", 59)+`…"`) // 936 units with the emoji, and not one for a tag; the heading and a correction take 88
	w.tap(sari, "Minta tanda baca")
	w.told("Sari", "Naskah ini 936 huruf; dengan foto atau berkas paling panjang 883.")
	if n := w.count(`SELECT count(*) FROM announcement WHERE ack`); n != 0 {
		t.Error("the acknowledgement was taken over although its line does not fit")
	}
	w.tap(sari, "Ganti naskah")
	w.say(sari, strings.Repeat("a", 4009))
	w.told("Sari", "Naskah ini 4.009 huruf; paling panjang 4.008.")
	w.say(sari, strings.Repeat("a", 4008))
	if n := w.count(`SELECT count(*) FROM announcement WHERE length(body) = 4008`); n != 1 {
		t.Errorf("a text of 4,008 units is no draft: %d", n)
	}
	w.tap(sari, "Minta tanda baca")
	w.told("Sari", "Naskah ini 4.008 huruf; paling panjang 3.955.")
}

// What cannot be passed on, or is too large for a cheap phone, is refused with a sentence.
func TestAnnouncementRefusesMedia(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	w := newOffice(t)
	sari := account("Sari")
	w.say(sari, "/siaran")
	w.tap(sari, "Tulis baru")
	for _, tt := range []struct {
		send func()
		want string
	}{
		{func() { w.fake.SendMedia(sari, "sticker") }, "Yang dapat menjadi pengumuman: teks, satu foto, atau satu berkas beserta keterangannya."},
		{func() { w.fake.SendMedia(sari, "voice") }, "Yang dapat menjadi pengumuman"},
		{func() { w.fake.SendMedia(sari, "photo") }, "Foto atau berkas ini belum berketerangan."},
		{func() {
			_, _ = w.fake.Send(sari, faketelegram.Sent{Media: "document", Name: "denah.tif", HTML: "Denah", Content: make([]byte, 20<<20+1)})
		}, "Berkas ini lebih besar dari 20 MB"},
	} {
		tt.send()
		w.settle()
		w.told("Sari", tt.want)
	}
	if n := w.count(`SELECT count(*) FROM announcement`); n != 0 {
		t.Errorf("%d drafts", n)
	}
}

// A spreadsheet is a file of the announcement only where a question asks for it;
// elsewhere it is an import as before, also while a draft is open.
func TestSpreadsheetGoesWhereItIsAskedFor(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	w := newOffice(t)
	sari := account("Sari")
	w.drafted("Sari", "Rekap")
	w.fake.SendDocument(sari, "pegawai.csv", []byte("NIP;NAMA;JABATAN;UNIT KERJA\n"))
	w.settle()
	if n := w.count(`SELECT count(*) FROM upload`); n != 1 {
		t.Errorf("%d imports, want the one that was sent to the card", n)
	}
	w.tap(sari, "Lampiran")
	w.fake.SendDocument(sari, "rekap.csv", []byte("NIP;NAMA;JABATAN;UNIT KERJA\n"))
	w.settle()
	if n, files := w.count(`SELECT count(*) FROM upload`), w.count(`SELECT count(*) FROM announcement_file WHERE name = 'rekap.csv'`); n != 1 || files != 1 {
		t.Errorf("%d imports and %d further files, want 1 and 1", n, files)
	}
	w.tap(sari, "Sasaran", "Unit kerja")
	w.fake.SendDocument(sari, "lain.csv", []byte("NIP;NAMA;JABATAN;UNIT KERJA\n"))
	w.settle()
	if n := w.count(`SELECT count(*) FROM upload`); n != 2 {
		t.Errorf("%d imports, want 2: a question for a name takes no file", n)
	}
}

// A large list of NIPs with a third that nobody has: the others are the audience, and
// each wrong row is named with its cause.
func TestManyNIPs(t *testing.T) {
	devdbtest.Long(t, "a list of 10,000 numbers")
	w := newOffice(t)
	sari := account("Sari")
	const rows = 10_000
	var list bytes.Buffer
	list.WriteString("NO;NIP\n")
	w.exec(`INSERT INTO employee (nip, name, sex, unit_id) SELECT '19800101200901' || (1 + n % 2) || lpad((1 + n / 2)::text, 3, '0'), 'Pegawai ' || n, 1, (SELECT min(id) FROM unit)
		FROM generate_series(0, 1499) n`)
	known, wrong := 0, 0
	for i := range rows {
		nip := fmt.Sprintf("19800101200901%d%03d", 1+i%2, 1+i/2%999)
		if i >= 1500 {
			nip = fmt.Sprintf("198001012010%02d1%03d", 1+i%12, 1+i/12%999)
		}
		if i%3 == 2 {
			nip = fmt.Sprintf("%017d", i)
		}
		if i < 1500 && i%3 != 2 {
			known++
		}
		fmt.Fprintf(&list, "%d;%s\n", i+1, nip)
	}
	w.drafted("Sari", "Rekap")
	w.tap(sari, "Sasaran", "Berkas NIP")
	w.fake.SendDocument(sari, "daftar.csv", list.Bytes())
	w.settle()
	w.told("Sari", "Berkas sudah dibaca: 1.000 pegawai menjadi sasaran.")
	if got := w.count(`SELECT jsonb_array_length(audience->'people') FROM announcement`); got != known {
		t.Errorf("%d people, want %d", got, known)
	}
	for _, m := range w.fake.Messages(sari) {
		if m.Document == nil || m.Document.Name != "baris.xlsx" {
			continue
		}
		if !strings.Contains(m.Text, "baris tidak terpakai: baris 4, 7, 10,") {
			t.Errorf("the rows are told so: %s", m.Text)
		}
		tables, err := sheet.Open(bytes.NewReader(m.Document.Body), int64(len(m.Document.Body)))
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range tables[0].Rows() {
			if err != nil {
				t.Fatal(err)
			}
			if r.Number == 2 && (r.Cells[0].Text != "4" || !strings.Contains(r.Cells[1].Text, "18")) {
				t.Errorf("the first wrong row is %+v", r.Cells)
			}
			wrong++
		}
	}
	if wrong < rows/3 {
		t.Errorf("%d rows in the file of wrong rows", wrong)
	}
}

// What a file of NIPs came to is told to its author, and not to whoever has that chat by
// then.
func TestFileOfNIPsIsForItsAuthor(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	w := newOffice(t)
	w.drafted("Sari", "Rekap")
	w.tap(account("Sari"), "Sasaran")
	id := w.count(`SELECT max(id) FROM announcement`)
	before := len(w.fake.Messages(account("Sari")))
	w.exec(`UPDATE chat SET employee_id = NULL WHERE id = $1`, account("Sari"))
	file := w.fake.KeepFile("nip.csv", []byte("NIP\n1\n"))
	w.exec(`INSERT INTO announcement_nips (announcement_id, chat_id, file_id, asked_at, next_at) VALUES ($1, $2, $3, $4, $4)`, id, account("Sari"), file, w.clock.Now())
	w.settle()
	if after := len(w.fake.Messages(account("Sari"))); after != before {
		t.Errorf("%d messages went to a chat that is nobody's", after-before)
	}
	if n := w.count(`SELECT count(*) FROM announcement_nips`); n != 0 {
		t.Errorf("%d files still wait", n)
	}
}

// Drafts of two people of the office do not mix, and nobody sees or sends that of the
// other.
func TestDraftsDoNotMix(t *testing.T) {
	w := newOffice(t)
	w.say(account("Sari"), "/siaran")
	w.say(account("Wayan"), "/siaran")
	w.tap(account("Sari"), "Tulis baru")
	w.tap(account("Wayan"), "Tulis baru")
	w.say(account("Sari"), "Naskah Sari")
	w.say(account("Wayan"), "Naskah Wayan")
	w.tap(account("Sari"), "Minta tanda baca")
	if got := w.text(`SELECT string_agg(body || ' ' || ack || ' ' || e.name, ', ' ORDER BY body) FROM announcement JOIN employee e ON e.id = author_id`); got != "Naskah Sari true Sari Dewi, Naskah Wayan false Wayan <Putra> & O'Neil" {
		t.Errorf("the drafts are %s", got)
	}
	w.say(account("Wayan"), "/siaran")
	w.tap(account("Wayan"), "Konsep")
	if got := w.last(account("Wayan")); strings.Contains(got, "Sari") || !strings.Contains(got, "Konsep: 1") {
		t.Errorf("Wayan's drafts:\n%s", got)
	}
}

// The recipients of an author on one day are counted together; what was cancelled before
// it began does not count, and the day after begins anew.
func TestApprovalCountsTheDay(t *testing.T) {
	devdbtest.Long(t, "announcements of a whole day")
	w := newOffice(t)
	sari := account("Sari")
	toOne := func(title string) {
		w.drafted("Sari", title)
		w.tap(sari, "Sasaran", "Jabatan")
		w.say(sari, "pengelola")
		w.tap(sari, "1", "‹ Selesai memilih")
	}
	toOne("Terjadwal")
	w.tap(sari, "Jadwalkan")
	w.say(sari, "14 Januari 2027")
	w.say(sari, "10.00")
	w.tap(sari, "Kirim", "Ya, kirim", "Batalkan jadwal")
	for i := range 3 {
		toOne(fmt.Sprintf("Nomor %d", i))
		if w.tap(sari, "Kirim", "Ya, kirim"); w.count(`SELECT count(*) FROM announcement WHERE approved_at IS NOT NULL AND approved_by IS NULL AND started_at IS NOT NULL`) != i+1 {
			t.Fatalf("announcement %d did not go", i)
		}
	}
	toOne("Nomor 3")
	if shown := w.onShow(sari); !strings.Contains(shown, "Minta persetujuan") || strings.Contains(shown, "[Kirim]") {
		t.Errorf("the fourth recipient of the day needs nobody:\n%s", shown)
	}
	w.clock.move(24 * time.Hour)
	toOne("Nomor 4")
	if shown := w.onShow(sari); strings.Contains(shown, "Minta persetujuan") {
		t.Errorf("the day after still counts:\n%s", shown)
	}
}

// A card of a draft that was changed since shows the present one and sends nothing.
func TestOldDraftCardSendsNothing(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	w := newOffice(t)
	sari := account("Sari")
	w.drafted("Sari", "Rapat pukul 9")
	w.toRina()
	card, data := w.offered("Sari", "Kirim")
	w.tap(sari, "Ganti naskah")
	w.say(sari, "Rapat pukul 10")
	w.fake.ForgePress(sari, card, data)
	w.settle()
	for _, m := range w.fake.Messages(sari) {
		if m.ID == card && !strings.HasPrefix(m.Text, `Sasaran 1 pegawai untuk "Rapat pukul 10"`) {
			t.Errorf("the old card shows:\n%s", m.Text)
		}
	}
	if n := w.count(`SELECT count(*) FROM announcement_recipient`); n != 0 {
		t.Errorf("%d recipients", n)
	}
}

// A draft that cannot go says why, and what to do: nobody fits, or its time is over.
func TestDraftThatCannotGo(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	w := newOffice(t)
	sari := account("Sari")
	w.drafted("Sari", "Rapat")
	w.toRina()
	w.tap(sari, "Sasaran", "PPPK saja", "‹ Selesai memilih")
	w.told("Sari", "Belum ada pegawai yang memenuhi semuanya. Ubah pilihannya lewat Sasaran.")
	if shown := w.onShow(sari); strings.Contains(shown, "Kirim") || strings.Contains(shown, "Minta persetujuan") {
		t.Errorf("on show:\n%s", shown)
	}
	w.tap(sari, "Sasaran", "PPPK saja: ya", "‹ Selesai memilih")
	w.clock.move(8 * 24 * time.Hour)
	w.tap(sari, "Kirim") // on a card of last week
	w.told("Sari", "Masa berlakunya sudah lewat. Tentukan lagi lewat Berlaku sampai")
	w.tap(sari, "Berlaku sampai")
	w.say(sari, "22 Januari 2027")
	w.tap(sari, "Kirim", "Ya, kirim")
	if n := w.got("Rina", "Rapat"); n != 1 {
		t.Errorf("Rina has it %d times", n)
	}
}

// askedFor lets Sari ask for the approval of something to everybody.
func (w *world) askedFor(body string) {
	w.t.Helper()
	w.drafted("Sari", body)
	w.tap(account("Sari"), "Minta persetujuan")
}

// The author does not approve, whoever is not of the office any more neither, and what
// was asked for expires.
func TestWhoApproves(t *testing.T) {
	w := newOffice(t)
	w.askedFor("Apel pagi")
	w.tap(account("Wayan"), "Periksa")
	card, data := w.offered("Wayan", "Setujui")
	w.fake.ForgePress(account("Sari"), card, data) // signed for somebody else: it means nothing
	w.settle()
	if w.count(`SELECT count(*) FROM announcement WHERE state = 'asked'`) != 1 {
		t.Fatal("a button of somebody else has approved")
	}
	w.exec(`UPDATE chat SET employee_id = NULL WHERE id = $1`, account("Sari")) // Sari has moved to the account that was Wayan's
	w.exec(`UPDATE chat SET employee_id = $2 WHERE id = $1`, account("Wayan"), w.ids["Sari"])
	w.tap(account("Wayan"), "Setujui")
	w.told("Wayan", "Pengumuman sendiri disetujui petugas kepegawaian lain. Tidak ada yang dikirim.")
	w.exec(`UPDATE chat SET employee_id = $2 WHERE id = $1`, account("Wayan"), w.ids["Wayan"])
	w.exec(`UPDATE chat SET employee_id = $2 WHERE id = $1`, account("Sari"), w.ids["Sari"])
	w.say(account("Wayan"), "/siaran")
	w.tap(account("Wayan"), "Periksa permintaan")
	w.say(account("Sari"), "/siaran")
	if shown := w.onShow(account("Sari")); strings.Contains(shown, "Periksa permintaan") {
		t.Errorf("the author is asked to approve the own announcement:\n%s", shown)
	}
	w.clock.move(49 * time.Hour)
	w.tap(account("Wayan"), "Setujui")
	w.told("Wayan", "Permintaan ini berakhir Kamis, 14 Januari 2027, pukul 09.00 WIB. Tidak ada yang dikirim; penulisnya dapat meminta lagi.")
	w.tap(account("Sari"), "Tarik permintaan", "Minta persetujuan")
	w.say(account("Wayan"), "/siaran")
	w.tap(account("Wayan"), "Periksa permintaan")
	w.grant("Sari", personnel.RoleHR, true)
	w.tap(account("Wayan"), "Setujui")
	w.told("Wayan", "Penulisnya bukan lagi petugas kepegawaian, jadi pengumuman ini tidak dapat dikirim.")
	if n := w.count(`SELECT count(*) FROM announcement_recipient`); n != 0 {
		t.Errorf("%d recipients", n)
	}
}

// offered is the newest button of a label that somebody sees.
func (w *world) offered(name, label string) (message int, data string) {
	w.t.Helper()
	for _, m := range slices.Backward(w.fake.Messages(account(name))) {
		for _, b := range slices.Concat(m.Inline...) {
			if b.Text == label && b.Data != "" {
				return m.ID, b.Data
			}
		}
	}
	w.t.Fatalf("%s sees no button %q", name, label)
	return 0, ""
}

// Of two who approve at the same time one does, and the other reads who it was; everybody
// gets the announcement once.
func TestTwoApproveAtOnce(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	w := newOffice(t)
	w.grant("Bambang", personnel.RoleHR, false)
	w.askedFor("Apel pagi")
	names := []string{"Wayan", "Bambang"}
	for _, name := range names {
		w.tap(account(name), "Periksa")
	}
	var both sync.WaitGroup
	for _, name := range names {
		both.Go(func() { _, _, _ = w.fake.PressLabel(account(name), "Setujui") })
	}
	both.Wait()
	w.settle()
	approved := 0
	for _, name := range names {
		for _, m := range w.fake.Messages(account(name)) {
			if strings.HasPrefix(m.Text, "Disetujui: \"Apel pagi\" kepada 4 penerima") {
				approved++
			}
		}
	}
	before := w.text(`SELECT string_agg(name, '') FROM employee e JOIN announcement a ON a.approved_by = e.id`)
	second := "Bambang"
	if strings.HasPrefix(before, "Bambang") {
		second = "Wayan"
	}
	late := slices.ContainsFunc(w.fake.Messages(account(second)), func(m faketelegram.Message) bool {
		return strings.HasPrefix(m.Text, "Pengumuman ini sudah disetujui")
	})
	if approved != 1 || !late || w.got("Rina", "Apel pagi") != 1 {
		t.Errorf("%d approvals, the second is told: %t, Rina has %d", approved, late, w.got("Rina", "Apel pagi"))
	}
}

// A card that shows an older state changes nothing: what was returned, changed and asked
// for again is looked at again before it goes.
func TestOldApprovalCardChangesNothing(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	w := newOffice(t)
	w.askedFor("Apel pagi")
	w.tap(account("Wayan"), "Periksa")
	card, data := w.offered("Wayan", "Setujui")
	w.tap(account("Sari"), "Tarik permintaan", "Ganti naskah")
	w.say(account("Sari"), "Apel sore")
	w.tap(account("Sari"), "Minta persetujuan")
	if _, err := w.fake.Press(account("Wayan"), card, data); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if n := w.count(`SELECT count(*) FROM announcement WHERE state = 'asked'`); n != 1 {
		t.Error("a text that the second person has not seen was approved")
	}
	if w.got("Wayan", "Apel sore") != 1 {
		t.Error("the new text is not shown")
	}
	card, data = w.offered("Sari", "Tarik permintaan")
	w.tap(account("Wayan"), "Setujui")
	if _, err := w.fake.Press(account("Sari"), card, data); err == nil {
		w.settle()
	}
	if w.got("Rina", "Apel sore") != 1 || w.got("Rina", "Apel pagi") != 0 {
		t.Errorf("Rina has %d of the new and %d of the old text", w.got("Rina", "Apel sore"), w.got("Rina", "Apel pagi"))
	}
}

// Two who pause and go on at once: each press has one outcome, and both see where it
// stands.
func TestPauseAndContinueAtOnce(t *testing.T) {
	devdbtest.Long(t, "pressed at once, again and again")
	w := newOffice(t)
	w.clock.move(11 * time.Hour) // at night everybody is held
	w.askedFor("Apel pagi")
	w.clock.move(12 * time.Hour) // what is for the office goes in the morning too
	w.tap(account("Wayan"), "Periksa")
	w.clock.move(12 * time.Hour)
	w.tap(account("Wayan"), "Setujui")
	w.tap(account("Wayan"), "Lihat pengiriman")
	w.say(account("Sari"), "/siaran")
	w.tap(account("Sari"), "Sedang berjalan", "1")
	for range 5 {
		var both sync.WaitGroup
		for _, name := range []string{"Sari", "Wayan"} {
			both.Go(func() {
				for _, label := range []string{"Jeda", "Lanjutkan"} {
					if _, _, err := w.fake.PressLabel(account(name), label); err == nil {
						return
					}
				}
			})
		}
		both.Wait()
		w.settle()
	}
	state := w.text(`SELECT state FROM announcement`)
	if state != "paused" && state != "sending" {
		t.Fatalf("the announcement is %s", state)
	}
	if state == "sending" {
		w.tap(account("Wayan"), "Jeda")
	}
	w.clock.move(12 * time.Hour)
	w.settle()
	if n := w.got("Rina", "Apel pagi"); n != 0 {
		t.Fatalf("a paused announcement has gone %d times", n)
	}
	w.say(account("Sari"), "/siaran")
	w.tap(account("Sari"), "Sedang berjalan", "1", "Lanjutkan")
	if n := w.got("Rina", "Apel pagi"); n != 1 {
		t.Errorf("after going on Rina has %d", n)
	}
}

// Somebody who loses the right between writing and sending sends nothing, whichever
// button or text comes.
func TestRightIsLostBeforeSending(t *testing.T) {
	w := newOffice(t)
	sari := account("Sari")
	w.drafted("Sari", "Rapat")
	w.tap(sari, "Sasaran", "Jabatan")
	w.say(sari, "pengelola")
	w.tap(sari, "1", "‹ Selesai memilih", "Kirim")
	w.grant("Sari", personnel.RoleHR, true)
	w.tap(sari, "Ya, kirim")
	w.told("Sari", "Tombol ini sudah tidak berlaku. Keadaan terbaru ada di bawah; tidak ada yang diubah.")
	if n := w.count(`SELECT count(*) FROM announcement_recipient`); n != 0 {
		t.Errorf("%d recipients", n)
	}
	w.grant("Sari", personnel.RoleHR, false)
	w.drafted("Sari", "Rapat lain")
	w.tap(sari, "Ganti naskah")
	w.grant("Sari", personnel.RoleHR, true)
	w.say(sari, "Naskah tanpa hak")
	if n := w.count(`SELECT count(*) FROM announcement WHERE body = 'Naskah tanpa hak'`); n != 0 {
		t.Error("a text of somebody without the right was stored")
	}
}

// A correction is as long as what it takes the place of may be, with the line that says
// that it is one.
func TestCorrectionLongerThanACaption(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	w := newOffice(t)
	sari := account("Sari")
	w.say(sari, "/siaran")
	w.tap(sari, "Tulis baru")
	w.sends(sari, faketelegram.Sent{Media: "photo", HTML: "Denah"})
	w.tap(sari, "Sasaran", "Jabatan")
	w.say(sari, "pengelola")
	w.tap(sari, "1", "‹ Selesai memilih", "Kirim", "Ya, kirim", "Ralat", "Waktu atau tempat")
	w.say(sari, strings.Repeat("a", 1000))
	w.told("Sari", "Naskah ini 1.000 huruf; dengan foto atau berkas paling panjang 9")
	w.say(sari, strings.Repeat("a", 900))
	w.told("Sari", "Apa yang baru, dalam satu kalimat?")
}

// The corrected text is looked at by the one who has approved it: whoever changes what
// two have agreed on does not do so behind the other's back.
func TestCorrectionIsToldToWhoApproved(t *testing.T) {
	devdbtest.Long(t, "an announcement is approved, sent and corrected")
	w := newOffice(t)
	w.askedFor("Apel pagi")
	w.tap(account("Wayan"), "Periksa", "Setujui")
	w.say(account("Sari"), "/siaran")
	w.tap(account("Sari"), "Yang sudah selesai", "1", "Ralat", "Perbaikan kecil")
	w.say(account("Sari"), "Apel siang")
	w.tap(account("Sari"), "Kirim ralat")
	if n := w.got("Wayan", `Ibu Sari Dewi meralat "Apel pagi".`); n != 1 {
		t.Errorf("who has approved is told %d times", n)
	}
	if n := w.got("Rina", "Apel siang"); n != 1 {
		t.Errorf("Rina has the new text %d times", n)
	}
}

// toRina makes Rina alone the audience of the draft that Sari has on show.
func (w *world) toRina() {
	w.t.Helper()
	sari := account("Sari")
	w.tap(sari, "Sasaran", "Jabatan")
	w.say(sari, "pengelola")
	w.tap(sari, "1", "‹ Selesai memilih")
}

// A scheduled announcement goes at its time and not before; after its end nobody gets it
// any more, not even who links an account then.
func TestAnnouncementGoesAtItsTime(t *testing.T) {
	devdbtest.Long(t, "the days until an announcement goes")
	w := newOffice(t)
	sari := account("Sari")
	w.drafted("Sari", "Rapat jabatan")
	w.toRina()
	w.tap(sari, "Jadwalkan")
	w.say(sari, "12 Januari 2027")
	w.say(sari, "10.30")
	w.tap(sari, "Berlaku sampai")
	w.say(sari, "13 Januari 2027")
	w.tap(sari, "Kirim", "Ya, kirim")
	w.clock.move(89 * time.Minute)
	w.runJob("announcements")
	w.settle()
	if n := w.got("Rina", "Rapat jabatan"); n != 0 {
		t.Fatalf("a minute before its time it has gone %d times", n)
	}
	w.clock.move(time.Minute)
	w.settle()
	if n := w.got("Rina", "Rapat jabatan"); n != 1 {
		t.Fatalf("at its time it has gone %d times", n)
	}
	w.exec(`UPDATE chat SET employee_id = NULL WHERE id = $1`, account("Rina"))
	w.clock.move(24 * time.Hour)
	w.drafted("Sari", "Rapat susulan")
	w.toRina()
	w.tap(sari, "Berlaku sampai")
	w.say(sari, "13 Januari 2027")
	w.told("Sari", "belum terhubung 1")
	w.tap(sari, "Kirim", "Ya, kirim")
	w.clock.move(24 * time.Hour)
	w.runJob("announcements")
	w.exec(`UPDATE chat SET employee_id = $2, linked_at = $3 WHERE id = $1`, account("Rina"), w.ids["Rina"], w.clock.Now())
	w.runJob("announcements")
	w.settle()
	if n := w.got("Rina", "Rapat susulan"); n != 0 {
		t.Errorf("after its end it has gone %d times", n)
	}
	if got := w.text(`SELECT r.state FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id WHERE a.body = 'Rapat susulan'`); got != "expired" {
		t.Errorf("the ledger says %s", got)
	}
}

// What is about a near event goes outside the week's budget and in the evening, twice in
// a week; whom it would reach too late is told before it is sent.
func TestNearEvent(t *testing.T) {
	devdbtest.Long(t, "announcements until an event begins")
	w := newOffice(t)
	sari := account("Sari")
	w.clock.move(10*time.Hour + 50*time.Minute) // 19.50
	for i, want := range []int{1, 2, 2} {
		w.drafted("Sari", fmt.Sprintf("Apel nomor %d", i))
		w.toRina()
		w.tap(sari, "Acara dekat")
		w.say(sari, "13 Januari 2027")
		w.say(sari, "07.00")
		if i == 2 {
			w.told("Sari", "1 pegawai baru dapat menerima setelah acaranya. Sampaikan kepada mereka dengan cara lain.")
		} else {
			w.told("Sari", "Menerima sekarang 1.")
		}
		w.tap(sari, "Kirim", "Ya, kirim")
		if n := w.got("Rina", "Apel nomor"); n != want {
			t.Fatalf("after %d announcements Rina has %d", i+1, n)
		}
	}
	w.drafted("Sari", "Apel pekan depan")
	w.tap(sari, "Acara dekat")
	w.say(sari, "18 Januari 2027")
	w.say(sari, "07.00")
	w.told("Sari", "Acara dekat paling lama 2 hari kerja lagi.")
	w.tap(sari, "Batal", "Acara dekat")
	w.say(sari, "14 Januari 2027")
	w.say(sari, "07.00")
	w.told("Sari", "Acara dekat: Kamis, 14 Januari 2027, pukul 07.00 WIB; di luar jatah pekan, pukul 06.00 sampai 21.00.")
	w.clock.move(2 * time.Hour)
	w.say(sari, "/siaran")
	w.tap(sari, "Konsep", "1")
	w.told("Sari", "paling lambat Rabu, 13 Januari 2027, pukul 06.00 WIB")
}

// So many further files have a button each; one more is refused.
func TestFurtherFilesAreBounded(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	w := newOffice(t)
	sari := account("Sari")
	w.drafted("Sari", "Undangan dan lampirannya")
	for i := range 9 {
		w.tap(sari, "Lampiran")
		w.fake.SendDocument(sari, fmt.Sprintf("lampiran-%d.pdf", i+1), []byte("isi"))
		w.settle()
	}
	w.told("Sari", "Lampiran paling banyak 8. Gabungkan beberapa berkas, atau hapus dahulu lewat Tanpa lampiran.")
	if n := w.count(`SELECT count(*) FROM announcement_file`); n != 8 {
		t.Errorf("%d further files", n)
	}
	w.tap(sari, "Batal", "Tanpa lampiran")
	if n := w.count(`SELECT count(*) FROM announcement_file`); n != 0 {
		t.Errorf("%d further files after all were taken away", n)
	}
}

// A question about an announcement never stands in the message that shows its progress,
// whose next edit would take it away; afterwards the progress is where was pressed.
func TestQuestionsStandBesideTheProgress(t *testing.T) {
	devdbtest.Long(t, "an announcement is sent, read and asked about")
	w := newOffice(t)
	sari := account("Sari")
	w.clock.move(11 * time.Hour) // at night Rina is held, so that it goes on
	w.drafted("Sari", "Rapat")
	w.toRina()
	w.tap(sari, "Kirim", "Ya, kirim")
	progress := func() int { return w.count(`SELECT COALESCE(message_id, 0) FROM announcement ORDER BY id LIMIT 1`) }
	for question, back := range map[string]string{"Batalkan": "Tidak jadi", "Tarik": "Tidak jadi", "Ralat": "Batal"} {
		before := progress()
		w.tap(sari, question)
		asked, _ := w.fake.Last(sari)
		if asked.ID == before || progress() != before {
			t.Errorf("%s is asked in message %d, the progress is shown in %d", question, asked.ID, progress())
		}
		if w.tap(sari, back); back == "Tidak jadi" && progress() != asked.ID {
			t.Errorf("after %s the progress is shown in %d, not in %d", question, progress(), asked.ID)
		}
		w.say(sari, "/siaran")
		w.tap(sari, "Sedang berjalan", "1")
	}
	w.tap(sari, "Batalkan", "Ya, hentikan")
	if shown, _ := w.fake.Last(sari); shown.ID != progress() || !strings.HasPrefix(shown.Text, "Dibatalkan: Rapat") {
		t.Errorf("message %d says %s; the progress is in %d", shown.ID, shown.Text, progress())
	}
	w.drafted("Sari", "Rapat nanti")
	w.toRina()
	w.tap(sari, "Jadwalkan")
	w.say(sari, "13 Januari 2027")
	w.say(sari, "10.00")
	w.tap(sari, "Kirim", "Ya, kirim", "Batalkan jadwal")
	if n := w.count(`SELECT count(*) FROM announcement WHERE body = 'Rapat nanti' AND message_id IS NOT NULL`); n != 0 {
		t.Error("the draft's card would be overwritten by the progress of what was cancelled")
	}
}
