package storage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/competency"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
)

const (
	competencyNames = `SELECT code, name FROM competency`
	agencyTitles    = `
		SELECT DISTINCT position_title AS title, COALESCE(class_code, '') AS class FROM employee WHERE active AND position_title <> ''
		UNION SELECT title, class_code FROM position_title`
)

// StandardLists returns what a list of required levels may name: competencies, units, and
// the titles of people in service and of the agency's list.
func (t *Tx) StandardLists(ctx context.Context) (l register.StandardLists, err error) {
	l = register.StandardLists{Competencies: map[string]string{}, Units: map[string][]int64{}, Titles: map[string][]string{}}
	var named []struct{ Code, Name string }
	if err := t.tx.SelectContext(ctx, &named, competencyNames); err != nil {
		return l, safe("read competencies", err)
	}
	for _, c := range named {
		l.Competencies[c.Code] = c.Name
	}
	var units []unitRow
	if err := t.tx.SelectContext(ctx, &units, allUnits); err != nil {
		return l, safe("read units", err)
	}
	for _, u := range units {
		name := register.UnitKey(u.Name)
		l.Units[name] = append(l.Units[name], u.ID)
	}
	for _, u := range units { // a code is that of one unit, whatever others are called
		if code := register.UnitKey(u.Code); code != register.UnitKey(u.Name) {
			l.Units[code] = []int64{u.ID}
		}
	}
	var titles []struct{ Title, Class string }
	if err := t.tx.SelectContext(ctx, &titles, agencyTitles); err != nil {
		return l, safe("read titles", err)
	}
	for _, one := range titles {
		key := personnel.TitleKey(one.Title)
		if !slices.Contains(l.Titles[key], one.Class) {
			l.Titles[key] = append(l.Titles[key], one.Class)
		}
	}
	for key, classes := range l.Titles {
		if len(classes) > 1 { // who has no class yet gets one of the others
			l.Titles[key] = slices.DeleteFunc(classes, func(c string) bool { return c == "" })
		}
	}
	return l, nil
}

// givenLevels are the rows of a list as they are stored, with what is stored now.
var givenLevels = `
	SELECT i.*, CASE i.scope WHEN 'class' THEN s.level ELSE r.level END AS old, CASE i.scope WHEN 'class' THEN s.source ELSE r.source END AS old_source
	FROM (SELECT scope, name, nullif(unit_id, 0) AS unit_id, nullif(class, '') AS class, code, level, source,
	             CASE scope WHEN 'title' THEN ` + titleKey("name") + ` WHEN 'functional' THEN ` + functionalKey(titleKey("name")) + ` ELSE given END AS key
	      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::int[], $8::text[])
	           AS g (scope, given, name, unit_id, class, code, level, source)) i
	LEFT JOIN standard s ON i.scope = 'class' AND (s.class_code, s.competency_code) = (i.class, i.code)
	LEFT JOIN required_level r ON (r.scope, r.key, COALESCE(r.unit_id, 0), COALESCE(r.class_code, ''), r.competency_code)
	     = (i.scope, i.key, COALESCE(i.unit_id, 0), COALESCE(i.class, ''), i.code)`

var (
	compareLevels = `SELECT l.name, c.name AS competency, COALESCE(l.old, 0) AS old, l.level AS new, COALESCE(l.old_source, '') AS was, l.source AS basis
		FROM (` + givenLevels + `) l JOIN competency c ON c.code = l.code`
	storeClassLevels = `
		INSERT INTO standard (class_code, competency_code, level, source)
		SELECT class, code, level, source FROM (` + givenLevels + `) l WHERE scope = 'class' AND level > 0
		ON CONFLICT (class_code, competency_code) DO UPDATE SET level = excluded.level, source = excluded.source`
	storeLevels = `
		INSERT INTO required_level (scope, key, name, unit_id, class_code, competency_code, level, source, changed_at)
		SELECT scope, key, name, unit_id, class, code, level, source, $9 FROM (` + givenLevels + `) l WHERE scope <> 'class' AND level > 0
		ON CONFLICT (scope, key, COALESCE(unit_id, 0), COALESCE(class_code, ''), competency_code) DO UPDATE
		SET name = excluded.name, level = excluded.level, source = excluded.source, changed_at = excluded.changed_at
		WHERE (required_level.level, required_level.source) <> (excluded.level, excluded.source)`
	dropClassLevels = `DELETE FROM standard s USING (` + givenLevels + `) l
		WHERE l.scope = 'class' AND l.level = 0 AND (s.class_code, s.competency_code) = (l.class, l.code)`
	dropLevels = `DELETE FROM required_level r USING (` + givenLevels + `) l WHERE l.scope <> 'class' AND l.level = 0
		AND (r.scope, r.key, COALESCE(r.unit_id, 0), COALESCE(r.class_code, ''), r.competency_code) = (l.scope, l.key, COALESCE(l.unit_id, 0), COALESCE(l.class, ''), l.code)`
)

