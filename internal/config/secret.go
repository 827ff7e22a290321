package config

import "log/slog"

// Secret is a value that never prints itself, in whatever way it is printed.
type Secret string

const hidden = "••••"

// Reveal returns the value, for the one who needs it.
func (s Secret) Reveal() string { return string(s) }

// String hides the value; "" stays "".
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return hidden
}

// GoString hides the value.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the value in JSON, YAML and the like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue hides the value in logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
