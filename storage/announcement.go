package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/announcement"
	"bangkom/internal/training"
)

// announcementColumns are the columns of an announcementRow: a is an announcement, v its
// newest version, which a draft does not have.
const announcementColumns = `a.id, a.author_id, a.state, a.kind, a.event_at, a.body, a.entities::text AS entities, a.media, a.file_id, a.file_name, a.ack,
	a.link_label, a.link_url, a.audience::text AS audience, a.version, a.revision, a.asked_at, a.asked_until, a.approved_by, a.approved_at,
	a.frozen, a.send_at, a.expires_at, a.started_at, a.ended_at, a.stopped, a.withdrawn_at, a.chat_id, a.message_id, a.told, a.told_at, a.told_n,
	v.kind AS correction, v.fact, v.at AS corrected_at, a.batch_id, b.name AS batch_name, b.state AS batch_state, g.way AS batch_way,
	EXISTS (SELECT FROM announcement x WHERE x.batch_id = a.batch_id AND x.id <> a.id AND x.approved_at IS NOT NULL
	        AND (x.started_at IS NOT NULL OR x.state = 'approved')) AS batch_told, b.opens_at AS batch_opens, b.closes_at AS batch_closes, b.permission_until AS batch_permits,
	b.starts_at AS batch_starts, b.ends_at AS batch_ends, (SELECT s.place FROM training_session s WHERE s.batch_id = b.id ORDER BY s.n LIMIT 1) AS batch_place,
	house.name AS batch_partner, house.agreed_until AS batch_agreed`

const fromAnnouncement = ` FROM announcement a` + besideAnnouncement + ` `

// besideAnnouncement joins what announcementColumns names beside a.
const besideAnnouncement = `
	LEFT JOIN announcement_version v ON v.announcement_id = a.id AND v.version = a.version
	LEFT JOIN batch b ON b.id = a.batch_id LEFT JOIN programme g ON g.id = b.programme_id LEFT JOIN partner house ON house.id = g.partner_id`

type announcementRow struct {
	ID          int64          `db:"id"`
	Author      int64          `db:"author_id"`
	State       string         `db:"state"`
	Kind        string         `db:"kind"`
	EventAt     sql.NullTime   `db:"event_at"`
	Body        string         `db:"body"`
	Entities    string         `db:"entities"`
	Media       sql.NullString `db:"media"`
	FileID      sql.NullString `db:"file_id"`
	FileName    sql.NullString `db:"file_name"`
	Ack         bool           `db:"ack"`
	LinkLabel   sql.NullString `db:"link_label"`
	LinkURL     sql.NullString `db:"link_url"`
	Audience    string         `db:"audience"`
	Version     int            `db:"version"`
	Revision    int            `db:"revision"`
	AskedAt     sql.NullTime   `db:"asked_at"`
	AskedUntil  sql.NullTime   `db:"asked_until"`
	ApprovedBy  sql.NullInt64  `db:"approved_by"`
	ApprovedAt  sql.NullTime   `db:"approved_at"`
	Frozen      sql.NullInt64  `db:"frozen"`
	SendAt      sql.NullTime   `db:"send_at"`
	Expires     sql.NullTime   `db:"expires_at"`
	StartedAt   sql.NullTime   `db:"started_at"`
	EndedAt     sql.NullTime   `db:"ended_at"`
	Stopped     sql.NullString `db:"stopped"`
	WithdrawnAt sql.NullTime   `db:"withdrawn_at"`
	ChatID      sql.NullInt64  `db:"chat_id"`
	MessageID   sql.NullInt64  `db:"message_id"`
	Told        sql.NullString `db:"told"`
	ToldAt      sql.NullTime   `db:"told_at"`
	ToldN       int            `db:"told_n"`
	Correction  sql.NullString `db:"correction"`
	Fact        sql.NullString `db:"fact"`
	CorrectedAt sql.NullTime   `db:"corrected_at"`

	Batch        sql.NullInt64  `db:"batch_id"`
	BatchName    sql.NullString `db:"batch_name"`
	BatchState   sql.NullString `db:"batch_state"`
	BatchWay     sql.NullString `db:"batch_way"`
	BatchTold    bool           `db:"batch_told"`
	BatchOpens   sql.NullTime   `db:"batch_opens"`
	BatchCloses  sql.NullTime   `db:"batch_closes"`
	BatchPermits sql.NullTime   `db:"batch_permits"`
	BatchStarts  sql.NullTime   `db:"batch_starts"`
	BatchEnds    sql.NullTime   `db:"batch_ends"`
	BatchPlace   sql.NullString `db:"batch_place"`
	BatchPartner sql.NullString `db:"batch_partner"`
	BatchAgreed  sql.NullTime   `db:"batch_agreed"`
}

