package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bangkom/internal/announcement"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
	"bangkom/internal/mailing"
	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
	"bangkom/storage"
)

// announce lets somebody announce something to everybody, without the conversation in
// which it is written; change may change the draft.
func (w *world) announce(author, body string, change func(*announcement.Announcement)) (id int64) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) (err error) {
		draft := announcement.Announcement{Author: w.ids[author], Body: body, Expires: w.clock.Now().AddDate(0, 0, 14)}
		if change != nil {
			change(&draft)
		}
		if id, err = tx.AddAnnouncement(ctx, draft, w.clock.Now()); err != nil {
			return err
		}
		_, err = tx.ApproveAnnouncement(ctx, id, 0, 1, w.clock.Now())
		return err
	})
	return id
}

// newestAnnouncement is the message of the announcement that came last to an account.
func (w *world) newestAnnouncement(who int64) int {
	w.t.Helper()
	return w.count(`SELECT message_id FROM announcement_recipient WHERE chat_id = $1 AND message_id IS NOT NULL ORDER BY announcement_id DESC LIMIT 1`, who)
}

// correctNewest corrects the newest announcement.
func (w *world) correctNewest(by string, kind announcement.Correction, body string) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		id := int64(w.count(`SELECT max(id) FROM announcement`))
		a, err := tx.Announcement(ctx, id)
		if err != nil {
			return err
		}
		_, err = tx.CorrectAnnouncement(ctx, announcement.Announcement{ID: id, Version: a.Version, Body: body, Correction: kind, Fact: body}, w.ids[by], w.clock.Now())
		return err
	})
}

// everybody lets people have accounts, at an hour of work.
func everybody(t *testing.T, names ...string) *world {
	t.Helper()
	w := newWorld(t)
	for _, name := range names {
		w.linkStraight(w.ids[name], account(name), name)
		w.say(account(name), "/menu")
	}
	w.clockAt("2027-01-12 09:00")
	return w
}

// A press on a message that has not been corrected yet counts for the old text: it is
// told so, the newest text comes, and asks again.
func TestOldVersionIsReadAsSuch(t *testing.T) {
	devdbtest.Long(t, "an announcement in two versions")
	t.Parallel()
	w := everybody(t, "Rina")
	rina := account("Rina")
	w.announce("Sari", "Rapat di Aula A", func(a *announcement.Announcement) { a.Ack = true })
	w.settle()
	message, old := w.button(rina, "Sudah saya baca")
	w.correctNewest("Sari", announcement.Small, "Rapat di Aula B")
	w.settle()
	if toast := w.answered(w.fake.ForgePress(rina, message, old)).Text; !strings.Contains(toast, "naskah lama") {
		t.Errorf("the toast says %q", toast)
	}
	w.settle()
	w.shows(rina, "Rapat di Aula B", "[Sudah saya baca]")
	if n := w.count(`SELECT read_version FROM announcement_recipient WHERE employee_id = $1`, w.ids["Rina"]); n != 1 {
		t.Errorf("version %d is read, want the one that was on show", n)
	}
	if toast := w.press(rina, "Sudah saya baca").Text; toast != "Tercatat: sudah dibaca." {
		t.Errorf("the toast of the newest text says %q", toast)
	}
	if n := w.count(`SELECT read_version FROM announcement_recipient WHERE employee_id = $1`, w.ids["Rina"]); n != 2 {
		t.Errorf("version %d is read", n)
	}
}

