package storage

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// A task kind that no row describes, or that stands where it does not belong, stops
// the start with a sentence that names it.
func TestCheckKinds(t *testing.T) {
	const owe = `INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at)
		SELECT employee_id, '%s', subject_id, %s, questionnaire_code, questionnaire_version, opens_at, due_at FROM task LIMIT 1`
	tests := []struct {
		name, change, want string // want "" = no error
	}{
		{"what the program makes", `SELECT 1`, ""},
		{"a task of an unknown kind", fmt.Sprintf(owe, "exam", "occasion_id"), `"exam" has no row`},
		{"one among many periods", `WITH o AS (INSERT INTO occasion (kind) SELECT 'period' FROM generate_series(1, 50) RETURNING id)
			INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at)
			SELECT t.employee_id, CASE WHEN o.id = (SELECT max(id) FROM o) THEN 'quiz' ELSE t.kind END, t.subject_id, o.id,
			       t.questionnaire_code, t.questionnaire_version, t.opens_at, t.due_at FROM task t, o`, `"quiz" has no row`},
		{"a questionnaire of an unknown kind", `INSERT INTO questionnaire (code, version, kind, body, hash) VALUES ('X', 1, 'exam', '{}', '')`, `"exam" has no row`},
		{"a task of another occasion", `WITH o AS (INSERT INTO occasion (kind) VALUES ('batch') RETURNING id) ` +
			fmt.Sprintf(owe, "interest", "(SELECT id FROM o)"), `"interest" belong to an occasion of the kind "batch"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.employees(3)
			f.openPeriod("2027")
			f.exec(tt.change)
			err := f.CheckKinds(t.Context())
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("CheckKinds = %v, want %q", err, tt.want)
			}
		})
	}
}

// What is sent without a task belongs to an occasion and a person, once, and is in
// that person's own copy.
func TestResponseWithoutATask(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	f.openPeriod("2027")
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) SELECT 5000 + id, id, $1 FROM employee`, start)
	add := func(taskID, occasion, employee string) error {
		return f.try(func(ctx context.Context, tx *Tx) error {
			_, err := tx.tx.ExecContext(ctx, `INSERT INTO response (task_id, occasion_id, employee_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
				SELECT `+taskID+`, `+occasion+`, `+employee+`, 1, questionnaire_code, questionnaire_version, false, $1 FROM task LIMIT 1`, start)
			return err
		})
	}
	someone := fmt.Sprint(ids[0])
	const taskID, occasion = "(SELECT min(id) FROM task)", "(SELECT max(id) FROM occasion)"
	tests := []struct {
		name                     string
		task, occasion, employee string
		want                     bool
	}{
		{"of nothing", "NULL", "NULL", "NULL", false},
		{"of an occasion, by nobody", "NULL", occasion, "NULL", false},
		{"of a task and an occasion", taskID, occasion, someone, false},
		{"of a task, with a name", taskID, "NULL", someone, false},
		{"of an occasion", "NULL", occasion, someone, true},
		{"the same again", "NULL", occasion, someone, false},
		{"of an occasion, by somebody else", "NULL", occasion, fmt.Sprint(ids[1]), true},
		{"of a task", taskID, "NULL", "NULL", true},
	}
	for _, tt := range tests {
		if err := add(tt.task, tt.occasion, tt.employee); (err == nil) != tt.want {
			t.Errorf("%s: %v, want accepted: %t", tt.name, err, tt.want)
		}
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		c, err := tx.Copy(ctx, 5000+ids[1], taskForms)
		if n := len(c.Responses); n != 1 {
			t.Errorf("the own copy holds %d of what the person has sent, want 1", n)
		}
		return err
	})
}
