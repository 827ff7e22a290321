package storage

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
	"bangkom/internal/task"
	"bangkom/internal/training"
)

// truth is what the generator knows and the database does not keep: who said what.
type truth struct {
	*courses
	r       *rand.Rand
	asked   map[int64]int                          // by batch
	said    map[int64]map[int64]disclosure.Answers // by batch and person
	of      map[int64]int                          // programme of a batch, from 1
	closed  map[int64]time.Time
	waiting map[int][]int64 // batches of a programme that were too small so far
	groups  []*told
}

// told is one group as the rules tell of it, worked out anew.
type told struct {
	programme int
	batches   []int64
	at        time.Time
	answers   []disclosure.Answers
	cells     map[string]evaluation.Cell // by item and part
}

const (
	waves    = 5
	perWave  = 40
	kinds    = 12 // programmes
	lowWords = "di bawah 2"
)

// roundTo is the nearest multiple of a step, in tenths; halves go up.
func roundTo(mean *big.Rat, step int64) int {
	for k := int64(0); ; k++ {
		if big.NewRat((2*k+1)*step, 20).Cmp(mean) > 0 {
			return int(k * step)
		}
	}
}

func stepFor(n int) int64 {
	if n < 10 {
		return 5
	}
	if n < 20 {
		return 2
	}
	return 1
}

func tenths(n int) string { return fmt.Sprintf("%d,%d", n/10, n%10) }

// meanWords writes the mean of some values as the rules tell it.
func meanWords(values []int) string {
	sum := 0
	for _, v := range values {
		sum += v
	}
	mean := big.NewRat(int64(sum), int64(len(values)))
	if mean.Cmp(big.NewRat(2, 1)) < 0 {
		return lowWords
	}
	return tenths(roundTo(mean, stepFor(len(values))))
}

var (
	thirdWords = []string{"kurang dari sepertiga", "antara sepertiga dan dua pertiga", "dua pertiga atau lebih"}
	fifthWords = []string{"kurang dari seperlima", "antara seperlima dan dua perlima", "antara dua perlima dan tiga perlima", "antara tiga perlima dan empat perlima", "empat perlima atau lebih"}
	fifthNames = []string{"", "seperlima", "dua perlima", "tiga perlima", "empat perlima"}
)

// shareWords writes how many of some people did something as the rules tell it.
func shareWords(values []bool) string {
	words, yes := fifthWords, 0
	if len(values) < 10 {
		words = thirdWords
	}
	for _, v := range values {
		if v {
			yes++
		}
	}
	for part := range words {
		if yes*len(words) < (part+1)*len(values) {
			return words[part]
		}
	}
	return words[len(words)-1]
}

// tell works out what is told of a group.
func (g *told) tell() {
	g.cells = map[string]evaluation.Cell{}
	add := func(item string, part disclosure.Part, n int, words string) {
		if n >= 5 {
			g.cells[item+"|"+string(part)] = evaluation.Cell{Item: item, Part: part, N: n, Text: words}
		}
	}
	scales := map[string][]int{}
	var before, now []int
	var couldBefore, canNow, risen []bool
	for _, a := range g.answers {
		for item, value := range a {
			if strings.HasPrefix(item, "R") {
				v, _ := strconv.Atoi(value)
				scales[item] = append(scales[item], v)
			}
		}
		if pair := a[evaluation.Ability]; pair != "" {
			b, n := int(pair[0]-'0'), int(pair[2]-'0')
			before, now = append(before, b), append(now, n)
			couldBefore, canNow, risen = append(couldBefore, b >= 3), append(canNow, n >= 3), append(risen, n > b)
		}
	}
	for item, values := range scales {
		add(item, disclosure.MeanOf, len(values), meanWords(values))
	}
	if n := len(before); n > 0 {
		add(evaluation.Ability, disclosure.MeanBefore, n, meanWords(before))
		add(evaluation.Ability, disclosure.MeanNow, n, meanWords(now))
		add(evaluation.Ability, disclosure.AloneBefore, n, shareWords(couldBefore))
		add(evaluation.Ability, disclosure.AloneNow, n, shareWords(canNow))
		add(evaluation.Ability, disclosure.Risen, n, shareWords(risen))
	}
}

// remarks are the comments of a group that is large enough for them.
func (g *told) remarks() (texts []string) {
	for _, a := range g.answers {
		if a["S"] != "" {
			texts = append(texts, a["S"])
		}
	}
	if len(g.answers) < 10 || len(texts) < 5 {
		return nil
	}
	slices.Sort(texts)
	return texts
}

