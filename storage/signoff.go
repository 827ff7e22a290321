package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/disclosure"
	"bangkom/internal/needs"
	"bangkom/internal/personnel"
)

// unitHeads are the heads of units: whoever leads somebody of the own unit and has the own
// superior elsewhere.
const unitHeads = `
	SELECT DISTINCT b.id, b.unit_id FROM employee e JOIN employee b ON b.id = e.supervisor_id AND b.unit_id = e.unit_id
	LEFT JOIN employee up ON up.id = b.supervisor_id WHERE e.active AND b.active AND up.unit_id IS DISTINCT FROM b.unit_id`

// unitLeads are the heads of units (for_id), with who stands in for them on a civil date.
func unitLeads(today string) string { return leadsOf(unitHeads, today) }

// leadsOf are some heads, with who stands in for them.
func leadsOf(heads, today string) string {
	return `WITH h AS MATERIALIZED (` + heads + `)
		SELECT h.unit_id, h.id, h.id AS for_id FROM h
		UNION ALL SELECT h.unit_id, d.acting_id, h.id FROM h JOIN delegation d ON d.for_id = h.id AND ` + delegationWorks(today) + `
		JOIN employee a ON a.id = d.acting_id AND a.active`
}

// headUnit is the unit whose head approves the sign-off s: that to which it was moved, as long as
// the own unit has no head. Once it is approved nothing moves any more.
func headUnit(leads string) string {
	return `(CASE WHEN s.head_unit_id <> s.unit_id AND s.state IN ('open', 'prepared') AND EXISTS (SELECT FROM ` + leads + ` o WHERE o.unit_id = s.unit_id)
		THEN s.unit_id ELSE s.head_unit_id END)`
}

// signing begins a query about the sign-offs s of which some is true, as $2 sees them on the civil
// date $3; $1 = of the personnel office. leads are the heads of their units and of those above
// that approve for them, and who stands in for them: only few units are asked about at a time,
// and who leads which is found among everybody.
func signing(some string) string {
	return inArea + `, asked AS MATERIALIZED (
		SELECT s.* FROM signoff s WHERE ` + some + `
	), leads AS MATERIALIZED (
		` + leadsOf(unitHeads+` AND e.unit_id IN (SELECT unit_id FROM asked UNION SELECT head_unit_id FROM asked)`, "$3::date") + `
	), led AS MATERIALIZED (
		SELECT unit_id, count(DISTINCT id) AS heads, bool_or(id = $2) AS head FROM leads GROUP BY unit_id
	), signs AS (
		SELECT s.*, h.unit_id AS approving_id, n.name AS unit_name, (SELECT u.name FROM unit u WHERE u.id = h.unit_id) AS head_name,
		       s.unit_id IN (SELECT unit_id FROM mine) AS officer, COALESCE(l.head, false) AS head, COALESCE(l.heads, 0) AS heads
		FROM asked s CROSS JOIN LATERAL (SELECT ` + headUnit("led") + ` AS unit_id) h LEFT JOIN led l ON l.unit_id = h.unit_id JOIN signoff_round r ON r.year = s.year JOIN need_unit n ON n.period_id = r.period_id AND n.unit_id = s.unit_id
	)`
}

type signoffRow struct {
	ID          int64        `db:"id"`
	Year        int          `db:"year"`
	Unit        int64        `db:"unit_id"`
	UnitName    string       `db:"unit_name"`
	HeadUnit    int64        `db:"approving_id"`
	HeadName    string       `db:"head_name"`
	State       string       `db:"state"`
	People      int          `db:"people"`
	Filled      int          `db:"filled"`
	Rated       int          `db:"rated"`
	PreparedBy  int64        `db:"prepared_by"`
	PreparedAt  sql.NullTime `db:"prepared_at"`
	ApprovedBy  int64        `db:"approved_by"`
	Approver    string       `db:"approver"`
	ApprovedAt  sql.NullTime `db:"approved_at"`
	For         int64        `db:"approved_for"`
	ForName     string       `db:"for_name"`
	ValidatedBy int64        `db:"validated_by"`
	ValidatedAt sql.NullTime `db:"validated_at"`
	Note        string       `db:"note"`
	Scan        string       `db:"scan"`
	Revision    int          `db:"revision"`
	Officer     bool         `db:"officer"`
	Head        bool         `db:"head"`
	Heads       int          `db:"heads"`
}

