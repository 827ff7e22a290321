-- +goose Up

-- What units propose comes by a spreadsheet too. The command line is nobody.
ALTER TABLE unit_proposal ALTER COLUMN by_id DROP NOT NULL;
