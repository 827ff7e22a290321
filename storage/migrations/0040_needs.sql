-- +goose Up

-- How much a competency counts when needs are put in order (kepentingan): 0 not at all, 1
-- perlu, 2 penting, 3 mutlak. Nobody but the agency can say it, so all begin alike.
ALTER TABLE competency ADD COLUMN importance smallint NOT NULL DEFAULT 2 CHECK (importance BETWEEN 0 AND 3);

-- What a period was at its close, frozen: the tree of units of that day, who was where,
-- and the sums of each unit's own people. Reports read these rows, which never change, so
-- that no difference in time tells about anybody who has moved. Periods that were closed
-- before these tables have none.
CREATE TABLE need_unit (
    period_id bigint NOT NULL REFERENCES period,
    unit_id   bigint NOT NULL REFERENCES unit,
    parent_id bigint REFERENCES unit,
    name      text NOT NULL,
    PRIMARY KEY (period_id, unit_id)
);

-- Everybody of whom the period asked something. It holds no level and no answer.
CREATE TABLE need_person (
    period_id   bigint NOT NULL,
    employee_id bigint NOT NULL REFERENCES employee,
    unit_id     bigint NOT NULL,
    class_code  text, -- NULL: none is known
    status      text NOT NULL, -- PNS or PPPK
    superior_id bigint REFERENCES employee,
    filled      boolean NOT NULL, -- the self-assessment was sent
    rated       boolean NOT NULL, -- a superior has rated
    PRIMARY KEY (period_id, employee_id),
    FOREIGN KEY (period_id, unit_id) REFERENCES need_unit
);

-- Of the people of a unit of whom both views are there: how many persons, the sum of what
-- they show minus what is required, in hundredths of a level, the sum of what is lacking,
-- and how many lack something.
CREATE TABLE need_cell (
    period_id       bigint NOT NULL,
    unit_id         bigint NOT NULL,
    competency_code text NOT NULL REFERENCES competency,
    n               integer NOT NULL CHECK (n > 0),
    gap             bigint NOT NULL,
    lack            bigint NOT NULL CHECK (lack >= 0 AND lack >= -gap),
    affected        integer NOT NULL CHECK (affected BETWEEN 0 AND n),
    PRIMARY KEY (period_id, unit_id, competency_code),
    FOREIGN KEY (period_id, unit_id) REFERENCES need_unit
);
