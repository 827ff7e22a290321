package storage

import (
	"context"
	"math"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/register"
)

const knownNIPs = `SELECT nip FROM employee WHERE active`

// KnownNIPs returns the numbers of everybody in service.
func (t *Tx) KnownNIPs(ctx context.Context) (map[string]bool, error) {
	var all []string
	if err := t.tx.SelectContext(ctx, &all, knownNIPs); err != nil {
		return nil, safe("read numbers", err)
	}
	out := make(map[string]bool, len(all))
	for _, n := range all {
		out[n] = true
	}
	return out, nil
}

// importList compares and stores one list: both statements take args, compare
// tells new, changed and unchanged.
func (t *Tx) importList(ctx context.Context, what, compare, store string, now time.Time, args ...any) (register.Imported, error) {
	return t.importListBy(ctx, what, compare, func() error {
		_, err := t.tx.ExecContext(ctx, store, args...)
		return safe("import "+what, err)
	}, now, args...)
}

// importListBy is importList with what stores it.
func (t *Tx) importListBy(ctx context.Context, what, compare string, store func() error, now time.Time, args ...any) (register.Imported, error) {
	return t.importRows(ctx, what, compare, func() error {
		if err := store(); err != nil {
			return err
		}
		return t.fitRatings(ctx, 0, now)
	}, now, args...)
}

// importRows is importListBy of a list that says nothing of people, so nobody's ratings change.
func (t *Tx) importRows(ctx context.Context, what, compare string, store func() error, now time.Time, args ...any) (register.Imported, error) {
	var out register.Imported
	if err := t.beginImport(ctx); err != nil {
		return out, err
	}
	if err := t.tx.GetContext(ctx, &out, compare, args...); err != nil {
		return out, safe("compare "+what, err)
	}
	if err := store(); err != nil {
		return out, err
	}
	if err := t.countRegister(ctx, &out); err != nil {
		return out, err
	}
	_, err := t.tx.ExecContext(ctx, auditRow, now, "import."+what, "")
	return out, safe("audit", err)
}

var registerIncomplete = `
	SELECT count(*) FILTER (WHERE class_code IS NULL) AS unknown_class,
	       count(*) FILTER (WHERE ` + noBoss + `) AS no_supervisor,
	       count(*) FILTER (WHERE phone IS NULL) AS no_phone
	FROM employee e WHERE active`

// countRegister counts what the whole register lacks after an import.
func (t *Tx) countRegister(ctx context.Context, out *register.Imported) error {
	var missing register.Imported
	if err := t.tx.GetContext(ctx, &missing, registerIncomplete); err != nil {
		return safe("count missing", err)
	}
	out.UnknownClass, out.NoSupervisor, out.NoPhone = missing.UnknownClass, missing.NoSupervisor, missing.NoPhone
	return nil
}

const compareSuperiors = `
	SELECT 0 AS new, count(*) FILTER (WHERE e.supervisor_id IS DISTINCT FROM b.id) AS changed,
	       count(*) FILTER (WHERE e.supervisor_id = b.id) AS unchanged
	FROM unnest($1::text[], $2::text[]) AS i (nip, boss) JOIN employee e ON e.nip = i.nip JOIN employee b ON b.nip = i.boss`

// ImportSuperiors stores who leads whom.
func (t *Tx) ImportSuperiors(ctx context.Context, list []register.Superior, now time.Time) (register.Imported, error) {
	nips, bosses, given := make([]string, len(list)), make([]string, len(list)), make([]bool, len(list))
	for i, s := range list {
		nips[i], bosses[i], given[i] = s.NIP.Reveal(), s.Boss.Reveal(), true
	}
	var changes []register.NewSuperior
	var losses register.Losses
	store := func() error {
		before, err := t.whoIsLed(ctx)
		if err != nil {
			return err
		}
		if changes, err = t.importSuperiors(ctx, nips, bosses, given, math.MaxInt64, now); err != nil {
			return err
		}
		losses.Bereft, err = t.bereft(ctx, before)
		return err
	}
	out, err := t.importListBy(ctx, "superiors", compareSuperiors, store, now, pq.Array(nips), pq.Array(bosses))
	out.Superiors, out.Losses = changes, losses
	return out, err
}

const (
	givenDelegations = `
		SELECT o.id AS for_id, a.id AS acting_id, i.starts_on::date, i.ends_on::date, i.letter, i.rates
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[])
		     AS i (official, acting, starts_on, ends_on, letter, rates)
		JOIN employee o ON o.nip = i.official JOIN employee a ON a.nip = i.acting`
	compareDelegations = `
		SELECT count(*) FILTER (WHERE d.id IS NULL) AS new,
		       count(*) FILTER (WHERE (d.ends_on, d.letter, d.rates) IS DISTINCT FROM (g.ends_on, g.letter, g.rates) AND d.id IS NOT NULL) AS changed,
		       count(*) FILTER (WHERE (d.ends_on, d.letter, d.rates) = (g.ends_on, g.letter, g.rates)) AS unchanged
		FROM (` + givenDelegations + `) g
		LEFT JOIN delegation d ON (d.for_id, d.acting_id, d.starts_on) = (g.for_id, g.acting_id, g.starts_on)`
	storeDelegations = `
		INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, asked_by)
		SELECT g.for_id, g.acting_id, g.starts_on, g.ends_on, g.letter, g.rates, now(), nullif($7::bigint, 0) FROM (` + givenDelegations + `) g
		ON CONFLICT (for_id, acting_id, starts_on) DO UPDATE SET ends_on = excluded.ends_on, letter = excluded.letter,
		       rates = excluded.rates, checked_at = NULL, checked_by = NULL, asked_by = excluded.asked_by, ended_at = NULL,
		       version = delegation.version + 1
		WHERE (delegation.ends_on, delegation.letter, delegation.rates) IS DISTINCT FROM (excluded.ends_on, excluded.letter, excluded.rates)`
)

