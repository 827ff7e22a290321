-- +goose Up

-- The last button press of a chat that was decided: on which message, which card
-- stood there then, which of its buttons it was, and when it came. The two marks
-- tell nothing: they are beginnings of keyed hashes. The press after it is compared
-- with them, so that a double tap does nothing on a card that nobody can have read.
ALTER TABLE chat ADD COLUMN press_at timestamptz, ADD COLUMN press_message bigint NOT NULL DEFAULT 0,
    ADD COLUMN press_card text NOT NULL DEFAULT '', ADD COLUMN press_button text NOT NULL DEFAULT '';
