package storage

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
	"bangkom/internal/text"
)

// surveyed is a database with people who have accounts, and a questionnaire of its own.
type surveyed struct {
	*courses
	runner *survey.Runner
	hr     int64
	now    time.Time
}

// asking is a version of the questionnaire, whose items have these codes.
func asking(version int, codes ...string) questionnaire.Definition {
	d := questionnaire.Definition{Code: "jam-belajar", Version: version, Kind: questionnaire.Survey, Title: "Jam Belajar", Minutes: 2, Review: true}
	for _, c := range codes {
		d.Items = append(d.Items, questionnaire.Item{Code: c, Title: c, Type: questionnaire.Pick, Optional: true, Prompt: "Kapan?",
			Choices: []questionnaire.Choice{{Value: "pagi", Label: "Pagi"}, {Value: "sore", Label: "Sore"}}})
	}
	return d
}

func newSurveyed(t *testing.T, people int) *surveyed {
	s := &surveyed{courses: newCourses(t, people), now: time.Date(2027, 1, 12, 9, 0, 0, 0, time.UTC)}
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	render := func(chat int64, r dialog.Reply) (dialog.Outgoing, error) {
		return dialog.Outgoing{ChatID: chat, Class: r.Class, Template: r.Template, Method: "sendMessage", Params: map[string]string{"text": r.Text}}, nil
	}
	s.runner = &survey.Runner{Courier: courier.New(courier.Config{Text: cat, Render: render, Location: time.UTC}), Text: cat, Location: time.UTC}
	s.hr = s.people[0]
	s.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'hr', $2)`, s.hr, s.now)
	s.exec(`INSERT INTO chat (id, employee_id, linked_at) SELECT 1000000 + id, id, now() FROM employee`)
	s.tx(func(ctx context.Context, tx *Tx) error {
		return tx.ImportQuestionnaire(ctx, asking(1, "A", "B", "C"), s.now)
	})
	return s
}

// start starts a survey to everybody that is open for ten days and promises an answer ten days later.
func (s *surveyed) start(now time.Time) (id int64) {
	s.t.Helper()
	s.tx(func(ctx context.Context, tx *Tx) (err error) {
		id, err = tx.StartSurvey(ctx, survey.Survey{Name: "Jam Belajar", Questionnaire: "jam-belajar", Version: 1, Manner: survey.Confidential, Owner: s.hr,
			Use: "Menentukan jam belajar.", Audience: announcement.Audience{All: true}, Closes: now.AddDate(0, 0, 10), ReportBy: now.AddDate(0, 0, 20)}, now)
		return err
	})
	return id
}

func (s *surveyed) run(now time.Time) {
	s.t.Helper()
	s.tx(func(ctx context.Context, tx *Tx) error {
		tally, err := s.runner.Run(ctx, tx, now)
		if err == nil && tally.Failed > 0 {
			err = errors.New("a part of the job failed")
		}
		return err
	})
}

func (s *surveyed) widen(id int64, now time.Time) {
	s.t.Helper()
	s.tx(func(ctx context.Context, tx *Tx) error {
		return tx.WidenSurvey(ctx, id, s.count(`SELECT max(version) FROM questionnaire WHERE code = (SELECT questionnaire_code FROM staff_survey WHERE id = $1)`, id), s.hr, now)
	})
}

func (s *surveyed) counts(id int64) (c survey.Counts) {
	s.t.Helper()
	s.tx(func(ctx context.Context, tx *Tx) (err error) {
		c, err = tx.SurveyCounts(ctx, id)
		return err
	})
	return c
}

// Twenty are asked first, all alike when it is drawn again; everybody later, with the version
// of that day, and who was asked before keeps theirs.
func TestSurveyGoesToTheRingFirst(t *testing.T) {
	s := newSurveyed(t, 30)
	id := s.start(s.now)
	if c := s.counts(id); c.People != s.count(`SELECT count(*) FROM employee`) || c.Asked != survey.RingSize || c.LeftOut != 0 {
		t.Fatalf("%+v", c)
	}
	s.run(s.now)
	if n := s.count(`SELECT count(*) FROM notice WHERE kind = 'survey'`); n != survey.RingSize {
		t.Errorf("%d were written to", n)
	}
	s.tx(func(ctx context.Context, tx *Tx) error {
		return tx.ImportQuestionnaire(ctx, asking(2, "C", "A", "D"), s.now)
	})
	s.widen(id, s.now.AddDate(0, 0, 1))
	c := s.counts(id)
	if c.Asked != c.People {
		t.Errorf("%+v", c)
	}
	if one, two := s.count(`SELECT count(*) FROM task WHERE occasion_id = $1 AND questionnaire_version = 1`, id), s.count(`SELECT count(*) FROM task WHERE occasion_id = $1 AND questionnaire_version = 2`, id); one != survey.RingSize || two != c.People-survey.RingSize {
		t.Errorf("%d tasks of version 1, %d of version 2", one, two)
	}
	err := s.InTx(context.Background(), func(tx *Tx) error { return tx.WidenSurvey(context.Background(), id, 2, s.hr, s.now.AddDate(0, 0, 1)) })
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("widened twice: %v", err)
	}
}

// Who has no account gets no task; with one, before the last day, the whole invitation comes,
// and the reminder seven days after it went.
func TestSurveyAsksWhoHasAnAccount(t *testing.T) {
	s := newSurveyed(t, 4)
	late := s.people[2]
	s.exec(`DELETE FROM chat WHERE employee_id = $1`, late)
	id := s.start(s.now)
	s.widen(id, s.now)
	s.run(s.now)
	if n := s.count(`SELECT count(*) FROM task WHERE occasion_id = $1 AND employee_id = $2`, id, late); n != 0 {
		t.Error("somebody without an account has a task")
	}
	s.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (77, $1, $2)`, late, s.now)
	linked := s.now.AddDate(0, 0, 1)
	s.run(linked)
	notices := func(prefix string) int {
		return s.count(`SELECT count(*) FROM notice WHERE employee_id = $1 AND key LIKE $2 || ':%'`, late, prefix)
	}
	if notices("survey") != 1 {
		t.Error("who has an account now is not asked")
	}
	s.exec(`UPDATE notice SET action = 'send', at = $2 WHERE employee_id = $1`, late, linked)
	s.exec(`UPDATE task SET opens_at = $2 WHERE employee_id = $1`, late, s.now.AddDate(0, 0, -3))
	s.run(linked.AddDate(0, 0, 6))
	if notices("survey-reminder") != 0 {
		t.Error("the reminder counts from the task")
	}
	s.run(linked.AddDate(0, 0, 7))
	if notices("survey-reminder") != 1 {
		t.Error("no reminder after seven days")
	}
}

