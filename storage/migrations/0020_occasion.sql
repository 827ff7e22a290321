-- +goose Up

-- What may owe tasks (kegiatan): so far periods. Ids are unique over all kinds; a
-- table of one kind has a row with the same id for what only that kind knows. No
-- row of task is rewritten: its column gets another name and another foreign key.
CREATE TABLE occasion (
    id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL
);
INSERT INTO occasion (id, kind) OVERRIDING SYSTEM VALUE SELECT id, 'period' FROM period ORDER BY id;
SELECT setval(pg_get_serial_sequence('occasion', 'id'), last_value, is_called) FROM period_id_seq;

ALTER TABLE task DROP CONSTRAINT task_period_id_fkey;
ALTER TABLE task RENAME COLUMN period_id TO occasion_id;
ALTER TABLE task RENAME CONSTRAINT task_period_id_kind_employee_id_subject_id_key TO task_once;
ALTER TABLE period ALTER COLUMN id DROP IDENTITY;
ALTER TABLE period ADD CONSTRAINT period_id_fkey FOREIGN KEY (id) REFERENCES occasion;
ALTER TABLE task ADD CONSTRAINT task_occasion_id_fkey FOREIGN KEY (occasion_id) REFERENCES occasion;

-- What somebody sends without a task belongs to the occasion itself.
ALTER TABLE response ALTER COLUMN task_id DROP NOT NULL;
ALTER TABLE response ADD COLUMN occasion_id bigint REFERENCES occasion;
ALTER TABLE response ADD COLUMN employee_id bigint REFERENCES employee; -- whose it is when there is no task
ALTER TABLE response ADD CONSTRAINT response_of CHECK
    (CASE WHEN task_id IS NULL THEN num_nulls(occasion_id, employee_id) = 0 ELSE num_nonnulls(occasion_id, employee_id) = 0 END);
CREATE UNIQUE INDEX response_once ON response (employee_id, occasion_id, questionnaire_code, revision) WHERE task_id IS NULL;
