package storage

import (
	"context"
	"database/sql"
	"time"

	"bangkom/internal/personnel"
)

// proofDay is how long a failed proof counts.
const proofDay = 24 * time.Hour

const (
	// A try during a lockout has its number below 0: it counts among those of
	// everybody, and not for how long the lockout lasts.
	//
	// After Telegram has begun its numbers again, an update may have the number
	// of an old row, which has long ceased to count.
	addFailedProof = `
		INSERT INTO failed_proof (chat_id, serial, at) VALUES ($1, $2, $3)
		ON CONFLICT (chat_id, serial) DO UPDATE SET at = excluded.at`
	countFailedProofs = `SELECT count(*) FROM failed_proof WHERE at > $1`
	readFailedProofs  = `
		SELECT max(at) AS last, (array_agg(at ORDER BY at DESC))[$3] AS nth FROM failed_proof
		WHERE chat_id = $1 AND at > $2 AND serial >= 0`
	pruneFailedProofs = `DELETE FROM failed_proof WHERE (chat_id, serial) IN (SELECT chat_id, serial FROM failed_proof
		WHERE at < $1::timestamptz - interval '24 hours' ORDER BY at LIMIT $2)`
)

// AddFailedProof records that an account has named a wrong code or phone number.
// hour is how many of all accounts failed in the last hour, this one included.
func (t *Tx) AddFailedProof(ctx context.Context, chatID, serial int64, now time.Time) (hour int, err error) {
	if _, err := t.tx.ExecContext(ctx, addFailedProof, chatID, serial, now); err != nil {
		return 0, safe("record failed proof", err)
	}
	err = t.tx.GetContext(ctx, &hour, countFailedProofs, now.Add(-time.Hour))
	return hour, safe("count failed proofs", err)
}

// AddLockedOutProof is AddFailedProof for a try during a lockout, which FailedProofs
// leaves out.
func (t *Tx) AddLockedOutProof(ctx context.Context, chatID, serial int64, now time.Time) (hour int, err error) {
	return t.AddFailedProof(ctx, chatID, -1-serial, now)
}

// FailedProofs tells of the failed proofs of an account in the day before now, but
// for those during a lockout:
// when the last one was, and the one that is the nth from the end. Each is zero
// when there are not so many.
func (t *Tx) FailedProofs(ctx context.Context, chatID int64, nth int, now time.Time) (last, nthLast time.Time, err error) {
	var r struct {
		Last sql.NullTime `db:"last"`
		Nth  sql.NullTime `db:"nth"`
	}
	err = t.tx.GetContext(ctx, &r, readFailedProofs, chatID, now.Add(-proofDay), nth)
	return r.Last.Time, r.Nth.Time, safe("read failed proofs", err)
}

const readProofBoard = `
	SELECT count(*) AS failed, count(DISTINCT chat_id) AS accounts, count(*) FILTER (WHERE at > $2) AS hour,
	       (SELECT count(*) FROM takeover WHERE created_at > $1) AS takeovers,
	       (SELECT count(*) FROM takeover WHERE created_at > $1 AND accepted) AS moved
	FROM failed_proof WHERE at > $1`

// ProofBoard counts failed proofs and requests to move accounts in the day
// before now.
func (t *Tx) ProofBoard(ctx context.Context, now time.Time) (b personnel.ProofBoard, err error) {
	err = t.tx.GetContext(ctx, &b, readProofBoard, now.Add(-proofDay), now.Add(-time.Hour))
	return b, safe("count proofs", err)
}
