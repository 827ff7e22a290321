package workbook

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bangkom/internal/questionnaire"
)

// builder collects what the sheets say and what is wrong with it.
type builder struct {
	form    Form
	sheets  [3]string // questions, choices, settings
	file    string    // its name, see Read
	foreign bool
	faults  []Fault
	ignored []Ignored

	whole     questionnaire.Definition // but for its items
	questions []question
	unread    []string // the names of questions of another type, which are refused
	options   []option
	checked   []string // the lists whose choices were looked at
}

// text is a cell: what it says and where it stands.
type text struct {
	value  string
	column int // from 1; 0 = the sheet has no such column
}

// question is one row of the first sheet.
type question struct {
	row                 int
	code, kind, title   text
	prompt, only, limit text
	must                text // whether it may be left out
	optional            bool
	list                string // which choices it has
	levels              bool   // they are statements of levels; of XLSForm the list tells
}

// option is one row of the second sheet.
type option struct {
	row                    int
	list, value            text
	label, superior, group text
}

// reference is another answer inside a text, which no sentence of a chat can hold.
var reference = regexp.MustCompile(`\$\{[^}]*\}`)

// definition puts the questionnaire together; it is worth nothing once there are faults.
func (b *builder) definition() questionnaire.Definition {
	d := b.whole
	seen := map[string]bool{}
	rated := 0
	for n, q := range b.questions {
		b.checkName(q, seen)
		item := b.item(q)
		if item.Type != questionnaire.Text {
			if rated++; rated == questionnaire.MaxRated+1 {
				b.on(q, q.code, TooManyRated, "more rated items than one sitting has")
			}
		} else if n != len(b.questions)-1 {
			b.on(q, q.kind, TwoTexts, "a free text is the last question")
		}
		b.checkCondition(item.OnlyIf, q, d.Items)
		d.Items = append(d.Items, item)
	}
	if len(b.questions) == 0 && len(b.faults) == 0 {
		b.fault(Fault{Code: NoSheet, Sheet: b.sheets[0], Detail: "there are no questions"})
	}
	if len(b.faults) == 0 {
		b.unfit(d)
	}
	return d
}

// on adds a fault about a cell of a question.
func (b *builder) on(q question, t text, code Code, detail string) {
	b.fault(Fault{Code: code, Sheet: b.sheets[0], Row: q.row, Column: t.column, Value: t.value, Detail: detail})
}

// name is what an item may be called (package questionnaire checks it again).
var name = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._]{0,19}$`)

func (b *builder) checkName(q question, seen map[string]bool) {
	switch {
	case !name.MatchString(q.code.value):
		b.on(q, q.code, BadName, "a code is letters, digits, dots and underscores, at most 20")
	case seen[q.code.value]:
		b.on(q, q.code, DoubleName, "the code is used twice")
	}
	seen[q.code.value] = true
}

// item is one question with its choices.
func (b *builder) item(q question) questionnaire.Item {
	i := questionnaire.Item{Code: q.code.value, Title: q.title.value, Prompt: q.prompt.value, Optional: q.optional}
	for _, t := range []text{q.title, q.prompt} {
		if t.value == "" {
			b.on(q, t, NoText, "a text is missing")
		}
		if reference.MatchString(t.value) {
			b.on(q, t, Reference, "another answer inside a text")
		}
	}
	only, err := parseCondition(q.only.value, b.form)
	if err != nil {
		b.on(q, q.only, BadExpression, err.Error())
	}
	i.OnlyIf = only
	if q.list == "" {
		i.Type = questionnaire.Text
		if b.whole.Kind == questionnaire.Survey { // no screen shows what was written in it
			b.on(q, q.kind, SurveyText, "a survey has no free text, because nobody could read it")
			return i
		}
		if !q.optional {
			b.on(q, q.must, MustText, "a free text may be left out")
		}
		i.MaxLength = b.number(Fault{Code: BadNumber, Sheet: b.sheets[0], Row: q.row, Column: q.limit.column}, q.limit.value, defaultText)
		return i
	}
	list := b.listed(q.list)
	if n := len(list); n == 1 || n > maxChoices {
		b.on(q, q.kind, TooManyChoose, "a question has 2 to 9 choices")
		return i
	}
	if len(list) == 0 {
		b.on(q, q.kind, NoList, "there is no list of that name")
		return i
	}
	if q.levels || b.form == XLSForm && areLevels(list) {
		i.Type = questionnaire.Level
		b.statements(&i, q, list)
		return i
	}
	i.Type = questionnaire.Pick
	b.checkOptions(list)
	for _, o := range list {
		if len(q.code.value)+len(o.value.value) > maxPressed && len(q.code.value) <= maxCode {
			b.fault(Fault{Code: BadValue, Sheet: b.sheets[1], Row: o.row, Column: o.value.column, Value: o.value.value, Detail: "its button would carry the code and the value, at most 32 letters together"})
		}
	}
	for _, o := range list {
		i.Choices = append(i.Choices, questionnaire.Choice{Value: o.value.value, Label: o.label.value, For: families(o.group.value)})
	}
	return i
}

// maxPressed is how long the code of a question and the value of a choice may be together: a
// button carries both, in the 64 bytes that Telegram gives it. maxCode is how long a code may be.
const maxPressed, maxCode = 32, 20

// maxChoices is how many choices a question has at most: as many as have a number.
const maxChoices = 9

// value is what a choice may be stored as (package questionnaire checks it again).
var value = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$`)

