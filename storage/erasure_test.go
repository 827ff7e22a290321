package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// Erasing deletes what voice.md names and nothing else, once, for an open
// request only, and leaves a row in the audit log. The program runs it without
// any right of its own to delete answers.
func TestErase(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(3)
	person, office := ids[0], ids[1]
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (5, $1, $2)`, person, start)
	f.exec(`INSERT INTO consent (employee_id, chat_id, notice_version, accepted_at) VALUES ($1, 5, 'x', $2)`, person, start)
	f.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, state) VALUES ('k', 5, 0, 'reply', 'x', 1, 'm', 'sent')`)
	f.exec(`INSERT INTO questionnaire (code, version, kind, body, hash) VALUES ('Q', 1, 'x', '{}', '') ON CONFLICT DO NOTHING`)
	f.exec(`WITH o AS (INSERT INTO occasion (kind) VALUES ('period') RETURNING id)
		INSERT INTO period (id, name, opens_at, due_at, rating_due_at) SELECT id, 'P', $1, $2, $2 FROM o`, start, start.AddDate(0, 0, 9))
	for _, who := range []int64{person, ids[2]} {
		for _, k := range task.Table() {
			f.exec(`WITH t AS (INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state)
				SELECT $1, $2, $1, id, 'Q', 1, opens_at, due_at, 'done' FROM period WHERE name = 'P' RETURNING id),
				r AS (INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
				SELECT id, 1, 'Q', 1, false, $3 FROM t RETURNING id)
				INSERT INTO answer SELECT id, 'A', '3' FROM r`, who, k.Kind, start)
		}
	}
	var request personnel.Erasure
	f.tx(func(ctx context.Context, tx *Tx) error {
		id, err1 := tx.AddTicket(ctx, person, 5, personnel.ErasureTicket, "", start)
		_, err2 := tx.Unlink(ctx, person, person, "self", start)
		r, err3 := tx.Erasure(ctx, id)
		request = r
		return errors.Join(err1, err2, err3)
	})
	all, erasable := len(task.Table()), task.Kinds(func(k task.Traits) bool { return k.Erasable })
	want := personnel.Erasure{TicketID: request.TicketID, EmployeeID: person, At: request.At, ChatID: 5,
		Answers: len(erasable), Kept: all - len(erasable)}
	if request != want {
		t.Errorf("the request shows %+v, want %+v", request, want)
	}
	own := f.try(func(ctx context.Context, tx *Tx) error { return tx.Erase(ctx, request, person, start) })
	if pe := (*pq.Error)(nil); own == nil || errors.As(own, &pe) && pe.Code != "P0001" {
		t.Errorf("somebody erases the own data: %v", own)
	}
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.Erase(ctx, request, office, start) })
	for query, want := range map[string]int{
		`SELECT count(*) FROM chat WHERE id = 5`:                                                  0,
		`SELECT count(*) FROM outbox WHERE chat_id = 5`:                                           0,
		`SELECT count(*) FROM consent WHERE chat_id = 5`:                                          0,
		`SELECT count(*) FROM consent`:                                                            1,
		`SELECT count(*) FROM answer`:                                                             2*all - len(erasable),
		`SELECT count(*) FROM task WHERE state = 'excused'`:                                       len(erasable),
		`SELECT count(*) FROM ticket WHERE handled_at IS NULL OR chat_id IS NOT NULL`:             0,
		`SELECT count(*) FROM audit WHERE action = 'erase' AND detail LIKE 'request % answers 4'`: 1,
	} {
		if n := f.count(query); n != want {
			t.Errorf("%s = %d, want %d", query, n, want)
		}
	}
	// The list in the database is the limit of what the program may delete; the table
	// of kinds is what it tells people. They must say the same.
	slices.Sort(erasable)
	gone := f.text(`SELECT string_agg(kind, ' ' ORDER BY kind COLLATE "C") FROM task WHERE state = 'excused'`)
	if want := strings.Trim(fmt.Sprint(erasable), "[]"); gone != want {
		t.Errorf("the answers of %q were erased, want those of %q", gone, want)
	}
	again := f.try(func(ctx context.Context, tx *Tx) error { return tx.Erase(ctx, request, office, start) })
	if !errors.Is(again, ErrNotFound) {
		t.Errorf("erasing again = %v, want ErrNotFound", again)
	}
}

