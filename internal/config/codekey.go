package config

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// minKey is the least number of characters of a key.
const minKey = 32

// ErrNoKey says that there is neither identity.code_key nor the file that
// identity.code_key_path names.
var ErrNoKey = errors.New("there is no key for one-time codes")

// CodeKey returns the key from which those of codes and buttons are derived:
// identity.code_key, or the content of the key file. The error wraps ErrNoKey
// when there is none yet.
func (c Config) CodeKey() ([]byte, error) {
	if c.Identity.CodeKey != "" {
		return []byte(c.Identity.CodeKey.Reveal()), nil
	}
	path := c.Identity.CodeKeyPath
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: the file %s does not exist", ErrNoKey, path)
	}
	if err != nil {
		return nil, fmt.Errorf("identity.code_key_path: %w", err)
	}
	key := strings.TrimSpace(string(body))
	if len(key) < minKey {
		return nil, fmt.Errorf("the key file %s holds fewer than %d characters", path, minKey)
	}
	return []byte(key), nil
}

// NewCodeKey writes a random key to the key file, readable by its owner only,
// and returns it. It never overwrites a file.
func (c Config) NewCodeKey() ([]byte, error) {
	path := c.Identity.CodeKeyPath
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) { // another process was faster
		return c.CodeKey()
	}
	if err != nil {
		return nil, fmt.Errorf("identity.code_key_path: %w", err)
	}
	key := rand.Text() + rand.Text() // 260 bits
	_, err = f.WriteString(key + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("identity.code_key_path: %w", err), os.Remove(path))
	}
	return []byte(key), nil
}
