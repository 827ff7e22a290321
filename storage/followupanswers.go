package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bangkom/internal/followup"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
)

// followUpJSON builds one followup.FollowUp; f is follow_up.
const followUpJSON = `json_build_object('ID', f.id, 'Batch', f.batch_id, 'Programme', f.programme_id, 'Day', f.day, 'Name', f.name, 'Ability', f.ability,
	'Opens', f.opens_at, 'Closes', f.closes_at, 'Closed', f.closed_at)`

// followUpTask is a task t with its occasion f.
var followUpTask = `FROM follow_up f JOIN (SELECT id, name, closed_at FROM follow_up) p ON p.id = f.id JOIN task t ON t.occasion_id = f.id
	JOIN follow_up_pair k ON k.follow_up_id = f.id AND k.subject_id = t.subject_id`

// bothFollowed is true once both sides of a pair k were sent: answers that were erased do
// not count.
var bothFollowed = `(SELECT count(*) FROM task a WHERE a.occasion_id = k.follow_up_id AND a.subject_id = k.subject_id AND a.state IN ('done', 'expired')
	AND (` + isFollowUp("a") + ` OR ` + isSuperiorFollowUp("a") + `) AND EXISTS (SELECT FROM response r WHERE r.task_id = a.id)) = 2`

var ownFollowUps = `
	SELECT json_build_object('of', ` + followUpJSON + `, 'task', ` + taskJSON + `, 'asked', k.other = '', 'complete', ` + bothFollowed + `)
	` + followUpTask + ` WHERE ` + isFollowUp("t") + ` AND t.employee_id = $1 AND `

// What is over stays in the list of the person while the answers are kept.
var (
	myFollowUps = ownFollowUps + `(f.closed_at IS NULL AND f.closes_at > $2 AND t.state IN ('open', 'started', 'done')
		OR EXISTS (SELECT FROM response r WHERE r.task_id = t.id) AND f.opens_at > $2::timestamptz - interval '1 year') ORDER BY f.closes_at DESC, t.id LIMIT 10`
	ownFollowUp = ownFollowUps + `t.id = $2`
)

// MyFollowUps lists what somebody can say about the use of trainings, or has said in the
// year before, the newest first.
func (t *Tx) MyFollowUps(ctx context.Context, employee int64, now time.Time) ([]followup.Own, error) {
	return t.ownFollowUps(ctx, myFollowUps, employee, now)
}

// OwnFollowUp returns the follow-up of a task of the person; ErrNotFound of any other.
func (t *Tx) OwnFollowUp(ctx context.Context, taskID, employee int64) (followup.Own, error) {
	all, err := t.ownFollowUps(ctx, ownFollowUp, employee, taskID)
	if err != nil || len(all) == 0 {
		return followup.Own{}, orNotFound(err)
	}
	return all[0], nil
}

// orNotFound is the error, or ErrNotFound where there is none.
func orNotFound(err error) error {
	if err == nil {
		return ErrNotFound
	}
	return err
}

func (t *Tx) ownFollowUps(ctx context.Context, query string, args ...any) (out []followup.Own, err error) {
	var raws [][]byte
	if err := t.tx.SelectContext(ctx, &raws, query, args...); err != nil {
		return nil, safe("list follow-ups", err)
	}
	for _, raw := range raws {
		var r struct {
			Of       followup.FollowUp
			Task     task.Task
			Asked    bool
			Complete bool
		}
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, fmt.Errorf("decode a follow-up: %w", err)
		}
		out = append(out, followup.Own{FollowUp: r.Of, Task: r.Task, SuperiorAsked: r.Asked, Complete: r.Complete})
	}
	return out, nil
}

// Who is the superior by now makes no difference: the one of that day has seen the work.
var ratedFollowUps = `
	SELECT json_build_object('of', ` + followUpJSON + `, 'task', ` + taskJSON + `, 'id', e.id, 'name', e.name, 'sex', e.sex)
	` + followUpTask + ` JOIN employee e ON e.id = t.subject_id
	WHERE ` + isSuperiorFollowUp("t") + ` AND t.employee_id = $1 AND ($2::bigint = 0 OR f.id = $2) AND f.closed_at IS NULL AND f.closes_at > $3
	  AND t.state IN ('open', 'started', 'done') ORDER BY f.closes_at, f.id, e.name, e.id`