// checkOptions refuses choices at their own cells; a list of several questions once.
func (b *builder) checkOptions(list []option) {
	if len(list) > 0 && slices.Contains(b.checked, list[0].list.value) {
		return
	}
	b.checked = append(b.checked, list[0].list.value)
	longest := questionnaire.MaxLabel
	if b.whole.Kind == questionnaire.Survey {
		longest = questionnaire.MaxLine
	}
	values, labels := map[string]bool{}, map[string]bool{}
	on := func(o option, t text, code Code, detail string) {
		b.fault(Fault{Code: code, Sheet: b.sheets[1], Row: o.row, Column: t.column, Value: t.value, Detail: detail})
	}
	for _, o := range list {
		v, l := strings.ToLower(o.value.value), strings.ToLower(o.label.value)
		switch {
		case !value.MatchString(o.value.value):
			on(o, o.value, BadValue, "what is stored is letters, digits, dots, dashes and underscores, at most 40")
		case values[v]:
			on(o, o.value, DoubleName, "the choice is there twice")
		case l == "":
			on(o, o.label, NoText, "a choice without its text")
		case labels[l]:
			on(o, o.label, DoubleName, "two choices read alike")
		case len([]rune(l)) > longest:
			on(o, o.label, TooLong, "a choice is longer than its line")
		case reference.MatchString(l):
			on(o, o.label, Reference, "another answer in a text")
		}
		values[v], labels[l] = true, true
	}
}

// defaultText is how long a free text may be where the sheet says nothing, in characters.
const defaultText = 300

// number reads a whole number; "" gives otherwise.
func (b *builder) number(f Fault, value string, otherwise int) int {
	if value == "" {
		return otherwise
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		f.Value, f.Detail = value, "not a whole number"
		b.fault(f)
	}
	return n
}

// flag reads yes or no in either language; "" gives otherwise.
func (b *builder) flag(f Fault, value string, otherwise bool) bool {
	switch strings.ToLower(value) {
	case "":
		return otherwise
	case "ya", "y", "yes", "true", "true()", "1", "benar":
		return true
	case "tidak", "t", "no", "n", "false", "false()", "0", "salah":
		return false
	}
	f.Code, f.Value, f.Detail = BadFlag, value, "neither yes nor no"
	b.fault(f)
	return otherwise
}

func (b *builder) listed(list string) []option {
	var out []option
	for _, o := range b.options {
		if o.list.value == list {
			out = append(out, o)
		}
	}
	return out
}

// areLevels tells whether the values of a list are 1 to 5, or 0 to 5, as statements of
// levels have them.
func areLevels(list []option) bool {
	var digits []string
	for _, o := range list {
		digits = append(digits, o.value.value)
	}
	slices.Sort(digits)
	return slices.Equal(digits, []string{"1", "2", "3", "4", "5"}) || slices.Equal(digits, []string{"0", "1", "2", "3", "4", "5"})
}

// statements puts the statements of the levels into their order.
func (b *builder) statements(i *questionnaire.Item, q question, list []option) {
	if !areLevels(list) {
		b.on(q, q.kind, Levels, "the statements of levels are 1 to 5, or 0 to 5")
		return
	}
	i.Levels = make([]string, questionnaire.LevelCount)
	superior := make([]string, questionnaire.LevelCount)
	for _, o := range list {
		if o.label.value == "" {
			b.fault(Fault{Code: NoText, Sheet: b.sheets[1], Row: o.row, Column: o.label.column, Detail: "a level without its text"})
		}
		n, _ := strconv.Atoi(o.value.value) // one of 0 to 5
		if n == 0 {
			i.Zero, i.SupervisorZero = o.label.value, o.superior.value
			continue
		}
		i.Levels[n-1], superior[n-1] = o.label.value, o.superior.value
	}
	if slices.ContainsFunc(superior, func(s string) bool { return s != "" }) {
		i.SupervisorLevels = superior
	}
}

// families are the families of positions of a choice, in their order.
func families(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
}

// checkCondition refuses a condition about anything but an answer that can be given before.
func (b *builder) checkCondition(c *questionnaire.Condition, q question, earlier []questionnaire.Item) {
	if c == nil {
		return
	}
	for _, one := range slices.Concat(c.All, c.Any) {
		b.checkCondition(&one, q, earlier)
	}
	if c.Item == "" {
		return
	}
	at := slices.IndexFunc(earlier, func(i questionnaire.Item) bool { return i.Code == c.Item })
	if at < 0 && slices.Contains(b.unread, c.Item) {
		return // is refused where it stands
	}
	if at < 0 {
		code := NoSuchItem
		if slices.ContainsFunc(b.questions, func(other question) bool { return other.code.value == c.Item }) {
			code = LaterItem
		}
		b.on(q, q.only, code, "the condition names "+c.Item)
		return
	}
	for _, v := range c.In {
		if earlier[at].Type == questionnaire.Text || !earlier[at].Valid(v) {
			b.on(q, q.only, NoSuchValue, "the condition names an answer that cannot be given")
		}
	}
}

// unfit repeats what package questionnaire refuses, each at the row of its question.
func (b *builder) unfit(d questionnaire.Definition) {
	for _, p := range questionnaire.Problems(d.Validate()) {
		f := Fault{Code: Unfit, Sheet: b.sheets[2], Value: p.Item, Detail: p.Error()}
		if at := slices.IndexFunc(b.questions, func(q question) bool { return q.code.value == p.Item }); at >= 0 {
			f.Sheet, f.Row, f.Column = b.sheets[0], b.questions[at].row, b.questions[at].code.column
		}
		b.fault(f)
	}
}
