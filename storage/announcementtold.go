package storage

import (
	"context"
	"database/sql"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/personnel"
)

// isAbsent is true of a row r of the ledger whose person has not received the
// announcement, as far as is known, and will not within minutes.
const isAbsent = `(r.state IN ('held', 'unknown', 'failed', 'expired', 'unreachable', 'unlinked') AND NOT (a.ack AND ` + isRead + `))`

// isLeft is true where an officer has somebody left to tell: absent, or not read
// although it asks for that.
const isLeft = `(` + isAbsent + ` OR r.state = 'sent' AND ` + isUnread + `)`

// officerRows begins a query over the rows r of the ledgers of announcements a that
// stand in the list of an officer, $2, on the moment $3: of the people e of the own units
// alone. It begins with them, one lookup each (OFFSET 0, as in summary.go): a unit has
// some fifty people, an announcement ten thousand rows. $1 is false; inArea has it for
// those who look after all.
var officerRows = inArea + `, listed AS (
		SELECT a.id, a.body, a.ack, a.version, a.started_at, r.employee_id, ` + shownState + ` AS state, r.read_version, r.told_at,
		       e.name, e.sex, ` + isAbsent + ` AS absent, r.state = 'sent' AND ` + isUnread + ` AS unread
		FROM (SELECT e.id, e.name, e.sex FROM employee e WHERE e.active AND NOT $1 AND e.unit_id IN (SELECT unit_id FROM mine) OFFSET 0) e
		CROSS JOIN LATERAL (SELECT r.* FROM announcement_recipient r WHERE r.employee_id = e.id OFFSET 0) r
		JOIN announcement a ON a.id = r.announcement_id
		WHERE a.state IN ('sending', 'done') AND a.withdrawn_at IS NULL AND a.started_at > $3::timestamptz - make_interval(days => $4)
		  AND (a.expires_at IS NULL OR a.expires_at > $3::timestamptz - make_interval(days => $5))
		  AND ` + isLeft + `
	)`

var (
	unitAnnouncements = officerRows + `
		SELECT l.id, min(l.body) AS body, min(l.started_at) AS at, bool_and(l.ack) AS ack, count(*) AS people,
		       count(*) FILTER (WHERE l.told_at IS NULL AND l.absent) AS absent, count(*) FILTER (WHERE l.told_at IS NULL AND l.unread) AS unread,
		       count(*) FILTER (WHERE l.told_at IS NOT NULL) AS told
		FROM listed l WHERE $6 = 0 OR l.id = $6 GROUP BY l.id
		ORDER BY min(l.started_at) DESC, l.id DESC OFFSET $7 LIMIT $8`
	unitPending = officerRows + `
		SELECT l.employee_id AS id, l.name, l.sex, l.state, l.read_version IS NOT NULL AS old, l.told_at
		FROM listed l WHERE l.id = $6 ORDER BY l.name, l.employee_id OFFSET $7 LIMIT $8`
	unitPeopleLeft = officerRows + `
		SELECT count(DISTINCT l.employee_id) FROM listed l WHERE l.told_at IS NULL`
)

// officerArgs are the arguments of officerRows.
func officerArgs(officer int64, now time.Time, more ...any) []any {
	return append([]any{false, officer, now, announcement.OfficerDays, announcement.TellDays}, more...)
}

type unitRowOfAnnouncement struct {
	ID     int64     `db:"id"`
	Body   string    `db:"body"`
	At     time.Time `db:"at"`
	Ack    bool      `db:"ack"`
	People int       `db:"people"`
	Absent int       `db:"absent"`
	Unread int       `db:"unread"`
	Told   int       `db:"told"`
}

func (t *Tx) unitEntries(ctx context.Context, officer, id int64, now time.Time, skip, limit int) (out []announcement.UnitEntry, err error) {
	var rows []unitRowOfAnnouncement
	if err := t.tx.SelectContext(ctx, &rows, unitAnnouncements, officerArgs(officer, now, id, skip, limit)...); err != nil {
		return nil, safe("list announcements of units", err)
	}
	for _, r := range rows {
		out = append(out, announcement.UnitEntry{ID: r.ID, Title: announcement.Opening(r.Body), At: r.At, Ack: r.Ack, People: r.People,
			Absent: r.Absent, Unread: r.Unread, Told: r.Told})
	}
	return out, nil
}

