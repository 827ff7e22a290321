package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/followup"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// isFollowUp and isSuperiorFollowUp are true of the tasks of both sides.
func isFollowUp(of string) string         { return pg.OfKind(of, task.FollowUp) }
func isSuperiorFollowUp(of string) string { return pg.OfKind(of, task.FollowUpSuperior) }

const batchesEnded = `
	SELECT b.id AS batch_id, p.id AS programme_id, COALESCE(p.partner_id, 0) AS partner_id, b.name, p.ability, p.form, p.jp, b.ends_at,
	       ARRAY(SELECT DISTINCT t.name FROM session_trainer t JOIN training_session s ON s.id = t.session_id WHERE s.batch_id = b.id ORDER BY 1) AS trainers,
	       ARRAY(SELECT f.day FROM follow_up f WHERE f.batch_id = b.id) AS opened
	FROM batch b JOIN programme p ON p.id = b.programme_id
	WHERE b.state <> 'cancelled' AND b.ends_at > $1 AND b.ends_at <= $2 ORDER BY b.id`

// BatchesEnded lists the batches that have ended between two moments.
func (t *Tx) BatchesEnded(ctx context.Context, from, until time.Time) ([]followup.Ended, error) {
	var rows []struct {
		Batch     int64          `db:"batch_id"`
		Programme int64          `db:"programme_id"`
		Partner   int64          `db:"partner_id"`
		Name      string         `db:"name"`
		Ability   string         `db:"ability"`
		Form      string         `db:"form"`
		JP        int            `db:"jp"`
		Ends      time.Time      `db:"ends_at"`
		Trainers  pq.StringArray `db:"trainers"`
		Opened    pq.Int64Array  `db:"opened"`
	}
	if err := t.tx.SelectContext(ctx, &rows, batchesEnded, from, until); err != nil {
		return nil, safe("list batches that have ended", err)
	}
	out := make([]followup.Ended, len(rows))
	for i, r := range rows {
		out[i] = followup.Ended{Batch: r.Batch, Programme: r.Programme, Partner: r.Partner, Name: r.Name, Ability: r.Ability, Form: r.Form, JP: r.JP,
			Ends: r.Ends, Trainers: r.Trainers}
		for _, day := range r.Opened {
			out[i].Opened = append(out[i].Opened, int(day))
		}
	}
	return out, nil
}

// $2 is the civil date of $1.
var attendedOf = `
	WITH x AS MATERIALIZED (` + attendedIn("$3", "$1") + `), away AS (SELECT employee_id, max(ends_on) AS until FROM absence WHERE $2::date BETWEEN starts_on AND ends_on GROUP BY 1),
	     linked AS (SELECT DISTINCT employee_id FROM chat WHERE employee_id IS NOT NULL)
	SELECT x.batch_id, e.id, e.active, l.employee_id IS NOT NULL AS linked, a.until AS away,
	       COALESCE(s.id, 0) AS superior_id, COALESCE(s.name, '') AS superior_name, COALESCE(s.active, false) AS superior_active,
	       m.employee_id IS NOT NULL AS superior_linked, w.until AS superior_away
	FROM x JOIN employee e ON e.id = x.employee_id LEFT JOIN employee s ON s.id = e.supervisor_id AND s.id <> e.id
	LEFT JOIN linked l ON l.employee_id = e.id LEFT JOIN linked m ON m.employee_id = s.id
	LEFT JOIN away a ON a.employee_id = e.id LEFT JOIN away w ON w.employee_id = s.id
	ORDER BY x.batch_id, e.id`

