package storage

import (
	"context"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/register"
)

const positionTitles = `SELECT key, class_code FROM position_title`

// PositionTitles returns the agency's list of titles: key (personnel.TitleKey)
// to class code. It is empty until one was imported.
func (t *Tx) PositionTitles(ctx context.Context) (map[string]string, error) {
	var rows []struct {
		Key   string `db:"key"`
		Class string `db:"class_code"`
	}
	if err := t.tx.SelectContext(ctx, &rows, positionTitles); err != nil {
		return nil, safe("read position titles", err)
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Key] = r.Class
	}
	return out, nil
}

const positionClasses = `SELECT code, name FROM position_class`

// PositionClasses returns the known classes: code to name.
func (t *Tx) PositionClasses(ctx context.Context) (map[string]string, error) {
	var rows []struct {
		Code string `db:"code"`
		Name string `db:"name"`
	}
	if err := t.tx.SelectContext(ctx, &rows, positionClasses); err != nil {
		return nil, safe("read position classes", err)
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Code] = r.Name
	}
	return out, nil
}

const (
	comparePositions = `
		SELECT count(*) FILTER (WHERE p.key IS NULL) AS new,
		       count(*) FILTER (WHERE p.class_code <> i.class) AS changed,
		       count(*) FILTER (WHERE p.class_code = i.class) AS unchanged
		FROM unnest($1::text[], $2::text[]) AS i (key, class) LEFT JOIN position_title p ON p.key = i.key`
	storePositions = `
		INSERT INTO position_title (key, title, class_code)
		SELECT key, title, class FROM unnest($1::text[], $2::text[], $3::text[]) AS i (key, title, class)
		ON CONFLICT (key) DO UPDATE SET title = excluded.title, class_code = excluded.class_code
		WHERE position_title.class_code <> excluded.class_code`
	withoutClass = `SELECT id, position_title FROM employee WHERE class_code IS NULL AND active`
	giveClass    = `UPDATE employee e SET class_code = i.class
		FROM unnest($1::bigint[], $2::text[]) AS i (id, class) WHERE e.id = i.id AND e.class_code IS NULL`
)

// ImportPositions stores titles with their classes and gives a class to people
// who had none. A class that somebody has already is not changed: it may have
// been assigned by hand. UnknownClass of the result counts whom it still leaves.
func (t *Tx) ImportPositions(ctx context.Context, list []register.Title, now time.Time) (register.Imported, error) {
	var out register.Imported
	keys, titles, classes := make([]string, len(list)), make([]string, len(list)), make([]string, len(list))
	for i, p := range list {
		keys[i], titles[i], classes[i] = p.Key, p.Title, p.Class
	}
	if err := t.tx.GetContext(ctx, &out, comparePositions, pq.Array(keys), pq.Array(classes)); err != nil {
		return out, safe("compare positions", err)
	}
	if _, err := t.tx.ExecContext(ctx, storePositions, pq.Array(keys), pq.Array(titles), pq.Array(classes)); err != nil {
		return out, safe("store positions", err)
	}
	if err := t.classify(ctx); err != nil {
		return out, err
	}
	if err := t.countRegister(ctx, &out); err != nil {
		return out, err
	}
	if _, err := t.tx.ExecContext(ctx, auditRow, now, "import.positions", ""); err != nil {
		return out, safe("audit", err)
	}
	return out, nil
}

// classify gives people without a class the one that their title tells now.
func (t *Tx) classify(ctx context.Context) error {
	table, err := t.PositionTitles(ctx)
	if err != nil {
		return err
	}
	var people []struct {
		ID    int64  `db:"id"`
		Title string `db:"position_title"`
	}
	if err := t.tx.SelectContext(ctx, &people, withoutClass); err != nil {
		return safe("list people without class", err)
	}
	var ids []int64
	var classes []string
	for _, p := range people {
		if class := (personnel.Position{Title: p.Title}).Class(table); class != "" {
			ids, classes = append(ids, p.ID), append(classes, class)
		}
	}
	_, err = t.tx.ExecContext(ctx, giveClass, pq.Array(ids), pq.Array(classes))
	return safe("give classes", err)
}
