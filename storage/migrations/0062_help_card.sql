-- +goose Up

-- Messages in which somebody who asked for help stands by name and number, until they are
-- edited to a line without. They outlive the request, which an erasure takes away before the
-- chat is edited; so there is no key to it.
CREATE TABLE help_card (
    chat_id    bigint NOT NULL,
    message_id bigint NOT NULL,
    request_id bigint NOT NULL,
    PRIMARY KEY (chat_id, message_id)
);
