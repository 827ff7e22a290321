package team

import (
	"context"
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// ratingFlow is the rating of the people of a team. Its ref is the period.
const ratingFlow = "r"

const (
	// maxByPerson is how many people are rated one after the other; more are
	// rated competency by competency, so that its statements are read once.
	maxByPerson = 5
	// secondsPerTap is what the invitation reckons for one answer.
	secondsPerTap = 12
)

// ratings is the state of the ratings that somebody has begun and not sent.
type ratings struct {
	Answers map[int64]questionnaire.Answers `json:"answers"` // by task
	Again   []int64                         `json:"again,omitempty"`
	people  []ratedPerson                   // whose rating is not sent, or is given again
	total   int                             // how many people this person rates
	left    int                             // how many of them are not sent
	byItem  bool
	send    int64  // task whose Kirim was pressed just now
	call    string // of the rater
	name    string
	task    task.Task // any of them, for what all have in common
}

// ratedPerson is one person to rate with the questionnaire of the rating.
type ratedPerson struct {
	rating.Ratable
	def questionnaire.Definition
}

func (r ratedPerson) address() string { return r.Subject.Address() }

// ratingForm rates a team: its steps are every person and every item, by person
// in small teams and by competency in larger ones. Nothing of what the people
// themselves answered comes near it.
func (p *desk) ratingForm() dialog.Form[ratings, *env] {
	return dialog.Form[ratings, *env]{
		FormName: ratingFlow, Say: p.Wording("rating.review_hint"),
		Load: loadRatings, Steps: p.ratingSteps, Guard: p.ratingGuard,
		Review: p.ratingReview, Left: p.ratingLeft, Part: sendOne, Finish: sendAll,
	}
}

// loadRatings reads whom the person may rate at this moment. What was filled in
// about somebody who has another superior by now is dropped.
func loadRatings(ctx context.Context, e *env, r *dialog.Record) (s ratings, err error) {
	if err := feature.DecodeState(r, &s); err != nil {
		return s, err
	}
	all, err := e.ratings(ctx, r.Ref)
	if err != nil {
		return s, err
	}
	if len(all) == 0 {
		return s, dialog.ErrNotFound
	}
	s.total, s.byItem, s.task = len(all), len(all) > maxByPerson, all[0].Task
	s.call, s.name = e.Employee.Salutation(), e.Employee.DisplayName()
	kept := map[int64]questionnaire.Answers{}
	for _, one := range all {
		if one.State != task.Done {
			s.left++
		} else if !slices.Contains(s.Again, one.ID) {
			continue
		}
		answers := s.Answers[one.ID]
		if answers == nil {
			answers = questionnaire.Answers{}
		}
		if len(answers) > 0 && one.State == task.Open {
			if err := e.tx.StartRating(ctx, one.ID, e.Now); err != nil {
				return s, err
			}
		}
		kept[one.ID] = answers
		s.people = append(s.people, ratedPerson{one, e.DefinitionOf(one.Task)})
	}
	s.Answers = kept
	for _, key := range s.cards() { // cards are looked at, not asked one after the other
		if (s.byItem || slices.Contains(s.Again, cardTask(key))) && !slices.Contains(r.Answered, key) {
			r.Answered = append(r.Answered, key)
		}
	}
	return s, nil
}

// ratings are those of one period that the person may give; 0 = of the open one.
func (e *env) ratings(ctx context.Context, period int64) ([]rating.Ratable, error) {
	all, err := e.tx.Ratings(ctx, e.Employee.ID, e.Now)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(r rating.Ratable) bool { return period != 0 && r.Occasion.ID != period })
	for _, one := range all {
		if err := e.EnsureDefinitions(ctx, one.Task); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (p *desk) ratingGuard(e *env, s ratings) (dialog.Prompt, bool) {
	if s.task.Availability(e.Now) == task.Available || s.task.State == task.Excused {
		return dialog.Prompt{}, false
	}
	key := "rating.late"
	if e.Now.Before(s.task.OpensAt) {
		key = "rating.not_yet"
	}
	return dialog.Prompt{Template: key, Text: p.Cfg.Text.T(key, text.Args{"periode": s.task.Occasion.Name, "batas": p.Ended(s.task),
		"buka": p.Cfg.Text.Date(s.task.OpensAt.In(p.Cfg.Location)), "bantuan": p.Cfg.Agency.Helpdesk})}, true
}

// The keys of steps: an item of a person, the card of a person, a page of the
// list of persons.
func itemKey(item string, id int64) string { return item + "-" + strconv.FormatInt(id, 10) }

func cardKey(id int64) string { return "ok-" + strconv.FormatInt(id, 10) }

func pageKey(page int) string { return "hal-" + strconv.Itoa(page) }

// cardTask is the task of a cardKey, 0 of any other key.
func cardTask(key string) int64 {
	digits, ok := strings.CutPrefix(key, "ok-")
	if !ok {
		return 0
	}
	id, _ := strconv.ParseInt(digits, 10, 64)
	return id
}

// cards are the keys of all steps that only show what was answered.
func (s ratings) cards() []string {
	var keys []string
	for _, one := range s.people {
		keys = append(keys, cardKey(one.ID))
	}
	for page := 1; page*feature.PageSize < len(s.people); page++ {
		keys = append(keys, pageKey(page))
	}
	return keys
}

// codes are the items of all questionnaires in their order.
func (s ratings) codes() []string {
	var codes []string
	for i, one := range s.people {
		if i > 0 && one.Version == s.people[0].Version && one.Questionnaire == s.people[0].Questionnaire {
			continue
		}
		for _, item := range one.def.Items {
			if item.Type == questionnaire.Level && !slices.Contains(codes, item.Code) {
				codes = append(codes, item.Code)
			}
		}
	}
	return codes
}

// complete tells whether every item of a person is answered.
func (s ratings) complete(one ratedPerson) bool {
	for _, item := range one.def.Items {
		if item.Type == questionnaire.Level && s.Answers[one.ID][item.Code] == "" {
			return false
		}
	}
	return true
}

func (p *desk) ratingSteps(s ratings) []dialog.Step[ratings] {
	var steps []dialog.Step[ratings]
	codes := s.codes()
	add := func(k int, code string, i int) {
		if item, ok := s.people[i].def.Item(code); ok {
			steps = append(steps, p.ratingStep(codes, k, item, i, s.people[i]))
		}
	}
	if s.byItem {
		for k, code := range codes {
			for i := range s.people {
				add(k, code, i)
			}
		}
		for i, one := range s.people {
			steps = append(steps, p.personStep(i, one))
		}
		for page := 1; page*feature.PageSize < len(s.people); page++ {
			steps = append(steps, p.pageStep(page))
		}
		return steps
	}
	for i, one := range s.people {
		for k, code := range codes {
			add(k, code, i)
		}
		steps = append(steps, p.personStep(i, one))
	}
	return steps
}

// ratingStep asks one item about one person.
func (p *desk) ratingStep(codes []string, k int, item questionnaire.Item, i int, one ratedPerson) dialog.Step[ratings] {
	return dialog.Step[ratings]{Key: itemKey(item.Code, one.ID),
		Ask: func(s ratings, _ dialog.Place) dialog.Prompt { return p.askRating(s, codes, k, item, i) },
		Accept: func(s *ratings, value string, typed bool) error {
			if typed && strings.EqualFold(strings.Join(strings.Fields(value), " "), p.Cfg.Text.Plain("label.unknown", nil)) {
				value = rating.Unknown
			} else if typed {
				parsed, err := item.ParseAnswer(value)
				if err != nil {
					return dialog.Invalid(p.Cfg.Text.T("rating.level_hint", nil))
				}
				value = parsed
			}
			if value != rating.Unknown && !item.Valid(value) {
				return dialog.Invalid(p.Cfg.Text.T("rating.level_hint", nil))
			}
			s.Answers[one.ID][item.Code] = value
			return nil
		},
	}
}

// askRating writes one question: where it stands, whom it is about, the
// statements without a subject. Above the first person of a competency stands
// what is finished.
func (p *desk) askRating(s ratings, codes []string, k int, item questionnaire.Item, i int) dialog.Prompt {
	t := p.Cfg.Text
	var b strings.Builder
	if s.byItem && i == 0 && k > 0 {
		before, _ := s.people[0].def.Item(codes[k-1])
		b.WriteString(t.T("rating.item_done", text.Args{"nama": before.Title, "n": len(s.people), "sisa": len(codes) - k}) + "\n\n")
	}
	b.WriteString(t.T("rating.header", text.Args{"k": k + 1, "n": len(codes), "nama": item.Title, "i": i + 1, "jumlah": len(s.people),
		"alamat": s.people[i].address()}))
	b.WriteByte('\n')
	for n, level := range item.SupervisorLevels {
		fmt.Fprintf(&b, "\n<b>%d</b> %s", n+1, html.EscapeString(level))
	}
	if item.SupervisorZero != "" {
		fmt.Fprintf(&b, "\n<b>%s</b> %s", t.Plain("label.belum", nil), html.EscapeString(item.SupervisorZero))
	}
	if value := s.Answers[s.people[i].ID][item.Code]; value != "" {
		b.WriteString("\n\n" + t.T("form.present_answer", text.Args{"jawaban": p.ratedAs(value)}))
	}
	rows := p.Options(item)
	last := len(rows) - 1
	unknown := dialog.Choice{Label: t.Plain("label.unknown", nil), Value: rating.Unknown}
	if last > 0 {
		rows[last] = append(rows[last], unknown)
	} else {
		rows = append(rows, []dialog.Choice{unknown})
	}
	return dialog.Prompt{Template: "rating.header", Text: b.String(), Rows: rows}
}

// ratedAs is how a rated level is repeated to the rater.
func (p *desk) ratedAs(value string) string {
	switch value {
	case rating.Unknown:
		return p.Cfg.Text.Plain("label.unknown", nil)
	case "0":
		return p.Cfg.Text.Plain("label.belum", nil)
	}
	return value
}

func (p *desk) ratingLeft(s ratings, _ dialog.Place) dialog.Prompt {
	return dialog.Prompt{Template: "rating.left", Text: p.Cfg.Text.T("rating.left", text.Args{"jumlah": s.total, "sisa": s.left,
		"terisi": s.filled(), "semua": len(s.people) * len(s.codes()), "batas": p.Deadline(s.task)}),
		Rows: [][]dialog.Choice{{{Label: p.Cfg.Text.Plain("label.rate_on", nil), Verb: dialog.Resume}}}}
}

// given counts the answers that are kept.
func (s ratings) given() (n int) {
	for _, answers := range s.Answers {
		n += len(answers)
	}
	return n
}

// filled counts the answers that are not sent yet.
func (s ratings) filled() (n int) {
	for _, one := range s.people {
		n += len(s.Answers[one.ID])
	}
	return n
}

// invitation is the card from which the rating of a team begins.
func (e *env) invitation(all []rating.Ratable, message int) dialog.Reply {
	way, minutes := "rating.by_person", e.DefinitionOf(all[0].Task).Minutes
	if len(all) > maxByPerson {
		way, minutes = "rating.by_item", int(math.Ceil(float64(len(all)*secondsPerTap)/60))
	}
	args := e.Person(text.Args{"jumlah": len(all), "batas": e.Deadline(all[0].Task),
		"cara": text.HTML(e.T(way, text.Args{"menit": minutes}))})
	return dialog.Reply{Template: "rating.invite", Text: e.T("rating.invite", args), Edit: message, Rows: [][]dialog.Button{
		{e.rateButton("rate_start", all[0].Occasion.ID)}, {{Label: e.Label("later"), Action: e.MenuAction("nilainanti", all[0].Occasion.ID)}}}}
}

func (e *env) rateButton(label string, period int64) dialog.Button {
	return dialog.Button{Label: e.Label(label), Action: dialog.Action{Flow: ratingFlow, Ref: period, Verb: dialog.Resume}}
}

// laterRating puts the invitation off.
func (e *env) laterRating(ctx context.Context, _ dialog.Action, message int) error {
	all, err := e.ratings(ctx, 0)
	if err != nil {
		return err
	}
	if len(all) == 0 || all[0].Availability(e.Now) != task.Available {
		return dialog.ErrNotFound
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "rating.later", Edit: message,
		Text: e.T("rating.later", text.Args{"batas": e.Deadline(all[0].Task)})})
	return nil
}
