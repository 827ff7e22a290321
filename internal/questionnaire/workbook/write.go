package workbook

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"bangkom/internal/questionnaire"
	"bangkom/internal/sheet"
)

// The columns of XLSForm that hold who answers and the superior. A language beside the
// plain label would leave empty labels in the previews of ODK.
const (
	ownLabel      = "label::Pegawai (id)"
	superiorLabel = "label::Atasan (id)"
)

// Write writes a questionnaire as a workbook of that form.
func Write(w io.Writer, d questionnaire.Definition, form Form) error {
	if form == XLSForm {
		return sheet.WriteBook(w, xlsPages(d)...)
	}
	return sheet.WriteBook(w, plainPages(d)...)
}

func plainPages(d questionnaire.Definition) []sheet.Page {
	questions := [][]string{{"KODE", "JUDUL", "JENIS", "PERTANYAAN", "BOLEH DILEWATI", "PANJANG", "HANYA BILA"}}
	choices := [][]string{{"KODE", "NILAI", "TEKS", "TEKS ATASAN", "UNTUK"}}
	for _, i := range d.Items {
		kind := map[questionnaire.ItemType]string{questionnaire.Level: levelWord, questionnaire.Pick: choiceWord, questionnaire.Text: textWord}[i.Type]
		questions = append(questions, []string{i.Code, i.Title, kind, i.Prompt, yesNo(i.Optional, "Ya", "Tidak"), length(i), writeCondition(i.OnlyIf, Plain)})
		for _, o := range optionsOf(i) {
			choices = append(choices, []string{i.Code, o.Value, o.Label, o.superior, strings.Join(o.For, ", ")})
		}
	}
	settings := [][]string{{"PENGATURAN", "ISI"}, {"KODE", d.Code}, {"VERSI", strconv.Itoa(d.Version)}, {"KEGUNAAN", string(d.Kind)}, {"JUDUL", d.Title},
		{"PENGANTAR", d.Intro}, {"MENIT", strconv.Itoa(d.Minutes)}, {"PERIKSA DULU", yesNo(d.Review, "Ya", "Tidak")}}
	return []sheet.Page{{Name: plainSheets[0], Rows: questions}, {Name: plainSheets[1], Rows: choices}, {Name: plainSheets[2], Rows: settings}}
}

func xlsPages(d questionnaire.Definition) []sheet.Page {
	two := slices.ContainsFunc(d.Items, func(i questionnaire.Item) bool { return len(i.SupervisorLevels) > 0 })
	label := func(own, superior string) []string {
		if two {
			return []string{own, superior}
		}
		return []string{own}
	}
	heads := []string{"label"}
	if two {
		heads = []string{ownLabel, superiorLabel}
	}
	questions := [][]string{slices.Concat([]string{"type", "name"}, heads, []string{"required", "relevant", "bangkom_length"})}
	choices := [][]string{slices.Concat([]string{"list_name", "name"}, heads, []string{"bangkom_for"})}
	for _, i := range d.Items {
		kind, text := "text", "**"+i.Title+"**\n\n"+i.Prompt
		if i.Type != questionnaire.Text {
			kind = "select_one " + listOf(i)
		}
		questions = append(questions, slices.Concat([]string{kind, i.Code}, label(text, text),
			[]string{yesNo(!i.Optional, "yes", "no"), writeCondition(i.OnlyIf, XLSForm), length(i)}))
		for _, o := range optionsOf(i) {
			choices = append(choices, slices.Concat([]string{listOf(i), o.Value}, label(o.Label, o.superior), []string{strings.Join(o.For, ",")}))
		}
	}
	settings := [][]string{{"form_title", "form_id", "version", "bangkom_kind", "bangkom_intro", "bangkom_minutes", "bangkom_review"},
		{d.Title, d.Code, strconv.Itoa(d.Version), string(d.Kind), d.Intro, strconv.Itoa(d.Minutes), yesNo(d.Review, "yes", "no")}}
	return []sheet.Page{{Name: xlsSheets[0], Rows: questions}, {Name: xlsSheets[1], Rows: choices}, {Name: xlsSheets[2], Rows: settings}}
}

// listOf is the name of the list of an item: its own, because statements differ.
func listOf(i questionnaire.Item) string { return "l_" + strings.ReplaceAll(i.Code, ".", "_") }

func yesNo(yes bool, word, otherwise string) string {
	if yes {
		return word
	}
	return otherwise
}

func length(i questionnaire.Item) string {
	if i.Type != questionnaire.Text {
		return ""
	}
	return strconv.Itoa(i.MaxLength)
}

// written is one row of choices.
type written struct {
	questionnaire.Choice
	superior string
}

// optionsOf are the statements or choices of an item; level 0 comes first.
func optionsOf(i questionnaire.Item) []written {
	var out []written
	if i.Zero != "" {
		out = append(out, written{questionnaire.Choice{Value: "0", Label: i.Zero}, i.SupervisorZero})
	}
	for n, s := range i.Levels {
		o := written{questionnaire.Choice{Value: strconv.Itoa(n + 1), Label: s}, ""}
		if n < len(i.SupervisorLevels) {
			o.superior = i.SupervisorLevels[n]
		}
		out = append(out, o)
	}
	for _, c := range i.Choices {
		out = append(out, written{c, ""})
	}
	return out
}
