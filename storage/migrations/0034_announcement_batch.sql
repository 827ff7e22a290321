-- +goose Up

-- An announcement may carry a batch of a training: its buttons register for the batch and
-- open it.
ALTER TABLE announcement ADD COLUMN batch_id bigint REFERENCES batch;
CREATE INDEX announcement_batch ON announcement (batch_id) WHERE batch_id IS NOT NULL;

-- From when to when it has moved the opening of the registration, because of its approval.
ALTER TABLE announcement ADD COLUMN batch_opened timestamptz, ADD COLUMN batch_opens timestamptz;
