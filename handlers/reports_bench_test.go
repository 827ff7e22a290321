package handlers_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"syscall"
	"testing"
	"time"

	"bangkom/handlers"
	"bangkom/handlers/feature"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/report"
	"bangkom/internal/text"
	"bangkom/internal/training"
	"bangkom/storage"
	"bangkom/storage/sample"
)

// drawingStore is the database of what draws files, without what the worlds watch.
type drawingStore struct {
	store
	db *storage.DB
}

func (s drawingStore) InTx(ctx context.Context, fn func(handlers.Tx) error) error {
	return s.db.InTx(ctx, func(tx *storage.Tx) error { return fn(tx) })
}

// aboutReport is what a file is asked for with: whose it is, of which period, year and sign-off.
const aboutReport = `{"period": %d, "reader": %d, "id": %d, "chat": 1, "year": 2027, "at": "2027-01-12T08:00:00Z"}`

// BenchmarkReports measures files of the personnel office from the database to the bytes: the
// agency's one page, the spreadsheet of the analysis, demand, the recap of a sign-off, and the
// calendar of a year with 200 batches, as a spreadsheet and as three pictures. Each shall take
// under a second at 10,000 people, and grow with an exponent of 1.05 at most.
func BenchmarkReports(b *testing.B) {
	took := map[string]float64{}
	for _, people := range []int{10_000, 50_000} {
		o := officeOf(b, people)
		for _, kind := range []string{"needs-page", "needs-xlsx", "demand-xlsx", "signoff-pdf", "training-year-xlsx", yearPicture} {
			b.Run(fmt.Sprintf("%s/%d", kind, people), func(b *testing.B) {
				size, begun := 0, usedByBot(b)
				for b.Loop() {
					size = o.draw(b, kind)
				}
				spent := (usedByBot(b) - begun).Seconds() / float64(b.N)
				b.ReportMetric(float64(size)/1024, "KiB")
				b.ReportMetric(spent*1000, "cpu-ms/op")
				for of, per := range map[string]float64{"exponent": b.Elapsed().Seconds() / float64(b.N), "cpu-exponent": spent} {
					if less := took[kind+of]; less > 0 {
						b.ReportMetric(math.Log(per/less)/math.Log(5), of)
					}
					took[kind+of] = per
				}
			})
		}
	}
}

