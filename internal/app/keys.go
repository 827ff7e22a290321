package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"

	"bangkom/internal/advice"
	"bangkom/internal/config"
	"bangkom/internal/disclosure"
	"bangkom/storage"
)

// Keys are derived from the one secret that is kept outside the database, so that
// none of them gives another one away.
type Keys struct {
	codes   []byte // of the hashes of one-time codes
	buttons []byte // of the signatures in callback data
	Webhook string // what Telegram proves itself with, unless the configuration says
	// Sealer seals answers without a name until they are counted.
	Sealer *disclosure.Sealer
	// Fingerprint recognises the secret without telling it: 8 hexadecimal digits.
	Fingerprint string
}

// DeriveKeys makes the keys from the secret that lies outside the database.
func DeriveKeys(secret []byte) Keys {
	return Keys{
		codes:       mac(secret, "codes"),
		buttons:     mac(secret, "buttons"),
		Sealer:      disclosure.NewSealer(mac(secret, "sealed")),
		Webhook:     hex.EncodeToString(mac(secret, "webhook")),
		Fingerprint: hex.EncodeToString(mac(secret, "id"))[:8],
	}
}

// HashCode is what is stored of a one-time code; code is normalised.
func (k Keys) HashCode(code string) []byte { return mac(k.codes, code) }

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// FactCodeKey is the stored fingerprint of the key that a database is used with.
const FactCodeKey = "code_key"

// ClaimKey returns the keys of this database, and gives it the one under which it seals. A new one is made only when the
// database was never used with any; another key than the former one is
// refused, because with it every printed code would be wrong.
func ClaimKey(ctx context.Context, db *storage.DB, cfg config.Config) (Keys, error) {
	secret, err := cfg.CodeKey()
	if errors.Is(err, config.ErrNoKey) {
		stored, factErr := db.Fact(ctx, FactCodeKey)
		if factErr != nil {
			return Keys{}, factErr
		}
		if stored != "" {
			return Keys{}, KeyGone(err)
		}
		secret, err = cfg.NewCodeKey()
	}
	if err != nil {
		return Keys{}, err
	}
	k := DeriveKeys(secret)
	stored, err := db.ClaimFact(ctx, FactCodeKey, k.Fingerprint)
	if err != nil {
		return Keys{}, err
	}
	if stored != k.Fingerprint {
		return Keys{}, ErrOtherKey
	}
	db.SealWith(k.Sealer)
	return k, nil
}

// KeyGone says what to do where the key is missing that a database was used with; err
// tells where it was looked for.
func KeyGone(err error) error {
	return advice.New("check.key_gone", "%w; this database was used with one before: put it back, or every code that was handed out becomes invalid", err)
}

// ErrOtherKey says that the configuration names another key than the one that this
// database was used with before.
var ErrOtherKey error = advice.New("check.key_other", "identity.code_key is not the key that this database was used with before: "+
	"put the former key back, or every code that was handed out becomes invalid")
