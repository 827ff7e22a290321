package command

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"bangkom/internal/app"
	"bangkom/internal/config"
	invitations "bangkom/internal/invitation"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/text"
	"bangkom/storage"
)

// invite makes one-time codes and writes them to a file for handing out.
func (a *console) invite(ctx context.Context, args []string) error {
	fs := a.flags("invite")
	path := fs.String("config", "", "configuration `FILE`")
	unit := fs.String("unit", "", "only people of this `UNIT`, by its name or code")
	out := fs.String("out", "", "new `FILE`.csv for the codes, or FILE.pdf with a slip for each person; it must not exist yet")
	renew := fs.Bool("renew", false, "also for people who hold a code that still works; the former one is closed")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	if !strings.HasSuffix(*out, ".csv") && !strings.HasSuffix(*out, ".pdf") {
		return wrongUsage("--out FILE.csv or FILE.pdf is needed")
	}
	db, cfg, err := a.open(ctx, *path, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	k, err := app.ClaimKey(ctx, db, cfg)
	if err != nil {
		return err
	}
	bot, err := db.Fact(ctx, app.FactUsername)
	if err != nil {
		return err
	}
	if bot = cmp.Or(cfg.Telegram.BotUsername, bot); bot == "" {
		fmt.Fprintln(a.stderr, "the bot's user name is not known yet, so the links are empty: set telegram.bot_username or run serve once")
	}
	file, err := os.OpenFile(*out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	if strings.HasSuffix(*out, ".pdf") {
		a.warnOfMissing(cfg.Agency)
	}
	var units []string
	if *unit != "" {
		units = register.UnitNames(*unit)
	}
	in := &invitation{console: a, keys: k, bot: bot, agency: cfg.Agency, location: cfg.Location(),
		days: cfg.Identity.CodeDays, units: units, all: *renew, pdf: strings.HasSuffix(*out, ".pdf")}
	n, err := in.write(ctx, db, file)
	if errors.Is(err, storage.ErrNoUnit) || errors.Is(err, storage.ErrManyUnits) {
		err = fmt.Errorf("--unit %q: %w", *unit, err)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(*out))
	}
	if n == 0 {
		fmt.Fprintln(a.stderr, "nobody is left to invite: everybody is connected or holds a code that still works (--renew replaces those); no file was written")
		return os.Remove(*out)
	}
	fmt.Fprintf(a.stderr, "codes made: %d, valid for %d days; hand out %s and delete it\n", n, cfg.Identity.CodeDays, *out)
	return nil
}

// warnOfMissing says which lines the slips will lack.
func (a *console) warnOfMissing(agency config.Agency) {
	for _, one := range []struct{ key, value string }{{"agency.name", agency.Name}, {"agency.mandate", agency.Mandate},
		{"agency.recognition", agency.Recognition}, {"agency.helpdesk", agency.Helpdesk}} {
		if one.value == "" {
			fmt.Fprintf(a.stderr, "%s is not set, so its line is missing on the slips\n", one.key)
		}
	}
}

type invitation struct {
	*console
	keys     app.Keys
	bot      string
	agency   config.Agency
	location *time.Location
	days     int
	units    []string // names of the one unit; none = everybody
	all      bool
	pdf      bool
}

// errOthersInvited says that the list of people was not the same any more when
// the codes were to be stored.
var errOthersInvited = errors.New("the register or the codes were changed at the same moment; nothing was stored, run it once more")

// write makes the codes, writes the file, and stores the codes only when the file
// is on the disk: a stored code that is on no slip would be as useless as a slip
// whose code is not stored. The file of a whole agency takes seconds, so no
// transaction waits for it.
func (in *invitation) write(ctx context.Context, db *storage.DB, file *os.File) (n int, err error) {
	now := in.now()
	var people []storage.Invitee
	invitees := func(tx *storage.Tx) (err error) {
		people, err = tx.Invitees(ctx, in.units, in.all, now)
		return err
	}
	if err := db.InTx(ctx, invitees); err != nil {
		return 0, err
	}
	listed := people
	if len(listed) == 0 {
		return 0, nil
	}
	codes, hashes, ids, err := in.codes(listed)
	if err != nil {
		return 0, err
	}
	if in.pdf {
		err = in.slips(file, listed, codes, now)
	} else {
		err = in.table(file, listed, codes)
	}
	if err != nil {
		return 0, err
	}
	return len(listed), db.InTx(ctx, func(tx *storage.Tx) error {
		if err := invitees(tx); err != nil {
			return err
		}
		if !slices.Equal(people, listed) {
			return errOthersInvited
		}
		return tx.ReplaceCodes(ctx, ids, hashes, now, now.AddDate(0, 0, in.days))
	})
}

func (in *invitation) codes(people []storage.Invitee) (codes []string, hashes [][]byte, ids []int64, err error) {
	for _, p := range people {
		code, err := personnel.NewCode(rand.Reader)
		if err != nil {
			return nil, nil, nil, err
		}
		codes, hashes, ids = append(codes, code), append(hashes, in.keys.HashCode(code)), append(ids, p.EmployeeID)
	}
	return codes, hashes, ids, nil
}

// writer knows what the slips say.
func (in *invitation) writer() (w invitations.Writer, err error) {
	w = invitations.Writer{Agency: in.agency.Name, Mandate: in.agency.Mandate, Recognition: in.agency.Recognition, Helpdesk: in.agency.Helpdesk,
		Bot: in.bot, Location: in.location}
	w.Text, err = text.Indonesian()
	return w, err
}

// slips writes a PDF with one slip for each person.
func (in *invitation) slips(file *os.File, people []storage.Invitee, codes []string, now time.Time) error {
	w, err := in.writer()
	if err != nil {
		return err
	}
	slips := make([]invitations.Slip, len(people))
	for i, p := range people {
		slips[i] = invitations.Slip{Name: p.Name, Unit: p.Unit, NIP: p.NIP, Code: codes[i]}
	}
	if err := w.Write(file, slips, now.AddDate(0, 0, in.days)); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("write slips: %w", err)
	}
	return nil
}

// table writes a spreadsheet of codes.
func (in *invitation) table(file *os.File, people []storage.Invitee, codes []string) error {
	w := csv.NewWriter(file)
	_ = w.Write([]string{"nip_last4", "name", "unit", "code", "link"}) // Error below tells
	for i, p := range people {
		_ = w.Write([]string{p.NIP.Last4(), harmless(p.Name), harmless(p.Unit), personnel.FormatCode(codes[i]), invitations.Writer{Bot: in.bot}.Link(codes[i])})
	}
	w.Flush()
	if err := errors.Join(w.Error(), file.Sync()); err != nil {
		return fmt.Errorf("write codes: %w", err)
	}
	return nil
}

// harmless keeps a spreadsheet from reading a text as a formula.
func harmless(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@\t\r") {
		return "'" + text
	}
	return text
}
