package handlers

import (
	"context"
	"errors"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

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

// shareable are the ratings that a superior may give to others: those of the
// own team, when it is large.
func (e *env) shareable(ctx context.Context) ([]personnel.Member, []rating.CoRater, error) {
	people, err := e.tx.Team(ctx, e.employee.ID, e.now)
	if err != nil {
		return nil, nil, err
	}
	people = slices.DeleteFunc(people, func(m personnel.Member) bool { // not those of whom this is the stand-in
		return m.SupervisorID == nil || *m.SupervisorID != e.employee.ID || m.SelfOnly
	})
	if len(people) <= shareAbove {
		return nil, nil, dialog.ErrNotFound
	}
	helpers, err := e.tx.CoRaters(ctx, e.employee.ID)
	return people, helpers, err
}

// coRaters shows who rates whom for this superior.
func (e *env) coRaters(ctx context.Context, _ dialog.Action, message int) error {
	_, helpers, err := e.shareable(ctx)
	if err != nil {
		return err
	}
	lines := []string{e.t("rating.share", nil)}
	var rows [][]dialog.Button
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
			subjects = append(subjects, clip(h.Subject.Address(), 60))
		}
		n := strconv.Itoa(i + 1)
		lines = append(lines, e.t("rating.share_line", text.Args{"k": n, "penilai": whose[id][0].Rater.Address(),
			"n": len(subjects), "daftar": clip(strings.Join(subjects, ", "), 600)}))
		if i%5 == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], dialog.Button{Label: n, Action: e.shareAction("bagihal", id, "0")})
	}
	rows = append(rows, []dialog.Button{{Label: e.label("share_new"), Action: dialog.Action{Flow: coRaterFlow, Verb: dialog.Resume}}},
		[]dialog.Button{{Label: e.label("team_back"), Action: e.teamBack()}})
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "rating.share", Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
	return nil
}

func (e *env) shareAction(step string, rater int64, value string) dialog.Action {
	a := e.menuAction(step, rater)
	a.Value = value
	return a
}

// coRaterForm finds somebody of the own people by name or NIP.
func (p *Processor) coRaterForm() dialog.Form[lookup, *env] {
	return p.lookupForm(coRaterFlow, "rating.share_who",
		func(ctx context.Context, e *env, _ *dialog.Record) (lookup, error) {
			_, _, err := e.shareable(ctx)
			return lookup{}, err
		},
		func(ctx context.Context, e *env, l lookup) (dialog.Ending, error) {
			people, err := e.foundBelow(ctx, l.Typed, 2)
			if err != nil {
				return dialog.Ending{}, err
			}
			if len(people) != 1 {
				return e.ending("rating.share_unclear"), nil
			}
			err = e.showRated(ctx, people[0].ID, 0, 0)
			return e.taken(), err
		})
}

// chooseRated shows the team with who rates whom; a number gives that person to
// the rater, or back to the superior.
func (e *env) chooseRated(ctx context.Context, a dialog.Action, message int) error {
	first, second, _ := strings.Cut(a.Value, "-")
	page, err := strconv.Atoi(first)
	if err != nil || page < 0 {
		return dialog.ErrNotFound
	}
	if a.Step == "bagiya" {
		subject, err := strconv.ParseInt(second, 10, 64)
		if err != nil {
			return dialog.ErrNotFound
		}
		if err := e.toggleRated(ctx, subject, a.Ref); err != nil {
			return err
		}
	}
	return e.showRated(ctx, a.Ref, page, message)
}

func (e *env) toggleRated(ctx context.Context, subject, rater int64) error {
	_, helpers, err := e.shareable(ctx)
	if err != nil {
		return err
	}
	for _, h := range helpers {
		if h.Subject.ID == subject && h.Done {
			return nil // sent already: it stays as it is
		}
		if h.Subject.ID == subject && h.Rater.ID == rater {
			return e.tx.RevokeCoRater(ctx, e.employee.ID, subject, e.now)
		}
	}
	if err := e.tx.NameCoRater(ctx, e.employee.ID, subject, rater, e.now); err != nil {
		return err
	}
	all, err := e.ratings(ctx, 0)
	if err != nil || len(all) == 0 {
		return err
	}
	return e.tellCoRater(ctx, rater, all[0].Task)
}

// helperOf is who was asked to rate one person of the own team; ok is false when
// the presser rates.
func (e *env) helperOf(ctx context.Context, subject int64) (who rating.CoRater, ok bool, err error) {
	helpers, err := e.tx.CoRaters(ctx, e.employee.ID)
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

// givenLine says who rates how many of the own team instead; "" = nobody.
func (e *env) givenLine(ctx context.Context) (string, error) {
	helpers, err := e.tx.CoRaters(ctx, e.employee.ID)
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
			parts = append(parts, e.t("rating.given_more", text.Args{"n": len(order) - i}))
			break
		}
		key := "rating.given_open"
		if left[who.ID] == 0 {
			key = "rating.given_sent"
		}
		parts = append(parts, e.t(key, text.Args{"penilai": clip(who.Address(), 60), "n": all[who.ID], "sisa": left[who.ID]}))
	}
	return e.t("rating.given", text.Args{"daftar": text.HTML(strings.Join(parts, ", "))}), nil
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
	if err := e.tx.RevokeCoRater(ctx, e.employee.ID, a.Ref, e.now); err != nil {
		return err
	}
	e.out.toast = e.cfg.Text.Plain("toast.saved", nil)
	return e.teamMember(ctx, a, message)
}

