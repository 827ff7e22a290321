package storage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/task"
)

// trace is what somebody who reads the database, or several dumps of it, knows of one
// task or of one row that holds a text: everything by which the two could be put into
// one order.
type trace struct {
	key    int64 // id of the task; of a remark its number
	clues  map[string]float64
	person int64
	text   string
}

// clueNames are the columns by which rows are put into an order.
var clueNames = []string{"place", "xmin", "id", "length", "time"}

// traces reads rows with a place in the heap, the transaction that wrote them, an id, a
// length and a time.
func (c *courses) traces(query string, args ...any) (all []trace) {
	c.t.Helper()
	rows, err := c.owner.Query(query, args...)
	if err != nil {
		c.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var t trace
		var place, xmin, length, at float64
		if err := rows.Scan(&t.key, &t.person, &t.text, &place, &xmin, &length, &at); err != nil {
			c.t.Fatal(err)
		}
		t.clues = map[string]float64{"place": place, "xmin": xmin, "id": float64(t.key), "length": length, "time": at}
		all = append(all, t)
	}
	return all
}

// heap is the place of a row in its table as a number.
const heap = `(ctid::text::point)[0] * 1000 + (ctid::text::point)[1]`

// guess puts people and texts each into the order of a clue, says that equal places
// belong together, and returns how often that is right.
func guess(people, texts []trace, a, b string, truth map[int64]string) (right int) {
	by := func(clue string) func(x, y trace) int {
		return func(x, y trace) int { return cmp.Compare(x.clues[clue], y.clues[clue]) }
	}
	people, texts = slices.Clone(people), slices.Clone(texts)
	slices.SortStableFunc(people, by(a))
	slices.SortStableFunc(texts, by(b))
	for i := range min(len(people), len(texts)) {
		if truth[people[i].person] == texts[i].text {
			right++
		}
	}
	return right
}

// The program "link" of the rules about answers without a name: 200 batches, and every
// pair of clues. Whoever puts the tasks, the sealed answers and the dump of before the
// close into the order of one clue, and what is published into that of another, is right
// as often as somebody who guesses. The same search finds everybody when comments are
// written in the order in which they were sent.
func TestAnswersCannotBeLinked(t *testing.T) {
	devdbtest.Long(t, "2,000 answers are held, closed and searched")
	const batches, persons = 200, 10
	c := newCourses(t, 60)
	r := rand.New(rand.NewPCG(7, 7))
	ids, truth := make([]int64, batches), make([]map[int64]string, batches)
	for i := range batches {
		ids[i] = c.batch(1+i%40, 1+i/40, shuffled(r, c.people)[:persons])
	}
	c.ask(c.ends)
	sent := make([][]trace, batches) // in the order of sending: what must not be kept
	type one struct {
		batch        int
		task, person int64
	}
	var all []one
	for i, id := range ids {
		truth[i] = map[int64]string{}
		for _, tr := range c.traces(`SELECT id, employee_id, '', 0::float8, 0::float8, 0::float8, 0::float8 FROM task WHERE occasion_id = $1`, id) {
			all = append(all, one{i, tr.key, tr.person})
		}
	}
	for n, o := range shuffled(r, all) {
		a := says(r.IntN(100_000))
		a["S"] = fmt.Sprintf("Saran %06d %s", r.IntN(1_000_000), strings.Repeat("panjang ", r.IntN(20)))
		a["S"] = strings.TrimSpace(a["S"])
		truth[o.batch][o.person] = a["S"]
		sent[o.batch] = append(sent[o.batch], trace{key: int64(n), text: a["S"], clues: map[string]float64{"place": float64(n), "xmin": float64(n), "id": float64(n), "time": float64(n)}})
		of := task.Task{ID: o.task, EmployeeID: o.person, Occasion: task.Occasion{ID: ids[o.batch]}}
		c.tx(func(ctx context.Context, tx *Tx) error {
			return tx.HoldAnswer(ctx, of, a, c.ends.Add(time.Duration(n)*time.Second))
		})
	}
	const tasks = `SELECT id, employee_id, '', ` + heap + `, xmin::text::float8, 0::float8, COALESCE(extract(epoch FROM COALESCE(done_at, started_at)), 0)::float8 FROM task WHERE occasion_id = $1`
	before := c.dump(ids, tasks)
	held := c.dump(ids, `SELECT task_id, t.employee_id, '', (h.ctid::text::point)[0] * 1000 + (h.ctid::text::point)[1], h.xmin::text::float8, length(h.sealed)::float8, 0::float8
		FROM held_answer h JOIN task t ON t.id = h.task_id WHERE h.occasion_id = $1`)
	for range 2 { // a hundred at a time
		c.close(c.ends.AddDate(0, 0, 8))
	}
	after := c.dump(ids, tasks)
	shown := c.dump(ids, `SELECT n, 0, text, `+heap+`, xmin::text::float8, length(text)::float8, 0::float8 FROM remark WHERE atom_id = (SELECT id FROM atom WHERE batch_id = $1)`)

	// A guess is right once in a batch on the average, with a deviation of one.
	limit := batches + int(5*math.Sqrt(batches))
	search := func(texts [][]trace) (int, string) {
		return likeliest(truth, texts, map[string][][]trace{"tasks before the close": before, "sealed answers": held, "tasks after the close": after})
	}
	for name, texts := range map[string][][]trace{"dump": shown, "page": c.pages(ids)} {
		if right, how := search(texts); right > limit {
			t.Errorf("%s of the %s tell %d of %d authors, chance gives %d at most", how, name, right, batches*persons, limit)
		}
	}
	if right, _ := search(sent); right < batches*persons*9/10 {
		t.Errorf("the search finds %d of %d authors of comments in the order of sending: it proves nothing", right, batches*persons)
	}
	c.tasksAreAlike(held, after)
}

