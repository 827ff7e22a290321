-- +goose Up

-- The processes of this bot that are alive.
CREATE TABLE replica (
    holder  text PRIMARY KEY,
    seen_at timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- Times in which no update could arrive for so long that Telegram has dropped
-- presses. Whoever was in the middle of something is asked again, once.
CREATE TABLE gap (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    since    timestamptz NOT NULL,
    until    timestamptz NOT NULL CHECK (until > since),
    asked_at timestamptz
);
CREATE INDEX gap_open ON gap (id) WHERE asked_at IS NULL;

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON replica TO bangkom_app;
        GRANT SELECT, INSERT, UPDATE ON gap TO bangkom_app;
    END IF;
END $$;
-- +goose StatementEnd

-- What the operator's metrics count; both are nearly always empty.
CREATE INDEX inbox_failed ON inbox (received_at) WHERE failed IS NOT NULL;
CREATE INDEX outbox_unknown ON outbox (id) WHERE state = 'unknown';