// stand has everybody who has begun stand on an item since a time.
func (s *surveyed) stand(id int64, item string, since time.Time) {
	s.t.Helper()
	s.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) SELECT 1000000 + t.employee_id, 'sv', t.id,
		json_build_object('at', $2::text, 'answered', json_build_array('A'), 'state', json_build_object('answers', json_build_object('A', 'pagi'))), $3
		FROM task t WHERE t.occasion_id = $1 AND t.state = 'started' AND NOT EXISTS (SELECT FROM draft d WHERE d.form = 'sv' AND d.ref = t.id)`, id, item, since)
}

// answer sends the answers of somebody's task, for real.
func (s *surveyed) answer(id, person int64, now time.Time, answers questionnaire.Answers) error {
	return s.InTx(context.Background(), func(tx *Tx) error {
		ctx := context.Background()
		var task int64
		if err := tx.one(ctx, &task, `SELECT id FROM task WHERE occasion_id = $1 AND employee_id = $2`, id, person); err != nil {
			return err
		}
		own, err := tx.OwnSurvey(ctx, task, person, now)
		if err != nil {
			return err
		}
		if err := tx.LockSurveyTask(ctx, task, person, now); err != nil {
			return err
		}
		return tx.Submit(ctx, own.Task, answers, now)
	})
}

// During open drafts a new version removes, adds and moves items: everybody finishes with the
// version of the own task. Where people stop is known by the codes alone; sums are there after
// the close only.
func TestSurveyDraftsKeepTheirVersion(t *testing.T) {
	s := newSurveyed(t, 60)
	id := s.start(s.now)
	s.widen(id, s.now)
	s.exec(`UPDATE task SET state = 'started', started_at = $2 WHERE occasion_id = $1`, id, s.now)
	s.stand(id, "C", s.now)
	s.tx(func(ctx context.Context, tx *Tx) error {
		return tx.ImportQuestionnaire(ctx, asking(2, "D", "A"), s.now)
	})
	later := s.now.AddDate(0, 0, 2)
	for i, person := range s.people[:30] {
		value := map[bool]string{true: "sore", false: questionnaire.Skipped}[i%3 == 0]
		if err := s.answer(id, person, later, questionnaire.Answers{"A": "pagi", "B": value, "C": "sore"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.count(`SELECT count(*) FROM response r JOIN task t ON t.id = r.task_id WHERE t.occasion_id = $1 AND r.questionnaire_version = 1`, id); n != 30 {
		t.Errorf("%d of 30 finished with version 1", n)
	}
	s.tx(func(ctx context.Context, tx *Tx) error {
		stops, err := tx.SurveyStops(ctx, id, later.Add(-24*time.Hour))
		if err != nil {
			return err
		}
		c, err := tx.SurveyCounts(ctx, id)
		if err != nil {
			return err
		}
		got := survey.DropOff(stops, []questionnaire.Definition{asking(1, "A", "B", "C")}, c.Began)
		if len(got) != 1 || got[0].Item != "C" || got[0].Stopped != c.Began-30 || !got[0].Flagged {
			t.Errorf("stops %+v, of %+v", got, c)
		}
		if of, err := tx.SurveyByID(ctx, id, later); err != nil || of.Figures != nil {
			t.Errorf("figures before the close: %+v, %v", of.Figures, err)
		}
		return nil
	})
	closed := s.now.AddDate(0, 0, 10)
	if err := s.answer(id, s.people[40], closed, questionnaire.Answers{"A": "pagi"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("answered after the end, before the job has closed it: %v", err)
	}
	s.run(closed)
	s.tx(func(ctx context.Context, tx *Tx) error {
		of, err := tx.SurveyByID(ctx, id, closed)
		if err != nil || of.Figures == nil || of.Figures.Counts.Sent != 30 || len(of.Figures.Stops) != 1 {
			t.Fatalf("figures %+v, %v", of.Figures, err)
		}
		if got := of.Figures.Skips; len(got) != 1 || got[0] != (survey.Share{Of: "B", Tenths: 6}) {
			t.Errorf("left out %+v", got)
		}
		return nil
	})
	if n := s.count(`SELECT count(*) FROM draft`); n != 0 {
		t.Errorf("%d drafts stay", n)
	}
	frozen := func() (out string) {
		s.tx(func(ctx context.Context, tx *Tx) error {
			return tx.one(ctx, &out, `SELECT figures::text FROM staff_survey WHERE id = $1`, id)
		})
		return out
	}
	before := frozen()
	s.exec(`INSERT INTO ticket (employee_id, kind, body, created_at) VALUES ($1, 'erasure', '', $2)`, s.people[1], closed)
	s.count(`SELECT erase_person((SELECT max(id) FROM ticket), $1, $2)`, s.people[0], closed)
	s.run(closed.Add(time.Hour))
	if n := s.count(`SELECT count(*) FROM response r JOIN task t ON t.id = r.task_id WHERE t.occasion_id = $1`, id); n != 29 || frozen() != before {
		t.Errorf("%d answers are left, the figures read %s and were %s", n, frozen(), before)
	}
	if err := s.answer(id, s.people[40], closed, questionnaire.Answers{"A": "pagi"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("answered after the close: %v", err)
	}
	if n := s.count(`SELECT count(*) FROM task WHERE occasion_id = $1 AND state = 'expired'`, id); n != s.count(`SELECT count(*) FROM employee`)-30 {
		t.Errorf("%d tasks have ended", n)
	}
}

// While the day has passed on which it was to be told what was done, who was asked is left out
// of the next survey and counted, unless the head of the agency signs; both are logged. Told,
// everybody who was asked reads it, once.
func TestOverduePromiseLeavesPeopleOut(t *testing.T) {
	s := newSurveyed(t, 30)
	first := s.start(s.now)
	s.run(s.now.AddDate(0, 0, 10))
	late := s.now.AddDate(0, 0, 21)
	if second := s.start(s.now.AddDate(0, 0, 20)); s.counts(second).LeftOut != 0 {
		t.Error("the promised day itself is in time")
	}
	s.run(late)
	if n := s.count(`SELECT count(*) FROM notice WHERE key = $1 AND employee_id = $2`, fmt.Sprintf("survey-overdue:%d", first), s.hr); n != 1 {
		t.Errorf("the owner was told %d times", n)
	}
	third := s.start(late)
	c := s.counts(third)
	if c.LeftOut != survey.RingSize || c.Asked != c.People-survey.RingSize {
		t.Fatalf("%+v", c)
	}
	if n := s.count(`SELECT count(*) FROM task t JOIN staff_survey_person p ON p.survey_id = $1 AND p.employee_id = t.employee_id AND p.asked_at IS NOT NULL WHERE t.occasion_id = $2`, first, third); n != 0 {
		t.Errorf("%d who wait for an answer are asked again", n)
	}
	decide := func(signed bool) error {
		return s.InTx(context.Background(), func(tx *Tx) error { return tx.DecideException(context.Background(), third, signed, s.people[1], late) })
	}
	if err := decide(true); !errors.Is(err, ErrNotFound) {
		t.Errorf("signed before it was asked for: %v", err)
	}
	s.tx(func(ctx context.Context, tx *Tx) error {
		heads, err := tx.AskException(ctx, third, "Tanpa kepala badan.", s.hr, late)
		if len(heads) != 0 || s.count(`SELECT count(*) FROM staff_survey WHERE reason <> ''`) != 0 {
			t.Errorf("asked of %v", heads)
		}
		return err
	})
	s.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'head', $2)`, s.people[1], late)
	s.tx(func(ctx context.Context, tx *Tx) error {
		heads, err := tx.AskException(ctx, third, "Ruang harus dipesan.", s.hr, late)
		if err == nil && (len(heads) != 1 || heads[0] != s.people[1]) {
			t.Errorf("asked of %v", heads)
		}
		return err
	})
	again := s.InTx(context.Background(), func(tx *Tx) error {
		_, err := tx.AskException(context.Background(), third, "Alasan lain.", s.hr, late)
		return err
	})
	if n := s.count(`SELECT count(*) FROM staff_survey WHERE reason = 'Ruang harus dipesan.'`); !errors.Is(again, ErrNotFound) || n != 1 {
		t.Errorf("asked twice: %v", again)
	}
	s.widen(third, late)
	if err := decide(true); err != nil {
		t.Fatal(err)
	}
	if c := s.counts(third); c.LeftOut != 0 || c.Asked != c.People {
		t.Errorf("signed: %+v", c)
	}
	if err := decide(false); !errors.Is(err, ErrNotFound) {
		t.Errorf("decided twice: %v", err)
	}
	for _, action := range []string{"survey.start", "survey.exception_asked", "survey.exception_signed"} {
		if s.count(`SELECT count(*) FROM audit WHERE action = $1 AND detail LIKE 'survey ' || $2::text || '%'`, action, fmt.Sprint(third)) != 1 {
			t.Errorf("%s is not logged", action)
		}
	}
	s.tx(func(ctx context.Context, tx *Tx) error {
		return tx.GiveSurveyReport(ctx, first, "Jam belajar setiap Jumat pagi.", s.hr, late)
	})
	s.run(late)
	s.run(late.Add(time.Hour))
	if n := s.count(`SELECT count(*) FROM notice WHERE kind = 'survey_report'`); n != survey.RingSize {
		t.Errorf("%d read what was done", n)
	}
	if c := s.counts(s.start(late)); c.LeftOut != 0 {
		t.Errorf("after it was told: %+v", c)
	}
}

