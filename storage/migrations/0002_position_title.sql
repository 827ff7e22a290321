-- +goose Up

-- The agency's own list of position titles and their classes, for titles that
-- tell no class by themselves. key: the title in comparable form.
CREATE TABLE position_title (
    key        text PRIMARY KEY,
    title      text NOT NULL,
    class_code text NOT NULL REFERENCES position_class
);

-- +goose StatementBegin
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bangkom_app') THEN
        GRANT SELECT, INSERT, UPDATE ON position_title TO bangkom_app;
    END IF;
END $$;
-- +goose StatementEnd
