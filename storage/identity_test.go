package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/personnel"
)

// code adds a one-time code that lives three weeks from start.
func (f *fixture) code(hash string, employee int64) int64 {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		return tx.AddCode(ctx, []byte(hash), employee, start, start.AddDate(0, 0, 21))
	})
	return int64(f.count(`SELECT id FROM link_code WHERE hash = $1`, []byte(hash)))
}

func (f *fixture) link(code, chat int64, now time.Time) (e personnel.Employee, err error) {
	err = f.InTx(f.t.Context(), func(tx *Tx) (err error) {
		var c personnel.Code
		if c, err = tx.CodeByID(f.t.Context(), code, now); err != nil {
			return err
		}
		e, err = tx.Link(f.t.Context(), personnel.Claim{EmployeeID: c.EmployeeID, CodeID: code, Notice: "v1"}, chat, now)
		return err
	})
	return e, err
}

func TestCode(t *testing.T) {
	expires := start.AddDate(0, 0, 21)
	tests := []struct {
		name, change string
		now          time.Time
		usable       bool
	}{
		{"fresh", "", start, true},
		{"on the last second", "", expires.Add(-time.Second), true},
		{"at its end", "", expires, false},
		{"later", "", expires.AddDate(1, 0, 0), false},
		{"used", `UPDATE link_code SET used_at = now() WHERE id = $1`, start, false},
		{"closed", `UPDATE link_code SET closed_at = now() WHERE id = $1`, start, false},
	}
	f := newFixture(t)
	person := f.employees(1)[0]
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			hash := "\x00\xff hash of " + tt.name
			id := f.code(hash, person)
			if tt.change != "" {
				f.exec(tt.change, id)
			}
			want := personnel.Code{ID: id, EmployeeID: person, Usable: tt.usable}
			f.tx(func(ctx context.Context, tx *Tx) error {
				byHash, err1 := tx.CodeByHash(ctx, []byte(hash), tt.now)
				byID, err2 := tx.CodeByID(ctx, id, tt.now)
				if !byHash.At.Equal(start) || !byID.At.Equal(start) {
					t.Errorf("made at %v and %v, want %v", byHash.At, byID.At, start)
				}
				byHash.At, byID.At = time.Time{}, time.Time{}
				if byHash != want || byID != want {
					t.Errorf("by hash %+v, by number %+v; want %+v", byHash, byID, want)
				}
				return errors.Join(err1, err2)
			})
			f.exec(`INSERT INTO chat (id) VALUES ($1)`, id)
			_, err := f.link(id, id, tt.now)
			if tt.usable == (err != nil) || !tt.usable && !errors.Is(err, ErrNotFound) {
				t.Errorf("Link = %v, usable %t", err, tt.usable)
			}
			f.exec(`UPDATE chat SET employee_id = NULL`)
		})
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		if _, err := tx.CodeByHash(ctx, []byte("unknown"), start); !errors.Is(err, ErrNotFound) {
			t.Errorf("CodeByHash of an unknown hash = %v, want %v", err, ErrNotFound)
		}
		if _, err := tx.CodeByHash(ctx, nil, start); !errors.Is(err, ErrNotFound) {
			t.Errorf("CodeByHash of no hash = %v, want %v", err, ErrNotFound)
		}
		if _, err := tx.CodeByID(ctx, 1<<40, start); !errors.Is(err, ErrNotFound) {
			t.Errorf("CodeByID of an unknown number = %v, want %v", err, ErrNotFound)
		}
		return nil
	})
}

// guardConsent refuses a link without a consent that was recorded before it.
const guardConsent = `
	CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF NOT EXISTS (SELECT FROM consent WHERE employee_id = NEW.employee_id AND chat_id = NEW.id) THEN
			RAISE EXCEPTION 'linked without consent';
		END IF;
		RETURN NEW;
	END $$;
	CREATE TRIGGER guard BEFORE UPDATE OF employee_id ON chat FOR EACH ROW EXECUTE FUNCTION guard()`

