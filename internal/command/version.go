package command

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
)

func (a *console) version(_ context.Context, args []string) error {
	if err := a.parse(a.flags("version"), args); err != nil {
		return err
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{GoVersion: "unknown"}
	}
	_, err := fmt.Fprintln(a.stdout, versionLine(info))
	return err
}

// versionLine is "bangkom VERSION (REVISION, GO)"; what is not known is left
// out, and a build from changed files says so.
func versionLine(info *debug.BuildInfo) string {
	version := info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	details := []string{info.GoVersion}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			details = append(details, "revision "+s.Value)
		case s.Key == "vcs.modified" && s.Value == "true":
			details = append(details, "with local changes")
		}
	}
	return fmt.Sprintf("bangkom %s (%s)", version, strings.Join(details, ", "))
}
