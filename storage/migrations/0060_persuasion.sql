-- +goose Up

-- Whom somebody of a unit, or of a unit below it without one of its own, may ask for help
-- (pendamping).
CREATE TABLE unit_helper (
    unit_id     bigint PRIMARY KEY REFERENCES unit,
    employee_id bigint NOT NULL REFERENCES employee,
    named_at    timestamptz NOT NULL,
    named_by    bigint NOT NULL REFERENCES employee
);
CREATE INDEX unit_helper_of ON unit_helper (employee_id);

-- Who has agreed to be called by a helper about a task. A row is deleted after a month: that
-- somebody has asked for help is nobody's business for longer.
CREATE TABLE help_request (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employee_id  bigint NOT NULL REFERENCES employee,
    task_id      bigint NOT NULL REFERENCES task ON DELETE CASCADE,
    helper_id    bigint NOT NULL REFERENCES employee,
    asked_at     timestamptz NOT NULL,
    contacted_at timestamptz,
    contacted_by bigint REFERENCES employee,
    passed_at    timestamptz, -- when the personnel office was told, because the helper was silent
    UNIQUE (employee_id, task_id)
);
CREATE INDEX help_request_waiting ON help_request (asked_at) WHERE contacted_at IS NULL AND passed_at IS NULL;
CREATE INDEX help_request_helper ON help_request (helper_id);
CREATE INDEX help_request_task ON help_request (task_id);

-- An invitation in the words of the personnel office (ajakan) to those whose task of one
-- occasion is open. There is one at a time for an occasion, until it is counted.
CREATE TABLE campaign (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    occasion_id bigint NOT NULL REFERENCES occasion,
    kind        text NOT NULL, -- of the tasks
    words       jsonb NOT NULL, -- the patterns, and what was written for them
    created_by  bigint NOT NULL REFERENCES employee,
    starts_at   timestamptz NOT NULL,
    ends_at     timestamptz NOT NULL CHECK (ends_at >= starts_at), -- the last moment at which a message goes
    counts_at   timestamptz NOT NULL CHECK (counts_at > ends_at),
    figures     jsonb -- written once, when it is counted
);
CREATE UNIQUE INDEX campaign_open ON campaign (occasion_id) WHERE figures IS NULL;

-- To whom it goes, and who gets the neutral text instead: a quarter of each unit, drawn when
-- it starts. The rows go when it is counted.
CREATE TABLE campaign_person (
    campaign_id bigint NOT NULL REFERENCES campaign,
    employee_id bigint NOT NULL REFERENCES employee,
    task_id     bigint NOT NULL REFERENCES task ON DELETE CASCADE,
    plain       boolean NOT NULL,
    PRIMARY KEY (campaign_id, employee_id)
);
CREATE INDEX campaign_person_of ON campaign_person (employee_id);
CREATE INDEX campaign_person_task ON campaign_person (task_id);
