package team

import (
	"context"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// team answers /tim: whom a superior leads and how far they are, never what
// they answered.
func (e *env) team(ctx context.Context, _ string) error {
	if e.Session.ActiveForm == ratingFlow { // the draft is kept, and this card shows it
		e.Out.ActiveForm, e.Out.ActiveRef = "", 0
	} else {
		e.KeepNote()
	}
	return e.showTeam(ctx, 0, 0)
}

func (e *env) teamPage(ctx context.Context, a dialog.Action, message int) error {
	page, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	return e.showTeam(ctx, page, message)
}

func (e *env) showTeam(ctx context.Context, page, message int) error {
	people, err := e.tx.Team(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		return e.helperCard(ctx, message)
	}
	if page*feature.PageSize >= len(people) {
		page = 0
	}
	done, excused := 0, ""
	for _, m := range people {
		if m.Progress == string(task.Done) {
			done++
		}
	}
	if n := countExcused(people); n > 0 {
		excused = e.Cfg.Text.Plain("team.excused_too", text.Args{"n": n})
	}
	head := e.T("team.head", e.Person(text.Args{"jumlah": len(people), "selesai": done, "kecuali": excused}))
	more, buttons, err := e.teamRatings(ctx, len(people))
	if err != nil {
		return err
	}
	rated, err := ratedPeople(ctx, e)
	if err != nil {
		return err
	}
	if more != "" {
		head += "\n" + more
	}
	shown := people[page*feature.PageSize : min(len(people), (page+1)*feature.PageSize)]
	body, rows := e.Numbered(head, shown, page*feature.PageSize, "anggota", func(m personnel.Member) string {
		if rated[m.ID] {
			return e.ProgressWord(m) + e.T("team.rated", nil)
		}
		return e.ProgressWord(m)
	})
	rows = append(rows, e.Pages("timhal", 0, page, feature.PageSize, len(people))...)
	rows = append(rows, buttons...)
	rows = append(rows, []dialog.Button{e.Link(feature.ToTeamWrong, "team_wrong", 0)})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "team.head", Text: body, Rows: rows, Edit: message})
	return nil
}

// ratedPeople are those of the open period whose rating was sent, by the presser or by
// whoever was asked instead.
func ratedPeople(ctx context.Context, e *env) (map[int64]bool, error) {
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return nil, err
	}
	helpers, err := e.tx.CoRaters(ctx, e.Employee.ID)
	out := map[int64]bool{}
	for _, one := range all {
		out[one.Subject.ID] = one.State == task.Done
	}
	for _, h := range helpers {
		out[h.Subject.ID] = out[h.Subject.ID] || h.Done
	}
	return out, err
}

// countExcused counts who need not fill in.
func countExcused(people []personnel.Member) (n int) {
	for _, m := range people {
		if m.Progress == string(task.Excused) {
			n++
		}
	}
	return n
}

// teamMember opens one person, who must be in the presser's team at this moment.
func (e *env) teamMember(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.TeamMember(ctx, e.Employee.ID, a.Ref, e.Now)
	if err != nil {
		return err
	}
	args := text.Args{"alamat": m.Address(), "jabatan": m.PositionTitle, "unit": m.UnitName, "keadaan": text.HTML(e.ProgressWord(m))}
	line, rows, err := e.memberRating(ctx, m)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "team.member", Text: e.T("team.member", args) + line, Edit: message,
		Rows: append(rows, []dialog.Button{{Label: e.Label("team_back"), Action: e.teamBack()}})})
	return nil
}

func (e *env) teamBack() dialog.Action {
	a := e.MenuAction("timhal", 0)
	a.Value = "0"
	return a
}

