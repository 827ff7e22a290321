package handlers_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"bangkom/internal/devdb"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/questionnaire/workbook"
	"bangkom/storage"
)

// hrWorld is a world in which Sari is linked and of the personnel office.
func hrWorld(t *testing.T) *world {
	w := newWorld(t)
	w.grant("Sari", personnel.RoleHR, false)
	w.linkByCode("Sari", cast()[3].code)
	return w
}

// lastAnswer is the newest message to Sari.
func (w *world) lastAnswer() string {
	last, _ := w.fake.Last(account("Sari"))
	return last.Text
}

// A file that is no register is answered with what to do, and changes nothing.
func TestUploadsThatAreNoRegister(t *testing.T) {
	t.Parallel()
	w := hrWorld(t)
	before := w.count(`SELECT count(*) FROM employee`)
	for name, tt := range map[string]struct{ body, say string }{
		"PDF":                 {"%PDF-1.7\n%âãÏÓ\n1 0 obj", "bukan XLSX atau CSV"},
		"picture":             {"\x89PNG\r\n\x1a\n\x00\x00", "bukan XLSX atau CSV"},
		"zip of nothing":      {"PK\x05\x06" + strings.Repeat("\x00", 18), "bukan XLSX atau CSV"},
		"broken zip":          {"PK\x03\x04" + strings.Repeat("x", 500), "bukan XLSX atau CSV"},
		"no heading":          {"satu;dua;tiga\n1;2;3\n", "Baris judul tidak ditemukan"},
		"heading without NIP": {"NAMA;JABATAN;UNIT KERJA\nA;B;C\n", "Kolom NIP tidak ditemukan"},
		"too large":           {"NIP;NAMA\n" + strings.Repeat("1;2;3;4;5\n", 3<<20), "terlalu besar"},
	} {
		w.fake.SendDocument(account("Sari"), "data.csv", []byte(tt.body))
		w.settle()
		if got := w.lastAnswer(); !strings.Contains(got, tt.say) {
			t.Errorf("%s: answered %q, want %q", name, got, tt.say)
		}
	}
	if after := w.count(`SELECT count(*) FROM employee`); after != before {
		t.Errorf("%d people, before %d", after, before)
	}
}

const oneNew = "NIP;NAMA;JABATAN;UNIT KERJA\n199503142019031901;Budi;Arsiparis Ahli Pertama;Dinas Arsip\n"

// The right that is lost after Terapkan, before the rows are stored, counts too.
func TestRightLostWhileApplying(t *testing.T) {
	t.Parallel()
	w := hrWorld(t)
	w.fake.SendDocument(account("Sari"), "data.csv", []byte(oneNew))
	w.settle()
	w.stop()
	w.exec(`UPDATE upload SET state = 'applying'`)
	w.grant("Sari", personnel.RoleHR, true)
	w.start()
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "sudah tidak ada pada akun ini") {
		t.Errorf("answered %q", got)
	}
	if n := w.count(`SELECT count(*) FROM employee WHERE nip = '199503142019031901'`); n != 0 {
		t.Error("the row was stored")
	}
}

// A restart between the steps loses nothing and stores nothing twice.
func TestUploadSurvivesARestart(t *testing.T) {
	devdbtest.Long(t, "odd events of an import")
	t.Parallel()
	w := hrWorld(t)
	w.fake.SendDocument(account("Sari"), "data.csv", []byte(oneNew))
	w.settle()
	w.stop()
	w.exec(`UPDATE upload SET state = 'received'`)
	w.start()
	w.settle()
	w.pressNewest(account("Sari"), "Terapkan")
	w.settle()
	w.stop()
	w.exec(`UPDATE upload SET state = 'applying'`) // as if the process had been killed right before
	w.start()
	w.settle()
	if n := w.count(`SELECT count(*) FROM employee WHERE nip = '199503142019031901'`); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	all := strings.Join(w.newBotTexts(account("Sari"), 0), "\n")
	if n := strings.Count(all, "Diterapkan pukul"); n != 1 {
		t.Errorf("the end was told %d times:\n%s", n, all)
	}
}

