-- +goose Up

-- At what a unit is held up in a named change (tahap hambatan), from the close of an
-- anonymous survey of readiness on: worked out from shown means of five persons and more,
-- written once. '' = nothing holds it up.
CREATE TABLE unit_readiness (
    survey_id bigint NOT NULL REFERENCES staff_survey,
    unit_id   bigint NOT NULL REFERENCES unit,
    class     text NOT NULL CHECK (class IN ('ready', 'fairly', 'help')),
    barrier   text NOT NULL CHECK (barrier IN ('', 'A', 'D', 'K', 'Ab', 'R')),
    at        timestamptz NOT NULL,
    PRIMARY KEY (survey_id, unit_id)
);
CREATE INDEX unit_readiness_of ON unit_readiness (unit_id, at);
