-- +goose Up

-- Answers with a name go two years after the close, and the tasks that held them, or were never
-- answered, go with them. Whose pair it was stays as long as the group that it is counted in: it
-- decides what a reader may see of that group. Five years after the close both go, with the
-- follow-up itself. The clock is that of the database, so that the program cannot move it.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION prune_follow_up(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    edge    timestamptz := clock_timestamp() - interval '2 years';
    farther timestamptz := clock_timestamp() - interval '5 years';
    few     integer := least(most, 10000);
    old     bigint[];
    gone    bigint;
    n       bigint;
BEGIN
    SELECT array_agg(x.id) INTO old FROM (
        SELECT r.id FROM public.follow_up f JOIN public.task t ON t.occasion_id = f.id JOIN public.response r ON r.task_id = t.id
        WHERE f.closed_at < edge ORDER BY r.id LIMIT few) x;
    DELETE FROM public.answer WHERE response_id = ANY (old);
    DELETE FROM public.response WHERE id = ANY (old);
    GET DIAGNOSTICS gone = ROW_COUNT;

    -- What was said about them goes after 90 days, by another statement.
    SELECT array_agg(x.id) INTO old FROM (
        SELECT t.id FROM public.follow_up f JOIN public.task t ON t.occasion_id = f.id
        WHERE f.closed_at < edge AND NOT EXISTS (SELECT FROM public.response r WHERE r.task_id = t.id)
          AND NOT EXISTS (SELECT FROM public.notice c WHERE c.task_id = t.id) AND NOT EXISTS (SELECT FROM public.snooze s WHERE s.task_id = t.id)
        ORDER BY t.id LIMIT few) x;
    DELETE FROM public.task WHERE id = ANY (old);
    GET DIAGNOSTICS n = ROW_COUNT;
    gone := gone + n;

    -- Why somebody was not asked, and who did not answer, goes with the answers.
    UPDATE public.follow_up_pair k SET own = '', other = '', ended = '', shared_at = NULL
    FROM public.follow_up f WHERE f.id = k.follow_up_id AND f.closed_at < edge
      AND (k.own <> '' OR k.other <> '' OR k.ended <> '' OR k.shared_at IS NOT NULL);

    -- A group is made when the last of its follow-ups closes.
    SELECT array_agg(x.id) INTO old FROM (SELECT id FROM public.follow_up_group WHERE at < farther ORDER BY id LIMIT few) x;
    DELETE FROM public.follow_up_pair WHERE group_id = ANY (old);
    DELETE FROM public.follow_up_cell WHERE group_id = ANY (old);
    DELETE FROM public.follow_up_group WHERE id = ANY (old);
    GET DIAGNOSTICS n = ROW_COUNT;
    gone := gone + n;
    DELETE FROM public.follow_up_pair k USING public.follow_up f
    WHERE f.id = k.follow_up_id AND f.closed_at < farther AND k.group_id IS NULL;
    SELECT array_agg(x.id) INTO old FROM (
        SELECT f.id FROM public.follow_up f WHERE f.closed_at < farther
          AND NOT EXISTS (SELECT FROM public.follow_up_pair k WHERE k.follow_up_id = f.id)
          AND NOT EXISTS (SELECT FROM public.task t WHERE t.occasion_id = f.id) ORDER BY f.id LIMIT few) x;
    DELETE FROM public.follow_up WHERE id = ANY (old);
    DELETE FROM public.occasion WHERE id = ANY (old);
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN gone + n;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION prune_follow_up(integer) FROM PUBLIC;
