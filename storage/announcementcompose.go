package storage

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
)

// Composer makes the call of a message of an announcement, as things stand when its row
// is claimed: method, parameters and whether it is shown in place of another one.
type Composer func(l announcement.Letter) (dialog.Outgoing, error)

// ComposeWith says how messages of announcements are made. It must be called before the
// first Claim.
func (d *DB) ComposeWith(c Composer) { d.compose = c }

var errNoComposer = errors.New("a message of an announcement cannot be made: nobody said how")

// The first line of a correction is for whoever had an older version. A short reply holds
// the newest fact, also when small corrections have followed it.
const letters = `
	SELECT o.id AS row_id, o.key, o.template, o.edit_of, o.chat_id AS row_chat, e.id AS employee_id, e.active AS serves, COALESCE(c.id, 0) AS chat,
	       r.outbox_key, r.fact_version, r.message_id AS post, COALESCE(` + isRead + `, false) AS read, r.read_at, r.sent_at, COALESCE(n.id, 0) AS notice, f.fact AS newest_fact, f.at AS fact_at,
	       COALESCE(f.version > r.sent_version, false) AS corrected_since, ` + announcementColumns + `
	FROM outbox o JOIN announcement a ON a.id = o.announcement_id
	JOIN announcement_recipient r ON r.announcement_id = o.announcement_id AND r.employee_id = o.recipient_id JOIN employee e ON e.id = o.recipient_id
	LEFT JOIN chat c ON c.employee_id = e.id` + besideAnnouncement + `
	LEFT JOIN LATERAL (SELECT x.fact, x.at, x.version FROM announcement_version x
	                   WHERE x.announcement_id = a.id AND x.kind = 'fact' ORDER BY x.version DESC LIMIT 1) f ON true
	LEFT JOIN notice n ON n.key = 'announcement:' || a.id || ':' || e.id
	WHERE o.id = ANY($1)`

type letterRow struct {
	Row        int64          `db:"row_id"`
	Key        string         `db:"key"`
	Template   string         `db:"template"`
	EditOf     int            `db:"edit_of"`
	RowChat    int64          `db:"row_chat"`
	Employee   int64          `db:"employee_id"`
	Serves     bool           `db:"serves"`
	Chat       int64          `db:"chat"`
	OutboxKey  sql.NullString `db:"outbox_key"`
	FactOf     sql.NullInt64  `db:"fact_version"`
	Post       sql.NullInt64  `db:"post"`
	Read       bool           `db:"read"`
	ReadAt     sql.NullTime   `db:"read_at"`
	SentAt     sql.NullTime   `db:"sent_at"`
	Notice     int64          `db:"notice"`
	NewestFact sql.NullString `db:"newest_fact"`
	FactAt     sql.NullTime   `db:"fact_at"`
	Since      bool           `db:"corrected_since"`
	announcementRow
}

// why tells for what reason the message must not go at now; "" = it may.
func (r letterRow) why(now time.Time) string {
	edits := r.EditOf != 0
	switch {
	case !r.Serves:
		return "left"
	case r.Chat != r.RowChat: // it is somebody else's by now, or nobody's
		return "elsewhere"
	case r.Template == announcement.DeleteTemplate:
		return ""
	case r.WithdrawnAt.Valid:
		return "withdrawn"
	case r.Template == announcement.FactTemplate && !strings.HasPrefix(r.Key, "n:"+announcement.FactKey(r.ID, int(r.FactOf.Int64))):
		return "superseded" // a newer short reply comes
	case edits || r.Template == announcement.FactTemplate:
		return ""
	case r.State == string(announcement.Cancelled):
		return "cancelled"
	case r.carried().Over: // the worker ends the announcement
		return "over"
	case r.carried().Shut(now): // nobody is invited to a registration that is over
		return "shut"
	case r.Template == announcement.ReminderTemplate && r.Read:
		return "read"
	case r.Template == announcement.MessageTemplate && r.OutboxKey.String != r.Key:
		return "superseded"
	}
	return ""
}

