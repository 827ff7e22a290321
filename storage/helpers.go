package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/persuasion"
)

var (
	listHelpers = `
		SELECT h.unit_id, u.name AS unit_name, e.id, e.name, e.sex, e.active AND EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id) AS linked
		FROM unit_helper h JOIN unit u ON u.id = h.unit_id JOIN employee e ON e.id = h.employee_id ORDER BY u.name, h.unit_id OFFSET $1 LIMIT $2`
	// The units of a person: the own one and those above it.
	unitsAbove = `
		WITH RECURSIVE up AS (
			SELECT u.id, u.parent_id, u.name, 0 AS n FROM employee e JOIN unit u ON u.id = e.unit_id WHERE e.id = $1 AND e.active
			UNION ALL SELECT u.id, u.parent_id, u.name, up.n + 1 FROM unit u JOIN up ON u.id = up.parent_id WHERE up.n < ` + unitLevels + `)
		SELECT up.id AS unit_id, up.name AS unit_name, COALESCE(h.employee_id, 0) AS id, '' AS name, 0 AS sex, false AS linked
		FROM up LEFT JOIN unit_helper h ON h.unit_id = up.id ORDER BY up.n LIMIT $2`
	nameHelper = `
		INSERT INTO unit_helper (unit_id, employee_id, named_at, named_by) SELECT $1, e.id, $4, $3 FROM employee e WHERE e.id = $2 AND e.active
		ON CONFLICT (unit_id) DO UPDATE SET employee_id = excluded.employee_id, named_at = excluded.named_at, named_by = excluded.named_by RETURNING (SELECT u.name FROM unit u WHERE u.id = unit_id)`
	dropHelper = `DELETE FROM unit_helper h USING unit u WHERE h.unit_id = $1 AND h.employee_id = $2 AND u.id = h.unit_id RETURNING u.name`
)

type helperRow struct {
	Unit     int64  `db:"unit_id"`
	UnitName string `db:"unit_name"`
	ID       int64  `db:"id"`
	Name     string `db:"name"`
	Sex      int64  `db:"sex"`
	Linked   bool   `db:"linked"`
}

func (t *Tx) helpers(ctx context.Context, query string, args ...any) ([]persuasion.Helper, error) {
	var rows []helperRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list helpers", err)
	}
	out := make([]persuasion.Helper, len(rows))
	for i, r := range rows {
		out[i] = persuasion.Helper{Unit: r.Unit, UnitName: r.UnitName, Employee: r.ID, Name: addressOf(r.Name, r.Sex), Linked: r.Linked}
	}
	return out, nil
}

// addressOf is how somebody is called, by the name and sex of the register.
func addressOf(name string, sex int64) string {
	return personnel.Employee{Name: name, Sex: sexOf(sex)}.Address()
}

// Helpers lists the helpers of units by the names of these, at most limit behind the first skip.
func (t *Tx) Helpers(ctx context.Context, skip, limit int) ([]persuasion.Helper, error) {
	return t.helpers(ctx, listHelpers, skip, limit)
}

// HelperUnits lists the units for which a person may be named as their helper, the own one
// first, with who is by now (Employee; 0 = nobody), at most limit.
func (t *Tx) HelperUnits(ctx context.Context, employee int64, limit int) ([]persuasion.Helper, error) {
	return t.helpers(ctx, unitsAbove, employee, limit)
}

// NameHelper makes a person the helper of a unit, in the place of whoever was; ErrNotFound when
// the person has left.
func (t *Tx) NameHelper(ctx context.Context, unit, employee, by int64, now time.Time) error {
	var name string
	if err := t.one(ctx, &name, nameHelper, unit, employee, by, now); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "helper.name", employee, name)
	return safe("audit", err)
}

// DropHelper leaves a unit without a helper of its own; ErrNotFound when that is somebody else
// by now, or nobody.
func (t *Tx) DropHelper(ctx context.Context, unit, helper, by int64, now time.Time) error {
	var name string
	if err := t.one(ctx, &name, dropHelper, unit, helper); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "helper.drop", helper, name)
	return safe("audit", err)
}

