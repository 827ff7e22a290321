-- +goose Up

-- One wrong code or phone number of a Telegram account: how often it may try in
-- a day, and how many fail altogether. No word of what was tried. A row outlives
-- the chat, or whoever makes the bot forget a chat would have new tries, and
-- goes a day later.
CREATE TABLE failed_proof (
    chat_id   bigint NOT NULL,
    serial    bigint NOT NULL, -- of the update, in the inbox
    at        timestamptz NOT NULL,
    PRIMARY KEY (chat_id, serial)
);
CREATE INDEX failed_proof_at ON failed_proof (at);

-- How many updates of a person were decided since when, at most an hour.
ALTER TABLE chat ADD COLUMN hour_updates integer NOT NULL DEFAULT 0, ADD COLUMN hour_since timestamptz;

-- asked: the account of the person was asked about this request. It is not when
-- it was asked often enough on that day.
ALTER TABLE takeover ADD COLUMN asked boolean NOT NULL DEFAULT true;
CREATE INDEX takeover_person ON takeover (employee_id, created_at);
CREATE INDEX takeover_asker ON takeover (chat_id, created_at);
CREATE INDEX takeover_day ON takeover (created_at);
