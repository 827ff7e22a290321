package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
	"bangkom/internal/survey"
)

// draftJob is a job that drops drafts about the tasks of an occasion.
type draftJob struct {
	s    *surveyed
	form string
	id   int64 // of the occasion
	drop func(ctx context.Context, tx *Tx) error
}

// draftJobs are all jobs that touch drafts of people who may be answering.
var draftJobs = map[string]func(t *testing.T) draftJob{
	"a survey is closed": func(t *testing.T) draftJob {
		s := newSurveyed(t, 6)
		return draftJob{s, survey.AnswerFlow, s.start(s.now), func(ctx context.Context, tx *Tx) error {
			return tx.CloseSurveys(ctx, s.now.AddDate(0, 0, 10))
		}}
	},
	"the personnel office stops a survey": func(t *testing.T) draftJob {
		s := newSurveyed(t, 6)
		id, stopped := s.start(s.now), false
		return draftJob{s, survey.AnswerFlow, id, func(ctx context.Context, tx *Tx) error {
			if stopped {
				return tx.CloseSurveys(ctx, s.now.AddDate(0, 0, 10))
			}
			stopped = true
			return tx.StopSurvey(ctx, id, s.hr, s.now.AddDate(0, 0, 1))
		}}
	},
	"a survey without names is counted": func(t *testing.T) draftJob {
		s, _ := newNameless(t, 6)
		id := s.startNameless(s.now, announcement.Audience{All: true})
		return draftJob{s, survey.AnonymousFlow, id, func(ctx context.Context, tx *Tx) error {
			_, err := s.runner.Run(ctx, tx, s.now.AddDate(0, 0, 10))
			return err
		}}
	},
	"an evaluation is closed": func(t *testing.T) draftJob {
		s := newSurveyed(t, 6)
		id, asked := s.batch(1, 1, s.people), s.ends.AddDate(0, 0, 1)
		s.courses.runner = &evaluation.Runner{Courier: s.runner.Courier, Text: s.runner.Text, Location: s.runner.Location}
		s.ask(asked)
		return draftJob{s, evaluation.Flow, id, func(ctx context.Context, tx *Tx) error {
			_, err := s.courses.runner.Close(ctx, tx, asked.AddDate(0, 1, 0))
			return err
		}}
	},
}

// While a job drops the drafts of what is over, the people whose drafts they are answer in a
// batch: nobody waits in a circle, the batch is saved as a whole, and what was written
// meanwhile goes with the next run. The accounts are numbered the other way round than the
// tasks and drafts, so that the job comes to them in another order than the batch.
func TestBatchesAndJobsThatDropDrafts(t *testing.T) {
	devdbtest.Long(t, "each job beside a batch")
	for name, prepare := range draftJobs {
		t.Run(name, func(t *testing.T) {
			j := prepare(t)
			s := j.s
			s.exec(`UPDATE chat SET id = 3000000 - employee_id`)
			s.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) SELECT c.id, $2, t.id, '{}', now() FROM task t JOIN chat c USING (employee_id)
				WHERE t.occasion_id = $1 ORDER BY t.id`, j.id, j.form)
			list := j.answers()
			if len(list) < 4 {
				t.Fatalf("%d people have begun", len(list))
			}
			deadlocks := s.count(seenDeadlocks)

			busy, err := s.owner.BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = busy.Rollback() }()
			if _, err := busy.Exec(`SELECT FROM draft WHERE chat_id = $1 FOR UPDATE`, list[len(list)-1].ChatID); err != nil {
				t.Fatal(err)
			}
			job := s.beside(func() error {
				return s.InTxOnce(t.Context(), func(tx *Tx) error { return j.drop(t.Context(), tx) })
			})
			batch := s.beside(func() error {
				return s.InTxOnce(t.Context(), func(tx *Tx) error { return tx.SaveTogether(t.Context(), list) })
			})
			if err := busy.Commit(); err != nil {
				t.Fatal(err)
			}
			if one, all := job(), batch(); one != nil || all != nil {
				t.Errorf("the job: %v; the batch: %v", one, all)
			}
			if n := s.count(seenDeadlocks); n != deadlocks {
				t.Errorf("%d deadlocks", n-deadlocks)
			}
			if n := s.count(`SELECT count(*) FROM inbox WHERE done_at IS NULL OR attempts > 0`); n != 0 {
				t.Errorf("%d updates were not decided at once", n)
			}
			s.tx(j.drop)
			if n := s.count(`SELECT count(*) FROM draft`); n != 0 {
				t.Errorf("%d drafts of what is over are left after the next run", n)
			}
		})
	}
}

// seenDeadlocks counts them, as far as their sessions have told it.
const seenDeadlocks = `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`

// beside begins fn and returns once it waits for a lock, or has ended; end waits for that.
func (f *fixture) beside(fn func() error) (end func() error) {
	f.t.Helper()
	ended, before := make(chan error, 1), f.count(waitingForLock)
	go func() { ended <- fn() }()
	for f.count(waitingForLock) <= before {
		select {
		case err := <-ended:
			return func() error { return err }
		case <-time.After(2 * time.Millisecond):
		}
	}
	return func() error { return <-ended }
}

// answers are an answer of everybody who has begun, in the order of their accounts; none is saved.
func (j draftJob) answers() (list []dialog.Decision) {
	s := j.s
	s.t.Helper()
	rows, err := s.owner.Query(`SELECT chat_id, ref FROM draft WHERE form = $1 ORDER BY chat_id`, j.form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for n := int64(1); rows.Next(); n++ {
		var chat, ref int64
		if err := rows.Scan(&chat, &ref); err != nil {
			s.t.Fatal(err)
		}
		s.arrive(chat, n)
		d := decision(chat, n, reply(chat, fmt.Sprint("in:", n)))
		d.Serial = s.load(chat).session.Update.Serial
		d.Rows[0].Sealed = dialog.Sealed(j.form)
		d.Draft = &dialog.Record{Form: j.form, Ref: ref, At: "B", State: json.RawMessage(`{}`)}
		list = append(list, d)
	}
	return list
}
