package handlers_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bangkom/handlers"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/storage"
)

var (
	exploreActions = flag.Int("explore.actions", 800, "actions of the explorer for each seed; 2000 in the long form")
	exploreSeeds   = flag.Int("explore.seeds", 2, "how many seeds the explorer plays; 3 in the long form")
	exploreFirst   = flag.Uint64("explore.first", 1, "the first seed of the explorer")
)

const (
	exploreActors   = 3  // people who act at the same time
	exploreFinished = 20 // assessments, at least
	exploreFaults   = 8  // that are told before the play is given up
	exploreLate     = 60 // answers too late before the play is given up: the bot is gone
	exploreTries    = 4  // of an errand that has to succeed
)

// TestExplorer lets some 40 people do what people do: mostly what the bot asks
// of them, and now and then anything else. Everything that is written to them is
// compared with what they may see; see the demands in verify and judge.
func TestExplorer(t *testing.T) {
	devdbtest.Long(t, "hundreds of things are done")
	for i := range *exploreSeeds {
		if devdbtest.RaceDetector && i > 0 {
			continue // .ci/run plays the first under the race detector and the others without it
		}
		seed := *exploreFirst + uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { newExplorer(t, seed, *exploreActions).play() })
	}
}

// explorer is one play. Which action comes when follows from the seed; what a
// button means at that moment depends on who was faster.
type explorer struct {
	*world
	seed     uint64
	actions  int
	cat      *text.Catalogue
	actors   []*actor
	byChat   map[int64]*actor
	subjects []*subject
	judge    *judge
	watch    *watcher
	fair     fairClock
	acts     atomic.Int64 // actions so far; an errand is one
	next     atomic.Int64 // number of the last step; an errand takes several
	faults   atomic.Int64
	late     atomic.Int64 // answers

	queue sync.Mutex
	due   []appointment // errands that are still to be run, in the order of their numbers

	mu      sync.Mutex
	deeds   []*deed
	updates map[message][]int64 // update ids by what made them, in order
	taken   map[string]bool     // conversations that took an input
	reached map[string]bool     // commands that were answered as such
	used    map[string]int      // actions by name
}

func newExplorer(t *testing.T, seed uint64, actions int) *explorer {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	e := &explorer{seed: seed, actions: actions, cat: cat, byChat: map[int64]*actor{}, updates: map[message][]int64{},
		taken: map[string]bool{}, reached: map[string]bool{}, used: map[string]int{}}
	e.world = newWorld(t, func(w *world) {
		w.pool = oneByOne
		w.decoded = func(u dialog.Update) {
			e.mu.Lock()
			defer e.mu.Unlock()
			k := message{u.ChatID, u.MessageID, u.Kind}
			if !slices.Contains(e.updates[k], u.ID) {
				e.updates[k] = append(e.updates[k], u.ID)
			}
		}
		w.entered = func(name string) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.taken["conversation "+name] = true
		}
	})
	e.population()
	e.openPeriod("Penilaian Januari 2027", e.clock.Now().AddDate(0, 0, 25))
	e.trainings()
	e.signoffs()
	e.judge = newJudge(e)
	e.watch = newWatcher(e)
	return e
}

// play makes the actions and checks the demands.
func (e *explorer) play() {
	begin := time.Now()
	ctx, cancel := context.WithCancel(e.t.Context())
	var watching sync.WaitGroup
	watching.Go(func() { e.watch.run(ctx) })
	watching.Go(func() { e.fair.run(ctx) })
	e.linkEverybody()
	e.appoint()
	var playing sync.WaitGroup
	for range exploreActors {
		playing.Go(func() {
			for !e.over() {
				nth := e.acts.Add(1)
				if nth > int64(e.actions) {
					return
				}
				e.act(nth)
			}
		})
	}
	playing.Wait()
	for one, ok := e.appointed(math.MaxInt64); ok && !e.over(); one, ok = e.appointed(math.MaxInt64) {
		e.keep(one, e.random(e.number()))
	}
	for range 3 { // an errand may have met somebody who was just leaving
		if len(e.missing()) > 0 && !e.over() {
			e.again()
		}
	}
	e.settle()
	e.watch.catchUp()
	cancel()
	watching.Wait()
	e.verify()
	e.t.Logf("%d actions, %d steps, in %s, of which %s were other programs'; %v", min(e.acts.Load(), int64(e.actions)), e.next.Load(), time.Since(begin).Round(time.Millisecond),
		e.fair.total().Round(time.Millisecond), e.used)
}

// number counts a step; each takes ten seconds of the bot's clock.
func (e *explorer) number() int64 {
	e.clock.move(10 * time.Second)
	return e.next.Add(1)
}

// random is the source of one action.
func (e *explorer) random(n int64) *rand.Rand { return rand.New(rand.NewPCG(e.seed, uint64(n))) }

// over tells whether the play is given up.
func (e *explorer) over() bool {
	return e.faults.Load() >= exploreFaults || e.late.Load() >= exploreLate
}

// act lets somebody do something. Mostly the person waits for the answer.
func (e *explorer) act(nth int64) {
	r := e.random(nth)
	if one, ok := e.appointed(nth); ok {
		e.keep(one, r)
		return
	}
	if r.IntN(25) == 0 {
		e.errand(optional()[r.IntN(len(optional()))], r)
		return
	}
	n := e.number()
	if nth%40 == 0 {
		e.reopen(n)
	}
	do := pickHabit(r)
	a := e.hold(func() *actor { return e.somebody(r, do) })
	done := do.run(e, a, r, n)
	a.mu.Unlock()
	e.tally(do.name)
	if r.IntN(7) > 0 {
		e.await(done)
	}
}

