package account

import (
	"context"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// privacy answers /privasi: what is stored and why, who sees it, and what a
// person may do about it (UU 27/2022, Pasal 5 to 9).
func (e *env) privacy(ctx context.Context, _ string) error {
	e.KeepNote()
	if !e.Linked() {
		return e.privacyUnlinked(ctx)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "privacy.body",
		Text: e.T("privacy.body", e.Person(text.Args{"nip": e.Employee.NIP.Masked(), "unit": e.Employee.UnitName,
			"janji": e.desk.promise(), "melihat": text.HTML(e.whoSees()), "pelatihan": text.HTML(e.whoSeesTrainings()), "rencana": text.HTML(e.whoSeesPlans()), "membaca": text.HTML(e.whoReads()), "tanggapan": text.HTML(e.whoHears()), "niat": text.HTML(e.whoResolves()), "bantuan": e.Cfg.Agency.Helpdesk})),
		Rows: [][]dialog.Button{
			{{Label: e.Label("notice"), Action: e.MenuAction("pemberitahuan", 0)}},
			{{Label: e.Label("openings"), Action: e.MenuAction("pembuka", 0)}},
			{{Label: e.Label("copy"), Action: e.MenuAction("salinan", 0)}},
			{e.Link(feature.ToCorrection, "correct", 0)},
			{{Label: e.Label("unlink"), Action: e.MenuAction("lepas", 0)}},
		}})
	return nil
}

// privacyUnlinked tells a stranger that nothing is stored, and whoever has left
// the account what still is.
func (e *env) privacyUnlinked(ctx context.Context) error {
	former, asked, err := e.tx.FormerAccount(ctx, e.Session.ChatID)
	switch {
	case err != nil:
		return err
	case !former:
		e.Say("privacy.unlinked", e.Helpdesk())
	case asked.IsZero():
		e.Say("privacy.former", e.Helpdesk())
	default:
		e.Say("privacy.former_asked", text.Args{"tanggal": e.Cfg.Text.Date(asked.In(e.Cfg.Location)), "bantuan": e.Cfg.Agency.Helpdesk})
	}
	return nil
}

// whoSees writes those lines of the table "who sees what" that are about answers.
func (e *env) whoSees() string {
	return e.sights(personnel.Answers, []sight{
		{personnel.Self, map[personnel.Sight]string{personnel.Named: "privacy.sees_self"}},
		{personnel.Superior, map[personnel.Sight]string{personnel.AfterBoth: "privacy.sees_superior"}},
		{personnel.PersonnelHR, map[personnel.Sight]string{personnel.WithReason: "privacy.sees_hr"}},
		{personnel.AgencyHead, map[personnel.Sight]string{personnel.Grouped: "privacy.sees_groups"}},
	})
}

// whoReads writes those that are about announcements: whether one has come and was read.
func (e *env) whoReads() string {
	return e.sights(personnel.Receipts, []sight{
		{personnel.Self, map[personnel.Sight]string{personnel.Named: "privacy.sees_self"}},
		{personnel.UnitOfficer, map[personnel.Sight]string{personnel.Named: "privacy.reads_officer"}},
		{personnel.PersonnelHR, map[personnel.Sight]string{personnel.Named: "privacy.reads_hr"}},
		{personnel.Superior, map[personnel.Sight]string{personnel.Counted: "privacy.reads_superior"}},
	})
}

// whoHears writes those that are about what the person says about the own rating.
func (e *env) whoHears() string {
	return e.sights(personnel.Replies, []sight{
		{personnel.Superior, map[personnel.Sight]string{personnel.AfterBoth: "privacy.replies_superior"}},
		{personnel.PersonnelHR, map[personnel.Sight]string{personnel.WhenAsked: "privacy.replies_hr"}},
	})
}

// whoResolves writes those that are about what the person has resolved to do with a training.
func (e *env) whoResolves() string {
	return e.sights(personnel.Resolves, []sight{{personnel.Self, map[personnel.Sight]string{personnel.Named: "privacy.sees_self"}}})
}

// whoSeesPlans writes those that are about the development plan.
func (e *env) whoSeesPlans() string {
	return e.sights(personnel.Plans, []sight{
		{personnel.Self, map[personnel.Sight]string{personnel.Named: "privacy.sees_self"}},
		{personnel.Superior, map[personnel.Sight]string{personnel.Named: "privacy.plans_superior"}},
		{personnel.PersonnelHR, map[personnel.Sight]string{personnel.WithReason: "privacy.sees_hr"}},
		{personnel.AgencyHead, map[personnel.Sight]string{personnel.Grouped: "privacy.sees_groups"}},
	})
}

