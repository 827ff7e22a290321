package personnel

import (
	"fmt"
	"io"
	"strings"
)

// crockford is Crockford's base32 alphabet: no I, L, O, U.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// codeLength is the number of characters of a one-time code: 60 bits.
const codeLength = 12

// NewCode makes a one-time code (kode sekali pakai) from a source of
// randomness, which must be a cryptographic one outside of tests.
func NewCode(random io.Reader) (string, error) {
	raw := make([]byte, codeLength)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", fmt.Errorf("new code: %w", err)
	}
	for i, b := range raw {
		raw[i] = crockford[b&31]
	}
	return string(raw), nil
}

// FormatCode writes a code in groups of four: "7K2M-Q9TX-4HBD".
func FormatCode(code string) string {
	var groups []string
	for len(code) > 4 {
		groups, code = append(groups, code[:4]), code[4:]
	}
	return strings.Join(append(groups, code), "-")
}

// NormaliseCode reads a code as people type it: any case, with spaces, dots or
// hyphens, and with O, I, L for 0, 1, 1. ok is false when it cannot be a code.
func NormaliseCode(typed string) (code string, ok bool) {
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch r {
		case ' ', '-', '.', '\n', '\t', '\u00a0', '–':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r > 127 || !strings.ContainsRune(crockford, r) || b.Len() == codeLength {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), b.Len() == codeLength
}