// wave makes batches that end at the same time; some people answer, and say so to nobody
// but the generator.
func (c *truth) wave(n int) {
	c.t.Helper()
	c.ends = start.AddDate(0, 0, 21*n).Add(8 * time.Hour)
	var batches []int64
	for i := range perWave {
		present := shuffled(c.r, c.people)[:c.r.IntN(28)]
		if c.r.IntN(3) == 0 {
			present = present[:len(present)/5] // too few for themselves
		}
		p := 1 + c.r.IntN(kinds)
		id := c.batch(p, 1+n*perWave+i, present)
		c.of[id], c.asked[id], c.said[id] = p, len(present), map[int64]disclosure.Answers{}
		batches = append(batches, id)
	}
	c.ask(c.ends)
	type one struct{ id, person, batch int64 }
	var all []one
	rows, err := c.owner.Query(`SELECT id, employee_id, occasion_id FROM task WHERE occasion_id >= $1 AND `+isEvaluation("task")+` ORDER BY id`, batches[0])
	if err != nil {
		c.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var o one
		if err := rows.Scan(&o.id, &o.person, &o.batch); err != nil {
			c.t.Fatal(err)
		}
		all = append(all, o)
	}
	unsent := map[int64]int{}
	c.tx(func(ctx context.Context, tx *Tx) error {
		for _, o := range all {
			if c.r.IntN(4) == 0 {
				unsent[o.person]++
				continue
			}
			a := says(c.r.IntN(100_000))
			if c.r.IntN(6) == 0 {
				delete(a, "S")
			}
			if c.r.IntN(8) == 0 { // a form of another version
				delete(a, []string{"R1", "R3", evaluation.Ability}[c.r.IntN(3)])
			}
			c.said[o.batch][o.person] = a
			if err := tx.HoldAnswer(ctx, task.Task{ID: o.id, EmployeeID: o.person, Occasion: task.Occasion{ID: o.batch}}, a, c.ends); err != nil {
				return err
			}
		}
		return nil
	})
	c.notesSay(unsent)
	c.tx(func(ctx context.Context, tx *Tx) error {
		_, err := c.runner.Close(ctx, tx, c.ends.AddDate(0, 0, 8))
		return err
	})
	for _, id := range batches {
		if c.asked[id] > 0 {
			c.closeByHand(id, c.ends.AddDate(0, 0, 8))
		}
	}
}

// closeByHand does by the rules what the close has done: a batch of five or more is a
// group; others wait, each person once, with what was said last.
func (c *truth) closeByHand(batch int64, at time.Time) {
	c.closed[batch] = at
	p := c.of[batch]
	group := &told{programme: p, batches: []int64{batch}, at: at}
	people := maps.Clone(c.said[batch])
	if len(people) < 5 {
		if len(people) > 0 {
			c.waiting[p] = append(c.waiting[p], batch)
		}
		group.batches, people = slices.Clone(c.waiting[p]), map[int64]disclosure.Answers{}
		for _, b := range group.batches {
			maps.Copy(people, c.said[b])
		}
		if len(people) < 5 {
			return
		}
		c.waiting[p] = nil
	}
	group.answers = slices.Collect(maps.Values(people))
	group.tell()
	c.groups = append(c.groups, group)
}

// notesSay compares what the weekly note says of evaluations that may be sent.
func (c *truth) notesSay(unsent map[int64]int) {
	c.t.Helper()
	var ahead map[int64]training.Ahead
	c.tx(func(ctx context.Context, tx *Tx) (err error) {
		ahead, err = tx.TrainingsAhead(ctx, c.people, c.ends.Add(time.Hour), time.Hour)
		return err
	})
	closes := evaluation.ClosesAt(c.ends)
	for _, p := range c.people {
		if got := ahead[p]; got.Says != unsent[p] || (got.Says > 0) != got.Closes.Equal(closes) {
			c.t.Errorf("person %d: %d evaluations until %s, a recount gives %d until %s", p, got.Says, got.Closes, unsent[p], closes)
		}
	}
}

// Every figure that is told of 200 generated batches equals a recount of what the
// generator has said, by the rules alone and in other arithmetic: results, comparisons
// of programmes and partners, the head's month, the personnel office's board. The answers
// themselves are gone by then.
func TestResultsEqualARecount(t *testing.T) {
	devdbtest.Long(t, "answers for 200 batches")
	c := &truth{courses: newCourses(t, 120), r: rand.New(rand.NewPCG(17, 6)), asked: map[int64]int{}, said: map[int64]map[int64]disclosure.Answers{},
		of: map[int64]int{}, closed: map[int64]time.Time{}, waiting: map[int][]int64{}}
	c.exec(`INSERT INTO partner (code, name, kind) SELECT 'M' || i, 'Mitra ' || chr(64 + i), 'university' FROM generate_series(1, 3) i`)
	c.exec(`UPDATE programme SET partner_id = nullif((id - 1) % 4, 0)`) // as houseOf says
	for n := range waves {
		c.wave(n)
	}
	if n := c.count(`SELECT count(*) FROM atom`); n != len(c.groups) || n < 100 {
		t.Fatalf("%d groups, a recount gives %d", n, len(c.groups))
	}
	c.resultsEqual()
	c.comparisonsEqual()
	c.boardsEqual()
}

