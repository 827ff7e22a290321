-- +goose Up

-- What somebody who was rated says about it (tanggapan), once both views are open: one text
-- for each rating, the last one. The personnel office gets it only when the person asks for
-- that, as a request of a kind of its own, with the words of that moment.
CREATE TABLE rating_reply (
    task_id  bigint PRIMARY KEY REFERENCES task,
    body     text NOT NULL CHECK (body <> '' AND char_length(body) <= 500),
    at       timestamptz NOT NULL,
    asked_at timestamptz -- when the person gave these words to the personnel office
);

ALTER TABLE ticket DROP CONSTRAINT ticket_kind_check;
ALTER TABLE ticket ADD CONSTRAINT ticket_kind_check CHECK (kind IN ('correction', 'team', 'erasure', 'reply'));

-- Nobody was asked for it, so it goes when its person asks for erasure.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION erase_person(request bigint, by_id bigint, now_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    person   bigint;
    chats    bigint[];
    answers  bigint;
BEGIN
    SELECT employee_id INTO person FROM public.ticket
    WHERE id = request AND kind = 'erasure' AND handled_at IS NULL FOR UPDATE;
    IF person IS NULL THEN
        RETURN NULL;
    END IF;
    IF person = by_id THEN
        RAISE EXCEPTION 'nobody erases the own data';
    END IF;

    SELECT COALESCE(array_agg(DISTINCT a.chat_id), '{}') INTO chats FROM (
        SELECT id AS chat_id FROM public.chat WHERE employee_id = person
        UNION SELECT chat_id FROM public.consent WHERE employee_id = person
        UNION SELECT chat_id FROM public.ticket WHERE employee_id = person AND chat_id IS NOT NULL) a
    WHERE NOT EXISTS (SELECT FROM public.chat c WHERE c.id = a.chat_id AND c.employee_id <> person);

    INSERT INTO public.lockout (chat_id, tries, since, expires_at)
    SELECT id, wrong_tries, tries_since, now_at + interval '1 hour' FROM public.chat
    WHERE id = ANY (chats) AND wrong_tries > 0 AND tries_since IS NOT NULL
    ON CONFLICT (chat_id) DO UPDATE SET tries = excluded.tries, since = excluded.since, expires_at = excluded.expires_at;
    DELETE FROM public.chat WHERE id = ANY (chats);
    DELETE FROM public.outbox WHERE chat_id = ANY (chats) AND state NOT IN ('new', 'sending');
    UPDATE public.outbox SET forget = true WHERE chat_id = ANY (chats);
    UPDATE public.consent SET chat_id = 0 WHERE employee_id = person;
    UPDATE public.takeover SET chat_id = 0, decided_at = COALESCE(decided_at, now_at), accepted = COALESCE(accepted, false)
    WHERE employee_id = person;
    UPDATE public.upload SET chat_id = 0, file_id = ''
    WHERE employee_id = person AND state IN ('applied', 'cancelled', 'failed');
    UPDATE public.link_code SET closed_at = now_at WHERE employee_id = person AND used_at IS NULL AND closed_at IS NULL;

    UPDATE public.announcement_recipient SET chat_id = NULL, message_id = NULL WHERE employee_id = person;
    UPDATE public.announcement SET chat_id = NULL, message_id = NULL WHERE author_id = person;
    DELETE FROM public.announcement_nips WHERE chat_id = ANY (chats);
    DELETE FROM public.announcement_question WHERE employee_id = person AND NOT published;
    UPDATE public.announcement_question SET body = '' WHERE employee_id = person;

    DELETE FROM public.snooze WHERE employee_id = person;
    DELETE FROM public.attention WHERE employee_id = person;
    DELETE FROM public.silence WHERE employee_id = person;

    DELETE FROM public.answer a USING public.response r, public.task t
    WHERE r.id = a.response_id AND t.id = r.task_id AND t.employee_id = person
      AND t.kind IN ('self_assessment_technical', 'interest');
    DELETE FROM public.response r USING public.task t
    WHERE t.id = r.task_id AND t.employee_id = person AND t.kind IN ('self_assessment_technical', 'interest');
    GET DIAGNOSTICS answers = ROW_COUNT;
    UPDATE public.task SET state = 'excused', started_at = NULL, done_at = NULL
    WHERE employee_id = person AND kind IN ('self_assessment_technical', 'interest');

    DELETE FROM public.held_answer h USING public.task t WHERE t.id = h.task_id AND t.employee_id = person;

    DELETE FROM public.rating_reply y USING public.task t WHERE t.id = y.task_id AND t.subject_id = person;
    UPDATE public.ticket SET body = '' WHERE employee_id = person AND kind = 'reply';
    UPDATE public.ticket SET answer = '' WHERE employee_id = person;

    UPDATE public.ticket SET handled_at = now_at, handled_by = by_id WHERE id = request;
    UPDATE public.ticket SET chat_id = NULL WHERE employee_id = person;
    INSERT INTO public.audit (at, actor, action, employee_id, detail)
    VALUES (now_at, by_id, 'erase', person, format('request %s, answers %s', request, answers));
    RETURN person;
END $$;
-- +goose StatementEnd
