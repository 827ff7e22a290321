-- +goose Up

-- A planned run of a job. The row is written in the transaction that does the
-- work, so that it is done once, by whoever comes first.
CREATE TABLE job_run (
    job           text NOT NULL,
    scheduled_for timestamptz NOT NULL,
    manual        boolean NOT NULL DEFAULT false,
    claimed_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    done          integer NOT NULL DEFAULT 0,
    skipped       integer NOT NULL DEFAULT 0,
    PRIMARY KEY (job, scheduled_for)
);
CREATE INDEX job_run_last ON job_run (job, scheduled_for DESC) WHERE NOT manual;

-- Runs that were undone, for the operator. The slot comes again.
CREATE TABLE job_failure (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job           text NOT NULL,
    scheduled_for timestamptz NOT NULL,
    failed_at     timestamptz NOT NULL,
    cause         text NOT NULL
);

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON job_run, job_failure TO bangkom_app;
    END IF;
END $$;
-- +goose StatementEnd

-- What arrives and what is sent stays in its row, uncompressed: it is emptied
-- moments later, and squeezing it costs more than the update that it belongs to.
ALTER TABLE inbox SET (toast_tuple_target = 8160);
ALTER TABLE outbox SET (toast_tuple_target = 8160);