func (r signoffRow) signoff(office bool, person int64) needs.Signoff {
	return needs.Signoff{ID: r.ID, Year: r.Year, Unit: r.Unit, UnitName: r.UnitName, Stage: needs.Stage(r.State),
		Counts:    needs.Counts{People: r.People, Filled: r.Filled, Rated: r.Rated},
		Prepared:  signedBy(r.PreparedBy, "", r.PreparedAt),
		Approved:  signedBy(r.ApprovedBy, r.Approver, r.ApprovedAt),
		Validated: signedBy(r.ValidatedBy, "", r.ValidatedAt),
		For:       r.For, ForName: personnel.DisplayName(r.ForName), Note: r.Note, Scan: r.Scan, HeadUnit: r.HeadUnit, HeadName: r.HeadName, Heads: r.Heads,
		Revision: r.Revision, Actor: needs.Actor{Person: person, Officer: r.Officer, Head: r.Head, Office: office}}
}

func signedBy(id int64, name string, at sql.NullTime) needs.Signed {
	return needs.Signed{ID: id, Name: personnel.DisplayName(name), At: at.Time}
}

const signoffColumns = `
	SELECT s.id, s.year, s.unit_id, s.unit_name, s.approving_id, s.head_name, s.state, s.people, s.filled, s.rated, s.note, s.scan, s.revision, s.officer, s.head, s.heads,
	       COALESCE(s.prepared_by, 0) AS prepared_by, s.prepared_at,
	       COALESCE(s.approved_by, 0) AS approved_by, COALESCE(a.name, '') AS approver, s.approved_at,
	       COALESCE(s.approved_for, 0) AS approved_for, COALESCE(f.name, '') AS for_name,
	       COALESCE(s.validated_by, 0) AS validated_by, s.validated_at
	FROM signs s LEFT JOIN employee a ON a.id = s.approved_by LEFT JOIN employee f ON f.id = s.approved_for`

var (
	listSignoffs = signing(`s.year = $4`) + signoffColumns + ` WHERE $1 OR s.officer OR s.head ORDER BY s.unit_name, s.id`
	oneSignoff   = signing(`s.id = $4`) + signoffColumns + ` WHERE $1 OR s.officer OR s.head`
	// Of units of which $2 may be the head, also as a stand-in, few people have one.
	ownSignoffs = signing(`s.state = 'prepared' AND EXISTS (SELECT FROM (SELECT unit_id FROM employee WHERE id = $2
		UNION SELECT e.unit_id FROM delegation d JOIN employee e ON e.id = d.for_id WHERE d.acting_id = $2 AND `+delegationWorks("$3::date")+`) n
		WHERE n.unit_id IN (s.unit_id, s.head_unit_id))`) + signoffColumns + ` WHERE s.head OR $1 ORDER BY s.year, s.unit_name, s.id`
)

// Signoffs lists the units of a round that somebody may read, by name.
func (t *Tx) Signoffs(ctx context.Context, year int, office bool, person int64, today time.Time) ([]needs.Signoff, error) {
	return t.signoffs(ctx, listSignoffs, office, person, today, year)
}

// OwnSignoffs lists what waits for somebody as the head of a unit on a civil date, of all
// rounds, the oldest first.
func (t *Tx) OwnSignoffs(ctx context.Context, person int64, today time.Time) ([]needs.Signoff, error) {
	return t.signoffs(ctx, ownSignoffs, false, person, today)
}

// Signoff is one of those; ErrNotFound when it is none.
func (t *Tx) Signoff(ctx context.Context, id int64, office bool, person int64, today time.Time) (needs.Signoff, error) {
	list, err := t.signoffs(ctx, oneSignoff, office, person, today, id)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return needs.Signoff{}, err
	}
	return list[0], nil
}

func (t *Tx) signoffs(ctx context.Context, query string, office bool, person int64, today time.Time, of ...any) ([]needs.Signoff, error) {
	var rows []signoffRow
	if err := t.tx.SelectContext(ctx, &rows, query, append([]any{office, person, today.Format(time.DateOnly)}, of...)...); err != nil {
		return nil, safe("list sign-offs", err)
	}
	list := make([]needs.Signoff, len(rows))
	for i, r := range rows {
		list[i] = r.signoff(office, person)
	}
	return list, nil
}

const signoffRounds = `
	SELECT r.year, r.due_on, r.opened_by, r.revision, p.id, p.name, p.closed_at FROM signoff_round r JOIN period p ON p.id = r.period_id ORDER BY r.year DESC`

// SignoffRounds lists the rounds, the newest year first.
func (t *Tx) SignoffRounds(ctx context.Context) (list []needs.Round, err error) {
	var rows []struct {
		Year     int       `db:"year"`
		Due      time.Time `db:"due_on"`
		By       int64     `db:"opened_by"`
		Revision int       `db:"revision"`
		ID       int64     `db:"id"`
		Name     string    `db:"name"`
		ClosedAt time.Time `db:"closed_at"`
	}
	if err := t.tx.SelectContext(ctx, &rows, signoffRounds); err != nil {
		return nil, safe("list rounds", err)
	}
	for _, r := range rows {
		list = append(list, needs.Round{Year: r.Year, Due: r.Due, By: r.By, Revision: r.Revision, Period: needs.Period{ID: r.ID, Name: r.Name, ClosedAt: r.ClosedAt}})
	}
	return list, nil
}

