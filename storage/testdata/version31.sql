-- What the rooms of announcements, trainings and evaluations, and the office beside them,
-- leave in an agency with schema version 31; above the data of version12.sql, which went
-- through the migrations in between. Written for that schema; it never changes.
INSERT INTO competency (code, name, kind, definition) VALUES ('M.OLD', 'Kompetensi Lama', 'managerial', '-');
INSERT INTO standard (class_code, competency_code, level, source) VALUES ('LAMA', 'M.OLD', 2, 'uji');
INSERT INTO position_title (key, title, class_code) VALUES ('pegawai lama', 'Pegawai Lama', 'LAMA');
INSERT INTO questionnaire (code, version, kind, body, hash)
VALUES ('lama-evaluasi', 1, 'training_evaluation', '{"title": "Lama", "minutes": 1, "items": []}', 'e');
INSERT INTO unit (code, name, parent_id) SELECT 'U' || i, 'Unit ' || i, 1 FROM generate_series(1, 5) i;
UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'U' || (1 + employee.id % 5)), grade = 'Penata / III.c', added_at = '2026-12-01', added_by = 1;
INSERT INTO role_grant (employee_id, role, unit_id, granted_at) VALUES (1, 'hr', NULL, '2026-01-01'), (2, 'officer', 1, '2026-01-01'), (3, 'head', NULL, '2026-01-01');
INSERT INTO absence (employee_id, starts_on, ends_on, kind) SELECT id, '2027-01-04', '2027-01-08', 'leave' FROM employee WHERE id % 11 = 0;
INSERT INTO consent (employee_id, chat_id, notice_version, accepted_at) SELECT id, 5000 + id, '1', '2026-01-01' FROM employee WHERE id % 2 = 0;
INSERT INTO link_code (hash, employee_id, created_at, expires_at) SELECT decode(md5(id::text), 'hex'), id, '2026-12-01', '2026-12-22' FROM employee WHERE id % 9 = 0;
INSERT INTO takeover (employee_id, chat_id, notice_version, created_at, expires_at) VALUES (4, 9004, '1', '2027-01-04', '2027-01-05');
INSERT INTO unlink_request (employee_id, asked_by, asked_at) VALUES (5, 2, '2027-01-04');
INSERT INTO lockout (chat_id, tries, since, expires_at) VALUES (9005, 5, '2027-01-04', '2027-01-05');
INSERT INTO failed_proof (chat_id, serial, at) VALUES (9005, 1, '2027-01-04');
INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, created_at) SELECT id, id + 1, '2027-01-04', '2027-01-31', '800/1', '2027-01-02' FROM employee WHERE id % 50 = 1;
INSERT INTO superior_change (employee_id, old_id, new_id, asked_by, asked_at, expires_at) VALUES (40, 3, 7, 1, '2027-01-04', '2027-01-18');
INSERT INTO ticket (employee_id, kind, body, created_at, chat_id) SELECT id, 'correction', 'Nama keliru', '2027-01-05', 5000 + id FROM employee WHERE id % 60 = 0;
INSERT INTO upload (chat_id, employee_id, kind, file_id, size, state, result, created_at, changed_at) VALUES (5001, 1, 'employees', 'f', 100, 'applied', '{}', '2026-12-01', '2026-12-01');
INSERT INTO attention (employee_id, hour, changed_at) SELECT id, 9, '2027-01-05' FROM employee WHERE id % 13 = 0;
INSERT INTO silence (employee_id, kind, at) SELECT id, 'mute', '2027-01-05' FROM employee WHERE id % 17 = 0;
INSERT INTO summary_wish (employee_id, weekday, minute, changed_at) SELECT id, 2, 480, '2027-01-05' FROM employee WHERE id <= 15;
INSERT INTO summary_card (employee_id, message_id, picture, pressed_at) SELECT id, 90 + id, true, '2027-01-05' FROM employee WHERE id <= 15;
INSERT INTO unit_pause (unit_id, paused_at, people, muted, blocked) VALUES (2, '2027-01-05', 60, 20, 10);
INSERT INTO unit_week (unit_id, days, from_min, to_min) VALUES (3, 63, 450, 840);
INSERT INTO holiday (on_date, name, kind) VALUES ('2031-01-01', 'Tahun Baru', 'national');
INSERT INTO ramadan (name, starts_on, ends_on) VALUES ('Lama', '2031-01-06', '2031-02-04');
INSERT INTO gap (since, until) VALUES ('2027-01-04 10:00', '2027-01-04 12:00');
INSERT INTO job_run (job, scheduled_for, claimed_at, finished_at, done) SELECT 'reminders', '2027-01-04'::timestamptz + i * interval '1 hour', '2027-01-05', '2027-01-05', i FROM generate_series(0, 30) i;
INSERT INTO job_failure (job, scheduled_for, failed_at, cause) VALUES ('seats', '2027-01-04', '2027-01-04', 'uji');
INSERT INTO bot_state (name, text) VALUES ('lama', 'x');
INSERT INTO lease (name, holder, term, until) VALUES ('lama', 'a', 3, '2027-01-04');
INSERT INTO replica (holder, seen_at) VALUES ('a', '2027-01-04');

