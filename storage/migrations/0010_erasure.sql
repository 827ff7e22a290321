-- +goose Up

-- chat_id: where the outcome of a request is told when whoever asked has no
-- account any more.
ALTER TABLE ticket ADD COLUMN chat_id bigint;
CREATE INDEX ticket_chat ON ticket (chat_id) WHERE chat_id IS NOT NULL;
CREATE INDEX consent_chat ON consent (chat_id);

-- What a person may have erased: the tie with the Telegram account, the
-- settings of reminders, and the answers that nobody was asked for. It needs an
-- open request of that person and leaves a row in the audit log; what was sent
-- because it was asked for, and the register, stay as long as archives must.
-- The tables of reminders are looked for when it runs.
-- +goose StatementBegin
CREATE FUNCTION erase_person(request bigint, by_id bigint, now_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    person   bigint;
    chats    bigint[];
    answers  bigint;
    settings text;
BEGIN
    SELECT employee_id INTO person FROM ticket
    WHERE id = request AND kind = 'erasure' AND handled_at IS NULL FOR UPDATE;
    IF person IS NULL THEN
        RETURN NULL;
    END IF;
    IF person = by_id THEN
        RAISE EXCEPTION 'nobody erases the own data';
    END IF;

    SELECT COALESCE(array_agg(DISTINCT a.chat_id), '{}') INTO chats FROM (
        SELECT id AS chat_id FROM chat WHERE employee_id = person
        UNION SELECT chat_id FROM consent WHERE employee_id = person
        UNION SELECT chat_id FROM ticket WHERE employee_id = person AND chat_id IS NOT NULL) a
    WHERE NOT EXISTS (SELECT FROM chat c WHERE c.id = a.chat_id AND c.employee_id <> person);

    INSERT INTO lockout (chat_id, tries, since, expires_at)
    SELECT id, wrong_tries, tries_since, now_at + interval '1 hour' FROM chat
    WHERE id = ANY (chats) AND wrong_tries > 0 AND tries_since IS NOT NULL
    ON CONFLICT (chat_id) DO UPDATE SET tries = excluded.tries, since = excluded.since, expires_at = excluded.expires_at;
    DELETE FROM chat WHERE id = ANY (chats);
    DELETE FROM outbox WHERE chat_id = ANY (chats) AND state NOT IN ('new', 'sending');
    UPDATE outbox SET forget = true WHERE chat_id = ANY (chats);
    UPDATE consent SET chat_id = 0 WHERE employee_id = person;
    UPDATE takeover SET chat_id = 0, decided_at = COALESCE(decided_at, now_at), accepted = COALESCE(accepted, false)
    WHERE employee_id = person;
    UPDATE upload SET chat_id = 0, file_id = '' WHERE employee_id = person AND state IN ('applied', 'cancelled', 'failed');
    UPDATE link_code SET closed_at = now_at WHERE employee_id = person AND used_at IS NULL AND closed_at IS NULL;

    FOREACH settings IN ARRAY ARRAY['snooze', 'attention', 'silence'] LOOP
        IF to_regclass('public.' || settings) IS NOT NULL THEN
            EXECUTE format('DELETE FROM %I WHERE employee_id = $1', settings) USING person;
        END IF;
    END LOOP;

    DELETE FROM answer a USING response r, task t
    WHERE r.id = a.response_id AND t.id = r.task_id AND t.employee_id = person
      AND t.kind IN ('self_assessment_technical', 'interest');
    DELETE FROM response r USING task t
    WHERE t.id = r.task_id AND t.employee_id = person AND t.kind IN ('self_assessment_technical', 'interest');
    GET DIAGNOSTICS answers = ROW_COUNT;
    UPDATE task SET state = 'excused', started_at = NULL, done_at = NULL
    WHERE employee_id = person AND kind IN ('self_assessment_technical', 'interest');

    UPDATE ticket SET handled_at = now_at, handled_by = by_id WHERE id = request;
    UPDATE ticket SET chat_id = NULL WHERE employee_id = person;
    INSERT INTO audit (at, actor, action, employee_id, detail)
    VALUES (now_at, by_id, 'erase', person, format('request %s, answers %s', request, answers));
    RETURN person;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION erase_person(bigint, bigint, timestamptz) FROM PUBLIC;

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
        GRANT EXECUTE ON FUNCTION erase_person(bigint, bigint, timestamptz) TO bangkom_app;
    END IF;
END $$;
-- +goose StatementEnd
