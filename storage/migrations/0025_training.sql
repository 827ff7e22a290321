-- +goose Up

-- Pangkat/golongan, for lists only; '' = the register does not say.
ALTER TABLE employee ADD COLUMN grade text NOT NULL DEFAULT '';

-- When Telegram accepted a message, by the clock of people: an offer lives from then on.
ALTER TABLE outbox ADD COLUMN delivered_at timestamptz;

-- Who holds a training with the agency (mitra): a university, an institute, a firm.
CREATE TABLE partner (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code         text NOT NULL UNIQUE, -- short, as spreadsheets name it
    name         text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('university', 'government', 'professional', 'private')),
    agreement    text NOT NULL DEFAULT '', -- number of the agreement (perjanjian kerja sama)
    agreed_from  date,
    agreed_until date,
    CHECK (num_nulls(agreed_from, agreed_until) <> 1 AND agreed_until >= agreed_from)
);

-- What is taught (program pelatihan), whenever it is held.
CREATE TABLE programme (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code       text NOT NULL UNIQUE,
    title      text NOT NULL,
    aim        text NOT NULL,
    ability    text NOT NULL, -- what the participant will be able to do, one phrase
    form       text NOT NULL, -- domain: bentuk pengembangan kompetensi
    jp         smallint NOT NULL CHECK (jp BETWEEN 0 AND 1000), -- jam pelajaran
    partner_id bigint REFERENCES partner,
    way        text NOT NULL CHECK (way IN ('nomination', 'order', 'ranked')),
    share      smallint NOT NULL DEFAULT 80 CHECK (share BETWEEN 1 AND 100) -- per cent of the sessions that make somebody present
);

-- Which competencies it develops, up to which level.
CREATE TABLE programme_competency (
    programme_id    bigint NOT NULL REFERENCES programme,
    competency_code text NOT NULL REFERENCES competency,
    level           smallint NOT NULL CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (programme_id, competency_code)
);
CREATE INDEX programme_competency_code ON programme_competency (competency_code, level);

