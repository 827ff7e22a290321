package storage

import (
	"context"
	"encoding/json"
)

// Why a message did not go is told as it is stored: it is the person's own data, and
// nobody else sees it by name. Of other people nothing is told: an officer reads when
// something was noted, not about whom.
const copyAnnouncements = `
	SELECT json_strip_nulls(json_build_object(
		'diterima', (SELECT json_agg(json_build_object('isi', left(a.body, 200), 'keadaan', r.state, 'alasan', r.reason, 'terkirim', r.sent_at,
				'dibaca', r.read_at, 'diingatkan', r.reminded_at, 'disampaikan_langsung', r.told_at) ORDER BY a.id)
			FROM announcement_recipient r JOIN announcement a ON a.id = r.announcement_id
			WHERE r.employee_id = c.employee_id AND a.started_at IS NOT NULL),
		'pertanyaan', (SELECT json_agg(json_build_object('isi', q.body, 'waktu', q.asked_at, 'jawaban', q.answer, 'dijawab', q.answered_at,
				'diterbitkan', q.published) ORDER BY q.id)
			FROM announcement_question q WHERE q.employee_id = c.employee_id),
		'disusun', (SELECT json_agg(json_build_object('isi', a.body, 'keadaan', a.state, 'waktu', a.created_at) ORDER BY a.id)
			FROM announcement a WHERE a.author_id = c.employee_id),
		'disetujui', (SELECT json_agg(json_build_object('waktu', a.approved_at) ORDER BY a.id)
			FROM announcement a WHERE a.approved_by = c.employee_id),
		'dijawab', (SELECT json_agg(json_build_object('jawaban', q.answer, 'waktu', q.answered_at) ORDER BY q.id)
			FROM announcement_question q WHERE q.answered_by = c.employee_id),
		'dicatat_disampaikan', (SELECT json_agg(json_build_object('waktu', x.told_at, 'pegawai', x.n) ORDER BY x.told_at)
			FROM (SELECT told_at, count(*) AS n FROM announcement_recipient WHERE told_by = c.employee_id GROUP BY told_at) x)))
	FROM chat c WHERE c.id = $1 AND c.employee_id IS NOT NULL`

// CopyAnnouncements returns what is stored of announcements about the person to whom a
// chat belongs: those received, with what became of each, own questions, and what was
// done as a member of an office; nil when there is nothing.
func (t *Tx) CopyAnnouncements(ctx context.Context, chatID int64) (json.RawMessage, error) {
	var raw []byte
	if err := t.one(ctx, &raw, copyAnnouncements, chatID); err != nil {
		return nil, err
	}
	if string(raw) == "{}" {
		return nil, nil
	}
	return raw, nil
}
