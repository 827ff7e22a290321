-- +goose Up

-- The role under which the program runs. It may add answers and audit rows
-- but never change them. A migrating user without CREATEROLE skips it, and
-- `bangkom check` then says so.
-- +goose StatementBegin
DO $$
BEGIN
    CREATE ROLE bangkom_app NOLOGIN;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN RAISE NOTICE 'role bangkom_app was not created';
END $$;
-- +goose StatementEnd

-- People and organisation -------------------------------------------------

CREATE TABLE unit (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code      text NOT NULL UNIQUE,
    name      text NOT NULL,
    parent_id bigint REFERENCES unit
);

-- Required levels come from regulations: they are rows with their source.
CREATE TABLE position_class (
    code           text PRIMARY KEY,
    name           text NOT NULL,
    required_level smallint NOT NULL CHECK (required_level BETWEEN 1 AND 5),
    source         text NOT NULL,
    confirmed      boolean NOT NULL
);

CREATE TABLE competency (
    code       text PRIMARY KEY,
    name       text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('managerial', 'technical')),
    definition text NOT NULL
);

CREATE TABLE standard (
    class_code      text NOT NULL REFERENCES position_class,
    competency_code text NOT NULL REFERENCES competency,
    level           smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    source          text NOT NULL,
    PRIMARY KEY (class_code, competency_code)
);

CREATE TABLE employee (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    nip            text NOT NULL UNIQUE CHECK (nip ~ '^[0-9]{18}$'),
    name           text NOT NULL,
    sex            smallint NOT NULL CHECK (sex IN (1, 2)),
    unit_id        bigint NOT NULL REFERENCES unit,
    position_title text NOT NULL DEFAULT '',
    class_code     text REFERENCES position_class,
    supervisor_id  bigint REFERENCES employee,
    phone          text,
    active         boolean NOT NULL DEFAULT true
);
CREATE INDEX employee_supervisor ON employee (supervisor_id) WHERE supervisor_id IS NOT NULL;
CREATE INDEX employee_unit ON employee (unit_id);

-- A private Telegram chat. The row is locked while one of its updates is
-- decided, so it is what puts a person's updates into order; rev rises with
-- each of them.
CREATE TABLE chat (
    id          bigint PRIMARY KEY,
    employee_id bigint UNIQUE REFERENCES employee,
    linked_at   timestamptz,
    reachable   boolean NOT NULL DEFAULT true,
    active_form text NOT NULL DEFAULT '',
    active_ref  bigint NOT NULL DEFAULT 0,
    wrong_tries smallint NOT NULL DEFAULT 0,
    tries_since timestamptz,
    rev         bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);

CREATE TABLE link_code (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash        bytea NOT NULL UNIQUE,
    employee_id bigint NOT NULL REFERENCES employee,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    closed_at   timestamptz
);
CREATE INDEX link_code_employee ON link_code (employee_id);

CREATE TABLE consent (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employee_id    bigint NOT NULL REFERENCES employee,
    chat_id        bigint NOT NULL,
    notice_version text NOT NULL,
    code_id        bigint NOT NULL UNIQUE REFERENCES link_code,
    accepted_at    timestamptz NOT NULL
);

CREATE TABLE audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          timestamptz NOT NULL,
    actor       bigint REFERENCES employee,
    action      text NOT NULL,
    employee_id bigint REFERENCES employee,
    detail      text NOT NULL DEFAULT ''
);

-- Questionnaires, periods, tasks, answers ----------------------------------

CREATE TABLE questionnaire (
    code    text NOT NULL,
    version integer NOT NULL,
    kind    text NOT NULL,
    body    jsonb NOT NULL,
    hash    text NOT NULL,
    PRIMARY KEY (code, version)
);

CREATE TABLE period (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name      text NOT NULL UNIQUE,
    opens_at  timestamptz NOT NULL,
    due_at    timestamptz NOT NULL CHECK (due_at > opens_at),
    rating_due_at timestamptz NOT NULL CHECK (rating_due_at >= due_at),
    closed_at timestamptz
);
CREATE UNIQUE INDEX period_one_open ON period ((true)) WHERE closed_at IS NULL;

