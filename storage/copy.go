package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
)

// detailInWords is the detail of an audit row a; of people's numbers their names.
const detailInWords = `CASE WHEN a.detail ~ '^old [0-9]+, new [0-9]+' THEN (
		SELECT concat(COALESCE(max(x.name) FILTER (WHERE x.id = n.old), '-'), ' → ', COALESCE(max(x.name) FILTER (WHERE x.id = n.new), '-'))
		FROM (SELECT substring(a.detail from 'old ([0-9]+)')::bigint AS old, substring(a.detail from 'new ([0-9]+)')::bigint AS new) n
		LEFT JOIN employee x ON x.id IN (n.old, n.new)) ELSE a.detail END`

// Of what other people did, the copy tells that it was done, but not by whom:
// that is their own data. Drafts of other forms are about other people and are
// left out. A rating belongs to the person it is about, once both sides were
// sent.
var copyOf = `
	SELECT json_build_object(
		'nip', e.nip, 'nama', e.name, 'jenis_kelamin', CASE e.sex WHEN 1 THEN 'laki-laki' ELSE 'perempuan' END, 'nomor_hp', COALESCE(e.phone, ''),
		'jabatan', e.position_title, 'kelas_jabatan', COALESCE(k.name, ''), 'unit_kerja', u.name,
		'tercatat_sejak', e.added_at, 'atasan_langsung', COALESCE(s.name, ''), 'mandiri_saja', e.self_only,
		'nomor_akun_telegram', c.id, 'akun_terhubung_sejak', c.linked_at, 'percobaan_salah', greatest(c.wrong_tries, (SELECT count(*) FROM failed_proof f WHERE f.chat_id = c.id)),
		'persetujuan', (SELECT json_agg(json_build_object('versi', notice_version, 'waktu', accepted_at, 'nomor_akun', chat_id) ORDER BY id)
			FROM consent WHERE employee_id = e.id),
		'hak', (SELECT json_agg(json_build_object('hak', g.role, 'unit', COALESCE(gu.name, ''), 'sejak', g.granted_at,
				'berakhir', g.revoked_at) ORDER BY g.id)
			FROM role_grant g LEFT JOIN unit gu ON gu.id = g.unit_id WHERE g.employee_id = e.id),
		'plt_plh', (SELECT json_agg(json_build_object('pejabat', o.name, 'pelaksana', a.name, 'mulai', d.starts_on, 'selesai', d.ends_on,
				'surat', d.letter, 'penilaian_beralih', d.rates, 'diperiksa', d.checked_at, 'diakhiri', d.ended_at) ORDER BY d.id)
			FROM delegation d JOIN employee o ON o.id = d.for_id JOIN employee a ON a.id = d.acting_id WHERE e.id IN (d.for_id, d.acting_id)),
		'tidak_bertugas', (SELECT json_agg(json_build_object('mulai', starts_on, 'selesai', ends_on, 'jenis', kind) ORDER BY starts_on)
			FROM absence WHERE employee_id = e.id),
		'kode', (SELECT json_agg(json_build_object('dibuat', created_at, 'berlaku_sampai', expires_at, 'dipakai', used_at,
				'ditutup', closed_at) ORDER BY id) FROM link_code WHERE employee_id = e.id),
		'pemindahan_akun', (SELECT json_agg(json_build_object('diminta', created_at, 'diputuskan', decided_at, 'diterima', accepted) ORDER BY id)
			FROM takeover WHERE employee_id = e.id),
		'pelepasan_diminta', (SELECT json_agg(json_build_object('diminta', asked_at, 'ditolak', objected_at, 'selesai', closed_at) ORDER BY id)
			FROM unlink_request WHERE employee_id = e.id),
		'tugas', (SELECT json_agg(json_build_object('periode', p.name, 'jenis', t.kind, 'keadaan', t.state, 'dibuka', t.opens_at,
				'batas', t.due_at, 'dimulai', t.started_at, 'selesai', t.done_at) ORDER BY t.id)
			FROM task t JOIN ` + occasions + ` p ON p.id = t.occasion_id WHERE t.employee_id = e.id),
		'jawaban_terkirim', (SELECT json_agg(json_build_object('periode', p.name, 'kuesioner', r.questionnaire_code,
				'versi', r.questionnaire_version, 'pengiriman_ke', r.revision, 'waktu', r.sent_at, 'dari_kertas', r.paper_by IS NOT NULL,
				'jawaban', (SELECT json_object_agg(item_code, value) FROM answer WHERE response_id = r.id)) ORDER BY r.id)
			FROM (SELECT t.occasion_id AS of, r.id, r.questionnaire_code, r.questionnaire_version, r.revision, r.sent_at, r.paper_by
			      FROM response r JOIN task t ON t.id = r.task_id WHERE t.employee_id = e.id AND t.subject_id = e.id
			      UNION ALL SELECT r.occasion_id, r.id, r.questionnaire_code, r.questionnaire_version, r.revision, r.sent_at, r.paper_by
			      FROM response r WHERE r.employee_id = e.id AND r.task_id IS NULL) r JOIN ` + occasions + ` p ON p.id = r.of),
		'penilaian_atasan', (SELECT json_agg(json_build_object('periode', p.name, 'kuesioner', r.questionnaire_code,
				'versi', r.questionnaire_version, 'pengiriman_ke', r.revision, 'waktu', r.sent_at,
				'jawaban', (SELECT json_object_agg(item_code, value) FROM answer WHERE response_id = r.id)) ORDER BY r.id)
			FROM response r JOIN task t ON t.id = r.task_id JOIN period p ON p.id = t.occasion_id
			JOIN task s ON s.occasion_id = t.occasion_id AND ` + isSelf("s") + ` AND s.employee_id = e.id
			WHERE t.subject_id = e.id AND ` + isRating("t") + ` AND ` + bothSent + `),
		'hasil_dialog', (SELECT json_agg(json_build_object('periode', p.name, 'kompetensi', k.item_code, 'disepakati', k.agreed,
				'alasan', k.reason, 'tindak_lanjut', k.action, 'waktu', k.at) ORDER BY k.at, k.item_code, k.n)
			FROM talk k JOIN task t ON t.id = k.task_id JOIN period p ON p.id = t.occasion_id WHERE t.subject_id = e.id),
		'isian_belum_terkirim', (SELECT json_agg(json_build_object('periode', p.name, 'kuesioner', t.questionnaire_code, 'versi', t.questionnaire_version,
				'disimpan', d.touched_at, 'isi', d.body -> 'state') ORDER BY d.ref)
			FROM draft d JOIN task t ON t.id = d.ref JOIN ` + occasions + ` p ON p.id = t.occasion_id
			WHERE d.chat_id = c.id AND d.form = ANY($2) AND t.employee_id = e.id),
		'permintaan', (SELECT json_agg(json_build_object('jenis', kind, 'isi', body, 'waktu', created_at, 'ditangani', handled_at, 'jawaban', NULLIF(answer, '')) ORDER BY id)
			FROM ticket WHERE employee_id = e.id),
		'berkas_impor', (SELECT json_agg(json_build_object('jenis', kind, 'ukuran', size, 'keadaan', state, 'waktu', created_at) ORDER BY id)
			FROM upload WHERE employee_id = e.id),
		'pesan', (SELECT json_agg(json_build_object('jenis', template, 'waktu', created_at, 'terkirim', sent_at, 'keadaan', state) ORDER BY id)
			FROM outbox WHERE chat_id = c.id),
		'catatan_kejadian', (SELECT json_agg(json_build_object('waktu', a.at, 'kejadian', a.action, 'keterangan', ` + detailInWords + `,
				'oleh', CASE WHEN a.actor = e.id THEN 'sendiri' WHEN a.actor IS NULL THEN 'program'
				        WHEN a.action IN ('` + personnel.ComparedBySuperior + `', '` + personnel.PlanSeenBySuperior + `') THEN 'atasan' ELSE 'petugas' END) ORDER BY a.id)
			FROM audit a WHERE a.employee_id = e.id),
		'tindakan_sendiri', (SELECT json_agg(json_build_object('waktu', at, 'kejadian', action) ORDER BY id)
			FROM audit WHERE actor = e.id AND employee_id IS DISTINCT FROM e.id)
	)
	FROM chat c JOIN employee e ON e.id = c.employee_id JOIN unit u ON u.id = e.unit_id
	LEFT JOIN position_class k ON k.code = e.class_code LEFT JOIN employee s ON s.id = e.supervisor_id
	WHERE c.id = $1 AND e.active`

