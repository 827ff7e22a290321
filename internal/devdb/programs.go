package devdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// installFolders are the well-known places of Postgres programs.
var installFolders = []string{
	"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin", "/Applications/Postgres.app/Contents/Versions/*/bin",
}

// oldest is the oldest version that Bangkom works with.
const oldest = 15

// programs finds the folder of initdb and postgres; as root on Debian and its
// children it installs them, after saying so.
func programs(ctx context.Context, log func(string)) (string, error) {
	if bin := find(ctx); bin != "" {
		return bin, nil
	}
	if installs() {
		unlock, err := lockInstall() // test programs of several packages start at once
		if err != nil {
			return "", err
		}
		defer unlock()
		if bin := find(ctx); bin != "" {
			return bin, nil
		}
		if log != nil {
			log("Postgres was not found: installing the package postgresql")
		}
		if err := install(ctx, "postgresql"); err != nil {
			return "", err
		}
		if bin := find(ctx); bin != "" {
			return bin, nil
		}
	}
	return "", errors.New("no Postgres 15 or later was found: install it (package postgresql), or set BANGKOM_TEST_DATABASE_URL for the tests")
}

// find returns the newest usable folder, PATH first; "" = none.
func find(ctx context.Context) string {
	var folders []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			folders = append(folders, filepath.Dir(real))
		}
	}
	var known []string
	for _, pattern := range installFolders {
		found, _ := filepath.Glob(pattern)
		known = append(known, found...)
	}
	sort.Slice(known, func(i, j int) bool { return version(ctx, known[i]) > version(ctx, known[j]) })
	for _, dir := range append(folders, known...) {
		if version(ctx, dir) >= oldest {
			return dir
		}
	}
	return ""
}

// version is the major version of the server in a folder; 0 = none.
func version(ctx context.Context, dir string) int {
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	fields := strings.Fields(string(out))
	if err != nil || len(fields) < 3 {
		return 0
	}
	major, _, _ := strings.Cut(fields[2], ".")
	n, _ := strconv.Atoi(major)
	return n
}

// installs tells whether this program may add packages: as root on Debian and
// its children.
func installs() bool {
	_, err := os.Stat("/etc/debian_version")
	return err == nil && os.Geteuid() == 0
}

// install adds a package without letting it make and start a cluster.
func install(ctx context.Context, name string) error {
	const conf = "/etc/postgresql-common/createcluster.conf"
	if _, err := os.Stat(conf); os.IsNotExist(err) {
		if err := os.MkdirAll(filepath.Dir(conf), 0o755); err == nil {
			_ = os.WriteFile(conf, []byte("create_main_cluster = false\n"), 0o644)
		}
	}
	for _, args := range [][]string{{"update"}, {"-o", "DPkg::Lock::Timeout=300", "install", "-y", name}} {
		cmd := exec.CommandContext(ctx, "apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("apt-get %s: %w: %s", args[len(args)-1], err, lastLine(out))
		}
	}
	return nil
}
