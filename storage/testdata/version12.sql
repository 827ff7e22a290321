-- An agency as the release with schema version 12 leaves it: 300 people, two closed
-- periods and an open one, tasks of every kind in every state, answers, ratings,
-- messages. Written for that schema; it never changes.
INSERT INTO unit (code, name) VALUES ('DINAS', 'Dinas Lama');
INSERT INTO position_class (code, name, required_level, source, confirmed) VALUES ('LAMA', 'Kelas Lama', 2, 'uji', true);
INSERT INTO questionnaire (code, version, kind, body, hash)
SELECT 'lama-' || kind, 1, kind, '{"title": "Lama", "minutes": 3, "items": [{"code": "A"}, {"code": "B"}]}', kind
FROM unnest(ARRAY['self_assessment', 'self_assessment_technical', 'interest']) kind;
INSERT INTO employee (nip, name, sex, unit_id, class_code, supervisor_id)
SELECT lpad(i::text, 18, '0'), 'Pegawai ' || i, 1 + i % 2, 1, 'LAMA', CASE WHEN i > 1 THEN 1 + (i - 2) / 20 END FROM generate_series(1, 300) i;
INSERT INTO chat (id, employee_id, linked_at) SELECT 5000 + id, id, '2026-01-01' FROM employee;

INSERT INTO period (name, opens_at, due_at, rating_due_at, closed_at) VALUES ('gagal', '2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04');
DELETE FROM period; -- a number that was used up
INSERT INTO period (name, opens_at, due_at, rating_due_at, closed_at) VALUES
    ('Tahun 2025', '2025-01-06', '2025-01-18', '2025-01-25', '2025-02-01'),
    ('Tahun 2026', '2026-01-05', '2026-01-17', '2026-01-24', '2026-02-01'),
    ('Tahun 2027', '2027-01-04', '2027-01-23', '2027-01-30', NULL);
INSERT INTO task (employee_id, kind, subject_id, period_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at, ladder_at)
SELECT CASE WHEN k.kind = 'rating' THEN e.supervisor_id ELSE e.id END, k.kind, e.id, p.id,
       'lama-' || CASE WHEN k.kind = 'rating' THEN 'self_assessment' ELSE k.kind END, 1, p.opens_at,
       CASE WHEN k.kind = 'rating' THEN p.rating_due_at ELSE p.due_at END, s.state,
       CASE WHEN s.state = 'done' THEN p.opens_at + interval '2 days' END,
       CASE WHEN s.state IN ('open', 'started') THEN p.due_at - interval '5 days' END
FROM period p CROSS JOIN employee e
CROSS JOIN unnest(ARRAY['self_assessment', 'rating', 'self_assessment_technical', 'interest']) WITH ORDINALITY AS k (kind, n)
CROSS JOIN LATERAL (SELECT CASE WHEN p.closed_at IS NOT NULL
       THEN (ARRAY['done', 'done', 'excused', 'expired'])[1 + (e.id * 7 + k.n) % 4]
       ELSE (ARRAY['open', 'started', 'done', 'done', 'excused'])[1 + (e.id * 7 + k.n) % 5] END AS state) s
WHERE (k.kind <> 'rating' OR e.supervisor_id IS NOT NULL) AND (k.n < 3 OR e.id % 3 = 0);
INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at, sent_by)
SELECT t.id, n, t.questionnaire_code, 1, n > 1, t.done_at, CASE WHEN t.kind = 'rating' THEN t.employee_id END
FROM task t CROSS JOIN generate_series(1, 2) n WHERE t.state = 'done' AND (n = 1 OR t.id % 5 = 0) ORDER BY t.id, n;
INSERT INTO answer (response_id, item_code, value) SELECT r.id, i, (r.id % 6)::text FROM response r CROSS JOIN unnest(ARRAY['A', 'B']) i;
INSERT INTO talk (task_id, item_code, n, agreed, reason, action, by_id, at)
SELECT id, 'A', 1, 3, 'example', 'coaching', employee_id, done_at FROM task WHERE kind = 'rating' AND state = 'done' AND id % 4 = 0;
INSERT INTO co_rater (period_id, official_id, subject_id, rater_id, named_at)
SELECT period_id, employee_id, subject_id, 300, opens_at FROM task WHERE kind = 'rating' AND id % 9 = 0 AND 300 NOT IN (employee_id, subject_id);
INSERT INTO team_check (period_id, employee_id, checked_at) SELECT DISTINCT period_id, employee_id, '2027-01-05'::timestamptz FROM task WHERE kind = 'rating';

INSERT INTO draft (chat_id, form, ref, body, touched_at)
SELECT 5000 + employee_id, 'q', id, '{"Form": "q", "answered": ["A"]}', '2027-01-06' FROM task WHERE kind = 'self_assessment' AND state = 'started';
INSERT INTO outbox (key, chat_id, lane, class, template, length, method, state, sent_at)
SELECT 'n:ladder:' || id, 5000 + employee_id, 1, 'prompt', 'ladder.first', 10, 'sendMessage', 'sent', '2027-01-06'
FROM task WHERE kind = 'self_assessment' AND state IN ('open', 'started', 'done');
INSERT INTO notice (key, employee_id, class, kind, task_id, step, tasks, action, reason, decided_at, at, outbox_key)
SELECT substr(o.key, 3), t.employee_id, 'prompt', CASE WHEN t.id % 2 = 0 THEN 'reminder' ELSE 'invitation' END, t.id, 'first', ARRAY[t.id],
       'send', 'allowed', '2027-01-06', '2027-01-06', o.key
FROM task t JOIN outbox o ON o.key = 'n:ladder:' || t.id;
INSERT INTO notice (key, employee_id, class, kind, task_id, tasks, action, reason, decided_at, at, expires_at, reply)
SELECT 'snooze:' || id, employee_id, 'service', 'snoozed', id, ARRAY[id], 'hold', 'snoozed', '2027-01-06', '2027-01-08', due_at, '{"Text": "x"}'
FROM task WHERE kind = 'self_assessment' AND state = 'open';
INSERT INTO snooze (task_id, at, employee_id, until)
SELECT id, '2027-01-06', employee_id, '2027-01-08' FROM task WHERE kind = 'self_assessment' AND state = 'open';
INSERT INTO inbox (bot_id, update_id, lane, body) SELECT 77, id, 5000 + id, '{}' FROM employee WHERE id % 10 = 0;
INSERT INTO audit (at, actor, action, employee_id) SELECT '2027-01-05', 1, 'code.made', id FROM employee WHERE id % 7 = 0;
