package team

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// begun is what somebody has filled in about a team and not sent.
func (e *env) begun(all []rating.Ratable) (s ratings, err error) {
	if len(all) == 0 {
		return s, nil
	}
	rec, _ := e.Session.Draft(ratingFlow, all[0].Occasion.ID)
	if err := feature.DecodeState(&rec, &s); err != nil {
		return s, err
	}
	s.total = len(all)
	for _, one := range all {
		if one.State != task.Done {
			s.left++
			s.people = append(s.people, ratedPerson{one, e.DefinitionOf(one.Task)})
		}
	}
	return s, nil
}

func (s ratings) ready() (n int) {
	for _, one := range s.people {
		if s.complete(one) {
			n++
		}
	}
	return n
}

// teamRatings is what the card of a team says about the ratings, with the
// buttons. Before it is rated, the list itself is to be confirmed once a period.
func (e *env) teamRatings(ctx context.Context, people int) (line string, rows [][]dialog.Button, err error) {
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return "", nil, err
	}
	given, err := e.givenLine(ctx)
	if err != nil || len(all) == 0 {
		return given, nil, err
	}
	checked, err := e.tx.TeamChecked(ctx, e.Employee.ID)
	if err != nil {
		return "", nil, err
	}
	if !checked {
		return e.T("rating.check", nil), [][]dialog.Button{{{Label: e.Label("team_right"), Action: e.MenuAction("timbenar", 0)}}}, nil
	}
	line, rows, err = e.ratingProgress(all)
	if given != "" {
		line += "\n" + given
	}
	if people > shareAbove && err == nil {
		rows = append(rows, []dialog.Button{{Label: e.Label("share"), Action: e.MenuAction("bagi", 0)}})
	}
	return line, rows, err
}

// ratingProgress is the line and the buttons of ratings that may be given.
func (e *env) ratingProgress(all []rating.Ratable) (line string, rows [][]dialog.Button, err error) {
	s, err := e.begun(all)
	if err != nil {
		return "", nil, err
	}
	key := "rating.progress"
	if s.left > 0 && !e.Now.Before(all[0].Ends()) {
		key = "rating.progress_late"
	}
	line = e.T(key, text.Args{"jumlah": s.total, "sisa": s.left, "batas": e.Deadline(all[0].Task)})
	ready := s.ready()
	if ready > 0 {
		line += " " + e.T("rating.ready", text.Args{"n": ready})
	}
	if s.left == 0 || all[0].Availability(e.Now) != task.Available && all[0].State != task.Done {
		return line, nil, nil
	}
	label := "rate_start"
	if s.filled() > 0 {
		label = "rate_on"
	}
	rows = append(rows, []dialog.Button{e.rateButton(label, all[0].Occasion.ID)})
	if ready > 0 {
		rows = append(rows, []dialog.Button{{Label: e.Cfg.Text.Plain("label.rate_send", text.Args{"n": ready}), Action: e.MenuAction("kirimnilai", all[0].Occasion.ID)}})
	}
	return line, rows, nil
}

// helperCard is /tim of somebody without a team who was asked to rate.
func (e *env) helperCard(ctx context.Context, message int) error {
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		e.Say("team.none", e.Person(e.Helpdesk()))
		return nil
	}
	line, rows, err := e.ratingProgress(all)
	if err != nil {
		return err
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "rating.helper", Edit: message, Rows: rows,
		Text: e.T("rating.helper", e.Person(nil)) + "\n" + line})
	return nil
}

// teamRight notes that the list is right and goes on to the invitation.
func (e *env) teamRight(ctx context.Context, _ dialog.Action, message int) error {
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return dialog.ErrNotFound
	}
	if err := e.tx.CheckTeam(ctx, e.Employee.ID, e.Now); err != nil {
		return err
	}
	if all[0].Availability(e.Now) != task.Available { // nothing to invite to any more
		return e.showTeam(ctx, 0, message)
	}
	e.Out.Replies = append(e.Out.Replies, e.invitation(all, message))
	return nil
}

// ratingTask is the line of /tugas about the ratings that are owed; "" = none.
func (e *env) ratingTask(ctx context.Context, k int) (line string, row []dialog.Button, err error) {
	if !feature.Rates(e.Employee.Rights) {
		return "", nil, nil
	}
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return "", nil, err
	}
	s, err := e.begun(all)
	if err != nil || s.left == 0 || s.people[0].Availability(e.Now) != task.Available {
		return "", nil, err
	}
	return e.T("rating.task", text.Args{"k": k, "jumlah": s.total, "sisa": s.left, "batas": e.Deadline(s.people[0].Task)}),
		[]dialog.Button{{Label: e.Label("rate_team"), Action: e.MenuAction("tim", 0)}}, nil
}

// ratingState is how far the presser's rating of a person is, and the label of what may be
// done with it; "" = nothing.
func ratingState(ctx context.Context, e *env, s ratings, one ratedPerson) (key, label string, err error) {
	switch filled := len(s.Answers[one.ID]); {
	case one.State == task.Done:
		mine, err := e.rated(ctx, one.ID)
		if err == nil && mine && one.Availability(e.Now) == task.Available {
			label = "rate_change"
		}
		return "rating.state_sent", label, err
	case s.complete(one):
		return "rating.state_ready", "rate_check", nil
	case filled > 0:
		return "rating.state_part", "", nil
	}
	return "rating.state_open", "", nil
}