// resultsEqual compares the results of every batch.
func (c *truth) resultsEqual() {
	c.t.Helper()
	of := map[int64]*told{}
	for _, g := range c.groups {
		for _, b := range g.batches {
			of[b] = g
		}
	}
	merged := 0
	for batch, asked := range c.asked {
		if asked == 0 {
			continue
		}
		g, state, answered := of[batch], evaluation.Pooled, len(c.said[batch])
		switch {
		case answered >= 5:
			state = evaluation.Published
		case g != nil:
			state, merged = evaluation.Merged, merged+1
		case answered == 0:
			state = evaluation.Destroyed
		}
		if answered < 5 {
			answered = 0
		}
		c.tx(func(ctx context.Context, tx *Tx) error {
			r, err := tx.EvaluationResult(ctx, batch)
			if err != nil {
				return err
			}
			if r.State != state || r.Asked != asked || r.Answered != answered {
				c.t.Errorf("batch %d is %s, %d asked, %d answered; a recount gives %s, %d, %d", batch, r.State, r.Asked, r.Answered, state, asked, answered)
			}
			if g != nil {
				c.sameGroup(batch, r, g)
			}
			return nil
		})
	}
	if merged == 0 {
		c.t.Error("no batch was counted together with others: nothing is proved of those")
	}
}

func (c *truth) sameGroup(batch int64, r evaluation.Result, g *told) {
	c.t.Helper()
	if r.Persons != len(g.answers) || r.Batches != len(g.batches) {
		c.t.Errorf("batch %d: %d persons of %d batches, a recount gives %d of %d", batch, r.Persons, r.Batches, len(g.answers), len(g.batches))
	}
	got := map[string]evaluation.Cell{}
	for _, cell := range r.Cells {
		got[cell.Key()] = cell
	}
	if !maps.Equal(got, g.cells) {
		c.t.Errorf("batch %d shows\n%v\na recount gives\n%v", batch, got, g.cells)
	}
	var texts []string
	for _, m := range r.Remarks {
		texts = append(texts, m.Text)
	}
	if !slices.Equal(texts, g.remarks()) {
		c.t.Errorf("batch %d has the comments %q, a recount gives %q", batch, texts, g.remarks())
	}
}

// jointMean joins what groups show of an item.
func jointMean(groups []*told, item string) string {
	from, to, n := new(big.Rat), new(big.Rat), 0
	for _, g := range groups {
		for key, cell := range g.cells {
			if !strings.HasPrefix(key, item) || cell.Part != disclosure.MeanOf {
				continue
			}
			lo, hi := big.NewRat(1, 1), big.NewRat(2, 1)
			if cell.Text != lowWords {
				lo.SetString(strings.Replace(cell.Text, ",", ".", 1))
				hi.Set(lo)
			}
			weight := big.NewRat(int64(cell.N), 1)
			n += cell.N
			from.Add(from, lo.Mul(lo, weight))
			to.Add(to, hi.Mul(hi, weight))
		}
	}
	if n == 0 {
		return ""
	}
	all := big.NewRat(1, int64(n))
	a, b := roundTo(from.Mul(from, all), stepFor(n)), roundTo(to.Mul(to, all), stepFor(n))
	switch {
	case b <= 20 && a < 20:
		return lowWords
	case a == b:
		return tenths(a)
	case a < 20:
		return "paling tinggi " + tenths(b)
	}
	return tenths(a) + " sampai " + tenths(b)
}

// jointShare joins what groups say of who can do it alone.
func jointShare(groups []*told, part disclosure.Part) string {
	from, to, n := new(big.Rat), new(big.Rat), 0
	for _, g := range groups {
		cell, ok := g.cells[evaluation.Ability+"|"+string(part)]
		if !ok {
			continue
		}
		words := fifthWords
		if cell.N < 10 {
			words = thirdWords
		}
		at, weight := int64(slices.Index(words, cell.Text)), int64(cell.N)
		n += cell.N
		from.Add(from, big.NewRat(at*weight, int64(len(words))))
		to.Add(to, big.NewRat((at+1)*weight, int64(len(words))))
	}
	if n == 0 {
		return ""
	}
	low, high := 0, 5
	for k := range 6 {
		edge := big.NewRat(int64(k*n), 5)
		if edge.Cmp(from) <= 0 {
			low = k
		}
		if back := big.NewRat(int64((5-k)*n), 5); back.Cmp(to) >= 0 {
			high = 5 - k
		}
	}
	switch {
	case low == 0 && high == 5:
		return "tidak terbaca dari angka yang dibulatkan"
	case low == 0:
		return "kurang dari " + fifthNames[high]
	case high == 5:
		return fifthNames[low] + " atau lebih"
	}
	return "antara " + fifthNames[low] + " dan " + fifthNames[high]
}

