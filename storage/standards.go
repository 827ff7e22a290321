package storage

import (
	"context"

	"bangkom/internal/competency"
	"bangkom/internal/standard"
)

// titleKey is personnel.TitleKey of a column, and functionalKey what remains of such a
// key without its grade (personnel.FunctionalKey); unitKey is register.UnitKey of a unit.
func titleKey(column string) string {
	return `regexp_replace(btrim(regexp_replace(lower(` + column + `), '[^[:alnum:]]+', ' ', 'g')), '^((plt|plh|pj|pjs|pelaksana (tugas|harian))( |$))+', '')`
}

func functionalKey(key string) string {
	return `regexp_replace(` + key + `, '( ahli)? (utama|madya|muda|pertama)$| (penyelia|mahir|terampil|pemula)$', '')`
}

func unitKey(unit string) string {
	return `COALESCE(` + unit + `.name_key, ` + titleKey(unit+".name") + `)`
}

// isKind is standard.IsKind for the keys of a unit and of a kind.
func isKind(unit, kind string) string {
	return `(starts_with(` + unit + ` || ' ', ` + kind + ` || ' ') OR starts_with(regexp_replace(` + unit + `, '^(upt|uptd) ', '') || ' ', ` + kind + ` || ' '))`
}

// bestRules begins a query with what decides about the standards of some people; people
// is a query of rows of employee. person holds them, each with a number of its unit and
// class (spot) and one of its title and class (post); item the competencies with a number.
// place has the best rule of required_level by unit or kind of unit for each spot and
// competency, titled that by title or functional position for each post and competency.
// Which rule is best is told by standard.Resolve; it is the least of some numbers, the last
// of which is the rule. Keys are single numbers, so that the joins are by hash.
func bestRules(people string) string {
	return `
	WITH RECURSIVE person AS MATERIALIZED (
		SELECT id, unit_id, COALESCE(class_code, '') AS class, position_title AS title, dense_rank() OVER (ORDER BY unit_id, class_code) * 10000 AS spot,
		       dense_rank() OVER (ORDER BY position_title, class_code) * 10000 AS post FROM (` + people + `) p
	), item AS MATERIALIZED (SELECT code, name, kind, row_number() OVER (ORDER BY code) AS n FROM competency
	), rule AS MATERIALIZED (SELECT r.*, c.n FROM required_level r JOIN item c ON c.code = r.competency_code
	), above (unit_id, id, steps) AS (
		SELECT DISTINCT unit_id, unit_id, 0 FROM person
		UNION ALL SELECT a.unit_id, u.parent_id, a.steps + 1 FROM above a JOIN unit u ON u.id = a.id WHERE u.parent_id IS NOT NULL AND a.steps < 20
	), kinds AS MATERIALIZED (
		SELECT k.key, u.id FROM (SELECT DISTINCT key FROM rule WHERE scope = 'unit_kind') k
		JOIN (SELECT id, ` + unitKey("unit") + ` AS key FROM unit WHERE id IN (SELECT id FROM above)) u ON ` + isKind("u.key", "k.key") + `
	), reach AS MATERIALIZED (
		SELECT r.id, a.unit_id, r.n, r.class_code, ARRAY[a.steps, 0, (r.class_code IS NULL)::int, 0, r.id] AS best
		FROM rule r JOIN above a ON a.id = r.unit_id WHERE r.scope = 'unit'
		UNION ALL SELECT r.id, a.unit_id, r.n, r.class_code, ARRAY[a.steps, 1, (r.class_code IS NULL)::int, -length(r.key), r.id]
		FROM rule r JOIN kinds k ON k.key = r.key JOIN above a ON a.id = k.id WHERE r.scope = 'unit_kind'
	), place AS MATERIALIZED (
		SELECT p.spot + h.n AS key, (min(h.best))[5] AS rule FROM (SELECT DISTINCT spot, unit_id, class FROM person) p JOIN reach h ON h.unit_id = p.unit_id
		WHERE h.class_code IS NULL OR h.class_code = p.class GROUP BY 1
	), keyed AS MATERIALIZED (
		SELECT post, class, key, CASE WHEN starts_with(class, 'JF_') THEN ` + functionalKey("key") + ` END AS functional
		FROM (SELECT post, class, ` + titleKey("title") + ` AS key FROM (SELECT DISTINCT post, title, class FROM person) d) k
	), titled AS MATERIALIZED (
		SELECT k.post + r.n AS key, (min(ARRAY[(r.scope = 'title')::int, (r.class_code IS NULL)::int, r.id]))[3] AS rule
		FROM (SELECT post, class, 'title' AS scope, key FROM keyed UNION ALL SELECT post, class, 'functional', functional FROM keyed) k
		JOIN rule r ON r.scope = k.scope AND r.key = k.key AND r.key <> ''
		WHERE r.class_code IS NULL OR r.class_code = k.class GROUP BY 1
	)`
}

