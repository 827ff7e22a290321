package disclosure

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
)

// Drawing gives numbers by which people are drawn (undian): the same ones for the same drawing
// whenever they are asked for, and nobody without the secret can tell them beforehand. It is
// for one drawing, which of names.
func (s *Sealer) Drawing(of string) (number func(id int64) uint64, err error) {
	key, err := hkdf.Key(sha256.New, s.secret, nil, "bangkom drawn 1 "+of, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	return func(id int64) uint64 {
		h := hmac.New(sha256.New, key)
		_ = binary.Write(h, binary.BigEndian, id)
		return binary.BigEndian.Uint64(h.Sum(nil))
	}, nil
}