// UnitAnnouncements lists the announcements that somebody of an officer's units has not
// received or not read, the newest first.
func (t *Tx) UnitAnnouncements(ctx context.Context, officer int64, now time.Time, skip, limit int) ([]announcement.UnitEntry, error) {
	return t.unitEntries(ctx, officer, 0, now, skip, limit)
}

// UnitPeopleLeft counts the people of an officer's units who have not received an
// announcement or not read it, and were not told; each once.
func (t *Tx) UnitPeopleLeft(ctx context.Context, officer int64, now time.Time) (n int, err error) {
	err = t.tx.GetContext(ctx, &n, unitPeopleLeft, officerArgs(officer, now)...)
	return n, safe("count whom an officer has to tell", err)
}

// UnitPending lists the people of an officer's units who have not received or not read
// one announcement, those who were told among them, by name. ErrNotFound when there is
// nobody: it is not for these units, or all have read it.
func (t *Tx) UnitPending(ctx context.Context, officer, id int64, now time.Time, skip, limit int) (out announcement.UnitList, err error) {
	entries, err := t.unitEntries(ctx, officer, id, now, 0, 1)
	if err != nil {
		return out, err
	}
	if len(entries) == 0 {
		return out, ErrNotFound
	}
	out.UnitEntry, out.Total = entries[0], entries[0].People
	var rows []struct {
		ID    int64        `db:"id"`
		Name  string       `db:"name"`
		Sex   int64        `db:"sex"`
		State string       `db:"state"`
		Old   bool         `db:"old"`
		Told  sql.NullTime `db:"told_at"`
	}
	if err := t.tx.SelectContext(ctx, &rows, unitPending, officerArgs(officer, now, id, skip, limit)...); err != nil {
		return out, safe("list who has not received an announcement", err)
	}
	for _, r := range rows {
		out.Pending = append(out.Pending, announcement.Pending{Person: personnel.Employee{ID: r.ID, Name: r.Name, Sex: sexOf(r.Sex)},
			Delivery: announcement.Delivery(r.State), Old: r.Old, ToldAt: r.Told.Time})
	}
	return out, nil
}

// tells stores what an officer says of the rows that chosen lists, with a row of the
// audit log for each person; action is told or untold.
func tells(set, chosen, action string) string {
	return officerRows + `, told AS (
		UPDATE announcement_recipient r SET ` + set + `
		FROM listed l WHERE l.id = $6 AND r.announcement_id = l.id AND r.employee_id = l.employee_id AND ` + chosen + ` RETURNING r.employee_id
	)
	INSERT INTO audit (at, actor, action, employee_id, detail) SELECT $3, $2, 'announcement.` + action + `', t.employee_id, $7 FROM told t`
}

var (
	tellOne   = tells(`told_by = $2, told_at = $3`, `l.employee_id = $8 AND r.told_at IS NULL`, "told")
	untellOne = tells(`told_by = NULL, told_at = NULL`, `l.employee_id = $8 AND r.told_at IS NOT NULL`, "untold")
	tellRest  = tells(`told_by = $2, told_at = $3`, `r.told_at IS NULL`, "told")
)

// TellDirectly notes that an officer has told one person of the own units directly
// (Disampaikan langsung), or takes that back. Nothing is changed where that is so
// already, or where the person has read it meanwhile.
func (t *Tx) TellDirectly(ctx context.Context, officer, id, employee int64, told bool, now time.Time) error {
	query := untellOne
	if told {
		query = tellOne
	}
	_, err := t.tx.ExecContext(ctx, query, officerArgs(officer, now, id, announcementDetail(id), employee)...)
	return safe("note who was told directly", err)
}

// The rows of many people are changed in no order, by the worker too: one of them at a
// time.
const lockAlone = `SELECT id FROM announcement WHERE id = $1 FOR NO KEY UPDATE`

// TellRest notes that an officer has told everybody of the own units who is left, and
// returns how many.
func (t *Tx) TellRest(ctx context.Context, officer, id int64, now time.Time) (int, error) {
	if _, err := t.tx.ExecContext(ctx, lockAlone, id); err != nil {
		return 0, safe("lock announcement", err)
	}
	r, err := t.tx.ExecContext(ctx, tellRest, officerArgs(officer, now, id, announcementDetail(id))...)
	if err != nil {
		return 0, safe("note that all were told directly", err)
	}
	n, err := r.RowsAffected()
	return int(n), safe("note that all were told directly", err)
}