// tellCoRater asks somebody once in a period to rate people of this superior.
func (e *env) tellCoRater(ctx context.Context, rater int64, of task.Task) error {
	who, err := e.tx.Employee(ctx, rater)
	if err != nil {
		return err
	}
	e.notify(rater, fmt.Sprintf("share:%d:%d:%d", of.PeriodID, e.employee.ID, rater), outreach.Shared, dialog.Reply{Template: "rating.shared",
		Text: e.t("rating.shared", text.Args{"sapaan": who.Salutation(), "atasan": e.employee.Address(), "batas": e.deadline(of)}),
		Rows: [][]dialog.Button{{{Label: e.label("rate_team"), Action: e.menuAction("tim", 0)}}}})
	return nil
}

func (e *env) showRated(ctx context.Context, rater int64, page, message int) error {
	people, helpers, err := e.shareable(ctx)
	if err != nil {
		return err
	}
	below, err := e.tx.Leads(ctx, e.employee.ID, rater)
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
	if page*pageSize >= len(people) {
		page = 0
	}
	shown := people[page*pageSize : min(len(people), (page+1)*pageSize)]
	lines := []string{e.t("rating.share_choose", text.Args{"penilai": who.Address()}), ""}
	var rows [][]dialog.Button
	for i, m := range shown {
		n := strconv.Itoa(page*pageSize + i + 1)
		by := e.cfg.Text.Plain("rating.own", text.Args{"sapaan": e.employee.Salutation()})
		for _, h := range helpers {
			if h.Subject.ID == m.ID {
				by = h.Rater.Address()
			}
		}
		lines = append(lines, html.EscapeString(n+". "+clip(m.Address(), 60)+": "+clip(by, 60)))
		if i%5 == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], dialog.Button{Label: n,
			Action: e.shareAction("bagiya", rater, fmt.Sprintf("%d-%d", page, m.ID))})
	}
	var turn []dialog.Button
	if page > 0 {
		turn = append(turn, dialog.Button{Label: e.label("page_before"), Action: e.shareAction("bagihal", rater, strconv.Itoa(page-1))})
	}
	if (page+1)*pageSize < len(people) {
		turn = append(turn, dialog.Button{Label: e.label("page_next"), Action: e.shareAction("bagihal", rater, strconv.Itoa(page+1))})
	}
	if turn != nil {
		rows = append(rows, turn)
	}
	rows = append(rows, []dialog.Button{{Label: e.label("share_done"), Action: e.menuAction("bagi", 0)}})
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "rating.share_choose", Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
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
func (p *Processor) reasonForm() dialog.Form[opening, *env] {
	return dialog.Form[opening, *env]{
		FormName: reasonFlow, Say: p.wording("form.review_hint"),
		Load: func(ctx context.Context, e *env, r *dialog.Record) (s opening, err error) {
			if !e.employee.Rights.HR || r.Ref == e.employee.ID {
				return s, dialog.ErrNotFound
			}
			s.member, err = e.tx.Person(ctx, e.area(), r.Ref)
			return s, err
		},
		Steps: func(opening) []dialog.Step[opening] {
			return []dialog.Step[opening]{{Key: "alasan",
				Ask: func(s opening, _ dialog.Place) dialog.Prompt {
					return dialog.Prompt{Template: "rating.why", Text: p.cfg.Text.T("rating.why", text.Args{"alamat": s.member.Address()}), Bare: true,
						Rows: [][]dialog.Choice{{{Label: p.cfg.Text.Plain("label.cancel", nil), Value: "batal"}}}}
				},
				Accept: func(s *opening, value string, typed bool) error {
					value = strings.Join(strings.Fields(value), " ")
					if typed && (len(value) < shortestReason || len(value) > longestReason) {
						return dialog.Invalid(p.cfg.Text.T("rating.why_hint", nil))
					}
					if typed {
						s.Why = value
					}
					return nil
				}}}
		},
		Finish: func(ctx context.Context, e *env, s opening) (dialog.Ending, error) {
			if s.Why == "" {
				return e.ending("form.cancelled"), nil
			}
			pair, err := e.tx.PairForHR(ctx, s.member.ID, e.employee.ID, s.Why, e.now)
			if errors.Is(err, dialog.ErrNotFound) {
				return e.ending("rating.no_pair"), nil
			}
			if err != nil {
				return dialog.Ending{}, err
			}
			err = e.showPair(ctx, pair, false)
			return e.taken(), err
		},
	}
}
