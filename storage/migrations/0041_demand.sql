-- +goose Up

-- What a unit proposes for a plan year (usulan unit): which training, for how many, why. It
-- belongs to the unit and names nobody but the officer who wrote it. A proposal that was
-- withdrawn stays, so that what was counted yesterday can be explained.
CREATE TABLE unit_proposal (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    year         smallint NOT NULL CHECK (year BETWEEN 2020 AND 2200),
    unit_id      bigint NOT NULL REFERENCES unit,
    programme_id bigint REFERENCES programme, -- of the catalogue; NULL: a title that was typed
    title        text NOT NULL CHECK (char_length(title) BETWEEN 3 AND 150),
    people       integer NOT NULL CHECK (people BETWEEN 1 AND 10000),
    reason       text NOT NULL CHECK (char_length(reason) BETWEEN 3 AND 200),
    ruled        boolean NOT NULL, -- the officer says that a rule demands it
    by_id        bigint NOT NULL REFERENCES employee, -- who wrote it last
    at           timestamptz NOT NULL,
    revision     integer NOT NULL DEFAULT 1,
    withdrawn_at timestamptz
);
-- One unit proposes one training once a year: the second time its number is changed.
CREATE UNIQUE INDEX unit_proposal_once ON unit_proposal (year, unit_id, lower(title)) WHERE withdrawn_at IS NULL;
CREATE INDEX unit_proposal_unit ON unit_proposal (unit_id);

-- The same people as in need_cell, by the level that their positions require: how many
-- persons, and how many of them do not show it yet.
CREATE TABLE need_level (
    period_id       bigint NOT NULL,
    unit_id         bigint NOT NULL,
    competency_code text NOT NULL REFERENCES competency,
    level           smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    n               integer NOT NULL CHECK (n > 0),
    affected        integer NOT NULL CHECK (affected BETWEEN 0 AND n),
    PRIMARY KEY (period_id, unit_id, competency_code, level),
    FOREIGN KEY (period_id, unit_id) REFERENCES need_unit
);
