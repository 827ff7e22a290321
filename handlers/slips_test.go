package handlers_test

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
)

var (
	printedCode = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)
	pdfStream   = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
)

// codesIn reads the codes that are printed in a PDF.
func codesIn(t *testing.T, pdf []byte) (codes []string) {
	t.Helper()
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Fatalf("no PDF: %.20q", pdf)
	}
	for _, m := range pdfStream.FindAllSubmatch(pdf, -1) {
		r, err := zlib.NewReader(bytes.NewReader(m[1]))
		if err != nil {
			continue // a font or a picture
		}
		page, _ := io.ReadAll(r)
		for _, c := range printedCode.FindAllString(strings.ReplaceAll(string(page), "\x00", ""), -1) {
			codes = append(codes, strings.ReplaceAll(c, "-", ""))
		}
	}
	return codes
}

// Slips of a unit are printed in the chat: by its officer for those without an account who
// neither hold a right nor lead somebody, once; what was handed out stays good until it is
// replaced by a press that says so. No code is stored on the way, each press stands in the
// record of the people, and a printed code links.
func TestSlipsInBulk(t *testing.T) {
	devdbtest.Long(t, "files are made and read")
	t.Parallel()
	w := newWorld(t)
	w.grant("Wayan", personnel.RoleOfficer, false)
	w.linkByCode("Wayan", cast()[2].code)
	who := account("Wayan")
	w.exec(`UPDATE link_code SET closed_at = $1 WHERE used_at IS NULL`, w.clock.Now())
	w.say(who, "/unit")
	w.tap(who, "Cetak lembar unit") // one unit alone: at once
	w.shows(who, "2 pegawai belum terhubung, 2 di antaranya belum memegang kode", "Tidak termasuk: 1 pegawai", "[Cetak 2 lembar]")
	w.tap(who, "Cetak 2 lembar")
	first := codesIn(t, w.file(who, "lembar.pdf"))
	if len(first) != 2 {
		t.Fatalf("%d codes are printed: %v, want those of Rina and Sari", len(first), first)
	}
	for _, code := range first {
		if n := w.count(`SELECT count(*) FROM outbox o WHERE o::text LIKE '%' || $1 || '%'`, code); n != 0 {
			t.Error("a code is stored in the outbox")
		}
		if n := w.count(`SELECT count(*) FROM link_code WHERE hash = $1 AND employee_id IN ($2, $3) AND closed_at IS NULL`, hashCode(code), w.ids["Rina"], w.ids["Sari"]); n != 1 {
			t.Errorf("%d open codes are stored for what is printed", n)
		}
	}
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'code' AND actor = $1 AND employee_id IN ($2, $3)`, w.ids["Wayan"], w.ids["Rina"], w.ids["Sari"]); n != 2 {
		t.Errorf("%d rows of the record, want one for each person", n)
	}
	w.clock.move(time.Hour)
	w.say(who, "/unit")
	w.tap(who, "Cetak lembar unit")
	w.shows(who, "0 di antaranya belum memegang kode", "[Cetak ulang 2]")
	w.tap(who, "Cetak ulang 2")
	w.shows(who, "Kode lama 2 pegawai tidak berlaku lagi")
	if n := w.count(`SELECT count(*) FROM link_code WHERE closed_at IS NULL AND used_at IS NULL`); n != 2 {
		t.Fatalf("a question has left %d codes of 2", n)
	}
	w.tap(who, "Ya, cetak ulang")
	second := codesIn(t, w.file(who, "lembar.pdf"))
	if len(second) != 2 || slices.Contains(second, first[0]) || slices.Contains(second, first[1]) {
		t.Fatalf("printed again: %v, after %v", second, first)
	}
	if n := w.count(`SELECT count(*) FROM link_code WHERE closed_at IS NULL AND used_at IS NULL AND hash IN ($1, $2)`, hashCode(second[0]), hashCode(second[1])); n != 2 {
		t.Errorf("%d of the new codes are open", n)
	}
	rina := account("Rina") // codes are printed by name: hers is the first
	w.say(rina, "/start "+second[0])
	w.tap(rina, "Setuju")
	if !w.linked("Rina") {
		t.Error("a printed code does not link")
	}
	w.clock.move(time.Hour)
	w.say(who, "/unit")
	w.tap(who, "Cetak lembar unit")
	w.shows(who, "1 pegawai belum terhubung")
}

// The personnel office prints for everybody, and a right that was taken away prints nothing.
func TestWhoPrintsSlips(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.grant("Sari", personnel.RoleHR, false)
	w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
	sari := account("Sari")
	w.exec(`UPDATE link_code SET closed_at = $1 WHERE used_at IS NULL`, w.clock.Now())
	w.say(sari, "/kelola")
	w.tap(sari, "Cetak lembar unit")
	w.shows(sari, "[Cetak 3 lembar]")
	message, data := w.button(sari, "Cetak 3 lembar")
	w.grant("Sari", personnel.RoleHR, true)
	w.answered(w.fake.ForgePress(sari, message, data))
	w.settle()
	w.shows(sari, "Tombol ini sudah tidak berlaku")
	if n := w.count(`SELECT count(*) FROM link_code WHERE closed_at IS NULL AND used_at IS NULL AND employee_id <> $1`, w.ids["Sari"]); n != 0 {
		t.Errorf("%d codes were made without a right", n)
	}
	w.grant("Sari", personnel.RoleHR, false)
	w.answered(w.fake.ForgePress(sari, message, data))
	w.settle()
	if codes := codesIn(t, w.file(sari, "lembar.pdf")); len(codes) != 3 {
		t.Errorf("the office prints %d slips, want 3", len(codes))
	}
}
