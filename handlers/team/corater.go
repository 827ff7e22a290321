package team

import (
	"context"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/rating"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// shareAbove is how many people a superior leads before others may be asked to
// rate some of them.
const shareAbove = 20

// coRaterFlow asks who helps to rate.
const coRaterFlow = "v"

// shareable returns whose ratings a superior may give to others: those of the
// people of their team, when it is large.
func (e *env) shareable(ctx context.Context) ([]personnel.Member, []rating.CoRater, error) {
	people, err := e.tx.Team(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return nil, nil, err
	}
	people = slices.DeleteFunc(people, func(m personnel.Member) bool { // not those for whom the presser only stands in
		return m.SupervisorID == nil || *m.SupervisorID != e.Employee.ID || m.SelfOnly
	})
	if len(people) <= shareAbove {
		return nil, nil, dialog.ErrNotFound
	}
	helpers, err := e.tx.CoRaters(ctx, e.Employee.ID)
	return people, helpers, err
}

// coRaters shows who rates whom for this superior.
func (e *env) coRaters(ctx context.Context, _ dialog.Action, message int) error {
	_, helpers, err := e.shareable(ctx)
	if err != nil {
		return err
	}
	lines := []string{e.T("rating.share", nil)}
	var numbers []dialog.Button
	var order []int64
	whose := map[int64][]rating.CoRater{}
	for _, h := range helpers {
		if whose[h.Rater.ID] == nil {
			order = append(order, h.Rater.ID)
		}
		whose[h.Rater.ID] = append(whose[h.Rater.ID], h)
	}
	for i, id := range order {
		var subjects []string
		for _, h := range whose[id] {
			subjects = append(subjects, feature.Clip(h.Subject.Address(), 60))
		}
		n := strconv.Itoa(i + 1)
		lines = append(lines, e.T("rating.share_line", text.Args{"k": n, "penilai": whose[id][0].Rater.Address(),
			"n": len(subjects), "daftar": feature.Clip(strings.Join(subjects, ", "), 600)}))
		numbers = append(numbers, dialog.Button{Label: n, Action: e.shareAction("bagihal", id, "0")})
	}
	rows := append(feature.Grid(feature.Numbers, numbers), []dialog.Button{{Label: e.Label("share_new"), Action: dialog.Action{Flow: coRaterFlow, Verb: dialog.Resume}}},
		[]dialog.Button{{Label: e.Label("team_back"), Action: e.teamBack()}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "rating.share", Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
	return nil
}

func (e *env) shareAction(step string, rater int64, value string) dialog.Action {
	a := e.MenuAction(step, rater)
	a.Value = value
	return a
}

// coRaterForm finds one of the superior's people by name or NIP.
func (p *desk) coRaterForm() dialog.Form[feature.Lookup, *env] {
	return feature.LookupForm(p.Desk, coRaterFlow, "rating.share_who",
		func(ctx context.Context, e *env, _ *dialog.Record) (feature.Lookup, error) {
			if _, _, err := e.shareable(ctx); err != nil {
				return feature.Lookup{}, err
			}
			people, err := helpers(ctx, e, 0)
			return feature.Lookup{Offered: people}, err
		},
		func(ctx context.Context, e *env, l feature.Lookup) (dialog.Ending, error) {
			rater, err := chosenHelper(ctx, e, l)
			if err != nil {
				return dialog.Ending{}, err
			}
			err = e.showRated(ctx, rater.ID, 0, 0)
			return e.Taken(), err
		})
}

// chooseRated shows the team with who rates whom; pressing a number gives that
// person to the rater, or back to the superior.
func (e *env) chooseRated(ctx context.Context, a dialog.Action, message int) error {
	first, rest, _ := strings.Cut(a.Value, "-")
	page, err := feature.PageOf(first)
	if err != nil {
		return err
	}
	if a.Step == "bagiya" {
		person, turn, _ := strings.Cut(rest, "-")
		subject, err := strconv.ParseInt(person, 10, 64)
		if err != nil || turn != give && turn != takeBack {
			return dialog.ErrNotFound
		}
		if err := e.turnRated(ctx, subject, a.Ref, turn); err != nil {
			return err
		}
	}
	return e.showRated(ctx, a.Ref, page, message)
}

// What a number does is said in its button, so that a second press of it does
// nothing: it gives the person to the rater, or back to the superior.
const give, takeBack = "b", "k"

func (e *env) turnRated(ctx context.Context, subject, rater int64, turn string) error {
	_, helpers, err := e.shareable(ctx)
	if err != nil {
		return err
	}
	for _, h := range helpers {
		if h.Subject.ID == subject && h.Done {
			return nil // sent already: it stays as it is
		}
		if h.Subject.ID == subject && h.Rater.ID == rater {
			if turn == give { // it has done so already
				return nil
			}
			return e.tx.RevokeCoRater(ctx, e.Employee.ID, subject, e.Now)
		}
	}
	if turn == takeBack {
		return nil
	}
	if err := e.tx.NameCoRater(ctx, e.Employee.ID, subject, rater, e.Now); err != nil {
		return err
	}
	all, err := e.ratings(ctx, 0)
	if err != nil || len(all) == 0 {
		return err
	}
	return e.tellCoRater(ctx, rater, all[0].Task)
}

// helperOf returns who was asked to rate one person of the presser's team; ok is
// false when the presser rates.
func (e *env) helperOf(ctx context.Context, subject int64) (who rating.CoRater, ok bool, err error) {
	helpers, err := e.tx.CoRaters(ctx, e.Employee.ID)
	if err != nil {
		return who, false, err
	}
	i := slices.IndexFunc(helpers, func(h rating.CoRater) bool { return h.Subject.ID == subject })
	if i < 0 {
		return who, false, nil
	}
	return helpers[i], true, nil
}

// helpersShown is how many who rate instead stand on the card of the team.
const helpersShown = 5

// givenLine says who rates how many people of the team instead of the superior;
// "" = nobody.
func (e *env) givenLine(ctx context.Context) (string, error) {
	helpers, err := e.tx.CoRaters(ctx, e.Employee.ID)
	if err != nil || len(helpers) == 0 {
		return "", err
	}
	var order []personnel.Employee
	all, left := map[int64]int{}, map[int64]int{}
	for _, h := range helpers {
		if all[h.Rater.ID] == 0 {
			order = append(order, h.Rater)
		}
		all[h.Rater.ID]++
		if !h.Done {
			left[h.Rater.ID]++
		}
	}
	var parts []string
	for i, who := range order {
		if i == helpersShown {
			parts = append(parts, e.T("rating.given_more", text.Args{"n": len(order) - i}))
			break
		}
		key := "rating.given_open"
		if left[who.ID] == 0 {
			key = "rating.given_sent"
		}
		parts = append(parts, e.T(key, text.Args{"penilai": feature.Clip(who.Address(), 60), "n": all[who.ID], "sisa": left[who.ID]}))
	}
	return e.T("rating.given", text.Args{"daftar": text.HTML(strings.Join(parts, ", "))}), nil
}

// rateSelf takes the rating of one person back from whoever was asked.
func (e *env) rateSelf(ctx context.Context, a dialog.Action, message int) error {
	helper, given, err := e.helperOf(ctx, a.Ref)
	if err != nil {
		return err
	}
	if !given || helper.Done {
		return dialog.ErrNotFound
	}
	if err := e.tx.RevokeCoRater(ctx, e.Employee.ID, a.Ref, e.Now); err != nil {
		return err
	}
	e.Out.Toast = e.Cfg.Text.Plain("toast.saved", nil)
	if err := e.teamMember(ctx, a, message); err != nil {
		return err
	}
	fresh, err := e.Fresh(ctx)
	e.Out.Replies = append(e.Out.Replies, fresh...)
	return err
}

// tellCoRater asks somebody to rate people of this superior, with the first of them that
// they have: once, unless all are taken back or sent meanwhile.
func (e *env) tellCoRater(ctx context.Context, rater int64, of task.Task) error {
	who, err := e.tx.Employee(ctx, rater)
	if err != nil {
		return err
	}
	helpers, err := e.tx.CoRaters(ctx, e.Employee.ID)
	if err != nil {
		return err
	}
	helpers = slices.DeleteFunc(helpers, func(h rating.CoRater) bool { return h.Rater.ID != rater || h.Done })
	if len(helpers) != 1 { // asked before
		return nil
	}
	e.Notify(rater, rating.SharedKey(of.Occasion.ID, e.Employee.ID, rater)+strconv.FormatInt(helpers[0].ID, 10), outreach.Shared, dialog.Reply{Template: "rating.shared",
		Text: e.T("rating.shared", text.Args{"sapaan": who.Salutation(), "atasan": e.Employee.Address(), "batas": e.Deadline(of)}),
		Rows: [][]dialog.Button{{{Label: e.Label("rate_team"), Action: e.MenuAction("tim", 0)}}}})
	return nil
}

func (e *env) showRated(ctx context.Context, rater int64, page, message int) error {
	people, helpers, err := e.shareable(ctx)
	if err != nil {
		return err
	}
	below, err := e.tx.Leads(ctx, e.Employee.ID, rater)
	if err != nil {
		return err
	}
	if !below {
		return dialog.ErrNotFound
	}
	who, err := e.tx.Employee(ctx, rater)
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(people, func(m personnel.Member) bool { return m.ID == rater })
	if page*feature.PageSize >= len(people) {
		page = 0
	}
	shown := people[page*feature.PageSize : min(len(people), (page+1)*feature.PageSize)]
	lines := []string{e.T("rating.share_choose", text.Args{"penilai": who.Address()}), ""}
	var numbers []dialog.Button
	for i, m := range shown {
		n := strconv.Itoa(page*feature.PageSize + i + 1)
		by, turn := e.Cfg.Text.Plain("rating.own", text.Args{"sapaan": e.Employee.Salutation()}), give
		for _, h := range helpers {
			if h.Subject.ID == m.ID {
				by = h.Rater.Address()
			}
			if h.Subject.ID == m.ID && h.Rater.ID == rater {
				turn = takeBack
			}
		}
		lines = append(lines, html.EscapeString(n+". "+feature.Clip(m.Address(), 60)+": "+feature.Clip(by, 60)))
		numbers = append(numbers, dialog.Button{Label: n,
			Action: e.shareAction("bagiya", rater, fmt.Sprintf("%d-%d-%s", page, m.ID, turn))})
	}
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages("bagihal", rater, page, feature.PageSize, len(people))...)
	rows = append(rows, []dialog.Button{{Label: e.Label("share_done"), Action: e.MenuAction("bagi", 0)}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "rating.share_choose", Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
	return nil
}

// reasonFlow asks the personnel office why it opens somebody's result. Its ref
// is the person.
const reasonFlow = "h"

type opening struct {
	Why    string `json:"-"`
	member personnel.Member
}

// The limits of a reason, in characters.
const shortestReason, longestReason = 10, 200

// reasonForm opens the common result of a person after a reason, which is
// logged. Until both sides were sent there is nothing to open.
func (p *desk) reasonForm() dialog.Form[opening, *env] {
	return feature.OneText[opening, *env]{
		Name: reasonFlow, Step: "alasan", Cancelled: "form.cancelled",
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s opening, err error) {
			if !e.Employee.Rights.HR || r.Ref == e.Employee.ID {
				return s, dialog.ErrNotFound
			}
			s.member, err = e.tx.Person(ctx, e.Area(), r.Ref)
			return s, err
		},
		Ask: func(s opening) (string, text.Args) { return "rating.why", text.Args{"alamat": s.member.Address()} },
		Read: func(typed string) (string, error) {
			return p.Line(typed, shortestReason, longestReason, "rating.why_hint")
		},
		Into: func(s *opening) *string { return &s.Why },
		Finish: func(ctx context.Context, e *env, s opening) (dialog.Ending, error) {
			var pair rating.Pair
			ok, err := e.Attempt(func() (err error) {
				pair, err = e.tx.PairForHR(ctx, s.member.ID, e.Employee.ID, s.Why, e.Now)
				return err
			})
			if err != nil {
				return dialog.Ending{}, err
			}
			if !ok {
				return e.Ending("rating.no_pair"), nil
			}
			err = e.showPair(ctx, pair, office)
			return e.Taken(), err
		},
	}.Form(p.Desk)
}
