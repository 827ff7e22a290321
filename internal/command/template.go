package command

import (
	"context"

	"bangkom/internal/intake"
)

// template writes an empty spreadsheet of a kind to standard output.
func (a *console) template(_ context.Context, args []string) error {
	if asksHelp(args) {
		return a.help(a.flags("template KIND >FILE"), "KIND is "+importKinds())
	}
	if len(args) == 1 {
		if ok, err := intake.Template(a.stdout, args[0]); ok {
			return err
		}
	}
	return wrongUsage("want `bangkom template KIND >FILE.xlsx`; KIND is %s", importKinds())
}
