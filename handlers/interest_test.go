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
