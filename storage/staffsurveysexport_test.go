package storage

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
)

// answers are those of a survey as a file holds them, with its columns.
func (s *surveyed) answers(id int64) (columns []string, versions []questionnaire.Definition, all []survey.Answered) {
	s.t.Helper()
	s.tx(func(ctx context.Context, tx *Tx) (err error) {
		if versions, err = tx.SurveyVersions(ctx, id); err != nil {
			return err
		}
		all, err = tx.SurveyAnswers(ctx, id)
		return err
	})
	return survey.Columns(versions), versions, all
}

// opened opens the answers of a survey as a file does and returns of how many.
func (s *surveyed) opened(id int64, now time.Time) (n int) {
	s.t.Helper()
	s.tx(func(ctx context.Context, tx *Tx) (err error) {
		n, err = tx.OpenSurveyAnswers(ctx, survey.Opening{Survey: id, By: s.hr, Reason: "Menyusun jadwal."}, now)
		return err
	})
	return n
}

// Three hundred drafts are open while a new version adds, removes, rewords and moves items:
// everybody finishes with a record of the own version, and who is asked afterwards answers the
// new one. One file holds both under the same columns. An item at which four in ten stop is
// flagged among the first fifty.
func TestThreeHundredDraftsAndTwoVersions(t *testing.T) {
	devdbtest.Long(t, "340 people answer")
	const drafts, later = 300, 40
	s := newSurveyed(t, drafts+later)
	id := s.start(s.now)
	s.exec(`UPDATE staff_survey_person SET ring = employee_id IN (SELECT employee_id FROM staff_survey_person WHERE survey_id = $1 ORDER BY ring DESC, employee_id LIMIT $2) WHERE survey_id = $1`, id, drafts)
	s.run(s.now)
	if n := s.count(`SELECT count(*) FROM task WHERE occasion_id = $1`, id); n != drafts {
		t.Fatalf("%d are asked first", n)
	}
	s.exec(`UPDATE task SET state = 'started', started_at = $2 WHERE id IN (SELECT id FROM task WHERE occasion_id = $1 ORDER BY id LIMIT 20)`, id, s.now)
	s.stand(id, "C", s.now)
	s.exec(`UPDATE task SET state = 'started', started_at = $2 WHERE id IN (SELECT id FROM task WHERE occasion_id = $1 ORDER BY id LIMIT 50)`, id, s.now)
	day := s.now.AddDate(0, 0, 2)
	s.stand(id, "B", day)
	s.tx(func(ctx context.Context, tx *Tx) error {
		stops, err := tx.SurveyStops(ctx, id, day.Add(-24*time.Hour))
		got := survey.DropOff(stops, []questionnaire.Definition{asking(1, "A", "B", "C")}, s.counts(id).Began)
		if len(got) != 1 || got[0] != (survey.Dropped{Item: "C", Stopped: 20, Flagged: true}) {
			t.Errorf("of fifty, of whom twenty have left: %+v", got)
		}
		return err
	})
	s.exec(`UPDATE task SET state = 'started', started_at = $2 WHERE occasion_id = $1`, id, day)
	s.stand(id, "B", day)

	second := asking(2, "C", "D", "A") // B goes, D comes, C is first and asks in other words
	second.Items[0].Prompt = "Kapan sebaiknya?"
	s.tx(func(ctx context.Context, tx *Tx) error { return tx.ImportQuestionnaire(ctx, second, day) })
	s.widen(id, day)
	var first, next []int64
	for version, people := range map[int]*[]int64{1: &first, 2: &next} {
		s.tx(func(ctx context.Context, tx *Tx) error {
			return tx.tx.SelectContext(ctx, people, `SELECT employee_id FROM task WHERE occasion_id = $1 AND questionnaire_version = $2 ORDER BY employee_id`, id, version)
		})
	}
	for i, p := range first {
		answers := questionnaire.Answers{"A": "pagi", "B": "sore", "C": questionnaire.Skipped}
		if i%2 == 0 {
			delete(answers, "B") // did not apply
		}
		if err := s.answer(id, p, day, answers); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range next {
		if err := s.answer(id, p, day, questionnaire.Answers{"C": "sore", "D": "pagi", "A": "pagi"}); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.count(`SELECT count(*) FROM response r JOIN task t ON t.id = r.task_id AND t.questionnaire_version = r.questionnaire_version WHERE t.occasion_id = $1 AND r.questionnaire_version = 1`, id); n != drafts {
		t.Errorf("%d of %d finished with the version of their draft", n, drafts)
	}

	if n := s.opened(id, day); n != 0 {
		t.Errorf("%d answers are opened while it is open", n)
	}
	if _, _, all := s.answers(id); len(all) != 0 {
		t.Errorf("%d answers are read while it is open", len(all))
	}
	s.run(s.now.AddDate(0, 0, 10))
	columns, versions, all := s.answers(id)
	if got := strings.Join(columns, " "); got != "C D A B" {
		t.Errorf("the columns are %s", got)
	}
	if len(versions) != 2 || len(all) != drafts+len(next) {
		t.Fatalf("%d versions, %d people", len(versions), len(all))
	}
	want := map[int][]string{1: {" new pagi sore", " new pagi no"}, 2: {"sore pagi pagi new"}}
	seen := map[int]int{}
	for _, a := range all {
		got := strings.Join(a.Cells(columns, versions, survey.Marks{NotAsked: "no", NoSuch: "new"}), " ")
		if seen[a.Version]++; !slices.Contains(want[a.Version], got) {
			t.Errorf("a row of version %d reads %q", a.Version, got)
		}
	}
	if seen[1] != drafts || seen[2] != len(next) {
		t.Errorf("rows by version %v", seen)
	}
	var words []string
	for _, e := range survey.Codebook(columns, versions) {
		words = append(words, e.Code+" "+e.Versions+" "+e.Item.Prompt)
	}
	if got := strings.Join(words, "; "); got != "C 2 Kapan sebaiknya?; C 1 Kapan?; D 2 Kapan?; A 1, 2 Kapan?; B 1 Kapan?" {
		t.Errorf("the codebook reads %s", got)
	}
}

// A file opens the answers of everybody but the reader, and each of them can read that. Who was
// told that only sums are shown is not in any file, and nobody is whose survey has no names.
func TestFileOfAnswersIsRecorded(t *testing.T) {
	s := newSurveyed(t, 6)
	id := s.start(s.now)
	s.widen(id, s.now)
	for _, p := range s.people[:4] {
		if err := s.answer(id, p, s.now, questionnaire.Answers{"A": "pagi", "B": "-", "C": "sore"}); err != nil {
			t.Fatal(err)
		}
	}
	closed := s.now.AddDate(0, 0, 10)
	s.run(closed)
	if n := s.opened(id, closed); n != 3 {
		t.Errorf("%d are recorded, want all but the reader", n)
	}
	s.tx(func(ctx context.Context, tx *Tx) error {
		list, total, err := tx.Openings(ctx, s.people[1], 5)
		if total != 1 || !list[0].Office || list[0].Reason != "Menyusun jadwal." {
			t.Errorf("who answered reads %+v", list)
		}
		if _, total, _ = tx.Openings(ctx, s.people[5], 5); total != 0 {
			t.Error("who has not answered reads of an opening")
		}
		return err
	})
	if n := s.count(`SELECT count(*) FROM audit WHERE action = 'survey.export'`); n != 1 {
		t.Errorf("the file itself stands %d times in the log", n)
	}
	s.exec(`UPDATE staff_survey SET readable = false`)
	if _, _, all := s.answers(id); s.opened(id, closed) != 0 || len(all) != 0 {
		t.Errorf("%d answers are read of people who were told otherwise", len(all))
	}
}

// Stopped before its last day, a survey takes no answer any more; what was sent counts, what
// was begun is gone, and it can be told what was done. It is stopped once.
func TestSurveyIsStoppedEarly(t *testing.T) {
	s := newSurveyed(t, 14)
	id := s.start(s.now)
	s.exec(`UPDATE task SET state = 'started', started_at = $2 WHERE occasion_id = $1`, id, s.now)
	s.stand(id, "B", s.now)
	for _, p := range s.people[:11] {
		if err := s.answer(id, p, s.now, questionnaire.Answers{"A": "pagi", "B": "-", "C": "sore"}); err != nil {
			t.Fatal(err)
		}
	}
	day := s.now.AddDate(0, 0, 1)
	stop := func() error {
		return s.InTx(context.Background(), func(tx *Tx) error { return tx.StopSurvey(context.Background(), id, s.hr, day) })
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if err := stop(); !errors.Is(err, ErrNotFound) {
		t.Errorf("stopped twice: %v", err)
	}
	if err := s.answer(id, s.people[12], day, questionnaire.Answers{"A": "pagi"}); !errors.Is(err, ErrNotFound) {
		t.Errorf("answered afterwards: %v", err)
	}
	s.tx(func(ctx context.Context, tx *Tx) error {
		of, err := tx.SurveyByID(ctx, id, day)
		if err != nil || of.Figures == nil || of.Figures.Counts.Sent != 11 || !of.Stopped() || of.Overdue(day) {
			t.Errorf("stopped it reads %+v, %v", of, err)
		}
		return tx.GiveSurveyReport(ctx, id, "Jam belajar setiap Jumat pagi.", s.hr, day)
	})
	if n := s.count(`SELECT count(*) FROM draft`) + s.count(`SELECT count(*) FROM task WHERE state IN ('open', 'started')`); n != 0 {
		t.Errorf("%d drafts and tasks are left", n)
	}
	if n := s.count(`SELECT count(*) FROM audit WHERE action = 'survey.stop'`); n != 1 {
		t.Errorf("it stands %d times in the log", n)
	}
	if n := s.count(`SELECT count(*) FROM notice`); n != 0 {
		t.Errorf("%d were written to", n)
	}
}

// Once the owner of a promise that has passed is nobody of the personnel office any more, all
// who are in it are told, once each; while the owner is, nobody else is.
func TestPromiseOfAnOwnerWhoHasLeft(t *testing.T) {
	devdbtest.Long(t, "an odd event of surveys")
	s := newSurveyed(t, 4)
	id := s.start(s.now)
	grant := `INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'hr', $2)`
	s.exec(grant, s.people[1], s.now)
	s.exec(grant, s.people[2], s.now)
	s.run(s.now.AddDate(0, 0, 10))
	told := func() (n int) { return s.count(`SELECT count(*) FROM notice WHERE key LIKE 'survey-overdue:%'`) }
	late := s.now.AddDate(0, 0, 21)
	s.run(late)
	if n := told(); n != 1 || s.count(`SELECT count(*) FROM notice WHERE key LIKE 'survey-overdue:%' AND employee_id = $1`, s.hr) != 1 {
		t.Fatalf("%d were told while the owner is there", n)
	}
	s.exec(`UPDATE employee SET active = false WHERE id = $1`, s.hr)
	s.exec(`UPDATE role_grant SET revoked_at = $2 WHERE employee_id = $1`, s.people[2], late)
	s.run(late.Add(time.Hour))
	s.run(late.Add(2 * time.Hour))
	if n := told(); n != 2 || s.count(`SELECT count(*) FROM notice WHERE key LIKE 'survey-overdue:%' AND employee_id = $1`, s.people[1]) != 1 {
		t.Errorf("%d messages about the promise of somebody who has left", n)
	}
	s.tx(func(ctx context.Context, tx *Tx) error {
		return tx.GiveSurveyReport(ctx, id, "Jam belajar setiap Jumat pagi.", s.people[1], late)
	})
}