// memberDuty is what the card of one person offers about the self-assessment: what
// helps first, a code for who has no account, then to excuse, or the way back.
func (e *env) memberDuty(ctx context.Context, m personnel.Member) (line string, rows [][]dialog.Button, err error) {
	button := func(label, step string) {
		rows = append(rows, []dialog.Button{{Label: e.Label(label), Action: e.MenuAction(step, m.ID)}})
	}
	switch task.State(m.Progress) {
	case task.Excused:
		button("unexcuse", "tetapisi")
	case task.Open, task.Started, task.Done: // what was sent on paper is done, and whoever leads people still rates
		if !m.Linked && !m.Late {
			from, err := e.codeFrom(ctx, m.ID)
			if err != nil {
				return "", nil, err
			}
			if from == "" {
				button("ask_code", "mintakode")
			} else {
				line = "\n" + e.T("codes.asked_before", text.Args{"kapan": from})
			}
		}
		if task.State(m.Progress) != task.Done {
			button("excuse", "lepastugas")
		}
	}
	return line, rows, nil
}

// codeFrom is the day from which on a code can be asked for again; "" = now.
func (e *env) codeFrom(ctx context.Context, person int64) (string, error) {
	asked, err := e.tx.CodeAsked(ctx, person)
	if err != nil || asked.IsZero() {
		return "", err
	}
	from := e.Cfg.Courier.Caps().NudgeFrom(asked, e.Cfg.Location)
	if !from.After(e.Now) {
		return "", nil
	}
	return e.Cfg.Text.Date(from.In(e.Cfg.Location)), nil
}

// askCode asks the officer of the unit for a code for one person of the team, after
// a question that names the officer.
func (e *env) askCode(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.TeamMember(ctx, e.Employee.ID, a.Ref, e.Now)
	if err != nil {
		return err
	}
	from, err := e.codeFrom(ctx, m.ID)
	if err != nil {
		return err
	}
	if m.Linked || from != "" { // linked or asked meanwhile: the card says so
		return e.teamMember(ctx, a, message)
	}
	officers, err := e.tx.CodeOfficers(ctx, []int64{m.ID}, e.Employee.ID)
	if err != nil {
		return err
	}
	member := e.MenuAction("anggota", m.ID)
	r := dialog.Reply{Edit: message, Rows: [][]dialog.Button{{{Label: e.Label("team_back"), Action: e.teamBack()}}}}
	switch {
	case len(officers) == 0:
		r.Template, r.Text = "codes.nobody", e.T("codes.nobody", e.Helpdesk())
	case a.Value == "ya":
		r.Template = "codes.asked"
		r.Text, err = e.RequestCodes(ctx, officers)
		e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	default:
		yes := e.MenuAction("mintakode", m.ID)
		yes.Value = "ya"
		r.Template = "codes.ask"
		r.Text, err = e.CodesQuestion(ctx, officers)
		r.Rows = [][]dialog.Button{{{Label: e.Label("submit"), Action: yes}, {Label: e.Label("cancel"), Action: member}}}
	}
	e.Out.Replies = append(e.Out.Replies, r)
	return err
}

// excuse asks why somebody of the team need not fill in the self-assessment, asks
// whether that is meant, and notes it.
func (e *env) excuse(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.TeamMember(ctx, e.Employee.ID, a.Ref, e.Now)
	if err != nil {
		return err
	}
	why, sure := feature.ExcuseReason(a.Value)
	if sure {
		if err := e.ExcusePerson(ctx, m, why); err != nil {
			return err
		}
		return e.teamMember(ctx, a, message)
	}
	r := e.ExcuseQuestion(m, why, func(value string) dialog.Action {
		act := e.MenuAction("lepastugas", m.ID)
		act.Value = value
		return act
	}, dialog.Button{Label: e.Label("team_back"), Action: e.teamBack()})
	r.Edit = message
	e.Out.Replies = append(e.Out.Replies, r)
	return nil
}

// unexcuse takes that back, from the card of the same person.
func (e *env) unexcuse(ctx context.Context, a dialog.Action, message int) error {
	m, err := e.tx.TeamMember(ctx, e.Employee.ID, a.Ref, e.Now)
	if err != nil {
		return err
	}
	if _, err := e.UnexcusePerson(ctx, m); err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	return e.teamMember(ctx, a, message)
}
