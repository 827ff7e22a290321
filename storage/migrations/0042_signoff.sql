-- +goose Up

-- The sign-off of what units need, for a plan year: of which period, and until when. The
-- personnel office names the day; the program knows no regulation.
CREATE TABLE signoff_round (
    year      smallint PRIMARY KEY CHECK (year BETWEEN 2020 AND 2200),
    period_id bigint NOT NULL REFERENCES period,
    due_on    date NOT NULL, -- the last day
    opened_by bigint NOT NULL REFERENCES employee,
    opened_at timestamptz NOT NULL,
    revision  integer NOT NULL DEFAULT 1
);

-- One unit in it, as the tree stood at the close of the period: a unit of five people or
-- more, with the smaller ones below it.
CREATE TABLE signoff (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    year         smallint NOT NULL REFERENCES signoff_round,
    unit_id      bigint NOT NULL REFERENCES unit,
    head_unit_id bigint NOT NULL REFERENCES unit, -- whose head approves: its own, or that of a unit above
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'prepared', 'approved', 'validated')),
    people       integer NOT NULL DEFAULT 0, -- as it was prepared, like what follows
    filled       integer NOT NULL DEFAULT 0,
    rated        integer NOT NULL DEFAULT 0,
    prepared_by  bigint REFERENCES employee,
    prepared_at  timestamptz,
    approved_by  bigint REFERENCES employee,
    approved_at  timestamptz,
    approved_for bigint REFERENCES employee, -- the head, when a stand-in has approved
    validated_by bigint REFERENCES employee,
    validated_at timestamptz,
    note         text NOT NULL DEFAULT '' CHECK (char_length(note) <= 300), -- why it was given back
    noted_by     bigint REFERENCES employee,
    scan         text NOT NULL DEFAULT '', -- the signed paper, as Telegram keeps it
    scanned_by   bigint REFERENCES employee,
    scanned_at   timestamptz,
    revision     integer NOT NULL DEFAULT 1,
    UNIQUE (year, unit_id),
    CHECK (state = 'open' OR prepared_by IS NOT NULL),
    CHECK (state NOT IN ('approved', 'validated') OR approved_by IS NOT NULL),
    CHECK (state <> 'validated' OR validated_by IS NOT NULL AND validated_by <> approved_by)
);
CREATE INDEX signoff_unit ON signoff (unit_id);

-- What is signed, frozen when it was prepared: values as they are shown, and nothing finer.
CREATE TABLE signoff_need (
    signoff_id      bigint NOT NULL REFERENCES signoff ON DELETE CASCADE,
    competency_code text NOT NULL REFERENCES competency,
    name            text NOT NULL,
    place           smallint NOT NULL, -- in the order of what comes first
    n               integer NOT NULL CHECK (n = 0 OR n >= 5), -- 0: hidden
    gap             smallint NOT NULL,
    lack            smallint NOT NULL,
    share_part      smallint NOT NULL,
    share_of        smallint NOT NULL,
    reason          text NOT NULL DEFAULT '' CHECK (char_length(reason) <= 300), -- why the head has moved it
    moved_by        bigint REFERENCES employee,
    moved_at        timestamptz,
    PRIMARY KEY (signoff_id, competency_code),
    CHECK (n > 0 OR (gap, lack, share_part, share_of) = (0, 0, 0, 0))
);

CREATE TABLE signoff_proposal (
    signoff_id bigint NOT NULL REFERENCES signoff ON DELETE CASCADE,
    place      smallint NOT NULL,
    title      text NOT NULL,
    people     integer NOT NULL,
    reason     text NOT NULL,
    ruled      boolean NOT NULL,
    PRIMARY KEY (signoff_id, place)
);
