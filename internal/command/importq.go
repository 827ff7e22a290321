package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"bangkom/internal/config"
	"bangkom/internal/intake"
	"bangkom/internal/questionnaire"
	"bangkom/internal/register"
	"bangkom/storage"
)

// kindQuestionnaires is the one kind of import that is no spreadsheet.
const kindQuestionnaires = "questionnaires"

// importQuestionnaire stores a new version of a questionnaire from YAML, after
// printing in what it differs from the one before.
func (a *console) importQuestionnaire(ctx context.Context, o importOptions) error {
	var next questionnaire.Definition
	db, _, err := a.open(ctx, o.config, func(config.Config) (err error) {
		next, err = readQuestionnaire(o.file)
		return err
	})
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

// readQuestionnaire reads a file of the operator.
func readQuestionnaire(file string) (questionnaire.Definition, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return questionnaire.Definition{}, err
	}
	if bytes.HasPrefix(raw, []byte("PK")) || bytes.IndexByte(raw, 0) >= 0 {
		return questionnaire.Definition{}, fmt.Errorf("%s is no YAML file: a questionnaire is written as text in YAML, not as a spreadsheet; `bangkom template questionnaires` makes an example", file)
	}
	q, err := questionnaire.Parse(raw)
	if err != nil {
		return q, fmt.Errorf("%s: %w", file, err)
	}
	return q, nil
}
