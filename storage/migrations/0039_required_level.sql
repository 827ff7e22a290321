-- +goose Up

-- Levels that are required by something more specific than the class of a position: a kind
-- of unit, a unit, a title, or a functional position (jabatan fungsional). Those of a class
-- alone stay in standard. Which one counts for somebody: internal/standard.
CREATE TABLE required_level (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope           text NOT NULL CHECK (scope IN ('unit_kind', 'unit', 'title', 'functional')),
    key             text NOT NULL, -- the name in comparable form; '' for a unit
    name            text NOT NULL CHECK (name <> ''), -- as it was written
    unit_id         bigint REFERENCES unit,
    class_code      text REFERENCES position_class, -- NULL = of every class
    competency_code text NOT NULL REFERENCES competency,
    level           smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    source          text NOT NULL CHECK (source <> ''), -- regulation or letter
    changed_at      timestamptz NOT NULL,
    CHECK ((scope = 'unit') = (unit_id IS NOT NULL)),
    CHECK ((scope = 'unit') = (key = ''))
);
CREATE UNIQUE INDEX required_level_once ON required_level (scope, key, COALESCE(unit_id, 0), COALESCE(class_code, ''), competency_code);
