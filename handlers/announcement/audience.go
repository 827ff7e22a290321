package announcement

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

// unitFlow adds units to the audience of the draft that is its ref, titleFlow positions.
const (
	unitFlow  = "au"
	titleFlow = "at"
)

const (
	optionsShown = 25 // of a search, on one card
	namesShown   = 4  // of units or positions, in the words of an audience
	longestName  = 80 // characters that are looked for
)

// openAudience shows to whom a draft goes and what can be changed about that.
func (e *env) openAudience(ctx context.Context, a dialog.Action, message int) error {
	d, err := ownDraft(ctx, e, a.Ref)
	if err != nil {
		return err
	}
	card, err := audienceCard(ctx, e, d)
	if a.Value != belowFile {
		card.Edit = message
	}
	e.Out.Replies = append(e.Out.Replies, card)
	return err
}

// belowFile is the value of a button whose message is a file: it has no text that a
// card could take the place of.
const belowFile = "f"

// audienceCard says in words and in a number to whom a draft goes.
func audienceCard(ctx context.Context, e *env, d announcement.Announcement) (dialog.Reply, error) {
	words, err := audienceWords(ctx, e, d.Audience)
	if err != nil {
		return dialog.Reply{}, err
	}
	key, n := "announce.audience_none", 0
	if d.Audience.Chosen() {
		key = "announce.audience"
		if n, err = e.tx.CountAudience(ctx, d.Audience, e.Now); err != nil {
			return dialog.Reply{}, err
		}
	}
	form := func(label, flow string) dialog.Button {
		return dialog.Button{Label: e.Label(label), Action: dialog.Action{Flow: flow, Ref: d.ID, Verb: dialog.Resume}}
	}
	set := func(on bool, label, value string) dialog.Button {
		act, name := audienceAction(e, d.ID, value), e.Label(label)
		if on {
			act.Value, name = "bukan-"+value, e.Cfg.Text.Plain("label.set_on", text.Args{"nama": name})
		}
		return dialog.Button{Label: name, Action: act}
	}
	who := d.Audience
	back := dialog.Button{Label: e.Label("audience_done"), Action: e.MenuAction("pmkonsep", d.ID)}
	return dialog.Reply{Template: key, Text: e.T(key, text.Args{"n": e.Cfg.Text.Number(n), "sasaran": words}),
		Rows: [][]dialog.Button{
			{back},
			{form("audience_unit", unitFlow), form("audience_title", titleFlow)},
			{{Label: e.Label("audience_class"), Action: e.MenuAction("pmkelas", d.ID)}, form("audience_file", nipFlow)},
			{set(who.Status == pns, "only_pns", "pns"), set(who.Status == pppk, "only_pppk", "pppk")},
			{set(who.Superiors, "bosses", "atasan"), set(who.Heads, "heads", "kepala")},
			{set(who.Officers, "officers", "petugas"), set(who.Unassessed, "unassessed", "belum")},
			{set(who.Minus.OnLeave, "no_leave", "cuti")},
			{set(who.Minus.ThisWeek, "no_week", "pekan")},
			{set(who.Chosen() && who.All, "everybody", "semua")},
		}}, nil
}

// The kinds of civil servants of an audience.
const pns, pppk = "PNS", "PPPK"

func audienceAction(e *env, id int64, value string) dialog.Action {
	act := e.MenuAction("pmset", id)
	act.Value = value
	return act
}

// setAudience changes one rule of an audience.
func (e *env) setAudience(ctx context.Context, a dialog.Action, message int) error {
	d, err := ownDraft(ctx, e, a.Ref)
	if err != nil {
		return err
	}
	who := &d.Audience
	value, off := strings.CutPrefix(a.Value, "bukan-")
	only := func(status string) string {
		if off {
			return ""
		}
		return status
	}
	switch value {
	case "pns":
		who.Status = only(pns)
	case "pppk":
		who.Status = only(pppk)
	case "atasan":
		who.Superiors = !off
	case "kepala":
		who.Heads = !off
	case "petugas":
		who.Officers = !off
	case "belum":
		who.Unassessed = !off
	case "cuti":
		who.Minus.OnLeave = !off
	case "pekan":
		who.Minus.ThisWeek = !off
	case "semua":
		*who = announcement.Audience{All: !off, Minus: who.Minus}
	default:
		return dialog.ErrNotFound
	}
	return storeAudience(ctx, e, d, message)
}

// storeAudience stores the audience of a draft and shows its card.
func storeAudience(ctx context.Context, e *env, d announcement.Announcement, message int) error {
	d.Audience = d.Audience.Settled()
	if err := putDraft(ctx, e, &d); err != nil {
		return err
	}
	card, err := audienceCard(ctx, e, d)
	card.Edit = message
	e.Out.Replies = append(e.Out.Replies, card)
	return err
}

