package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"bangkom/internal/config"
	"bangkom/storage"
)

// keys are derived from the one secret that lies outside the database, so that
// none of them tells another.
type keys struct {
	codes   []byte // of the hashes of one-time codes
	buttons []byte // of the signatures in callback data
	webhook string // what Telegram proves itself with, unless the configuration says
	// fingerprint recognises the secret without telling it: 8 hexadecimal digits.
	fingerprint string
}

func deriveKeys(secret []byte) keys {
	return keys{
		codes:       mac(secret, "codes"),
		buttons:     mac(secret, "buttons"),
		webhook:     hex.EncodeToString(mac(secret, "webhook")),
		fingerprint: hex.EncodeToString(mac(secret, "id"))[:8],
	}
}

// hashCode is what is stored of a one-time code; code is normalised.
func (k keys) hashCode(code string) []byte { return mac(k.codes, code) }

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// factCodeKey is the stored fingerprint of the key that a database is used with.
const factCodeKey = "code_key"

// claimKey returns the keys of this database. A new one is made only when the
// database was never used with any; another key than the former one is
// refused, because with it every printed code would be wrong.
func claimKey(ctx context.Context, db *storage.DB, cfg config.Config) (keys, error) {
	secret, err := cfg.CodeKey()
	if errors.Is(err, config.ErrNoKey) {
		stored, factErr := db.Fact(ctx, factCodeKey)
		if factErr != nil {
			return keys{}, factErr
		}
		if stored != "" {
			return keys{}, fmt.Errorf("%w; this database was used with one before: put it back, or every code that was handed out becomes invalid", err)
		}
		secret, err = cfg.NewCodeKey()
	}
	if err != nil {
		return keys{}, err
	}
	k := deriveKeys(secret)
	stored, err := db.ClaimFact(ctx, factCodeKey, k.fingerprint)
	if err != nil {
		return keys{}, err
	}
	if stored != k.fingerprint {
		return keys{}, errOtherKey
	}
	return k, nil
}

var errOtherKey = errors.New("identity.code_key is not the key that this database was used with before: " +
	"put the former key back, or every code that was handed out becomes invalid")
