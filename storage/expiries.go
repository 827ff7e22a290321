package storage

import (
	"context"
	"time"

	"bangkom/internal/needs"
	"bangkom/internal/survey"
	"bangkom/internal/task"
)

// When the window of a message closed before the sender came to it, the message
// is held for the next window, together with what had joined it, unless it has
// expired itself.
const (
	expireRows = `
		UPDATE outbox SET state = 'expired', payload = NULL, cause = 'expired', ` + cutLoose + `
		WHERE lane IN (0, 1) AND state = 'new' AND expires_at < 'infinity' AND expires_at <= $1`
	returnNotifications = `
		UPDATE notice n SET action = CASE WHEN n.expires_at <= $1 THEN 'drop' ELSE 'hold' END,
		       reason = CASE WHEN n.expires_at <= $1 THEN 'expired' ELSE 'outside_hours' END,
		       reply = CASE WHEN n.expires_at <= $1 THEN NULL ELSE n.reply END, at = $1, decided_at = $1, with_id = NULL
		FROM outbox o
		WHERE n.reply IS NOT NULL AND n.action <> 'hold' AND o.key = n.outbox_key AND o.state = 'expired'`
	returnLadders = `
		UPDATE task SET ladder_at = $1 FROM notice n
		WHERE n.task_id = task.id AND n.step <> '' AND n.action = 'hold' AND n.at <= $1 AND task.ladder_at > $1`
	dropHeld = `
		UPDATE notice SET action = 'drop', at = $1, decided_at = $1, reply = NULL
		WHERE action = 'hold' AND step = '' AND expires_at <= $1`
	emptyNotifications = `
		UPDATE notice n SET reply = NULL FROM outbox o
		WHERE n.reply IS NOT NULL AND n.action <> 'hold' AND o.key = n.outbox_key AND o.state NOT IN ('new', 'sending', 'expired')`
	// A task with a ladder is closed by the ladder, whose last steps come after
	// the deadline.
	expireTasksWithoutLadder = `
		UPDATE task SET state = 'expired', ladder_at = NULL
		WHERE due_at <= $1 AND state IN ('open', 'started') AND kind = ANY($2)`
	takeFilesAway = fileAway + ` AND o.delivered_at <= $1::timestamptz - interval '24 hours' ORDER BY o.id ON CONFLICT (key) DO NOTHING`

	// Telegram deletes what is younger than two days.
	fileAway = `
		INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, edit_of, state)
		SELECT 'file-away:' || o.id, o.chat_id, 1, 'service', o.template, 0, 'deleteMessage',
		       json_build_object('params', json_build_object('chat_id', o.chat_id::text, 'message_id', o.message_id::text))::text, o.message_id, 'new'
		FROM outbox o WHERE o.template IN ('` + needs.PeopleFile + `', '` + survey.AnswersFile + `') AND o.state = 'sent' AND o.method <> 'deleteMessage' AND o.message_id IS NOT NULL
		  AND o.delivered_at > $1::timestamptz - interval '47 hours'`
)

// Expire ends what has expired at now: messages in the outbox, held messages,
// offers that nobody took, ratings that were not given, files of people's levels and of their
// answers in the chat. It tells how much that was.
func (t *Tx) Expire(ctx context.Context, now time.Time) (int, error) {
	total := int64(0)
	for _, q := range []string{expireRows, returnNotifications, returnLadders, dropHeld, expireTasksWithoutLadder, emptyNotifications, takeFilesAway} {
		args := []any{now}
		switch q {
		case emptyNotifications:
			args = nil
		case expireTasksWithoutLadder:
			args = append(args, taskKinds(func(k task.Traits) bool { return k.Expires && !k.Ladder }))
		}
		r, err := t.tx.ExecContext(ctx, q, args...)
		if err != nil {
			return 0, safe("expire", err)
		}
		n, err := r.RowsAffected()
		if err != nil {
			return 0, safe("expire", err)
		}
		if q != emptyNotifications && q != returnLadders {
			total += n
		}
	}
	return int(total), nil
}