func (r announcementRow) announcement() (announcement.Announcement, error) {
	a := announcement.Announcement{ID: r.ID, Author: r.Author, State: announcement.State(r.State), Kind: announcement.Kind(r.Kind), EventAt: r.EventAt.Time,
		Body: r.Body, File: announcement.File{Media: r.Media.String, FileID: r.FileID.String, Name: r.FileName.String}, Ack: r.Ack,
		LinkLabel: r.LinkLabel.String, LinkURL: r.LinkURL.String, Version: r.Version, Revision: r.Revision, AskedAt: r.AskedAt.Time, AskedUntil: r.AskedUntil.Time,
		ApprovedBy: r.ApprovedBy.Int64, ApprovedAt: r.ApprovedAt.Time, Frozen: int(r.Frozen.Int64), SendAt: r.SendAt.Time, Expires: r.Expires.Time,
		StartedAt: r.StartedAt.Time, EndedAt: r.EndedAt.Time, StoppedFor: r.Stopped.String, WithdrawnAt: r.WithdrawnAt.Time, ChatID: r.ChatID.Int64,
		MessageID: int(r.MessageID.Int64), Told: r.Told.String, ToldAt: r.ToldAt.Time, ToldN: r.ToldN, Correction: announcement.Correction(r.Correction.String),
		Fact: r.Fact.String, CorrectedAt: r.CorrectedAt.Time, Batch: r.carried()}
	if err := json.Unmarshal([]byte(r.Entities), &a.Entities); err != nil {
		return a, fmt.Errorf("decode announcement %d: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Audience), &a.Audience); err != nil {
		return a, fmt.Errorf("decode audience %d: %w", r.ID, err)
	}
	return a, nil
}

// carried is the batch that an announcement carries.
func (r announcementRow) carried() announcement.Carried {
	way := training.WayIn(r.BatchWay.String)
	return announcement.Carried{ID: r.Batch.Int64, Name: r.BatchName.String, Over: training.State(r.BatchState.String).Over(),
		Cancelled: r.BatchState.String == string(training.Cancelled), Told: r.BatchTold,
		Joins: r.BatchCloses.Valid && (way == training.InOrder || way == training.Ranked), InOrder: way == training.InOrder,
		Starts: r.BatchStarts.Time, Ends: r.BatchEnds.Time, Place: r.BatchPlace.String, Opens: r.BatchOpens.Time, Closes: r.BatchCloses.Time, Permits: r.BatchPermits.Time,
		Partner: r.BatchPartner.String, Agreed: r.BatchAgreed.Time}
}

const (
	oneAnnouncement = `SELECT ` + announcementColumns + fromAnnouncement + `WHERE a.id = $1 AND a.state <> 'deleted'`
	// Whoever only refers to an announcement does not wait for whoever works on it.
	lockAnnouncement = oneAnnouncement + ` FOR NO KEY UPDATE OF a`
)

// Announcement reads one in any state but Deleted, with its files; else ErrNotFound.
func (t *Tx) Announcement(ctx context.Context, id int64) (announcement.Announcement, error) {
	return t.announcement(ctx, oneAnnouncement, id)
}

// LockAnnouncement is Announcement, locked until the end of the transaction.
func (t *Tx) LockAnnouncement(ctx context.Context, id int64) (announcement.Announcement, error) {
	return t.announcement(ctx, lockAnnouncement, id)
}

func (t *Tx) announcement(ctx context.Context, query string, id int64) (announcement.Announcement, error) {
	var r announcementRow
	if err := t.one(ctx, &r, query, id); err != nil {
		return announcement.Announcement{}, err
	}
	a, err := r.announcement()
	if err != nil {
		return a, err
	}
	files, err := t.announcementFiles(ctx, []int64{id})
	a.Files = files[id]
	return a, err
}

const announcementFiles = `SELECT announcement_id, media, file_id, name FROM announcement_file WHERE announcement_id = ANY($1) ORDER BY announcement_id, n`

// announcementFiles are the further files of announcements, in their order.
func (t *Tx) announcementFiles(ctx context.Context, ids []int64) (map[int64][]announcement.File, error) {
	var rows []struct {
		Of     int64  `db:"announcement_id"`
		Media  string `db:"media"`
		FileID string `db:"file_id"`
		Name   string `db:"name"`
	}
	if err := t.tx.SelectContext(ctx, &rows, announcementFiles, pq.Array(ids)); err != nil {
		return nil, safe("read files of announcements", err)
	}
	out := map[int64][]announcement.File{}
	for _, r := range rows {
		out[r.Of] = append(out[r.Of], announcement.File{Media: r.Media, FileID: r.FileID, Name: r.Name})
	}
	return out, nil
}

// contentArgs are the parameters of what a draft holds, from $4 on in both statements.
func contentArgs(a announcement.Announcement) ([]any, error) {
	entities, err := json.Marshal(append([]announcement.Entity{}, a.Entities...))
	if err != nil {
		return nil, fmt.Errorf("encode entities: %w", err)
	}
	audience, err := json.Marshal(a.Audience)
	if err != nil {
		return nil, fmt.Errorf("encode audience: %w", err)
	}
	kind := a.Kind
	if kind == "" {
		kind = announcement.Ordinary
	}
	return []any{kind, nullTime(a.EventAt), a.Body, string(entities), some(a.File.Media), some(a.File.FileID), some(a.File.Name), a.Ack,
		some(a.LinkLabel), some(a.LinkURL), string(audience), nullTime(a.SendAt), nullTime(a.Expires), nullID(a.Batch.ID)}, nil
}

const (
	addAnnouncement = `
		INSERT INTO announcement (author_id, created_at, changed_at, revision, kind, event_at, body, entities, media, file_id, file_name, ack,
		       link_label, link_url, audience, send_at, expires_at, batch_id)
		VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id`
	putAnnouncement = `
		UPDATE announcement SET changed_at = $2, revision = revision + 1, kind = $5, event_at = $6, body = $7, entities = $8, media = $9, file_id = $10,
		       file_name = $11, ack = $12, link_label = $13, link_url = $14, audience = $15, send_at = $16, expires_at = $17, batch_id = $18
		WHERE id = $1 AND revision = $3 AND author_id = $4 AND state = 'draft' RETURNING id`
	dropAnnouncementFiles = `DELETE FROM announcement_file WHERE announcement_id = $1`
	putAnnouncementFile   = `INSERT INTO announcement_file (announcement_id, n, media, file_id, name) VALUES ($1, $2, $3, $4, $5)`
)

// AddAnnouncement makes a draft of its author and returns its number.
func (t *Tx) AddAnnouncement(ctx context.Context, a announcement.Announcement, now time.Time) (id int64, err error) {
	content, err := contentArgs(a)
	if err != nil {
		return 0, err
	}
	if err := t.tx.GetContext(ctx, &id, addAnnouncement, append([]any{a.Author, now, 1}, content...)...); err != nil {
		return 0, safe("add announcement", err)
	}
	return id, t.putFiles(ctx, id, a.Files)
}

// PutAnnouncement stores the content of a draft, whose revision rises by one. Another
// revision, another author or another state gives ErrNotFound.
func (t *Tx) PutAnnouncement(ctx context.Context, a announcement.Announcement, now time.Time) error {
	content, err := contentArgs(a)
	if err != nil {
		return err
	}
	var id int64
	if err := t.one(ctx, &id, putAnnouncement, append([]any{a.ID, now, a.Revision, a.Author}, content...)...); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, dropAnnouncementFiles, a.ID); err != nil {
		return safe("store files of an announcement", err)
	}
	return t.putFiles(ctx, a.ID, a.Files)
}

