package storage

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
)

// A batch with an answer that cannot be opened holds up no other, and is told.
func TestUnopenedAnswerHoldsUpNoOther(t *testing.T) {
	devdbtest.Long(t, "answers that cannot be opened")
	c := newCourses(t, 10)
	broken, good := c.batch(1, 1, c.people[:5]), c.batch(2, 1, c.people[5:])
	c.ask(c.ends)
	for i, p := range c.people {
		batch := broken
		if i >= 5 {
			batch = good
		}
		if err := c.answer(batch, p, says(i), c.ends); err != nil {
			t.Fatal(err)
		}
	}
	c.exec(`UPDATE held_answer SET sealed = '\x00' WHERE occasion_id = $1`, broken)
	c.slot("evaluation-close", c.ends.AddDate(0, 0, 8), func(ctx context.Context, tx *Tx, now time.Time) (courier.Tally, error) {
		return c.runner.Close(ctx, tx, now)
	}, 1)
	if got := c.text(`SELECT string_agg(state, ' ' ORDER BY batch_id) FROM evaluation`); got != "open published" {
		t.Errorf("states %q, want the other one published", got)
	}
	if got := c.text(`SELECT cause FROM job_failure WHERE job = 'evaluation-close'`); !strings.Contains(got, disclosure.ErrSealed.Error()) {
		t.Errorf("what cannot be opened is told as %q", got)
	}
	if n := c.count(`SELECT count(*) FROM held_answer WHERE occasion_id = $1`, broken); n != 5 {
		t.Errorf("%d of five answers are kept", n)
	}
}

// Nobody opens an evaluation so early that it closes before the last session: it would be
// answered by those only who came first.
func TestEvaluationOpensInTheLastSession(t *testing.T) {
	c := newCourses(t, 5)
	batch := c.batch(1, 1, c.people)
	for _, tt := range []struct {
		at   time.Time
		want bool
	}{{c.ends.Add(-20 * time.Hour), false}, {c.ends.Add(-time.Hour), true}} {
		c.tx(func(ctx context.Context, tx *Tx) error {
			opened, err := tx.OpenEvaluation(ctx, batch, 0, tt.at)
			if opened != tt.want {
				t.Errorf("opened at %s: %t", tt.at, opened)
			}
			return err
		})
	}
}

// A draft that cannot be opened any more is left out, and the others are there.
func TestUnopenedDraftIsLeftOut(t *testing.T) {
	sealed := &Tx{sealing: sealing{disclosure.NewSealer([]byte("the key of before"))}}
	r, err := sealed.sealedDraft(7, dialog.Record{Form: "s.ev", Ref: 1, State: json.RawMessage(`{"given":{}}`)})
	if err != nil {
		t.Fatal(err)
	}
	plain := dialog.Record{Form: "plain", Ref: 2, State: json.RawMessage(`{}`)}
	for key, want := range map[string]int{"the key of before": 2, "another key": 1} {
		tx := &Tx{sealing: sealing{disclosure.NewSealer([]byte(key))}}
		got, err := tx.openDrafts(7, []dialog.Record{r, plain})
		if err != nil || len(got) != want || got[len(got)-1].Form != "plain" {
			t.Errorf("with %s: %+v, %v", key, got, err)
		}
	}
	if _, err := (&Tx{}).openDrafts(7, []dialog.Record{r}); !errors.Is(err, errNoSealer) {
		t.Errorf("a program without the key opens a draft: %v", err)
	}
}
