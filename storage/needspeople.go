package storage

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/competency"
	"bangkom/internal/needs"
	"bangkom/internal/personnel"
)

// The order is that of the units of the close, then of names.
const (
	needBelow = `
		WITH RECURSIVE below AS (
			SELECT unit_id, name FROM need_unit WHERE period_id = $1 AND (unit_id = $2 OR $2 = 0)
			UNION SELECT u.unit_id, u.name FROM need_unit u JOIN below b ON u.parent_id = b.unit_id WHERE u.period_id = $1
		)`
	needPeopleOf = needBelow + `
		SELECT n.employee_id FROM below b JOIN need_person n ON n.period_id = $1 AND n.unit_id = b.unit_id JOIN employee e ON e.id = n.employee_id
		ORDER BY b.name, b.unit_id, e.name, e.id`
	openPeople = needBelow + `
		INSERT INTO audit (at, actor, action, employee_id, detail)
		SELECT $3, $4, '` + personnel.OpenedByHR + `', n.employee_id, $5 FROM below b JOIN need_person n ON n.period_id = $1 AND n.unit_id = b.unit_id
		WHERE n.filled AND n.rated AND n.employee_id <> $4 ORDER BY n.employee_id`
)

const needPersons = `
	SELECT e.id, e.nip, e.name, u.name AS unit, COALESCE(k.name, '') AS class, n.status, e.position_title AS title, n.filled, n.rated
	FROM unnest($2::bigint[]) WITH ORDINALITY i (id, n_th) JOIN need_person n ON n.period_id = $1 AND n.employee_id = i.id JOIN employee e ON e.id = i.id
	     JOIN need_unit u ON u.period_id = n.period_id AND u.unit_id = n.unit_id LEFT JOIN position_class k ON k.code = n.class_code ORDER BY i.n_th`

// OpenPeople records of everybody of a period, or of a unit of it with all below it, of whom
// both views are there that the levels were opened, unless it is the person. It returns how
// many there are.
func (t *Tx) OpenPeople(ctx context.Context, o needs.Opening, now time.Time) (int, error) {
	res, err := t.tx.ExecContext(ctx, openPeople, o.Period, o.Unit, now, o.By, o.Reason)
	if err != nil {
		return 0, safe("audit", err)
	}
	n, err := res.RowsAffected()
	return int(n), safe("audit", err)
}

// NeedPeople hands out those people one after the other; OpenPeople has recorded them. The
// levels are those by which the period was frozen, compared with what the position requires
// today: no row holds what it required then.
func (t *Tx) NeedPeople(ctx context.Context, o needs.Opening, each func(needs.Person) error) error {
	var all []int64
	if err := t.tx.SelectContext(ctx, &all, needPeopleOf, o.Period, o.Unit); err != nil {
		return safe("list people", err)
	}
	weights, err := t.Weights(ctx)
	if err != nil {
		return err
	}
	for len(all) > 0 {
		ids := all[:min(len(all), peopleAtATime)]
		all = all[len(ids):]
		people, err := t.needPersons(ctx, o.Period, ids, weights)
		if err != nil {
			return err
		}
		for _, p := range people {
			if err := each(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// needPersons reads some people in their order.
func (t *Tx) needPersons(ctx context.Context, period int64, ids []int64, w competency.Weights) (people []needs.Person, err error) {
	var rows []struct {
		ID     int64  `db:"id"`
		NIP    string `db:"nip"`
		Name   string `db:"name"`
		Unit   string `db:"unit"`
		Class  string `db:"class"`
		Status string `db:"status"`
		Title  string `db:"title"`
		Filled bool   `db:"filled"`
		Rated  bool   `db:"rated"`
	}
	if err := t.tx.SelectContext(ctx, &rows, needPersons, period, pq.Array(ids)); err != nil {
		return nil, safe("read people", err)
	}
	levels, err := t.levelsOfPeople(ctx, period, ids, w)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		nip, err := personnel.RestoreNIP(r.NIP)
		if err != nil {
			return nil, fmt.Errorf("employee %d: %w", r.ID, err)
		}
		people = append(people, needs.Person{NIP: nip, Name: r.Name, Unit: r.Unit, Class: r.Class, Status: r.Status, Title: r.Title, Filled: r.Filled, Rated: r.Rated,
			Levels: levels[r.ID]})
	}
	return people, nil
}

// levelsOfPeople are the levels of some people of whom both views are there.
func (t *Tx) levelsOfPeople(ctx context.Context, period int64, ids []int64, w competency.Weights) (map[int64][]needs.Level, error) {
	required, err := t.requiredOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows, err := t.viewsOf(ctx, period, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64][]needs.Level, len(ids))
	for _, r := range rows {
		out[r.Employee] = append(out[r.Employee], needs.Level{Code: r.Code, Self: competency.Level(r.Self), Superior: competency.Level(r.Rated),
			Required: required[r.Employee][r.Code], Shown: competency.Weighted(competency.Level(r.Rated), competency.Level(r.Self), w)})
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b needs.Level) int { return strings.Compare(a.Code, b.Code) })
	}
	return out, nil
}
