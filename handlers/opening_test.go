package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/sheet"
	"bangkom/storage"
)

// Every opening by somebody else is recorded, and the person sees whose it was:
// also a superior's comparison, the questions of a talk, and the personnel office.
func TestEveryOpeningIsRecorded(t *testing.T) {
	w := newChanges(t)
	rina, bambang, sari := account("Rina"), account("Bambang"), account("Sari")
	opened := func(want int) {
		t.Helper()
		if n := w.count(`SELECT count(*) FROM audit WHERE action LIKE 'answers.%' AND employee_id = $1 AND actor <> $1`, w.ids["Rina"]); n != want {
			t.Errorf("%d openings are recorded, want %d", n, want)
		}
	}
	opened(0) // both sides were told that it is open: nobody has opened it
	w.tap(rina, "Buka perbandingan")
	opened(0) // the own answers
	w.say(rina, "/privasi")
	w.tap(rina, "Siapa yang membuka")
	w.shows(rina, "Belum tercatat ada orang lain")
	w.tap(bambang, "Buka perbandingan")
	opened(1)
	w.tap(bambang, "Catat hasil dialog", "3")
	opened(2) // once for the talk, however many questions it has
	w.say(sari, "/kelola")
	w.tap(sari, "Cari pegawai")
	w.say(sari, "rina")
	w.tap(sari, "Hasil penilaian")
	w.say(sari, "Pemeriksaan keberatan tertulis")
	opened(3)
	w.say(rina, "/privasi")
	w.tap(rina, "Siapa yang membuka")
	w.shows(rina, "Bapak Bambang Setiawan, atasan langsung", "petugas kepegawaian, dengan alasan: Pemeriksaan keberatan tertulis")
	if strings.Contains(w.onShow(rina), "Sari") {
		t.Error("who of the personnel office it was is that person's data")
	}
}

// A letter that gives the rating to somebody lets the team know, and opens what
// is rated from then on.
func TestStandInReadsFromThenOn(t *testing.T) {
	w := newChanges(t)
	w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, asked_by)
		VALUES ($1, $2, '2027-01-01', '2027-03-01', '800/1', true, $3, $4)`, w.ids["Bambang"], w.above, w.clock.Now(), w.ids["Sari"])
	sari := account("Sari")
	w.say(sari, "/kelola")
	w.tap(sari, "Plt. dan Plh.")
	w.shows(sari, "Tidak ada Plt. atau Plh.") // she has imported it
	w.forge(sari, dialog.Action{Flow: "m", Step: "pltya", Ref: int64(w.count(`SELECT id FROM delegation`)), Value: "1", Verb: dialog.Resume})
	if n := w.count(`SELECT count(*) FROM delegation WHERE checked_at IS NOT NULL`); n != 0 {
		t.Fatal("who has imported a letter checked it")
	}
	w.clock.move(3600e9)
	w.say(second, "/kelola")
	w.tap(second, "Plt. dan Plh.", "Sesuai surat")
	if !w.got(account("Rina"), "termasuk menilai") || !w.got(account("Rina"), "penilaian mandiri Ibu terbuka baginya setelah ada penilaian yang baru") {
		t.Error("the team was not told, or not what becomes readable")
	}
	w.forge(above, dialog.Action{Flow: "m", Step: "banding", Ref: w.rate, Verb: dialog.Resume})
	w.shows(above, "Tombol ini sudah tidak berlaku")
	w.exec(`UPDATE delegation SET checked_at = $1`, w.clock.Now().Add(-4*3600e9)) // as if it had worked when the rating was sent
	w.forge(above, dialog.Action{Flow: "m", Step: "banding", Ref: w.rate, Verb: dialog.Resume})
	if !w.got(above, "mandiri 4, atasan 2") {
		t.Error("a stand-in does not see what was rated since")
	}
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'answers.compared' AND actor = $1 AND detail = 'stand_in'`, w.above); n != 1 {
		t.Errorf("%d openings by the stand-in are recorded, want 1", n)
	}
}