// Answers go when the person asks for that; two years after the close these, the tasks and who
// was asked.
func TestSurveyAnswersGo(t *testing.T) {
	s := newSurveyed(t, 4)
	id := s.start(s.now)
	for _, p := range s.people[:2] {
		if err := s.answer(id, p, s.now, questionnaire.Answers{"A": "pagi"}); err != nil {
			t.Fatal(err)
		}
	}
	s.exec(`INSERT INTO ticket (employee_id, kind, body, created_at) VALUES ($1, 'erasure', '', $2)`, s.people[1], s.now)
	s.count(`SELECT erase_person((SELECT max(id) FROM ticket), $1, $2)`, s.people[0], s.now)
	if n := s.count(`SELECT count(*) FROM response r JOIN task t ON t.id = r.task_id WHERE t.employee_id = $1`, s.people[1]); n != 0 {
		t.Error("the answers of who was erased are there")
	}
	s.exec(`UPDATE staff_survey SET closed_at = clock_timestamp() - interval '23 months'`)
	if s.count(`SELECT prune_staff_survey(100)`) != 0 {
		t.Error("answers go too early")
	}
	s.exec(`UPDATE staff_survey SET closed_at = clock_timestamp() - interval '25 months'`)
	if s.count(`SELECT prune_staff_survey(100)`) == 0 || s.count(`SELECT count(*) FROM response`) != 0 {
		t.Error("answers stay")
	}
	if s.count(`SELECT count(*) FROM staff_survey_person`)+s.count(`SELECT count(*) FROM task WHERE occasion_id = $1`, id) != 0 {
		t.Error("who was asked stays")
	}
}