const helpColumns = `r.id, e.id AS employee, e.name, e.sex, u.name AS unit, COALESCE(e.phone, '') AS phone, q.body ->> 'title' AS title,
	r.helper_id, h.name AS helper_name, h.sex AS helper_sex, r.asked_at, r.contacted_at, r.passed_at`

const helpTables = ` FROM help_request r JOIN employee e ON e.id = r.employee_id JOIN unit u ON u.id = e.unit_id JOIN employee h ON h.id = r.helper_id
	JOIN task t ON t.id = r.task_id JOIN questionnaire q ON q.code = t.questionnaire_code AND q.version = t.questionnaire_version `

type helpRow struct {
	ID         int64        `db:"id"`
	Employee   int64        `db:"employee"`
	Name       string       `db:"name"`
	Sex        int64        `db:"sex"`
	Unit       string       `db:"unit"`
	Phone      string       `db:"phone"`
	Title      string       `db:"title"`
	Helper     int64        `db:"helper_id"`
	HelperName string       `db:"helper_name"`
	HelperSex  int64        `db:"helper_sex"`
	Asked      time.Time    `db:"asked_at"`
	Contacted  sql.NullTime `db:"contacted_at"`
	Passed     sql.NullTime `db:"passed_at"`
}

func (r helpRow) request() persuasion.Request {
	return persuasion.Request{ID: r.ID, Employee: r.Employee, Name: addressOf(r.Name, r.Sex), Unit: r.Unit, Phone: r.Phone, Title: r.Title, Helper: r.Helper,
		HelperName: addressOf(r.HelperName, r.HelperSex), Asked: r.Asked, Contacted: r.Contacted.Time, Passed: r.Passed.Time}
}

var (
	ownHelper  = `SELECT h.id, h.name, h.sex FROM employee e JOIN employee h ON h.id = ` + helperOf("$2::date") + ` WHERE e.id = $1`
	ownRequest = `SELECT ` + helpColumns + helpTables + `WHERE r.employee_id = $1 AND r.task_id = $2`
	addRequest = `
		INSERT INTO help_request (employee_id, task_id, helper_id, asked_at)
		SELECT e.id, $2, $3, $4 FROM employee e WHERE e.id = $1 AND ` + helperOf("$5::date") + ` = $3
		ON CONFLICT (employee_id, task_id) DO NOTHING RETURNING id`
	// The helper of the request, or the personnel office once it was told; never who leads the
	// person, whatever the register says by now.
	requestFor = `SELECT ` + helpColumns + helpTables + `
		WHERE r.id = $1 AND (r.helper_id = $2 OR $3 AND r.passed_at IS NOT NULL) AND e.active AND NOT ` + leadsNow("$2::bigint", "e", "$4::date")
	contactRequest = `UPDATE help_request SET contacted_at = $3, contacted_by = $2 WHERE id = $1 AND contacted_at IS NULL RETURNING id`
	silentRequests = `SELECT ` + helpColumns + helpTables + `WHERE r.contacted_at IS NULL AND r.passed_at IS NULL AND r.asked_at <= $1 ORDER BY r.id`
	passRequest    = `UPDATE help_request SET passed_at = $2 WHERE id = $1 AND contacted_at IS NULL AND passed_at IS NULL RETURNING employee_id`
	officeBeside   = `
		SELECT DISTINCT b.id FROM role_grant g JOIN employee b ON b.id = g.employee_id AND b.active JOIN employee e ON e.id = $1
		WHERE g.role = $2 AND g.revoked_at IS NULL AND b.id <> e.id AND NOT ` + leadsNow("b.id", "e", "$3::date") + ` ORDER BY b.id`
	pruneRequests = `DELETE FROM help_request WHERE id IN (SELECT id FROM help_request
		WHERE asked_at < $1::timestamptz - make_interval(days => ` + strconv.Itoa(persuasion.KeepDays) + `) LIMIT $2)`
	showRequest = `
		INSERT INTO help_card (chat_id, message_id, request_id) VALUES ($1, $2, $3)
		ON CONFLICT (chat_id, message_id) DO UPDATE SET request_id = excluded.request_id`
	hideRequest = `DELETE FROM help_card WHERE chat_id = $1 AND message_id = $2`
	// Cards of requests that have ended, and those in the chat of somebody who may not read
	// theirs any more, by the same rule as requestFor.
	endedCards = `
		DELETE FROM help_card WHERE (chat_id, message_id) IN (
			SELECT c.chat_id, c.message_id FROM help_card c
			LEFT JOIN help_request r ON r.id = c.request_id AND r.contacted_at IS NULL AND r.asked_at > $1::timestamptz - make_interval(days => ` + strconv.Itoa(persuasion.KeepDays) + `)
			LEFT JOIN employee e ON e.id = r.employee_id AND e.active
			LEFT JOIN chat k ON k.id = c.chat_id
			WHERE e.id IS NULL OR k.employee_id IS NULL OR ` + leadsNow("k.employee_id", "e", "$2::date") + `
			   OR r.helper_id <> k.employee_id AND (r.passed_at IS NULL OR NOT EXISTS (
			      SELECT FROM role_grant g WHERE g.employee_id = k.employee_id AND g.role = $3 AND g.revoked_at IS NULL))
			ORDER BY c.chat_id, c.message_id LIMIT $4)
		RETURNING chat_id, message_id`
	// eraseHelp is a part of Erase. The program may delete these rows anyway.
	eraseHelp = `
		WITH asked AS (DELETE FROM help_request WHERE employee_id = $1 OR helper_id = $1),
		     helps AS (DELETE FROM unit_helper WHERE employee_id = $1)
		DELETE FROM campaign_person WHERE employee_id = $1`
)