// AttendedOf lists who attended some batches and had no role in them, with their direct
// superiors at now.
func (t *Tx) AttendedOf(ctx context.Context, batches []int64, now time.Time) ([]followup.Attended, error) {
	var rows []struct {
		Batch          int64        `db:"batch_id"`
		ID             int64        `db:"id"`
		Active         bool         `db:"active"`
		Linked         bool         `db:"linked"`
		Away           sql.NullTime `db:"away"`
		Superior       int64        `db:"superior_id"`
		SuperiorName   string       `db:"superior_name"`
		SuperiorActive bool         `db:"superior_active"`
		SuperiorLinked bool         `db:"superior_linked"`
		SuperiorAway   sql.NullTime `db:"superior_away"`
	}
	if err := t.tx.SelectContext(ctx, &rows, attendedOf, now, now.Format(time.DateOnly), pq.Array(batches)); err != nil {
		return nil, safe("list who attended", err)
	}
	here := func(d sql.NullTime) time.Time {
		if !d.Valid {
			return time.Time{}
		}
		return time.Date(d.Time.Year(), d.Time.Month(), d.Time.Day(), 0, 0, 0, 0, now.Location())
	}
	out := make([]followup.Attended, len(rows))
	for i, r := range rows {
		out[i] = followup.Attended{Batch: r.Batch,
			Person:   followup.Someone{ID: r.ID, Active: r.Active, Linked: r.Linked, Away: here(r.Away)},
			Superior: followup.Someone{ID: r.Superior, Name: r.SuperiorName, Active: r.SuperiorActive, Linked: r.SuperiorLinked, Away: here(r.SuperiorAway)}}
	}
	return out, nil
}

const askedAbout = `
	SELECT p.superior_id, count(*) AS n FROM follow_up f JOIN follow_up_pair p ON p.follow_up_id = f.id
	WHERE f.opens_at >= $1 AND f.opens_at < $2 AND p.superior_id IS NOT NULL AND p.other = '' GROUP BY p.superior_id`

// AskedAbout counts about how many people each superior was asked in follow-ups that have
// opened between two moments.
func (t *Tx) AskedAbout(ctx context.Context, from, until time.Time) (map[int64]int, error) {
	var rows []struct {
		ID int64 `db:"superior_id"`
		N  int   `db:"n"`
	}
	if err := t.tx.SelectContext(ctx, &rows, askedAbout, from, until); err != nil {
		return nil, safe("count who was asked about", err)
	}
	out := make(map[int64]int, len(rows))
	for _, r := range rows {
		out[r.ID] = r.N
	}
	return out, nil
}

const (
	addFollowUp = `
		WITH ` + addOccasion + `
		INSERT INTO follow_up (id, batch_id, day, programme_id, partner_id, name, ability, opens_at, closes_at)
		SELECT o.id, $2, $3, $4, nullif($5::bigint, 0), $6, $7, $8, $9 FROM o RETURNING id`
	addPairs = `
		INSERT INTO follow_up_pair (follow_up_id, subject_id, superior_id, own, other)
		SELECT x.f, x.subject, nullif(x.superior, 0), x.own, x.other
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS x (f, subject, superior, own, other) ORDER BY x.f, x.subject`
	// The rows are given one by one: a join with pairs that were stored a moment ago, of which
	// the database knows no numbers yet, is planned as if there were few.
	addFollowUpTasks = `
		WITH form AS MATERIALIZED (SELECT DISTINCT ON (kind) kind, code, version FROM questionnaire WHERE kind = ANY($5) ORDER BY kind, version DESC)
		INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, ladder_at)
		SELECT x.employee, x.kind, x.subject, x.f, q.code, q.version, x.opens, x.closes, NULL
		FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $6::timestamptz[], $7::timestamptz[]) AS x (employee, kind, subject, f, opens, closes)
		JOIN form q ON q.kind = x.kind ON CONFLICT (occasion_id, kind, employee_id, subject_id) DO NOTHING`
)

// OpenFollowUps stores follow-ups, with everybody who attended, and the tasks of who is asked.
func (t *Tx) OpenFollowUps(ctx context.Context, list []followup.Opening) error {
	if len(list) == 0 {
		return nil
	}
	return t.byIndexes(ctx, func() error { return t.openFollowUps(ctx, list) })
}

