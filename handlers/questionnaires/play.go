package questionnaires

import (
	"html"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
)

// played is a questionnaire while somebody goes through it: for real, or to try it.
type played struct {
	Answers questionnaire.Answers `json:"answers"`
	def     questionnaire.Definition
	call    string // Bapak or Ibu
	name    string
}

// playSteps are the items that apply, as steps of a conversation whose state holds a played.
func playSteps[S any](p *desk, s S, of func(*S) *played) []dialog.Step[S] {
	items := of(&s).def.Applicable(of(&s).Answers)
	steps := make([]dialog.Step[S], len(items))
	for i, item := range items {
		steps[i] = dialog.Step[S]{
			Key: item.Code, Optional: item.Optional,
			Ask: func(s S, at dialog.Place) dialog.Prompt { return p.askItem(*of(&s), item, at) },
			Accept: func(s *S, value string, typed bool) error {
				meant, err := p.Meant(item, item, value, typed)
				if err == nil {
					of(s).answer(item.Code, meant)
				}
				return err
			},
			Skip: func(s *S) { of(s).answer(item.Code, questionnaire.Skipped) },
		}
	}
	return steps
}

func (q *played) answer(code, value string) {
	if q.Answers == nil {
		q.Answers = questionnaire.Answers{}
	}
	q.Answers[code] = value
}

// askItem writes a question: header, prompt, and what its buttons do not say.
func (p *desk) askItem(q played, item questionnaire.Item, at dialog.Place) dialog.Prompt {
	header := "question.header"
	if untitled(item) {
		header = "question.header_bare"
	}
	body := p.Cfg.Text.T(header, text.Args{"judul": q.def.Title, "k": at.K, "n": at.N, "nama": item.Title}) + "\n" +
		html.EscapeString(questionnaire.Address(item.Prompt, q.call)) + p.Statements(item)
	if value, answered := q.Answers[item.Code]; answered {
		body += "\n\n" + p.Cfg.Text.T("form.present_answer", text.Args{"jawaban": p.Shown(item, value)})
	}
	return dialog.Prompt{Template: "question." + string(item.Type), Text: body, Rows: p.Options(item)}
}

// reviewCard lists every answer; a number asks that question again. foot is said below.
func (p *desk) reviewCard(q played, foot string) dialog.Prompt {
	lines := []string{p.Cfg.Text.T("review.head", text.Args{"sapaan": q.call, "nama": q.name}), ""}
	var numbers []dialog.Choice
	for i, item := range q.def.Applicable(q.Answers) {
		n := strconv.Itoa(i + 1)
		lines = append(lines, html.EscapeString(n+" "+called(item, q.call)+": "+p.Shown(item, q.Answers[item.Code])))
		numbers = append(numbers, dialog.Choice{Label: n, Verb: dialog.Change, Step: item.Code})
	}
	return dialog.Prompt{Template: "review", Text: strings.Join(append(lines, "", foot), "\n"), Rows: feature.Grid(feature.Numbers, numbers)}
}

// longestCalled is how long a question that stands for its title may be, in characters.
const longestCalled = 60

// untitled tells whether an item has its code for a title, as forms from elsewhere give it;
// a code says nothing to who answers.
func untitled(item questionnaire.Item) bool { return item.Title == item.Code }

// called is how an item is called in a list: by its title, or without one by the first line of
// its question, which addresses with call, in short.
func called(item questionnaire.Item, call string) string {
	if !untitled(item) {
		return item.Title
	}
	line, _, _ := strings.Cut(questionnaire.Address(item.Prompt, call), "\n")
	return feature.Clip(strings.TrimRight(line, " ?:."), longestCalled)
}
