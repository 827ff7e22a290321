-- +goose Up

-- What citizens say of a unit (Survei Kepuasan Masyarakat): one row for a unit and a period.
-- Of the answers there are sums only; nothing is about a person.
CREATE TABLE survey (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_id     bigint NOT NULL REFERENCES unit,
    period      text NOT NULL CHECK (period ~ '^[0-9]{4}(-(S[12]|T[1-4]|M(0[1-9]|1[0-2])))?$'),
    ends_on     date NOT NULL, -- last day of the period
    service     text NOT NULL, -- jenis layanan: units of one kind are compared with each other
    respondents integer NOT NULL CHECK (respondents > 0),
    published   integer CHECK (published BETWEEN 2000 AND 10000), -- in hundredths, as the unit published it
    weight      text CHECK (weight IN ('exact', '0.11', '0.111')), -- by which that follows from the elements
    first_at    timestamptz NOT NULL, -- when its first figures came in
    changed_at  timestamptz NOT NULL,
    UNIQUE (unit_id, period),
    CHECK (num_nulls(published, weight) <> 1)
);
CREATE INDEX survey_period ON survey (period);

-- The answers about one element: their sum in parts of 10,000, and of how many people.
CREATE TABLE survey_element (
    survey_id bigint NOT NULL REFERENCES survey,
    element   text NOT NULL CHECK (element IN ('requirements', 'procedure', 'duration', 'cost', 'product', 'competence', 'conduct', 'facilities', 'complaints')),
    total     bigint NOT NULL,
    answers   integer NOT NULL CHECK (answers > 0),
    PRIMARY KEY (survey_id, element),
    CHECK (total BETWEEN answers * 10000::bigint AND answers * 40000::bigint)
);

-- A comparison that the personnel office has named: which programme, which figure, which two
-- periods. Nothing of it is ever changed, so that nobody can choose afterwards.
CREATE TABLE comparison (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme_id bigint NOT NULL REFERENCES programme,
    element      text NOT NULL CHECK (element IN ('', 'requirements', 'procedure', 'duration', 'cost', 'product', 'competence', 'conduct', 'facilities', 'complaints')), -- '' = the index
    before       text NOT NULL,
    after        text NOT NULL,
    share        smallint NOT NULL CHECK (share BETWEEN 1 AND 100), -- per cent of a unit's people that make it trained
    named_at     timestamptz NOT NULL,
    in_time      boolean NOT NULL, -- no figure of the later period had come in
    UNIQUE (programme_id, element, before, after),
    CHECK (before <> after)
);
