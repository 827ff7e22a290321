package handlers_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
	"bangkom/storage"
)

// A group of whom too few statements are shown has no class: the list says so, and its card has the
// means and no line about readiness.
func TestGroupWithoutAClassSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.crewed()
	sari := account("Sari")
	w.linkStraight(w.ids["Sari"], sari, "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	shipped, err := questionnaire.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	d := shipped[slices.IndexFunc(shipped, func(d questionnaire.Definition) bool { return d.Kind == questionnaire.Readiness })]
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.StartSurvey(ctx, survey.Survey{Name: "Kesiapan", Questionnaire: d.Code, Version: d.Version, Manner: survey.Anonymous, Owner: w.ids["Sari"], Change: "Aplikasi persuratan", Use: "Menyiapkan pendampingan.",
			Audience: announcement.Audience{All: true}, Closes: w.clock.Now().AddDate(0, 0, 5), ReportBy: w.clock.Now().AddDate(0, 0, 9)}, w.clock.Now())
		return err
	})
	(&play{world: w}).surveyEvent("7 pegawai lain mengisi survei: C1=4 C2=4 C3=3 C4=2 C8=2")
	w.clock.move(6 * 24 * time.Hour)
	w.runJob("surveys")
	w.settle()
	w.opensSurvey(sari)
	w.press(sari, "Hasil per unit")
	if shown := w.onShow(sari); !strings.Contains(shown, "7 penjawab, kesiapannya belum dapat dihitung") {
		t.Errorf("the list reads\n%s", shown)
	}
	w.press(sari, "1")
	shown := w.onShow(sari)
	for _, line := range []string{"• Alasan perubahan: 4,0 dari 5\n", "• Dukungan pimpinan: 2,0 dari 5 (hanya terlihat oleh petugas kepegawaian)\n", "• Menambah beban: 2,0 dari 5 (makin rendah makin baik)\n"} {
		if !strings.Contains(shown, line) {
			t.Errorf("the card has no line %q:\n%s", line, shown)
		}
	}
	for _, of := range []string{"Siap.", "siap.", "Hambatan", "Yang membantu"} {
		if strings.Contains(shown, of) {
			t.Errorf("the card tells how ready they are (%q):\n%s", of, shown)
		}
	}
}

// What the card of a closed survey counts stands still, whatever becomes of the tasks and answers
// afterwards, for example when people leave or are erased.
func TestCardStandsStillAfterTheClose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.surveyed(survey.Named)
	sari := account("Sari")
	for _, name := range []string{"Rina", "Bambang"} {
		w.say(account(name), "/tugas")
		for _, label := range []string{"Isi survei", "PAGI", "Lewati", "Kirim"} {
			w.press(account(name), label)
		}
	}
	w.opensSurvey(sari)
	w.press(sari, "Hentikan")
	w.press(sari, "Ya, hentikan")
	const counts = "3 ditanya, 2 mulai mengisi, 2 sudah menjawab"
	if shown := w.onShow(sari); !strings.Contains(shown, counts) {
		t.Fatalf("the card of the close reads\n%s", shown)
	}
	owner, err := sql.Open("postgres", w.owner)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	for _, q := range []string{`DELETE FROM answer a USING response r, task t WHERE r.id = a.response_id AND t.id = r.task_id AND t.employee_id = $1 AND t.kind = 'survey'`,
		`DELETE FROM response r USING task t WHERE t.id = r.task_id AND t.employee_id = $1 AND t.kind = 'survey'`,
		`UPDATE task SET state = 'expired', started_at = NULL, done_at = NULL WHERE kind = 'survey' AND employee_id = $1`} {
		if _, err := owner.Exec(q, w.ids["Rina"]); err != nil {
			t.Fatal(err)
		}
	}
	w.opensSurvey(sari)
	if shown := w.onShow(sari); !strings.Contains(shown, counts) {
		t.Errorf("after the close the card reads\n%s", shown)
	}
}
