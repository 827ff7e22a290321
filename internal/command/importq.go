package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"bangkom/internal/config"
	"bangkom/internal/intake"
	"bangkom/internal/questionnaire"
	"bangkom/internal/register"
	"bangkom/storage"
)

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

// isWorkbook tells whether a file is a spreadsheet. One that cannot be read is none, and
// the error comes when it is read.
func isWorkbook(file string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 2)
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == "PK"
}

// readQuestionnaire reads a file of the operator.
func readQuestionnaire(file string) (questionnaire.Definition, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return questionnaire.Definition{}, err
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		return questionnaire.Definition{}, fmt.Errorf("%s is neither a spreadsheet nor text in YAML; `bangkom template questionnaires` makes an example", file)
	}
	q, err := questionnaire.Parse(raw)
	if err != nil {
		return q, fmt.Errorf("%s: %w", file, err)
	}
	return q, nil
}

// reportVersion prints what became of a questionnaire; nil = the file is none.
func (a *console) reportVersion(v *intake.Version) {
	if v == nil {
		return
	}
	fmt.Fprintf(a.stderr, "%s: version %d; before: version %d\n", v.Code, v.New, v.Former)
	for _, d := range v.Differences {
		fmt.Fprintln(a.stderr, "-", d)
	}
	for _, i := range v.Ignored {
		fmt.Fprintf(a.stderr, "%s (%s) asks nothing and was left out\n", i.Cell, i.What)
	}
}

// where is the cell of a refusal of a questionnaire, which has no personal data; of other
// kinds nothing.
func where(r intake.Report, f register.Refusal) string {
	if len(r.Headings) == 0 || r.Headings[0] != intake.CellHeading || len(f.Cells) == 0 {
		return ""
	}
	return " at " + f.Cells[0]
}