// A file whose reading ends the process is read twice, then set aside: it would
// end the process again at every start.
func TestUploadThatEndsTheProcess(t *testing.T) {
	devdbtest.Long(t, "odd events of an import")
	t.Parallel()
	w := hrWorld(t)
	w.fake.SendDocument(account("Sari"), "data.csv", []byte(oneNew))
	w.settle()
	w.stop()
	w.exec(`UPDATE upload SET state = 'received', begun = 1, taken_until = NULL`) // the first process has died
	w.start()
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "Diterima 1") {
		t.Errorf("after one death: answered %q", got)
	}
	w.stop()
	w.exec(`UPDATE upload SET state = 'received', begun = 2, taken_until = NULL`)
	w.exec(`DELETE FROM outbox WHERE key LIKE 'upload:%'`) // the preview was never told
	w.start()
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "dua kali tidak selesai dibaca") {
		t.Errorf("after two: answered %q", got)
	}
	if n := w.count(`SELECT count(*) FROM upload WHERE state = 'failed' AND begun = 0`); n != 1 {
		t.Errorf("%d uploads set aside, want 1", n)
	}
}

// The refused rows of a file that ends the process while it is read are not drawn
// again at every start: that is counted before, as it is for the worker.
func TestRefusedRowsThatEndTheProcess(t *testing.T) {
	devdbtest.Long(t, "odd events of an import")
	t.Parallel()
	w := hrWorld(t)
	w.fake.SendDocument(account("Sari"), "data.csv", []byte(oneNew+"123;Salah;X;Y\n"))
	w.settle()
	files := func() (n int) {
		w.press(account("Sari"), "Lihat 1 ditolak")
		w.settle()
		for _, m := range w.fake.Messages(account("Sari")) {
			if m.FromBot && m.Document != nil {
				n++
			}
		}
		return n
	}
	if n, begun := files(), w.count(`SELECT max(begun) FROM upload`); n != 1 || begun != 0 {
		t.Errorf("%d files, %d readings left open; want 1 and 0", n, begun)
	}
	w.exec(`UPDATE upload SET begun = 2`) // two processes have died over it
	if n := files(); n != 1 {
		t.Errorf("%d files, want no second one", n)
	}
}

// A file that was being fetched when the program was stopped in order is read at the
// next start, however often that happens.
func TestOrderlyRestartsDoNotBlameTheFile(t *testing.T) {
	devdbtest.Long(t, "odd events of an import")
	t.Parallel()
	w := hrWorld(t)
	w.fake.SetFaults(faketelegram.Faults{Slow: 1, SlowFor: 20 * time.Second, Methods: []string{"getFile"}})
	w.fake.SendDocument(account("Sari"), "data.csv", []byte(oneNew))
	for i := range 3 {
		w.await(`SELECT count(*) FROM upload WHERE begun = 1 AND taken_until IS NOT NULL`, 1)
		w.stop()
		if n := w.count(`SELECT count(*) FROM upload WHERE begun = 0 AND taken_until IS NULL`); n != 1 {
			t.Errorf("stop %d: the file is not given back", i+1)
		}
		if i == 2 {
			w.fake.SetFaults(faketelegram.Faults{})
		}
		w.clock.move(3 * time.Minute)
		w.start()
	}
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "Diterima 1") {
		t.Errorf("answered %q", got)
	}
}

// While the database is away a file cannot be given back; that is made up for at the
// next look, so that two outages do not set it aside.
func TestOutagesDoNotBlameTheFile(t *testing.T) {
	devdbtest.Long(t, "odd events of an import")
	t.Parallel()
	w := hrWorld(t)
	owner := func(statement string) {
		t.Helper()
		if err := devdb.Exec(t.Context(), w.owner, statement); err != nil {
			t.Fatal(err)
		}
	}
	owner(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''away''; END'`)
	w.fake.SetFaults(faketelegram.Faults{Slow: 1, SlowFor: 3 * time.Second, Methods: []string{"getFile"}})
	w.fake.SendDocument(account("Sari"), "data.csv", []byte(oneNew))
	for _, tried := range []string{"IS NULL", "IS NOT NULL"} {
		w.await(`SELECT count(*) FROM upload WHERE begun = 1 AND taken_until IS NOT NULL AND tried_at `+tried, 1)
		owner(`CREATE TRIGGER refuse BEFORE UPDATE ON upload FOR EACH ROW EXECUTE FUNCTION refuse()`)
		late := strings.Count(w.log.String(), "work was left for later")
		for n := 0; strings.Count(w.log.String(), "work was left for later") == late && n < 1000; n++ {
			time.Sleep(20 * time.Millisecond)
		}
		owner(`DROP TRIGGER refuse ON upload`)
		w.clock.move(3 * time.Minute)
	}
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "Diterima 1") {
		t.Errorf("answered %q", got)
	}
}

