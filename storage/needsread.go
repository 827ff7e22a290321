package storage

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"bangkom/internal/needs"
	"bangkom/internal/training"
)

const needPeriods = `
	SELECT p.id, p.name, p.closed_at FROM period p WHERE p.closed_at IS NOT NULL AND EXISTS (SELECT FROM need_unit u WHERE u.period_id = p.id)
	ORDER BY p.closed_at DESC, p.id DESC`

// NeedPeriods lists the periods that were frozen at their close, the newest first.
func (t *Tx) NeedPeriods(ctx context.Context) (list []needs.Period, err error) {
	var rows []struct {
		ID       int64     `db:"id"`
		Name     string    `db:"name"`
		ClosedAt time.Time `db:"closed_at"`
	}
	if err := t.tx.SelectContext(ctx, &rows, needPeriods); err != nil {
		return nil, safe("list periods", err)
	}
	for _, r := range rows {
		list = append(list, needs.Period{ID: r.ID, Name: r.Name, ClosedAt: r.ClosedAt})
	}
	return list, nil
}

// knownPairs are pairs of a reader and somebody (id) whose levels that reader knows by name
// in the period $1: the own, those of a team of then or now, of a team that the reader stood
// in for, and whoever was rated by the reader or whose sheet the reader typed in.
func knownPairs(readers string) string {
	return strings.ReplaceAll(`SELECT r AS reader, r AS id FROM unnest(READERS) r
		UNION SELECT supervisor_id, id FROM employee WHERE supervisor_id = ANY(READERS)
		UNION SELECT superior_id, employee_id FROM need_person WHERE period_id = $1 AND superior_id = ANY(READERS)
		UNION SELECT d.acting_id, n.employee_id FROM delegation d JOIN need_person n ON n.period_id = $1 AND n.superior_id = d.for_id WHERE d.acting_id = ANY(READERS) AND d.rates
		UNION SELECT t.employee_id, t.subject_id FROM task t WHERE t.occasion_id = $1 AND t.employee_id = ANY(READERS) AND `+isRating("t")+`
		UNION SELECT c.rater_id, c.subject_id FROM co_rater c WHERE c.period_id = $1 AND c.rater_id = ANY(READERS)
		UNION SELECT x.reader, t.subject_id FROM task t JOIN response r ON r.task_id = t.id CROSS JOIN LATERAL (VALUES (r.sent_by), (r.paper_by)) x (reader)
		      WHERE t.occasion_id = $1 AND x.reader = ANY(READERS)`, "READERS", readers)
}

// everyPair are those of all readers.
var everyPair = strings.NewReplacer("FROM unnest(READERS) r", "FROM (SELECT id AS r FROM employee) e", "= ANY(READERS)", "IS NOT NULL").Replace(knownPairs("READERS"))

// knownBy are the people whom $2 knows.
var knownBy = `
	known AS MATERIALIZED (
		SELECT id FROM (` + knownPairs("ARRAY[$2::bigint]") + `) p
	)`

const (
	countPeople = `count(*) AS people, count(*) FILTER (WHERE n.filled) AS filled, count(*) FILTER (WHERE n.rated) AS rated,
		count(*) FILTER (WHERE n.filled AND n.rated) AS both`
	noPeople = `COALESCE(c.people, 0) AS people, COALESCE(c.filled, 0) AS filled, COALESCE(c.rated, 0) AS rated, COALESCE(c.both, 0) AS both`
)

var (
	needUnits = `
		WITH ` + knownBy + `
		SELECT u.unit_id AS id, COALESCE(u.parent_id, 0) AS parent, u.name, ` + noPeople + `, COALESCE(c.known, 0) AS known
		FROM need_unit u LEFT JOIN (SELECT n.unit_id, ` + countPeople + `, count(k.id) FILTER (WHERE n.filled AND n.rated) AS known
		     FROM need_person n LEFT JOIN known k ON k.id = n.employee_id WHERE n.period_id = $1 GROUP BY n.unit_id) c ON c.unit_id = u.unit_id
		WHERE u.period_id = $1 ORDER BY u.unit_id`
	needCells       = `SELECT unit_id AS unit, competency_code AS code, n, gap, lack, affected FROM need_cell WHERE period_id = $1`
	needCompetences = `SELECT code, name, importance FROM competency ORDER BY kind, code`
	needClasses     = `
		SELECT COALESCE(k.name, '') AS name, ` + countPeople + ` FROM need_person n LEFT JOIN position_class k ON k.code = n.class_code
		WHERE n.period_id = $1 GROUP BY k.name`
	needStatuses = `SELECT n.status AS name, ` + countPeople + ` FROM need_person n WHERE n.period_id = $1 GROUP BY n.status`
)

