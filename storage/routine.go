package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// routine is a statement that runs with every update and is therefore kept in
// the database as a function: Postgres plans it once for a connection instead
// of every time, which costs several times as much as running it. Prepared
// statements would do the same but are mixed up behind a pooler in transaction
// mode. The name holds a digest of the text, so that an older and a newer
// version of the program can work at the same time.
type routine struct {
	call   string // the statement that calls it
	create string
	name   string
}

// newRoutine makes one. args are the types of $1, $2 and so on; columns are
// what the body returns, as "name type, name type".
func newRoutine(name, args, columns, body string) routine {
	definition := fmt.Sprintf(`(%s) RETURNS TABLE (%s)
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $routine$
#variable_conflict use_column
BEGIN
	RETURN QUERY %s;
END $routine$`, args, columns, body)
	sum := sha256.Sum256([]byte(definition))
	name += "_" + hex.EncodeToString(sum[:4])
	marks := make([]string, strings.Count(args, ",")+1)
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	names := strings.Split(columns, ",")
	for i, column := range names {
		names[i], _, _ = strings.Cut(strings.TrimSpace(column), " ")
	}
	return routine{
		name:   name,
		call:   fmt.Sprintf("SELECT %s FROM %s(%s)", strings.Join(names, ", "), name, strings.Join(marks, ", ")),
		create: "CREATE OR REPLACE FUNCTION " + name + definition,
	}
}

// routines are all that `migrate` makes.
func routines() []routine {
	return []routine{loadRoutine, saveRoutine, storeRoutine, claimRoutine, markRoutine, ratingsRoutine}
}

const knownRoutine = `SELECT count(*) FROM pg_proc WHERE proname = $1 AND pronamespace = current_schema()::regnamespace`

// makeRoutines makes those that are not there yet. Former ones stay for
// processes of the version before.
func (t *Tx) makeRoutines(ctx context.Context) error {
	for _, r := range routines() {
		known, err := t.hasRoutine(ctx, r)
		if err != nil {
			return err
		}
		if known {
			continue
		}
		if _, err := t.tx.ExecContext(ctx, r.create); err != nil {
			return safe("make function "+r.name, err)
		}
	}
	return nil
}

func (t *Tx) hasRoutine(ctx context.Context, r routine) (bool, error) {
	n := 0
	err := t.tx.GetContext(ctx, &n, knownRoutine, r.name)
	return n > 0, safe("look for function "+r.name, err)
}