// ImportDelegations stores stand-ins. They work once an officer has compared
// them with the letter, also those that an import has changed; somebody else than
// who has imported them (ImportFor).
func (t *Tx) ImportDelegations(ctx context.Context, list []register.Delegation, now time.Time) (register.Imported, error) {
	n := len(list)
	official, acting, from, to, letter := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	rates := make([]bool, n)
	for i, d := range list {
		official[i], acting[i], letter[i], rates[i] = d.For.Reveal(), d.Acting.Reveal(), d.Letter, d.Rates
		from[i], to[i] = d.From.Format(time.DateOnly), d.To.Format(time.DateOnly)
	}
	rows := []any{pq.Array(official), pq.Array(acting), pq.Array(from), pq.Array(to), pq.Array(letter), pq.Array(rates)}
	store := func() error {
		_, err := t.tx.ExecContext(ctx, storeDelegations, append(rows[:len(rows):len(rows)], t.importer)...)
		return safe("import delegations", err)
	}
	return t.importListBy(ctx, "delegations", compareDelegations, store, now, rows...)
}

const (
	givenLeave = `
		SELECT e.id AS employee_id, i.starts_on::date, i.ends_on::date, i.kind
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS i (nip, starts_on, ends_on, kind) JOIN employee e ON e.nip = i.nip`
	compareLeave = `
		SELECT count(*) FILTER (WHERE a.id IS NULL) AS new, count(*) FILTER (WHERE a.ends_on <> g.ends_on) AS changed,
		       count(*) FILTER (WHERE a.ends_on = g.ends_on) AS unchanged
		FROM (` + givenLeave + `) g LEFT JOIN absence a ON (a.employee_id, a.starts_on, a.kind) = (g.employee_id, g.starts_on, g.kind)`
	storeLeave = `
		INSERT INTO absence (employee_id, starts_on, ends_on, kind) SELECT employee_id, starts_on, ends_on, kind FROM (` + givenLeave + `) g
		ON CONFLICT (employee_id, starts_on, kind) DO UPDATE SET ends_on = excluded.ends_on WHERE absence.ends_on <> excluded.ends_on`
)

// ImportLeave stores absences.
func (t *Tx) ImportLeave(ctx context.Context, list []register.Leave, now time.Time) (register.Imported, error) {
	n := len(list)
	nips, from, to, kinds := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, l := range list {
		nips[i], from[i], to[i], kinds[i] = l.NIP.Reveal(), l.From.Format(time.DateOnly), l.To.Format(time.DateOnly), string(l.Kind)
	}
	return t.importList(ctx, "leave", compareLeave, storeLeave, now, pq.Array(nips), pq.Array(from), pq.Array(to), pq.Array(kinds))
}

const (
	compareCompetencies = `
		SELECT count(*) FILTER (WHERE c.code IS NULL) AS new,
		       count(*) FILTER (WHERE c.code IS NOT NULL AND ((c.name, c.kind, c.definition) <> (i.name, i.kind, i.definition) OR EXISTS (
		           SELECT FROM unnest($5::text[], $6::text[], $7::int[]) AS l (code, class, level)
		           LEFT JOIN standard s ON s.competency_code = l.code AND s.class_code = l.class
		           WHERE l.code = i.code AND s.level IS DISTINCT FROM l.level))) AS changed
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS i (code, name, kind, definition)
		LEFT JOIN competency c ON c.code = i.code`
	storeCompetencies = `
		INSERT INTO competency (code, name, kind, definition)
		SELECT code, name, kind, definition FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS i (code, name, kind, definition)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, definition = excluded.definition`
	storeStandards = `
		INSERT INTO standard (class_code, competency_code, level, source)
		SELECT class, code, level, $4 FROM unnest($1::text[], $2::text[], $3::int[]) AS l (code, class, level)
		ON CONFLICT (class_code, competency_code) DO UPDATE SET level = excluded.level, source = excluded.source
		WHERE standard.level <> excluded.level`
	importedStandard = "kamus kompetensi instansi"
)

// ImportCompetencies stores the dictionary and the required levels that it
// names; what it leaves blank stays.
func (t *Tx) ImportCompetencies(ctx context.Context, list []register.Competency, now time.Time) (register.Imported, error) {
	var codes, names, kinds, definitions, of, classes []string
	var levels []int64
	for _, c := range list {
		codes, names, kinds, definitions = append(codes, c.Code), append(names, c.Name), append(kinds, c.Kind), append(definitions, c.Definition)
		for class, level := range c.Levels {
			of, classes, levels = append(of, c.Code), append(classes, class), append(levels, int64(level))
		}
	}
	var out register.Imported
	if err := t.beginImport(ctx); err != nil {
		return out, err
	}
	rows := []any{pq.Array(codes), pq.Array(names), pq.Array(kinds), pq.Array(definitions)}
	required := []any{pq.Array(of), pq.Array(classes), pq.Array(levels)}
	if err := t.tx.GetContext(ctx, &out, compareCompetencies, append(rows, required...)...); err != nil {
		return out, safe("compare competencies", err)
	}
	out.Unchanged = len(list) - out.New - out.Changed
	if _, err := t.tx.ExecContext(ctx, storeCompetencies, rows...); err != nil {
		return out, safe("import competencies", err)
	}
	if _, err := t.tx.ExecContext(ctx, storeStandards, append(required, importedStandard)...); err != nil {
		return out, safe("import standards", err)
	}
	if err := t.countRegister(ctx, &out); err != nil {
		return out, err
	}
	_, err := t.tx.ExecContext(ctx, auditRow, now, "import.competencies", "")
	return out, safe("audit", err)
}
