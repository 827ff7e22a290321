-- +goose Up

-- What somebody has resolved to do with a training (niat), in one line, and what became of
-- it. Days only: together with the rows about an evaluation, a time would tell who was at
-- the phone when. Nobody but its person reads a row; the program may delete it.
CREATE TABLE resolve (
    employee_id bigint NOT NULL REFERENCES employee,
    batch_id    bigint NOT NULL REFERENCES batch,
    line        text NOT NULL CHECK (line <> '' AND char_length(line) <= 200),
    written_on  date NOT NULL,
    ask_on      date NOT NULL CHECK (ask_on > written_on),
    outcome     text CHECK (outcome IN ('done', 'partly', 'notyet')),
    answered_on date,
    PRIMARY KEY (employee_id, batch_id),
    CHECK (num_nulls(outcome, answered_on) <> 1)
);
CREATE INDEX resolve_ask ON resolve (ask_on);
