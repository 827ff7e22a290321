package config

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"bangkom/internal/advice"
)

// minKey is the least number of characters of a key.
const minKey = 32

// ErrNoKey says that there is neither identity.code_key nor the file that
// identity.code_key_path names.
var ErrNoKey error = advice.New("config.no_key_yet", "there is no key for one-time codes")

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
		return nil, advice.New("config.no_key", "%w: the file %s does not exist", ErrNoKey, path)
	}
	if err != nil {
		return nil, advice.New("config.key_file_read", "the key file %s (identity.code_key_path) cannot be read: %w; give it to the user that runs this command", path, reason(err))
	}
	key := strings.TrimSpace(string(body))
	if len(key) < minKey {
		return nil, advice.New("config.key_file_short", "the key file %s holds fewer than %d characters", path, minKey)
	}
	return []byte(key), nil
}

// SeenPath is the file beside the key file in which `serve` remembers how far the
// database was; "" = there is no key file, so there is no place for it.
func (c Config) SeenPath() string {
	if c.Identity.CodeKey != "" || c.Identity.CodeKeyPath == "" {
		return ""
	}
	return c.Identity.CodeKeyPath + ".seen"
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
		return nil, cannotMake(path, err)
	}
	key := rand.Text() + rand.Text() // 260 bits
	_, err = f.WriteString(key + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(cannotMake(path, err), os.Remove(path))
	}
	return []byte(key), nil
}

// CanMakeKey tells whether NewCodeKey could write the key file. It leaves nothing behind.
func (c Config) CanMakeKey() error { return canMake(c.Identity.CodeKeyPath, cannotMake) }

// CanRemember tells whether the file of SeenPath can be written, which takes its
// folder. It leaves nothing behind.
func (c Config) CanRemember() error {
	return canMake(c.SeenPath(), func(path string, err error) error {
		return advice.New("config.cannot_remember", "%s cannot be written: %w; an older state at this database's place would go unnoticed: "+
			"let the user that runs `bangkom serve` write into its folder", path, err)
	})
}

func canMake(path string, because func(string, error) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err == nil {
		err = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return because(path, reason(err))
	}
	return nil
}

// cannotMake says what to do where the key file cannot be written.
func cannotMake(path string, err error) error {
	return advice.New("config.key_file_make", "the key file %s cannot be made: %w; let the user that runs `bangkom serve` write into its folder, "+
		"or name another file in identity.code_key_path", path, reason(err))
}