// ruled joins the best rule for a person p and a competency c.
const ruled = ` LEFT JOIN titled t ON t.key = p.post + c.n LEFT JOIN place l ON l.key = p.spot + c.n`

// requiredLevels is a table of what the positions of some people require, one row for each
// competency: employee_id, competency_code, competency (its name), technical, level, scope,
// name, class (to which it is limited, or ”), basis, and duty: whether somebody of the agency
// has required it, which a default of the program for a technical competency is not.
func requiredLevels(people string) string {
	return `(` + bestRules(people) + `
	SELECT p.id AS employee_id, c.code AS competency_code, c.name AS competency, c.kind = 'technical' AS technical, COALESCE(r.level, s.level) AS level,
	       COALESCE(r.scope, 'class') AS scope, COALESCE(r.name, o.name) AS name, CASE WHEN r.class_code IS NULL THEN '' ELSE o.name END AS class,
	       COALESCE(r.source, s.source) AS basis, r.id IS NOT NULL OR s.source <> '` + competency.DesignSource + `' AS duty
	FROM person p CROSS JOIN item c` + ruled + `
	LEFT JOIN required_level r ON r.id = COALESCE(t.rule, l.rule) LEFT JOIN standard s ON (s.class_code, s.competency_code) = (p.class, c.code)
	LEFT JOIN position_class o ON o.code = p.class WHERE r.id IS NOT NULL OR s.level IS NOT NULL)`
}

// requirementRow is a row of requiredLevels.
type requirementRow struct {
	Code      string `db:"competency_code"`
	Name      string `db:"competency"`
	Technical bool   `db:"technical"`
	Level     int    `db:"level"`
	Scope     string `db:"scope"`
	Of        string `db:"name"`
	Class     string `db:"class"`
	Basis     string `db:"basis"`
}

func (r requirementRow) requirement() standard.Requirement {
	return standard.Requirement{Code: r.Code, Name: r.Name, Technical: r.Technical, Level: competency.Level(r.Level),
		Source: standard.Source{Scope: standard.Scope(r.Scope), Name: r.Of, Class: r.Class, Basis: r.Basis}}
}

const requirementColumns = `competency_code, competency, technical, level, scope, name, class, basis`

var standardOfOne = `SELECT ` + requirementColumns + ` FROM ` + requiredLevels(`SELECT * FROM employee WHERE id = $1`) + ` n ORDER BY competency_code COLLATE "C"`

// Standard returns what the position of somebody requires, and where each level comes
// from; empty while neither the class nor anything else tells it.
func (t *Tx) Standard(ctx context.Context, employee int64) (standard.Standard, error) {
	var rows []requirementRow
	if err := t.tx.SelectContext(ctx, &rows, standardOfOne, employee); err != nil {
		return nil, safe("read standard", err)
	}
	out := make(standard.Standard, len(rows))
	for i, r := range rows {
		out[i] = r.requirement()
	}
	return out, nil
}
