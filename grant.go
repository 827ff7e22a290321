package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/storage"
)

// grant gives a role to a person of the register, or takes it away.
func (a *app) grant(ctx context.Context, args []string) error {
	fs := a.flags("grant ROLE NIP")
	path := fs.String("config", "", "configuration `FILE`")
	unit := fs.String("unit", "", "the `UNIT` of an officer, by its name or code; units below it are included")
	revoke := fs.Bool("revoke", false, "take the role away")
	if asksHelp(args) {
		return a.help(fs, "ROLE is "+roleList())
	}
	var role, number string
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		switch {
		case role == "":
			role = args[0]
		case role == string(personnel.RoleOfficer) && number == "" && *unit == "" && len(args) > 1 && !strings.HasPrefix(args[1], "-"):
			*unit = args[0] // `grant officer UNIT NIP`
		default:
			number += args[0] // a NIP may be typed in groups
		}
		args = args[1:]
	}
	if role == "" || number == "" {
		return wrongUsage("want `bangkom grant ROLE NIP [--unit UNIT] [--revoke]`; ROLE is %s", roleList())
	}
	if err := a.parse(fs, args); err != nil {
		return err
	}
	if !slices.Contains(personnel.Roles(), personnel.Role(role)) {
		return wrongUsage("there is no role %q; use %s", role, roleList())
	}
	if (role == string(personnel.RoleOfficer)) != (*unit != "") {
		return wrongUsage("--unit UNIT belongs to the role officer, and only to it")
	}
	cfg, err := a.databaseConfig(*path)
	if err != nil {
		return err
	}
	nip, err := personnel.ParseNIP(number, a.now().In(cfg.Location()))
	if err != nil {
		return err
	}
	db, err := openCurrent(ctx, cfg.Database)
	if err != nil {
		return err
	}
	defer db.Close()
	changed := false
	err = db.InTx(ctx, func(tx *storage.Tx) (err error) {
		changed, err = tx.Grant(ctx, nip, personnel.Role(role), register.UnitNames(*unit), *revoke, a.now())
		return err
	})
	switch {
	case errors.Is(err, storage.ErrNotFound):
		return fmt.Errorf("nobody in service has the NIP %s: import the register first", nip.Masked())
	case errors.Is(err, storage.ErrManyUnits):
		return fmt.Errorf("--unit %q: %w", *unit, err)
	case errors.Is(err, storage.ErrNoUnit):
		return fmt.Errorf("there is no unit %q in the register", *unit)
	case err != nil:
		return err
	}
	what := map[bool]string{false: "has the role", true: "no longer has the role"}[*revoke]
	already := map[bool]string{false: "; that was so already", true: ""}[changed]
	fmt.Fprintf(a.stderr, "%s %s %s%s\n", nip.Masked(), what, role, already)
	if changed && !*revoke {
		fmt.Fprintln(a.stderr, "codes made for this person before do not work any more; if the account is not linked yet, hand out a new one")
	}
	return nil
}

func roleList() string {
	var names []string
	for _, r := range personnel.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}
