package devdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"bangkom/internal/pgtools"
)

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
	for _, dir := range append(folders, pgtools.Folders(ctx, "postgres")...) {
		if pgtools.Version(ctx, filepath.Join(dir, "postgres")) >= oldest {
			return dir
		}
	}
	return ""
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
