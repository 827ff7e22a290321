-- +goose Up

-- excused_why: 'moved' = the person has another superior now, so it may come
-- back; else the superior's reason (leave, study, duty, other).
ALTER TABLE task ADD COLUMN excused_why text NOT NULL DEFAULT '';
CREATE INDEX task_rating ON task (period_id, subject_id) WHERE kind = 'rating';

-- sent_by: who rated, when it was not the official whose task it is.
ALTER TABLE response ADD COLUMN sent_by bigint REFERENCES employee;

-- How much each view counts. No rule gives weights for the analysis of needs.
CREATE TABLE rating_weight (
    side   text PRIMARY KEY CHECK (side IN ('supervisor', 'self')),
    weight integer NOT NULL CHECK (weight BETWEEN 0 AND 10000),
    source text NOT NULL
);
INSERT INTO rating_weight (side, weight, source) VALUES
    ('supervisor', 75, 'rancangan Bangkom; tidak ada bobot resmi untuk AKPK'),
    ('self', 25, 'rancangan Bangkom; tidak ada bobot resmi untuk AKPK');

-- A superior has looked through the own team in this period.
CREATE TABLE team_check (
    period_id   bigint NOT NULL REFERENCES period,
    employee_id bigint NOT NULL REFERENCES employee,
    checked_at  timestamptz NOT NULL,
    PRIMARY KEY (period_id, employee_id)
);

-- Above a number of people a superior lets others rate some of them.
CREATE TABLE co_rater (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    period_id   bigint NOT NULL REFERENCES period,
    official_id bigint NOT NULL REFERENCES employee,
    subject_id  bigint NOT NULL REFERENCES employee,
    rater_id    bigint NOT NULL REFERENCES employee CHECK (rater_id NOT IN (official_id, subject_id)),
    named_at    timestamptz NOT NULL,
    revoked_at  timestamptz
);
CREATE UNIQUE INDEX co_rater_once ON co_rater (period_id, official_id, subject_id) WHERE revoked_at IS NULL;
CREATE INDEX co_rater_of ON co_rater (rater_id) WHERE revoked_at IS NULL;

-- What superior and person agreed on after their views differed (dialog). Only
-- added to: n counts the records about one competency.
CREATE TABLE talk (
    task_id   bigint NOT NULL REFERENCES task,
    item_code text NOT NULL,
    n         integer NOT NULL CHECK (n > 0),
    agreed    smallint CHECK (agreed BETWEEN 0 AND 5), -- NULL = not agreed
    reason    text NOT NULL CHECK (reason IN ('example', 'understanding', 'changed')),
    action    text NOT NULL CHECK (action IN ('assignment', 'coaching', 'training', 'talk')),
    by_id     bigint NOT NULL REFERENCES employee,
    at        timestamptz NOT NULL,
    PRIMARY KEY (task_id, item_code, n)
);

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
        GRANT SELECT, INSERT, UPDATE ON rating_weight, team_check, co_rater TO bangkom_app;
        GRANT SELECT, INSERT ON talk TO bangkom_app;
    END IF;
END $$;
-- +goose StatementEnd