// The copy holds the person's own data, in full and without anything of anybody
// else.
func TestCopyHoldsOnlyTheOwnData(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.linkByCode("Rina", cast()[1].code)
	w.say(account("Rina"), "/privasi")
	w.press(account("Rina"), "Salinan data")
	files := 0
	for _, m := range w.fake.Messages(account("Rina")) { // in any order: a file that takes long to make comes later
		if m.Document == nil {
			continue
		}
		files++
		if body := m.Document.Body; !bytes.Contains(body, []byte("Rina Kartika")) || !bytes.Contains(body, []byte(cast()[1].nip)) || bytes.Contains(body, []byte("Sari")) {
			t.Errorf("the copy is %s", body)
		}
	}
	if files != 2 {
		t.Errorf("the copy has %d files, want the readable one and the one for computers", files)
	}
}

// A spreadsheet that Telegram gives slowly holds up no menu: whoever gets a role
// meanwhile sees its commands before the preview is there.
func TestSlowDownloadHoldsUpNoMenu(t *testing.T) {
	devdbtest.Long(t, "odd events of an import")
	t.Parallel()
	w := hrWorld(t)
	w.linkByCode("Bambang", cast()[0].code)
	w.settle()
	w.fake.SetFaults(faketelegram.Faults{Slow: 1, SlowFor: 8 * time.Second, Methods: []string{"getFile"}})
	before := w.fake.CallCount()
	w.fake.SendDocument(account("Sari"), "data.csv", []byte(oneNew))
	called := func(method, scope string) bool {
		return slices.ContainsFunc(w.fake.CallsSince(before), func(c faketelegram.Call) bool {
			return c.Method == method && strings.Contains(c.Params["scope"], scope)
		})
	}
	w.until(func() bool { return called("getFile", "") })
	w.grant("Bambang", personnel.RoleHR, false)
	w.until(func() bool { return called("setMyCommands", strconv.FormatInt(account("Bambang"), 10)) })
	if got := w.lastAnswer(); !strings.Contains(got, "sedang dibaca") {
		t.Errorf("the menu came after the file was read: %q", got)
	}
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "Pratinjau") {
		t.Errorf("in the end %q, want the preview", got)
	}
}

// until waits for something that Telegram can see.
func (w *world) until(ok func() bool) {
	w.t.Helper()
	if err := w.comes(ok); err != nil {
		w.t.Fatalf("%v; log:\n%s", err, w.log)
	}
}

// comes is until beside the goroutine of the test.
func (w *world) comes(ok func() bool) error {
	for limit := time.After(patience); ; {
		changed := w.fake.Changed()
		if ok() {
			return nil
		}
		select {
		case <-changed:
		case <-limit:
			return errors.New("waited in vain")
		}
	}
}