func (t *Tx) openFollowUps(ctx context.Context, list []followup.Opening) error {
	var of, subjects, superiors []int64
	var own, other []string
	var tasks followUpTasks
	for _, o := range list {
		var id int64
		if err := t.tx.GetContext(ctx, &id, addFollowUp, string(task.AfterBatch), o.Batch, o.Day, o.Programme, o.Partner, o.Name, o.Ability, o.Opens, o.Closes); err != nil {
			return safe("open a follow-up", err)
		}
		for _, p := range o.Pairs {
			of, subjects, superiors = append(of, id), append(subjects, p.Person), append(superiors, p.Superior)
			own, other = append(own, string(p.Own)), append(other, string(p.Other))
			tasks.add(id, p, o.Due)
		}
	}
	if _, err := t.tx.ExecContext(ctx, addPairs, pq.Array(of), pq.Array(subjects), pq.Array(superiors), pq.Array(own), pq.Array(other)); err != nil {
		return safe("open follow-ups", err)
	}
	_, err := t.tx.ExecContext(ctx, addFollowUpTasks, pq.Array(tasks.owners), pq.Array(tasks.kinds), pq.Array(tasks.subjects), pq.Array(tasks.of),
		kindArray([]task.Kind{task.FollowUp, task.FollowUpSuperior}), pq.Array(tasks.opens), pq.Array(tasks.closes))
	return safe("open the tasks of follow-ups", err)
}

const (
	plansNow = `SELECT current_setting('enable_seqscan') AS scans, current_setting('jit') AS compiles`
	planAs   = `SELECT set_config('enable_seqscan', $1, true), set_config('jit', $2, true)`
)

// byIndexes runs what stores many rows that refer to a table with few. For each row the
// database looks for what it refers to, by a plan that it makes once; of a table of four pages
// it reads all of them each time, which grows by the square with what was stored in it.
func (t *Tx) byIndexes(ctx context.Context, store func() error) error {
	var was struct {
		Scans    string `db:"scans"`
		Compiles string `db:"compiles"`
	}
	if err := t.tx.GetContext(ctx, &was, plansNow); err != nil {
		return safe("read how statements are planned", err)
	}
	if _, err := t.tx.ExecContext(ctx, planAs, "off", "off"); err != nil {
		return safe("plan by indexes", err)
	}
	if err := store(); err != nil {
		return err // the caller gives the transaction back, and the settings with it
	}
	_, err := t.tx.ExecContext(ctx, planAs, was.Scans, was.Compiles)
	return safe("plan as before", err)
}

// followUpTasks are the tasks that are opened, as the columns of a statement.
type followUpTasks struct {
	owners, subjects, of []int64
	kinds                []string
	opens, closes        []time.Time
}

// add adds the tasks of one pair of a follow-up.
func (k *followUpTasks) add(of int64, p followup.Pair, d followup.Due) {
	one := func(owner int64, kind task.Kind) {
		k.owners, k.subjects, k.of = append(k.owners, owner), append(k.subjects, p.Person), append(k.of, of)
		k.kinds, k.opens, k.closes = append(k.kinds, string(kind)), append(k.opens, d.Opens), append(k.closes, d.Closes)
	}
	if p.Own != followup.IsAsked {
		return
	}
	one(p.Person, task.FollowUp)
	if p.Other == followup.IsAsked {
		one(p.Superior, task.FollowUpSuperior)
	}
}