// Technical rows are aged by the clock of the database; rows that mean something
// to people, by now. The newest slot of each job stays, because the clock counts
// from it. So do decisions about tasks of an open occasion, however old they are,
// because the ladder and the limits of reminders count from them.
const (
	pruneNotifications = `DELETE FROM notice WHERE id IN (SELECT n.id FROM notice n WHERE n.decided_at < $1::timestamptz - interval '90 days'
		AND n.action <> 'hold' AND NOT EXISTS (SELECT FROM task t JOIN ` + occasions + ` p ON p.id = t.occasion_id
		    WHERE t.id = n.task_id AND p.closed_at IS NULL) ORDER BY n.decided_at LIMIT $2)`
	pruneOutbox = `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE created_at < clock_timestamp() - interval '90 days'
		AND $1::timestamptz IS NOT NULL AND state NOT IN ('new', 'sending') ORDER BY created_at LIMIT $2)`
	pruneRuns = `DELETE FROM job_run WHERE (job, scheduled_for) IN (SELECT r.job, r.scheduled_for FROM job_run r
		WHERE r.scheduled_for < $1::timestamptz - interval '90 days'
		  AND r.scheduled_for < (SELECT max(l.scheduled_for) FROM job_run l WHERE l.job = r.job AND NOT l.manual AND l.scheduled_for <= $1) LIMIT $2)`
	pruneFailures = `DELETE FROM job_failure WHERE id IN (SELECT id FROM job_failure
		WHERE failed_at < $1::timestamptz - interval '90 days' LIMIT $2)`
	pruneSpent = `DELETE FROM spent_prompt WHERE (employee_id, occasion_id) IN (SELECT employee_id, occasion_id FROM spent_prompt
		WHERE at <= $1::timestamptz - interval '9 days' LIMIT $2)`
	// The preview cannot be applied any more by then.
	pruneNames = `UPDATE upload SET name = '', draft = NULL, superiors = NULL, losses = NULL WHERE id IN (SELECT id FROM upload
		WHERE (name <> '' OR draft IS NOT NULL OR superiors IS NOT NULL OR losses IS NOT NULL) AND changed_at < $1::timestamptz - interval '2 days' LIMIT $2)`
	pruneInbox = `SELECT prune_inbox($2::int) WHERE $1::timestamptz IS NOT NULL`
	// One announcement, with its whole ledger.
	pruneAnnouncement = `SELECT prune_announcement()`
	pruneFollowUp     = `SELECT prune_follow_up($1)`
	pruneStaffSurvey  = `SELECT prune_staff_survey($1)`
)

// Prune deletes what has been kept long enough, at most limit rows of each sort
// in one call: decisions and deliveries after 90 days, runs of jobs after 90
// days, what counts without its message after 9 days, updates that are done after 3 days,
// names of a preview after 2, failed proofs after a day, an announcement two years after its
// end, answers of a follow-up and its tasks two years after its close, the rest of it five,
// answers of a survey two years after its close, what units proposed and signed,
// plans, and what partners offered, two years after their year, what people resolved to do
// 60 days after it came back, who has asked for help 30 days after that, a campaign two years
// after it was counted. It returns how many went.
func (t *Tx) Prune(ctx context.Context, now time.Time, limit int) (int, error) {
	total := 0
	for _, q := range []string{pruneNotifications, pruneOutbox, pruneRuns, pruneFailures, pruneSpent, pruneNames, pruneFailedProofs, pruneProposals, pruneOffers, pruneSignoffs, pruneRounds, pruneResolves, pruneRequests, pruneCampaigns, forgetMoved, pruneLines, prunePlans} {
		r, err := t.tx.ExecContext(ctx, q, now, limit)
		if err != nil {
			return 0, safe("prune", err)
		}
		n, err := r.RowsAffected()
		if err != nil {
			return 0, safe("prune", err)
		}
		total += int(n)
	}
	var updates, ledger, answers, said int
	if err := t.tx.GetContext(ctx, &updates, pruneInbox, now, limit); err != nil {
		return 0, safe("prune", err)
	}
	if err := t.tx.GetContext(ctx, &answers, pruneFollowUp, limit); err != nil {
		return 0, safe("prune", err)
	}
	if err := t.tx.GetContext(ctx, &said, pruneStaffSurvey, limit); err != nil {
		return 0, safe("prune", err)
	}
	err := t.tx.GetContext(ctx, &ledger, pruneAnnouncement)
	return total + updates + answers + said + ledger, safe("prune", err)
}