-- One row per thing owed; every count reads only this table.
CREATE TABLE task (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES employee,
    kind        text NOT NULL,
    subject_id  bigint NOT NULL REFERENCES employee,
    period_id   bigint NOT NULL REFERENCES period,
    questionnaire_code    text NOT NULL,
    questionnaire_version integer NOT NULL,
    opens_at    timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'open'
                CHECK (state IN ('open', 'started', 'done', 'excused', 'expired')),
    started_at  timestamptz,
    done_at     timestamptz,
    UNIQUE (period_id, kind, employee_id, subject_id),
    FOREIGN KEY (questionnaire_code, questionnaire_version) REFERENCES questionnaire (code, version)
);
CREATE INDEX task_owed ON task (employee_id, due_at) WHERE state IN ('open', 'started');
CREATE INDEX task_due ON task (due_at) WHERE state IN ('open', 'started');

CREATE TABLE draft (
    chat_id    bigint NOT NULL REFERENCES chat ON DELETE CASCADE,
    form       text NOT NULL,
    ref        bigint NOT NULL,
    body       jsonb NOT NULL,
    touched_at timestamptz NOT NULL,
    PRIMARY KEY (chat_id, form, ref)
) WITH (fillfactor = 70);

-- What was sent with Kirim. A change before the deadline is a new revision.
CREATE TABLE response (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    task_id      bigint NOT NULL REFERENCES task,
    revision     integer NOT NULL CHECK (revision > 0),
    questionnaire_code    text NOT NULL,
    questionnaire_version integer NOT NULL,
    after_result boolean NOT NULL,
    sent_at      timestamptz NOT NULL,
    UNIQUE (task_id, revision)
);

-- value: '0' (Belum) to '5', a choice, a text, or '-' for an item that was
-- left out on purpose.
CREATE TABLE answer (
    response_id bigint NOT NULL REFERENCES response,
    item_code   text NOT NULL,
    value       text NOT NULL,
    PRIMARY KEY (response_id, item_code)
);

-- Telegram in and out -------------------------------------------------------

CREATE TABLE inbox (
    bot_id      bigint NOT NULL,
    update_id   bigint NOT NULL,
    lane        bigint,
    body        text,
    received_at timestamptz NOT NULL DEFAULT now(),
    attempts    smallint NOT NULL DEFAULT 0,
    done_at     timestamptz,
    failed      text,
    PRIMARY KEY (bot_id, update_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX inbox_pending ON inbox (lane, update_id) WHERE done_at IS NULL;

CREATE TABLE outbox (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key        text NOT NULL UNIQUE,
    chat_id    bigint NOT NULL,
    lane       smallint NOT NULL CHECK (lane IN (0, 1)),
    class      text NOT NULL,
    template   text NOT NULL,
    length     integer NOT NULL,
    method     text NOT NULL,
    payload    text,
    edit_of    bigint NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT '-infinity',
    expires_at timestamptz NOT NULL DEFAULT 'infinity',
    attempts   smallint NOT NULL DEFAULT 0,
    state      text NOT NULL CHECK (state IN ('new', 'sending', 'sent', 'unknown', 'failed',
               'superseded', 'held', 'expired', 'cancelled')),
    term       bigint NOT NULL DEFAULT 0,
    message_id bigint,
    cause      text,
    forget     boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at    timestamptz
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX outbox_open ON outbox (lane, id) WHERE state IN ('new', 'sending');
CREATE INDEX outbox_chat_open ON outbox (chat_id, lane, id) WHERE state IN ('new', 'sending');

CREATE TABLE lease (
    name   text PRIMARY KEY,
    holder text NOT NULL,
    term   bigint NOT NULL,
    until  timestamptz NOT NULL
);

-- Facts about this installation: when sending may go on, the bot's name, the
-- fingerprint of the key of the one-time codes.
CREATE TABLE bot_state (
    name text PRIMARY KEY,
    at   timestamptz,
    text text
);

-- Rights of the application role -------------------------------------------
-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
        GRANT USAGE ON SCHEMA public TO bangkom_app;
        GRANT SELECT, INSERT ON answer, response, consent, audit, questionnaire TO bangkom_app;
        GRANT SELECT ON goose_db_version TO bangkom_app;
        GRANT SELECT, INSERT, UPDATE ON unit, position_class, competency, standard, employee,
            link_code, period, task, inbox, lease, bot_state TO bangkom_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON chat, draft, outbox TO bangkom_app;
    END IF;
END $$;
-- +goose StatementEnd
