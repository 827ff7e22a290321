package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"bangkom/handlers"
	"bangkom/internal/register"
	"bangkom/storage"
)

// invite makes one-time codes and writes them to a file for handing out.
func (a *app) invite(ctx context.Context, args []string) error {
	fs := a.flags("invite")
	path := fs.String("config", "", "configuration `FILE`")
	unit := fs.String("unit", "", "only people of this `UNIT`, by its name or code")
	out := fs.String("out", "", "new `FILE`.csv for the codes; it must not exist yet")
	renew := fs.Bool("renew", false, "also for people who hold a code that still works; the former one is closed")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	if !strings.HasSuffix(*out, ".csv") {
		return wrongUsage("--out FILE.csv is needed; this version writes no other kind")
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
	in := &invitation{app: a, keys: k, bot: bot, days: cfg.Identity.CodeDays, unit: register.UnitKey(*unit), all: *renew}
	n, err := in.write(ctx, db, file)
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(*out))
	}
	fmt.Fprintf(a.stderr, "codes made: %d, valid for %d days; hand out %s and delete it\n", n, cfg.Identity.CodeDays, *out)
	return nil
}

type invitation struct {
	*app
	keys keys
	bot  string
	days int
	unit string
	all  bool
}

// write makes the codes in one transaction that ends only when the file is on
// the disk: a code that nobody has is worth as little as one that nobody knows.
func (in *invitation) write(ctx context.Context, db *storage.DB, file *os.File) (n int, err error) {
	err = db.InTx(ctx, func(tx *storage.Tx) error {
		now := in.now()
		people, err := tx.Invitees(ctx, in.unit, in.all, now)
		if err != nil {
			return err
		}
		codes, hashes, ids, err := in.codes(people)
		if err != nil {
			return err
		}
		if err := tx.ReplaceCodes(ctx, ids, hashes, now, now.AddDate(0, 0, in.days)); err != nil {
			return err
		}
		n = len(people)
		return in.table(file, people, codes)
	})
	return n, err
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

// table writes the file from its beginning, because a transaction may run again.
func (in *invitation) table(file *os.File, people []storage.Invitee, codes []string) error {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("write codes: %w", err)
	}
	if err := file.Truncate(0); err != nil {
		return fmt.Errorf("write codes: %w", err)
	}
	w := csv.NewWriter(file)
	_ = w.Write([]string{"nip_last4", "name", "unit", "code", "link"}) // Error below tells
	for i, p := range people {
		link := ""
		if in.bot != "" {
			link = "https://t.me/" + in.bot + "?start=" + codes[i]
		}
		_ = w.Write([]string{p.NIP.Last4(), harmless(p.Name), harmless(p.Unit), handlers.FormatCode(codes[i]), link})
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
