-- +goose Up

-- What a unit's own people would like to learn, counted at the close of a period beside
-- need_wish and of the same people: n are those of the unit who have answered the question and
-- were offered the topic, and chosen those who chose it. Periods that were closed before have
-- no rows.
CREATE TABLE need_unit_wish (
    period_id bigint NOT NULL,
    unit_id   bigint NOT NULL,
    topic     text NOT NULL,
    n         integer NOT NULL CHECK (n > 0),
    chosen    integer NOT NULL CHECK (chosen BETWEEN 0 AND n),
    PRIMARY KEY (period_id, unit_id, topic),
    FOREIGN KEY (period_id, unit_id) REFERENCES need_unit
);
