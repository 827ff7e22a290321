-- +goose Up

-- losses: whom a previewed file takes out of service or leaves without a superior,
-- by name, as it was shown. It is emptied two days after the upload has ended.
ALTER TABLE upload ADD COLUMN losses jsonb;

-- added_at, added_by: when somebody came into the register by a file, and who of the
-- personnel office alone says that this person exists. NULL in added_by: the command
-- line, or somebody else has confirmed it since, by an own file or by approving.
ALTER TABLE employee ADD COLUMN added_at timestamptz;
ALTER TABLE employee ADD COLUMN added_by bigint REFERENCES employee;
