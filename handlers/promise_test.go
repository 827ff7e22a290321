package handlers_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strings"
	"testing"

	"bangkom/internal/personnel"
)

// A text that promises no new use asks nobody again: who has accepted an earlier
// notice goes on, is shown the present one on request, and is told so.
func TestNobodyIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := officerWorld(t)
	rina := account("Rina")
	w.exec(`INSERT INTO consent (employee_id, chat_id, notice_version, accepted_at) VALUES ($1, $2, '2026-12', $3)`, w.ids["Rina"], rina, w.clock.Now())
	before := w.count(`SELECT count(*) FROM consent`)
	for _, command := range []string{"/start", "/menu", "/tugas", "/asesmen", "/privasi"} {
		w.say(rina, command)
		if got := w.onShow(rina); strings.Contains(got, "Setuju") {
			t.Errorf("%s asks again:\n%s", command, got)
		}
	}
	w.tap(rina, "Pemberitahuan")
	if got := w.onShow(rina); !strings.Contains(got, "tidak perlu disetujui lagi") || !strings.Contains(got, "pelatihan; segera juga JP") {
		t.Errorf("the notice is shown as\n%s", got)
	}
	if n := w.count(`SELECT count(*) FROM consent`); n != before {
		t.Errorf("%d consents, want %d", n, before)
	}
}

// Pausing as often as one likes uses up no reminder and says no word of the
// superior; putting reminders off does.
func TestPausesAreNotCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 20))
	me := account("Rina")
	w.linkStraight(w.ids["Rina"], me, "Rina")
	for range 4 {
		w.say(me, "/asesmen")
		w.tap(me, "Nanti")
		if got := w.onShow(me); strings.Contains(got, "atasan") {
			t.Fatalf("a pause names the superior:\n%s", got)
		}
		w.tap(me, "Besok pagi")
		w.clock.move(5 * 60 * 1e9)
	}
	if n := w.count(`SELECT count(*) FROM snooze WHERE counted`); n != 0 {
		t.Errorf("%d pauses are counted", n)
	}
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'snoozed' AND action = 'hold'`); n != 1 {
		t.Errorf("%d messages are planned, want the last one", n)
	}
}

// inflated is what the streams of a PDF hold.
func inflated(pdf []byte) string {
	var all strings.Builder
	for _, m := range regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`).FindAllSubmatch(pdf, -1) {
		if r, err := zlib.NewReader(bytes.NewReader(m[1])); err == nil {
			body, _ := io.ReadAll(r)
			all.Write(body)
		}
	}
	return all.String()
}

// Two sheets in one office are told apart by the name that is printed on them: the
// same questionnaire for two people gives two files.
func TestSheetBearsTheName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	w.grant("Wayan", personnel.RoleOfficer, false)
	w.linkByCode("Wayan", cast()[2].code)
	who := account("Wayan")
	sheets := map[string]string{}
	for _, name := range []string{"rina", "bambang"} {
		w.say(who, "/unit")
		w.press(who, "Cari pegawai")
		w.say(who, name)
		w.press(who, "Cetak isian")
		last, _ := w.fake.Last(who)
		if last.Document == nil {
			t.Fatalf("no sheet for %s", name)
		}
		sheets[name] = inflated(last.Document.Body)
	}
	if sheets["rina"] == "" || sheets["rina"] == sheets["bambang"] {
		t.Error("the sheets of two people are the same")
	}
}