// sight is the line of a viewer, by how much that viewer sees.
type sight struct {
	viewer personnel.Viewer
	keys   map[personnel.Sight]string
}

// sights writes the lines of the table about one kind of data.
func (e *env) sights(of personnel.Data, viewers []sight) string {
	var lines []string
	for _, one := range viewers {
		if key, ok := one.keys[personnel.Sees(one.viewer, of)]; ok {
			lines = append(lines, e.T(key, e.Person(nil)))
		}
	}
	return strings.Join(lines, "; ")
}

// whoSeesTrainings writes those lines that are about places in trainings.
func (e *env) whoSeesTrainings() string {
	var lines []string
	for _, one := range []struct {
		viewer personnel.Viewer
		key    string
	}{{personnel.Self, "privacy.trains_self"}, {personnel.Superior, "privacy.trains_superior"}, {personnel.UnitOfficer, "privacy.trains_officer"},
		{personnel.PersonnelHR, "privacy.trains_hr"}, {personnel.CommitteeView, "privacy.trains_committee"}} {
		if personnel.Sees(one.viewer, personnel.Trainings) == personnel.Named {
			lines = append(lines, e.T(one.key, e.Person(nil)))
		}
	}
	return strings.Join(lines, "; ")
}

// openingsShown is how many openings stand in the message; the copy has all.
const openingsShown = 10

// openings answers "Siapa yang membuka": everybody else who has opened the
// person's answers, the latest first. A superior is named; for the personnel
// office the reason is given.
func (e *env) openings(ctx context.Context, _ dialog.Action, _ int) error {
	list, total, err := e.tx.Openings(ctx, e.Employee.ID, openingsShown)
	if err != nil {
		return err
	}
	if total == 0 {
		e.Say("privacy.opened_none", e.Person(nil))
		return nil
	}
	lines := []string{e.T("privacy.opened_head", e.Person(nil))}
	for _, o := range list {
		at := o.At.In(e.Cfg.Location)
		args := text.Args{"tanggal": e.Cfg.Text.Date(at), "jam": e.Cfg.Text.Clock(at), "alamat": feature.Clip(o.By.Address(), feature.LongName), "alasan": o.Reason, "hal": ""}
		if o.Plan {
			args["hal"] = e.Cfg.Text.Plain("privacy.opened_plan", nil)
		}
		key := "privacy.opened_superior"
		switch {
		case o.Office:
			key = "privacy.opened_office"
		case o.StandIn:
			key = "privacy.opened_stand_in"
		}
		lines = append(lines, e.T(key, args))
	}
	if total > len(list) {
		lines = append(lines, e.T("privacy.opened_more", text.Args{"n": e.Cfg.Text.Number(total - len(list))}))
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "privacy.opened_head", Text: strings.Join(lines, "\n"),
		Rows: [][]dialog.Button{{{Label: e.Label("copy"), Action: e.MenuAction("salinan", 0)}}}})
	return nil
}

// unlinkSelf lets a person give up the own account, after asking once more.
func (e *env) unlinkSelf(ctx context.Context, a dialog.Action, message int) error {
	show := func(key string, rows ...[]dialog.Button) {
		e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, e.Person(e.Helpdesk())), Edit: message, Rows: rows})
	}
	button := func(label, step string) []dialog.Button {
		return []dialog.Button{{Label: e.Label(label), Action: e.MenuAction(step, 0)}}
	}
	key := "unlink.done"
	switch a.Step {
	case "lepas":
		show("unlink.ask", button("unlink_yes", "lepasya"), button("unlink_erase", "lepashapus"), button("unlink_no", "lepastdk"))
		return nil
	case "lepastdk":
		show("unlink.kept")
		return nil
	case "lepashapus":
		key = "unlink.erasure"
		if err := e.Ask(ctx, personnel.ErasureTicket, ""); err != nil {
			return err
		}
	}
	show(key)
	if _, err := e.tx.Unlink(ctx, e.Employee.ID, e.Employee.ID, "self", e.Now); err != nil {
		return err
	}
	e.leaveAccount()
	return nil
}
