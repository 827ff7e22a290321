-- +goose Up

-- A file of NIPs that waits to be read for the audience of a draft (sasaran dari berkas).
-- It holds no number: the file stays with Telegram.
CREATE TABLE announcement_nips (
    announcement_id bigint PRIMARY KEY REFERENCES announcement ON DELETE CASCADE,
    chat_id         bigint NOT NULL,
    file_id         text NOT NULL,
    asked_at        timestamptz NOT NULL,
    next_at         timestamptz NOT NULL,       -- not read before: somebody reads it
    tries           smallint NOT NULL DEFAULT 0
);
