package storage

import (
	"context"
	"time"

	"bangkom/internal/personnel"
)

// isOpening is true of an audit row that tells of answers, or a plan, that were opened by
// somebody else; the index audit_openings has the same words.
const isOpening = `a.action IN ('` + personnel.OpenedByHR + `', '` + personnel.ComparedBySuperior + `', '` + personnel.PlanOpenedByHR + `', '` + personnel.PlanSeenBySuperior + `')`

const openings = `
	SELECT a.at, COALESCE(b.id, 0) AS by_id, COALESCE(b.name, '') AS name, COALESCE(b.sex, 1) AS sex, a.action, a.detail, count(*) OVER () AS total
	FROM audit a LEFT JOIN employee b ON b.id = a.actor
	WHERE a.employee_id = $1 AND ` + isOpening + ` ORDER BY a.id DESC LIMIT $2`

// Openings lists who opened a person's answers, the latest first, at most
// limit, and how many times there were in all.
func (t *Tx) Openings(ctx context.Context, employeeID int64, limit int) (list []personnel.Opening, total int, err error) {
	var rows []struct {
		At     time.Time `db:"at"`
		By     int64     `db:"by_id"`
		Name   string    `db:"name"`
		Sex    int64     `db:"sex"`
		Action string    `db:"action"`
		Detail string    `db:"detail"`
		Total  int       `db:"total"`
	}
	if err := t.tx.SelectContext(ctx, &rows, openings, employeeID, limit); err != nil {
		return nil, 0, safe("list openings", err)
	}
	for _, r := range rows {
		one := personnel.Opening{At: r.At, By: personnel.Employee{ID: r.By, Name: r.Name, Sex: sexOf(r.Sex)}}
		if one.Office = r.Action == personnel.OpenedByHR || r.Action == personnel.PlanOpenedByHR; one.Office {
			one.Reason = r.Detail
		}
		one.Plan = r.Action == personnel.PlanOpenedByHR || r.Action == personnel.PlanSeenBySuperior
		one.StandIn = !one.Office && r.Detail == standInDetail
		list, total = append(list, one), r.Total
	}
	return list, total, nil
}

// standInDetail is the detail of an opening by a stand-in.
const standInDetail = "stand_in"
