package command

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/app"
)

func (a *console) migrate(ctx context.Context, args []string) error {
	fs := a.flags("migrate")
	path := fs.String("config", "", "configuration `FILE`")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	cfg, err := a.databaseConfig(*path)
	if err != nil {
		return err
	}
	patient := cfg.Database // a migration may rewrite a table, or wait for another process that does
	patient.StatementTimeout, patient.IOTimeout = app.MigrateLimit, app.MigrateLimit+time.Minute
	db, err := app.OpenDatabase(ctx, patient, cfg.Database.Owner())
	if err != nil {
		return err
	}
	defer db.Close()
	seed, err := app.ShippedSeed()
	if err != nil {
		return err
	}
	n, err := db.Migrate(ctx, seed)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stderr, migrated(n))
	return nil
}

func migrated(n int) string {
	switch n {
	case 0:
		return "the schema was up to date"
	case 1:
		return "1 migration ran, the schema is up to date"
	default:
		return fmt.Sprintf("%d migrations ran, the schema is up to date", n)
	}
}