// reopen opens a period when somebody has closed it and gone away.
func (e *explorer) reopen(n int64) {
	if e.sqlCount(`SELECT count(*) FROM period WHERE closed_at IS NULL`) > 0 {
		return
	}
	now := e.clock.Now()
	p := storage.Period{Name: fmt.Sprintf("Penilaian sela %d", n), OpensAt: now, DueAt: now.AddDate(0, 0, 14), RatingDueAt: now.AddDate(0, 0, 21)}
	_ = e.db.InTx(e.t.Context(), func(tx *storage.Tx) error { // the personnel office may be faster
		_, err := tx.OpenPeriod(e.t.Context(), p, now)
		return err
	})
}

// hold picks somebody with whom nothing else goes on, and locks them.
func (e *explorer) hold(pick func() *actor) *actor {
	a := pick()
	for range 20 {
		if a.mu.TryLock() {
			return a
		}
		a = pick()
	}
	a.mu.Lock()
	return a
}

func (e *explorer) tally(name string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.used[name]++
}

// missing are the registered commands and conversations that nobody came to.
func (e *explorer) missing() (names []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for name := range handlers.Registered() {
		if !e.taken[name] && !e.reached[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// again runs every errand once more, and every command that is missing. While a
// conversation is missing it runs all commands, and writes a word after each: that
// enters whatever a command opens, so only what begins elsewhere needs an errand.
func (e *explorer) again() {
	for _, must := range errands() {
		e.errand(must, e.random(e.number()))
	}
	names := e.missing()
	open := slices.ContainsFunc(names, func(name string) bool { return !strings.HasPrefix(name, "/") })
	if open {
		names = slices.Sorted(maps.Keys(handlers.Registered()))
	}
	for _, name := range names {
		command, ok := strings.CutPrefix(name, "/")
		if !ok {
			continue
		}
		n := e.number()
		r := e.random(n)
		a := e.hold(func() *actor { return e.whoMay(r, command) })
		done := e.command(a, n, "/"+command)
		if e.await(done); open {
			e.await(e.tell(a, e.number(), "Contoh"))
		}
		a.mu.Unlock()
	}
}

// fault reports what must not be, with the person's last lines.
func (e *explorer) fault(a *actor, n int64, format string, args ...any) {
	if e.faults.Add(1) > exploreFaults {
		return
	}
	trace := "nobody's chat"
	if a != nil {
		trace = e.trace(a)
	}
	e.t.Errorf("seed %d, action %d: %s\n%s", e.seed, n, fmt.Sprintf(format, args...), trace)
}

// tooLate reports an answer that took too long. The play goes on: what else it
// finds is worth more than its end.
func (e *explorer) tooLate(a *actor, n int64, format string, args ...any) {
	if told := e.late.Add(1); told <= exploreFaults {
		e.t.Errorf("seed %d, action %d: %s\n%s", e.seed, n, fmt.Sprintf(format, args...), e.trace(a))
	}
}

// traced is how many lines of a chat are told with a fault.
const traced = 14

// trace is what a person and the bot said to each other last.
func (e *explorer) trace(a *actor) string {
	type line struct {
		at   time.Time
		text string
	}
	var lines []line
	e.mu.Lock()
	for _, d := range e.deeds {
		if d.who == a {
			lines = append(lines, line{d.at, fmt.Sprintf("%s #%d ▸ %s", a, d.n, d.line)})
		}
	}
	e.mu.Unlock()
	for _, c := range e.watch.calls(a.account) {
		lines = append(lines, line{c.At, fmt.Sprintf("  Bangkom ▸ (%s %d) %s", c.Method, c.MessageID, shorten(visible(c)))})
	}
	slices.SortStableFunc(lines, func(x, y line) int { return x.at.Compare(y.at) })
	var b strings.Builder
	for _, l := range lines[max(0, len(lines)-traced):] {
		fmt.Fprintf(&b, "    %s %s\n", l.at.Format("05.000"), l.text)
	}
	return b.String()
}

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}

// linkEverybody lets the people come in by their codes.
func (e *explorer) linkEverybody() {
	var all sync.WaitGroup
	slots := make(chan struct{}, exploreActors)
	for _, a := range e.actors {
		if a.person == nil || a.late {
			continue
		}
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			t := &trip{explorer: e, a: a, ok: true}
			t.say("/start " + personnel.FormatCode(a.person.code))
			t.press("Setuju")
		})
	}
	all.Wait()
	want := 0
	for _, a := range e.actors {
		if a.person != nil && !a.late {
			want++
		}
	}
	if n := e.sqlCount(`SELECT count(*) FROM chat WHERE employee_id IS NOT NULL`); n != want {
		e.t.Fatalf("%d people are linked, want %d; log:\n%s", n, want, e.log)
	}
}

// sqlCount is count for goroutines: it reports and does not end the test.
func (e *explorer) sqlCount(query string, args ...any) (n int) {
	if err := e.sql.QueryRow(query, args...).Scan(&n); err != nil {
		e.t.Error(err)
	}
	return n
}
