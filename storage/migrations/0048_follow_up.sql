-- +goose Up

-- What is asked some days after a batch (penerapan pelatihan): of who attended, and of the
-- direct superior of that day. Its id is that of an occasion; what the questions name is
-- frozen when it opens.
CREATE TABLE follow_up (
    id           bigint PRIMARY KEY REFERENCES occasion,
    batch_id     bigint NOT NULL REFERENCES batch,
    day          smallint NOT NULL CHECK (day > 0), -- days after the end of the batch
    programme_id bigint NOT NULL REFERENCES programme,
    partner_id   bigint REFERENCES partner, -- NULL = the agency itself
    name         text NOT NULL, -- of the batch
    ability      text NOT NULL,
    opens_at     timestamptz NOT NULL,
    closes_at    timestamptz NOT NULL CHECK (closes_at > opens_at),
    closed_at    timestamptz,
    UNIQUE (batch_id, day)
);
CREATE INDEX follow_up_open ON follow_up (closes_at) WHERE closed_at IS NULL;
CREATE INDEX follow_up_opened ON follow_up (opens_at);

-- A group of five persons or more of whom something is shown: disjoint from all others, and
-- never changed. It is of one follow-up, or of several of one programme and day.
CREATE TABLE follow_up_group (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme_id bigint NOT NULL REFERENCES programme,
    day          smallint NOT NULL,
    persons      integer NOT NULL CHECK (persons >= 5),
    at           timestamptz NOT NULL
);
CREATE INDEX follow_up_group_at ON follow_up_group (at);

-- What is shown of a group: the rounded values, and nothing finer.
CREATE TABLE follow_up_cell (
    group_id bigint NOT NULL REFERENCES follow_up_group,
    cell     text NOT NULL,
    n        integer NOT NULL CHECK (n >= 5),
    text     text NOT NULL,
    PRIMARY KEY (group_id, cell)
);

-- Everybody who attended, with the direct superior of the day on which it opened. own and
-- other say why the person, and why the superior, is not asked; '' = is asked. ended says at
-- the close how the pair stands.
CREATE TABLE follow_up_pair (
    follow_up_id bigint NOT NULL REFERENCES follow_up,
    subject_id   bigint NOT NULL REFERENCES employee,
    superior_id  bigint REFERENCES employee, -- NULL = not known on that day
    own          text NOT NULL DEFAULT '' CHECK (own IN ('', 'left', 'leave', 'unlinked')),
    other        text NOT NULL DEFAULT '' CHECK (other IN ('', 'own', 'none', 'left', 'leave', 'unlinked', 'trainer', 'drawn')),
    ended        text NOT NULL DEFAULT '' CHECK (ended IN ('', 'complete', 'own_missing', 'other_missing', 'both_missing', 'not_asked')),
    shared_at    timestamptz, -- when the person gave the rest to the superior (Sampaikan ke atasan)
    group_id     bigint REFERENCES follow_up_group, -- with which the answers were counted
    PRIMARY KEY (follow_up_id, subject_id)
);
CREATE INDEX follow_up_pair_subject ON follow_up_pair (subject_id);
CREATE INDEX follow_up_pair_superior ON follow_up_pair (superior_id) WHERE superior_id IS NOT NULL;
CREATE INDEX follow_up_pair_group ON follow_up_pair (group_id) WHERE group_id IS NOT NULL;

-- Answers with a name go two years after the close; what was counted of them stays. The
-- clock is that of the database, so that the program cannot move it.
-- +goose StatementBegin
CREATE FUNCTION prune_follow_up(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    old  bigint[];
    gone bigint;
BEGIN
    SELECT array_agg(x.id) INTO old FROM (
        SELECT r.id FROM public.follow_up f JOIN public.task t ON t.occasion_id = f.id JOIN public.response r ON r.task_id = t.id
        WHERE f.closed_at < clock_timestamp() - interval '2 years' ORDER BY r.id LIMIT least(most, 10000)) x;
    DELETE FROM public.answer WHERE response_id = ANY (old);
    DELETE FROM public.response WHERE id = ANY (old);
    GET DIAGNOSTICS gone = ROW_COUNT;
    -- Why somebody was not asked, and who did not answer, goes with the answers; whose pair it
    -- was stays, because it decides what a reader may see of the group.
    UPDATE public.follow_up_pair k SET own = '', other = '', ended = '', shared_at = NULL
    FROM public.follow_up f WHERE f.id = k.follow_up_id AND f.closed_at < clock_timestamp() - interval '2 years'
      AND (k.own <> '' OR k.other <> '' OR k.ended <> '' OR k.shared_at IS NOT NULL);
    RETURN gone;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION prune_follow_up(integer) FROM PUBLIC;

-- What somebody has said about the own ability at work was voluntary: it goes with the rest.
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
      AND t.kind IN ('self_assessment_technical', 'interest', 'follow_up');
    DELETE FROM public.response r USING public.task t
    WHERE t.id = r.task_id AND t.employee_id = person AND t.kind IN ('self_assessment_technical', 'interest', 'follow_up');
    GET DIAGNOSTICS answers = ROW_COUNT;
    UPDATE public.task SET state = 'excused', started_at = NULL, done_at = NULL
    WHERE employee_id = person AND kind IN ('self_assessment_technical', 'interest', 'follow_up');

    -- Nobody is asked any more about who has no side of their own.
    UPDATE public.task SET state = 'excused', started_at = NULL
    WHERE subject_id = person AND kind = 'follow_up_superior' AND state IN ('open', 'started');
    UPDATE public.follow_up_pair SET shared_at = NULL WHERE subject_id = person;

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
