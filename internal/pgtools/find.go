// Package pgtools finds the programs of Postgres on this machine and runs those
// that write and read backups. What they need to connect goes through their
// environment, so that no password stands in a list of processes.
package pgtools

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// installFolders are the well-known places of Postgres programs.
var installFolders = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/opt/homebrew/opt/libpq/bin",
	"/usr/local/opt/postgresql*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin",
}

// Folders lists the well-known folders that hold the program, the newest version
// first.
func Folders(ctx context.Context, program string) []string {
	type folder struct {
		dir   string
		major int
	}
	var known []folder
	for _, pattern := range installFolders {
		found, _ := filepath.Glob(pattern)
		for _, dir := range found {
			if major := Version(ctx, filepath.Join(dir, program)); major > 0 {
				known = append(known, folder{dir, major})
			}
		}
	}
	slices.SortStableFunc(known, func(a, b folder) int { return b.major - a.major })
	dirs := make([]string, len(known))
	for i, f := range known {
		dirs[i] = f.dir
	}
	return dirs
}

// Version is the major version of a program, given by its path; 0 = it cannot be
// run.
func Version(ctx context.Context, program string) int {
	out, err := exec.CommandContext(ctx, program, "--version").Output()
	fields := strings.Fields(string(out)) // "pg_dump (PostgreSQL) 15.4 (...)"
	if err != nil || len(fields) < 3 {
		return 0
	}
	major, _, _ := strings.Cut(fields[2], ".")
	n, _ := strconv.Atoi(major)
	return n
}

// Find returns the path of a program of at least the major version: that of PATH,
// or else the newest one in the well-known folders. pg_dump refuses a newer server.
func Find(ctx context.Context, program string, least int) (string, error) {
	if path, err := exec.LookPath(program); err == nil && Version(ctx, path) >= least {
		return path, nil
	}
	for _, dir := range Folders(ctx, program) {
		if path := filepath.Join(dir, program); Version(ctx, path) >= least {
			return path, nil
		}
	}
	return "", fmt.Errorf("the program %s of Postgres %d or later was not found, in PATH or where Postgres is usually installed: "+
		"install it (on Debian and Ubuntu the package postgresql-client)", program, least)
}
