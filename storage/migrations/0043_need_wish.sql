-- +goose Up

-- What people would like to learn (ingin dipelajari), counted at the close of a period: of all
-- units together, by family of positions, because each family is offered choices of its own.
-- n are those of the family who have answered the question, and chosen those who chose the
-- topic. No row is about a unit or a person.
CREATE TABLE need_wish (
    period_id bigint NOT NULL REFERENCES period,
    family    text NOT NULL,
    topic     text NOT NULL,
    label     text NOT NULL, -- of the button, as it was then
    n         integer NOT NULL CHECK (n > 0),
    chosen    integer NOT NULL CHECK (chosen BETWEEN 0 AND n),
    PRIMARY KEY (period_id, family, topic)
);
