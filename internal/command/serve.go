package command

import (
	"context"
	"runtime/debug"
	"slices"
	"strings"

	"bangkom/internal/app"
	"bangkom/internal/config"
)

// heapLimit keeps the program small beside its database on one small server.
// More is used where it must be, at the price of processor time; GOMEMLIMIT
// says otherwise.
const heapLimit = 44 << 20

func (a *console) serve(ctx context.Context, args []string) error {
	fs := a.flags("serve")
	path := fs.String("config", "", "configuration `FILE`")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	cfg, err := config.Load(*path, a.env)
	if err != nil {
		return err
	}
	if err := cfg.ValidateServe(); err != nil {
		return err
	}
	if !slices.ContainsFunc(a.env, func(line string) bool { return strings.HasPrefix(line, "GOMEMLIMIT=") }) {
		debug.SetMemoryLimit(heapLimit)
	}
	log := app.NewLog(a.stderr, cfg.Log)
	for _, w := range cfg.Warnings() {
		log.Warn("configuration", "warning", w.Error())
	}
	db, err := app.OpenServing(ctx, cfg.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	svc, err := app.New(ctx, cfg, db, log, a.now)
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // what reading catalogue, questionnaires and fonts left over
	if err := svc.Run(ctx); err != nil {
		return err
	}
	log.Info("stopped")
	return nil
}