// HelperOf returns who may be asked for help by a person on the civil date of now; ok is false
// when there is nobody, or nobody but the own superior.
func (t *Tx) HelperOf(ctx context.Context, employee int64, now time.Time) (h persuasion.Helper, ok bool, err error) {
	var r struct {
		ID   int64  `db:"id"`
		Name string `db:"name"`
		Sex  int64  `db:"sex"`
	}
	if err := t.one(ctx, &r, ownHelper, employee, now.Format(time.DateOnly)); err != nil {
		return h, false, known(err)
	}
	return persuasion.Helper{Employee: r.ID, Name: addressOf(r.Name, r.Sex), Linked: true}, true, nil
}

// RequestOf returns what a person has asked of a helper about a task; ok is false when nothing.
func (t *Tx) RequestOf(ctx context.Context, employee, task int64) (q persuasion.Request, ok bool, err error) {
	var r helpRow
	if err := t.one(ctx, &r, ownRequest, employee, task); err != nil {
		return q, false, known(err)
	}
	return r.request(), true, nil
}

// known is nil for ErrNotFound: that nothing was found is an answer.
func known(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// AskHelp stores that a person agrees to be called by a helper about a task; ErrNotFound when
// that was asked before, or the helper is another one by now.
func (t *Tx) AskHelp(ctx context.Context, employee, task, helper int64, now time.Time) (id int64, err error) {
	err = t.one(ctx, &id, addRequest, employee, task, helper, now, now.Format(time.DateOnly))
	return id, err
}

// RequestFor returns a request for who is to call: its helper, or somebody of the personnel
// office (hr) once that was told; ErrNotFound for everybody else and for who leads the person.
func (t *Tx) RequestFor(ctx context.Context, id, viewer int64, hr bool, now time.Time) (persuasion.Request, error) {
	var r helpRow
	err := t.one(ctx, &r, requestFor, id, viewer, hr, now.Format(time.DateOnly))
	return r.request(), err
}

// ContactRequest notes that somebody has called; ErrNotFound when that was noted before.
func (t *Tx) ContactRequest(ctx context.Context, id, by int64, now time.Time) error {
	return t.one(ctx, &id, contactRequest, id, by, now)
}

// ShowRequest notes that a message of a chat shows who is to be called.
func (t *Tx) ShowRequest(ctx context.Context, id, chat int64, message int) error {
	_, err := t.tx.ExecContext(ctx, showRequest, chat, message, id)
	return safe("note a card of a request for help", err)
}

// HideRequest notes that a message shows nobody any more.
func (t *Tx) HideRequest(ctx context.Context, chat int64, message int) error {
	_, err := t.tx.ExecContext(ctx, hideRequest, chat, message)
	return safe("forget a card of a request for help", err)
}

// EndedCards takes out at most limit messages that still show a name and a number at now
// although their request has ended, or their reader may not read it any more. Whoever is given
// them edits them in the same transaction.
func (t *Tx) EndedCards(ctx context.Context, now time.Time, limit int) ([]persuasion.Card, error) {
	var rows []struct {
		Chat    int64 `db:"chat_id"`
		Message int   `db:"message_id"`
	}
	if err := t.tx.SelectContext(ctx, &rows, endedCards, now, now.Format(time.DateOnly), string(personnel.RoleHR), limit); err != nil {
		return nil, safe("list cards of requests that have ended", err)
	}
	out := make([]persuasion.Card, len(rows))
	for i, r := range rows {
		out[i] = persuasion.Card{Chat: r.Chat, Message: r.Message}
	}
	return out, nil
}

// SilentRequests lists requests for help that wait, asked before a moment.
func (t *Tx) SilentRequests(ctx context.Context, before time.Time) ([]persuasion.Request, error) {
	var rows []helpRow
	if err := t.tx.SelectContext(ctx, &rows, silentRequests, before); err != nil {
		return nil, safe("list requests for help", err)
	}
	out := make([]persuasion.Request, len(rows))
	for i, r := range rows {
		out[i] = r.request()
	}
	return out, nil
}

// PassRequest notes that a request goes to the personnel office, and returns who of it does not
// lead the person; nobody when somebody has called meanwhile.
func (t *Tx) PassRequest(ctx context.Context, id int64, now time.Time) (office []int64, err error) {
	var employee int64
	if err := t.one(ctx, &employee, passRequest, id, now); err != nil {
		return nil, known(err)
	}
	err = t.tx.SelectContext(ctx, &office, officeBeside, employee, string(personnel.RoleHR), now.Format(time.DateOnly))
	return office, safe("list the personnel office", err)
}

var copyHelp = `
	SELECT CASE WHEN a.list IS NULL AND h.list IS NULL THEN NULL ELSE json_build_object('bantuan_diminta', a.list, 'pendamping_untuk', h.list) END
	FROM chat c
	LEFT JOIN LATERAL (SELECT json_agg(json_build_object('tugas', q.body ->> 'title', 'diminta', r.asked_at, 'dihubungi', r.contacted_at,
			'diteruskan', r.passed_at) ORDER BY r.id) AS list
		FROM help_request r JOIN task t ON t.id = r.task_id JOIN questionnaire q ON q.code = t.questionnaire_code AND q.version = t.questionnaire_version
		WHERE r.employee_id = c.employee_id) a ON true
	LEFT JOIN LATERAL (SELECT json_agg(json_build_object('unit', u.name, 'sejak', x.named_at) ORDER BY u.name) AS list
		FROM unit_helper x JOIN unit u ON u.id = x.unit_id WHERE x.employee_id = c.employee_id) h ON true
	WHERE c.id = $1`

// CopyHelp returns what the person of a chat has asked of helpers, and whom the person helps;
// nil when there is nothing.
func (t *Tx) CopyHelp(ctx context.Context, chatID int64) (json.RawMessage, error) {
	var raw []byte
	err := t.one(ctx, &raw, copyHelp, chatID)
	return raw, known(err)
}
