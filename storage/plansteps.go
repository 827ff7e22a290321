package storage

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/plan"
)

const (
	// The row is locked by what changes a line of the plan.
	beginPlan = `INSERT INTO plan (employee_id, year) VALUES ($1, $2) ON CONFLICT (employee_id, year) DO UPDATE SET year = excluded.year`
	addLine   = `
		INSERT INTO plan_line (employee_id, year, item, source, competency_code, title, form, programme_id, chosen_at)
		VALUES ($1, $2, $3, $4, NULLIF($5, ''), $6, $7, $8, $9)
		ON CONFLICT (employee_id, year, item, form) WHERE state <> 'dropped' DO UPDATE SET programme_id = excluded.programme_id
		WHERE plan_line.state = 'chosen' AND plan_line.programme_id IS DISTINCT FROM excluded.programme_id`
	lockLine = `
		SELECT l.id FROM plan p JOIN plan_line l ON l.employee_id = p.employee_id AND l.year = p.year
		WHERE p.employee_id = $1 AND l.id = $2 AND ` + isOpenLine + ` FOR UPDATE OF p`
	deleteLine = `DELETE FROM plan_line l WHERE l.id = $1 AND l.state = 'chosen' AND l.from_id IS NULL RETURNING id`
	dropLine   = `UPDATE plan_line l SET state = 'dropped', reason = $2, ended_at = $3, remind_on = NULL WHERE l.id = $1 AND ` + isOpenLine + ` RETURNING id`
	doneLine   = `UPDATE plan_line l SET state = 'done', reason = $2, ended_at = $3, remind_on = NULL WHERE l.id = $1 AND ` + isOpenLine + ` RETURNING id`
	undoLine   = `
		UPDATE plan_line l SET state = CASE WHEN l.agreed_at IS NOT NULL THEN 'agreed' WHEN l.submitted_at IS NOT NULL THEN 'submitted' ELSE 'chosen' END, reason = '', ended_at = NULL
		WHERE l.id = $1 AND l.employee_id = $2 AND l.state = 'done' AND l.reason = '` + string(plan.BySelf) + `' RETURNING id`
	lockDone = `
		SELECT l.id FROM plan p JOIN plan_line l ON l.employee_id = p.employee_id AND l.year = p.year
		WHERE p.employee_id = $1 AND l.id = $2 AND l.state = 'done' FOR UPDATE OF p`
	risePlanOf = `UPDATE plan p SET revision = revision + 1 FROM plan_line l WHERE l.id = $1 AND p.employee_id = l.employee_id AND p.year = l.year`
	remindLine = `UPDATE plan_line l SET remind_on = $2, reminded_at = NULL WHERE l.id = $1 AND ` + isOpenLine + ` RETURNING id`
	risePlan   = `UPDATE plan SET revision = revision + 1 WHERE employee_id = $1 AND year = $2`
	submitPlan = `
		UPDATE plan SET submitted_at = $3, agreed_at = NULL, agreed_by = NULL, stands_at = NULL, revision = revision + 1
		WHERE employee_id = $1 AND year = $2 AND EXISTS (SELECT FROM plan_line l WHERE l.employee_id = $1 AND l.year = $2 AND l.state = 'chosen') RETURNING revision`
	submitLines = `
		UPDATE plan_line SET state = 'submitted', submitted_at = $3, unit_id = (SELECT unit_id FROM employee WHERE id = $1)
		WHERE employee_id = $1 AND year = $2 AND state = 'chosen'`
	agreeLines = `
		UPDATE plan_line l SET state = 'agreed', agreed_at = $2 FROM unnest($1::bigint[], $3::int[]) AS w (id, year)
		WHERE l.employee_id = w.id AND l.year = w.year AND l.state = 'submitted'`
)

// ChooseLine puts a line into somebody's plan of a year, or changes the training of one that was
// not submitted; a line that is there already stays as it is, and stored is false.
func (t *Tx) ChooseLine(ctx context.Context, employee int64, l plan.Line, now time.Time) (stored bool, err error) {
	if _, err := t.tx.ExecContext(ctx, beginPlan, employee, l.Year); err != nil {
		return false, safe("choose line", err)
	}
	r, err := t.tx.ExecContext(ctx, addLine, employee, l.Year, l.Item, string(l.Source), l.Code, l.Title, string(l.Form), nullID(l.Programme), now)
	if err != nil {
		return false, safe("choose line", err)
	}
	n, err := r.RowsAffected()
	return n > 0, safe("choose line", err)
}

