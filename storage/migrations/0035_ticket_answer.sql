-- +goose Up

-- What the personnel office answers to a request, in one line; '' = nothing. It goes with
-- the request: who erases or deletes the row has the answer too.
ALTER TABLE ticket ADD COLUMN answer text NOT NULL DEFAULT '';
