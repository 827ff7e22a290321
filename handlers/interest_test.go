package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"bangkom/internal/faketelegram"
)

// The one question about interests has no picture of levels: a press on it that
// comes late, also after the period, shows no way to one.
func TestInterestHasNoResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	who := account("Rina")
	w.link(who, "3FJWC8RVN5XA")
	w.press(who, "Mulai")
	for range 9 {
		w.press(who, "2")
	}
	w.press(who, "Kirim")
	question, _ := w.fake.Last(who)
	button := question.Inline[0][0]
	for _, late := range []func(){func() {}, func() {}, func() {
		w.exec(`UPDATE period SET closed_at = now()`)
		w.exec(`UPDATE task SET due_at = now() - interval '1 year', opens_at = now() - interval '2 years'`)
	}} {
		late()
		w.answered(w.fake.ForgePress(who, question.ID, button.Data))
		w.settle()
		last, _ := w.fake.Last(who)
		if slices.ContainsFunc(last.Inline, func(row []faketelegram.Button) bool { return strings.Contains(row[0].Text, "Lihat hasil") }) {
			t.Errorf("after the question about interests there is a result: %q", last.Text)
		}
	}
	if log := w.log.String(); strings.Contains(log, "level=ERROR") {
		t.Error(log)
	}
}
