package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"bangkom/internal/personnel"
)

// What is unsent in a draft is not copied: it is on show in the chat itself. A
// rating belongs to whom it is about, once both sides were sent.
const copyOf = `
	SELECT json_build_object(
		'nip', '••••' || right(e.nip, 4), 'nama', e.name, 'jabatan', e.position_title,
		'kelas_jabatan', COALESCE(k.name, ''), 'unit_kerja', u.name, 'atasan_langsung', COALESCE(s.name, ''),
		'nomor_hp_tercatat', e.phone IS NOT NULL, 'akun_terhubung_sejak', c.linked_at,
		'persetujuan', (SELECT json_agg(json_build_object('versi', notice_version, 'waktu', accepted_at) ORDER BY id)
			FROM consent WHERE employee_id = e.id),
		'peran', (SELECT json_agg(role ORDER BY role) FROM role_grant WHERE employee_id = e.id AND revoked_at IS NULL),
		'tugas', (SELECT json_agg(json_build_object('jenis', kind, 'keadaan', state, 'batas', due_at) ORDER BY id)
			FROM task WHERE employee_id = e.id),
		'jawaban_terkirim', (SELECT json_agg(json_build_object('periode', p.name, 'kuesioner', r.questionnaire_code,
				'versi', r.questionnaire_version, 'pengiriman_ke', r.revision, 'waktu', r.sent_at,
				'jawaban', (SELECT json_object_agg(item_code, value) FROM answer WHERE response_id = r.id)) ORDER BY r.id)
			FROM response r JOIN task t ON t.id = r.task_id JOIN period p ON p.id = t.period_id
			WHERE t.employee_id = e.id AND t.subject_id = e.id),
		'penilaian_atasan', (SELECT json_agg(json_build_object('periode', p.name, 'kuesioner', r.questionnaire_code,
				'versi', r.questionnaire_version, 'pengiriman_ke', r.revision, 'waktu', r.sent_at,
				'jawaban', (SELECT json_object_agg(item_code, value) FROM answer WHERE response_id = r.id)) ORDER BY r.id)
			FROM response r JOIN task t ON t.id = r.task_id JOIN period p ON p.id = t.period_id
			JOIN task s ON s.period_id = t.period_id AND s.kind = 'self_assessment' AND s.employee_id = e.id
			WHERE t.subject_id = e.id AND t.kind = 'rating' AND ` + bothSent + `),
		'hasil_dialog', (SELECT json_agg(json_build_object('periode', p.name, 'kompetensi', k.item_code, 'disepakati', k.agreed,
				'alasan', k.reason, 'tindak_lanjut', k.action, 'waktu', k.at) ORDER BY k.at, k.item_code, k.n)
			FROM talk k JOIN task t ON t.id = k.task_id JOIN period p ON p.id = t.period_id WHERE t.subject_id = e.id),
		'permintaan', (SELECT json_agg(json_build_object('jenis', kind, 'isi', body, 'waktu', created_at) ORDER BY id)
			FROM ticket WHERE employee_id = e.id),
		'catatan_kejadian', (SELECT json_agg(json_build_object('waktu', at, 'kejadian', action) ORDER BY id)
			FROM audit WHERE employee_id = e.id)
	)
	FROM chat c JOIN employee e ON e.id = c.employee_id JOIN unit u ON u.id = e.unit_id
	LEFT JOIN position_class k ON k.code = e.class_code LEFT JOIN employee s ON s.id = e.supervisor_id
	WHERE c.id = $1 AND e.active`

// Copy returns what is stored about the person to whom a chat belongs, or
// ErrNotFound when it belongs to nobody.
func (t *Tx) Copy(ctx context.Context, chatID int64) (c personnel.Copy, err error) {
	var raw []byte
	if err := t.one(ctx, &raw, copyOf, chatID); err != nil {
		return c, err
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, fmt.Errorf("decode copy: %w", err)
	}
	return c, nil
}