// Rows that a filter hides are read too, and the preview says so.
func TestHiddenRowsAreTold(t *testing.T) {
	t.Parallel()
	w := hrWorld(t)
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range [][]any{{"NIP", "NAMA", "JABATAN", "UNIT KERJA"}, {"199503142019031901", "Budi", "Arsiparis", "Dinas Arsip"}, {"199503142019031902", "Ani", "Arsiparis", "Dinas Arsip"}} {
		if err := f.SetSheetRow("Sheet1", "A"+strconv.Itoa(i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetRowVisible("Sheet1", 3, false); err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	if err := f.Write(&body); err != nil {
		t.Fatal(err)
	}
	w.fake.SendDocument(account("Sari"), "data.xlsx", body.Bytes())
	w.settle()
	w.shows(account("Sari"), "2 baru")
	w.shows(account("Sari"), "1 baris yang tidak tampil di lembarnya")
}

// The preview of trainings counts batches and programmes, and nothing of the register.
func TestTrainingsAreCounted(t *testing.T) {
	t.Parallel()
	w := hrWorld(t)
	row := func(batch string) string {
		return "ARSIP-1,Arsip digital,menata arsip digital,Bimbingan teknis,8,urutan," + batch + ",15,01-03-2027,01-03-2027,08.30,15.30,Aula BKD,01-02-2027,15-02-2027,20-02-2027,Subbidang Pengembangan\n"
	}
	w.fake.SendDocument(account("Sari"), "pelatihan.csv", []byte("KODE PROGRAM,JUDUL PROGRAM,KEMAMPUAN,BENTUK,JP,CARA PENGISIAN,ANGKATAN,JUMLAH TEMPAT,TANGGAL MULAI,TANGGAL SELESAI,JAM MULAI,JAM SELESAI,LOKASI,"+
		"PENDAFTARAN DIBUKA,PENDAFTARAN SAMPAI,IZIN ATASAN SAMPAI,NARAHUBUNG\n"+row("1")+row("2")))
	w.settle()
	w.shows(account("Sari"), "2 baru", "Isinya 2 angkatan dari 1 pelatihan.")
	if got := w.onShow(account("Sari")); strings.Contains(got, "nomor HP") {
		t.Errorf("the preview of trainings counts employees:\n%s", got)
	}
}

// A file is applied with what its preview has shown, or not at all: when a colleague has
// changed the same list meanwhile, a new preview says so and what is in the way.
func TestImportIsAppliedAsShown(t *testing.T) {
	t.Parallel()
	w := hrWorld(t)
	sari := account("Sari")
	apply := func(version int, title string) questionnaire.Definition {
		d := asksAll(version)
		d.Items[0].Title = title
		w.tx(func(ctx context.Context, tx *storage.Tx) error { return tx.ImportQuestionnaire(ctx, d, w.clock.Now()) })
		return d
	}
	mine := apply(1, "Jam")
	mine.Items[0].Title = "Jam menurut Sari"
	var file bytes.Buffer
	if err := workbook.Write(&file, mine, workbook.Plain); err != nil {
		t.Fatal(err)
	}
	w.fake.SendDocument(sari, "kuesioner.xlsx", file.Bytes())
	w.settle()
	w.shows(sari, "Terapkan")
	apply(2, "Jam menurut rekan")
	w.tap(sari, "Terapkan")
	w.shows(sari, "Isi Bangkom berubah sejak pratinjau", "Berkas ini dibuat dari versi lama")
	if n := w.count(`SELECT count(*) FROM questionnaire WHERE code = $1`, mine.Code); n != 2 {
		t.Errorf("%d versions: what was not shown is applied", n)
	}
}

// Who pays for a batch is written in a file with the name that the configuration gives the
// personnel office; another one is refused, and the sentence says the right one.
func TestOfficeIsCalledAsConfigured(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.called = "BKPSDM" })
	w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	row := func(batch, paid, trip string) string {
		return "ARSIP-1,Arsip digital,menata arsip digital,Bimbingan teknis,8,urutan," + batch + ",15,01-03-2027,01-03-2027,08.30,15.30,Aula Utama,01-02-2027,15-02-2027,20-02-2027,Subbidang Pengembangan," + paid + "," + trip + "\n"
	}
	w.fake.SendDocument(account("Sari"), "pelatihan.csv", []byte("KODE PROGRAM,JUDUL PROGRAM,KEMAMPUAN,BENTUK,JP,CARA PENGISIAN,ANGKATAN,JUMLAH TEMPAT,TANGGAL MULAI,TANGGAL SELESAI,JAM MULAI,JAM SELESAI,LOKASI,"+
		"PENDAFTARAN DIBUKA,PENDAFTARAN SAMPAI,IZIN ATASAN SAMPAI,NARAHUBUNG,PEMBIAYAAN,PERJALANAN\n"+row("1", "DPA BKPSDM", "BKPSDM")+row("2", "DPA BKPSDM", "Ditanggung BKPSDM")+row("3", "DPA BKD", "")))
	w.settle()
	w.shows(account("Sari"), "2 baru", "1 ditolak")
	w.press(account("Sari"), "Terapkan")
	if n := w.count(`SELECT count(*) FROM batch WHERE funding = 'dpa_office' AND journey = 'office'`); n != 2 {
		t.Errorf("the office pays for %d batches, want 2", n)
	}
	book, err := excelize.OpenReader(bytes.NewReader(w.file(account("Sari"), "ditolak.xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil || !strings.Contains(fmt.Sprint(rows), "Pembiayaan ditulis DPA BKPSDM") {
		t.Errorf("the refused rows are %q, %v", rows, err)
	}
}
