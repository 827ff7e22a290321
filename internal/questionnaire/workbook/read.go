package workbook

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"bangkom/internal/questionnaire"
)

// The words of the plain form for the types of questions.
const (
	levelWord  = "tingkat"
	choiceWord = "pilihan"
	textWord   = "teks"
)

// plain reads the sheets PERTANYAAN, PILIHAN, PENGATURAN.
func (b *builder) plain(grids [3]*grid) {
	b.plainSettings(grids[2])
	if g := grids[1]; g != nil && b.needs(g, []string{"kode"}, []string{"nilai"}, []string{"teks"}) {
		for _, r := range g.rows {
			b.options = append(b.options, option{row: r.number, list: g.text(r, "kode"), value: g.text(r, "nilai"),
				label: g.text(r, "teks"), superior: g.text(r, "teks atasan"), group: g.text(r, "untuk")})
		}
	}
	g := grids[0]
	if g == nil || !b.needs(g, []string{"kode"}, []string{"judul"}, []string{"jenis"}, []string{"pertanyaan"}) {
		return
	}
	for _, r := range g.rows {
		q := question{row: r.number, code: g.text(r, "kode"), kind: g.text(r, "jenis"), title: g.text(r, "judul"),
			prompt: g.text(r, "pertanyaan"), only: g.text(r, "hanya bila"), limit: g.text(r, "panjang")}
		optional := g.text(r, "boleh dilewati")
		q.must = optional
		q.optional = b.flag(Fault{Sheet: g.sheet, Row: r.number, Column: optional.column}, optional.value, false)
		switch strings.ToLower(q.kind.value) {
		case levelWord:
			q.list, q.levels = q.code.value, true
		case choiceWord:
			q.list = q.code.value
		case textWord:
		default:
			b.on(q, q.kind, BadType, "the type is tingkat, pilihan or teks")
			continue
		}
		b.questions = append(b.questions, q)
	}
}

// text is the cell of a row under the first of the headings that the sheet has.
func (g *grid) text(r gridRow, headings ...string) text {
	value, column := g.at(r, headings...)
	return text{value, column}
}

// setting is one setting with its place.
type setting struct {
	value       string
	row, column int
}

func (b *builder) plainSettings(g *grid) {
	found := map[string]setting{}
	if g != nil && b.needs(g, []string{"pengaturan"}, []string{"isi"}) {
		for _, r := range g.rows {
			key, value := g.text(r, "pengaturan"), g.text(r, "isi")
			found[strings.ToLower(key.value)] = setting{value.value, r.number, value.column}
		}
	}
	b.settings(found, [7]string{"kode", "versi", "kegunaan", "judul", "pengantar", "menit", "periksa dulu"}, questionnaire.Definition{})
}

// settings fills what is about the whole. keys name the settings in the order code,
// version, kind, title, introduction, minutes, review; otherwise is what holds where
// nothing is said.
func (b *builder) settings(found map[string]setting, keys [7]string, otherwise questionnaire.Definition) {
	at := func(n int) Fault {
		s := found[keys[n]]
		return Fault{Code: BadSetting, Sheet: b.sheets[2], Row: s.row, Column: s.column, Value: keys[n], Detail: "the setting " + keys[n]}
	}
	word := func(n int, otherwise string) string {
		s := found[keys[n]].value
		if s == "" {
			s = otherwise
		}
		if s == "" {
			b.fault(at(n))
		}
		return s
	}
	d := &b.whole
	d.Code, d.Kind = word(0, otherwise.Code), questionnaire.Kind(strings.ToLower(word(2, string(otherwise.Kind))))
	d.Title, d.Intro = word(3, otherwise.Title), cmp.Or(found[keys[4]].value, otherwise.Intro)
	if d.Intro == "" && d.Kind != questionnaire.Survey {
		b.fault(at(4))
	}
	d.Version = b.number(at(1), found[keys[1]].value, max(1, otherwise.Version))
	d.Minutes = b.number(at(5), found[keys[5]].value, otherwise.Minutes)
	if d.Minutes == 0 {
		b.fault(at(5))
	}
	d.Review = b.flag(at(6), found[keys[6]].value, otherwise.Review)
}

// kinds of XLSForm by the other names that the community's tools read.
var (
	oneOf     = []string{"select_one", "select1"}
	oneOfLong = [][]string{{"select", "one", "from"}, {"select", "one"}}
	textKinds = []string{"text", "string"}
	grouping  = [][]string{{"begin_group"}, {"begin", "group"}, {"end_group"}, {"end", "group"}}
)

