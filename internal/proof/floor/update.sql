\set chat random(1, 10000)
BEGIN;
INSERT INTO taken (update_id) VALUES (nextval('updates')) ON CONFLICT DO NOTHING;
SELECT body, rev FROM state WHERE chat_id = :chat FOR UPDATE;
UPDATE state SET body = 'answered ' || :chat || repeat('y', 300), rev = rev + 1 WHERE chat_id = :chat;
INSERT INTO kept (chat_id, body) VALUES (:chat, 'the message that is sent');
COMMIT;
