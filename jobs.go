package main

import (
	"context"
	"fmt"

	"bangkom/scheduler"
)

func (a *app) job(_ context.Context, args []string) error {
	if len(args) == 0 || args[0] != "list" {
		return wrongUsage("want `bangkom job list`")
	}
	fs := a.flags("job list")
	fs.String("config", "", "configuration `FILE`; not needed")
	if err := a.parse(fs, args[1:]); err != nil {
		return err
	}
	names := scheduler.New(scheduler.Config{}).Jobs()
	if len(names) == 0 {
		fmt.Fprintln(a.stderr, "bangkom: no jobs are scheduled in this version")
	}
	for _, name := range names {
		if _, err := fmt.Fprintln(a.stdout, name); err != nil {
			return err
		}
	}
	return nil
}