// compareLine writes a line of a comparison.
func compareLine(name string, groups []*told) string {
	batches, persons := 0, 0
	for _, g := range groups {
		batches, persons = batches+len(g.batches), persons+len(g.answers)
	}
	line := fmt.Sprintf("%s: %d batches, %d persons", name, batches, persons)
	if batches < 3 {
		return line
	}
	for _, item := range []string{"R1", "R2", "R3", "R4"} {
		line += "; " + jointMean(groups, item)
	}
	return line + "; " + jointShare(groups, disclosure.AloneBefore) + "; " + jointShare(groups, disclosure.AloneNow)
}

// houseOf is the partner of a programme.
func houseOf(programme int) string {
	if n := (programme - 1) % 4; n > 0 {
		return "Mitra " + string(rune('A'+n-1))
	}
	return ""
}

func (c *truth) comparisonsEqual() {
	c.t.Helper()
	var all []evaluation.Shown
	c.tx(func(ctx context.Context, tx *Tx) (err error) {
		all, err = tx.PublishedResults(ctx, start, start.AddDate(1, 0, 0))
		return err
	})
	programmes, houses := map[string][]*told{}, map[string][]*told{}
	for _, g := range c.groups {
		name := fmt.Sprintf("Program %d", g.programme)
		programmes[name], houses[houseOf(g.programme)] = append(programmes[name], g), append(houses[houseOf(g.programme)], g)
	}
	for what, both := range map[string]struct {
		got  []evaluation.Compared
		want map[string][]*told
	}{"programmes": {evaluation.ByProgramme(c.runner.Text, all), programmes}, "partners": {evaluation.ByPartner(c.runner.Text, all), houses}} {
		var got, want []string
		for _, one := range both.got {
			line := fmt.Sprintf("%s: %d batches, %d persons", one.Name, one.Batches, one.Persons)
			for _, v := range one.Columns {
				if one.Enough() {
					line += "; " + v.Text
				}
			}
			got = append(got, line)
		}
		for _, name := range slices.Sorted(maps.Keys(both.want)) {
			want = append(want, compareLine(name, both.want[name]))
		}
		if !slices.Equal(got, want) {
			c.t.Errorf("%s:\n%s\na recount gives\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// boardsEqual compares the head's months, what is late, and the list of the office.
func (c *truth) boardsEqual() {
	c.t.Helper()
	given := map[int64]bool{}
	for batch := range c.closed {
		if len(c.said[batch]) >= 5 && batch%3 == 0 {
			given[batch] = true
			c.exec(`UPDATE report_back SET body = 'Praktik ditambah.', given_at = $2 WHERE batch_id = $1`, batch, start)
		}
	}
	for m := range 6 {
		day := time.Date(2027, time.Month(1+m), 12, 9, 0, 0, 0, time.UTC) // until the 14th the month is told
		var o summary.Office
		c.tx(func(ctx context.Context, tx *Tx) (err error) {
			o, err = tx.Office(ctx, day)
			return err
		})
		var month []*told
		for _, g := range c.groups {
			if g.at.Month() == day.AddDate(0, -1, 0).Month() {
				month = append(month, g)
			}
		}
		before, now := evaluation.Alone(c.runner.Text, o.Results)
		if want := jointShare(month, disclosure.AloneNow); len(o.Results) != len(month) || now.Text != want || before.Text != jointShare(month, disclosure.AloneBefore) {
			c.t.Errorf("on %s: %d groups, alone %q before and %q now; a recount gives %d, now %q", day.Format(time.DateOnly), len(o.Results), before.Text, now.Text, len(month), want)
		}
		late := 0
		for batch, at := range c.closed {
			promised := time.Date(at.Year(), at.Month(), at.Day()+13, 0, 0, 0, 0, time.UTC)
			if len(c.said[batch]) >= 5 && !given[batch] && promised.Before(time.Date(2027, time.Month(1+m), 12, 0, 0, 0, 0, time.UTC)) {
				late++
			}
		}
		if o.Reports != late {
			c.t.Errorf("on %s %d reports are late, a recount gives %d", day.Format(time.DateOnly), o.Reports, late)
		}
	}
	c.tx(func(ctx context.Context, tx *Tx) error {
		_, total, err := tx.EvaluationsRun(ctx, personnel.Employee{Rights: personnel.Rights{HR: true}}, start.AddDate(1, 0, 0), 0, 10)
		if total != len(c.closed) {
			c.t.Errorf("%d batches in the list of the office, a recount gives %d", total, len(c.closed))
		}
		return err
	})
}
