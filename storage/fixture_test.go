package storage

import (
	stdcmp "cmp"
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"bangkom/internal/competency"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/storage/sample"
)

func TestMain(m *testing.M) { os.Exit(devdbtest.Main(m)) }

// bot is the bot whose updates the tests store.
const bot = 77

// patience is how long a test waits for something that must happen.
const patience = 2 * time.Minute

// start is the present of the tests that need one.
var start = time.Date(2027, 1, 11, 8, 0, 0, 0, time.UTC)

func shippedSeed() (Seed, error) {
	shipped, err := questionnaire.Shipped()
	return Seed{Classes: competency.Classes(), Managerial: competency.Managerial(), Technical: competency.Technical(),
		Levels: competency.TechnicalLevels(), Questionnaires: shipped}, err
}

func prepare(ctx context.Context, url string) error {
	db, err := Open(Options{URL: url, StatementTimeout: devdbtest.Statement, IOTimeout: devdbtest.Silence})
	if err != nil {
		return err
	}
	defer db.Close()
	seed, err := shippedSeed()
	if err != nil {
		return err
	}
	_, err = db.Migrate(ctx, seed)
	return err
}

// fixture is a fresh database as the program sees it, and beside it the
// owner's connection, with which a test prepares and looks.
type fixture struct {
	*DB
	t                *testing.T
	owner            *sql.DB
	appURL, ownerURL string
}

// newFixture copies a database; the test then runs beside others.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	t.Parallel()
	f := &fixture{t: t}
	f.appURL, f.ownerURL = devdbtest.Database(t, prepare)
	f.DB = f.open(Options{URL: f.appURL, KeepPlans: true}) // as the program does
	var err error
	if f.owner, err = sql.Open("postgres", f.ownerURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.owner.Close() })
	return f
}

func (f *fixture) open(o Options) *DB {
	f.t.Helper()
	o.StatementTimeout, o.IOTimeout = stdcmp.Or(o.StatementTimeout, devdbtest.Statement), stdcmp.Or(o.IOTimeout, devdbtest.Silence)
	db, err := Open(o)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = db.Close() })
	return db
}

// sample is the database as drills and benchmarks see it.
func (f *fixture) sample() *sample.DB {
	f.t.Helper()
	db, err := sample.Open(Options{URL: f.ownerURL})
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { _ = db.Close() })
	return db
}

// exec runs a statement as the owner.
func (f *fixture) exec(query string, args ...any) {
	f.t.Helper()
	if _, err := f.owner.Exec(query, args...); err != nil {
		f.t.Fatal(err)
	}
}

// count runs a query of the owner that returns one number.
func (f *fixture) count(query string, args ...any) (n int) {
	f.t.Helper()
	if err := f.owner.QueryRow(query, args...).Scan(&n); err != nil {
		f.t.Fatal(err)
	}
	return n
}

// text runs a query of the owner that returns one text; "" for NULL.
func (f *fixture) text(query string, args ...any) string {
	f.t.Helper()
	var s sql.NullString
	if err := f.owner.QueryRow(query, args...).Scan(&s); err != nil {
		f.t.Fatal(err)
	}
	return s.String
}

// tx runs fn in a transaction that must succeed.
func (f *fixture) tx(fn func(context.Context, *Tx) error) {
	f.t.Helper()
	if err := f.try(fn); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) try(fn func(context.Context, *Tx) error) error {
	ctx := f.t.Context()
	return f.InTx(ctx, func(tx *Tx) error { return fn(ctx, tx) })
}

// await returns when the owner's query counts at least n.
func (f *fixture) await(n int, query string, args ...any) {
	f.t.Helper()
	for limit := time.Now().Add(patience); f.count(query, args...) < n; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(limit) {
			f.t.Fatalf("waited in vain for %d of %s", n, query)
		}
	}
}

// waitingForLock counts sessions of this database that wait for a lock.
const waitingForLock = `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`

// employees registers n people of one unit and returns their ids.
func (f *fixture) employees(n int) []int64 {
	f.t.Helper()
	ids := make([]int64, n)
	f.tx(func(ctx context.Context, tx *Tx) error {
		unit, err := tx.PutUnit(ctx, "DPT", "Dinas Pelayanan Terpadu")
		if err != nil {
			return err
		}
		for i := range ids {
			e := personnel.Employee{NIP: nip(f.t, i), Name: fmt.Sprintf("Pegawai %d", i), Sex: personnel.Female,
				UnitID: unit, ClassCode: "PELAKSANA", PositionTitle: "Pengelola Layanan"}
			if ids[i], err = tx.PutEmployee(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
	return ids
}

func nip(t *testing.T, n int) personnel.NIP {
	t.Helper()
	out, err := personnel.RestoreNIP(fmt.Sprintf("198507202010012%03d", n))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// openPeriod opens a period that lasts two weeks from start.
func (f *fixture) openPeriod(name string) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.OpenPeriod(ctx, period(name), start)
		return err
	})
}

func period(name string) Period {
	due := start.AddDate(0, 0, 14)
	return Period{Name: name, OpensAt: start, DueAt: due, RatingDueAt: due.AddDate(0, 0, 7)}
}

// tasks lists the tasks of a person of all kinds.
func (f *fixture) tasks(employee int64) (list []task.Task) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		list, err = tx.Tasks(ctx, employee, []task.Kind{task.SelfAssessment, task.SelfAssessmentTechnical, task.Interest})
		return err
	})
	return list
}

// arrive stores one sound update.
func (f *fixture) arrive(lane, id int64) {
	f.t.Helper()
	rows := []dialog.RawUpdate{{ID: id, Lane: lane, Body: fmt.Sprintf(`{"update_id":%d}`, id)}}
	if _, err := f.StoreUpdates(f.t.Context(), bot, rows); err != nil {
		f.t.Fatal(err)
	}
}

// atOnce runs fn n times at the same moment and returns the errors by index.
func atOnce(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	begin := make(chan struct{})
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			<-begin
			errs[i] = fn(i)
		})
	}
	close(begin)
	all.Wait()
	return errs
}

// taskForms are the conversations whose ref is a task, as the program names them.
var taskForms = []string{"q"}

// setSuperior gives a person another direct superior, whoever it was before.
func setSuperior(ctx context.Context, tx *Tx, id, superior, by int64, now time.Time) error {
	e, err := tx.Employee(ctx, id)
	if err != nil {
		return err
	}
	c := personnel.SuperiorChange{EmployeeID: id, New: superior}
	if e.SupervisorID != nil {
		c.Old = *e.SupervisorID
	}
	_, err = tx.ChangeSuperior(ctx, c, by, now)
	return err
}
