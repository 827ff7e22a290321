package handlers_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
)

// The list of positions that waited is made for whoever is of the personnel office and has
// the account still.
func TestSheetOfPositionsIsForTheOffice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sari := account("Sari")
	w.linkStraight(w.ids["Sari"], sari, "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	w.say(sari, "/kelola")
	w.forge(sari, dialog.Action{Flow: "m", Step: "tanpateknisx", Verb: dialog.Resume})
	if rows, err := w.book(sari).GetRows("Bangkom"); err != nil || len(rows) < 2 {
		t.Fatalf("%q, %v: want the heading and the positions", rows, err)
	}
	_, p := w.connect(t.Context())
	draw := func(reader int64) error {
		_, _, err := p.Draw(t.Context(), dialog.Picture{Kind: "standards-xlsx", Data: json.RawMessage(fmt.Sprintf(`{"reader": %d, "chat": %d}`, reader, sari))})
		return err
	}
	if err := draw(w.ids["Sari"]); err != nil {
		t.Error(err)
	}
	if draw(w.ids["Rina"]) == nil {
		t.Error("the file is made though the chat is somebody else's now")
	}
	w.grant("Sari", personnel.RoleHR, true)
	if draw(w.ids["Sari"]) == nil {
		t.Error("the file is made for somebody who is not of the office any more")
	}
}

// Whose duties need a technical competency is offered the second block once the nine are
// sent: only these questions, until the end of the period and no longer. Both views say
// where a level comes from, also to the superior, and who needs nothing technical sees what
// everybody saw before.
func TestTheSecondBlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me, rina := w.boss(0, "Sari"), account("Rina")
	w.exec(`INSERT INTO required_level (scope, key, name, unit_id, competency_code, level, source, changed_at)
		SELECT 'title', 'pengelola layanan', 'Pengelola Layanan', NULL::bigint, code, 3, 'Perbup 12/2027', now() FROM competency WHERE code IN ('M.02', 'T.AR', 'T.KD')`)
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	w.say(rina, "/asesmen")
	w.tap(rina, "1", "1", "1", "1", "1", "1", "1", "1", "1", "Kirim")
	said := strings.Join(w.newBotTexts(rina, 0), "\n")
	for _, want := range []string{"Asal standar: Kerja Sama tingkat 3 dari jabatan Pengelola Layanan (Perbup 12/2027).", "ditetapkan 2 kompetensi teknis: Pengelolaan Keuangan Daerah, Kearsipan"} {
		if !strings.Contains(said, want) {
			t.Errorf("Rina does not read %q:\n%s", want, said)
		}
	}
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar", "Mulai menilai")
	w.tap(me, "1", "2", "1", "1", "1", "1", "1", "1", "1")
	w.tap(me, "Kirim")
	w.tap(me, "Buka perbandingan")
	w.shows(me, "Kerja Sama: mandiri 1, atasan 2, akhir 1,75; standar 3", "Asal standar: Kerja Sama tingkat 3 dari jabatan Pengelola Layanan (Perbup 12/2027).")
	w.clockAt("2027-03-01 09:00")
	w.tap(rina, "Mulai")
	if said := strings.Join(w.newBotTexts(rina, 0), "\n"); !strings.Contains(said, "Kompetensi Teknis Tahun 2027 sudah ditutup pada Senin, 1 Februari 2027") {
		t.Errorf("after the end Rina reads:\n%s", said)
	}
	if n := w.count(`SELECT count(*) FROM response r JOIN task t ON t.id = r.task_id WHERE t.kind = 'self_assessment_technical'`); n != 0 {
		t.Errorf("%d technical answers after the end, want none", n)
	}
}
