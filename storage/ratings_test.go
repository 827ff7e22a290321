package storage

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/register"
	"bangkom/internal/summary"
	"bangkom/internal/task"
)

// team makes n people of whom the first leads the others, and opens a period.
func (f *fixture) team(n int) []int64 {
	f.t.Helper()
	ids := f.employees(n)
	f.exec(`UPDATE employee SET supervisor_id = NULL`)
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id <> $1`, ids[0])
	f.openPeriod("2027")
	return ids
}

// rates tells of whom somebody may give the rating now.
func (f *fixture) rates(rater int64) (subjects []int64) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		list, err := tx.Ratings(ctx, rater, start)
		for _, one := range list {
			subjects = append(subjects, one.Subject.ID)
		}
		return err
	})
	slices.Sort(subjects)
	return subjects
}

func (f *fixture) ratingTask(subject int64) int64 {
	return int64(f.count(`SELECT id FROM task WHERE kind = 'rating' AND subject_id = $1 AND state <> 'excused'`, subject))
}

func nine(level string) questionnaire.Answers {
	out := questionnaire.Answers{}
	for _, code := range []string{"M.01", "M.02", "M.03", "M.04", "M.05", "M.06", "M.07", "M.08", "SK.01"} {
		out[code] = level
	}
	return out
}

func (f *fixture) sendSelf(who int64) error {
	return f.try(func(ctx context.Context, tx *Tx) error {
		list, err := tx.Tasks(ctx, who, []task.Kind{task.SelfAssessment})
		if err != nil {
			return err
		}
		return tx.Submit(ctx, list[0], nine("3"), start)
	})
}

func TestRatingsFollowTheRegister(t *testing.T) {
	f := newFixture(t)
	ids := f.team(4)
	boss, a, b, c := ids[0], ids[1], ids[2], ids[3]
	expect := func(what string, rater int64, want ...int64) {
		t.Helper()
		if got := f.rates(rater); !slices.Equal(got, want) {
			t.Errorf("%s: %d rates %v, want %v", what, rater, got, want)
		}
	}
	expect("at the beginning", boss, a, b, c)
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.SetSelfOnly(ctx, c, true, boss, start) })
	expect("mandiri saja", boss, a, b)
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.SetSelfOnly(ctx, c, false, boss, start) })
	expect("rated again", boss, a, b, c)
	f.tx(func(ctx context.Context, tx *Tx) error { // as a list of superiors
		_, err := tx.ImportSuperiors(ctx, []register.Superior{{NIP: f.nipOf(b), Boss: f.nipOf(a)}}, start)
		return err
	})
	expect("after an import", boss, a, c)
	expect("after an import", a, b)
	if n := f.count(`SELECT count(*) FROM task WHERE kind = 'rating' AND state = 'excused' AND employee_id = $1 AND subject_id = $2`, boss, b); n != 1 {
		t.Error("the former superior's task is not excused")
	}
	err := f.try(func(ctx context.Context, tx *Tx) error {
		_, err := tx.SubmitRating(ctx, int64(f.count(`SELECT id FROM task WHERE employee_id = $1 AND subject_id = $2`, boss, b)), boss, nine("2"), start)
		return err
	})
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("the former superior's Kirim = %v, want ErrNotFound", err)
	}
	if _, _, err := f.tryClose(start); err != nil {
		t.Fatal(err)
	}
	expect("after the end of the period", boss)
}

func (f *fixture) nipOf(id int64) personnel.NIP {
	f.t.Helper()
	n, err := personnel.RestoreNIP(f.text(`SELECT nip FROM employee WHERE id = $1`, id))
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

// Of two sides that are sent at the same moment exactly one finds both.
func TestBothSidesAtOnce(t *testing.T) {
	const pairs = 40
	f := newFixture(t)
	ids := f.team(pairs + 1)
	var wg sync.WaitGroup
	opened := make([][2]bool, pairs)
	failures := make([]error, 2*pairs)
	for i, who := range ids[1:] {
		rate := f.ratingTask(who)
		wg.Go(func() {
			failures[2*i] = f.try(func(ctx context.Context, tx *Tx) (err error) {
				opened[i][0], err = tx.SubmitRating(ctx, rate, ids[0], nine("1"), start)
				return err
			})
		})
		wg.Go(func() {
			failures[2*i+1] = f.try(func(ctx context.Context, tx *Tx) error {
				list, err := tx.Tasks(ctx, who, []task.Kind{task.SelfAssessment})
				if err != nil {
					return err
				}
				if err := tx.Submit(ctx, list[0], nine("3"), start); err != nil {
					return err
				}
				_, err = tx.OpenPair(ctx, who, list[0].Occasion.ID, who, start)
				opened[i][1] = err == nil
				if errors.Is(err, ErrNotFound) {
					return nil
				}
				return err
			})
		})
	}
	wg.Wait()
	if err := errors.Join(failures...); err != nil {
		t.Fatal(err)
	}
	for i, o := range opened {
		if o[0] == o[1] {
			t.Errorf("pair %d: the rating opened both: %t, the self-assessment: %t", i, o[0], o[1])
		}
	}
}

// Who may read both views, before and after both were sent.
func TestWhoMayCompare(t *testing.T) {
	f := newFixture(t)
	ids := f.team(6)
	boss, who, helper, acting, plain := ids[0], ids[1], ids[2], ids[3], ids[4]
	rate := f.ratingTask(who)
	f.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, rates, created_at, checked_at) VALUES ($1, $2, '2027-01-01', '2027-02-01', true, $4, $4),
		($1, $3, '2027-01-01', '2027-02-01', false, $4, $4)`, boss, acting, plain, start.Add(-time.Hour))
	read := func(viewer int64) bool {
		t.Helper()
		err := f.try(func(ctx context.Context, tx *Tx) error {
			_, err := tx.Pair(ctx, rate, viewer, start)
			return err
		})
		if err != nil && !errors.Is(err, ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	expect := func(when string, may ...int64) {
		t.Helper()
		for _, id := range ids {
			if got, want := read(id), slices.Contains(may, id); got != want {
				t.Errorf("%s: %d may compare: %t, want %t", when, id, got, want)
			}
		}
	}
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.NameCoRater(ctx, boss, who, helper, start) })
	expect("before anything")
	if err := f.sendSelf(who); err != nil {
		t.Fatal(err)
	}
	expect("after the self-assessment")
	err := f.try(func(ctx context.Context, tx *Tx) error {
		_, err := tx.SubmitRating(ctx, rate, boss, nine("1"), start)
		return err
	})
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("the official rated whom somebody else was asked to rate: %v", err)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.SubmitRating(ctx, rate, helper, nine("1"), start)
		return err
	})
	expect("after both", boss, who, acting)
	f.tx(func(ctx context.Context, tx *Tx) error { return setSuperior(ctx, tx, who, ids[5], boss, start) })
	expect("after a move: the new superior was not asked for this rating", who)
	f.tx(func(ctx context.Context, tx *Tx) error { return setSuperior(ctx, tx, who, boss, boss, start) })
	expect("back again", boss, who, acting)
	f.exec(`UPDATE delegation SET checked_at = $1 WHERE acting_id = $2`, start.Add(time.Hour), acting)
	expect("a letter that works since the rating", boss, who)
}