// What was begun is asked about again only by the reminder.
var (
	ownAsked = `
		SELECT f.id, ARRAY[t.id] AS tasks, e.id AS person_id, e.name AS person_name, e.sex AS person_sex, f.name, f.ability, f.day, f.closes_at, p.other = '' AS superior_asked, NULL AS subjects
		FROM follow_up f JOIN task t ON t.occasion_id = f.id AND ` + isFollowUp("t") + ` AND t.state IN ('open', 'started')
		JOIN follow_up_pair p ON p.follow_up_id = f.id AND p.subject_id = t.subject_id JOIN employee e ON e.id = t.employee_id AND e.active
		WHERE f.closed_at IS NULL AND f.closes_at > $1 AND f.opens_at <= $2
		  AND NOT EXISTS (SELECT FROM notice n WHERE n.key = $3 || t.id) ORDER BY e.id, t.id`
	superiorAsked = `
		SELECT f.id, array_agg(t.id ORDER BY s.name, s.id) AS tasks, e.id AS person_id, e.name AS person_name, e.sex AS person_sex, f.name, f.ability, f.day, f.closes_at, false AS superior_asked,
		       json_agg(json_build_object('id', s.id, 'name', s.name, 'sex', s.sex) ORDER BY s.name, s.id) AS subjects
		FROM follow_up f JOIN task t ON t.occasion_id = f.id AND ` + isSuperiorFollowUp("t") + ` AND t.state IN ('open', 'started')
		JOIN employee e ON e.id = t.employee_id AND e.active JOIN employee s ON s.id = t.subject_id
		WHERE f.closed_at IS NULL AND f.closes_at > $1 AND f.opens_at <= $2
		  AND NOT EXISTS (SELECT FROM notice n WHERE n.key = $3 || f.id || ':' || t.employee_id)
		GROUP BY f.id, e.id ORDER BY e.id, f.id`
)

// FollowUpsAsked lists who is asked, has not answered and was not told yet by a message of
// this sort.
func (t *Tx) FollowUpsAsked(ctx context.Context, f followup.AskedFilter) ([]followup.Asked, error) {
	query := ownAsked
	if f.Superiors {
		query = superiorAsked
	}
	var rows []struct {
		ID       int64         `db:"id"`
		Tasks    pq.Int64Array `db:"tasks"`
		Person   int64         `db:"person_id"`
		Of       string        `db:"person_name"`
		Sex      int64         `db:"person_sex"`
		Name     string        `db:"name"`
		Ability  string        `db:"ability"`
		Day      int           `db:"day"`
		Closes   time.Time     `db:"closes_at"`
		Superior bool          `db:"superior_asked"`
		Subjects []byte        `db:"subjects"`
	}
	if err := t.tx.SelectContext(ctx, &rows, query, f.Now, f.OpenedBefore, f.Prefix); err != nil {
		return nil, safe("list who is asked", err)
	}
	out := make([]followup.Asked, len(rows))
	for i, r := range rows {
		out[i] = followup.Asked{FollowUp: r.ID, Tasks: r.Tasks, Person: personnel.Employee{ID: r.Person, Name: r.Of, Sex: sexOf(r.Sex)}, Name: r.Name, Ability: r.Ability,
			Day: r.Day, Closes: r.Closes, SuperiorAsked: r.Superior}
		var subjects []struct {
			ID   int64
			Name string
			Sex  int64
		}
		if r.Subjects != nil {
			if err := json.Unmarshal(r.Subjects, &subjects); err != nil {
				return nil, fmt.Errorf("decode who is asked about: %w", err)
			}
		}
		for _, s := range subjects {
			out[i].Subjects = append(out[i].Subjects, personnel.Employee{ID: s.ID, Name: s.Name, Sex: sexOf(s.Sex)})
		}
	}
	return out, nil
}

const newestForm = `SELECT body FROM questionnaire WHERE kind = $1 ORDER BY version DESC LIMIT 1`

// FollowUpForms are the newest versions of both questionnaires.
func (t *Tx) FollowUpForms(ctx context.Context) (own, superior questionnaire.Definition, err error) {
	if own, err = t.newestForm(ctx, questionnaire.FollowUp); err != nil {
		return own, superior, err
	}
	superior, err = t.newestForm(ctx, questionnaire.FollowUpSuperior)
	return own, superior, err
}

// newestForm is the newest version of the questions of a kind.
func (t *Tx) newestForm(ctx context.Context, k questionnaire.Kind) (d questionnaire.Definition, err error) {
	var raw string
	if err := t.one(ctx, &raw, newestForm, string(k)); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(raw), &d); err != nil {
		return d, fmt.Errorf("decode the questions of the kind %s: %w", k, err)
	}
	return d, nil
}