func (r letterRow) letter(files map[int64][]announcement.File, now time.Time) (announcement.Letter, error) {
	a, err := r.announcement()
	a.Files = files[a.ID]
	l := announcement.Letter{Announcement: a, Employee: r.Employee, ChatID: r.RowChat, EditOf: r.EditOf, Notice: r.Notice, Template: r.Template,
		Read: r.Read, ReadAt: r.ReadAt.Time, At: now, Corrected: r.Since && r.EditOf != 0}
	if r.EditOf != 0 && r.SentAt.Valid { // the heading of a message stays
		l.At = r.SentAt.Time
	}
	l.Fact, l.CorrectedAt = r.NewestFact.String, r.FactAt.Time
	if r.Template == announcement.FactTemplate || r.Template == announcement.ReminderTemplate {
		l.ReplyTo = int(r.Post.Int64)
	}
	return l, err
}

const (
	composedRows = `
		UPDATE outbox o SET method = c.method, version = c.version FROM unnest($1::bigint[], $2::text[], $3::int[]) AS c (id, method, version)
		WHERE o.id = c.id`
	uncomposedRows = `
		UPDATE outbox o SET state = c.state, cause = c.cause, payload = NULL, ` + cutLoose + ` FROM unnest($1::bigint[], $2::text[], $3::text[]) AS c (id, state, cause)
		WHERE o.id = c.id`
)

// composed is what claimed rows have become, by their number: calls, and those that do
// not go.
type composed struct {
	calls map[int64]dialog.Outgoing
	gone  []int64
}

// composeClaimed makes the messages of claimed rows that are about announcements. A row
// that must not go any more is ended with its cause, and so is one that cannot be made:
// it would hold up everybody else.
func (t *Tx) composeClaimed(ctx context.Context, rows []outboxRow, compose Composer, now time.Time) (out composed, err error) {
	var ids []int64
	for _, r := range rows {
		if r.Announcement.Valid {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	if compose == nil {
		return out, errNoComposer
	}
	var list []letterRow
	if err := t.tx.SelectContext(ctx, &list, letters, pq.Array(ids)); err != nil {
		return out, safe("read letters", err)
	}
	about := make([]int64, len(list))
	for i, r := range list {
		about[i] = r.ID
	}
	files, err := t.announcementFiles(ctx, about)
	if err != nil {
		return out, err
	}
	out.calls = make(map[int64]dialog.Outgoing, len(list))
	var made, versions []int64
	var methods, states, causes []string
	for _, r := range list {
		call, why := r.call(files, compose, now)
		if why != "" {
			out.gone, causes = append(out.gone, r.Row), append(causes, why)
			states = append(states, map[bool]string{true: "failed", false: "cancelled"}[why == "format"])
			continue
		}
		out.calls[r.Row] = call
		made, methods, versions = append(made, r.Row), append(methods, call.Method), append(versions, int64(r.Version))
	}
	if len(out.gone) > 0 {
		if _, err := t.tx.ExecContext(ctx, uncomposedRows, pq.Array(out.gone), pq.Array(states), pq.Array(causes)); err != nil {
			return out, safe("end messages", err)
		}
	}
	_, err = t.tx.ExecContext(ctx, composedRows, pq.Array(made), pq.Array(methods), pq.Array(versions))
	return out, safe("note what was made", err)
}

// call makes the message of a row; why says for what reason there is none.
func (r letterRow) call(files map[int64][]announcement.File, compose Composer, now time.Time) (call dialog.Outgoing, why string) {
	if why := r.why(now); why != "" {
		return call, why
	}
	l, err := r.letter(files, now)
	if err == nil {
		call, err = compose(l)
	}
	if err != nil {
		return call, "format"
	}
	call.Version = r.Version
	return call, ""
}