-- One time that a programme is held (angkatan). Its id is that of an occasion. The row
-- is what a transaction locks before it gives or takes a seat.
CREATE TABLE batch (
    id               bigint PRIMARY KEY REFERENCES occasion,
    programme_id     bigint NOT NULL REFERENCES programme,
    number           integer NOT NULL CHECK (number > 0),
    name             text NOT NULL, -- title and number, as people read it
    letter           text NOT NULL DEFAULT '', -- number of the letter of the office
    seats            integer NOT NULL CHECK (seats BETWEEN 0 AND 10000),
    opens_at         timestamptz, -- registration; both NULL = by nomination only
    closes_at        timestamptz,
    permission_until timestamptz, -- by when a superior must have answered
    funding          text NOT NULL CHECK (funding IN ('dpa_office', 'dpa_unit', 'free', 'contribution')),
    journey          text NOT NULL CHECK (journey IN ('office', 'unit', 'self', 'none')), -- who pays for it
    dress            text NOT NULL DEFAULT '',
    bring            text NOT NULL DEFAULT '',
    certificate      text NOT NULL DEFAULT '',
    contact          text NOT NULL DEFAULT '', -- narahubung
    target           text NOT NULL DEFAULT '', -- kelompok sasaran
    state            text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'open', 'closed', 'running', 'done', 'cancelled')),
    cancelled_for    text NOT NULL DEFAULT '', -- the reason, as people read it
    starts_at        timestamptz, -- of the first session; NULL = there is none yet
    ends_at          timestamptz, -- of the last one
    next_place       bigint NOT NULL DEFAULT 1, -- in the queue
    look_at          timestamptz, -- when the job of seats looks at it; NULL = when something happens
    revision         integer NOT NULL DEFAULT 1, -- rises with each change: a button on an older card changes nothing
    changed_by       bigint REFERENCES employee,
    changed_at       timestamptz NOT NULL,
    closed_at        timestamptz, -- nothing of it can be done or changed any more
    UNIQUE (programme_id, number),
    CHECK (num_nulls(opens_at, closes_at) <> 1 AND closes_at > opens_at),
    CHECK (num_nulls(starts_at, ends_at) <> 1 AND ends_at > starts_at)
);
CREATE INDEX batch_look ON batch (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX batch_ahead ON batch (starts_at) WHERE state IN ('planned', 'open', 'closed', 'running');
CREATE INDEX batch_open ON batch (closes_at) WHERE state = 'open';

-- At most so many of a unit, with all below it, where the agency wants that.
CREATE TABLE batch_quota (
    batch_id bigint NOT NULL REFERENCES batch,
    unit_id  bigint NOT NULL REFERENCES unit,
    seats    integer NOT NULL CHECK (seats >= 0),
    PRIMARY KEY (batch_id, unit_id)
);

-- One meeting of a batch (sesi).
CREATE TABLE training_session (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id   bigint NOT NULL REFERENCES batch,
    n          smallint NOT NULL CHECK (n > 0),
    starts_at  timestamptz NOT NULL,
    ends_at    timestamptz NOT NULL CHECK (ends_at > starts_at),
    place      text NOT NULL DEFAULT '',
    link       text NOT NULL DEFAULT '',
    guests     integer NOT NULL DEFAULT 0 CHECK (guests >= 0), -- heads of who is no participant (tamu)
    taken_at   timestamptz, -- attendance was taken
    taken_by   bigint REFERENCES employee,
    sheet_file text,        -- the photograph of the signed list, kept by Telegram
    sheet_by   bigint REFERENCES employee,
    sheet_at   timestamptz,
    day_told   boolean NOT NULL DEFAULT false, -- people were reminded the working day before
    hour_told  boolean NOT NULL DEFAULT false, -- and an hour before
    UNIQUE (batch_id, n)
);
CREATE INDEX training_session_starts ON training_session (starts_at);

-- Who teaches (pengajar): a name without an account, at most three in a session.
CREATE TABLE session_trainer (
    session_id bigint NOT NULL REFERENCES training_session,
    n          smallint NOT NULL CHECK (n BETWEEN 1 AND 3),
    name       text NOT NULL,
    PRIMARY KEY (session_id, n)
);

-- Who runs a batch (panitia), and sees that batch only, until 14 days after its end.
CREATE TABLE committee (
    batch_id    bigint NOT NULL REFERENCES batch,
    employee_id bigint NOT NULL REFERENCES employee,
    named_by    bigint REFERENCES employee,
    named_at    timestamptz NOT NULL,
    PRIMARY KEY (batch_id, employee_id)
);
CREATE INDEX committee_of ON committee (employee_id);

-- One person in one batch (kepesertaan), one row whatever becomes of it.
CREATE TABLE enrolment (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id          bigint NOT NULL REFERENCES batch,
    employee_id       bigint NOT NULL REFERENCES employee,
    way               text NOT NULL CHECK (way IN ('nominated', 'registered', 'walk_in')),
    state             text NOT NULL CHECK (state IN ('applied', 'waiting', 'offered', 'seated', 'withdrawn', 'lapsed', 'refused', 'replaced', 'cancelled')),
    place             bigint NOT NULL DEFAULT 0, -- in the queue; the smaller comes first
    applied_at        timestamptz NOT NULL,
    changed_at        timestamptz NOT NULL,
    seated_at         timestamptz,
    cause             text CHECK (cause IN ('urgent', 'shift', 'other')), -- of Berhalangan
    offers            smallint NOT NULL DEFAULT 0, -- how many were made so far
    offered_at        timestamptz,
    delivered_at      timestamptz, -- of the open offer, as the sender stored it
    offer_until       timestamptz, -- NULL: not delivered yet
    passed            text,        -- why the newest offer passed the person over
    permission        text NOT NULL DEFAULT 'none' CHECK (permission IN ('none', 'asked', 'given', 'refused', 'letter')),
    asked_until       timestamptz, -- the deadline of the permission; NULL: the job of seats has not looked yet
    permission_by     bigint REFERENCES employee,
    permission_at     timestamptz,
    permission_reason text NOT NULL DEFAULT '', -- of Belum diizinkan
    permission_letter text NOT NULL DEFAULT '', -- Izin tertulis: number
    permission_date   date,
    listed_at         timestamptz, -- the superior, or the officer, got the list in which it stands
    warned_at         timestamptz, -- person and officer were told that the superior is silent
    nominated_by      bigint REFERENCES employee,
    nomination        text NOT NULL DEFAULT '', -- number of the unit head's letter
    nomination_date   date,
    replaces_id       bigint REFERENCES enrolment, -- Ganti peserta: whose seat it was
    assignment        text NOT NULL DEFAULT '', -- surat tugas: number
    assignment_date   date,
    assignment_by     bigint REFERENCES employee,
    kept_revision     integer, -- of the batch, after which the person said Tetap ikut
    told              boolean NOT NULL DEFAULT true, -- of the nomination; the job of seats tells of those in a file
    UNIQUE (batch_id, employee_id)
) WITH (fillfactor = 80);
CREATE INDEX enrolment_of ON enrolment (employee_id, batch_id) INCLUDE (state);
CREATE INDEX enrolment_in ON enrolment (batch_id, state, way);
CREATE INDEX enrolment_queue ON enrolment (batch_id, place) WHERE state = 'waiting';
CREATE INDEX enrolment_untold ON enrolment (batch_id) WHERE NOT told;
CREATE INDEX enrolment_asked ON enrolment (batch_id) WHERE permission = 'asked' AND state = 'seated';

-- Who was there in a session (kehadiran).
CREATE TABLE attendance (
    session_id  bigint NOT NULL REFERENCES training_session,
    employee_id bigint NOT NULL REFERENCES employee,
    present     boolean NOT NULL,
    way         text NOT NULL CHECK (way IN ('committee', 'code', 'claim')),
    by_id       bigint REFERENCES employee,
    at          timestamptz NOT NULL,
    claimed_at  timestamptz, -- Saya hadir, of who was marked absent
    decided_at  timestamptz, -- about the claim
    decided_by  bigint REFERENCES employee,
    PRIMARY KEY (session_id, employee_id)
);
CREATE INDEX attendance_of ON attendance (employee_id);
CREATE INDEX attendance_claimed ON attendance (session_id) WHERE claimed_at IS NOT NULL AND decided_at IS NULL;
