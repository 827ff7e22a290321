package workbook_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"bangkom/internal/questionnaire"
	"bangkom/internal/questionnaire/workbook"
	"bangkom/internal/sheet"
)

// foreign is a form as other tools of the community write it: groups, languages, the older
// words for types, and no word of Bangkom.
func foreign() map[string][][]string {
	return map[string][][]string{
		"survey": {
			{"type", "name", "label:English", "label::Bahasa Indonesia (id)", "appearance", "required"},
			{"deviceid", "deviceid", "", "", "", ""},
			{"begin group", "work", "Your work", "Pekerjaan", "field-list", ""},
			{"select one from yes_no", "uses_it", "Do you use it?", "Apakah dipakai?", "minimal", "true()"},
			{"end group", "", "", "", "", ""},
			{"select one from yes_no", "why", "Again?", "Akan dipakai lagi?", "minimal", ""},
		},
		"choices":  {{"list name", "name", "label:English", "label::Bahasa Indonesia (id)"}, {"yes_no", "Yes", "Yes", "Ya, hampir setiap hari kerja"}, {"yes_no", "No", "No", "Tidak"}},
		"settings": {{"style", "version"}, {"pages", "2 (2026-11-03)"}},
	}
}

// A form that was drafted elsewhere is a survey, called after its file; what asks nothing is
// left out aloud.
func TestFormsFromElsewhere(t *testing.T) {
	raw := file(t, foreign())
	tables, err := sheet.Open(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := workbook.Read(tables, "Pemakaian Lembar Kerja")
	if err != nil || len(r.Faults) > 0 || !r.Foreign {
		t.Fatalf("refused: %+v, %v", r.Faults, err)
	}
	d := r.Definition
	if d.Kind != questionnaire.Survey || d.Code != "pemakaian-lembar-kerja" || d.Title != "Pemakaian Lembar Kerja" || d.Version != 1 || !d.Review {
		t.Errorf("got %+v", d)
	}
	if len(d.Items) != 2 || d.Items[0].Prompt != "Apakah dipakai?" || d.Items[0].Optional || !d.Items[0].Numbered() || !d.Items[1].Optional {
		t.Errorf("items %+v", d.Items)
	}
	var left []string
	for _, i := range r.Ignored {
		left = append(left, i.Cell+" "+i.What)
	}
	slices.Sort(left)
	if got, want := strings.Join(left, "; "), "choices!C1 label::english; settings!A1 style; settings!B2 version; survey!2 deviceid; survey!3 begin group; survey!5 end group; survey!C1 label::english; survey!E1 appearance"; got != want {
		t.Errorf("left out %s\nwant     %s", got, want)
	}
	written := foreign()
	written["survey"][5][0] = "string"
	raw = file(t, written)
	if tables, err = sheet.Open(bytes.NewReader(raw), int64(len(raw))); err != nil {
		t.Fatal(err)
	}
	if r, err = workbook.Read(tables, "Pemakaian Lembar Kerja"); err != nil || !slices.ContainsFunc(r.Faults, func(f workbook.Fault) bool { return f.Code == workbook.SurveyText && f.Cell() == "survey!A6" }) {
		t.Errorf("a free text that nobody could read is taken: %+v, %v", r.Faults, err)
	}
	if r, err = workbook.Read(tables, ""); err != nil || !slices.ContainsFunc(r.Faults, func(f workbook.Fault) bool { return f.Code == workbook.BadSetting && f.Cell() == "settings" }) {
		t.Errorf("a form without a name is taken: %+v, %v", r.Faults, err)
	}
}

// Conditions and checks of a question under the headings of old forms are read, or refused, like
// those of today: a form does not lose one in silence.
func TestColumnsOfOldForms(t *testing.T) {
	old := func(head, value string) workbook.Reading {
		p := foreign()
		p["survey"][0] = append(p["survey"][0], head)
		p["survey"][5] = append(p["survey"][5], value)
		raw := file(t, p)
		tables, err := sheet.Open(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			t.Fatal(err)
		}
		r, err := workbook.Read(tables, "Pemakaian Lembar Kerja")
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := old("bind: relevant", "${uses_it}='Yes'"); len(r.Faults) > 0 || r.Definition.Items[1].OnlyIf == nil {
		t.Errorf("the condition is lost: %+v", r.Faults)
	}
	for head, code := range map[string]workbook.Code{"bind::constraint": workbook.BadExpression, "bind:calculate": workbook.BadExpression, "Bind : relevant": workbook.BadExpression} {
		if r := old(head, "string-length(.) > 3"); !slices.ContainsFunc(r.Faults, func(f workbook.Fault) bool { return f.Code == code && f.Cell() == "survey!G6" }) {
			t.Errorf("%s: %+v", head, r.Faults)
		}
	}
	if r := old("bind:required", "yes"); len(r.Faults) == 0 || r.Faults[0].Code != workbook.TwoColumns || r.Faults[0].Cell() != "survey!G1" {
		t.Errorf("required stands twice: %+v", r.Faults)
	}
}
