package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/questionnaire"
	"bangkom/storage/sample"
)

func TestBooks(t *testing.T) {
	f := newFixture(t)
	owed, _ := f.round()
	f.exec(`INSERT INTO chat (id, employee_id) VALUES (501, $1)`, owed.EmployeeID)
	answers, want := questionnaire.Answers{}, ""
	shipped, err := questionnaire.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range shipped {
		if q.Code != owed.Questionnaire || q.Version != owed.Version {
			continue
		}
		for i, item := range q.Items {
			answers[item.Code] = fmt.Sprint(i % 6)
			want += fmt.Sprint(i % 6)
		}
	}
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.Submit(ctx, owed, answers, start) })
	f.arrive(501, 1)
	f.arrive(502, 2)
	f.exec(`UPDATE inbox SET received_at = now() - interval '1 minute' WHERE update_id = 2`)
	f.exec(`INSERT INTO inbox (bot_id, update_id, done_at, failed) VALUES (77, 3, now(), 'bad')`)
	f.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, state, created_at)
		VALUES ('a', 501, 0, 'reply', 't', 1, 'sendMessage', 'new', now() - interval '2 minutes'),
		       ('b', 501, 0, 'reply', 't', 1, 'sendMessage', 'sent', now() - interval '1 hour')`)
	got, err := f.sample().Books(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := got.OldestWaiting - time.Minute; d < 0 || d > 10*time.Second {
		t.Errorf("the oldest update waits for %s, want a minute", got.OldestWaiting)
	}
	if d := got.OldestUnsent - 2*time.Minute; d < 0 || d > 10*time.Second {
		t.Errorf("the oldest message waits for %s, want two minutes", got.OldestUnsent)
	}
	got.OldestWaiting, got.OldestUnsent = 0, 0
	books := sample.Books{Sent: []sample.SentAnswers{{Chat: 501, Revision: 1, Answers: want}}, Answers: len(answers), Waiting: 2, SetAside: 1,
		Outbox: map[string]int{"new": 1, "sent": 1}}
	if diff := cmp.Diff(books, got); diff != "" {
		t.Errorf("Books (-want +got):\n%s", diff)
	}
}

func TestStepClock(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	if _, err := f.Take(ctx, "telegram", "a", time.Second, false); err != nil {
		t.Fatal(err)
	}
	if err := f.Pause(ctx, time.Second); err != nil {
		t.Fatal(err)
	}
	if err := f.sample().StepClock(ctx, time.Hour); err != nil {
		t.Fatal(err)
	}
	if n := f.count(`SELECT count(*) FROM lease WHERE until > now() + interval '59 minutes'`); n != 1 {
		t.Error("the lease does not end later")
	}
	if n := f.count(`SELECT count(*) FROM bot_state WHERE name = 'paused_until' AND at > now() + interval '59 minutes'`); n != 1 {
		t.Error("the pause does not end later")
	}
}

func TestFillPast(t *testing.T) {
	f := newFixture(t)
	f.employees(3)
	f.openPeriod("now")
	if err := f.sample().FillPast(t.Context(), 7*sample.AnswersEach); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM answer`:                         7 * sample.AnswersEach,
		`SELECT count(*) FROM response`:                       7,
		`SELECT count(*) FROM period WHERE closed_at IS NULL`: 1,
		`SELECT count(*) FROM period`:                         1 + 3,
		`SELECT count(*) FROM task WHERE state = 'done'`:      7,
	} {
		if n := f.count(query); n != want {
			t.Errorf("%s = %d, want %d", query, n, want)
		}
	}
}
