-- A database of version 58, above that of version 47: surveys of the personnel office with names and
-- confidential ones, one that is told of, one whose promise is open and one that is being answered,
-- with their tasks and answers, and how ready units were said to be.
INSERT INTO questionnaire (code, version, kind, body, hash) VALUES ('jam-lama', 1, 'survey',
    '{"code": "jam-lama", "version": 1, "kind": "survey", "title": "Jam Lama", "minutes": 1, "review": true, "items": [{"code": "KAPAN", "title": "Kapan", "type": "choice", "prompt": "Kapan?", "optional": true, "choices": [{"value": "pagi", "label": "Pagi"}, {"value": "sore", "label": "Sore"}]}]}', 'jam-lama');
CREATE TEMP TABLE asked AS
SELECT x.*, nextval(pg_get_serial_sequence('occasion', 'id')) AS id FROM (VALUES
    ('Bernama', 'named', '2026-10-01'::timestamptz, true), ('Rahasia', 'confidential', '2026-11-01', false), ('Berjalan', 'confidential', '2027-01-10', false)) AS x (name, manner, opens, told);
INSERT INTO occasion (id, kind) OVERRIDING SYSTEM VALUE SELECT id, 'survey' FROM asked;
INSERT INTO staff_survey (id, name, questionnaire_code, questionnaire_version, manner, owner_id, purpose, opens_at, closes_at, closed_at, report_by, widened_at, report, reported_at, reported_by, figures)
SELECT id, name, 'jam-lama', 1, manner, 1, 'Menentukan jam belajar.', opens, opens + interval '14 days', CASE WHEN name <> 'Berjalan' THEN opens + interval '14 days' END,
       (opens + interval '30 days')::date, opens + interval '1 day', CASE WHEN told THEN 'Jam belajar setiap Jumat pagi.' ELSE '' END,
       CASE WHEN told THEN opens + interval '20 days' END, CASE WHEN told THEN 1 END,
       CASE WHEN name <> 'Berjalan' THEN '{"counts": {"people": 300, "left_out": 0, "asked": 300, "began": 200, "sent": 200}}'::jsonb END FROM asked;
INSERT INTO staff_survey_person (survey_id, employee_id, ring, asked_at) SELECT a.id, e.id, e.id % 15 = 0, a.opens FROM asked a CROSS JOIN employee e;
INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, started_at, done_at)
SELECT e.id, 'survey', e.id, a.id, 'jam-lama', 1, a.opens, a.opens + interval '14 days', CASE WHEN e.id % 3 > 0 THEN 'done' WHEN a.name = 'Berjalan' THEN 'open' ELSE 'expired' END,
       CASE WHEN e.id % 3 > 0 THEN a.opens + interval '1 hour' END, CASE WHEN e.id % 3 > 0 THEN a.opens + interval '2 hours' END FROM asked a CROSS JOIN employee e;
INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
SELECT t.id, 1, 'jam-lama', 1, false, t.done_at FROM task t JOIN asked a ON a.id = t.occasion_id WHERE t.state = 'done' ORDER BY t.id;
INSERT INTO answer (response_id, item_code, value)
SELECT r.id, 'KAPAN', CASE WHEN t.employee_id % 5 < 3 THEN 'pagi' ELSE 'sore' END FROM response r JOIN task t ON t.id = r.task_id JOIN asked a ON a.id = t.occasion_id;
INSERT INTO unit_readiness (survey_id, unit_id, class, barrier, at) SELECT a.id, u.id, 'fairly', 'D', a.opens + interval '14 days' FROM asked a CROSS JOIN unit u WHERE a.name = 'Rahasia';
DROP TABLE asked;
