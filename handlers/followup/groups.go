package followup

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
	"bangkom/internal/followup"
	"bangkom/internal/text"
)

// What stands below the whole agency on a page of groups, as values of the buttons.
const (
	byProgramme = "p"
	byPartner   = "m"
	byBatch     = "b" // of the programme that is the ref
)

// baselineFrom is of how many persons of a programme the evaluation is a baseline
// (disclosure.md, issue 20).
const baselineFrom = 10

// ever is when the first groups may have been published: these pages look at all.
var ever = time.Unix(0, 0)

// groupPage is what groups say on one day: together, and in parts.
type groupPage struct {
	days  []int // of which there are groups
	day   int
	by    string
	ref   int64  // the programme, by batch
	title string // of it; "" = all trainings
	whole followup.Joined
	list  []followup.Joined
	base  map[int64]string // of programmes, the mean at the end of the training
}

// pageOf chooses from all groups what a button asks for: "30.p". The first day and programmes
// where it asks for nothing that is there; ErrNotFound when there is no group of a programme
// any more.
func pageOf(all []followup.Shown, base map[int64]string, ref int64, value string) (g groupPage, err error) {
	g = groupPage{days: followup.Days(all), base: base, ref: ref}
	if len(g.days) == 0 {
		return g, nil
	}
	word, by, _ := strings.Cut(value, ".")
	if g.day, err = strconv.Atoi(word); err != nil || !slices.Contains(g.days, g.day) {
		g.day = g.days[0]
	}
	shown := followup.Of(all, g.day)
	switch g.by = by; by {
	case byPartner:
		g.list = followup.ByPartner(shown)
	case byBatch:
		shown = slices.DeleteFunc(shown, func(s followup.Shown) bool { return s.Programme != ref })
		if len(shown) == 0 {
			return g, dialog.ErrNotFound
		}
		g.title, g.list = shown[0].Title, followup.ByBatch(shown)
	default:
		g.by, g.list = byProgramme, followup.ByProgramme(shown)
	}
	g.whole = followup.Join(shown)
	return g, nil
}

// groupsSeen reads what groups may show to a reader, and the baselines of programmes. Whom the
// reader sees by name is taken out before.
func groupsSeen(ctx context.Context, tx Tx, t *text.Catalogue, reader int64, now time.Time) ([]followup.Shown, map[int64]string, error) {
	all, err := tx.FollowUpGroups(ctx, ever, now.Add(time.Second), []int64{reader})
	if err != nil || len(all) == 0 {
		return nil, nil, err
	}
	base, err := baselines(ctx, tx, t, now)
	return all, base, err
}

// baselines are the means of the ability at the end of the training, by programme, where ten or
// more have told it without a name.
func baselines(ctx context.Context, tx Tx, t *text.Catalogue, now time.Time) (map[int64]string, error) {
	results, err := tx.PublishedResults(ctx, ever, now.Add(time.Second))
	if err != nil {
		return nil, err
	}
	of := map[int64][]evaluation.Shown{}
	for _, r := range results {
		of[r.Programme] = append(of[r.Programme], r)
	}
	out := map[int64]string{}
	for id, some := range of {
		if j := evaluation.AbilityNow(t, some); j.N >= baselineFrom {
			out[id] = j.Text
		}
	}
	return out, nil
}

// groups shows the personnel office what groups say: along one tree, batch, programme,
// partner, agency.
func (e *env) groups(ctx context.Context, a dialog.Action, message int) error {
	all, base, err := groupsSeen(ctx, e.tx, e.Cfg.Text, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	g, err := pageOf(all, base, a.Ref, a.Value)
	if err != nil {
		return err
	}
	if len(g.days) == 0 {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "followup.groups_none", Text: e.T("followup.groups_none", nil), Edit: message})
		return nil
	}
	body, listed := at(e.Desk).groupsText(g)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "followup.groups", Edit: message, Text: body, Rows: e.groupButtons(g, listed)})
	return nil
}

