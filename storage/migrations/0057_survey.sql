-- +goose Up

-- What the file was called, while its questionnaire has no other title; '' once it is over.
ALTER TABLE upload ADD COLUMN name text NOT NULL DEFAULT '';
-- What a questionnaire would ask, so that it can be tried while its preview stands.
ALTER TABLE upload ADD COLUMN draft jsonb;

-- What the personnel office asks of its own accord (survei). Its id is that of an occasion.
-- It is named or confidential, for ever; until the close nobody reads an answer.
CREATE TABLE staff_survey (
    id         bigint PRIMARY KEY REFERENCES occasion,
    name       text NOT NULL,
    questionnaire_code    text NOT NULL,
    questionnaire_version integer NOT NULL, -- with which the next are asked; a task keeps its own
    manner     text NOT NULL CHECK (manner IN ('named', 'confidential')),
    owner_id   bigint NOT NULL REFERENCES employee,
    purpose    text NOT NULL CHECK (purpose <> ''), -- what the answers are used for
    opens_at   timestamptz NOT NULL,
    closes_at  timestamptz NOT NULL CHECK (closes_at > opens_at),
    closed_at  timestamptz,
    report_by  date NOT NULL, -- the day on which it is told what was done
    widened_at timestamptz, -- when everybody was asked; NULL = the first few only
    report     text NOT NULL DEFAULT '',
    reported_at timestamptz,
    reported_by bigint REFERENCES employee,
    -- Why the head of the agency is asked to have those asked too who wait for an answer.
    reason      text NOT NULL DEFAULT '',
    asked_by    bigint REFERENCES employee,
    decided_at  timestamptz,
    decided_by  bigint REFERENCES employee,
    signed      boolean NOT NULL DEFAULT false,
    figures     jsonb, -- what may be shown; written once, at the close
    FOREIGN KEY (questionnaire_code, questionnaire_version) REFERENCES questionnaire (code, version)
);
CREATE INDEX staff_survey_open ON staff_survey (closes_at) WHERE closed_at IS NULL;
CREATE INDEX staff_survey_owing ON staff_survey (report_by) WHERE reported_at IS NULL;

-- The audience of a survey, frozen when it starts.
CREATE TABLE staff_survey_person (
    survey_id   bigint NOT NULL REFERENCES staff_survey,
    employee_id bigint NOT NULL REFERENCES employee,
    ring        boolean NOT NULL DEFAULT false, -- is asked first
    left_out    boolean NOT NULL DEFAULT false, -- waits for what was promised after another survey
    asked_at    timestamptz,
    PRIMARY KEY (survey_id, employee_id)
);
CREATE INDEX staff_survey_person_of ON staff_survey_person (employee_id);

-- Answers go two years after the close, and the tasks that held them, or were never answered,
-- and who was asked, go with them; the figures stay. The clock is that of the database.
-- +goose StatementBegin
CREATE FUNCTION prune_staff_survey(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    edge timestamptz := clock_timestamp() - interval '2 years';
    few  integer := least(most, 10000);
    old  bigint[];
    gone bigint;
    n    bigint;
BEGIN
    SELECT array_agg(x.id) INTO old FROM (
        SELECT r.id FROM public.staff_survey s JOIN public.task t ON t.occasion_id = s.id JOIN public.response r ON r.task_id = t.id
        WHERE s.closed_at < edge ORDER BY r.id LIMIT few) x;
    DELETE FROM public.answer WHERE response_id = ANY (old);
    DELETE FROM public.response WHERE id = ANY (old);
    GET DIAGNOSTICS gone = ROW_COUNT;

    -- What was said about them goes after 90 days, by another statement.
    SELECT array_agg(x.id) INTO old FROM (
        SELECT t.id FROM public.staff_survey s JOIN public.task t ON t.occasion_id = s.id
        WHERE s.closed_at < edge AND NOT EXISTS (SELECT FROM public.response r WHERE r.task_id = t.id)
          AND NOT EXISTS (SELECT FROM public.notice c WHERE c.task_id = t.id) AND NOT EXISTS (SELECT FROM public.snooze s WHERE s.task_id = t.id)
        ORDER BY t.id LIMIT few) x;
    DELETE FROM public.task WHERE id = ANY (old);
    GET DIAGNOSTICS n = ROW_COUNT;
    gone := gone + n;

    DELETE FROM public.staff_survey_person p USING (
        SELECT k.survey_id, k.employee_id FROM public.staff_survey s JOIN public.staff_survey_person k ON k.survey_id = s.id
        WHERE s.closed_at < edge ORDER BY 1, 2 LIMIT few) x
    WHERE p.survey_id = x.survey_id AND p.employee_id = x.employee_id;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN gone + n;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION prune_staff_survey(integer) FROM PUBLIC;

-- What was said in a survey was voluntary: it goes with the rest. Only its kind is added to
-- what erase_person does by now, whichever migration wrote that last.
-- +goose StatementBegin
DO $do$
DECLARE
    source text := pg_get_functiondef('erase_person(bigint, bigint, timestamptz)'::regprocedure);
    wider  text := replace(source, $$'interest', 'follow_up')$$, $$'interest', 'follow_up', 'survey')$$);
BEGIN
    IF wider = source THEN
        RAISE EXCEPTION 'erase_person does not list its kinds as it did';
    END IF;
    EXECUTE wider;
END $do$;
-- +goose StatementEnd
