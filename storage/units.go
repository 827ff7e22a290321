package storage

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/lib/pq"

	"bangkom/internal/register"
)

// unitRow is a unit as the import compares it.
type unitRow struct {
	ID     int64         `db:"id"`
	Code   string        `db:"code"`
	Key    string        `db:"key"` // the name in comparable form
	Name   string        `db:"name"`
	Parent sql.NullInt64 `db:"parent_id"`
}

// place is how a file names a unit: by its key and that of the unit above, ""
// when that is not told.
type place struct{ key, above string }

// unitTree finds the units that a file names among those that are known. Units
// of one name under different units are different units.
type unitTree struct {
	byKey  map[string][]*unitRow
	byCode map[string]*unitRow
	byID   map[int64]*unitRow
	names  map[string]string   // of the file, by key
	given  map[string][]string // the units above, by key, as the file tells
	found  map[place]*unitRow
	asking map[place]bool     // while it is looked for, against circles
	moved  map[int64]*unitRow // have another unit above than before
	fresh  func(*unitRow) error
}

const (
	allUnits = `SELECT id, code, COALESCE(name_key, code) AS key, name, parent_id FROM unit ORDER BY id`
	addUnit  = `INSERT INTO unit (code, name_key, name, parent_id) VALUES ($1, $2, $3, $4) RETURNING id`
	moveUnit = `UPDATE unit SET parent_id = $2 WHERE id = $1`
	unitsOf  = `SELECT e.nip, e.unit_id FROM employee e WHERE e.nip = ANY($1)`
)

// importUnits stores the units of a file and returns the unit of each record,
// and the units that have moved in the tree.
func (t *Tx) importUnits(ctx context.Context, records []register.Record) (ids []int64, moved []int64, err error) {
	tree, err := t.unitTree(ctx, records)
	if err != nil {
		return nil, nil, err
	}
	present, err := t.presentUnits(ctx, tree, records)
	if err != nil {
		return nil, nil, err
	}
	ids, moved = make([]int64, len(records)), []int64{} // nil would be NULL
	for i, r := range records {
		u := tree.byID[present[r.NIP.Reveal()]]
		if r.ParentKey() != "" || u == nil || u.Key != r.UnitKey { // a name alone does not move anybody between units of one name
			if u, err = tree.find(place{r.UnitKey, r.ParentKey()}); err != nil {
				return nil, nil, err
			}
		}
		ids[i] = u.ID
	}
	for id, u := range tree.moved {
		if _, err := t.tx.ExecContext(ctx, moveUnit, id, u.Parent); err != nil {
			return nil, nil, safe("move unit", err)
		}
		moved = append(moved, id)
	}
	return ids, moved, nil
}

func (t *Tx) unitTree(ctx context.Context, records []register.Record) (*unitTree, error) {
	var rows []unitRow
	if err := t.tx.SelectContext(ctx, &rows, allUnits); err != nil {
		return nil, safe("read units", err)
	}
	tree := &unitTree{byKey: map[string][]*unitRow{}, byCode: map[string]*unitRow{}, byID: map[int64]*unitRow{}, names: map[string]string{},
		given: map[string][]string{}, found: map[place]*unitRow{}, asking: map[place]bool{}, moved: map[int64]*unitRow{}}
	for i := range rows {
		tree.add(&rows[i])
	}
	for _, r := range records {
		above := r.ParentKey()
		tree.name(r.UnitKey, r.Unit)
		tree.name(above, r.Parent)
		if above != "" && !slices.Contains(tree.given[r.UnitKey], above) {
			tree.given[r.UnitKey] = append(tree.given[r.UnitKey], above)
		}
	}
	tree.fresh = func(u *unitRow) error {
		return safe("add unit", t.tx.GetContext(ctx, &u.ID, addUnit, u.Code, u.Key, u.Name, u.Parent))
	}
	return tree, nil
}

