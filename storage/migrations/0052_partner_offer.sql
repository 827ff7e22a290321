-- +goose Up

-- A partner with whom nothing new is planned. What it has held keeps its name.
ALTER TABLE partner ADD COLUMN removed_at timestamptz;

-- What a partner offers to hold (penawaran): one row for a title. Nothing of it is about a person.
CREATE TABLE partner_offer (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partner_id      bigint NOT NULL REFERENCES partner,
    title           text NOT NULL CHECK (title <> ''),
    competency_code text NOT NULL REFERENCES competency,
    level           smallint NOT NULL CHECK (level BETWEEN 1 AND 5), -- up to which
    days            smallint NOT NULL CHECK (days BETWEEN 1 AND 366),
    jp              smallint NOT NULL CHECK (jp BETWEEN 1 AND 1000),
    seats           integer NOT NULL CHECK (seats BETWEEN 1 AND 10000),
    price           bigint CHECK (price BETWEEN 0 AND 100000000000), -- whole rupiah; NULL = not told
    price_of        text CHECK (price_of IN ('person', 'class')),
    starts_on       date NOT NULL,
    ends_on         date NOT NULL,
    first_at        timestamptz NOT NULL, -- when it first came in
    changed_at      timestamptz NOT NULL,
    withdrawn_at    timestamptz,
    CHECK (num_nulls(price, price_of) <> 1),
    CHECK (ends_on >= starts_on)
);
CREATE UNIQUE INDEX partner_offer_title ON partner_offer (partner_id, lower(title));
CREATE INDEX partner_offer_competency ON partner_offer (competency_code) WHERE withdrawn_at IS NULL;

-- The offer from which a batch was planned.
ALTER TABLE batch ADD COLUMN offer_id bigint REFERENCES partner_offer ON DELETE SET NULL;
CREATE INDEX batch_offer ON batch (offer_id) WHERE offer_id IS NOT NULL;