// chooseClass lists the classes of positions; a press adds one or takes it away.
func (e *env) chooseClass(ctx context.Context, a dialog.Action, message int) error {
	d, err := ownDraft(ctx, e, a.Ref)
	if err != nil {
		return err
	}
	classes, err := e.tx.ClassOptions(ctx)
	if err != nil {
		return err
	}
	var rows [][]dialog.Button
	for _, c := range classes {
		act := e.MenuAction("pmkelasya", d.ID)
		act.Value = strings.ReplaceAll(c.Code, "_", "-")
		rows = append(rows, []dialog.Button{{Label: feature.Clip(strings.TrimPrefix(c.Name, "Jabatan "), 34), Action: act}})
	}
	rows = append(rows, []dialog.Button{{Label: e.Label("back"), Action: e.MenuAction("pmsasar", d.ID)}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "announce.classes", Text: e.T("announce.classes", nil), Rows: rows, Edit: message})
	return nil
}

func (e *env) setClass(ctx context.Context, a dialog.Action, message int) error {
	d, err := ownDraft(ctx, e, a.Ref)
	if err != nil {
		return err
	}
	classes, err := e.tx.ClassOptions(ctx)
	if err != nil {
		return err
	}
	code := strings.ReplaceAll(a.Value, "-", "_")
	if !slices.ContainsFunc(classes, func(o announcement.Option) bool { return o.Code == code }) {
		return dialog.ErrNotFound
	}
	if i := slices.Index(d.Audience.Classes, code); i >= 0 {
		d.Audience.Classes = slices.Delete(d.Audience.Classes, i, i+1)
	} else {
		d.Audience.Classes = append(d.Audience.Classes, code)
	}
	return storeAudience(ctx, e, d, message)
}

// picking is a search for units or positions, and what was chosen of it.
type picking struct {
	Typed  string                `json:"typed"`
	Found  []announcement.Option `json:"found,omitempty"`
	Chosen []announcement.Option `json:"chosen,omitempty"`
	None   bool                  `json:"none,omitempty"` // nothing was found: the form is over
}

// all is the value of the button that chooses everything that was found.
const all = "semua"

// pickForm looks for something by a part of its name and adds what is chosen to the
// audience of a draft.
func (p *desk) pickForm(name, ask string, find func(context.Context, *env, string) ([]announcement.Option, error),
	take func(*announcement.Audience, announcement.Option)) dialog.Form[drafting[picking], *env] {
	type state = drafting[picking]
	q := feature.Short[state]{Desk: p.Desk, Cancelled: func(d *state) *bool { return &d.Cancelled },
		Args: func(d state) text.Args { return text.Args{"daftar": p.optionList(d.Given.Found)} }}
	f := draftForm(p, name, func(feature.Short[state]) []dialog.Step[state] { return nil }, nil)
	f.Steps = func(d state) []dialog.Step[state] {
		if d.Given.None {
			return nil
		}
		steps := []dialog.Step[state]{q.Words("cari", ask, "announce.search_hint", feature.ShortestName, longestName, func(d *state) *string { return &d.Given.Typed })}
		if len(d.Given.Found) > 0 {
			steps = append(steps, q.Question("pilih", "announce.found", p.acceptOption, p.optionRows(len(d.Given.Found))...))
		}
		return q.Steps(d, steps...)
	}
	f.Part = func(ctx context.Context, e *env, d *state) (end dialog.Ending, err error) {
		if d.Cancelled || len(d.Given.Found) > 0 {
			return end, nil
		}
		d.Given.Found, err = find(ctx, e, d.Given.Typed)
		if err != nil || len(d.Given.Found) > 0 {
			return end, err
		}
		d.Given.None = true
		again := dialog.Button{Label: e.Label("search_again"), Action: dialog.Action{Flow: name, Ref: d.draft.ID, Verb: dialog.Resume}}
		return dialog.Ending{Replies: []dialog.Reply{{Template: "announce.found_none", Text: e.T("announce.found_none", nil),
			Rows: [][]dialog.Button{{again}, {{Label: e.Label("audience"), Action: e.MenuAction("pmsasar", d.draft.ID)}}}}}}, nil
	}
	f.Finish = func(ctx context.Context, e *env, d state) (dialog.Ending, error) {
		for _, o := range d.Given.Chosen {
			take(&d.draft.Audience, o)
		}
		d.draft.Audience = d.draft.Audience.Settled()
		if !d.Cancelled {
			if err := putDraft(ctx, e, &d.draft); err != nil {
				return dialog.Ending{}, err
			}
		}
		card, err := audienceCard(ctx, e, d.draft)
		return dialog.Ending{Replies: []dialog.Reply{card}}, err
	}
	return f
}