// lineStep locks the plan of an open line of somebody and does something with the line;
// ErrNotFound when it is none of theirs, or has ended.
func (t *Tx) lineStep(ctx context.Context, employee, id int64, query string, args ...any) error {
	var got int64
	if err := t.one(ctx, &got, lockLine, employee, id); err != nil {
		return err
	}
	return t.one(ctx, &got, query, append([]any{id}, args...)...)
}

// DropLine ends an open line of somebody with a reason. One that was never submitted, and does
// not come from the year before, goes without a trace.
func (t *Tx) DropLine(ctx context.Context, employee int64, l plan.Line, why plan.Reason, now time.Time) error {
	err := t.lineStep(ctx, employee, l.ID, deleteLine)
	if err == nil || !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := t.lineStep(ctx, employee, l.ID, dropLine, string(why), now); err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, risePlan, employee, l.Year)
	return safe("drop line", err)
}

// FinishLine ends an open line as done, on the word of the person.
func (t *Tx) FinishLine(ctx context.Context, employee, id int64, now time.Time) error {
	return t.lineStep(ctx, employee, id, doneLine, string(plan.BySelf), now)
}

// UnfinishLine takes that word back. The plan is another one then than what a superior may have
// on the screen without the line, so its revision rises.
func (t *Tx) UnfinishLine(ctx context.Context, employee, id int64) error {
	var got int64
	if err := t.one(ctx, &got, lockDone, employee, id); err != nil {
		return err
	}
	if err := t.one(ctx, &got, undoLine, id, employee); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, risePlanOf, id)
	return safe("unfinish line", err)
}

// RemindLine stores for which civil date the person wants to be reminded of a line; the zero
// time = not at all.
func (t *Tx) RemindLine(ctx context.Context, employee, id int64, day time.Time) error {
	var on any
	if !day.IsZero() {
		on = day.Format(time.DateOnly)
	}
	return t.lineStep(ctx, employee, id, remindLine, on)
}

