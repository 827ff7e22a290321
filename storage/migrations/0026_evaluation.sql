-- +goose Up

-- What is asked of a batch (evaluasi pelatihan), from the moment when it is opened on.
-- What the questions name is frozen then. Nothing of it says who answered what.
CREATE TABLE evaluation (
    batch_id     bigint PRIMARY KEY REFERENCES batch,
    programme_id bigint NOT NULL REFERENCES programme,
    ability      text NOT NULL,
    trainers     text[] NOT NULL, -- each once, in the order of the sessions
    opened_at    timestamptz NOT NULL,
    opened_by    bigint REFERENCES employee, -- Buka evaluasi; NULL = the last session has ended
    closes_at    timestamptz NOT NULL CHECK (closes_at > opened_at),
    -- pooled: too few for themselves, sealed until others of the programme are there;
    -- merged: counted together with them; destroyed: nobody came in time.
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'published', 'pooled', 'merged', 'destroyed')),
    closed_at    timestamptz,
    asked        integer, -- of the close on; NULL before
    answered     integer, -- of the close on, where it is five or more
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CHECK (answered >= 5)
);
CREATE INDEX evaluation_open ON evaluation (closes_at) WHERE state = 'open';
CREATE INDEX evaluation_pooled ON evaluation (programme_id) WHERE state = 'pooled';

-- A sealed answer, until its group is counted: under a key that is not in the database,
-- bound to its task.
CREATE TABLE held_answer (
    task_id     bigint PRIMARY KEY REFERENCES task,
    occasion_id bigint NOT NULL REFERENCES evaluation,
    sealed      bytea NOT NULL
);
CREATE INDEX held_answer_of ON held_answer (occasion_id);

-- A group of five persons or more about which something is shown: disjoint from all
-- others, and never changed. batch_id NULL: several batches together.
CREATE TABLE atom (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme_id bigint NOT NULL REFERENCES programme,
    batch_id     bigint UNIQUE REFERENCES evaluation,
    persons      integer NOT NULL CHECK (persons >= 5),
    at           timestamptz NOT NULL
);
CREATE INDEX atom_programme ON atom (programme_id);
ALTER TABLE evaluation ADD COLUMN atom_id bigint REFERENCES atom; -- with which it is shown

-- How many persons of a group gave each value of an item. Ability before and now is one
-- value, such as "2>4".
CREATE TABLE tally (
    atom_id bigint NOT NULL REFERENCES atom,
    item    text NOT NULL,
    value   text NOT NULL,
    n       integer NOT NULL CHECK (n > 0),
    PRIMARY KEY (atom_id, item, value)
);

-- What people see of a group: the rounded values, and nothing finer. n: persons who
-- answered the item.
CREATE TABLE shown (
    atom_id bigint NOT NULL REFERENCES atom,
    cell    text NOT NULL,
    n       integer NOT NULL CHECK (n >= 5),
    text    text NOT NULL,
    PRIMARY KEY (atom_id, cell)
);

-- Comments of a group of ten or more, in alphabetical order.
CREATE TABLE remark (
    atom_id bigint NOT NULL REFERENCES atom,
    n       integer NOT NULL CHECK (n > 0),
    text    text NOT NULL,
    PRIMARY KEY (atom_id, n)
);

-- What the personnel office lets others read of a comment; NULL: nothing.
CREATE TABLE remark_reading (
    atom_id bigint NOT NULL,
    n       integer NOT NULL,
    text    text,
    by_id   bigint NOT NULL REFERENCES employee,
    at      timestamptz NOT NULL,
    PRIMARY KEY (atom_id, n),
    FOREIGN KEY (atom_id, n) REFERENCES remark
);

-- What the agency has done about what participants said (tindak lanjut masukan), and by
-- when it has promised to say so.
CREATE TABLE report_back (
    batch_id    bigint PRIMARY KEY REFERENCES evaluation,
    promised_on date NOT NULL,
    body        text NOT NULL DEFAULT '',
    given_by    bigint REFERENCES employee,
    given_at    timestamptz,
    CHECK ((given_at IS NULL) = (body = ''))
);
CREATE INDEX report_back_owed ON report_back (promised_on) WHERE given_at IS NULL;

-- Cards of a conversation without names. Such a row says nothing but that it is one:
-- how it is sent, its length and what it edits are sealed with its content.
ALTER TABLE outbox ADD COLUMN sealed boolean NOT NULL DEFAULT false;
-- Comments that Telegram did not delete: their writers are told.
CREATE INDEX outbox_undeleted ON outbox (id) WHERE sealed AND state = 'failed';
