-- +goose Up

-- Another direct superior that waits for a second person, because it lets
-- somebody read whom the asker alone must not choose. outcome: 'approved',
-- 'returned', 'expired', 'lapsed' (the asker has lost the right, or the register
-- says otherwise by now), 'replaced' (another change of the person came after it).
CREATE TABLE superior_change (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    employee_id bigint NOT NULL REFERENCES employee,
    old_id      bigint REFERENCES employee,
    new_id      bigint NOT NULL REFERENCES employee CHECK (new_id <> employee_id),
    asked_by    bigint NOT NULL REFERENCES employee,
    asked_at    timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL CHECK (expires_at > asked_at),
    decided_at  timestamptz,
    decided_by  bigint REFERENCES employee CHECK (decided_by NOT IN (asked_by, new_id, employee_id)),
    outcome     text CHECK (outcome IN ('approved', 'returned', 'expired', 'lapsed', 'replaced')),
    CHECK ((outcome IS NULL) = (decided_at IS NULL))
);
CREATE UNIQUE INDEX superior_change_open ON superior_change (employee_id) WHERE decided_at IS NULL;

-- asked_by: who imported the stand-in, and therefore must not check the letter;
-- NULL = the official, or the command line.
ALTER TABLE delegation ADD COLUMN asked_by bigint REFERENCES employee;

-- superiors: whose superior a previewed file changes, by name, as it was shown.
-- It is emptied with the end of the upload.
ALTER TABLE upload ADD COLUMN superiors jsonb;

CREATE INDEX audit_openings ON audit (employee_id, id) WHERE action IN ('answers.opened', 'answers.compared');