// memberRating is what the card of one person of the team says about the
// presser's rating of this person, and what may be done.
func (e *env) memberRating(ctx context.Context, m personnel.Member) (line string, rows [][]dialog.Button, err error) {
	button := func(label, step string, ref int64) {
		rows = append(rows, []dialog.Button{{Label: e.Label(label), Action: e.MenuAction(step, ref)}})
	}
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return "", nil, err
	}
	s, err := e.begun(all)
	if err != nil {
		return "", nil, err
	}
	i := slices.IndexFunc(all, func(r rating.Ratable) bool { return r.Subject.ID == m.ID })
	if i >= 0 {
		one := ratedPerson{all[i], e.DefinitionOf(all[i].Task)}
		key, label, err := ratingState(ctx, e, s, one)
		if err != nil {
			return "", nil, err
		}
		if label != "" {
			button(label, "periksa", one.ID)
		}
		line = "\n" + e.T("rating.member", text.Args{"keadaan": text.HTML(e.T(key, nil))})
	}
	helper, given, err := e.helperOf(ctx, m.ID)
	if err != nil {
		return "", nil, err
	}
	by := text.Args{"penilai": feature.Clip(helper.Rater.Address(), feature.LongName)}
	switch {
	case given && helper.Done:
		line += "\n" + e.T("rating.member", text.Args{"keadaan": text.HTML(e.T("rating.state_sent", nil))}) + " " + e.T("rating.by_other_sent", by)
	case given:
		line += "\n" + e.T("rating.by_other", by)
		button("rate_self", "nilaisendiri", m.ID)
	}
	open, err := e.tx.OpenPair(ctx, m.ID, 0, e.Employee.ID, e.Now)
	if err != nil && !errors.Is(err, dialog.ErrNotFound) {
		return "", nil, err
	}
	if err == nil {
		button("compare", "banding", open)
	}
	if err == nil && i >= 0 && open != all[i].ID { // what can be opened is of a former period
		pair, err := e.tx.PairNews(ctx, open, e.Employee.ID, e.Now)
		if err != nil {
			return "", nil, err
		}
		line += "\n" + e.T("rating.former", text.Args{"periode": pair.Task.Occasion.Name})
	}
	more, after, err := e.memberDuty(ctx, m)
	return line + more, append(rows, after...), err
}

// rated tells whether the presser gave the last rating of a person. One that
// somebody else gave, a stand-in or a helper, must not be opened before both
// sides were sent.
func (e *env) rated(ctx context.Context, id int64) (bool, error) {
	by, err := e.tx.RatedBy(ctx, id)
	return by == e.Employee.ID, err
}

// openRating shows the card of one person whose rating is complete, or takes up
// one that was sent.
func (e *env) openRating(ctx context.Context, a dialog.Action, message int) error {
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(r rating.Ratable) bool { return r.ID == a.Ref })
	if i < 0 || all[i].Availability(e.Now) != task.Available {
		return dialog.ErrNotFound
	}
	one := ratedPerson{all[i], e.DefinitionOf(all[i].Task)}
	rec, _ := e.Session.Draft(ratingFlow, one.Occasion.ID)
	var s ratings
	if err := feature.DecodeState(&rec, &s); err != nil {
		return err
	}
	if s.Answers == nil {
		s.Answers = map[int64]questionnaire.Answers{}
	}
	if one.State == task.Done && !slices.Contains(s.Again, one.ID) {
		mine, err := e.rated(ctx, one.ID)
		if err != nil {
			return err
		}
		if !mine {
			return dialog.ErrNotFound
		}
		if s.Answers[one.ID], err = e.tx.Answers(ctx, one.ID); err != nil {
			return err
		}
		s.Again = append(s.Again, one.ID)
		for code := range s.Answers[one.ID] {
			rec.Answered = append(rec.Answered, itemKey(code, one.ID))
		}
		slices.Sort(rec.Answered)
	}
	if !s.complete(one) {
		return dialog.ErrNotFound
	}
	if rec.State, err = json.Marshal(s); err != nil {
		return fmt.Errorf("encode ratings: %w", err)
	}
	rec.At = cardKey(one.ID)
	if !slices.Contains(rec.Answered, rec.At) {
		rec.Answered = append(rec.Answered, rec.At)
	}
	e.Session.Drafts = append(slices.DeleteFunc(e.Session.Drafts, func(d dialog.Record) bool { return d.Form == rec.Form && d.Ref == rec.Ref }), rec)
	return e.RunFlow(ctx, ratingFlow, one.Occasion.ID, dialog.Input{Verb: dialog.Resume, Message: message})
}

// sendComplete sends every rating that is complete, and keeps the others.
func (e *env) sendComplete(ctx context.Context, a dialog.Action, message int) error {
	rec, ok := e.Session.Draft(ratingFlow, a.Ref)
	if !ok {
		return dialog.ErrNotFound
	}
	s, err := loadRatings(ctx, e, &rec)
	if err != nil {
		return err
	}
	if _, closed := e.desk.ratingGuard(e, s); closed || s.ready() == 0 {
		return dialog.ErrNotFound
	}
	var ids []int64
	for _, one := range s.people {
		if s.complete(one) {
			ids = append(ids, one.ID)
		}
	}
	end, err := e.sendRatings(ctx, &s, ids)
	if err != nil {
		return err
	}
	if rec.State, err = json.Marshal(s); err != nil {
		return fmt.Errorf("encode ratings: %w", err)
	}
	rec.At, rec.Done = "", len(s.people) == 0
	e.Out.Draft, e.Out.Toast = &rec, end.Toast
	end.Replies[0].Edit = message
	e.Out.Replies = append(e.Out.Replies, end.Replies...)
	return nil
}
