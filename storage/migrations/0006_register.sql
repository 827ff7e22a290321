-- +goose Up

-- Units of one name under different units are different units: code is unique,
-- name_key is the name in comparable form. NULL = the code is that form.
ALTER TABLE unit ADD COLUMN name_key text;
CREATE INDEX unit_name_key ON unit ((COALESCE(name_key, code)));

-- Who has left the service, and who shares a phone number with somebody.
CREATE INDEX employee_left ON employee (id) WHERE NOT active;
CREATE INDEX employee_phone ON employee (phone) WHERE phone IS NOT NULL;

-- left_told: the chat was told that its person is not in the register any more.
ALTER TABLE chat ADD COLUMN left_told boolean NOT NULL DEFAULT false;
CREATE INDEX chat_left_told ON chat (id) WHERE left_told;

-- version: rises when the request is made anew; a check names the one it saw.
ALTER TABLE delegation ADD COLUMN version integer NOT NULL DEFAULT 1;

-- attempts: how often the present state could not be worked off; tried_at: when last.
ALTER TABLE upload ADD COLUMN attempts smallint NOT NULL DEFAULT 0, ADD COLUMN tried_at timestamptz;

-- The officer of a unit asks for an account to be freed; the account may object.
CREATE TABLE unlink_request (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES employee,
    asked_by    bigint NOT NULL REFERENCES employee,
    asked_at    timestamptz NOT NULL,
    objected_at timestamptz,
    closed_at   timestamptz
);
CREATE UNIQUE INDEX unlink_request_open ON unlink_request (employee_id) WHERE closed_at IS NULL;

-- The failed proofs of Telegram accounts whose chat was forgotten meanwhile.
CREATE TABLE lockout (
    chat_id    bigint PRIMARY KEY,
    tries      smallint NOT NULL,
    since      timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX lockout_expires ON lockout (expires_at);

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
        GRANT SELECT, INSERT, UPDATE ON unlink_request TO bangkom_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON lockout TO bangkom_app;
    END IF;
END $$;
-- +goose StatementEnd