// likeliest guesses who gave which text by the order of any clue of people and any of texts, and
// returns how often the best guess is right, and by what.
func likeliest(truth []map[int64]string, texts [][]trace, clues map[string][][]trace) (most int, how string) {
	for name, people := range clues {
		for _, a := range clueNames {
			for _, b := range clueNames {
				right := 0
				for i := range truth {
					right += guess(people[i], texts[i], a, b, truth[i])
				}
				if right > most {
					most, how = right, fmt.Sprintf("%s by %s, texts by %s", name, a, b)
				}
			}
		}
	}
	return most, how
}

// pages are the comments of each batch as its page lists them, when all may be read.
func (c *courses) pages(ids []int64) [][]trace {
	c.t.Helper()
	out := make([][]trace, len(ids))
	c.tx(func(ctx context.Context, tx *Tx) error {
		for i, id := range ids {
			r, err := tx.EvaluationResult(ctx, id)
			if err != nil {
				return err
			}
			for n, m := range r.Remarks {
				out[i] = append(out[i], trace{key: int64(n), text: m.Text, clues: map[string]float64{"place": float64(n), "id": float64(m.N), "length": float64(len(m.Text))}})
			}
		}
		return nil
	})
	return out
}

// dump reads the same rows of each batch.
func (c *courses) dump(ids []int64, query string) [][]trace {
	out := make([][]trace, len(ids))
	for i, id := range ids {
		out[i] = c.traces(query, id)
	}
	return out
}

// tasksAreAlike looks whether after the close every task of a batch says the same, and
// before it every sealed answer has the same length.
func (c *courses) tasksAreAlike(held, after [][]trace) {
	c.t.Helper()
	lengths := map[float64]bool{}
	for i := range held {
		for _, h := range held[i] {
			lengths[h.clues["length"]] = true
		}
		for _, a := range after[i] {
			if a.clues["xmin"] != after[i][0].clues["xmin"] || a.clues["time"] != 0 {
				c.t.Fatalf("tasks of one batch tell apart: %+v", a)
			}
		}
	}
	if len(lengths) != 1 {
		c.t.Errorf("sealed answers have %d lengths", len(lengths))
	}
	if n := c.count(`SELECT count(*) FROM (SELECT DISTINCT state, started_at, done_at, ladder_at FROM task) x`); n != 1 {
		c.t.Errorf("closed tasks say %d different things", n)
	}
}

// With half of the people silent nothing in the closed tasks tells who it was.
func TestSilenceLeavesNoTrace(t *testing.T) {
	c := newCourses(t, 12)
	batch := c.batch(1, 1, c.people)
	c.ask(c.ends)
	for i, p := range c.people[:6] {
		if err := c.answer(batch, p, says(i), c.ends); err != nil {
			t.Fatal(err)
		}
	}
	c.close(c.ends.AddDate(0, 0, 8))
	if n := c.count(`SELECT count(*) FROM (SELECT DISTINCT state, started_at, done_at, ladder_at, xmin::text FROM task) x`); n != 1 {
		t.Errorf("closed tasks say %d different things", n)
	}
	if n := c.count(`SELECT asked * 100 + answered FROM evaluation WHERE batch_id = $1`, batch); n != 1206 {
		t.Errorf("asked and answered are %d", n)
	}
}