// starts tells whether the words begin with one of the lists, and how long that is.
func starts(words []string, lists [][]string) (n int) {
	for _, l := range lists {
		if len(words) >= len(l) && slices.Equal(words[:len(l)], l) {
			return len(l)
		}
	}
	return 0
}

// listOfType is the list of choices of a type, "" = it is none of one answer.
func listOfType(words []string) string {
	if len(words) == 2 && slices.Contains(oneOf, words[0]) {
		return words[1]
	}
	if n := starts(words, oneOfLong); n > 0 && len(words) == n+1 {
		return words[n]
	}
	return ""
}

// metadata are the rows of XLSForm that ask nothing: what a telephone would add by itself.
var metadata = []string{"start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit", "start-geopoint"}

// labelled is how a label holds the title of a question: in bold, on a line of its own.
var labelled = regexp.MustCompile(`(?s)^\*\*([^*]+)\*\*\s*\n\s*(.*)$`)

// slug is a code made of a name.
func slug(name string) string {
	s := strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	return strings.TrimRight(s[:min(len(s), 40)], "-")
}

var notInSlug = regexp.MustCompile(`[^a-z0-9]+`)

// ours are the words in a heading of labels that say that it is Indonesian.
var ours = []string{"(id)", "indonesia", "bahasa"}

// superiorWord marks the column with the words of a superior.
const superiorWord = "atasan"

// labels are the headings of the labels of a sheet: for who answers, and for the superior.
func (g *grid) labels() (own, superior []string) {
	for _, h := range g.order {
		switch {
		case h != "label" && !strings.HasPrefix(h, "label::"):
		case strings.Contains(h, superiorWord):
			superior = append(superior, h)
		default:
			own = append(own, h)
		}
	}
	rank := func(h string) int {
		switch {
		case slices.ContainsFunc(ours, func(w string) bool { return strings.Contains(h, w) }):
			return 0
		case h == "label":
			return 1
		}
		return 2
	}
	slices.SortStableFunc(own, func(a, b string) int { return rank(a) - rank(b) })
	return own, superior
}

// xlsform reads the sheets survey, choices, settings.
func (b *builder) xlsform(grids [3]*grid) {
	if g := grids[1]; g != nil && len(g.rows) > 0 {
		own, superior := g.labels()
		if b.needs(g, []string{"list_name", "list name"}, []string{"name", "value"}, append([]string{"label"}, own...)) {
			for _, r := range g.rows {
				o := option{row: r.number, list: g.text(r, "list_name", "list name"), value: g.text(r, "name", "value"),
					label: g.text(r, own...), superior: g.text(r, superior...), group: g.text(r, "bangkom_for")}
				if o.list.value != "" { // else a remark
					b.options = append(b.options, o)
				}
			}
		}
	}
	intro := ""
	if g := grids[0]; g != nil {
		if own, _ := g.labels(); b.needs(g, []string{"type"}, []string{"name"}, append([]string{"label"}, own...)) {
			intro = b.survey(g, own)
		}
	}
	b.xlsSettings(grids[2], intro)
	b.leftOut(grids)
}

// xlsSettings reads the sheet settings. One that says nothing of Bangkom was drafted
// elsewhere: it is a survey, and its version is somebody else's.
func (b *builder) xlsSettings(g *grid, intro string) {
	found := map[string]setting{}
	if g != nil && len(g.rows) > 0 {
		for h := range g.columns {
			t := g.text(g.rows[0], h)
			found[h] = setting{t.value, g.rows[0].number, t.column}
		}
	}
	otherwise := questionnaire.Definition{Intro: intro, Minutes: minutes(len(b.questions))}
	if _, ok := found["bangkom_kind"]; !ok {
		b.foreign = true
		otherwise.Kind, otherwise.Review = questionnaire.Survey, true
		otherwise.Title = cmp.Or(found["form_id"].value, b.file)
		title := cmp.Or(found["form_title"].value, otherwise.Title)
		if s := found["form_id"]; s.value != "" {
			s.value = slug(s.value)
			found["form_id"] = s
		}
		otherwise.Code = slug(title)
		if v := found["version"]; v.value != "" {
			b.ignored = append(b.ignored, Ignored{Cell: Fault{Sheet: b.sheets[2], Row: v.row, Column: v.column}.Cell(), What: "version"})
		}
		delete(found, "version")
	}
	b.settings(found, [7]string{"form_id", "version", "bangkom_kind", "form_title", "bangkom_intro", "bangkom_minutes", "bangkom_review"}, otherwise)
}

