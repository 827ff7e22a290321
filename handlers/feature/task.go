package feature

import (
	"context"
	"html"
	"strconv"
	"strings"

	"bangkom/internal/competency"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/questionnaire"
	"bangkom/internal/standard"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// TaskOf finds a task among those that were loaded with the session, or reads it.
func (e *Env) TaskOf(ctx context.Context, id int64) (task.Task, error) {
	for _, t := range e.Tasks {
		if t.ID == id && t.EmployeeID == e.Employee.ID {
			return t, nil
		}
	}
	t, err := e.Tx.Task(ctx, id, e.Employee.ID)
	if err == nil && e.Reg.tasks[t.Kind].Others { // has a form of its own
		err = dialog.ErrNotFound
	}
	if err != nil {
		return t, err
	}
	return t, e.EnsureDefinitions(ctx, t)
}

// PendingTask finds a task that can still be filled in. For any other, ok is
// false, and a card was shown that says what became of it.
func (e *Env) PendingTask(ctx context.Context, id int64) (t task.Task, ok bool, err error) {
	t, err = e.TaskOf(ctx, id)
	if err != nil {
		return t, false, err
	}
	if ok = t.Availability(e.Now) == task.Available && t.State != task.Done; !ok {
		e.card(t)
	}
	return t, ok, nil
}

// NextStep is what somebody may do next who meets the standard in everything that was
// compared: what the next level looks like where the least is left over, first in the order
// of the questionnaire; "" = there is a gap, which says enough, or no level above.
func (p *Desk) NextStep(d questionnaire.Definition, of competency.Profile) string {
	var next *competency.Row
	for i, row := range of.Rows {
		switch item, _ := d.Item(row.Code); {
		case row.Compared && row.Gap < 0:
			return ""
		case !row.Compared || int(row.Level/100) >= len(item.Levels):
		case next == nil || row.Gap < next.Gap:
			next = &of.Rows[i]
		}
	}
	if next == nil {
		return ""
	}
	item, _ := d.Item(next.Code)
	level := int(next.Level/100) + 1
	return p.Cfg.Text.T("result.next_step", text.Args{"nama": item.Title, "tingkat": level, "pernyataan": item.Levels[level-1]})
}

// Options are the buttons of an item.
func (p *Desk) Options(item questionnaire.Item) [][]dialog.Choice {
	switch item.Type {
	case questionnaire.Pick:
		if item.Numbered() {
			var numbers []dialog.Choice
			for i := range item.Choices {
				n := strconv.Itoa(i + 1)
				numbers = append(numbers, dialog.Choice{Label: n, Value: n})
			}
			return Grid(Numbers, numbers)
		}
		rows := make([][]dialog.Choice, len(item.Choices))
		for i, c := range item.Choices {
			rows[i] = []dialog.Choice{{Label: c.Label, Value: strconv.Itoa(i + 1)}}
		}
		return rows
	case questionnaire.Level:
		row := make([]dialog.Choice, questionnaire.LevelCount)
		for i := range row {
			n := strconv.Itoa(i + 1)
			row[i] = dialog.Choice{Label: n, Value: n}
		}
		if item.Zero == "" {
			return [][]dialog.Choice{row}
		}
		return [][]dialog.Choice{row, {{Label: p.Cfg.Text.Plain("label.belum", nil), Value: "0"}}}
	}
	return nil
}

// Statements are what stands below the prompt of an item, each with its button: statements of
// levels, and choices whose labels are longer than a button. "" = its buttons say it all.
func (p *Desk) Statements(item questionnaire.Item) string {
	var b strings.Builder
	line := func(button, said string) {
		b.WriteString("\n<b>" + button + "</b> " + html.EscapeString(said))
	}
	for i, level := range item.Levels {
		line(strconv.Itoa(i+1), level)
	}
	if item.Zero != "" {
		line(p.Cfg.Text.Plain("label.belum", nil), item.Zero)
	}
	if item.Numbered() {
		for i, c := range item.Choices {
			line(strconv.Itoa(i+1), c.Label)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\n" + b.String()
}

// Meant is the value to store of an answer, or what to say of one that is none. A button of a
// choice carries its number, because callback data hold no words; what is typed is read as of
// offered, the item with what is on show alone.
func (p *Desk) Meant(item, offered questionnaire.Item, value string, typed bool) (string, error) {
	if n, err := strconv.Atoi(value); !typed && item.Type == questionnaire.Pick && err == nil && n >= 1 && n <= len(item.Choices) {
		value = item.Choices[n-1].Value
	}
	if typed {
		parsed, err := offered.ParseAnswer(value)
		if err != nil {
			return "", dialog.Invalid(p.hint(item))
		}
		value = parsed
	}
	if !item.Valid(value) {
		return "", dialog.Invalid(p.hint(item))
	}
	return value, nil
}

// hint says how an item can be answered.
func (p *Desk) hint(item questionnaire.Item) string {
	switch {
	case item.Type == questionnaire.Pick:
		return p.Cfg.Text.T("form.choice_hint", nil)
	case item.Type == questionnaire.Text:
		return p.Cfg.Text.T("form.text_hint", text.Args{"n": item.MaxLength})
	case item.Zero == "":
		return p.Cfg.Text.T("form.level_hint_no_zero", nil)
	}
	return p.Cfg.Text.T("form.level_hint", nil)
}

// Shown is how an answer is repeated to the person.
func (p *Desk) Shown(item questionnaire.Item, value string) string {
	if value == questionnaire.Skipped {
		return p.Cfg.Text.Plain("form.skipped", nil)
	}
	if item.Type == questionnaire.Level && value == "0" {
		return p.Cfg.Text.Plain("label.belum", nil)
	}
	for _, c := range item.Choices {
		if c.Value == value {
			return c.Label
		}
	}
	return value
}

// IntroArgs are the arguments of the card before a questionnaire.
func (p *Desk) IntroArgs(t task.Task, d questionnaire.Definition, call string) text.Args {
	return text.Args{"judul": d.Title, "jumlah": len(d.Items), "menit": d.Minutes,
		"batas": p.Deadline(t), "pengantar": questionnaire.Address(d.Intro, call)}
}

// ClosedText says why a task cannot be worked on.
func (e *Env) ClosedText(t task.Task) (key, body string) {
	args := text.Args{"judul": e.Title(t), "periode": t.Occasion.Name, "batas": e.Ended(t),
		"buka": e.Cfg.Text.Date(t.OpensAt.In(e.Cfg.Location)), "bantuan": e.Cfg.Agency.Helpdesk}
	switch t.Availability(e.Now) {
	case task.NotYet:
		key = "task.not_yet"
	case task.Released:
		key = "task.released"
	default:
		key = t.Kind.Traits().Ending
	}
	return key, e.T(key, e.Person(args))
}

// Begin is the button that begins a task or goes on with it.
func (e *Env) Begin(label string, t task.Task) dialog.Button {
	return dialog.Button{Label: e.Label(label), Action: e.Reg.tasks[t.Kind].Begin(t)}
}

// card shows where a task of any kind stands.
func (e *Env) card(t task.Task) {
	if show := e.Reg.tasks[t.Kind].Card; show != nil {
		show(e, t)
	}
}

// Title is how a task is called.
func (e *Env) Title(t task.Task) string { return e.DefinitionOf(t).Title }

// TaskArgs are the arguments of what is said about a task that waits.
func (e *Env) TaskArgs(t task.Task) text.Args {
	return e.IntroArgs(t, e.DefinitionOf(t), e.Employee.Salutation())
}

// Deadline writes until when a task may be done.
func (p *Desk) Deadline(t task.Task) string {
	return p.Cfg.Text.Deadline(t.DueAt.In(p.Cfg.Location))
}

// Ended writes since when a task that is over may not be done any more: the day on
// which its occasion was closed, if that was before the deadline.
func (p *Desk) Ended(t task.Task) string {
	if at := t.Ends(); at.Before(t.DueAt) {
		return p.Cfg.Text.Date(at.In(p.Cfg.Location))
	}
	return p.Deadline(t)
}

// SourceOf says where a required level comes from, in plain text.
func (p *Desk) SourceOf(s standard.Source) string {
	key, ok := map[standard.Scope]string{standard.ByClass: "standard.by_class", standard.ByUnitKind: "standard.by_unit_kind", standard.ByUnit: "standard.by_unit",
		standard.ByTitle: "standard.by_title", standard.ByFunctional: "standard.by_functional"}[s.Scope]
	if !ok {
		return s.Basis
	}
	said := p.Cfg.Text.Plain(key, text.Args{"nama": measure.Cut(s.Name, LongName)})
	if s.Class != "" {
		said = p.Cfg.Text.Plain("standard.of_class", text.Args{"asal": said, "kelas": s.Class})
	}
	return p.Cfg.Text.Plain("standard.with_basis", text.Args{"asal": said, "menurut": measure.Cut(s.Basis, LongName)})
}

// sourced are the requirements of one source.
type sourced struct {
	of  standard.Source
	all standard.Standard
}

// bySource puts what has the same source together, in the order in which it comes.
func bySource(s standard.Standard) (groups []sourced) {
	at := map[standard.Source]int{}
	for _, r := range s {
		i, ok := at[r.Source]
		if !ok {
			i = len(groups)
			at[r.Source], groups = i, append(groups, sourced{of: r.Source})
		}
		groups[i].all = append(groups[i].all, r)
	}
	return groups
}

// StandardSources says where those of some levels come from that do not follow from the
// class of the position alone, in at most room UTF-16 units; "" = none.
func (p *Desk) StandardSources(s standard.Standard, room int) string {
	var said []string
	for _, g := range bySource(s.Special()) {
		var levels []string
		for _, r := range g.all {
			levels = append(levels, p.Cfg.Text.Plain("standard.level", text.Args{"nama": r.Name, "tingkat": int(r.Level)}))
		}
		said = append(said, p.Cfg.Text.Plain("standard.source", text.Args{"asal": p.SourceOf(g.of), "daftar": strings.Join(levels, ", ")}))
	}
	if len(said) == 0 {
		return ""
	}
	whole := p.Cfg.Text.T("standard.sources", text.Args{"daftar": strings.Join(said, "; ")})
	if measure.Units(whole) > room {
		return p.Cfg.Text.T("standard.sources_many", nil)
	}
	return whole
}

// StandardText lists a standard with the source of each level.
func (p *Desk) StandardText(address string, s standard.Standard) string {
	lines := []string{p.Cfg.Text.T("standard.head", text.Args{"alamat": address})}
	shown := append(append(standard.Standard{}, s.Special()...), s.ByClass()...)
	for _, g := range bySource(shown) {
		lines = append(lines, "", p.Cfg.Text.T("standard.group", text.Args{"asal": p.SourceOf(g.of)}))
		for _, r := range g.all {
			lines = append(lines, p.Cfg.Text.T("standard.line", text.Args{"nama": r.Name, "tingkat": int(r.Level)}))
		}
	}
	body, _ := Joined(lines, MessageBudget)
	return body
}
