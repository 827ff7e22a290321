package command

import (
	"context"

	"bangkom/internal/demo"
)

func (a *console) demo(ctx context.Context, args []string) error {
	fs := a.flags("demo")
	listen := fs.String("listen", "", "`ADDRESS` of the chat page; default "+demo.Address+", or a free port if that is taken")
	keep := fs.String("keep", "", "keep the database in `DIR` and go on with it next time")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	return demo.Run(ctx, demo.Options{Listen: *listen, Keep: *keep, Stdout: a.stdout, Stderr: a.stderr, Now: a.now})
}