// Records of talks are only added to.
func TestTalksAreKept(t *testing.T) {
	f := newFixture(t)
	ids := f.team(2)
	rate := f.ratingTask(ids[1])
	for n := range 2 {
		f.tx(func(ctx context.Context, tx *Tx) error {
			return tx.AddTalk(ctx, rate, rating.Talk{Item: "M.01", Agreed: n - 1, Reason: "example", Action: "talk"}, ids[0], start)
		})
	}
	if got := f.text(`SELECT string_agg(n || ':' || COALESCE(agreed::text, '-'), ' ' ORDER BY n) FROM talk`); got != "1:- 2:0" {
		t.Errorf("talks %s", got)
	}
	for _, q := range []string{`UPDATE talk SET agreed = 5`, `DELETE FROM talk`} {
		err := f.try(func(ctx context.Context, tx *Tx) error {
			_, err := tx.tx.ExecContext(ctx, q)
			return err
		})
		if err == nil {
			t.Errorf("%s was allowed", q)
		}
	}
}

// The statement that runs with every tap stays quick in a large agency.
func TestRatingsOfALargeAgency(t *testing.T) {
	devdbtest.Heavy(t, "10,000 people")
	f := newFixture(t)
	ids := f.employees(2)
	f.exec(`INSERT INTO employee (nip, name, sex, unit_id) SELECT (198000000000000000 + n)::text, 'Pegawai ' || n, 1, (SELECT unit_id FROM employee WHERE id = $1) FROM generate_series(1, 10000) n`, ids[0])
	f.exec(`UPDATE employee e SET supervisor_id = b.id FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM employee) b
		JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM employee) m ON b.n = 1 + m.n / 11 WHERE e.id = m.id AND e.id <> b.id`)
	f.openPeriod("2027")
	f.exec(`ANALYZE`)
	before := f.count(`SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`)
	f.tx(func(ctx context.Context, tx *Tx) error {
		for range 100 {
			if _, err := tx.Ratings(ctx, ids[0], start); err != nil {
				return err
			}
		}
		return nil
	})
	took := f.count(`SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint`) - before
	t.Logf("reading the ratings of one superior takes %d µs", took/100)
	if took > 5_000_000 {
		t.Errorf("100 readings took %d µs", took)
	}
}

