package command

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"bangkom/handlers/demand"
	"bangkom/handlers/partners"
	"bangkom/internal/app"
	"bangkom/internal/text"
	"bangkom/storage"
)

// exportPlan writes the agency's plan of a year for the budget.
func (a *console) exportPlan(ctx context.Context, args []string) error {
	fs := a.flags("export plan")
	path := fs.String("config", "", "configuration `FILE`")
	year := fs.Int("year", 0, "plan `YEAR`; 0 = the present one")
	out := fs.String("out", "", "new `FILE`.xlsx or .pdf; it must not exist yet")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	paper := strings.HasSuffix(*out, ".pdf")
	if !paper && !strings.HasSuffix(*out, ".xlsx") {
		return wrongUsage("want `bangkom export plan --out FILE.xlsx`, or FILE.pdf")
	}
	if *year != 0 && (*year < demand.FirstPlanYear || *year > demand.LastPlanYear) {
		return wrongUsage("--year: want %d to %d", demand.FirstPlanYear, demand.LastPlanYear)
	}
	db, cfg, err := a.open(ctx, *path, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	now := a.now().In(cfg.Location())
	if *year == 0 {
		*year = now.Year()
	}
	cat, err := text.Indonesian()
	if err != nil {
		return err
	}
	err = writeNew(ctx, db, *out, func(tx *storage.Tx, body *bytes.Buffer) error {
		if err := partners.WritePlan(ctx, tx, cat, app.AgencyOf(cfg.Agency, cat), *year, now, paper, body); err != nil {
			return err
		}
		return tx.RecordExport(ctx, "plan", cat.Plain("needs.from_server", nil), 0, a.now())
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "%s is written and recorded; the titles that units typed stand in a spreadsheet: read them before you hand it out\n", *out)
	return nil
}
