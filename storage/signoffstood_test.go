package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
)

// Only whoever stood in for the head that approves, by a letter that was checked, had begun and
// is over, is told that the time is over: for everybody else the button of a unit means nothing,
// or is still theirs.
func TestStoodInForTheHead(t *testing.T) {
	devdbtest.Long(t, "an odd event of the round")
	w := newSigning(t, 300)
	w.opens(2028)
	unit := w.unit("Badan 2")
	head, acting := int64(w.count(`SELECT min(id) FROM employee WHERE unit_id = $1`, unit)), int64(w.count(`SELECT max(id) FROM employee WHERE unit_id = $1`, unit))
	id := int64(w.count(`SELECT id FROM signoff WHERE unit_id = $1`, unit))
	told := func(what string, person int64, want string) {
		t.Helper()
		w.tx(func(ctx context.Context, tx *Tx) error {
			got, err := tx.StoodIn(ctx, id, person, start)
			if errors.Is(err, ErrNotFound) {
				got, err = "", nil
			}
			if got != want {
				t.Errorf("%s: told of %q, want %q", what, got, want)
			}
			return err
		})
	}
	told("without a letter", acting, "")
	for _, c := range []struct {
		what                 string
		official, from, to   int64
		checked, ended, told bool
	}{
		{what: "over", official: head, from: -9, to: -1, checked: true, told: true},
		{what: "ended before its day", official: head, from: -9, to: 9, checked: true, ended: true, told: true},
		{what: "on its last day", official: head, from: -9, to: 0, checked: true},
		{what: "never checked", official: head, from: -9, to: -1},
		{what: "ended before it began", official: head, from: 3, to: 9, checked: true, ended: true},
		{what: "for somebody who is not the head", official: acting - 1, from: -9, to: -1, checked: true},
	} {
		day := func(n int64) string { return start.AddDate(0, 0, int(n)).Format(time.DateOnly) }
		w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at, checked_by, ended_at)
			VALUES ($1, $2, $3, $4, '800/1', false, $5::timestamptz, CASE WHEN $6 THEN $5::timestamptz END, CASE WHEN $6 THEN $7::bigint END, CASE WHEN $8 THEN $5::timestamptz END)`,
			c.official, acting, day(c.from), day(c.to), start, c.checked, w.office, c.ended)
		want := ""
		if c.told {
			want = "Badan 2"
		}
		told(c.what, acting, want)
		told(c.what+", somebody else", w.office, "")
		w.exec(`DELETE FROM delegation`)
	}
}

// Where the unit above approves, who stood in for its head is told of that unit.
func TestStoodInForTheHeadAbove(t *testing.T) {
	devdbtest.Long(t, "an odd event of the round")
	w := newSigning(t, 300)
	w.opens(2028)
	unit, above := w.unit("Subbagian 1"), w.unit("Badan 2")
	w.exec(`UPDATE signoff SET head_unit_id = $2 WHERE unit_id = $1`, unit, above)
	head, acting := int64(w.count(`SELECT min(id) FROM employee WHERE unit_id = $1`, above)), int64(w.count(`SELECT max(id) FROM employee WHERE unit_id = $1`, above))
	w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at, checked_by) VALUES ($1, $2, $3, $4, '800/1', false, $5, $5, $6)`,
		head, acting, start.AddDate(0, 0, -9).Format(time.DateOnly), start.AddDate(0, 0, -1).Format(time.DateOnly), start, w.office)
	w.tx(func(ctx context.Context, tx *Tx) error {
		got, err := tx.StoodIn(ctx, int64(w.count(`SELECT id FROM signoff WHERE unit_id = $1`, unit)), acting, start)
		if got != "Badan 2" {
			t.Errorf("told of %q", got)
		}
		return err
	})
}
