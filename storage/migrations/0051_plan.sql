-- +goose Up

-- The development plan (rencana pengembangan) of a person for a year: one row, whatever its
-- lines are. Its revision rises with each change of what the superior has to agree to, so that
-- an agreement is about what was shown.
CREATE TABLE plan (
    employee_id  bigint NOT NULL REFERENCES employee,
    year         smallint NOT NULL CHECK (year BETWEEN 2020 AND 2200),
    revision     integer NOT NULL DEFAULT 1,
    submitted_at timestamptz, -- last time (Ajukan); NULL: nothing was submitted
    agreed_at    timestamptz, -- of the revision that is submitted; NULL: the superior has not answered it
    agreed_by    bigint REFERENCES employee,
    stands_at    timestamptz, -- the superior was silent for ten working days: it stands as submitted
    PRIMARY KEY (employee_id, year),
    CHECK (num_nulls(agreed_at, agreed_by) <> 1),
    CHECK (submitted_at IS NOT NULL OR agreed_at IS NULL AND stands_at IS NULL)
);
CREATE INDEX plan_waiting ON plan (employee_id) WHERE submitted_at IS NOT NULL AND agreed_at IS NULL;
CREATE INDEX plan_year ON plan (year);

-- One thing that somebody means to do: about what, and how. A line that was never submitted
-- goes without a trace when it is taken out; every other one ends as done, moved or dropped,
-- with the reason.
CREATE TABLE plan_line (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employee_id     bigint NOT NULL,
    year            smallint NOT NULL,
    item            text NOT NULL, -- what it is about: c:competency, w:topic, u:proposal
    source          text NOT NULL CHECK (source IN ('gap', 'wish', 'duty', 'unit')),
    competency_code text REFERENCES competency,
    title           text NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200), -- as the person chose it
    form            text NOT NULL CHECK (form IN ('self', 'coaching', 'mentoring', 'training', 'assignment')),
    programme_id    bigint REFERENCES programme, -- of a training: which one was chosen
    state           text NOT NULL DEFAULT 'chosen' CHECK (state IN ('chosen', 'submitted', 'agreed', 'done', 'moved', 'dropped')),
    reason          text NOT NULL DEFAULT '', -- of moved and dropped, and how it was done: a code
    chosen_at       timestamptz NOT NULL,
    submitted_at    timestamptz,
    agreed_at       timestamptz,
    ended_at        timestamptz,
    unit_id         bigint REFERENCES unit, -- of the person when it was submitted: who moves later takes no sum along
    remind_on       date, -- Kapan?: the day for which a reminder was asked
    reminded_at     timestamptz,
    from_id         bigint REFERENCES plan_line, -- the line of the year before that was moved
    FOREIGN KEY (employee_id, year) REFERENCES plan,
    CHECK ((state IN ('done', 'moved', 'dropped')) = (ended_at IS NOT NULL)),
    CHECK (state NOT IN ('moved', 'dropped') OR reason <> ''),
    CHECK (state = 'chosen' OR submitted_at IS NOT NULL AND unit_id IS NOT NULL OR state IN ('done', 'dropped')),
    CHECK (state <> 'agreed' OR agreed_at IS NOT NULL),
    CHECK (programme_id IS NULL OR form = 'training')
);
CREATE UNIQUE INDEX plan_line_once ON plan_line (employee_id, year, item, form) WHERE state <> 'dropped';
CREATE UNIQUE INDEX plan_line_moved ON plan_line (from_id) WHERE from_id IS NOT NULL;
CREATE INDEX plan_line_year ON plan_line (year, unit_id, competency_code);
CREATE INDEX plan_line_training ON plan_line (employee_id) WHERE form = 'training' AND state IN ('chosen', 'submitted', 'agreed');
CREATE INDEX plan_line_remind ON plan_line (remind_on) WHERE remind_on IS NOT NULL AND reminded_at IS NULL AND state IN ('chosen', 'submitted', 'agreed');

-- What was never submitted is nobody's but the person's, and goes with an erasure; so do the
-- reminders that were asked for. What was submitted is part of the agency's plan. The function
-- is the one in force, with these lines before it closes the request.
-- +goose StatementBegin
DO $$
DECLARE
    body text := pg_get_functiondef('erase_person(bigint, bigint, timestamptz)'::regprocedure);
    mark CONSTANT text := 'UPDATE public.ticket SET handled_at = now_at, handled_by = by_id WHERE id = request;';
BEGIN
    IF strpos(body, mark) = 0 THEN
        RAISE EXCEPTION 'erase_person is not as this migration expects it';
    END IF;
    EXECUTE replace(body, mark,
        'DELETE FROM public.plan_line WHERE employee_id = person AND submitted_at IS NULL;' || E'\n    '
        || 'UPDATE public.plan_line SET remind_on = NULL, reminded_at = NULL WHERE employee_id = person;' || E'\n\n    ' || mark);
END $$;
-- +goose StatementEnd

-- Whoever opens somebody's plan stands beside who opened the answers (Siapa yang membuka).
DROP INDEX audit_openings;
CREATE INDEX audit_openings ON audit (employee_id, id) WHERE action IN ('answers.opened', 'answers.compared', 'development.opened', 'development.seen');
