package storage

import (
	"context"
	"errors"
	"testing"

	"bangkom/internal/personnel"
)

// usable tells whether a code still opens an account.
func (f *fixture) usable(hash string) (yes bool) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		c, err := tx.CodeByHash(ctx, []byte(hash), start)
		yes = c.Usable
		return err
	})
	return yes
}

// A code works for the state in which it was made: a role, an account and the
// loss of one end it.
func TestCodesEnd(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(3)
	code := func(who int64, hash string) {
		f.tx(func(ctx context.Context, tx *Tx) error {
			return tx.NewCode(ctx, who, []byte(hash), ids[2], start, start.AddDate(0, 0, 21))
		})
	}
	code(ids[0], "officer's")
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.Grant(ctx, nip(t, 0), personnel.RoleHR, nil, false, start)
		return err
	})
	if f.usable("officer's") {
		t.Error("a code of before the role opens the account that has it")
	}
	code(ids[1], "slip")
	f.exec(`INSERT INTO chat (id) VALUES (5)`)
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.Link(ctx, personnel.Claim{EmployeeID: ids[1], Notice: "x"}, 5, start)
		return err
	})
	if f.usable("slip") {
		t.Error("the slip works beside the account that was linked by phone")
	}
	code(ids[1], "takeover")
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.AskTakeover(ctx, personnel.Claim{EmployeeID: ids[1], Notice: "x"}, 6, start, start.AddDate(0, 0, 1), takeoverLimits)
		return err
	})
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.Unlink(ctx, ids[1], ids[0], "lost phone", start)
		return err
	})
	if f.usable("takeover") {
		t.Error("a code of before works after a lost phone was unlinked")
	}
	if n := f.count(`SELECT count(*) FROM takeover WHERE decided_at IS NULL`); n != 0 {
		t.Error("a takeover is still open")
	}
}

// A takeover by code still works, although unlinking closes codes.
func TestTakeoverByCode(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(1)
	f.exec(`INSERT INTO chat (id, employee_id) VALUES (5, $1)`, ids[0])
	f.tx(func(ctx context.Context, tx *Tx) error {
		if err := tx.AddCode(ctx, []byte("new"), ids[0], start, start.AddDate(0, 0, 21)); err != nil {
			return err
		}
		c, err := tx.CodeByHash(ctx, []byte("new"), start)
		if err != nil {
			return err
		}
		claim := personnel.Claim{EmployeeID: ids[0], CodeID: c.ID, Notice: "x"}
		asked, err := tx.AskTakeover(ctx, claim, 6, start, start.AddDate(0, 0, 1), takeoverLimits)
		if err != nil {
			return err
		}
		r, err := tx.Takeover(ctx, asked.ID, ids[0], start)
		if err != nil {
			return err
		}
		return tx.AcceptTakeover(ctx, r, 5, []string{"q", "r"}, start)
	})
	if n := f.count(`SELECT count(*) FROM chat WHERE id = 6 AND employee_id = $1`, ids[0]); n != 1 {
		t.Error("the account did not move")
	}
}

// The check of a stand-in decides about the request that was shown, and nobody
// decides about the own letter.
func TestCheckNamesTheVersion(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(4) // 0 officer, 1 official, 3 stand-in
	f.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT $1, 'officer', unit_id, now() FROM employee WHERE id = $1`, ids[0])
	area := personnel.Area{Officer: ids[0]}
	d := personnel.Delegation{ForID: ids[1], ActingID: ids[3], From: start, To: start.AddDate(0, 0, 3), Letter: "800/1/2027"}
	ask := func(d personnel.Delegation) (shown personnel.Delegation) {
		f.tx(func(ctx context.Context, tx *Tx) error {
			if err := tx.AddDelegation(ctx, d, start); err != nil {
				return err
			}
			list, err := tx.Delegations(ctx, area, start)
			for _, one := range list {
				if one.ForID == d.ForID && one.ActingID == d.ActingID {
					shown = one
				}
			}
			return err
		})
		return shown
	}
	check := func(d personnel.Delegation, accept bool) error {
		return f.try(func(ctx context.Context, tx *Tx) error {
			_, err := tx.CheckDelegation(ctx, area, d.ID, d.Version, ids[0], accept, start)
			return err
		})
	}
	shown := ask(d)
	d.To, d.Letter, d.Rates = start.AddDate(0, 0, 365), "palsu", true
	again := ask(d)
	for _, accept := range []bool{true, false} {
		if err := check(shown, accept); !errors.Is(err, ErrNotFound) {
			t.Errorf("the old card decides (%t) about the new request: %v", accept, err)
		}
	}
	if err := check(again, true); err != nil {
		t.Errorf("the new card: %v", err)
	}
	for _, own := range []personnel.Delegation{{ForID: ids[0], ActingID: ids[3]}, {ForID: ids[1], ActingID: ids[0]}} {
		own.From, own.To, own.Letter = start, start.AddDate(0, 0, 3), "own"
		if err := check(ask(own), true); !errors.Is(err, ErrNotFound) {
			t.Errorf("an officer approves the own letter: %v", err)
		}
	}
}

// One request at a time; an objection is remembered for as long as is asked.
func TestUnlinkRequest(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	f.tx(func(ctx context.Context, tx *Tx) error {
		week := start.AddDate(0, 0, -7)
		if _, err := tx.UnlinkRequest(ctx, ids[0], week); !errors.Is(err, ErrNotFound) {
			t.Errorf("nobody has asked: %v", err)
		}
		first, err := tx.AskUnlink(ctx, ids[0], ids[1], start)
		if err != nil {
			return err
		}
		second, err := tx.AskUnlink(ctx, ids[0], ids[1], start)
		if err != nil {
			return err
		}
		if _, err := tx.ObjectUnlink(ctx, first, ids[0], start); !errors.Is(err, ErrNotFound) {
			t.Errorf("an objection to what has ended: %v", err)
		}
		if _, err := tx.ObjectUnlink(ctx, second, ids[1], start); !errors.Is(err, ErrNotFound) {
			t.Errorf("an objection of somebody else: %v", err)
		}
		if by, err := tx.ObjectUnlink(ctx, second, ids[0], start); err != nil || by != ids[1] {
			t.Errorf("ObjectUnlink = %d, %v", by, err)
		}
		if r, err := tx.UnlinkRequest(ctx, ids[0], week); err != nil || !r.Objected {
			t.Errorf("%+v, %v; want the objection", r, err)
		}
		if _, err := tx.UnlinkRequest(ctx, ids[0], start); !errors.Is(err, ErrNotFound) {
			t.Errorf("the objection is remembered for ever: %v", err)
		}
		return nil
	})
}
