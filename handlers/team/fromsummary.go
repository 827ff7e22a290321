package team

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/rating"
	"bangkom/internal/summary"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// shareOneFlow asks who rates one person instead of the superior. Its ref is the
// rating.
const shareOneFlow = "w"

// talkOnSummary goes on to the record of a talk. It stands in a message of its
// own; the summary changes when it is finished.
func (e *env) talkOnSummary(ctx context.Context, a dialog.Action, _ summary.Stamp, _ int) (string, bool, error) {
	if _, err := e.tx.PairNews(ctx, a.Ref, e.Employee.ID, e.Now); err != nil {
		return "", false, err
	}
	err := e.RunFlow(ctx, talkFlow, a.Ref, dialog.Input{Verb: dialog.Resume})
	return "", err == nil, err
}

// rateOnSummary goes on to the ratings of the team, with the person of the button
// where they go person by person.
func (e *env) rateOnSummary(ctx context.Context, a dialog.Action, _ summary.Stamp, _ int) (string, bool, error) {
	one, err := e.ratingOf(ctx, a.Ref)
	if err != nil {
		return "", false, err
	}
	if err := e.turnTo(ctx, one); err != nil {
		return "", false, err
	}
	err = e.RunFlow(ctx, ratingFlow, one.Occasion.ID, dialog.Input{Verb: dialog.Resume})
	return "", err == nil, err
}

// rateAllOnSummary goes on to the ratings of the team as /tim does: once a period
// the list is to be confirmed before.
func (e *env) rateAllOnSummary(ctx context.Context, _ dialog.Action, _ summary.Stamp, _ int) (string, bool, error) {
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return "", false, err
	}
	i := slices.IndexFunc(all, e.rateable)
	if i < 0 {
		return "", false, dialog.ErrNotFound
	}
	checked, err := e.tx.TeamChecked(ctx, e.Employee.ID)
	if err != nil {
		return "", false, err
	}
	if !checked {
		err = e.showTeam(ctx, 0, 0)
	} else {
		err = e.RunFlow(ctx, ratingFlow, all[i].Occasion.ID, dialog.Input{Verb: dialog.Resume})
	}
	return "", err == nil, err
}

// turnTo puts the next question about one person on show, in the ratings of a
// small team. Those of a larger team go on competency by competency.
func (e *env) turnTo(ctx context.Context, one rating.Ratable) error {
	rec, _ := e.Session.Draft(ratingFlow, one.Occasion.ID)
	s, err := loadRatings(ctx, e, &rec)
	if err != nil || s.byItem {
		return err
	}
	i := slices.IndexFunc(s.people, func(r ratedPerson) bool { return r.ID == one.ID })
	if i < 0 {
		return dialog.ErrNotFound
	}
	rec.At = cardKey(one.ID)
	for _, code := range s.codes() {
		if _, asked := s.people[i].def.Item(code); asked && s.Answers[one.ID][code] == "" {
			rec.At = itemKey(code, one.ID)
			break
		}
	}
	if rec.State, err = json.Marshal(s); err != nil {
		return fmt.Errorf("encode ratings: %w", err)
	}
	e.Session.Drafts = append(slices.DeleteFunc(e.Session.Drafts, func(d dialog.Record) bool { return d.Form == rec.Form && d.Ref == rec.Ref }), rec)
	return nil
}

// rateable tells whether a rating can be given now and was not sent.
func (e *env) rateable(r rating.Ratable) bool {
	return r.State != task.Done && r.Availability(e.Now) == task.Available
}

// ratingOf is one of the ratings that the presser may give now and has not sent.
func (e *env) ratingOf(ctx context.Context, id int64) (rating.Ratable, error) {
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return rating.Ratable{}, err
	}
	i := slices.IndexFunc(all, func(r rating.Ratable) bool { return r.ID == id })
	if i < 0 || !e.rateable(all[i]) {
		return rating.Ratable{}, dialog.ErrNotFound
	}
	return all[i], nil
}