// Copy returns what is stored about the person to whom a chat belongs, or
// ErrNotFound when it belongs to nobody. ofTask are the forms whose drafts have a task
// as their ref. What is known of reminders is told by CopyReminders.
func (t *Tx) Copy(ctx context.Context, chatID int64, ofTask []string) (c personnel.Copy, err error) {
	var raw []byte
	if err := t.one(ctx, &raw, copyOf, chatID, pq.Array(ofTask)); err != nil {
		return c, err
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, fmt.Errorf("decode copy: %w", err)
	}
	return c, nil
}

// CopyReminders returns the choices and the ledger of reminders of the person to
// whom a chat belongs; nil when there is nothing.
func (t *Tx) CopyReminders(ctx context.Context, chatID int64) (json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	for part, of := range map[string][2]string{"pilihan": {"attention", copyAttention}, "menunda": {"snooze", copySnooze}, "pesan_otomatis": {"notice", copyNotifications}} {
		one, err := t.copyMore(ctx, of[0], of[1], chatID)
		if err != nil {
			return nil, err
		}
		if one != nil {
			all[part] = one
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	return json.Marshal(all)
}

const (
	tableExists   = `SELECT to_regclass('public.' || $1) IS NOT NULL`
	copyAttention = `SELECT json_agg(json_build_object('jam', CASE WHEN x.hour > 0 THEN to_char(make_time(x.hour / 60, x.hour % 60, 0), 'HH24.MI') END,
		'hening_sampai', CASE WHEN isfinite(x.muted_until) AND x.muted_until < '9000-01-01' THEN x.muted_until END,
		'hening_tanpa_batas', COALESCE(x.muted_until >= '9000-01-01', false), 'tanpa_pengumuman', x.mute_all, 'diubah', x.changed_at)) FROM attention x JOIN chat c ON c.employee_id = x.employee_id WHERE c.id = $1`
	copySnooze = `SELECT json_agg(json_build_object('tugas', p.name, 'waktu', x.at, 'diingatkan', x.until, 'menunda_pengingat', x.counted) ORDER BY x.at)
		FROM snooze x JOIN task t ON t.id = x.task_id JOIN ` + occasions + ` p ON p.id = t.occasion_id JOIN chat c ON c.employee_id = x.employee_id WHERE c.id = $1`
	copyNotifications = `SELECT json_agg(json_build_object('jenis', x.kind, 'waktu', x.decided_at, 'keputusan', x.action, 'alasan', x.reason)
		ORDER BY x.id) FROM notice x JOIN chat c ON c.employee_id = x.employee_id WHERE c.id = $1`
)

// copyMore reads what a table of reminders holds about the person, nil if there
// is no such table or nothing in it.
func (t *Tx) copyMore(ctx context.Context, table, query string, chatID int64) (raw json.RawMessage, err error) {
	var there bool
	if err := t.tx.GetContext(ctx, &there, tableExists, table); err != nil || !there {
		return nil, safe("copy reminders", err)
	}
	var text []byte
	err = t.tx.GetContext(ctx, &text, query, chatID)
	return text, safe("copy reminders", err)
}
