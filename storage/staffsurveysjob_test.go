package storage

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
)

// What somebody presses while a survey is being closed is stored after the close has dropped
// what was begun: the next run drops it too.
func TestDraftOfAClosedSurveyGoes(t *testing.T) {
	devdbtest.Long(t, "days pass after a close")
	s := newSurveyed(t, 4)
	id := s.start(s.now)
	s.run(s.now.AddDate(0, 0, 10))
	s.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) SELECT 1000000 + employee_id, 'sv', id, '{}', $2 FROM task WHERE occasion_id = $1`, id, s.now)
	open := s.start(s.now.AddDate(0, 0, 10))
	s.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) SELECT 1000000 + employee_id, 'sv', id, '{}', $2 FROM task WHERE occasion_id = $1 ON CONFLICT DO NOTHING`, open, s.now)
	asked := s.count(`SELECT count(*) FROM task WHERE occasion_id = $1`, open)
	s.run(s.now.AddDate(0, 0, 10).Add(time.Hour))
	if n := s.count(`SELECT count(*) FROM draft d JOIN task t ON t.id = d.ref WHERE t.occasion_id = $1`, id); n != 0 {
		t.Errorf("%d drafts of the closed survey stay", n)
	}
	if n := s.count(`SELECT count(*) FROM draft d JOIN task t ON t.id = d.ref WHERE t.occasion_id = $1`, open); n != asked || n == 0 {
		t.Errorf("%d of %d drafts of the open survey are left", n, asked)
	}
}

// The owner hears once that a promise has passed, also when the notice of it was pruned.
func TestOverdueIsToldOnce(t *testing.T) {
	s := newSurveyed(t, 4)
	id := s.start(s.now)
	late := s.now.AddDate(0, 0, 21)
	s.run(late)
	key := fmt.Sprintf("survey-overdue:%d", id)
	if n := s.count(`SELECT count(*) FROM notice WHERE key = $1`, key); n != 1 {
		t.Fatalf("the owner was told %d times", n)
	}
	s.exec(`DELETE FROM notice WHERE key = $1`, key) // as after 90 days
	s.run(late.AddDate(0, 0, 90))
	if n := s.count(`SELECT count(*) FROM notice WHERE key = $1`, key); n != 0 {
		t.Error("the owner is told again")
	}
}

// Figures that cannot be read are an error, not a survey that is still open.
func TestUnreadableFiguresAreAnError(t *testing.T) {
	s := newSurveyed(t, 4)
	id := s.start(s.now)
	s.exec(`UPDATE staff_survey SET figures = '[1]', closed_at = closes_at WHERE id = $1`, id)
	err := s.InTx(context.Background(), func(tx *Tx) error {
		_, err := tx.SurveyByID(context.Background(), id, s.now)
		return err
	})
	if err == nil || errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
