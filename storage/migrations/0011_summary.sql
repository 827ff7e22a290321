-- +goose Up

-- When a supervisor wishes to have the weekly summary. weekday: 1 = Monday to
-- 7; minute: from midnight, 0 = the usual hour.
CREATE TABLE summary_wish (
    employee_id bigint PRIMARY KEY REFERENCES employee,
    weekday     smallint NOT NULL DEFAULT 1 CHECK (weekday BETWEEN 1 AND 7),
    minute      smallint NOT NULL DEFAULT 0 CHECK (minute BETWEEN 0 AND 1439),
    muted_until timestamptz,
    changed_at  timestamptz NOT NULL
);

-- The summary on which a supervisor pressed a button last, so that what happens
-- elsewhere because of it changes that message too.
CREATE TABLE summary_card (
    employee_id bigint PRIMARY KEY REFERENCES employee,
    message_id  bigint NOT NULL,
    picture     boolean NOT NULL,
    pressed_at  timestamptz NOT NULL
);

CREATE INDEX notice_summary ON notice (employee_id) WHERE kind = 'summary' AND read_at IS NULL;

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
        GRANT SELECT, INSERT, UPDATE ON summary_wish, summary_card TO bangkom_app;
    END IF;
END $$;
-- +goose StatementEnd