// presentUnits tells where people are whose unit the file names by a name that
// several units have.
func (t *Tx) presentUnits(ctx context.Context, tree *unitTree, records []register.Record) (map[string]int64, error) {
	var nips []string
	for _, r := range records {
		if r.ParentKey() == "" && len(tree.byKey[r.UnitKey]) > 1 {
			nips = append(nips, r.NIP.Reveal())
		}
	}
	var rows []struct {
		NIP  string `db:"nip"`
		Unit int64  `db:"unit_id"`
	}
	if len(nips) == 0 {
		return nil, nil
	}
	if err := t.tx.SelectContext(ctx, &rows, unitsOf, pq.Array(nips)); err != nil {
		return nil, safe("read units of people", err)
	}
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.NIP] = r.Unit
	}
	return out, nil
}

func (t *unitTree) add(u *unitRow) {
	t.byKey[u.Key] = append(t.byKey[u.Key], u)
	t.byCode[u.Code], t.byID[u.ID] = u, u
}

// name keeps one spelling of a unit, the same whatever the order of the rows.
func (t *unitTree) name(key, name string) {
	if known, ok := t.names[key]; key != "" && (!ok || name < known) {
		t.names[key] = name
	}
}

// find returns the unit at a place, a new one if need be.
func (t *unitTree) find(p place) (*unitRow, error) {
	if p.above == "" && len(t.given[p.key]) == 1 { // other rows tell
		p.above = t.given[p.key][0]
	}
	if u := t.found[p]; u != nil {
		return u, nil
	}
	u, err := t.look(p)
	if err == nil {
		t.found[p] = u
	}
	return u, err
}

func (t *unitTree) look(p place) (*unitRow, error) {
	same := t.byKey[p.key]
	if p.above == "" || t.asking[p] {
		if u := t.byCode[p.key]; u != nil {
			return u, nil
		}
		if len(same) == 1 {
			return same[0], nil
		}
		return t.make(p.key, p.key, sql.NullInt64{})
	}
	t.asking[p] = true
	above, err := t.find(place{key: p.above})
	delete(t.asking, p)
	if err != nil {
		return nil, err
	}
	parent := sql.NullInt64{Int64: above.ID, Valid: true}
	for _, u := range same {
		if u.Parent == parent {
			return u, nil
		}
	}
	code := p.above + "/" + p.key
	u := t.byCode[code]
	if u == nil && len(t.given[p.key]) == 1 && len(same) == 1 && !same[0].Parent.Valid { // came before the file told the unit above
		u = same[0]
	}
	if u == nil {
		return t.make(code, p.key, parent)
	}
	if !t.below(above, u) {
		u.Parent, t.moved[u.ID] = parent, u
	}
	return u, nil
}

// below tells whether a stands somewhere below b, or is it.
func (t *unitTree) below(a, b *unitRow) bool {
	for range len(t.byID) + 1 {
		if a == nil || a == b {
			return a == b
		}
		a = t.byID[a.Parent.Int64]
	}
	return true
}

func (t *unitTree) make(code, key string, parent sql.NullInt64) (*unitRow, error) {
	u := &unitRow{Code: code, Key: key, Name: t.names[key], Parent: parent}
	if err := t.fresh(u); err != nil {
		return nil, err
	}
	t.add(u)
	return u, nil
}

// A unit is named by its code, by its name if no other unit has it, or by the
// name of the unit above and its own.
const unitNamed = `
	SELECT u.id FROM unit u LEFT JOIN unit above ON above.id = u.parent_id
	WHERE u.code = $1 OR COALESCE(u.name_key, u.code) = $1
	   OR COALESCE(above.name_key, above.code) || '/' || COALESCE(u.name_key, u.code) = $1
	ORDER BY u.id LIMIT 2`

// The refusals of the name of a unit.
var (
	ErrNoUnit    = errors.New("no such unit in the register")
	ErrManyUnits = errors.New("several units have this name: write the unit above before it, UNIT INDUK/UNIT KERJA")
)

// unitNamed finds the unit with one of the names (register.UnitNames), or
// ErrNoUnit, or ErrManyUnits.
func (t *Tx) unitNamed(ctx context.Context, names []string) (id int64, err error) {
	for _, name := range names {
		var ids []int64
		if err := t.tx.SelectContext(ctx, &ids, unitNamed, name); err != nil {
			return 0, safe("read unit", err)
		}
		switch len(ids) {
		case 1:
			return ids[0], nil
		case 2:
			return 0, ErrManyUnits
		}
	}
	return 0, ErrNoUnit
}