const (
	signedNeeds = `
		SELECT d.competency_code AS code, d.name, c.importance, d.n, d.gap, d.lack, d.share_part, d.share_of, d.reason, COALESCE(d.moved_by, 0) AS moved_by, d.moved_at
		FROM signoff_need d JOIN competency c ON c.code = d.competency_code WHERE d.signoff_id = $1 ORDER BY d.place`
	signedProposals = `SELECT title, people, reason, ruled FROM signoff_proposal WHERE signoff_id = $1 ORDER BY place`
)

// SignedContent is what was frozen when a unit was prepared, for readers to whom all of its
// values may be shown.
func (t *Tx) SignedContent(ctx context.Context, s needs.Signoff) (c needs.Content, err error) {
	c.Counts = s.Counts
	var rows []struct {
		Code       string       `db:"code"`
		Name       string       `db:"name"`
		Importance int          `db:"importance"`
		N          int          `db:"n"`
		Gap        int          `db:"gap"`
		Lack       int          `db:"lack"`
		Part       int          `db:"share_part"`
		Of         int          `db:"share_of"`
		Reason     string       `db:"reason"`
		MovedBy    int64        `db:"moved_by"`
		MovedAt    sql.NullTime `db:"moved_at"`
	}
	if err := t.tx.SelectContext(ctx, &rows, signedNeeds, s.ID); err != nil {
		return c, safe("read signed needs", err)
	}
	for _, r := range rows {
		c.Needs = append(c.Needs, needs.SignedNeed{Competency: needs.Competency{Code: r.Code, Name: r.Name, Importance: r.Importance},
			Value: needs.Value{N: r.N, Gap: r.Gap, Lack: r.Lack, Share: disclosure.Share{Part: r.Part, Of: r.Of}}, Moved: signedBy(r.MovedBy, "", r.MovedAt), Reason: r.Reason})
	}
	err = t.tx.SelectContext(ctx, &c.Proposals, signedProposals, s.ID)
	return c, safe("read signed proposals", err)
}

const signatory = `
	SELECT a.nip, a.name, COALESCE(f.position_title, a.position_title) AS title, a.grade FROM signoff s
	JOIN employee a ON a.id = s.approved_by LEFT JOIN employee f ON f.id = s.approved_for WHERE s.id = $1`

// Signatory is who has approved a sign-off, with what stands below a signature; the zero
// value while nobody has.
func (t *Tx) Signatory(ctx context.Context, id int64) (needs.Signatory, error) {
	var rows []struct {
		NIP   string `db:"nip"`
		Name  string `db:"name"`
		Title string `db:"title"`
		Grade string `db:"grade"`
	}
	if err := t.tx.SelectContext(ctx, &rows, signatory, id); err != nil || len(rows) == 0 {
		return needs.Signatory{}, safe("read who signs", err)
	}
	nip, err := personnel.RestoreNIP(rows[0].NIP)
	return needs.Signatory{Name: rows[0].Name, NIP: nip, Title: rows[0].Title, Grade: rows[0].Grade}, safe("read who signs", err)
}

// Everybody who reads what is frozen: the head and who stands in, the officers of the unit
// and of those above, the personnel office, and who prepares it. The recap is printed and
// passed on, so everybody who leads somebody of the unit counts too, as of the close and as of
// now. $1 is true.
var signoffReaders = signing(`s.id = $4`) + `
	, below AS (SELECT unit_id AS id FROM signoff WHERE id = $4
	      UNION SELECT n.unit_id FROM below b JOIN signoff s ON s.id = $4 JOIN signoff_round r ON r.year = s.year JOIN need_unit n ON n.period_id = r.period_id AND n.parent_id = b.id)
	, above AS (SELECT unit_id AS id FROM signoff WHERE id = $4 UNION SELECT u.parent_id FROM unit u JOIN above b ON u.id = b.id WHERE u.parent_id IS NOT NULL)
	SELECT l.id FROM leads l JOIN signoff s ON s.id = $4 AND l.unit_id IN (s.head_unit_id, s.unit_id)
	UNION SELECT g.employee_id FROM role_grant g JOIN employee e ON e.id = g.employee_id AND e.active WHERE g.revoked_at IS NULL
	      AND (g.role = 'hr' OR g.role = 'officer' AND g.unit_id IN (SELECT id FROM above))
	UNION SELECT v.id FROM signoff s JOIN signoff_round r ON r.year = s.year JOIN need_person n ON n.period_id = r.period_id AND n.unit_id IN (SELECT id FROM below)
	      JOIN employee e ON e.id = n.employee_id CROSS JOIN LATERAL (VALUES (n.superior_id), (e.supervisor_id)) v (id) WHERE s.id = $4 AND v.id IS NOT NULL
	UNION SELECT $2::bigint WHERE $1 ORDER BY 1`

