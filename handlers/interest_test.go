package handlers_test

import (
	"slices"
	"strings"
	"testing"

	"bangkom/internal/competency"
	"bangkom/internal/faketelegram"
	"bangkom/internal/questionnaire"
)

// Every family of positions has three choices and Lainnya, and no choice is for a family
// that there is not.
func TestChoicesFitThePosition(t *testing.T) {
	all, err := questionnaire.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	families := []string{competency.FamilyLeader, competency.FamilyTeacher, competency.FamilyHealth, competency.FamilyFunctional, competency.FamilyStaff}
	i := slices.IndexFunc(all, func(d questionnaire.Definition) bool { return d.Kind == questionnaire.Interest })
	item := all[i].Items[0]
	for _, family := range families {
		if fit := item.Fitting(family).Choices; len(fit) != 4 || fit[3].Value != "lainnya" {
			t.Errorf("%s is offered %v", family, fit)
		}
	}
	for _, c := range item.Choices {
		for _, family := range c.For {
			if !slices.Contains(families, family) {
				t.Errorf("%s is for %q, which is no family", c.Value, family)
			}
		}
	}
}

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

// Whoever has answered the question, or left it out, reads what most people wanted to learn
// when the last period was closed: of all units, what five or more have chosen, of the own
// family's topics, and not before the answer.
func TestAfterTheInterestStandsWhatOthersChose(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('period') RETURNING id), p AS (
			INSERT INTO period (id, name, opens_at, due_at, rating_due_at, closed_at) SELECT id, 'Tahun lalu', $1::timestamptz - interval '30 days', $1, $1, $1 FROM o RETURNING id
		), u AS (INSERT INTO need_unit (period_id, unit_id, name) SELECT p.id, x.id, 'Unit uji' FROM p, (SELECT min(id) AS id FROM unit) x RETURNING period_id)
		INSERT INTO need_wish (period_id, family, topic, label, n, chosen) SELECT u.period_id, w.* FROM u, (VALUES
			('pelaksana', 'aplikasi_perkantoran', 'Aplikasi perkantoran', 40, 12), ('fungsional', 'aplikasi_perkantoran', 'Aplikasi perkantoran', 10, 2),
			('pelaksana', 'kearsipan_digital', 'Kearsipan digital', 40, 4), ('pelaksana', 'pelayanan_publik', 'Pelayanan publik', 40, 6),
			('pimpinan', 'memimpin_tim', 'Memimpin tim', 30, 18)) w`, w.clock.Now().AddDate(0, 0, -1))
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	who := account("Rina")
	w.link(who, "3FJWC8RVN5XA")
	w.press(who, "Mulai")
	for range 9 {
		w.press(who, "2")
	}
	w.press(who, "Kirim")
	if w.got("Rina", "ingin dipelajari pegawai") > 0 {
		t.Error("what others chose stands beside the question")
	}
	w.press(who, "Lewati")
	if last, _ := w.fake.Last(who); !strings.Contains(last.Text, "Pada Tahun lalu yang paling banyak ingin dipelajari pegawai: Aplikasi perkantoran, Pelayanan publik. Pelatihan") {
		t.Errorf("after the question: %q", last.Text)
	}
}
