package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"bangkom/internal/intake"
	"bangkom/internal/questionnaire"
	"bangkom/internal/register"
	"bangkom/storage"
)

// kindQuestionnaires is the one kind of import that is no spreadsheet.
const kindQuestionnaires = "questionnaires"

// importQuestionnaire stores a new version of a questionnaire from YAML, after
// printing in what it differs from the one before.
func (a *app) importQuestionnaire(ctx context.Context, o importOptions) error {
	cfg, err := a.databaseConfig(o.config)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(o.file)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(raw, []byte("PK")) || bytes.IndexByte(raw, 0) >= 0 {
		return fmt.Errorf("%s is no YAML file: a questionnaire is written as text in YAML, not as a spreadsheet; `bangkom template questionnaires` makes an example", o.file)
	}
	next, err := questionnaire.Parse(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", o.file, err)
	}
	db, err := openCurrent(ctx, cfg.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	report := intake.Report{Accepted: 1, Refused: []register.Refusal{}}
	var former questionnaire.Definition
	err = inImport(ctx, db, o.apply, func(tx *storage.Tx) (err error) {
		former, err = tx.LatestQuestionnaire(ctx, next.Code)
		if err != nil && !errors.Is(err, storage.ErrNotFound) {
			return err
		}
		if former.Version > next.Version {
			return fmt.Errorf("version %d of %s is there already: give the new one version %d", former.Version, next.Code, former.Version+1)
		}
		return tx.ImportQuestionnaire(ctx, next, a.now())
	})
	if err != nil {
		return err
	}
	differs := questionnaire.Diff(former, next)
	switch {
	case former.Version == next.Version:
		report.Unchanged = 1
	case former.Version == 0:
		report.New, differs = 1, nil
	default:
		report.Changed = 1
	}
	fmt.Fprintf(a.stderr, "%s version %d, %d items; before: version %d\n", next.Code, next.Version, len(next.Items), former.Version)
	for _, d := range differs {
		fmt.Fprintln(a.stderr, "-", d)
	}
	return a.reportImport(report, o.json, o.apply, false)
}
