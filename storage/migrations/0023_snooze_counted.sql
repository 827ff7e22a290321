-- +goose Up

-- Whether a reminder was put off. Only that is counted; a pause in the middle of the
-- questions is none. What was chosen before is counted as it was then.
ALTER TABLE snooze ADD COLUMN counted boolean NOT NULL DEFAULT true;
