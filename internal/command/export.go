package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"bangkom/handlers/demand"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
	"bangkom/internal/training"
	"bangkom/storage"
)

// demandUsage is how the demand is written to a file.
const demandUsage = "want `bangkom export demand --for NAME --out FILE.xlsx`"

// export writes a file: the analysis of needs, the agency's plan, or the demand for a partner.
func (a *console) export(ctx context.Context, args []string) error {
	switch {
	case asksHelp(args) && (len(args) < 2 || args[0] != "demand" && args[0] != "needs" && args[0] != "plan"):
		return a.help(a.flags("export demand --for NAME --out FILE.xlsx | needs --out FILE.xlsx | plan --out FILE.xlsx"),
			"demand is what people need, of all units together, and what units propose; no number of fewer than five",
			"needs is the analysis of the newest closed period, as /laporan shows it; with --people by name, for a reason that is recorded",
			"plan is the agency's plan of a year for the budget (HCDP), as a spreadsheet or a PDF: what is needed, proposed, planned, and what it costs at most")
	case len(args) > 0 && args[0] == "demand":
		return a.exportDemand(ctx, args[1:])
	case len(args) > 0 && args[0] == "needs":
		return a.exportNeeds(ctx, args[1:])
	case len(args) > 0 && args[0] == "plan":
		return a.exportPlan(ctx, args[1:])
	}
	return wrongUsage("%s, or `bangkom export needs --out FILE.xlsx`", demandUsage)
}

// exportDemand writes a file about the demand for somebody outside the agency.
func (a *console) exportDemand(ctx context.Context, args []string) error {
	fs := a.flags("export demand")
	path := fs.String("config", "", "configuration `FILE`")
	partner := fs.String("for", "", "the `NAME` of whoever gets the file; it stands in the file, and in the record of exports")
	year := fs.Int("year", 0, "plan `YEAR` of proposals and seats; 0 = the present one")
	out := fs.String("out", "", "new `FILE`.xlsx; it must not exist yet")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	name := strings.Join(strings.Fields(*partner), " ")
	if !strings.HasSuffix(*out, ".xlsx") || len(name) < 3 || len(name) > 200 {
		return wrongUsage("%s; NAME has 3 to 200 characters", demandUsage)
	}
	if *year != 0 && (*year < demand.FirstPlanYear || *year > demand.LastPlanYear) {
		return wrongUsage("--year: want %d to %d", demand.FirstPlanYear, demand.LastPlanYear)
	}
	db, cfg, err := a.open(ctx, *path, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if *year == 0 {
		*year = a.now().In(cfg.Location()).Year()
	}
	cat, err := text.Indonesian()
	if err != nil {
		return err
	}
	err = writeNew(ctx, db, *out, func(tx *storage.Tx, book *bytes.Buffer) error {
		partner, err := partnerNamed(ctx, tx, name)
		if err != nil {
			return err
		}
		pages, err := demand.PartnerPages(ctx, tx, cat, a.now().In(cfg.Location()), *year, partner)
		if err != nil {
			return err
		}
		if err := sheet.WriteBook(book, pages...); err != nil {
			return err
		}
		return tx.RecordExport(ctx, "demand", name, 0, a.now())
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "%s is written for %s and recorded; the titles that units typed stand in it: read them before you hand it out\n", *out, name)
	return nil
}

// writeNew makes a file that must not exist yet, of what fill writes in a transaction, which
// may run more than once. After an error there is no file.
func writeNew(ctx context.Context, db *storage.DB, out string, fill func(*storage.Tx, *bytes.Buffer) error) error {
	file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	var body bytes.Buffer
	err = db.InTx(ctx, func(tx *storage.Tx) error {
		body.Reset()
		return fill(tx, &body)
	})
	if err == nil {
		_, err = body.WriteTo(file)
	}
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(out))
	}
	return nil
}

// partnerNamed is the partner of that code or name, whatever its case; a name that no partner
// has is somebody else's, who has no code.
func partnerNamed(ctx context.Context, tx *storage.Tx, name string) (training.Partner, error) {
	list, err := tx.Partners(ctx)
	for _, p := range list {
		if strings.EqualFold(p.Code, name) || strings.EqualFold(p.Name, name) {
			return p, err
		}
	}
	return training.Partner{Name: name}, err
}
