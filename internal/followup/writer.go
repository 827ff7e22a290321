package followup

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
)

// Asked is somebody who is asked: a participant, or a superior about some participants.
type Asked struct {
	FollowUp      int64
	Tasks         []int64
	Person        personnel.Employee   // who is asked: id, name and sex
	Subjects      []personnel.Employee // of a superior: about whom, in the order of Tasks
	Name, Ability string               // of the batch
	Day           int
	Closes        time.Time
	SuperiorAsked bool // of a participant
}

// Writer writes the cards that job and conversation share.
type Writer struct {
	Text     *text.Catalogue
	Location *time.Location
}

// Own is the first card of a participant: what it is, who sees what, and the first
// question, which can be answered on it.
func (w Writer) Own(d questionnaire.Definition, a Asked) string {
	item, _ := d.Item(Ability)
	return w.head("followup.own", a) + "\n\n" + w.Question(item, "", a.Ability, a.Person.Salutation(), "")
}

// head is what stands above the first question.
func (w Writer) head(key string, a Asked) string {
	who := "followup.who_alone"
	if a.SuperiorAsked {
		who = "followup.who_both"
	}
	return w.Text.T(key, text.Args{"nama": a.Name, "hari": a.Day, "sapaan": a.Person.Salutation(), "orang": a.Person.DisplayName(), "n": len(a.Tasks),
		"batas": w.Text.Deadline(a.Closes.In(w.Location)), "siapa": text.HTML(w.Text.T(who, text.Args{"sapaan": a.Person.Salutation()}))})
}

// Superior is the first card of a superior, with the first question about the first person.
func (w Writer) Superior(d questionnaire.Definition, a Asked) string {
	item, _ := d.Item(Seen)
	return w.head("followup.superior", a) + "\n\n" + w.Question(item, w.About(a.Subjects[0], 1, len(a.Subjects)), a.Ability, a.Person.Salutation(), a.Subjects[0].Address())
}

// About is the line that says of whom a question is; "" where there is one person only,
// who is named in the question.
func (w Writer) About(who personnel.Employee, k, n int) string {
	if n == 1 {
		return ""
	}
	return w.Text.T("followup.about", text.Args{"alamat": who.Address(), "k": k, "n": n}) + "\n"
}

// Question writes a question with its statements, below what stands above it.
func (w Writer) Question(item questionnaire.Item, above, ability, call, about string) string {
	prompt := strings.NewReplacer(questionnaire.AbilityPlaceholder, ability, questionnaire.Placeholder, call, questionnaire.SubjectPlaceholder, about).Replace(item.Prompt)
	lines := []string{above + html.EscapeString(prompt)}
	if item.Type == questionnaire.Level {
		lines = append(lines, "")
		for i, level := range item.Levels {
			lines = append(lines, fmt.Sprintf("<b>%d</b> %s", i+1, html.EscapeString(level)))
		}
	}
	return strings.Join(lines, "\n")
}

// firstRows are the buttons of the first question, which answer it without a draft.
func (w Writer) firstRows(flow string, ref int64, step string) (rows [][]dialog.Button) {
	answer := func(label, value string) dialog.Button {
		return dialog.Button{Label: label, Action: dialog.Action{Flow: flow, Ref: ref, Step: step, Verb: dialog.Answer, Value: value}}
	}
	var row []dialog.Button
	for i := range questionnaire.LevelCount {
		n := strconv.Itoa(i + 1)
		row = append(row, answer(n, n))
	}
	rows = [][]dialog.Button{row}
	if flow == SuperiorFlow {
		rows = append(rows, []dialog.Button{answer(w.Text.Plain("label.followup_unseen", nil), Unseen)})
	}
	return rows
}

// StepOf is the key of a superior's question about the participant of a task.
func StepOf(item string, taskID int64) string { return item + "-" + strconv.FormatInt(taskID, 10) }
