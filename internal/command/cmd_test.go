package command

import (
	"bytes"
	"runtime/debug"
	"strings"
	"testing"
)

func TestRunExitCodes(t *testing.T) {
	tests := []struct {
		name       string
		args       []string
		want       int
		wantOut    string
		wantErrOut string
	}{
		{name: "no command", want: 2, wantErrOut: "usage: bangkom COMMAND"},
		{name: "unknown command", args: []string{"fly"}, want: 2, wantErrOut: `no command "fly"`},
		{name: "help is data", args: []string{"help"}, want: 0, wantOut: "usage: bangkom COMMAND"},
		{name: "help of a command", args: []string{"serve", "--help"}, want: 0, wantOut: "-config"},
		{name: "list of drills", args: []string{"drill", "--list"}, want: 0, wantOut: "postgres-away"},
		{name: "unknown drill", args: []string{"drill", "earthquake"}, want: 2, wantErrOut: `no "earthquake"`},
		{name: "drill with a word behind the options", args: []string{"drill", "--long", "kill"}, want: 2, wantErrOut: "unexpected argument"},
		{name: "list of benchmarks", args: []string{"bench", "--list"}, want: 0, wantOut: "growth"},
		{name: "unknown benchmark", args: []string{"bench", "weight"}, want: 2, wantErrOut: `no "weight"`},
		{name: "help of import", args: []string{"import", "--help"}, want: 0, wantOut: "-refused"},
		{name: "help of a kind", args: []string{"import", "leave", "--help"}, want: 0, wantOut: "questionnaires"},
		{name: "help of template", args: []string{"template", "--help"}, want: 0, wantOut: "KIND is employees"},
		{name: "help of grant", args: []string{"grant", "-h"}, want: 0, wantOut: "ROLE is hr"},
		{name: "help of period", args: []string{"period", "--help"}, want: 0, wantOut: "-rating-until"},
		{name: "help of job", args: []string{"job", "--help"}, want: 0, wantOut: "-at"},
		{name: "help of job run", args: []string{"job", "run", "--help"}, want: 0, wantOut: "-at"},
		{name: "version", args: []string{"version"}, want: 0, wantOut: "bangkom "},
		{name: "version takes nothing", args: []string{"version", "x"}, want: 2, wantErrOut: `unexpected argument "x"`},
		{name: "unknown option", args: []string{"migrate", "--fast"}, want: 2, wantErrOut: "-fast"},
		{name: "period alone", args: []string{"period"}, want: 2, wantErrOut: "period open"},
		{name: "period of an unknown kind", args: []string{"period", "pause"}, want: 2, wantErrOut: `"pause"`},
		{name: "period without an end", args: []string{"period", "open", "--name", "x"}, want: 2, wantErrOut: "--until"},
		{name: "job alone", args: []string{"job"}, want: 2, wantErrOut: "job list"},
		{name: "job list needs nothing", args: []string{"job", "list"}, want: 0},
		{name: "migrate without a database", args: []string{"migrate"}, want: 1, wantErrOut: "database.url"},
		{name: "serve without anything", args: []string{"serve"}, want: 1, wantErrOut: "telegram.token"},
		{name: "check without anything", args: []string{"check"}, want: 1, wantOut: "telegram.token", wantErrOut: "not everything"},
		{name: "a file that is not there", args: []string{"check", "--config", "/no/such/file"}, want: 1, wantOut: "/no/such/file"},
		{name: "an address that is none", args: []string{"demo", "--listen", "nowhere"}, want: 1, wantErrOut: "--listen"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errOut bytes.Buffer
			if got := Run(t.Context(), tt.args, nil, &out, &errOut); got != tt.want {
				t.Errorf("Run(%q) = %d, want %d; stderr: %s", tt.args, got, tt.want, &errOut)
			}
			if !strings.Contains(out.String(), tt.wantOut) {
				t.Errorf("Run(%q) wrote %q on stdout, want it to contain %q", tt.args, &out, tt.wantOut)
			}
			if !strings.Contains(errOut.String(), tt.wantErrOut) {
				t.Errorf("Run(%q) wrote %q on stderr, want it to contain %q", tt.args, &errOut, tt.wantErrOut)
			}
		})
	}
}

// Every command tells its options when it is asked, on standard output.
func TestEveryCommandHelps(t *testing.T) {
	for _, c := range commands() {
		var out, errOut bytes.Buffer
		if got := Run(t.Context(), []string{c.name, "--help"}, nil, &out, &errOut); got != 0 || !strings.Contains(out.String(), "usage: bangkom "+c.name) {
			t.Errorf("%s --help = %d, %q, %q", c.name, got, &out, &errOut)
		}
	}
}

func TestVersionLine(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "abc123"}, {Key: "vcs.modified", Value: "true"},
	}}
	if got, want := versionLine(info), "bangkom v1.2.3 (go1.26.0, revision abc123, with local changes)"; got != want {
		t.Errorf("versionLine() = %q, want %q", got, want)
	}
	if got, want := versionLine(&debug.BuildInfo{GoVersion: "go1.26.0"}), "bangkom (devel) (go1.26.0)"; got != want {
		t.Errorf("versionLine() = %q, want %q", got, want)
	}
}
