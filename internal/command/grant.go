package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bangkom/internal/config"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/storage"
)

// grant gives a role to a person of the register, or takes it away.
func (a *console) grant(ctx context.Context, args []string) error {
	fs := a.flags("grant ROLE NIP")
	path := fs.String("config", "", "configuration `FILE`")
	unit := fs.String("unit", "", "the `UNIT` of an officer, by its name or code; units below it are included")
	revoke := fs.Bool("revoke", false, "take the role away")
	if asksHelp(args) {
		return a.help(fs, "ROLE is "+roleList())
	}
	role, number, args := grantee(args, unit)
	if role == "" || number == "" {
		return wrongUsage("want `bangkom grant ROLE NIP [--unit UNIT] [--revoke]`; ROLE is %s", roleList())
	}
	if err := a.parse(fs, args); err != nil {
		return err
	}
	if !slices.Contains(personnel.Roles(), role) {
		return wrongUsage("there is no role %q; use %s", role, roleList())
	}
	if (role == personnel.RoleOfficer) != (*unit != "") {
		return wrongUsage("--unit UNIT belongs to the role officer, and only to it")
	}
	var nip personnel.NIP
	db, _, err := a.open(ctx, *path, func(cfg config.Config) (err error) {
		nip, err = personnel.ParseNIP(number, a.now().In(cfg.Location()))
		return err
	})
	if err != nil {
		return err
	}
	defer db.Close()
	changed := false
	err = db.InTx(ctx, func(tx *storage.Tx) (err error) {
		changed, err = tx.Grant(ctx, nip, role, register.UnitNames(*unit), *revoke, a.now())
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
	a.tellGrant(nip, role, *revoke, changed)
	return nil
}

// grantee reads ROLE NIP, or `officer UNIT NIP`, from the front of the arguments,
// and returns what follows. A NIP may be typed in groups.
func grantee(args []string, unit *string) (role personnel.Role, number string, rest []string) {
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		switch {
		case role == "":
			role = personnel.Role(args[0])
		case role == personnel.RoleOfficer && number == "" && *unit == "" && len(args) > 1 && !strings.HasPrefix(args[1], "-"):
			*unit = args[0]
		default:
			number += args[0]
		}
		args = args[1:]
	}
	return role, number, args
}

// tellGrant says what a person's role is now.
func (a *console) tellGrant(nip personnel.NIP, role personnel.Role, revoked, changed bool) {
	what := map[bool]string{false: "has the role", true: "no longer has the role"}[revoked]
	already := map[bool]string{false: "; that was so already", true: ""}[changed]
	fmt.Fprintf(a.stderr, "%s %s %s%s\n", nip.Masked(), what, role, already)
	if changed && !revoked {
		fmt.Fprintln(a.stderr, "codes made for this person before do not work any more; if the account is not linked yet, hand out a new one")
	}
}

func roleList() string {
	var names []string
	for _, r := range personnel.Roles() {
		names = append(names, string(r))
	}
	return strings.Join(names, ", ")
}
