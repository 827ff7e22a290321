-- What any durable bot keeps: the updates it has taken, a state per chat, and
-- something stored per update.
CREATE TABLE taken (update_id bigint PRIMARY KEY);
CREATE TABLE state (chat_id bigint PRIMARY KEY, body text NOT NULL, rev bigint NOT NULL) WITH (fillfactor = 70);
CREATE TABLE kept (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, chat_id bigint NOT NULL, body text NOT NULL);
CREATE SEQUENCE updates;
INSERT INTO state SELECT n, repeat('x', 300), 0 FROM generate_series(1, 10000) n;
ANALYZE state;
