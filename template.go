package main

import (
	"context"

	"bangkom/internal/register"
	"bangkom/internal/sheet"
)

// template writes an empty spreadsheet of a kind to standard output.
func (a *app) template(_ context.Context, args []string) error {
	kinds := map[string][]string{"employees": register.Template(), "positions": register.TitlesTemplate()}
	if len(args) != 1 || kinds[args[0]] == nil {
		return wrongUsage("want `bangkom template employees >FILE.xlsx`, or positions")
	}
	return sheet.Write(a.stdout, "Bangkom", [][]string{kinds[args[0]]})
}
