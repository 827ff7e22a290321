package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"bangkom/internal/dialog"
	"bangkom/storage"
)

// seenEvery is how often it is written down how far the database is, while nobody
// else takes the lease. What was set back by less may go unnoticed.
const seenEvery = 10 * time.Second

// watch takes the lease and remembers outside the database how far the database
// was, so that an older one in its place is recognised. It is safe for concurrent
// use; several processes may share the file.
type watch struct {
	*storage.DB
	path string // "" = nothing is remembered
	log  *slog.Logger

	mu     sync.Mutex
	wrote  time.Time
	failed bool // the last attempt to read or write
}

func newWatch(db *storage.DB, path string, log *slog.Logger) *watch {
	return &watch{DB: db, path: path, log: log}
}

// Take takes or renews the lease, unless the database is behind what was seen.
func (w *watch) Take(ctx context.Context, name, holder string, ttl time.Duration, newTerm bool) (dialog.Holding, error) {
	seen, failed := ReadSeen(w.path)
	got, err := w.TakeSince(ctx, name, holder, ttl, newTerm, seen)
	if err != nil || got.Hold != "" || w.path == "" {
		return got, err
	}
	if w.due(seen, got.Seen) {
		failed = errors.Join(failed, writeSeen(w.path, got.Seen))
	}
	w.note(failed)
	return got, nil
}

// due tells whether the file is to be written, and counts it as written.
func (w *watch) due(old, present dialog.Sighting) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	news := old.Place != present.Place || !old.Allowed.Equal(present.Allowed) || old.Term < present.Term
	if !news && (old.Log >= present.Log || time.Since(w.wrote) < seenEvery) {
		return false
	}
	w.wrote = time.Now()
	return true
}

// note logs the first of several failures; sending goes on without the file.
func (w *watch) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil && !w.failed {
		w.log.Warn("how far the database is cannot be remembered: if it is set back, that goes unnoticed", "err", err)
	}
	w.failed = err != nil
}

// ReadSeen reads how far the database was; the zero value when there is no file.
func ReadSeen(path string) (seen dialog.Sighting, err error) {
	if path == "" {
		return seen, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return seen, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &seen)
	}
	if err != nil {
		return dialog.Sighting{}, fmt.Errorf("read %s: %w", path, err)
	}
	return seen, nil
}

func writeSeen(path string, seen dialog.Sighting) error {
	raw, err := json.Marshal(seen)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	f, err := NewFile(path)
	if err != nil {
		return err
	}
	_, err = f.Write(append(raw, '\n'))
	return f.Finish(err)
}

// PendingFile is a file that appears under its name, whole and readable by its owner
// only, when it is finished, and not at all when something failed.
type PendingFile struct {
	*os.File
	path string
}

// NewFile begins a file that will stand at path, in the same directory.
func NewFile(path string) (*PendingFile, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	return &PendingFile{f, path}, nil
}

// Finish puts the file in its place, unless err says that it is not whole.
func (f *PendingFile) Finish(err error) error {
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), f.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", f.path, err), os.Remove(f.Name()))
	}
	if dir, err := os.Open(filepath.Dir(f.path)); err == nil { // the name, too, must outlive a power cut
		_ = dir.Sync()
		_ = dir.Close()
	}
	return nil
}