-- Announcements: one in each state, with everything that hangs on them.
INSERT INTO announcement (author_id, state, body, audience, version, frozen, started_at, ended_at, created_at, changed_at, ack)
SELECT 1, state, 'Pengumuman ' || n, '{}', 1, 300, '2027-01-05', CASE WHEN state = 'done' THEN '2027-01-06'::timestamptz END, '2027-01-04', '2027-01-06', n % 2 = 0
FROM unnest(ARRAY['draft', 'asked', 'approved', 'sending', 'paused', 'done', 'cancelled']) WITH ORDINALITY AS s (state, n);
INSERT INTO announcement_version (announcement_id, version, kind, body, entities, by_id, at) SELECT id, 1, 'first', body, '[]', 1, '2027-01-05' FROM announcement;
INSERT INTO announcement_file (announcement_id, n, media, file_id, name) SELECT id, 1, 'document', 'f', 'surat.pdf' FROM announcement;
INSERT INTO announcement_nips (announcement_id, chat_id, file_id, asked_at, next_at) SELECT id, 5001, 'f', '2027-01-05', '2027-01-05' FROM announcement WHERE state = 'draft';
INSERT INTO announcement_recipient (announcement_id, employee_id, state, chat_id, message_id, sent_at, sent_version, version, read_at, read_version)
SELECT a.id, e.id, (ARRAY['sent', 'sent', 'unknown', 'failed', 'unlinked'])[1 + e.id % 5], 5000 + e.id, e.id, '2027-01-05', 1, 1, CASE WHEN e.id % 10 = 0 THEN '2027-01-06'::timestamptz END, CASE WHEN e.id % 10 = 0 THEN 1 END
FROM announcement a CROSS JOIN employee e WHERE a.state IN ('sending', 'paused', 'done', 'cancelled');
INSERT INTO announcement_question (announcement_id, employee_id, body, asked_at, answer, answered_by, answered_at)
SELECT announcement_id, employee_id, 'Kapan?', '2027-01-06', 'Besok.', 1, '2027-01-06' FROM announcement_recipient WHERE employee_id % 70 = 0;

-- Trainings: 60 batches of 12 programmes, in every state.
INSERT INTO partner (code, name, kind, agreement, agreed_from, agreed_until) SELECT 'M' || i, 'Mitra ' || i, 'university', 'PKS ' || i, '2026-01-01', '2028-12-31' FROM generate_series(1, 3) i;
INSERT INTO programme (code, title, aim, ability, form, jp, partner_id, way) SELECT 'P' || i, 'Program ' || i, '-', 'mengolah data', 'Bimbingan teknis', 8, nullif(i % 4, 0), 'order' FROM generate_series(1, 12) i;
INSERT INTO programme_competency (programme_id, competency_code, level) SELECT id, 'M.OLD', 2 FROM programme;
CREATE TEMP TABLE made AS SELECT nextval(pg_get_serial_sequence('occasion', 'id')) AS id, i FROM generate_series(1, 60) i;
INSERT INTO occasion (id, kind) OVERRIDING SYSTEM VALUE SELECT id, 'batch' FROM made;
INSERT INTO batch (id, programme_id, number, name, letter, seats, opens_at, closes_at, permission_until, funding, journey, state, starts_at, ends_at, changed_at, changed_by)
SELECT id, 1 + i % 12, i, 'Program ' || (1 + i % 12) || ', angkatan ' || i, '800/' || i, 30, s.at - interval '20 days', s.at - interval '5 days', s.at - interval '3 days', 'free', 'none',
       CASE WHEN i % 15 = 0 THEN 'cancelled' WHEN s.at < '2027-01-11' THEN 'done' ELSE (ARRAY['planned', 'open', 'closed'])[1 + i % 3] END, s.at, s.at + interval '7 hours', '2027-01-05', 1
