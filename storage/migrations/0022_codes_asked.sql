-- +goose Up

-- When a code was asked for last for a person: looked up for everybody without an
-- account whenever a superior's summary is written.
CREATE INDEX audit_codes ON audit (employee_id, at) WHERE action = 'codes.asked';
