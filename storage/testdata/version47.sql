-- A database of version 47, above that of version 31: surveys of citizens' satisfaction and
-- comparisons that were named.
INSERT INTO survey (unit_id, period, ends_on, service, respondents, published, weight, first_at, changed_at)
SELECT u.id, p.key, p.ends_on, 'Pelayanan administrasi', 50 + u.id, CASE WHEN u.id % 2 = 0 THEN 7500 END, CASE WHEN u.id % 2 = 0 THEN '0.11' END, p.ends_on + 10, p.ends_on + 11
FROM unit u CROSS JOIN (VALUES ('2026-S1', '2026-06-30'::date), ('2026-S2', '2026-12-31'::date)) AS p (key, ends_on);
INSERT INTO survey_element (survey_id, element, total, answers)
SELECT s.id, e.name, s.respondents * (30000 + 100 * e.n), s.respondents FROM survey s
CROSS JOIN unnest('{requirements,procedure,duration,cost,product,competence,conduct,facilities,complaints}'::text[]) WITH ORDINALITY AS e (name, n);
INSERT INTO comparison (programme_id, element, before, after, share, named_at, in_time)
SELECT id, CASE WHEN id % 2 = 0 THEN 'conduct' ELSE '' END, '2026-S1', '2026-S2', 50, '2026-09-01', id % 3 > 0 FROM programme;