// RatedFollowUps lists the participants about whom a superior is asked in open follow-ups, or
// in one of them; 0 = in all.
func (t *Tx) RatedFollowUps(ctx context.Context, superior, followUp int64, now time.Time) (out []followup.Rated, err error) {
	var raws [][]byte
	if err := t.tx.SelectContext(ctx, &raws, ratedFollowUps, superior, followUp, now); err != nil {
		return nil, safe("list who is asked about", err)
	}
	for _, raw := range raws {
		var r struct {
			Of   followup.FollowUp
			Task task.Task
			ID   int64
			Name string
			Sex  int64
		}
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, fmt.Errorf("decode a follow-up: %w", err)
		}
		out = append(out, followup.Rated{FollowUp: r.Of, Task: r.Task, Subject: personnel.Employee{ID: r.ID, Name: r.Name, Sex: sexOf(r.Sex)}})
	}
	return out, nil
}

// The pair is locked, so that of two sides that are sent at the same moment the later one
// sees the earlier; the follow-up is shared, so that a close waits.
var (
	lockPair = `
		SELECT k.subject_id FROM follow_up f JOIN task t ON t.occasion_id = f.id
		JOIN follow_up_pair k ON k.follow_up_id = f.id AND k.subject_id = t.subject_id
		WHERE t.id = $1 AND t.employee_id = $2 AND t.state IN ('open', 'started') AND f.closed_at IS NULL AND f.closes_at > $3
		FOR UPDATE OF k FOR SHARE OF f`
	pairSent = `SELECT ` + bothFollowed + ` AS both, t2.id AS own, k.subject_id AS subject, CASE WHEN e.supervisor_id = k.superior_id THEN k.superior_id ELSE 0 END AS superior
		FROM follow_up_pair k JOIN task t ON t.id = $1 JOIN employee e ON e.id = k.subject_id
		JOIN task t2 ON t2.occasion_id = t.occasion_id AND ` + isFollowUp("t2") + ` AND t2.subject_id = t.subject_id
		WHERE k.follow_up_id = t.occasion_id AND k.subject_id = t.subject_id`
)

// SendFollowUp stores what one side has answered, once; ErrNotFound when it is not theirs to
// answer, was sent, or is over.
func (t *Tx) SendFollowUp(ctx context.Context, of task.Task, answers questionnaire.Answers, now time.Time) (sent followup.Sent, err error) {
	var subject int64
	if err := t.one(ctx, &subject, lockPair, of.ID, of.EmployeeID, now); err != nil {
		return sent, err
	}
	if err := t.Submit(ctx, of, answers, now); err != nil {
		return sent, err
	}
	err = t.one(ctx, &sent, pairSent, of.ID)
	return sent, err
}

// readsPair is true for whoever $1 is that may read a pair k of the person e: the person; or
// the superior of that day, while it is the superior still. Nobody else reads it by name.
const readsPair = `(e.id = $1 OR k.superior_id = $1 AND e.supervisor_id = $1)`

// What the participant said leaves this statement for the superior as level alone, and that
// only when both were sent; the rest when the participant has given it.
var pairOf = `
	SELECT json_build_object('of', ` + followUpJSON + `, 'subject', e.id, 'superior', COALESCE(k.superior_id, 0), 'given', k.shared_at IS NOT NULL,
	       'former', k.superior_id IS DISTINCT FROM e.supervisor_id,
	       'self', (SELECT json_object_agg(a.item_code, a.value) FROM response r JOIN answer a ON a.response_id = r.id
	           WHERE r.task_id = t.id AND (e.id = $1 OR x.both AND a.item_code = $3 OR k.shared_at IS NOT NULL AND a.item_code = ANY($4))),
	       'rated', (SELECT json_object_agg(a.item_code, a.value) FROM task o JOIN response r ON r.task_id = o.id JOIN answer a ON a.response_id = r.id
	           WHERE o.occasion_id = f.id AND ` + isSuperiorFollowUp("o") + ` AND o.subject_id = e.id AND x.both))
	` + followUpTask + ` JOIN employee e ON e.id = t.subject_id CROSS JOIN LATERAL (SELECT ` + bothFollowed + ` AS both) x
	WHERE t.id = $2 AND ` + isFollowUp("t") + ` AND e.active AND EXISTS (SELECT FROM response r WHERE r.task_id = t.id)
	  AND (e.id = $1 OR x.both OR k.shared_at IS NOT NULL) AND ` + readsPair

