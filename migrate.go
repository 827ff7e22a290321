package main

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/competency"
	"bangkom/internal/config"
	"bangkom/internal/questionnaire"
	"bangkom/storage"
)

// migrateLimit is how long one statement of a migration may take.
const migrateLimit = 30 * time.Minute

func (a *app) migrate(ctx context.Context, args []string) error {
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
	patient.StatementTimeout, patient.IOTimeout = migrateLimit, migrateLimit+time.Minute
	db, err := openDatabase(ctx, patient, cfg.Database.Owner())
	if err != nil {
		return err
	}
	defer db.Close()
	seed, err := shippedSeed()
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

// shippedSeed is the reference data that comes with the program.
func shippedSeed() (storage.Seed, error) {
	shipped, err := questionnaire.Shipped()
	if err != nil {
		return storage.Seed{}, fmt.Errorf("shipped questionnaires: %w", err)
	}
	return storage.Seed{
		Classes: competency.Classes(), Managerial: competency.Managerial(), Technical: competency.Technical(),
		Levels: competency.TechnicalLevels(), Questionnaires: shipped,
	}, nil
}

// databaseConfig loads the configuration of a command that needs nothing but
// the database.
func (a *app) databaseConfig(path string) (config.Config, error) {
	cfg, err := config.Load(path, a.env)
	if err != nil {
		return cfg, err
	}
	return cfg, cfg.ValidateDatabase()
}

// openDatabase opens the database and makes sure that it answers.
func openDatabase(ctx context.Context, cfg config.Database, url config.Secret) (*storage.DB, error) {
	return open(ctx, storage.Options{
		URL: url.Reveal(), MaxOpen: cfg.MaxOpen, StatementTimeout: cfg.StatementTimeout, IOTimeout: cfg.IOTimeout,
	})
}

// openServing opens the database for a program that decides updates.
func openServing(ctx context.Context, cfg config.Database) (*storage.DB, error) {
	return open(ctx, servingOptions(cfg))
}

func servingOptions(cfg config.Database) storage.Options {
	return storage.Options{
		URL: cfg.URL.Reveal(), MaxOpen: cfg.MaxOpen, StatementTimeout: cfg.StatementTimeout, IOTimeout: cfg.IOTimeout,
		KeepPlans: true,
	}
}

func open(ctx context.Context, o storage.Options) (*storage.DB, error) {
	db, err := storage.Open(o)
	if err != nil {
		return nil, err
	}
	if err := db.Ping(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("the database cannot be reached: %w", err)
	}
	return db, nil
}

// openCurrent opens the database of a command that needs today's schema.
func openCurrent(ctx context.Context, cfg config.Database) (*storage.DB, error) {
	db, err := openDatabase(ctx, cfg, cfg.URL)
	if err != nil {
		return nil, err
	}
	if err := db.CheckSchema(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}
