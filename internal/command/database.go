package command

import (
	"context"

	"bangkom/internal/app"
	"bangkom/internal/config"
	"bangkom/storage"
)

// open is how a command begins that works with the database: it loads the
// configuration at path ("" = only from the environment) and opens the database,
// which must have today's schema. The caller closes it. ready looks at what else was
// typed, as far as it needs the configuration: what is wrong with that is said
// before the database is asked for. nil = there is nothing to look at.
func (a *console) open(ctx context.Context, path string, ready func(config.Config) error) (*storage.DB, config.Config, error) {
	cfg, err := a.databaseConfig(path)
	if err != nil {
		return nil, cfg, err
	}
	if ready != nil {
		if err := ready(cfg); err != nil {
			return nil, cfg, err
		}
	}
	db, err := app.OpenCurrent(ctx, cfg.Database)
	return db, cfg, err
}

// databaseConfig loads the configuration of a command that needs nothing but
// the database.
func (a *console) databaseConfig(path string) (config.Config, error) {
	cfg, err := config.Load(path, a.env)
	if err != nil {
		return cfg, err
	}
	return cfg, cfg.ValidateDatabase()
}