// ImportStandards stores required levels. What is taken back of a class is required again
// as it was shipped.
func (t *Tx) ImportStandards(ctx context.Context, list []register.StandardRow, now time.Time) (out register.Imported, err error) {
	if err := t.beginImport(ctx); err != nil {
		return out, err
	}
	rows := levelArgs(list)
	if err := t.compareLevels(ctx, rows, &out); err != nil {
		return out, err
	}
	for _, s := range []string{storeClassLevels, dropClassLevels, dropLevels} {
		if _, err := t.tx.ExecContext(ctx, s, rows...); err != nil {
			return out, safe("import standards", err)
		}
	}
	if _, err := t.tx.ExecContext(ctx, storeLevels, append(rows, now)...); err != nil {
		return out, safe("import standards", err)
	}
	if err := t.seedStandards(ctx, competency.TechnicalLevels()); err != nil {
		return out, err
	}
	if any, err := t.AnyDuty(ctx); err != nil {
		return out, err
	} else if any {
		bare, err := t.BareTitles(ctx)
		if err != nil {
			return out, err
		}
		out.Bare = &bare
	}
	if err := t.countRegister(ctx, &out); err != nil {
		return out, err
	}
	_, err = t.tx.ExecContext(ctx, auditRow, now, "import.standards", "")
	return out, safe("audit", err)
}

// levelArgs are the arguments of the statements above.
func levelArgs(list []register.StandardRow) []any {
	n := len(list)
	scopes, keys, names, classes, codes, bases := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	ids, levels := make([]int64, n), make([]int64, n)
	for i, r := range list {
		of := r.Rule.Source
		scopes[i], keys[i], names[i], classes[i], codes[i], levels[i], bases[i] = string(of.Scope), r.Key, of.Name, r.ClassCode, r.Code, int64(r.Level), of.Basis
		ids[i] = r.UnitID
	}
	return []any{pq.Array(scopes), pq.Array(keys), pq.Array(names), pq.Array(ids), pq.Array(classes), pq.Array(codes), pq.Array(levels), pq.Array(bases)}
}

// compareLevels tells what of a list is new, changed and unchanged.
func (t *Tx) compareLevels(ctx context.Context, rows []any, out *register.Imported) error {
	var levels []struct {
		register.LevelChange
		Was   string `db:"was"`
		Basis string `db:"basis"`
	}
	if err := t.tx.SelectContext(ctx, &levels, compareLevels, rows...); err != nil {
		return safe("compare standards", err)
	}
	for _, l := range levels {
		switch {
		case l.LevelChange.Old == l.LevelChange.New && (l.Was == l.Basis || l.LevelChange.New == 0):
			out.Unchanged++
		case l.LevelChange.Old == 0:
			out.New++
		default:
			out.Changed++
		}
		if l.LevelChange.Old != 0 && l.LevelChange.Old != l.LevelChange.New {
			out.Levels = append(out.Levels, l.LevelChange)
		}
	}
	slices.SortStableFunc(out.Levels, func(a, b register.LevelChange) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Competency, b.Competency), cmp.Compare(a.Old, b.Old), cmp.Compare(a.New, b.New))
	})
	return nil
}

const anyDuty = `SELECT EXISTS (SELECT FROM required_level r JOIN competency c ON c.code = r.competency_code WHERE c.kind = 'technical')
	OR EXISTS (SELECT FROM standard s JOIN competency c ON c.code = s.competency_code WHERE c.kind = 'technical' AND s.source <> '` + competency.DesignSource + `')`

// AnyDuty tells whether the agency requires any technical competency of anybody.
func (t *Tx) AnyDuty(ctx context.Context) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, anyDuty)
	return yes, safe("look for technical standards", err)
}

// Whom nothing but a default of the program requires a technical competency of: neither
// the class, nor the title, nor the unit.
var bareTitles = bestRules(`SELECT * FROM employee WHERE active`) + `,
	technical AS MATERIALIZED (SELECT r.id FROM rule r JOIN item c ON c.n = r.n WHERE c.kind = 'technical')
	SELECT title, count(*) AS people FROM person
	WHERE class NOT IN (SELECT s.class_code FROM standard s JOIN item c ON c.code = s.competency_code
	                    WHERE c.kind = 'technical' AND s.source <> '` + competency.DesignSource + `')
	  AND post NOT IN (SELECT key / 10000 * 10000 FROM titled WHERE rule IN (SELECT id FROM technical))
	  AND spot NOT IN (SELECT key / 10000 * 10000 FROM place WHERE rule IN (SELECT id FROM technical))
	GROUP BY title ORDER BY count(*) DESC, title COLLATE "C"`

// BareTitles returns the positions of which somebody has no technical standard.
func (t *Tx) BareTitles(ctx context.Context) (b register.Bare, err error) {
	if err := t.tx.SelectContext(ctx, &b.Titles, bareTitles); err != nil {
		return b, safe("list positions without technical standard", err)
	}
	for _, one := range b.Titles {
		b.People += one.People
	}
	return b, nil
}
