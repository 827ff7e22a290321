-- +goose Up

-- The reminder of an evaluation tells who had not answered by then, so it goes at the
-- close. It counts in the limits of messages nevertheless: here, alike for everybody who
-- was asked, whether they were reminded or not. A row lives for nine days.
CREATE TABLE spent_prompt (
    employee_id bigint NOT NULL REFERENCES employee,
    batch_id    bigint NOT NULL REFERENCES evaluation,
    at          timestamptz NOT NULL,
    PRIMARY KEY (employee_id, batch_id)
);
CREATE INDEX spent_prompt_at ON spent_prompt (at);

-- What fails again for the same cause is one row as long as no day passes without it:
-- failed_at is the last time, scheduled_for the first slot.
ALTER TABLE job_failure ADD COLUMN times int NOT NULL DEFAULT 1;