// Of each of the readers $2: how many of each unit's own people they know by name.
var knownOf = `
	WITH known AS MATERIALIZED (` + knownPairs("$2::bigint[]") + `)
	SELECT k.reader, n.unit_id AS unit, count(*) AS known FROM known k
	JOIN need_person n ON n.period_id = $1 AND n.employee_id = k.id AND n.filled AND n.rated GROUP BY k.reader, n.unit_id`

// SignoffKnown tells of each reader of a sign-off how many people of each unit they know by
// name; the person who asks is among them.
func (t *Tx) SignoffKnown(ctx context.Context, id, period, person int64, today time.Time) ([]map[int64]int, error) {
	var readers []int64
	if err := t.tx.SelectContext(ctx, &readers, signoffReaders, true, person, today.Format(time.DateOnly), id); err != nil {
		return nil, safe("list readers", err)
	}
	var rows []struct {
		Reader int64 `db:"reader"`
		Unit   int64 `db:"unit"`
		Known  int   `db:"known"`
	}
	if err := t.tx.SelectContext(ctx, &rows, knownOf, period, pq.Array(readers)); err != nil {
		return nil, safe("count who is known", err)
	}
	of := map[int64]map[int64]int{}
	for _, r := range rows {
		if of[r.Reader] == nil {
			of[r.Reader] = map[int64]int{}
		}
		of[r.Reader][r.Unit] = r.Known
	}
	var list []map[int64]int
	for _, r := range readers { // who knows the same numbers sees the same
		if of[r] != nil && !slices.ContainsFunc(list, func(m map[int64]int) bool { return maps.Equal(m, of[r]) }) {
			list = append(list, of[r])
		}
	}
	return list, nil
}

const copySignoffs = `
	WITH opened AS (
		SELECT json_build_object('tahun', r.year, 'pengesahan_dibuka_pada', r.opened_at) AS one FROM chat c JOIN signoff_round r ON r.opened_by = c.employee_id WHERE c.id = $1 ORDER BY r.year
	), signed AS (
	SELECT json_build_object('tahun', s.year, 'unit_kerja', u.name,
	       'disiapkan_pada', CASE WHEN s.prepared_by = c.employee_id THEN s.prepared_at END, 'disetujui_pada', CASE WHEN s.approved_by = c.employee_id THEN s.approved_at END,
	       'divalidasi_pada', CASE WHEN s.validated_by = c.employee_id THEN s.validated_at END, 'pindaian_dikirim_pada', CASE WHEN s.scanned_by = c.employee_id THEN s.scanned_at END,
	       'alasan_pengembalian', CASE WHEN s.noted_by = c.employee_id THEN s.note END,
	       'koreksi_prioritas', (SELECT json_agg(json_build_object('kompetensi', d.name, 'alasan', d.reason, 'pada', d.moved_at) ORDER BY d.moved_at, d.competency_code)
	            FROM signoff_need d WHERE d.signoff_id = s.id AND d.moved_by = c.employee_id)) AS one
	FROM chat c JOIN signoff s ON c.employee_id IN (s.prepared_by, s.approved_by, s.approved_for, s.validated_by, s.scanned_by, s.noted_by)
	     OR EXISTS (SELECT FROM signoff_need d WHERE d.signoff_id = s.id AND d.moved_by = c.employee_id)
	JOIN unit u ON u.id = s.unit_id WHERE c.id = $1 ORDER BY s.id
	)
	SELECT json_agg(a.one) FROM (SELECT one FROM opened UNION ALL SELECT one FROM signed) a`

// CopySignoffs is what the person of a chat has opened, prepared, approved or validated for units;
// nil when there is nothing.
func (t *Tx) CopySignoffs(ctx context.Context, chatID int64) (raw json.RawMessage, err error) {
	err = t.tx.GetContext(ctx, (*[]byte)(&raw), copySignoffs, chatID)
	return raw, safe("copy sign-offs", err)
}

func (t *Tx) auditSignoff(ctx context.Context, action string, id, by int64, more string, now time.Time) error {
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "signoff."+action, nil, fmt.Sprintf("sign-off %d%s", id, more))
	return safe("audit", err)
}
