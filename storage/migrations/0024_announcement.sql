-- +goose Up

-- An announcement of the personnel office (pengumuman), from the draft on. While it is a
-- draft its author changes it; what was approved is frozen but for corrections.
CREATE TABLE announcement (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id   bigint NOT NULL REFERENCES employee,
    state       text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'asked', 'approved', 'sending', 'paused', 'done', 'cancelled', 'deleted')),
    kind        text NOT NULL DEFAULT 'ordinary' CHECK (kind IN ('ordinary', 'near')), -- near: acara dekat
    event_at    timestamptz, -- of a near event
    body        text NOT NULL DEFAULT '',       -- as it was typed
    entities    jsonb NOT NULL DEFAULT '[]',    -- Telegram's, in UTF-16 units of body
    media       text CHECK (media IN ('photo', 'document')),
    file_id     text, -- of media
    file_name   text,
    ack         boolean NOT NULL DEFAULT false, -- Sudah saya baca
    link_label  text,
    link_url    text,
    audience    jsonb NOT NULL DEFAULT '{}',    -- rules, see package announcement
    version     integer NOT NULL DEFAULT 1,     -- of the content: each correction makes a further one
    revision    integer NOT NULL DEFAULT 1,     -- of the draft: a button on an older card changes nothing
    asked_at    timestamptz,
    asked_until timestamptz,
    approved_by bigint REFERENCES employee,     -- NULL: no second person was needed
    approved_at timestamptz,
    frozen      integer,                        -- people in the audience at the approval
    send_at     timestamptz,                    -- not before; NULL = at once
    expires_at  timestamptz,
    started_at  timestamptz,
    ended_at    timestamptz,
    stopped     text,                           -- why the program itself paused it: wrong_bot
    withdrawn_at timestamptz,                   -- Tarik: what still arrives is deleted
    chat_id     bigint,                         -- where its progress is shown
    message_id  bigint,                         -- which edits itself
    told        text,                           -- what that message showed last
    told_at     timestamptz,
    told_n      integer NOT NULL DEFAULT 0,     -- edits of that message so far
    created_at  timestamptz NOT NULL,
    changed_at  timestamptz NOT NULL
);
CREATE INDEX announcement_author ON announcement (author_id, changed_at DESC);
CREATE INDEX announcement_open ON announcement (send_at) WHERE state IN ('asked', 'approved', 'sending', 'paused');

-- Further files behind buttons (lampiran), in their order.
CREATE TABLE announcement_file (
    announcement_id bigint NOT NULL REFERENCES announcement,
    n               smallint NOT NULL,
    media           text NOT NULL CHECK (media IN ('photo', 'document')),
    file_id         text NOT NULL,
    name            text NOT NULL,
    PRIMARY KEY (announcement_id, n)
);

-- What each version said, and why it came (ralat).
CREATE TABLE announcement_version (
    announcement_id bigint NOT NULL REFERENCES announcement,
    version         integer NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('first', 'small', 'fact')), -- fact: time or place
    body            text NOT NULL,
    entities        jsonb NOT NULL,
    fact            text, -- the short reply of a correction of facts
    by_id           bigint NOT NULL REFERENCES employee,
    at              timestamptz NOT NULL,
    PRIMARY KEY (announcement_id, version)
);

-- The ledger (buku kirim): a row for each person of the frozen audience, from the approval
-- on and as long as the announcement lives.
CREATE TABLE announcement_recipient (
    announcement_id bigint NOT NULL REFERENCES announcement,
    employee_id     bigint NOT NULL REFERENCES employee,
    state           text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'held', 'queued', 'sent', 'unknown', 'failed',
                    'expired', 'unreachable', 'unlinked', 'left', 'cancelled', 'withdrawn')),
    reason          text,     -- code of the gate's reason, or the cause of a failure
    hold_until      timestamptz,
    tries           smallint NOT NULL DEFAULT 0,
    outbox_key      text,     -- of its newest row
    chat_id         bigint,   -- to which it went
    message_id      bigint,
    sent_at         timestamptz,
    sent_version    integer,  -- with which the message was sent
    version         integer,  -- that the message shows by now
    patch_key       text,     -- outbox row of the newest edit or deletion
    patch_state     text CHECK (patch_state IN ('queued', 'done', 'refused')),
    patch_cause     text,
    fact_due        boolean NOT NULL DEFAULT false, -- is to get the short reply of the newest correction of facts
    fact_version    integer,  -- of the newest short reply
    read_at         timestamptz,
    read_version    integer,
    remind_due      boolean NOT NULL DEFAULT false, -- is to be reminded (Ingatkan yang belum membaca)
    reminded_at     timestamptz,
    told_by         bigint REFERENCES employee, -- Disampaikan langsung, by an officer
    told_at         timestamptz,
    PRIMARY KEY (announcement_id, employee_id)
) WITH (fillfactor = 80);
CREATE INDEX announcement_recipient_of ON announcement_recipient (employee_id, announcement_id);
CREATE INDEX announcement_recipient_open ON announcement_recipient (announcement_id, state, hold_until)
    WHERE state IN ('waiting', 'held', 'queued', 'unlinked');
CREATE INDEX announcement_recipient_waiting ON announcement_recipient (announcement_id, employee_id) WHERE state = 'waiting';
CREATE INDEX announcement_recipient_errand ON announcement_recipient (announcement_id, employee_id) WHERE fact_due OR remind_due;

-- A question about an announcement (Tanya, or a reply to it) and its answer.
CREATE TABLE announcement_question (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    announcement_id bigint NOT NULL REFERENCES announcement,
    employee_id     bigint NOT NULL REFERENCES employee,
    body            text NOT NULL,
    asked_at        timestamptz NOT NULL,
    to_id           bigint REFERENCES employee, -- to whom it was passed on (Teruskan)
    answer          text,
    answered_by     bigint REFERENCES employee,
    answered_at     timestamptz,
    published       boolean NOT NULL DEFAULT false
);
CREATE INDEX announcement_question_open ON announcement_question (announcement_id, asked_at) WHERE answered_at IS NULL;
CREATE INDEX announcement_question_of ON announcement_question (employee_id);

-- A message of an announcement is made when it is claimed: for whom, and with which
-- version it was made. It waits while its announcement is paused. What became of it goes
-- into the ledger, and then it is settled.
ALTER TABLE outbox ADD COLUMN announcement_id bigint, ADD COLUMN recipient_id bigint, ADD COLUMN version integer,
    ADD COLUMN settled boolean NOT NULL DEFAULT false;
CREATE INDEX outbox_unsettled ON outbox (announcement_id, id) WHERE announcement_id IS NOT NULL AND NOT settled AND state NOT IN ('new', 'sending');
CREATE INDEX outbox_announcement ON outbox (announcement_id) WHERE announcement_id IS NOT NULL AND state IN ('new', 'sending');

-- What was cut off is found without looking at all that waits.
CREATE INDEX outbox_sending ON outbox (term) WHERE state = 'sending';

-- What people have asked for overtakes announcements.
DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (lane, (class = 'broadcast'), id) WHERE state IN ('new', 'sending');
