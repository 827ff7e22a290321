package app

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/advice"
	"bangkom/internal/competency"
	"bangkom/internal/config"
	"bangkom/internal/questionnaire"
	"bangkom/storage"
)

// MigrateLimit is how long one statement of a migration may take.
const MigrateLimit = 30 * time.Minute

// ShippedSeed is the reference data that comes with the program.
func ShippedSeed() (storage.Seed, error) {
	shipped, err := questionnaire.Shipped()
	if err != nil {
		return storage.Seed{}, fmt.Errorf("shipped questionnaires: %w", err)
	}
	return storage.Seed{
		Classes: competency.Classes(), Managerial: competency.Managerial(), Technical: competency.Technical(),
		Levels: competency.TechnicalLevels(), Questionnaires: shipped,
	}, nil
}

// OpenDatabase opens the database and makes sure that it answers.
func OpenDatabase(ctx context.Context, cfg config.Database, url config.Secret) (*storage.DB, error) {
	return open(ctx, storage.Options{
		URL: url.Reveal(), MaxOpen: cfg.MaxOpen, StatementTimeout: cfg.StatementTimeout, IOTimeout: cfg.IOTimeout,
	})
}

// OpenServing opens the database for a program that decides updates.
func OpenServing(ctx context.Context, cfg config.Database) (*storage.DB, error) {
	return open(ctx, ServingOptions(cfg))
}

// ServingOptions are how a program that decides updates opens the database.
func ServingOptions(cfg config.Database) storage.Options {
	return storage.Options{
		URL: cfg.URL.Reveal(), MaxOpen: cfg.MaxOpen, StatementTimeout: cfg.StatementTimeout, IOTimeout: cfg.IOTimeout,
		KeepPlans: true,
	}
}

// reportOptions are how a program that decides updates opens the database for reports: one
// at a time, on a connection that no update waits for, with plans made for what is there.
func reportOptions(cfg config.Database) storage.Options {
	return storage.Options{URL: cfg.URL.Reveal(), MaxOpen: 1, StatementTimeout: reportStatement, IOTimeout: reportStatement + 5*time.Second}
}

// reportStatement is how long one statement of a report may take; the whole has a minute.
const reportStatement = 45 * time.Second

func open(ctx context.Context, o storage.Options) (*storage.DB, error) {
	db, err := storage.Open(o)
	if err != nil {
		return nil, err
	}
	if err := db.Ping(ctx); err != nil {
		_ = db.Close()
		return nil, advice.New("check.unreached", "the database cannot be reached: %w", err)
	}
	return db, nil
}

// OpenCurrent opens the database of a command that needs today's schema.
func OpenCurrent(ctx context.Context, cfg config.Database) (*storage.DB, error) {
	db, err := OpenDatabase(ctx, cfg, cfg.URL)
	if err != nil {
		return nil, err
	}
	if err := db.CheckSchema(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}
