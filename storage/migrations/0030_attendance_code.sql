-- +goose Up

-- Wrong codes of attendance that a participant has typed, and since when: five in an hour.
ALTER TABLE enrolment ADD COLUMN code_tries smallint NOT NULL DEFAULT 0;
ALTER TABLE enrolment ADD COLUMN code_since timestamptz;