// groupButtons lead to the parts that are listed, to the other ways of looking, and to the
// picture and the file of the page.
func (e *env) groupButtons(g groupPage, listed int) (rows [][]dialog.Button) {
	to := func(step, label string, ref int64, day int, by string) dialog.Button {
		act := e.MenuAction(step, ref)
		act.Value = strconv.Itoa(day) + "." + by
		return dialog.Button{Label: label, Action: act}
	}
	if g.by == byProgramme {
		var numbers []dialog.Button
		for i, j := range g.list[:listed] {
			numbers = append(numbers, to(groupsStep, strconv.Itoa(i+1), j.ID, g.day, byBatch))
		}
		rows = append(feature.Grid(feature.Numbers, numbers), []dialog.Button{to(groupsStep, e.Label("followup_partners"), 0, g.day, byPartner)})
	} else {
		rows = append(rows, []dialog.Button{to(groupsStep, e.Label("followup_programmes"), 0, g.day, byProgramme)})
	}
	for _, other := range g.days {
		if other != g.day && g.by != byBatch {
			rows = append(rows, []dialog.Button{to(groupsStep, e.Cfg.Text.Plain("label.followup_day", text.Args{"n": other}), 0, other, g.by)})
		}
	}
	return append(rows, []dialog.Button{to(groupPictureStep, e.Label("followup_picture"), g.ref, g.day, g.by),
		to(groupSheetStep, e.Label("followup_sheet"), 0, g.day, byProgramme)})
}

// groupsText writes a page: what all of it shows together, and the parts in one line each;
// listed is of how many there was room for a line.
func (p *desk) groupsText(g groupPage) (body string, listed int) {
	t := p.Cfg.Text
	lines := []string{t.T("followup.groups", text.Args{"hari": g.day}), "", t.T("followup.group_head", text.Args{"nama": p.groupTitle(g), "n": t.Number(g.whole.Persons)})}
	for _, v := range p.values(g.whole) {
		if v.text != "" {
			lines = append(lines, t.T(v.key, text.Args{"nilai": v.text}))
		}
	}
	lines = append(lines, "")
	head := len(lines)
	for i, j := range g.list {
		line := t.T("followup.group_line", text.Args{"k": i + 1, "nama": feature.Clip(p.houseName(j), feature.LongName), "n": t.Number(j.Persons), "nilai": p.meanWord(j, followup.Ability)})
		if _, ok := j.Means[followup.Seen]; ok {
			line += "; " + t.T("followup.group_seen", text.Args{"nilai": p.meanWord(j, followup.Seen)})
		}
		if b := g.base[j.ID]; g.by == byProgramme && b != "" {
			line += "; " + t.T("followup.group_base", text.Args{"nilai": b})
		}
		lines = append(lines, line)
	}
	n := 0
	body, n = feature.Joined(lines[:min(len(lines), head+2*feature.PageSize)], feature.MessageBudget-100)
	if n < len(lines) {
		body += "\n" + t.T("evaluation.compare_more", text.Args{"n": len(lines) - n})
	}
	return body, max(0, n-head)
}

// groupTitle is what a page is about.
func (p *desk) groupTitle(g groupPage) string {
	if g.title != "" {
		return g.title
	}
	return p.Cfg.Text.Plain("followup.groups_all", nil)
}

// houseName is the name of a part; that of the agency itself has none.
func (p *desk) houseName(j followup.Joined) string {
	if j.Name != "" {
		return j.Name
	}
	return p.Cfg.Text.Plain("evaluation.own_house", nil)
}

// value is one of those that groups show together, in the words of the catalogue.
type value struct {
	key    string // of the sentence that names it
	column string // of the heading of its column
	text   string // "" = it is not shown
}

// values are all that some groups show together, in the order in which they are read.
func (p *desk) values(j followup.Joined) []value {
	var helps []string
	for _, h := range followup.Helps() {
		if w := p.shareWord(j, followup.Help, h); w != "" {
			helps = append(helps, p.Cfg.Text.Plain(followup.HelpKey(h), nil)+" "+w)
		}
	}
	return []value{
		{"followup.value_self", "followup.col_self", p.meanWord(j, followup.Ability)},
		{"followup.value_seen", "followup.col_seen", p.meanWord(j, followup.Seen)},
		{"followup.value_often", "followup.col_often", p.meanWord(j, followup.Frequency)},
		{"followup.value_no_chance", "followup.col_no_chance", p.shareWord(j, followup.Frequency, followup.NoChance)},
		{"followup.value_not_given", "followup.col_not_given", p.shareWord(j, followup.Given, followup.NotGiven)},
		{"followup.value_help", "followup.col_help", strings.Join(helps, "; ")},
	}
}

func (p *desk) meanWord(j followup.Joined, item string) string {
	if j.Means[item].From >= followup.High {
		return p.Cfg.Text.Plain("followup.or_more", nil)
	}
	return evaluation.WriteJoint(p.Cfg.Text, j.Means[item])
}

func (p *desk) shareWord(j followup.Joined, item, value string) string {
	return evaluation.WriteShare(p.Cfg.Text, j.Shares[followup.Cell{Item: item, Value: value}.Key()])
}