// What no officer and no recipient may do is not done by a button that somebody makes up,
// nor by one that was lawful when it was made: nothing changes and nothing is shown.
func TestAnnouncementsOfOthersAreClosed(t *testing.T) {
	t.Parallel()
	w := everybody(t, "Rina", "Wayan")
	w.grant("Wayan", personnel.RoleOfficer, false)
	id := w.announce("Sari", "Hanya untuk Bambang", func(a *announcement.Announcement) {
		a.Ack, a.Audience.People = true, []int64{w.ids["Bambang"]}
		a.Files = []announcement.File{{Media: "document", FileID: w.fake.KeepFile("rahasia.pdf", []byte("x")), Name: "rahasia.pdf"}}
	})
	w.settle()
	rina, wayan := account("Rina"), account("Wayan")
	one := func(person string) string { return "ya." + strconv.FormatInt(w.ids[person], 36) + ".0" }
	steps := map[string][]string{mailing.ReadStep: {"1", "1.a"}, mailing.FileStep: {"1", "2"}, mailing.AskStep: {""}, "pgm": {""}, "pgmjawab": {""},
		"pgmorang": {"0"}, "pgmsampai": {one("Bambang"), one("Rina"), "ya.x.0", "ya"}, "pgmsisa": {"1.ya", "1"}, "pgmnaskah": {""}, mailing.RecipientStep: {""}}
	state := func() string {
		return w.text(`SELECT concat_ws('|', (SELECT string_agg(concat(read_at, told_at, told_by, state), ',') FROM announcement_recipient),
			(SELECT count(*) FROM announcement_question), (SELECT count(*) FROM audit), (SELECT count(*) FROM draft))`)
	}
	press := func(who int64, step, value string) {
		before := len(w.fake.Messages(who))
		was := state()
		w.forge(who, dialog.Action{Flow: "m", Step: step, Ref: id, Verb: dialog.Resume, Value: value})
		if got := state(); got != was {
			t.Errorf("%s %q has changed something", step, value)
		}
		for _, m := range w.fake.Messages(who)[before:] {
			if strings.Contains(m.Text, "Bambang") || m.Document != nil {
				t.Errorf("%s %q shows %q", step, value, m.Text)
			}
		}
	}
	for step, values := range steps {
		for _, value := range values {
			press(rina, step, value)
		}
	}
	w.forge(rina, dialog.Action{Flow: "tanyaum", Ref: id, Verb: dialog.Resume})
	w.say(rina, "Apa isinya?")
	w.say(rina, "/pengumuman bambang")
	w.shows(rina, "Tidak ada pengumuman")
	if n := w.count(`SELECT count(*) FROM announcement_question`); n != 0 {
		t.Error("a question was stored about what was not for her")
	}
	// The officer is one of another unit by now, and then none.
	w.exec(`INSERT INTO unit (code, name) VALUES ('LAIN', 'Unit Lain')`)
	w.exec(`UPDATE role_grant SET unit_id = (SELECT id FROM unit WHERE code = 'LAIN') WHERE employee_id = $1`, w.ids["Wayan"])
	for _, step := range []string{"pgmorang", "pgmsampai", "pgmsisa", "pgmnaskah"} {
		for _, value := range steps[step] {
			press(wayan, step, value)
		}
	}
	w.exec(`UPDATE role_grant SET revoked_at = now()`)
	press(wayan, "pgmsampai", one("Bambang"))
}

// spreadsheet is the newest file of the ledger that somebody got, by sheet.
func (w *world) spreadsheet(who int64) map[string][][]string {
	w.t.Helper()
	out := map[string][][]string{}
	for _, m := range slices.Backward(w.fake.Messages(who)) {
		if m.Document == nil || m.Document.Name != "laporan-pengiriman.xlsx" {
			continue
		}
		tables, err := sheet.Open(bytes.NewReader(m.Document.Body), int64(len(m.Document.Body)))
		if err != nil {
			w.t.Fatal(err)
		}
		for i, table := range tables {
			for row := range table.Rows() {
				var cells []string
				for _, c := range row.Cells {
					cells = append(cells, c.Text)
				}
				out[strconv.Itoa(i)] = append(out[strconv.Itoa(i)], cells)
			}
		}
		return out
	}
	w.t.Fatal("there is no ledger")
	return nil
}

