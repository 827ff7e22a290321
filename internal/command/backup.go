package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/config"
	"bangkom/internal/pgtools"
	"bangkom/storage"
)

// backup writes everything of the database into a new file.
func (a *console) backup(ctx context.Context, args []string) error {
	fs := a.flags("backup")
	path := fs.String("config", "", "configuration `FILE`")
	out := fs.String("out", "", "new `FILE` for the backup; it must not exist yet")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	if *out == "" {
		return wrongUsage("--out FILE is needed")
	}
	cfg, err := a.databaseConfig(*path)
	if err != nil {
		return err
	}
	if err := mustBeNew(*out); err != nil {
		return err
	}
	tools, err := findTools(ctx, cfg.Database)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "writing the database %s to %s\n", tools.target.Name, *out)
	begin := a.now()
	file, err := app.NewFile(*out)
	if err != nil {
		return err
	}
	err = pgtools.Dump(ctx, tools.dump, tools.url, file)
	if err == nil { // a file that cannot be read back helps nobody
		_, err = pgtools.Contents(ctx, tools.restore, file.Name())
	}
	size := int64(0)
	if info, statErr := file.Stat(); statErr == nil {
		size = info.Size()
	}
	if err := file.Finish(err); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "done: %s in %s; it holds people's answers, keep it where nobody else reads it\n", sizeOf(size), a.now().Sub(begin).Round(time.Second))
	fmt.Fprintln(a.stderr, "the key of the codes is not in it: keep that too, in another place")
	return nil
}

func mustBeNew(path string) error {
	_, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("--out: %w", err)
	}
	return fmt.Errorf("--out: there is a file %s already; choose another name", path)
}

// tools are the programs of Postgres that fit the version of a database, and what
// its owner sees of it.
type tools struct {
	dump, restore string // paths
	url           string
	target        storage.Target
}

// findTools looks at the database and finds the programs of its version or a later
// one.
func findTools(ctx context.Context, cfg config.Database) (t tools, err error) {
	db, err := app.OpenDatabase(ctx, cfg, cfg.Owner())
	if err != nil {
		return t, err
	}
	defer db.Close()
	t.url = cfg.Owner().Reveal()
	if t.target, err = db.Target(ctx); err != nil {
		return t, err
	}
	if t.dump, err = pgtools.Find(ctx, "pg_dump", t.target.Version); err != nil {
		return t, err
	}
	t.restore, err = pgtools.Find(ctx, "pg_restore", t.target.Version)
	return t, err
}

// sizeOf writes a size for people.
func sizeOf(n int64) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
