package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
	"bangkom/internal/report/pdftext"
	"bangkom/storage"
)

// signedLine is a competency on the screen of a head.
var signedLine = regexp.MustCompile(`(?m)^(\d+)\. ([^:\n]+): rata-rata kurang ([\d,]+) tingkat; (.+) pegawai di bawah standar \((\d+) pegawai dihitung\)`)

// What the head of a unit reads and approves, the recap that is printed, and the spreadsheet of
// the personnel office say the same, also after somebody has moved; the recap names who has
// approved, with rank and NIP.
func TestSignedRowsAreTheSame(t *testing.T) {
	devdbtest.Long(t, "an agency of fifty fills in and a unit of it signs")
	t.Parallel()
	w := newWorld(t)
	sari, bambang := account("Sari"), account("Bambang")
	w.linkStraight(w.ids["Sari"], sari, "Sari")
	w.linkStraight(w.ids["Bambang"], bambang, "Bambang")
	w.grant("Sari", personnel.RoleHR, false)
	w.agency(2, 24)
	w.leads("Bambang", "Bagian a")
	w.exec(`UPDATE employee SET grade = 'Pembina (IV/a)', position_title = 'Kepala Bagian' WHERE id = $1`, w.ids["Bambang"])
	w.openPeriod("Januari", w.clock.Now().AddDate(0, 0, 14))
	w.answerNeeds()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, _, err := tx.ClosePeriod(ctx, w.clock.Now())
		return err
	})
	w.say(sari, "/laporan")
	for _, label := range []string{"Kebutuhan dan usulan", "Pengesahan kebutuhan", "Mulai pengesahan", strconv.Itoa(w.clock.Now().Year())} {
		w.press(sari, label)
	}
	w.say(sari, w.clock.Now().AddDate(0, 2, 0).Format("02-01-2006"))
	w.press(sari, "1")
	w.press(sari, "Teruskan ke kepala")
	w.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE name = 'Bagian b') WHERE name = 'Zainal 1-9'`)
	w.say(bambang, "/tugas")
	for _, label := range []string{"Pengesahan kebutuhan", "Ubah prioritas", "3", "Paling atas"} {
		w.press(bambang, label)
	}
	w.say(bambang, "Layanan baru dibuka.")
	w.press(bambang, "Setujui")
	rows := signedLine.FindAllStringSubmatch(w.lastSaying(bambang, "Urutan prioritas"), -1)
	if len(rows) < 5 {
		t.Fatalf("%d competencies are on the screen: nothing is proved", len(rows))
	}
	w.press(bambang, "Rekap PDF")
	printed := strings.ReplaceAll(strings.Join(pdftext.Text(w.lastFile(bambang)), "\n"), "\n", " ")
	w.say(sari, "/laporan")
	w.press(sari, "Berkas XLSX")
	book, err := excelize.OpenReader(bytes.NewReader(w.lastFile(sari)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheet, err := book.GetRows("Kebutuhan")
	if err != nil {
		t.Fatal(err)
	}
	at := func(row []string, name string) string { return row[slices.Index(sheet[0], name)] }
	for _, r := range rows {
		k, name, lack, share, n := r[1], r[2], r[3], r[4], r[5]
		if line := strings.Join([]string{k, name, lack, share, n}, " "); !strings.Contains(printed, line) {
			t.Errorf("the recap has no %q: %s", line, printed)
		}
		i := slices.IndexFunc(sheet, func(row []string) bool { return at(row, "unit_kerja") == "Bagian a" && slices.Contains(row, name) })
		if i < 0 {
			t.Errorf("the spreadsheet has no %s", name)
			continue
		}
		if got, want := fmt.Sprint(at(sheet[i], "kekurangan"), " ", at(sheet[i], "bagian_pegawai"), " ", at(sheet[i], "n")), fmt.Sprint(lack, " ", share, " ", n); got != want {
			t.Errorf("%s is %q in the spreadsheet and %q on the screen", name, got, want)
		}
	}
	var nip string
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		e, err := tx.Employee(ctx, w.ids["Bambang"])
		nip = e.NIP.Printed()
		return err
	})
	for _, line := range []string{"Layanan baru dibuka.", "Kepala Bagian, Bambang Setiawan", "Pembina (IV/a) NIP " + nip} {
		if !strings.Contains(printed, line) {
			t.Errorf("the recap does not say %q: %s", line, printed)
		}
	}
}

// lastSaying is the newest message in a chat that holds these words.
func (w *world) lastSaying(chat int64, words string) (text string) {
	for _, m := range w.fake.Messages(chat) {
		if strings.Contains(m.Text, words) {
			text = m.Text
		}
	}
	return text
}

// lastFile is the newest file in a chat.
func (w *world) lastFile(chat int64) (body []byte) {
	for _, m := range w.fake.Messages(chat) {
		if m.Document != nil {
			body = m.Document.Body
		}
	}
	return body
}
