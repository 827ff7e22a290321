package handlers_test

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// demandEvent plays a line of a transcript about what is offered.
func (p *play) demandEvent(what string) bool {
	p.t.Helper()
	if what != "program komunikasi dan kearsipan" {
		return false
	}
	p.offers()
	return true
}

// offers puts two programmes into the catalogue: one that develops Komunikasi, with a batch
// of forty seats and one that was cancelled, and one that develops nothing of the nine.
func (w *world) offers() {
	w.t.Helper()
	w.exec(`INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES
		('KOM-1', 'Komunikasi Efektif', 'Layanan dipahami.', 'menjelaskan dengan runtut', 'Pelatihan teknis', 8, 'nomination'),
		('ARS-1', 'Kearsipan Digital', 'Arsip tertata.', 'menata arsip', 'Bimbingan teknis', 8, 'nomination')`)
	w.exec(`INSERT INTO programme_competency (programme_id, competency_code, level) SELECT id, 'M.03', 2 FROM programme WHERE code = 'KOM-1'`)
	for i, state := range []string{"planned", "cancelled", "planned"} {
		w.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('training') RETURNING id)
			INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
			SELECT o.id, g.id, $1::int, g.title || ', angkatan ' || $1::int, 40, 'free', 'none', $2, CASE WHEN $1::int < 3 THEN $3::timestamptz + interval '90 days' END,
			       CASE WHEN $1::int < 3 THEN $3::timestamptz + interval '90 days 6 hours' END, $3::timestamptz
			FROM o, programme g WHERE g.code = CASE WHEN $1::int < 3 THEN 'KOM-1' ELSE 'ARS-1' END`, i+1, state, w.clock.Now())
	}
}

// book is the newest file of a chat, opened as a spreadsheet.
func (w *world) book(who int64) *excelize.File {
	w.t.Helper()
	var file []byte
	for _, m := range w.fake.Messages(who) {
		if m.Document != nil {
			file = m.Document.Body
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = book.Close() })
	return book
}

// The spreadsheet of the demand says of a unit ranges alone, and the calendar has the
// batches of the year.
func TestDemandFiles(t *testing.T) {
	devdbtest.Long(t, "files are made and read")
	t.Parallel()
	w := newWorld(t)
	sari := account("Sari")
	w.linkStraight(w.ids["Sari"], sari, "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	w.agency(6, 30)
	w.openPeriod("Januari", w.clock.Now().AddDate(0, 0, 14))
	w.answerNeeds()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, _, err := tx.ClosePeriod(ctx, w.clock.Now())
		return err
	})
	w.offers()
	w.exec(`INSERT INTO unit_proposal (year, unit_id, title, people, reason, ruled, by_id, at) SELECT 2027, min(u.id), '=1+1', 7, '+62', true, $1, $2 FROM unit u`, w.ids["Sari"], w.clock.Now())
	w.say(sari, "/laporan")
	w.press(sari, "Kebutuhan dan usulan")
	w.press(sari, "Berkas XLSX")
	book := w.book(sari)
	rows, err := book.GetRows("Per unit")
	if err != nil || len(rows) < 20 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		row = append(row, "", "", "")
		n, _ := strconv.Atoi(row[4])
		from, _ := strconv.Atoi(row[5])
		to, _ := strconv.Atoi(row[6])
		if n < 5 || row[6] != "" && (to-from < 4 || from > n-3 || from > 0 && from%5 != 0) {
			t.Errorf("a unit is told too closely: %q", row)
		}
	}
	for _, cell := range []string{"C2", "F2"} {
		text, err := book.GetCellValue("Usulan", cell)
		formula, _ := book.GetCellFormula("Usulan", cell)
		if kind, _ := book.GetCellType("Usulan", cell); err != nil || text == "" || formula != "" || kind == excelize.CellTypeFormula {
			t.Errorf("%s is %q, a formula %q, %v", cell, text, formula, err)
		}
	}
	if n := w.count(`SELECT count(*) FROM audit WHERE action = 'export.demand' AND actor = $1`, w.ids["Sari"]); n != 1 {
		t.Errorf("the file was taken once and is recorded %d times", n)
	}
	w.press(sari, "Kalender XLSX")
	days, err := w.book(sari).GetRows("2027")
	if err != nil || len(days) != 3 {
		t.Fatalf("%q, %v: want the heading, one batch with a day and one without", days, err)
	}
	if first, last := strings.Join(days[1], ";"), days[2]; !strings.HasPrefix(first, "2027-04;2027-04-11;2027-04-11;Komunikasi Efektif, angkatan 1;Komunikasi Efektif;8;40;direncanakan") ||
		!slices.Contains(last, "belum berjadwal") {
		t.Errorf("%q and %q", first, last)
	}
	// Who has lost the role gets no file.
	w.exec(`UPDATE role_grant SET revoked_at = $1 WHERE role = 'hr'`, w.clock.Now())
	before := len(w.fake.Messages(sari))
	w.press(sari, "Berkas XLSX")
	for _, m := range w.fake.Messages(sari)[before:] {
		if m.Document != nil {
			t.Error("somebody without the role gets the file")
		}
	}
}

// Two officers work on one proposal: whoever saves second is told and changes nothing, and
// what was changed meanwhile is not taken back.
func TestProposalOfTwoOfficers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sari, wayan := account("Sari"), account("Wayan")
	for _, name := range []string{"Sari", "Wayan"} {
		w.linkStraight(w.ids[name], account(name), name)
		w.grant(name, personnel.RoleOfficer, false)
	}
	w.exec(`INSERT INTO unit_proposal (year, unit_id, title, people, reason, ruled, by_id, at)
		SELECT 2027, unit_id, 'Bendahara Pengeluaran', 7, 'Tugas baru', false, id, $2 FROM employee WHERE id = $1`, w.ids["Sari"], w.clock.Now())
	people := func(want int) {
		t.Helper()
		if got := w.count(`SELECT people FROM unit_proposal WHERE withdrawn_at IS NULL`); got != want {
			t.Errorf("it is for %d people, want %d", got, want)
		}
	}
	const outdated = "sudah diubah petugas lain"
	for _, who := range []int64{sari, wayan} {
		w.say(who, "/unit")
		w.tap(who, "Usulan pelatihan", "1", "Ubah usulan", "Jumlah orang")
	}
	w.say(sari, "15")
	w.shows(sari, "Perubahan tersimpan")
	w.say(wayan, "20")
	w.shows(wayan, outdated)
	w.shows(wayan, "15 orang")
	people(15)
	change := func(to string) {
		w.tap(sari, "Ubah usulan", "Jumlah orang")
		w.say(sari, to)
	}
	change("16")
	w.tap(wayan, "Tarik usulan")
	w.shows(wayan, outdated)
	w.tap(wayan, "Tarik usulan")
	change("17")
	w.tap(wayan, "Ya, tarik")
	w.shows(wayan, outdated)
	people(17)
	w.tap(wayan, "Tarik usulan", "Ya, tarik")
	w.shows(wayan, "Ditarik: Bendahara Pengeluaran")
}

// A button with a year of which there are no proposals is one that does not exist any more.
func TestForgedPlanYears(t *testing.T) {
	devdbtest.Long(t, "forged buttons, one after the other")
	t.Parallel()
	w := newWorld(t)
	sari := account("Sari")
	w.linkStraight(w.ids["Sari"], sari, "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	for _, step := range []string{"kebutuhan", "usulpel", "usulsatker", "usuldari", "kebkomp", "kebxlsx", "kalxlsx"} {
		for _, year := range []int64{-1, 1, 2019, 2201, 99_999} {
			a := dialog.Action{Flow: "m", Step: step, Ref: year, Verb: dialog.Resume}
			if step == "usuldari" {
				a.Ref, a.Value = 1, strconv.FormatInt(year, 10)
			}
			w.forge(sari, a)
			w.shows(sari, "tidak berlaku")
			w.say(sari, "/unit")
		}
	}
}