// An import shows whose superior it changes before anything is stored, stores no
// other changes than those, and makes nobody a superior by the own file alone.
func TestImportOfSuperiors(t *testing.T) {
	devdbtest.Long(t, "three files are taken in")
	w := newChanges(t)
	sari, rina := account("Sari"), w.ids["Rina"]
	nips := map[int64]string{}
	for _, id := range []int64{rina, w.ids["Wayan"], w.ids["Sari"], w.above, w.outsider} {
		var nip string
		if err := w.sql.QueryRow(`SELECT nip FROM employee WHERE id = $1`, id).Scan(&nip); err != nil {
			t.Fatal(err)
		}
		nips[id] = nip
	}
	send := func(pairs ...[2]int64) {
		body := "NIP;NIP ATASAN\n"
		for _, p := range pairs {
			body += nips[p[0]] + ";" + nips[p[1]] + "\n"
		}
		w.fake.SendDocument(sari, "atasan.csv", []byte(body))
		w.settle()
	}
	send([2]int64{rina, w.outsider}, [2]int64{w.ids["Wayan"], w.ids["Sari"]})
	w.shows(sari, "Atasan langsung berganti: 2 pegawai", "Bagi 1 di antaranya", "Lihat 2 atasan")
	w.tap(sari, "Lihat 2 atasan")
	last, _ := w.fake.Last(sari)
	if last.Document == nil {
		t.Fatalf("no list of superiors, but: %s", last.Text)
	}
	if all := cells(t, last.Document.Body); !strings.Contains(all, "Rina Kartika|2002|Dinas Pelayanan Terpadu|Bambang Setiawan|Pegawai Dinas Arsip") ||
		!strings.Contains(all, "menunggu persetujuan petugas kepegawaian lain") || strings.Contains(all, nips[rina]) {
		t.Errorf("the list:\n%s", all)
	}
	if w.superiorOfRina() != w.ids["Bambang"] || w.count(`SELECT count(*) FROM superior_change`) != 0 {
		t.Fatal("a preview has changed something")
	}
	w.tx(func(ctx context.Context, tx *storage.Tx) error { // another than who was shown
		return setSuperior(ctx, tx, rina, w.above, w.second, w.clock.Now())
	})
	w.tap(sari, "Terapkan")
	w.shows(sari, "Isi Bangkom berubah sejak pratinjau", "Belum ada yang berubah")
	if w.superiorOfRina() != w.above {
		t.Fatal("other changes than those of the preview were stored")
	}
	w.tap(sari, "Terapkan")
	w.shows(sari, "Diterapkan", "Atasan langsung berganti: 2 pegawai")
	if w.superiorOfRina() != w.outsider {
		t.Error("what was confirmed was not stored")
	}
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'superior' AND employee_id = $1 AND actor = $2 AND detail = $3`,
		rina, w.ids["Sari"], fmt.Sprintf("old %d, new %d", w.above, w.outsider)); n != 1 {
		t.Errorf("%d audit rows name both superiors, want 1", n)
	}
	if n := w.count(`SELECT count(*) FROM employee WHERE supervisor_id = $1`, w.ids["Sari"]); n != 0 {
		t.Error("the own import made its sender a superior")
	}
	if n := w.count(`SELECT count(*) FROM upload WHERE superiors IS NOT NULL`); n != 0 {
		t.Error("the names of the preview are still kept")
	}
	w.forge(outsider, dialog.Action{Flow: "m", Step: "banding", Ref: w.rate, Verb: dialog.Resume})
	w.shows(outsider, "Tombol ini sudah tidak berlaku") // the same after an import
	w.tap(second, "Pergantian atasan", "Setujui")
	if n := w.count(`SELECT count(*) FROM employee WHERE id = $1 AND supervisor_id = $2`, w.ids["Wayan"], w.ids["Sari"]); n != 1 {
		t.Error("what somebody else has approved was not stored")
	}
}

// cells is what stands in a spreadsheet, a line for each row.
func cells(t *testing.T, body []byte) string {
	t.Helper()
	tables, err := sheet.Open(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for row, err := range tables[0].Rows() {
		if err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, c := range row.Cells {
			line = append(line, c.Text)
		}
		lines = append(lines, strings.Join(line, "|"))
	}
	return strings.Join(lines, "\n")
}
