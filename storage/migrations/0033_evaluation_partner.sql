-- +goose Up

-- Who held a batch is frozen with what else its evaluation names: a programme may move to
-- another partner later. NULL = the agency itself.
ALTER TABLE evaluation ADD COLUMN partner_id bigint REFERENCES partner;
UPDATE evaluation v SET partner_id = p.partner_id FROM programme p WHERE p.id = v.programme_id AND p.partner_id IS NOT NULL;

-- The batches with which a group is shown, and the groups of a month.
CREATE INDEX evaluation_atom ON evaluation (atom_id) WHERE atom_id IS NOT NULL;
CREATE INDEX atom_at ON atom (at);