// A rating comes back to the official when whoever was asked may not be asked any
// more: has left, is not below the official, or is led by whoever is to be rated.
func TestRatingsComeBack(t *testing.T) {
	f := newFixture(t)
	ids := f.team(6)
	boss, who, helper, other, stays := ids[0], ids[1], ids[2], ids[3], ids[4]
	move := func(id, to int64) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) error { return setSuperior(ctx, tx, id, to, boss, start) })
	}
	name := func(subject, rater int64) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) error { return tx.NameCoRater(ctx, boss, subject, rater, start) })
	}
	expect := func(what string, want ...int64) {
		t.Helper()
		if got := f.rates(helper); !slices.Equal(got, want) {
			t.Errorf("%s: the helper rates %v, want %v", what, got, want)
		}
		if back := slices.Contains(f.rates(boss), who); back != (len(want) == 0) {
			t.Errorf("%s: the official rates: %t", what, back)
		}
	}
	name(stays, other) // which nothing below touches
	name(who, helper)
	expect("named", who)
	move(helper, other)
	expect("deeper, still below", who)
	move(helper, who)
	expect("led by whom to rate")
	move(helper, boss)
	expect("back again")
	name(who, helper)
	f.exec(`UPDATE employee SET supervisor_id = NULL WHERE id = $1`, ids[5])
	move(helper, ids[5])
	expect("not below any more")
	move(helper, boss)
	name(who, helper)
	f.exec(`UPDATE employee SET active = false WHERE id = $1`, helper)
	f.tx(func(ctx context.Context, tx *Tx) error { // as a list, whatever it says
		_, err := tx.ImportSuperiors(ctx, []register.Superior{{NIP: f.nipOf(ids[5]), Boss: f.nipOf(boss)}}, start)
		return err
	})
	expect("has left")
	if n := f.count(`SELECT count(*) FROM co_rater WHERE rater_id = $1 AND revoked_at IS NULL`, other); n != 1 {
		t.Error("a rating came back whose co-rater is where he was")
	}
}

// Somebody who is made a superior for a minute and rates does not rate instead of
// the superior: the present one may rate until the deadline, and what that one has
// sent is what the person, the personnel office and the summary are shown.
func TestPresentSuperiorAlwaysRates(t *testing.T) {
	t.Run("after the other", func(t *testing.T) { presentSuperiorRates(t, false) })
	t.Run("before the other", func(t *testing.T) { presentSuperiorRates(t, true) })
}

func presentSuperiorRates(t *testing.T, first bool) {
	f := newFixture(t)
	ids := f.team(3)
	boss, other, who := ids[0], ids[1], ids[2]
	if err := f.sendSelf(who); err != nil {
		t.Fatal(err)
	}
	send := func(rater int64, level string, at time.Time) {
		t.Helper()
		id := int64(f.count(`SELECT id FROM task WHERE kind = 'rating' AND subject_id = $1 AND employee_id = $2`, who, rater))
		f.tx(func(ctx context.Context, tx *Tx) error {
			_, err := tx.SubmitRating(ctx, id, rater, nine(level), at)
			return err
		})
	}
	move := func(to int64, at time.Time) {
		t.Helper()
		f.tx(func(ctx context.Context, tx *Tx) error { return setSuperior(ctx, tx, who, to, other, at) })
	}
	if first {
		send(boss, "1", start)
	}
	move(other, start)
	send(other, "5", start.Add(time.Minute))
	move(boss, start.Add(2*time.Minute))
	if got := f.rates(boss); !slices.Contains(got, who) {
		t.Fatalf("the superior rates %v, without %d whom a former one has rated", got, who)
	}
	if !first {
		send(boss, "1", start.Add(3*time.Minute))
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		for _, viewer := range []int64{boss, who} {
			id, err := tx.OpenPair(ctx, who, 0, viewer, start)
			if err != nil {
				return err
			}
			if p, err := tx.PairNews(ctx, id, viewer, start); err != nil || p.Superior.ID != boss {
				t.Errorf("%d opens the rating of %d (%v), want of %d", viewer, p.Superior.ID, err, boss)
			}
		}
		if p, err := tx.PairForHR(ctx, who, other, "uji", start); err != nil || p.Superior.ID != boss {
			t.Errorf("the personnel office opens the rating of %d (%v), want of %d", p.Superior.ID, err, boss)
		}
		if id, err := tx.OpenPair(ctx, who, 0, other, start); !errors.Is(err, ErrNotFound) {
			t.Errorf("the former superior opens %d, %v", id, err)
		}
		facts, err := tx.Teams(ctx, []int64{boss}, start.Add(time.Hour), outreach.DefaultRules().Caps)
		if err == nil && !slices.ContainsFunc(facts[boss].Needs, func(n summary.Need) bool { return n.Person.ID == who && n.Why == "dialog" }) {
			t.Errorf("the summary does not name the talk: %+v", facts[boss].Needs)
		}
		return err
	})
	if n := f.count(`SELECT count(*) FROM response r JOIN task t ON t.id = r.task_id WHERE t.kind = 'rating' AND t.subject_id = $1`, who); n != 2 {
		t.Errorf("%d ratings are recorded, want both", n)
	}
	move(ids[1], start.AddDate(0, 0, 22)) // who has rated, after the deadline
	f.exec(`UPDATE task SET state = 'excused', excused_why = 'moved' WHERE kind = 'rating' AND employee_id = $1 AND subject_id = $2`, boss, who)
	move(boss, start.AddDate(0, 0, 22))
	if got := f.rates(boss); slices.Contains(got, who) {
		t.Error("after the deadline somebody is asked to rate whom a former superior has rated")
	}
}
