package main

import (
	"context"
	"strings"

	"bangkom/internal/register"
	"bangkom/internal/sheet"
)

// template writes an empty spreadsheet of a kind to standard output.
func (a *app) template(_ context.Context, args []string) error {
	if len(args) != 1 || strings.HasPrefix(args[0], "-") {
		return wrongUsage("want `bangkom template employees >FILE.xlsx`")
	}
	if args[0] != "employees" {
		return wrongUsage("there is no kind %q; this version imports employees", args[0])
	}
	return sheet.Write(a.stdout, "Pegawai", [][]string{register.Template()})
}