func (t *Tx) putFiles(ctx context.Context, id int64, files []announcement.File) error {
	for n, f := range files {
		if _, err := t.tx.ExecContext(ctx, putAnnouncementFile, id, n+1, f.Media, f.FileID, f.Name); err != nil {
			return safe("store files of an announcement", err)
		}
	}
	return nil
}

const dropNIPs = `DELETE FROM announcement_nips WHERE announcement_id = $1`

const discardAnnouncement = `
	UPDATE announcement SET state = 'deleted', body = '', entities = '[]', media = NULL, file_id = NULL, file_name = NULL, audience = '{}', batch_id = NULL, changed_at = $3
	WHERE id = $1 AND author_id = $2 AND state = 'draft' RETURNING id`

// DiscardAnnouncement throws a draft of the author away; nothing of its content stays, and
// a file of NIPs that waits for it is not read any more.
func (t *Tx) DiscardAnnouncement(ctx context.Context, id, author int64, now time.Time) error {
	if err := t.one(ctx, &id, discardAnnouncement, id, author, now); err != nil {
		return err
	}
	for _, drop := range []string{dropAnnouncementFiles, dropNIPs} {
		if _, err := t.tx.ExecContext(ctx, drop, id); err != nil {
			return safe("drop files of an announcement", err)
		}
	}
	return nil
}