// The outcome of a request reaches whoever left the account since, but not the
// phone that an officer has freed, and not somebody else.
func TestTicketReachesTheAsker(t *testing.T) {
	tests := []struct {
		name  string
		after func(context.Context, *Tx, []int64) error
		want  int64
	}{
		{"linked", func(context.Context, *Tx, []int64) error { return nil }, 5},
		{"left by oneself", func(ctx context.Context, tx *Tx, ids []int64) error {
			_, err := tx.Unlink(ctx, ids[0], ids[0], "self", start)
			return err
		}, 5},
		{"phone lost", func(ctx context.Context, tx *Tx, ids []int64) error {
			_, err := tx.Unlink(ctx, ids[0], ids[1], "by officer", start)
			return err
		}, 0},
		{"somebody else's by now", func(ctx context.Context, tx *Tx, ids []int64) error {
			_, err1 := tx.Unlink(ctx, ids[0], ids[0], "self", start)
			_, err2 := tx.Link(ctx, personnel.Claim{EmployeeID: ids[1], Notice: "x"}, 5, start)
			return errors.Join(err1, err2)
		}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			ids := f.employees(3)
			f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (5, $1, $2)`, ids[0], start)
			f.tx(func(ctx context.Context, tx *Tx) error {
				id, err1 := tx.AddTicket(ctx, ids[0], 5, personnel.CorrectionTicket, "x", start)
				err2 := tt.after(ctx, tx, ids)
				who, err3 := tx.CloseTicket(ctx, id, ids[2], "", start)
				if who.ChatID != tt.want {
					t.Errorf("the chat %d is told, want %d", who.ChatID, tt.want)
				}
				return errors.Join(err1, err2, err3)
			})
		})
	}
}

// The choices of reminders are copied and erased as soon as there is a table of
// them, whatever the order of the migrations.
func TestRemindersAreCopiedAndErased(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	f.exec(`CREATE TABLE IF NOT EXISTS attention (employee_id bigint PRIMARY KEY REFERENCES employee, hour smallint NOT NULL DEFAULT 0,
		changed_at timestamptz NOT NULL)`)
	f.exec(`GRANT SELECT ON attention TO bangkom_app`)
	for _, id := range ids {
		f.exec(`INSERT INTO attention (employee_id, hour, changed_at) VALUES ($1, 540, $2)`, id, start)
	}
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (5, $1, $2)`, ids[0], start)
	f.tx(func(ctx context.Context, tx *Tx) error {
		raw, err1 := tx.CopyReminders(ctx, 5)
		if got := string(raw); !strings.Contains(got, `"jam":"09.00"`) || strings.Contains(got, "employee_id") {
			t.Errorf("the copy says of reminders %q", got)
		}
		id, err2 := tx.AddTicket(ctx, ids[0], 5, personnel.ErasureTicket, "", start)
		r, err3 := tx.Erasure(ctx, id)
		return errors.Join(err1, err2, err3, tx.Erase(ctx, r, ids[1], start))
	})
	if n := f.count(`SELECT count(*) FROM attention`); n != 1 {
		t.Errorf("%d people have a choice left, want 1", n)
	}
}

// A file of people's levels in the chat of somebody who is erased is taken away at once, also
// when the account has been left and what was queued for it was cancelled; that of another
// person stays its day.
func TestErasedFilesAreTakenAway(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(3)
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) VALUES (5, $1, $3), (6, $2, $3)`, ids[0], ids[1], start)
	f.exec(`INSERT INTO consent (employee_id, chat_id, notice_version, accepted_at) VALUES ($1, 5, 'x', $2)`, ids[0], start)
	for chat, files := range map[int][]struct {
		key string
		age time.Duration
	}{5: {{"young", time.Hour}, {"due", 25 * time.Hour}, {"old", 48 * time.Hour}}, 6: {{"other", time.Hour}}} {
		for i, file := range files {
			f.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, state, message_id, sent_at, delivered_at) VALUES ($1, $2, 0, 'reply', $3, 1, 'sendDocument', 'sent', $4, $5, $5)`,
				file.key, chat, needs.PeopleFile, 41+i, start.Add(-file.age))
		}
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err1 := tx.Expire(ctx, start) // queues that of the one that is due, which leaving cancels
		id, err2 := tx.AddTicket(ctx, ids[0], 5, personnel.ErasureTicket, "", start)
		r, err3 := tx.Erasure(ctx, id)
		return errors.Join(err1, err2, err3, tx.Erase(ctx, r, ids[2], start))
	})
	rows, err := f.Claim(t.Context(), 9, dialog.LaneBulk, 10, start)
	var gone []string
	for _, r := range rows {
		gone = append(gone, fmt.Sprint(r.Method, " ", r.ChatID, " ", r.EditOf, " ", r.Forget))
	}
	slices.Sort(gone)
	if want := []string{"deleteMessage 5 41 true", "deleteMessage 5 42 true"}; err != nil || !slices.Equal(gone, want) {
		t.Errorf("taken away are %q, want %q, %v", gone, want, err)
	}
}