// usedByBot is what this process has used, without Postgres; other work of the machine
// hardly changes it.
func usedByBot(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// stageOf fills an agency whose last period is frozen, with what stands beside that in reports:
// programmes, 200 batches in the year, and what each unit proposes and has prepared for the
// sign-off. Whoever is first in the register has done all that.
func stageOf(people int) []string {
	return append(sample.Frozen(people),
		`INSERT INTO programme (code, title, aim, ability, form, jp, way) SELECT 'P' || i, 'Program ' || i, '', '', '', 8, 'order' FROM generate_series(1, 60) i`,
		`INSERT INTO programme_competency (programme_id, competency_code, level)
		 SELECT p.id, c.code, 1 + p.id % 4 FROM programme p JOIN (SELECT code, row_number() OVER (ORDER BY code) AS n FROM competency) c ON c.n = 1 + p.id % 17`,
		`INSERT INTO occasion (kind) SELECT 'batch' FROM generate_series(1, 200)`,
		`INSERT INTO batch (id, programme_id, number, name, seats, opens_at, closes_at, funding, journey, state, starts_at, ends_at, changed_at)
		 SELECT o.id, g.id, o.n, 'Angkatan ' || o.n, 30, '2027-01-01', '2027-01-20', 'free', 'none', 'open', timestamptz '2027-02-01 01:00Z' + o.n * interval '1 day', timestamptz '2027-02-01 08:00Z' + o.n * interval '1 day', now()
		 FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM occasion WHERE kind = 'batch') o JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM programme) g ON g.n = 1 + o.n % 60`,
		`INSERT INTO unit_proposal (unit_id, year, title, people, reason, ruled, by_id, at) SELECT id, 2027, 'Usulan ' || name, 5, 'uji', false, (SELECT min(id) FROM employee), now() FROM unit`,
		`INSERT INTO signoff_round (year, period_id, due_on, opened_by, opened_at) SELECT 2027, max(p.id), '2027-03-01', (SELECT min(id) FROM employee), now() FROM period p`,
		`INSERT INTO signoff (year, unit_id, head_unit_id, state, people, filled, rated, prepared_by, prepared_at)
		 SELECT 2027, id, id, 'prepared', 25, 20, 20, (SELECT min(id) FROM employee), now() FROM unit WHERE code LIKE 'U%' ORDER BY id`,
		`INSERT INTO signoff_need (signoff_id, competency_code, name, place, n, gap, lack, share_part, share_of)
		 SELECT s.id, c.code, c.name, row_number() OVER (PARTITION BY s.id ORDER BY c.code), 20, -30, 50, 1, 2 FROM signoff s, competency c`,
		`INSERT INTO signoff_proposal SELECT s.id, i, 'Usulan ' || i, 5, 'uji', false FROM signoff s, generate_series(1, 5) i`)
}

// office is an agency with somebody of the personnel office in chat 1, for whom files are made.
type office struct {
	db    *storage.DB
	proc  *handlers.Processor
	about []byte
}

// officeOf makes one of the stage.
func officeOf(b *testing.B, people int) office {
	b.Helper()
	url, owner := devdbtest.Database(b, migrate)
	own, err := sql.Open("postgres", owner)
	if err != nil {
		b.Fatal(err)
	}
	defer own.Close()
	for _, q := range append(stageOf(people),
		`INSERT INTO chat (id, employee_id, linked_at) SELECT 1, min(id), now() FROM employee`,
		`INSERT INTO role_grant (employee_id, role, granted_at) SELECT min(id), 'hr', now() FROM employee`,
		`VACUUM ANALYZE`) {
		if _, err := own.ExecContext(b.Context(), q); err != nil {
			b.Fatalf("%s: %v", q, err)
		}
	}
	var period, reader, signoff int64
	if err := own.QueryRowContext(b.Context(), `SELECT (SELECT max(id) FROM period), (SELECT min(id) FROM employee), (SELECT max(id) FROM signoff)`).Scan(&period, &reader, &signoff); err != nil {
		b.Fatal(err)
	}
	o := office{db: reportsDB(b, url), about: fmt.Appendf(nil, aboutReport, period, reader, signoff)}
	cat, err := text.Indonesian()
	if err != nil {
		b.Fatal(err)
	}
	s := drawingStore{db: o.db}
	o.proc, err = handlers.New(handlers.Config{BotID: 1, Store: s, Reports: s, Text: cat, Location: wib, Agency: feature.Agency{Name: "Pemerintah Kabupaten Tirta Raya", ShortName: "Tirta Raya", Country: personnel.Indonesia},
		Now: func() time.Time { return time.Date(2027, 1, 12, 8, 0, 0, 0, wib) }})
	if err != nil {
		b.Fatal(err)
	}
	return o
}

// reportsDB opens the database as the program does for reports: one connection, with plans
// made for what is there.
func reportsDB(t testing.TB, url string) *storage.DB {
	t.Helper()
	db, err := storage.Open(storage.Options{URL: url, MaxOpen: 1, StatementTimeout: time.Minute, IOTimeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// yearPicture is drawn from what stands in its message, which is read while the press is
// decided.
const yearPicture = "training-year"

// draw makes a file, and tells how many bytes it has.
func (o office) draw(b *testing.B, kind string) (size int) {
	b.Helper()
	data := [][]byte{o.about}
	if kind == yearPicture {
		data = o.calendar(b)
	}
	for _, of := range data {
		_, body, err := o.proc.Draw(b.Context(), dialog.Picture{Kind: kind, Data: of})
		if err != nil {
			b.Fatal(err)
		}
		size += len(body)
	}
	return size
}

// calendar is what stands in the messages of three pictures with the first 36 batches of a year.
func (o office) calendar(b *testing.B) (all [][]byte) {
	b.Helper()
	var list []training.Batch
	if err := o.db.InTx(b.Context(), func(tx *storage.Tx) (err error) {
		list, err = tx.YearBatches(b.Context(), 2027, wib)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	for page := range slices.Chunk(list[:36], 12) {
		m := report.YearMonth{Name: "Februari", Text: "12 angkatan", Days: 31}
		for _, one := range page {
			m.Events = append(m.Events, report.YearEvent{Name: one.Name, Text: "30 tempat", From: one.Starts().Day(), To: one.Starts().Day(), Firm: true})
		}
		data, err := json.Marshal(report.YearChart{Title: "Kalender pelatihan 2027", Months: []report.YearMonth{m}})
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, data)
	}
	return all
}