// FollowUpPair opens what a viewer may see of a pair, and records that, unless the viewer is
// its participant. task is the participant's. ErrNotFound for everybody else.
func (t *Tx) FollowUpPair(ctx context.Context, taskID, viewer int64, now time.Time) (b followup.Both, err error) {
	var raw []byte
	if err := t.one(ctx, &raw, pairOf, viewer, taskID, followup.Ability, givenItems()); err != nil {
		return b, err
	}
	var r struct {
		Of                followup.FollowUp
		Subject, Superior int64
		Given, Former     bool
		Self, Rated       questionnaire.Answers
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return b, fmt.Errorf("decode a pair: %w", err)
	}
	b = followup.Both{FollowUp: r.Of, Task: taskID, Self: r.Self, Rated: r.Rated, Shared: r.Given, Former: r.Former}
	if b.Subject, err = t.Employee(ctx, r.Subject); err != nil {
		return b, err
	}
	if r.Superior != 0 {
		if b.Superior, err = t.Employee(ctx, r.Superior); err != nil {
			return b, err
		}
	}
	_, err = t.tx.ExecContext(ctx, opened, now, viewer, b.Subject.ID)
	return b, safe("audit", err)
}

// givenItems are what a participant may give to the superior beside the level.
func givenItems() any {
	return kindArray([]string{followup.Frequency, followup.Help, followup.Line})
}

// What is given early could move the superior's own answer: only when that was sent, or
// cannot come any more.
var shareFollowUp = `
	UPDATE follow_up_pair k SET shared_at = $3 FROM follow_up f, task t, employee e
	WHERE t.id = $1 AND ` + isFollowUp("t") + ` AND t.employee_id = $2 AND k.follow_up_id = t.occasion_id AND k.subject_id = t.subject_id AND f.id = k.follow_up_id
	  AND e.id = k.subject_id AND k.superior_id = e.supervisor_id AND k.shared_at IS NULL AND EXISTS (SELECT FROM response r WHERE r.task_id = t.id)
	  AND (k.other <> '' OR f.closed_at IS NOT NULL OR f.closes_at <= $3 OR ` + bothFollowed + `)
	RETURNING k.superior_id`

// ShareFollowUp gives the rest of what a participant said to the superior of that day
// (Sampaikan ke atasan) and returns who that is; ErrNotFound when it was given before, may not
// be given yet, or somebody else is the superior by now.
func (t *Tx) ShareFollowUp(ctx context.Context, taskID, subject int64, now time.Time) (superior int64, err error) {
	err = t.one(ctx, &superior, shareFollowUp, taskID, subject, now)
	return superior, err
}

// What a superior has said about the person is part of the person's copy once both were
// sent, as on the card.
var copyFollowUps = `
	SELECT json_agg(json_build_object('pelatihan', f.name, 'hari', f.day, 'dibuka', f.opens_at, 'ditutup', f.closed_at, 'tidak_ditanya', nullif(k.own, ''),
	       'atasan_ditanya', k.other = '', 'disampaikan_ke_atasan', k.shared_at,
	       'jawaban_atasan', (SELECT json_object_agg(a.item_code, a.value) FROM task o JOIN response r ON r.task_id = o.id JOIN answer a ON a.response_id = r.id
	           WHERE o.occasion_id = f.id AND ` + isSuperiorFollowUp("o") + ` AND o.subject_id = k.subject_id AND ` + bothFollowed + `)) ORDER BY f.opens_at, f.id)
	FROM follow_up_pair k JOIN follow_up f ON f.id = k.follow_up_id JOIN chat c ON c.employee_id = k.subject_id WHERE c.id = $1`

// CopyFollowUps returns the follow-ups of the person of a chat; nil when there is none. The own
// answers stand with all others that were sent.
func (t *Tx) CopyFollowUps(ctx context.Context, chatID int64) (json.RawMessage, error) {
	var raw []byte
	err := t.one(ctx, &raw, copyFollowUps, chatID)
	return raw, err
}