// leftOut tells of the columns that hold something and are not read: pictures, looks, other
// languages.
func (b *builder) leftOut(grids [3]*grid) {
	for n, g := range grids {
		if g == nil {
			continue
		}
		own, superior := g.labels()
		for c, h := range g.order {
			word, _, language := strings.Cut(h, "::")
			read := b.reads(h) && !language || slices.Contains(superior, h) || len(own) > 0 && h == own[0] || slices.Contains(hints(g), h) || h == "version"
			full := slices.ContainsFunc(g.rows, func(r gridRow) bool { return c < len(r.cells) && r.cells[c].Text != "" })
			if word == "" || read || !full || slices.Contains(refused, word) {
				continue
			}
			b.ignored = append(b.ignored, Ignored{Cell: Fault{Sheet: b.sheets[n], Row: 1, Column: c + 1}.Cell(), What: h})
		}
	}
}

// minutes is how long that many questions take: three of them a minute.
func minutes(questions int) int { return min(questionnaire.MaxMinutes, 1+questions/3) }

// survey reads the questions, and returns the introduction: the note before the first.
func (b *builder) survey(g *grid, own []string) (intro string) {
	for _, r := range g.rows {
		kind, code := g.text(r, "type"), g.text(r, "name")
		words := strings.Fields(kind.value)
		if len(words) == 0 {
			if code.value != "" {
				b.fault(Fault{Code: BadType, Sheet: g.sheet, Row: r.number, Column: kind.column, Detail: "no type"})
			}
			continue // else a remark
		}
		label := g.text(r, own...)
		switch {
		case slices.Contains(metadata, words[0]) && len(words) == 1:
			b.ignored = append(b.ignored, Ignored{Cell: Fault{Sheet: g.sheet, Row: r.number}.Cell(), What: words[0]})
			continue
		case words[0] == "note" && len(words) == 1 && len(b.questions) == 0 && intro == "" && label.value != "":
			intro = label.value
			continue
		case starts(words, grouping) == len(words) && !b.steers(g, r):
			b.ignored = append(b.ignored, Ignored{Cell: Fault{Sheet: g.sheet, Row: r.number}.Cell(), What: kind.value})
			continue
		}
		q := question{row: r.number, code: code, kind: kind, only: g.text(r, "relevant", "relevance"), limit: g.text(r, "bangkom_length")}
		q.title, q.prompt = titled(label, code)
		if hint := g.text(r, hints(g)...); hint.value != "" {
			q.prompt.value = strings.TrimSpace(q.prompt.value + "\n" + hint.value)
		}
		required := g.text(r, "required")
		q.must = required
		q.optional = !b.flag(Fault{Sheet: g.sheet, Row: r.number, Column: required.column}, required.value, false)
		switch {
		case listOfType(words) != "":
			q.list = listOfType(words)
		case len(words) == 1 && slices.Contains(textKinds, words[0]):
		default:
			b.on(q, kind, BadType, "the type is select_one LIST or text")
			b.unread = append(b.unread, code.value)
			continue
		}
		b.beyond(g, r)
		b.questions = append(b.questions, q)
	}
	return intro
}

// refused are the columns that would change a question and are not understood.
var refused = []string{"calculation", "constraint", "choice_filter", "default", "repeat_count", "read_only", "readonly", "trigger"}

// steers tells whether a row of a group decides what is asked; one that only puts questions
// on a page together can be left out.
func (b *builder) steers(g *grid, r gridRow) bool {
	for _, h := range slices.Concat([]string{"relevant", "relevance"}, refused) {
		if t := g.text(r, h); t.value != "" {
			return true
		}
	}
	return false
}

// beyond refuses what would change a question and is not understood: calculations,
// constraints, defaults, filters, repeats.
func (b *builder) beyond(g *grid, r gridRow) {
	for _, h := range refused {
		if t := g.text(r, h); t.value != "" {
			b.fault(Fault{Code: BadExpression, Sheet: g.sheet, Row: r.number, Column: t.column, Value: t.value, Detail: h + " is outside of the subset"})
		}
	}
}

func hints(g *grid) []string {
	for _, h := range g.order {
		if h == "hint" || strings.HasPrefix(h, "hint::") && !strings.Contains(h, superiorWord) {
			return []string{h}
		}
	}
	return []string{"hint"}
}

// titled takes the title out of a label; a label without one is called after its code.
func titled(label, code text) (title, prompt text) {
	if m := labelled.FindStringSubmatch(label.value); m != nil {
		return text{strings.TrimSpace(m[1]), label.column}, text{strings.TrimSpace(m[2]), label.column}
	}
	words := strings.Fields(strings.NewReplacer("_", " ", ".", " ").Replace(code.value))
	called := strings.Join(words, " ")
	if called != "" {
		called = strings.ToUpper(called[:1]) + called[1:]
	}
	return text{called, code.column}, label
}
