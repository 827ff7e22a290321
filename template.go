package main

import (
	"context"
	"strings"

	"bangkom/internal/intake"
)

// template writes an empty spreadsheet of a kind to standard output.
func (a *app) template(_ context.Context, args []string) error {
	if len(args) == 1 {
		if ok, err := intake.Template(a.stdout, args[0]); ok {
			return err
		}
	}
	return wrongUsage("want `bangkom template KIND >FILE.xlsx`; KIND is %s", strings.Join(intake.Kinds(), ", "))
}
