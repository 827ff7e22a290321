package main

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

	"bangkom/handlers"
	"bangkom/internal/config"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/report"
	"bangkom/internal/text"
	"bangkom/storage"
)

// invite makes one-time codes and writes them to a file for handing out.
func (a *app) invite(ctx context.Context, args []string) error {
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
	cfg, err := a.databaseConfig(*path)
	if err != nil {
		return err
	}
	db, err := openCurrent(ctx, cfg.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	k, err := claimKey(ctx, db, cfg)
	if err != nil {
		return err
	}
	bot, err := db.Fact(ctx, factUsername)
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
		a.warnOfGaps(cfg.Agency)
	}
	var units []string
	if *unit != "" {
		units = register.UnitNames(*unit)
	}
	in := &invitation{app: a, keys: k, bot: bot, agency: cfg.Agency, location: cfg.Location(),
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

// warnOfGaps says which lines the slips will lack.
func (a *app) warnOfGaps(agency config.Agency) {
	for _, one := range []struct{ key, value string }{{"agency.name", agency.Name}, {"agency.mandate", agency.Mandate},
		{"agency.recognition", agency.Recognition}, {"agency.helpdesk", agency.Helpdesk}} {
		if one.value == "" {
			fmt.Fprintf(a.stderr, "%s is not set, so its line is missing on the slips\n", one.key)
		}
	}
}

type invitation struct {
	*app
	keys     keys
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

// write makes the codes and stores them only when the file is on the disk: a
// code that nobody has is worth as little as one that nobody knows. The file of
// a whole agency takes seconds, so no transaction waits for it.
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
		code, err := handlers.NewCode(rand.Reader)
		if err != nil {
			return nil, nil, nil, err
		}
		codes, hashes, ids = append(codes, code), append(hashes, in.keys.hashCode(code)), append(ids, p.EmployeeID)
	}
	return codes, hashes, ids, nil
}

// link is the deep link of a code; "" while the bot's user name is not known.
func (in *invitation) link(code string) string {
	if in.bot == "" {
		return ""
	}
	return "https://t.me/" + in.bot + "?start=" + code
}

// slips writes a PDF with one slip for each person.
func (in *invitation) slips(file *os.File, people []storage.Invitee, codes []string, now time.Time) error {
	cat, err := text.Indonesian()
	if err != nil {
		return err
	}
	until := cat.Date(now.AddDate(0, 0, in.days).In(in.location))
	slips := make([]report.Slip, len(people))
	for i, p := range people {
		args := text.Args{"badan": in.agency.Name, "nama": plainName(p.Name), "akhiran": p.NIP.Last4(), "unit": p.Unit,
			"dasar": in.agency.Mandate, "bot": in.bot, "kode": handlers.FormatCode(codes[i]), "pengenal": in.agency.Recognition,
			"batas": until, "bantuan": in.agency.Helpdesk}
		for _, key := range in.slipKeys() {
			slips[i].Lines = append(slips[i].Lines, cat.Plain(key, args))
		}
		slips[i].QR = in.link(codes[i])
	}
	if err := report.WriteSlips(file, cat.Plain("slip.file", nil), slips); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("write slips: %w", err)
	}
	return nil
}

// slipKeys are the lines of a slip; what the agency has not told has none.
func (in *invitation) slipKeys() (keys []string) {
	scan := "slip.scan"
	if in.bot == "" {
		scan = "slip.no_bot"
	}
	for _, one := range []struct {
		key   string
		shown bool
	}{
		{"slip.head", in.agency.Name != ""}, {"slip.title", true}, {"slip.for", true}, {"slip.basis", in.agency.Mandate != ""},
		{"slip.install", true}, {scan, true}, {"slip.recognition", in.agency.Recognition != ""}, {"slip.foot", true},
		{"slip.help", in.agency.Helpdesk != ""},
	} {
		if one.shown {
			keys = append(keys, one.key)
		}
	}
	return keys
}

// plainName is a name as it is shown, without what a slip would read as bold.
func plainName(name string) string {
	return strings.NewReplacer("<", "", ">", "").Replace(personnel.DisplayName(name))
}

// table writes a spreadsheet of codes.
func (in *invitation) table(file *os.File, people []storage.Invitee, codes []string) error {
	w := csv.NewWriter(file)
	_ = w.Write([]string{"nip_last4", "name", "unit", "code", "link"}) // Error below tells
	for i, p := range people {
		_ = w.Write([]string{p.NIP.Last4(), harmless(p.Name), harmless(p.Unit), handlers.FormatCode(codes[i]), in.link(codes[i])})
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