func (p *desk) acceptOption(d *drafting[picking], value string) error {
	if strings.EqualFold(strings.TrimSpace(value), all) {
		d.Given.Chosen = d.Given.Found
		return nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil || n < 1 || n > len(d.Given.Found) {
		return dialog.Invalid(p.Cfg.Text.T("form.choice_hint", nil))
	}
	d.Given.Chosen = d.Given.Found[n-1 : n]
	return nil
}

// optionList writes what was found, with how many people each holds.
func (p *desk) optionList(found []announcement.Option) text.HTML {
	lines := make([]string, len(found))
	for i, o := range found {
		lines[i] = p.Cfg.Text.T("announce.option", text.Args{"k": i + 1, "nama": feature.Clip(o.Name, feature.LongName), "n": p.Cfg.Text.Number(o.People)})
	}
	return text.HTML(strings.Join(lines, "\n"))
}

// optionRows are a button for each and one for all of them.
func (p *desk) optionRows(n int) [][]dialog.Choice {
	buttons := make([]dialog.Choice, n)
	for i := range n {
		buttons[i] = dialog.Choice{Label: strconv.Itoa(i + 1), Value: strconv.Itoa(i + 1)}
	}
	rows := feature.Grid(feature.Numbers, buttons)
	if n > 1 {
		rows = append(rows, []dialog.Choice{{Label: p.Cfg.Text.Plain("label.all_found", text.Args{"n": n}), Value: all}})
	}
	return rows
}

func (p *desk) unitForm() dialog.Form[drafting[picking], *env] {
	return p.pickForm(unitFlow, "announce.unit_ask",
		func(ctx context.Context, e *env, typed string) ([]announcement.Option, error) {
			return e.tx.FindUnits(ctx, typed, optionsShown)
		}, func(a *announcement.Audience, o announcement.Option) {
			if !slices.Contains(a.Units, o.ID) {
				a.Units = append(a.Units, o.ID)
			}
		})
}

func (p *desk) titleForm() dialog.Form[drafting[picking], *env] {
	return p.pickForm(titleFlow, "announce.title_ask",
		func(ctx context.Context, e *env, typed string) ([]announcement.Option, error) {
			return e.tx.FindTitles(ctx, typed, optionsShown)
		}, func(a *announcement.Audience, o announcement.Option) {
			if !slices.Contains(a.Titles, o.Name) {
				a.Titles = append(a.Titles, o.Name)
			}
		})
}

// audienceWords say to whom something goes, in plain text.
func audienceWords(ctx context.Context, e *env, a announcement.Audience) (string, error) {
	say := e.Cfg.Text.Plain
	var parts []string
	if len(a.Units) > 0 {
		names, err := e.tx.UnitNames(ctx, a.Units)
		if err != nil {
			return "", err
		}
		of := make([]string, len(a.Units))
		for i, id := range a.Units {
			of[i] = names[id]
		}
		parts = append(parts, say("announce.of_units", text.Args{"nama": someOf(e, of)}))
	}
	if len(a.Titles) > 0 {
		parts = append(parts, say("announce.of_titles", text.Args{"nama": someOf(e, a.Titles)}))
	}
	if len(a.Classes) > 0 {
		classes, err := e.tx.ClassOptions(ctx)
		if err != nil {
			return "", err
		}
		var names []string
		for _, c := range classes {
			if slices.Contains(a.Classes, c.Code) {
				names = append(names, c.Name)
			}
		}
		parts = append(parts, say("announce.of_classes", text.Args{"nama": someOf(e, names)}))
	}
	if a.Status != "" {
		parts = append(parts, a.Status)
	}
	parts = append(parts, roleWords(e, a)...)
	if len(a.People) > 0 {
		parts = append(parts, say("announce.of_file", text.Args{"n": e.Cfg.Text.Number(len(a.People))}))
	}
	switch {
	case len(parts) == 0 && a.All:
		parts = append(parts, say("announce.of_all", nil))
	case len(parts) == 0:
		parts = append(parts, say("announce.of_nobody", nil))
	}
	if a.Minus.OnLeave {
		parts = append(parts, say("announce.but_leave", nil))
	}
	if a.Minus.ThisWeek {
		parts = append(parts, say("announce.but_week", nil))
	}
	return strings.Join(parts, "; "), nil
}

// roleWords name the roles of an audience, of which a person needs one, and what is
// asked beside.
func roleWords(e *env, a announcement.Audience) (parts []string) {
	var roles []string
	for _, r := range []struct {
		on  bool
		key string
	}{{a.Superiors, "announce.of_bosses"}, {a.Heads, "announce.of_heads"}, {a.Officers, "announce.of_officers"}} {
		if r.on {
			roles = append(roles, e.Cfg.Text.Plain(r.key, nil))
		}
	}
	if len(roles) > 0 {
		parts = append(parts, strings.Join(roles, e.Cfg.Text.Plain("announce.or", nil)))
	}
	if a.Unassessed {
		parts = append(parts, e.Cfg.Text.Plain("announce.of_unassessed", nil))
	}
	return parts
}

// someOf names the first few of many.
func someOf(e *env, names []string) string {
	shown := make([]string, min(len(names), namesShown))
	for i := range shown {
		shown[i] = feature.Clip(names[i], feature.LongName)
	}
	if rest := len(names) - len(shown); rest > 0 {
		shown = append(shown, e.Cfg.Text.Plain("announce.and_more", text.Args{"n": rest}))
	}
	return strings.Join(shown, ", ")
}