// Needs reads what was frozen of a period for one reader; ErrNotFound when there is
// nothing. Nothing of it may be shown before needs.Analyse has hidden what is too small.
func (t *Tx) Needs(ctx context.Context, period, reader int64) (f needs.Frozen, err error) {
	list, err := t.NeedPeriods(ctx)
	if err != nil {
		return f, err
	}
	for _, p := range list {
		if p.ID == period {
			f.Period = p
		}
	}
	if f.Period.ID == 0 {
		return f, ErrNotFound
	}
	if err := t.tx.SelectContext(ctx, &f.Units, needUnits, period, reader); err != nil {
		return f, safe("read frozen units", err)
	}
	for _, q := range []struct {
		into  any
		query string
		args  []any
	}{{&f.Tallies, needCells, []any{period}}, {&f.Competencies, needCompetences, nil}, {&f.Classes, needClasses, []any{period}}, {&f.Statuses, needStatuses, []any{period}}} {
		if err := t.tx.SelectContext(ctx, q.into, q.query, q.args...); err != nil {
			return f, safe("read frozen needs", err)
		}
	}
	return f, nil
}

// Of everybody who knows two people or more by name.
var needTeams = `
	WITH pairs AS MATERIALIZED (` + everyPair + `)
	SELECT n.unit_id AS unit, p.reader AS superior, count(*) AS n
	FROM pairs p JOIN need_person n ON n.period_id = $1 AND n.employee_id = p.id AND n.filled AND n.rated
	WHERE p.reader IN (SELECT reader FROM pairs GROUP BY reader HAVING count(*) > 1)
	GROUP BY n.unit_id, p.reader ORDER BY n.unit_id, p.reader`

// NeedTeams reads how many people of each unit of a period each superior, and whoever else,
// knows by name. Who knows only the own levels is left out.
func (t *Tx) NeedTeams(ctx context.Context, period int64) (list []needs.Team, err error) {
	err = t.tx.SelectContext(ctx, &list, needTeams, period)
	return list, safe("count teams", err)
}

const (
	oneCompetency = `SELECT code, name, importance FROM competency WHERE code = $1`
	setImportance = `UPDATE competency SET importance = $2 WHERE code = $1 AND importance <> $2`
)

// SetImportance says how much a competency counts when needs are put in order; changed is
// false when it was so already, or there is no such competency.
func (t *Tx) SetImportance(ctx context.Context, code string, importance int, by int64, now time.Time) (changed bool, err error) {
	var c needs.Competency
	if err := t.one(ctx, &c, oneCompetency, code); err != nil {
		return false, err
	}
	res, err := t.tx.ExecContext(ctx, setImportance, code, importance)
	if err != nil {
		return false, safe("set importance", err)
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return false, safe("set importance", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, by, "competency.importance", nil, code+": "+string(rune('0'+c.Importance))+" > "+string(rune('0'+importance)))
	return true, safe("audit", err)
}

// Batches ahead with a free seat, or planned ones; the soonest first.
var developing = `
	SELECT g.id, g.title, a.level, COALESCE(b.batches, 0) AS batches, COALESCE(b.planned, 0) AS planned, COALESCE(b.seats, 0) AS seats, COALESCE(b.taken, 0) AS taken
	FROM programme_competency a JOIN programme g ON g.id = a.programme_id
	     LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE x.state <> 'planned') AS batches, count(*) FILTER (WHERE x.state = 'planned') AS planned,
	          sum(x.seats) FILTER (WHERE x.state <> 'planned') AS seats,
	          sum((SELECT count(*) FROM enrolment n WHERE n.batch_id = x.id AND ` + takesSeat + `)) FILTER (WHERE x.state <> 'planned') AS taken
	          FROM batch x WHERE x.programme_id = g.id AND (x.state = 'planned' OR x.state IN ('open', 'closed') AND x.starts_at > $2)) b ON true
	WHERE a.competency_code = $1 ORDER BY a.level, g.title, g.id`

// Developing lists the programmes that develop a competency, with the seats of their
// batches ahead.
func (t *Tx) Developing(ctx context.Context, code string, now time.Time) (list []training.Developing, err error) {
	err = t.tx.SelectContext(ctx, &list, developing, code, now)
	return list, safe("list programmes", err)
}

// The unit's name is that of the day of the close.
const copyNeeds = `
	SELECT json_agg(json_build_object('periode', p.name, 'unit_kerja', u.name, 'kelas_jabatan', COALESCE(k.name, ''), 'status', n.status,
	       'penilaian_mandiri_terkirim', n.filled, 'dinilai_atasan', n.rated) ORDER BY p.id)
	FROM chat c JOIN need_person n ON n.employee_id = c.employee_id JOIN period p ON p.id = n.period_id
	     JOIN need_unit u ON u.period_id = n.period_id AND u.unit_id = n.unit_id LEFT JOIN position_class k ON k.code = n.class_code WHERE c.id = $1`

// CopyNeeds is what was frozen about the person of a chat; nil when there is nothing.
func (t *Tx) CopyNeeds(ctx context.Context, chatID int64) (raw json.RawMessage, err error) {
	err = t.tx.GetContext(ctx, (*[]byte)(&raw), copyNeeds, chatID)
	return raw, safe("copy what was frozen", err)
}
