-- +goose Up

-- Days off by decree (SKB of three ministers), for the whole agency.
CREATE TABLE holiday (
    on_date date PRIMARY KEY,
    name    text NOT NULL,
    kind    text NOT NULL CHECK (kind IN ('national', 'collective'))
);

-- Times in which somebody is away. Why is told only as far as it is no matter
-- of health.
CREATE TABLE absence (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES employee,
    starts_on   date NOT NULL,
    ends_on     date NOT NULL CHECK (ends_on >= starts_on),
    kind        text NOT NULL CHECK (kind IN ('leave', 'study', 'duty', 'other')),
    UNIQUE (employee_id, starts_on, kind)
);

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
        GRANT SELECT, INSERT, UPDATE ON holiday, absence TO bangkom_app;
    END IF;
END $$;
-- +goose StatementEnd