func TestLink(t *testing.T) {
	f := newFixture(t)
	person := f.employees(2)[1]
	code := f.code("h", person)
	f.exec(`INSERT INTO chat (id) VALUES (5)`)
	f.exec(guardConsent)
	e, err := f.link(code, 5, start)
	if err != nil || e.ID != person || e.Name != "Pegawai 1" || e.Status != personnel.Active {
		t.Fatalf("Link = %+v, %v; want person %d", e, err, person)
	}
	for _, query := range []string{
		`SELECT count(*) FROM chat WHERE id = 5 AND employee_id = $1 AND linked_at = $2`,
		`SELECT count(*) FROM consent WHERE chat_id = 5 AND employee_id = $1 AND accepted_at = $2 AND notice_version = 'v1'`,
		`SELECT count(*) FROM link_code WHERE employee_id = $1 AND used_at = $2`,
		`SELECT count(*) FROM audit WHERE action = 'link' AND actor = $1 AND employee_id = $1 AND at = $2`,
	} {
		if n := f.count(query, person, start); n != 1 {
			t.Errorf("%d rows, want 1: %s", n, query)
		}
	}
	second := f.code("second", person)
	before := f.contents()
	if _, err := f.link(code, 5, start); !errors.Is(err, ErrNotFound) {
		t.Errorf("Link with a used code = %v, want %v", err, ErrNotFound)
	}
	if _, err := f.link(second, 5, start); !errors.Is(err, personnel.ErrLinkedElsewhere) {
		t.Errorf("Link of a linked person = %v, want %v", err, personnel.ErrLinkedElsewhere)
	}
	if diff := cmp.Diff(before, f.contents()); diff != "" {
		t.Errorf("refused links changed (-before +after):\n%s", diff)
	}
}

func TestCodeWorksOnce(t *testing.T) {
	f := newFixture(t)
	person := f.employees(1)[0]
	code := f.code("h", person)
	f.exec(`INSERT INTO chat (id) SELECT generate_series(1, 10)`)
	linked := 0
	for i, err := range atOnce(10, func(i int) error {
		_, err := f.link(code, int64(i+1), start)
		return err
	}) {
		if err == nil {
			linked++
		} else if !errors.Is(err, ErrNotFound) {
			t.Errorf("Link %d: %v, want %v", i, err, ErrNotFound)
		}
	}
	chats, consents := f.count(`SELECT count(*) FROM chat WHERE employee_id = $1`, person), f.count(`SELECT count(*) FROM consent`)
	if linked != 1 || chats != 1 || consents != 1 {
		t.Errorf("%d links, %d chats, %d consents; want 1 of each", linked, chats, consents)
	}
}

func TestOneAccountPerPerson(t *testing.T) {
	f := newFixture(t)
	people := f.employees(2)
	f.exec(`INSERT INTO chat (id) SELECT generate_series(1, 10)`)
	codes := make([]int64, 10)
	for i := range codes {
		codes[i] = f.code(string(rune('a'+i)), people[0])
	}
	linked := 0
	for i, err := range atOnce(len(codes), func(i int) error {
		_, err := f.link(codes[i], int64(i+1), start)
		return err
	}) {
		if err == nil {
			linked++
		} else if !errors.Is(err, personnel.ErrLinkedElsewhere) {
			t.Errorf("Link %d: %v, want %v", i, err, personnel.ErrLinkedElsewhere)
		}
	}
	if linked != 1 {
		t.Errorf("%d accounts linked at once, want 1", linked)
	}
	if n := f.count(`SELECT count(*) FROM link_code WHERE used_at IS NOT NULL`); n != 1 {
		t.Errorf("%d codes are used up, want only that of the link", n)
	}
	own := int64(f.count(`SELECT id FROM chat WHERE employee_id = $1`, people[0]))
	f.tx(func(ctx context.Context, tx *Tx) error {
		for _, tt := range []struct {
			name         string
			person, chat int64
			want         bool
		}{
			{"from another chat", people[0], own%10 + 1, true},
			{"from the own chat", people[0], own, false},
			{"a person without an account", people[1], own, false},
		} {
			got, err := tx.LinkedElsewhere(ctx, tt.person, tt.chat)
			if err != nil || got != tt.want {
				t.Errorf("%s: LinkedElsewhere = %t, %v; want %t", tt.name, got, err, tt.want)
			}
		}
		return nil
	})
}

func TestCloseCode(t *testing.T) {
	f := newFixture(t)
	person := f.employees(1)[0]
	closed, used := f.code("closed", person), f.code("used", person)
	f.exec(`UPDATE link_code SET used_at = $1 WHERE id = $2`, start, used)
	for n := range 2 {
		for _, id := range []int64{closed, used, 1 << 40} {
			f.tx(func(ctx context.Context, tx *Tx) error { return tx.CloseCode(ctx, id, start.AddDate(0, 0, n)) })
		}
	}
	if got := f.text(`SELECT string_agg(id::text, ' ') FROM link_code WHERE closed_at = $1`, start); got != f.text(`SELECT $1::text`, closed) {
		t.Errorf("codes %q are closed since the first time, want only %d", got, closed)
	}
	f.exec(`INSERT INTO chat (id) VALUES (5)`)
	if _, err := f.link(closed, 5, start); !errors.Is(err, ErrNotFound) {
		t.Errorf("Link with a closed code = %v, want %v", err, ErrNotFound)
	}
}