// shareOnSummary asks who rates one person instead.
func (e *env) shareOnSummary(ctx context.Context, a dialog.Action, _ summary.Stamp, _ int) (string, bool, error) {
	err := e.RunFlow(ctx, shareOneFlow, a.Ref, dialog.Input{Verb: dialog.Resume})
	return "", err == nil, err
}

// shareOneForm finds somebody of the own people, at any depth, to rate one person.
// Only the official may ask that, not a stand-in.
func (p *desk) shareOneForm() dialog.Form[feature.Lookup, *env] {
	return feature.LookupForm(p.Desk, shareOneFlow, "summary.share_who",
		func(ctx context.Context, e *env, r *dialog.Record) (l feature.Lookup, err error) {
			one, err := e.ratingOf(ctx, r.Ref)
			if err != nil {
				return l, err
			}
			if one.EmployeeID != e.Employee.ID {
				return l, dialog.ErrNotFound
			}
			l.Member, l.Of = personnel.Member{Employee: one.Subject}, one.Task
			l.Offered, err = helpers(ctx, e, one.Subject.ID)
			return l, err
		}, shareOne)
}

// helpersOffered is how many people are offered to rate somebody.
const helpersOffered = 10

// helpers are those of the own team who have an account and may rate one person, 0 =
// anybody. Others, further down, can be typed.
func helpers(ctx context.Context, e *env, subject int64) ([]personnel.Member, error) {
	people, err := e.tx.Team(ctx, e.Employee.ID, e.Now)
	people = slices.DeleteFunc(people, func(m personnel.Member) bool {
		return !m.Linked || m.ID == subject || m.SupervisorID == nil || *m.SupervisorID != e.Employee.ID
	})
	return people[:min(len(people), helpersOffered)], err
}

// chosenHelper is who was chosen among those offered, or typed; an Invalid when that is nobody
// or several.
func chosenHelper(ctx context.Context, e *env, l feature.Lookup) (personnel.Member, error) {
	if m, ok := feature.Offered(l.Offered, l.Typed); ok {
		return m, nil
	}
	people, err := e.FoundBelow(ctx, l.Typed, 2)
	if err == nil && len(people) != 1 {
		err = dialog.Invalid(e.T("rating.share_unclear", nil))
	}
	if err != nil {
		return personnel.Member{}, err
	}
	return people[0], nil
}

func shareOne(ctx context.Context, e *env, l feature.Lookup) (dialog.Ending, error) {
	rater, err := chosenHelper(ctx, e, l)
	if err != nil {
		return dialog.Ending{}, err
	}
	above, err := e.tx.Leads(ctx, l.Member.ID, rater.ID)
	if err == nil && (above || rater.ID == l.Member.ID) {
		err = dialog.Invalid(e.T("rating.share_unclear", nil))
	}
	if err != nil {
		return dialog.Ending{}, err
	}
	if err := e.tx.NameCoRater(ctx, e.Employee.ID, l.Member.ID, rater.ID, e.Now); err != nil {
		return dialog.Ending{}, err
	}
	if err := e.tellCoRater(ctx, rater.ID, l.Of); err != nil {
		return dialog.Ending{}, err
	}
	chat, err := e.tx.ChatOf(ctx, rater.ID)
	if err != nil {
		return dialog.Ending{}, err
	}
	key := "summary.shared"
	if chat == 0 { // nothing reaches whoever has no account
		key = "summary.shared_unlinked"
	}
	fresh, err := e.Fresh(ctx)
	args := text.Args{"alamat": feature.Clip(l.Member.Address(), feature.LongName), "penilai": feature.Clip(rater.Address(), feature.LongName)}
	undo := [][]dialog.Button{{{Label: e.Label("rate_self"), Action: e.MenuAction("nilaisendiri", l.Member.ID)}}}
	return dialog.Ending{Replies: append([]dialog.Reply{{Template: key, Text: e.T(key, args), Rows: undo}}, fresh...)}, err
}