// SubmitPlan submits what was chosen of somebody's plan (Ajukan); false when nothing was.
func (t *Tx) SubmitPlan(ctx context.Context, employee int64, year int, now time.Time) (bool, error) {
	var revision int
	err := t.one(ctx, &revision, submitPlan, employee, year, now)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if _, err := t.tx.ExecContext(ctx, submitLines, employee, year, now); err != nil {
		return false, safe("submit plan", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, employee, "development.submit", employee, fmt.Sprintf("%d, revision %d", year, revision))
	return true, safe("audit", err)
}

// Whoever has the plan locked first goes first; in the order of people, so that two who lead the
// same ones never wait for each other.
const lockWaiting = `
	SELECT p.employee_id FROM plan p JOIN unnest($1::bigint[], $2::int[]) AS w (id, year) ON p.employee_id = w.id AND p.year = w.year
	ORDER BY p.employee_id, p.year FOR UPDATE OF p`

var (
	agreePlans = `
		UPDATE plan p SET agreed_at = $4, agreed_by = $1 FROM employee e, unnest($3::bigint[], $5::int[], $6::int[]) AS w (id, year, revision)
		WHERE p.employee_id = w.id AND p.year = w.year AND p.revision = w.revision AND p.submitted_at IS NOT NULL AND p.agreed_at IS NULL
		  AND e.id = p.employee_id AND ` + mySubordinates + ` RETURNING p.employee_id AS id, p.year`
	auditAgreed = `
		INSERT INTO audit (at, actor, action, employee_id, detail)
		SELECT $1, $2, 'development.agree', w.id, w.year || ', revision ' || w.revision FROM unnest($3::bigint[], $4::int[], $5::int[]) AS w (id, year, revision)`
)

// AgreePlans stores that a superior, or whoever stands in on the civil date of now, agrees to
// plans as they were shown, and returns to which: not to one that was changed since then, was
// agreed to, or is of somebody whom they do not lead now.
func (t *Tx) AgreePlans(ctx context.Context, superior int64, shown []plan.Waiting, now time.Time) (agreed []plan.Waiting, err error) {
	var ids, years, revisions []int64
	for _, w := range shown {
		ids, years, revisions = append(ids, w.Person.ID), append(years, int64(w.Year)), append(revisions, int64(w.Revision))
	}
	var locked []int64
	if err := t.tx.SelectContext(ctx, &locked, lockWaiting, pq.Array(ids), pq.Array(years)); err != nil {
		return nil, safe("lock plans", err)
	}
	var rows []struct {
		ID   int64 `db:"id"`
		Year int64 `db:"year"`
	}
	if err := t.tx.SelectContext(ctx, &rows, agreePlans, superior, now.Format(time.DateOnly), pq.Array(ids), now, pq.Array(years), pq.Array(revisions)); err != nil {
		return nil, safe("agree to plans", err)
	}
	done := map[[2]int64]bool{}
	for _, r := range rows {
		done[[2]int64{r.ID, r.Year}] = true
	}
	ids, years, revisions = nil, nil, nil
	for _, w := range shown {
		if done[[2]int64{w.Person.ID, int64(w.Year)}] {
			agreed = append(agreed, w)
			ids, years, revisions = append(ids, w.Person.ID), append(years, int64(w.Year)), append(revisions, int64(w.Revision))
		}
	}
	if len(agreed) == 0 {
		return nil, nil
	}
	if _, err := t.tx.ExecContext(ctx, agreeLines, pq.Array(ids), now, pq.Array(years)); err != nil {
		return nil, safe("agree to plans", err)
	}
	_, err = t.tx.ExecContext(ctx, auditAgreed, now, superior, pq.Array(ids), pq.Array(years), pq.Array(revisions))
	return agreed, safe("audit", err)
}

const teamProgress = `
	SELECT l.employee_id AS id, count(*) AS lines, count(*) FILTER (WHERE l.state = 'done') AS done FROM plan_line l
	WHERE l.employee_id = ANY($1) AND l.year = $2 AND l.submitted_at IS NOT NULL AND l.state <> 'dropped' GROUP BY 1`

// TeamProgress counts the lines of people's plans of a year that were submitted, by person; who
// has none is left out. Whether the asker may see them is the caller's.
func (t *Tx) TeamProgress(ctx context.Context, people []int64, year int) (map[int64]plan.Progress, error) {
	var rows []struct {
		ID    int64 `db:"id"`
		Lines int   `db:"lines"`
		Done  int   `db:"done"`
	}
	if err := t.tx.SelectContext(ctx, &rows, teamProgress, pq.Array(people), year); err != nil {
		return nil, safe("count lines of plans", err)
	}
	out := map[int64]plan.Progress{}
	for _, r := range rows {
		out[r.ID] = plan.Progress{Lines: r.Lines, Done: r.Done}
	}
	return out, nil
}

// submittedOf is a plan as others see it: without what was never submitted, and without the
// reminders that the person has asked for.
func (t *Tx) submittedOf(ctx context.Context, employee int64, year int) (plan.Plan, error) {
	p, err := t.Plan(ctx, employee, year)
	lines := p.Lines
	p.Lines = nil
	for _, l := range lines {
		if !l.SubmittedAt.IsZero() {
			l.RemindOn = time.Time{}
			p.Lines = append(p.Lines, l)
		}
	}
	return p, err
}

const planSeen = `
	INSERT INTO audit (at, actor, action, employee_id, detail)
	SELECT $1, $2, '` + personnel.PlanSeenBySuperior + `', e.id, CASE WHEN e.supervisor_id = $2 THEN 'direct' ELSE '` + standInDetail + `' END FROM employee e WHERE e.id = $3`

// PlanForSuperior reads the plan of somebody whom a superior leads on the civil date of now, as
// others see it, and records that; ErrNotFound.
func (t *Tx) PlanForSuperior(ctx context.Context, employee int64, year int, by int64, now time.Time) (p plan.Plan, m personnel.Member, err error) {
	if m, err = t.TeamMember(ctx, by, employee, now); err != nil {
		return p, m, err
	}
	if p, err = t.submittedOf(ctx, employee, year); err != nil || len(p.Lines) == 0 {
		return p, m, err
	}
	_, err = t.tx.ExecContext(ctx, planSeen, now, by, employee)
	return p, m, safe("audit", err)
}

// PlanForHR reads the plan of somebody for the personnel office, as others see it, and records
// the reason; ErrNotFound, and nothing recorded, where nothing was submitted.
func (t *Tx) PlanForHR(ctx context.Context, employee int64, year int, by int64, reason string, now time.Time) (plan.Plan, error) {
	p, err := t.submittedOf(ctx, employee, year)
	if err != nil {
		return p, err
	}
	if len(p.Lines) == 0 {
		return p, ErrNotFound
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, personnel.PlanOpenedByHR, employee, reason)
	return p, safe("audit", err)
}
