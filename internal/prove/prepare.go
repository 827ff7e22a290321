// Package prove gives the drills and benchmarks of package proof this program: its
// database, its jobs, its books.
package prove

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/personnel"
	"bangkom/internal/proof"
	"bangkom/storage"
	"bangkom/storage/sample"
)

// Prepare makes what a drill needs: a schema, a register, codes that live
// longer than a stepped clock, and a period that such a clock does not leave.
func Prepare(ctx context.Context, ownerURL string, people int) ([]string, error) {
	db, err := storage.Open(storage.Options{URL: ownerURL})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	seed, err := app.ShippedSeed()
	if err != nil {
		return nil, err
	}
	if _, err := db.Migrate(ctx, seed); err != nil {
		return nil, err
	}
	var codes []string
	now := time.Now()
	err = db.InTx(ctx, func(tx *storage.Tx) error {
		codes = codes[:0]
		ids, err := registerProof(ctx, tx, people, now)
		if err != nil {
			return err
		}
		k, hashes := app.DeriveKeys([]byte(proof.CodeKey)), make([][]byte, 0, people)
		for range ids {
			code, err := personnel.NewCode(rand.Reader)
			if err != nil {
				return err
			}
			codes, hashes = append(codes, code), append(hashes, k.HashCode(code))
		}
		if err := tx.ReplaceCodes(ctx, ids, hashes, now.AddDate(0, 0, -7), now.AddDate(0, 0, 14)); err != nil {
			return err
		}
		_, err = tx.OpenPeriod(ctx, storage.Period{Name: "Uji", OpensAt: now.AddDate(0, 0, -7),
			DueAt: now.AddDate(0, 0, 14), RatingDueAt: now.AddDate(0, 0, 21)}, now)
		return err
	})
	return codes, err
}

// registerProof fills the register and returns the ids of its people.
func registerProof(ctx context.Context, tx *storage.Tx, people int, now time.Time) ([]int64, error) {
	unit, err := tx.PutUnit(ctx, "U", "Unit")
	if err != nil {
		return nil, err
	}
	ids := make([]int64, people)
	for i := range ids {
		nip, err := proofNIP(i, now)
		if err != nil {
			return nil, err
		}
		ids[i], err = tx.PutEmployee(ctx, personnel.Employee{NIP: nip, Name: fmt.Sprintf("Pegawai %d", i),
			Sex: personnel.Female, UnitID: unit, ClassCode: "PELAKSANA"})
		if err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// proofNIP is the number of a person by the place in the register.
func proofNIP(i int, now time.Time) (personnel.NIP, error) {
	const onePerDay = 999 // people with the same day of birth
	born := time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	return personnel.ParseNIP(fmt.Sprintf("%s2010012%03d", born.AddDate(0, 0, i/onePerDay).Format("20060102"), i%onePerDay+1), now)
}

// ledger gives the drills the books behind their own interface.
type ledger struct {
	*sample.DB
	db *storage.DB
}

// OpenLedger opens the books of a database as its owner sees it.
func OpenLedger(ownerURL string) (proof.Ledger, error) {
	books, err := sample.Open(patient(ownerURL))
	if err != nil {
		return nil, err
	}
	db, err := storage.Open(patient(ownerURL))
	if err != nil {
		return nil, errors.Join(err, books.Close())
	}
	return ledger{books, db}, nil
}

// Close ends all connections.
func (l ledger) Close() error { return errors.Join(l.DB.Close(), l.db.Close()) }

// patient is how the owner opens a database for statements over everything.
func patient(ownerURL string) storage.Options {
	return storage.Options{URL: ownerURL, StatementTimeout: app.MigrateLimit, IOTimeout: app.MigrateLimit + time.Minute}
}

// Appoint gives a person the role of the personnel office.
func (l ledger) Appoint(ctx context.Context, person int) error {
	now := time.Now()
	nip, err := proofNIP(person, now)
	if err != nil {
		return err
	}
	return l.db.InTx(ctx, func(tx *storage.Tx) error {
		_, err := tx.Grant(ctx, nip, personnel.RoleHR, nil, false, now)
		return err
	})
}

// Paused tells for how long nothing may be sent.
func (l ledger) Paused(ctx context.Context) (time.Duration, error) { return l.db.Paused(ctx) }

// Books reads what is stored.
func (l ledger) Books(ctx context.Context) (proof.Books, error) {
	b, err := l.DB.Books(ctx)
	out := proof.Books{Answers: b.Answers, Waiting: b.Waiting, SetAside: b.SetAside, Outbox: b.Outbox,
		OldestWaiting: b.OldestWaiting, OldestUnsent: b.OldestUnsent}
	for _, s := range b.Sent {
		out.Sent = append(out.Sent, proof.Sent{Chat: s.Chat, Revision: s.Revision, Answers: s.Answers})
	}
	return out, err
}
