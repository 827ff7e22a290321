package disclosure

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Purpose is what something is sealed for. Each has a key of its own, so that none of
// them opens what belongs to another. Texts are filled up to a multiple of Block bytes:
// their length tells nothing.
type Purpose struct {
	Name  string
	Block int
}

// The purposes that are no answer. What people type and press may be an answer before
// anybody has read it.
var (
	Update  = Purpose{"update", 2048}  // an update that waits in the inbox
	Draft   = Purpose{"draft", 4096}   // the state of a conversation
	Message = Purpose{"message", 4096} // a card that waits to be sent
)

// AnswersOf is the purpose of the answers of one occasion.
func AnswersOf(occasion int64) Purpose {
	return Purpose{"answers " + strconv.FormatInt(occasion, 10), 4096}
}

// Sealer seals and opens (menyegel, membuka segel) with AES-GCM under keys that it
// derives with HKDF from a secret outside the database. It is safe for concurrent use.
type Sealer struct {
	secret []byte
	mu     sync.Mutex
	aeads  map[string]cipher.AEAD // by purpose
}

// NewSealer makes a sealer of the secret, which must be as good as a random key.
func NewSealer(secret []byte) *Sealer {
	return &Sealer{secret: secret, aeads: map[string]cipher.AEAD{}}
}

// ErrSealed says that something cannot be opened: it was sealed with another secret, for
// another purpose or about something else, or it was changed.
var ErrSealed = errors.New("sealed with another key, or changed since")

// lengthBytes hold how much of a filled-up text is the text.
const lengthBytes = 4

// keptAEADs bounds the memory: occasions come and go.
const keptAEADs = 256

func (s *Sealer) aead(p Purpose) (cipher.AEAD, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a, ok := s.aeads[p.Name]; ok {
		return a, nil
	}
	key, err := hkdf.Key(sha256.New, s.secret, nil, "bangkom sealed 1 "+p.Name, 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	a, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("derive a key: %w", err)
	}
	if len(s.aeads) >= keptAEADs {
		clear(s.aeads)
	}
	s.aeads[p.Name] = a
	return a, nil
}

// Seal returns plain so that only Open with the same purpose and the same about gives
// it back. Of two texts whose lengths fall into the same blocks the results are equally
// long.
func (s *Sealer) Seal(p Purpose, about string, plain []byte) ([]byte, error) {
	a, err := s.aead(p)
	if err != nil {
		return nil, err
	}
	blocks := (lengthBytes + len(plain) + p.Block - 1) / p.Block
	filled := make([]byte, blocks*p.Block)
	binary.BigEndian.PutUint32(filled, uint32(len(plain)))
	copy(filled[lengthBytes:], plain)
	return a.Seal(nil, nil, filled, []byte(about)), nil
}

// Open returns what was sealed, or ErrSealed.
func (s *Sealer) Open(p Purpose, about string, sealed []byte) ([]byte, error) {
	a, err := s.aead(p)
	if err != nil {
		return nil, err
	}
	filled, err := a.Open(nil, nil, sealed, []byte(about))
	if err != nil || len(filled) < lengthBytes {
		return nil, ErrSealed
	}
	n := binary.BigEndian.Uint32(filled)
	if int64(n) > int64(len(filled)-lengthBytes) {
		return nil, ErrSealed
	}
	return filled[lengthBytes : lengthBytes+n], nil
}

// textMark begins what SealText returns. No JSON begins so.
const textMark = "sealed:"

// SealText is Seal for a column of text.
func (s *Sealer) SealText(p Purpose, about, plain string) (string, error) {
	raw, err := s.Seal(p, about, []byte(plain))
	if err != nil {
		return "", err
	}
	return textMark + base64.RawStdEncoding.EncodeToString(raw), nil
}

// OpenText opens what SealText has made; any other text is returned as it is.
func (s *Sealer) OpenText(p Purpose, about, text string) (string, error) {
	coded, is := strings.CutPrefix(text, textMark)
	if !is {
		return text, nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(coded)
	if err != nil {
		return "", ErrSealed
	}
	plain, err := s.Open(p, about, raw)
	return string(plain), err
}

// IsSealed tells whether a text was made by SealText.
func IsSealed(text string) bool { return strings.HasPrefix(text, textMark) }