FROM made CROSS JOIN LATERAL (SELECT '2026-11-01'::timestamptz + i * interval '2 days' AS at) s;
INSERT INTO batch_quota (batch_id, unit_id, seats) SELECT id, 2, 10 FROM batch WHERE id % 4 = 0;
INSERT INTO training_session (batch_id, n, starts_at, ends_at, place, guests, sheet_file) SELECT id, 1, starts_at, ends_at, 'Aula', id % 3, CASE WHEN state = 'done' THEN 'photo f' END FROM batch;
INSERT INTO session_trainer (session_id, n, name) SELECT id, 1, 'Dr. Hasan' FROM training_session;
INSERT INTO committee (batch_id, employee_id, named_by, named_at) SELECT id, 1 + id % 300, 1, '2027-01-05' FROM batch;
INSERT INTO enrolment (batch_id, employee_id, way, state, place, applied_at, changed_at, permission, nomination, nomination_date, nominated_by, assignment, assignment_date)
SELECT b.id, e.id, (ARRAY['nominated', 'registered', 'walk_in'])[1 + (e.id + b.id) % 3], (ARRAY['applied', 'waiting', 'offered', 'seated', 'seated', 'seated', 'withdrawn', 'lapsed', 'refused'])[1 + (e.id * 7 + b.id) % 9],
       e.id, '2026-12-01', '2026-12-02', (ARRAY['none', 'asked', 'given', 'letter'])[1 + (e.id + b.id) % 4], '800/77', '2026-11-30', 2, CASE WHEN e.id % 2 = 0 THEN '800/90' ELSE '' END, CASE WHEN e.id % 2 = 0 THEN '2026-12-02'::date END
FROM batch b JOIN employee e ON (e.id * 13 + b.id * 5) % 15 = 0;
INSERT INTO attendance (session_id, employee_id, present, way, by_id, at)
SELECT s.id, n.employee_id, n.employee_id % 5 <> 0, 'committee', 1, s.ends_at FROM training_session s JOIN batch b ON b.id = s.batch_id AND b.state = 'done' JOIN enrolment n ON n.batch_id = b.id AND n.state = 'seated';

-- Evaluations: open with sealed answers, and closed with what is shown.
INSERT INTO evaluation (batch_id, programme_id, ability, trainers, opened_at, closes_at, state, closed_at, asked, answered)
SELECT b.id, b.programme_id, 'mengolah data', '{Dr. Hasan}', b.ends_at, b.ends_at + interval '8 days', s.state, CASE WHEN s.state <> 'open' THEN b.ends_at + interval '8 days' END,
       CASE WHEN s.state <> 'open' THEN 9 END, CASE WHEN s.state = 'published' THEN 7 END
FROM batch b CROSS JOIN LATERAL (SELECT (ARRAY['open', 'published', 'published', 'pooled', 'destroyed'])[1 + b.id % 5] AS state) s WHERE b.state = 'done';
INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state)
SELECT a.employee_id, 'training_evaluation', a.employee_id, v.batch_id, 'lama-evaluasi', 1, v.opened_at, v.closes_at, CASE WHEN v.state = 'open' THEN 'done' ELSE 'expired' END
FROM evaluation v JOIN training_session s ON s.batch_id = v.batch_id JOIN attendance a ON a.session_id = s.id AND a.present;
INSERT INTO held_answer (task_id, occasion_id, sealed) SELECT t.id, t.occasion_id, decode(md5(t.id::text), 'hex') FROM task t JOIN evaluation v ON v.batch_id = t.occasion_id AND v.state IN ('open', 'pooled') WHERE t.kind = 'training_evaluation';
INSERT INTO atom (programme_id, batch_id, persons, at) SELECT programme_id, batch_id, 7, closed_at FROM evaluation WHERE state = 'published' ORDER BY batch_id;
UPDATE evaluation v SET atom_id = a.id FROM atom a WHERE a.batch_id = v.batch_id;
INSERT INTO tally (atom_id, item, value, n) SELECT id, 'R1', '3', 7 FROM atom;
INSERT INTO shown (atom_id, cell, n, text) SELECT id, c.cell, 7, c.text FROM atom CROSS JOIN (VALUES ('R1|mean', '3,0'), ('K|alone_before', 'kurang dari sepertiga'), ('K|alone_now', 'dua pertiga atau lebih')) AS c (cell, text);
INSERT INTO remark (atom_id, n, text) SELECT id, 1, 'Ruang panas.' FROM atom;
INSERT INTO remark_reading (atom_id, n, text, by_id, at) SELECT id, 1, 'Ruang panas.', 1, '2027-01-05' FROM atom WHERE id % 2 = 0;
INSERT INTO report_back (batch_id, promised_on, body, given_by, given_at)
SELECT batch_id, at::date + 13, CASE WHEN id % 2 = 0 THEN 'Pindah ruang.' ELSE '' END, CASE WHEN id % 2 = 0 THEN 1 END, CASE WHEN id % 2 = 0 THEN at + interval '3 days' END FROM atom;
DROP TABLE made;
