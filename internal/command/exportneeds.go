package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"bangkom/handlers/feature"
	needsroom "bangkom/handlers/needs"
	"bangkom/internal/app"
	"bangkom/internal/config"
	"bangkom/internal/needs"
	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
	"bangkom/storage"
)

// The limits of a reason for opening people's levels, in characters, as in the chat.
const shortestReason, longestReason = 10, 200

// needsUsage is how the analysis is written to a file.
const needsUsage = "want `bangkom export needs --out FILE.xlsx`, or of people `bangkom export needs --people --reason TEXT --by NIP --out FILE.xlsx`"

// needsExport is what was typed.
type needsExport struct {
	out, reason, number string
	people              bool
	by                  personnel.NIP
}

// exportNeeds writes the analysis of the newest closed period: of groups, or of people by
// name for a member of the personnel office who says why.
func (a *console) exportNeeds(ctx context.Context, args []string) error {
	var x needsExport
	fs := a.flags("export needs")
	path := fs.String("config", "", "configuration `FILE`")
	fs.StringVar(&x.out, "out", "", "new `FILE`.xlsx; it must not exist yet")
	fs.BoolVar(&x.people, "people", false, "the levels of everybody by name, instead of groups; each of them can read that, when and why in /privasi")
	fs.StringVar(&x.reason, "reason", "", "with --people: why, as those people read it; 10 to 200 characters")
	fs.StringVar(&x.number, "by", "", "with --people: the `NIP` of the member of the personnel office for whom it is")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	if err := x.wrong(); err != nil {
		return err
	}
	db, cfg, err := a.open(ctx, *path, func(cfg config.Config) (err error) {
		if x.people {
			x.by, err = personnel.ParseNIP(x.number, a.now().In(cfg.Location()))
		}
		return err
	})
	if err != nil {
		return err
	}
	defer db.Close()
	cat, err := text.Indonesian()
	if err != nil {
		return err
	}
	file, err := os.OpenFile(x.out, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	opened := 0
	err = db.InTx(ctx, func(tx *storage.Tx) (err error) { // may run again
		opened, err = a.writeNeeds(ctx, tx, needsroom.DeskFor(cat, app.FormsOf(cfg.Exports)), x, file)
		return err
	})
	if errors.Is(err, storage.ErrNotFound) {
		err = errors.New("no period with answers was closed since the analysis of needs exists: there is nothing to write")
	}
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(x.out))
	}
	if x.people {
		fmt.Fprintf(a.stderr, "%s is written and recorded; it holds the levels of %d people by name, who can read that and why: delete it when it has served\n", x.out, opened)
		return nil
	}
	fmt.Fprintf(a.stderr, "%s is written and recorded; it is for the personnel office\n", x.out)
	return nil
}

// wrong tells what of the command line cannot be.
func (x *needsExport) wrong() error {
	x.reason = strings.Join(strings.Fields(x.reason), " ")
	n := utf8.RuneCountInString(x.reason)
	switch {
	case !strings.HasSuffix(x.out, ".xlsx"):
		return wrongUsage("%s", needsUsage)
	case !x.people && (x.reason != "" || x.number != ""):
		return wrongUsage("--reason and --by belong to --people")
	case x.people && x.number == "":
		return wrongUsage("--people needs --by NIP: the member of the personnel office for whom it is")
	case x.people && (n < shortestReason || n > longestReason):
		return wrongUsage("--people needs --reason of %d to %d characters: those whose levels are opened read it", shortestReason, longestReason)
	}
	return nil
}

// writeNeeds writes the file, and records it and whom it opens.
func (a *console) writeNeeds(ctx context.Context, tx *storage.Tx, desk *feature.Desk, x needsExport, file *os.File) (opened int, err error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	if err := file.Truncate(0); err != nil {
		return 0, err
	}
	var who *needs.Opening
	if x.people {
		by, err := officeMember(ctx, tx, x.by)
		if err != nil {
			return 0, err
		}
		who = &needs.Opening{By: by, Reason: desk.Cfg.Text.Plain("needs.why_file_all", text.Args{"alasan": x.reason})}
	}
	pages, err := needsroom.Pages(ctx, tx, desk, who)
	if err != nil {
		return 0, err
	}
	what, by := "needs", int64(0)
	if who != nil {
		what, by = "needs_people", who.By
		if opened, err = tx.OpenPeople(ctx, *who, a.now()); err != nil {
			return 0, err
		}
	}
	if err := tx.RecordExport(ctx, what, desk.Cfg.Text.Plain("needs.from_server", nil), by, a.now()); err != nil {
		return 0, err
	}
	return opened, sheet.WriteBook(file, pages...)
}

// officeMember finds somebody of the personnel office.
func officeMember(ctx context.Context, tx *storage.Tx, nip personnel.NIP) (int64, error) {
	id, err := tx.EmployeeByNIP(ctx, nip)
	if err != nil && !errors.Is(err, storage.ErrNotFound) {
		return 0, err
	}
	staff, more := tx.OfficeStaff(ctx, 0)
	if more != nil {
		return 0, more
	}
	if err != nil || !slices.Contains(staff, id) {
		return 0, fmt.Errorf("--by: nobody of the personnel office has the NIP %s; `bangkom grant hr NIP` makes somebody a member", nip.Masked())
	}
	return id, nil
}
