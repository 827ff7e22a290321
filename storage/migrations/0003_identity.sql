-- +goose Up

-- Roles that are granted, beside those that follow from the register. officer
-- is for a unit and everything below it, the others for the whole agency.
CREATE TABLE role_grant (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES employee,
    role        text NOT NULL CHECK (role IN ('hr', 'operator', 'officer', 'head', 'auditor')),
    unit_id     bigint REFERENCES unit,
    granted_at  timestamptz NOT NULL,
    revoked_at  timestamptz,
    CHECK ((role = 'officer') = (unit_id IS NOT NULL))
);
CREATE UNIQUE INDEX role_grant_once ON role_grant (employee_id, role, COALESCE(unit_id, 0)) WHERE revoked_at IS NULL;

-- A superior's stand-in (Plt./Plh.) for a time. It works once an officer has
-- compared it with the letter. Rating stays with the official unless the
-- letter says otherwise. What an import brings without dates never works.
CREATE TABLE delegation (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    for_id     bigint NOT NULL REFERENCES employee,
    acting_id  bigint NOT NULL REFERENCES employee CHECK (acting_id <> for_id),
    starts_on  date,
    ends_on    date CHECK (ends_on >= starts_on),
    letter     text NOT NULL DEFAULT '',
    rates      boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    checked_at timestamptz,
    checked_by bigint REFERENCES employee,
    ended_at   timestamptz,
    UNIQUE NULLS NOT DISTINCT (for_id, acting_id, starts_on)
);
CREATE INDEX delegation_acting ON delegation (acting_id) WHERE ended_at IS NULL;

-- What a person asks of the personnel office.
CREATE TABLE ticket (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES employee,
    kind        text NOT NULL CHECK (kind IN ('correction', 'team', 'erasure')),
    body        text NOT NULL,
    created_at  timestamptz NOT NULL,
    handled_at  timestamptz,
    handled_by  bigint REFERENCES employee
);
CREATE INDEX ticket_open ON ticket (created_at) WHERE handled_at IS NULL;

-- Somebody who proved to be a person whose account is another one asks to
-- take over; the former account decides.
CREATE TABLE takeover (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES employee,
    chat_id     bigint NOT NULL,
    code_id     bigint REFERENCES link_code,
    notice_version text NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    decided_at  timestamptz,
    accepted    boolean
);
CREATE INDEX takeover_open ON takeover (employee_id) WHERE decided_at IS NULL;

-- A spreadsheet that came through the chat. Its bytes stay with Telegram until
-- they are read; only what was counted is kept.
CREATE TABLE upload (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id     bigint NOT NULL,
    employee_id bigint NOT NULL REFERENCES employee,
    kind        text NOT NULL,
    file_id     text NOT NULL,
    size        bigint NOT NULL,
    state       text NOT NULL CHECK (state IN ('received', 'previewed', 'applying', 'applied', 'cancelled', 'failed')),
    result      jsonb,
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL
);
CREATE INDEX upload_open ON upload (id) WHERE state IN ('received', 'applying');

-- Linked without a code: by NIP and the own phone number.
ALTER TABLE consent ALTER COLUMN code_id DROP NOT NULL;

-- self_only: nobody rates this person (mandiri saja), for example a camat.
ALTER TABLE employee ADD COLUMN self_only boolean NOT NULL DEFAULT false;

-- menu: what kind of command menu the chat has; "" = that of everybody.
ALTER TABLE chat ADD COLUMN menu text NOT NULL DEFAULT '';

-- paper: answers that an officer typed in from a sheet.
ALTER TABLE response ADD COLUMN paper_by bigint REFERENCES employee;

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
        GRANT SELECT, INSERT, UPDATE ON role_grant, delegation, ticket, takeover, upload TO bangkom_app;
    END IF;
END $$;
-- +goose StatementEnd