// CopyAnnouncement makes a new draft of the author from one that was approved, or an own
// one: its text, files, audience, switches and batch if that is not over, without times.
func (t *Tx) CopyAnnouncement(ctx context.Context, id, author int64, now time.Time) (int64, error) {
	a, err := t.Announcement(ctx, id)
	if err != nil {
		return 0, err
	}
	if a.ApprovedAt.IsZero() && a.Author != author {
		return 0, ErrNotFound
	}
	batch := a.Batch
	if batch.Over {
		batch = announcement.Carried{}
	}
	return t.AddAnnouncement(ctx, announcement.Announcement{Author: author, Batch: batch, Body: a.Body, Entities: a.Entities, File: a.File, Files: a.Files,
		Ack: a.Ack, LinkLabel: a.LinkLabel, LinkURL: a.LinkURL, Audience: a.Audience}, now)
}

// What nobody has been asked for yet is seen by its author only.
const (
	filteredAnnouncements = fromAnnouncement + `
		WHERE a.state = ANY($1) AND (a.state <> 'draft' OR a.author_id = $2) AND ($3 = 0 OR a.author_id = $3)`
	listAnnouncements  = `SELECT ` + announcementColumns + filteredAnnouncements + ` ORDER BY a.changed_at DESC, a.id DESC OFFSET $4 LIMIT $5`
	countAnnouncements = `SELECT count(*)` + filteredAnnouncements
)

// Announcements lists those that a filter chooses, changed last first, behind the first
// skip of them, and tells how many there are.
func (t *Tx) Announcements(ctx context.Context, f announcement.Filter, skip, limit int) ([]announcement.Announcement, int, error) {
	states := f.States
	if len(states) == 0 {
		states = announcement.Living()
	}
	author := f.Author
	if f.Anybody {
		author = 0
	}
	var total int
	if err := t.tx.GetContext(ctx, &total, countAnnouncements, pq.Array(states), f.Author, author); err != nil {
		return nil, 0, safe("count announcements", err)
	}
	list, err := t.announcements(ctx, listAnnouncements, pq.Array(states), f.Author, author, skip, limit)
	return list, total, err
}

func (t *Tx) announcements(ctx context.Context, query string, args ...any) ([]announcement.Announcement, error) {
	var rows []announcementRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list announcements", err)
	}
	out, ids := make([]announcement.Announcement, len(rows)), make([]int64, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.announcement(); err != nil {
			return nil, err
		}
		ids[i] = r.ID
	}
	files, err := t.announcementFiles(ctx, ids)
	for i := range out {
		out[i].Files = files[out[i].ID]
	}
	return out, err
}