// The spreadsheet of the ledger opens, has a row for each person in words, and its sums
// are those of plain SQL; who has lost the role meanwhile gets none.
func TestLedgerAsSpreadsheet(t *testing.T) {
	devdbtest.Long(t, "a sent announcement and its file")
	t.Parallel()
	w := everybody(t, "Rina", "Wayan", "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	sari := account("Sari")
	id := w.announce("Sari", "=1+1 Rapat", func(a *announcement.Announcement) { a.Ack = true })
	w.settle()
	w.press(account("Rina"), "Sudah saya baca")
	w.exec(`UPDATE announcement_recipient SET told_at = $2, told_by = $3 WHERE employee_id = $1`, w.ids["Bambang"], w.clock.Now(), w.ids["Wayan"])
	w.exec(`UPDATE announcement_recipient SET patch_state = 'refused' WHERE employee_id = $1`, w.ids["Rina"])
	w.forge(sari, dialog.Action{Flow: "m", Step: mailing.RecipientStep, Ref: id, Verb: dialog.Resume})
	rows, sums := w.spreadsheet(sari)["0"], w.spreadsheet(sari)["1"]
	want := [][]string{{"Nama", "Unit kerja", "Keadaan", "Waktu terkirim", "Sudah membaca", "Disampaikan langsung", "Disampaikan oleh", "Naskah pada pesan"},
		{"Bambang Setiawan, S.Sos.", "Dinas Pelayanan Terpadu", "belum terhubung", "", "", "2027-01-12 09:00", "Wayan <Putra> & O'Neil"},
		{"Rina Kartika", "Dinas Pelayanan Terpadu", "terkirim", "2027-01-12 09:00", "2027-01-12 09:00", "", "", "tidak dapat diubah"},
		{"Sari Dewi", "Dinas Pelayanan Terpadu", "terkirim", "2027-01-12 09:00", "", "", "", "terbaru"},
		{"Wayan <Putra> & O'Neil", "Dinas Pelayanan Terpadu", "terkirim", "2027-01-12 09:00", "", "", "", "terbaru"}}
	if got := fmt.Sprintf("%q", trimmed(rows)); got != fmt.Sprintf("%q", want) {
		t.Errorf("the rows are\n%s\nwant\n%q", got, want)
	}
	n := func(query string) string { return strconv.Itoa(w.count(query)) }
	wantSums := [][]string{{"Keadaan", "Pegawai"}, {"terkirim", n(`SELECT count(*) FROM announcement_recipient WHERE state = 'sent'`)},
		{"belum terhubung", n(`SELECT count(*) FROM announcement_recipient WHERE state = 'unlinked'`)}, {"Sasaran", n(`SELECT count(*) FROM announcement_recipient`)},
		{"Sudah membaca naskah terbaru", n(`SELECT count(*) FROM announcement_recipient WHERE read_at IS NOT NULL`)}, {"Membaca naskah lama", "0"},
		{"Disampaikan langsung", n(`SELECT count(*) FROM announcement_recipient WHERE told_at IS NOT NULL`)}}
	if got := fmt.Sprintf("%q", sums); got != fmt.Sprintf("%q", wantSums) {
		t.Errorf("the sums are\n%s\nwant\n%q", got, wantSums)
	}
	files := func() (n int) {
		for _, m := range w.fake.Messages(sari) {
			if m.Document != nil {
				n++
			}
		}
		return n
	}
	before := files()
	w.grant("Sari", personnel.RoleHR, true)
	w.forge(sari, dialog.Action{Flow: "m", Step: mailing.RecipientStep, Ref: id, Verb: dialog.Resume})
	if files() != before {
		t.Error("who is not of the office any more gets the ledger")
	}
}

// trimmed leaves out empty cells at the end of rows.
func trimmed(rows [][]string) [][]string {
	for i, row := range rows {
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		rows[i] = row
	}
	return rows
}

// The weekly summary comes for what is not read, also when nothing else is open, and says
// how many, not who.
func TestSummaryCountsWhoHasNotRead(t *testing.T) {
	devdbtest.Long(t, "an announcement until the next summary")
	t.Parallel()
	w := everybody(t, "Bambang", "Rina", "Wayan", "Sari")
	boss := account("Bambang")
	w.announce("Sari", "Rapat di Aula A", func(a *announcement.Announcement) { a.Ack = true })
	w.settle()
	w.press(account("Sari"), "Sudah saya baca")
	w.clockAt("2027-01-18 09:05")
	w.runJob("weekly-summary")
	w.settle()
	w.shows(boss, "Saat ini tidak ada penilaian yang dibuka", "Pengumuman: 2 pegawai belum menandai sudah membaca yang perlu dibaca (1 pengumuman).")
	if got := w.onShow(boss); strings.Contains(got, "Rina") || strings.Contains(got, "tidak dikirim selama tidak ada yang menunggu") {
		t.Errorf("the summary says\n%s", got)
	}
	w.exec(`UPDATE announcement_recipient SET told_at = $1, told_by = employee_id`, w.clock.Now())
	w.say(boss, "/ringkasan")
	if got := w.onShow(boss); strings.Contains(got, "Pengumuman:") {
		t.Errorf("who was told is counted:\n%s", got)
	}
}

// An announcement with a file is a message of its own in the archive, and the list comes
// back below it: no list can take the place of a file.
func TestArchiveOfAFile(t *testing.T) {
	devdbtest.Long(t, "a sent announcement and its file")
	t.Parallel()
	w := everybody(t, "Rina")
	rina := account("Rina")
	w.announce("Sari", "Undangan terlampir", func(a *announcement.Announcement) {
		a.Ack, a.File = true, announcement.File{Media: "document", FileID: w.fake.KeepFile("undangan.pdf", []byte("isi")), Name: "undangan.pdf"}
	})
	w.settle()
	w.say(rina, "/pengumuman")
	w.tap(rina, "1")
	last, _ := w.fake.Last(rina)
	if last.Document == nil || string(last.Document.Body) != "isi" || !strings.Contains(last.Text, "\n\nUndangan terlampir") {
		t.Errorf("the archive shows %q", last.Text)
	}
	w.tap(rina, "Sudah saya baca")
	if again, _ := w.fake.Last(rina); slices.ContainsFunc(again.Inline, func(row []faketelegram.Button) bool { return row[0].Text == "Sudah saya baca" }) {
		t.Error("what was read is asked for again")
	}
	w.tap(rina, "Semua pengumuman")
	w.shows(rina, "1 pengumuman untuk Ibu Rina Kartika.")
}

// The own copy tells what came, what became of it and what was asked; in words too.
func TestCopyTellsOfAnnouncements(t *testing.T) {
	devdbtest.Long(t, "a sent announcement and a copy")
	t.Parallel()
	w := everybody(t, "Rina", "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	rina := account("Rina")
	w.announce("Sari", "Rapat di Aula A", func(a *announcement.Announcement) { a.Ack = true })
	w.settle()
	w.tap(rina, "Sudah saya baca", "Tanya")
	w.say(rina, "Apakah boleh daring?")
	w.say(rina, "/privasi")
	w.shows(rina, "Yang melihat apakah pengumuman sampai dan dibaca: Ibu sendiri; petugas unit, untuk menyampaikan langsung; petugas kepegawaian; atasan langsung, hanya sebagai jumlah pegawai.")
	w.press(rina, "Salinan data")
	for _, m := range w.fake.Messages(rina) {
		if m.Document == nil {
			continue
		}
		body := string(m.Document.Body)
		if !strings.Contains(body, "Rapat di Aula A") || !strings.Contains(body, "Apakah boleh daring?") {
			t.Errorf("%s leaves announcements out", m.Document.Name)
		}
		if strings.HasSuffix(m.Document.Name, ".txt") {
			if one := code.FindString(body); one != "" {
				t.Errorf("the readable copy says %q", one)
			}
			continue
		}
		var all struct {
			Announcements struct {
				Received []struct {
					State string `json:"keadaan"`
					Read  string `json:"dibaca"`
				} `json:"diterima"`
			} `json:"pengumuman"`
		}
		if err := json.Unmarshal(m.Document.Body, &all); err != nil || len(all.Announcements.Received) != 1 || all.Announcements.Received[0].Read == "" {
			t.Errorf("the copy for machines has %+v, %v", all, err)
		}
	}
}
