-- +goose Up

-- Who reads a spreadsheet takes it for a while, and how often that happened is
-- counted before the file is opened: a file that ends the process each time it is
-- read would otherwise end it again at every start.
ALTER TABLE upload ADD COLUMN begun integer NOT NULL DEFAULT 0;
ALTER TABLE upload ADD COLUMN taken_until timestamptz;
