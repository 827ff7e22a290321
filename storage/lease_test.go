package storage

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
)

// elapse lets the lease run out: its end is a time of the database's clock.
const elapse = `UPDATE lease SET until = clock_timestamp() - interval '1 ms'`

func TestLease(t *testing.T) {
	f := newFixture(t)
	const name = "telegram"
	steps := []struct {
		name, do, holder string
		term             int64
	}{
		{"a takes it", "take", "a", 1},
		{"a renews it", "take", "a", 1},
		{"b has to wait", "take", "b", 0},
		{"b cannot give it back", "release", "b", 0},
		{"b still has to wait", "take", "b", 0},
		{"a gives it back", "release", "a", 0},
		{"b takes it", "take", "b", 2},
		{"a has to wait", "take", "a", 0},
		{"it runs out", "elapse", "", 0},
		{"a takes it again", "take", "a", 3},
		{"it runs out again", "elapse", "", 0},
		{"a takes it anew", "take", "a", 4},
		{"a gives it back again", "release", "a", 0},
		{"a takes it after giving it back", "take", "a", 5},
	}
	for _, tt := range steps {
		switch tt.do {
		case "take":
			got, err := f.Take(t.Context(), name, tt.holder, time.Hour, false)
			if got.Term != tt.term || err != nil {
				t.Errorf("%s: Take = %+v, %v; want term %d", tt.name, got, err, tt.term)
			}
		case "release":
			if err := f.Release(t.Context(), name, tt.holder); err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		case "elapse":
			f.exec(elapse)
		}
	}
	if got, err := f.Take(t.Context(), "other", "b", time.Hour, false); got.Term != 1 || err != nil {
		t.Errorf("Take of another lease = %+v, %v; want term 1", got, err)
	}
	if err := f.Release(t.Context(), "nobody's", "a"); err != nil {
		t.Errorf("Release of an unknown lease: %v", err)
	}
}

func TestLeaseRunsOutByItself(t *testing.T) {
	f := newFixture(t)
	if got, err := f.Take(t.Context(), "x", "a", 20*time.Millisecond, false); got.Term == 0 || err != nil {
		t.Fatalf("Take = %+v, %v", got, err)
	}
	f.await(1, `SELECT count(*) FROM lease WHERE until < clock_timestamp()`)
	if got, err := f.Take(t.Context(), "x", "b", time.Hour, false); got.Term != 2 || err != nil {
		t.Errorf("Take = %+v, %v; want term 2", got, err)
	}
	if n := f.count(`SELECT count(*) FROM lease WHERE until BETWEEN clock_timestamp() + interval '59 min' AND clock_timestamp() + interval '1 hour'`); n != 1 {
		t.Error("the lease does not end an hour from the database's now")
	}
}

func TestLeaseHasOneHolder(t *testing.T) {
	f := newFixture(t)
	for round := int64(1); round <= 5; round++ {
		won := make([]int64, 12)
		for i, err := range atOnce(len(won), func(i int) error {
			got, err := f.Take(t.Context(), "x", fmt.Sprint(i), time.Hour, false)
			won[i] = got.Term
			return err
		}) {
			if err != nil {
				t.Errorf("Take %d: %v", i, err)
			}
		}
		holders := 0
		for _, term := range won {
			if term == 0 {
				continue
			}
			if holders++; term != round {
				t.Errorf("term %d in round %d", term, round)
			}
		}
		if holders != 1 {
			t.Errorf("%d holders at once, want 1", holders)
		}
		f.exec(elapse)
	}
}

func TestPause(t *testing.T) {
	f := newFixture(t)
	steps := []struct {
		name        string
		pause       time.Duration
		least, most time.Duration
	}{
		{"none", 0, 0, 0},
		{"a minute", time.Minute, 50 * time.Second, time.Minute},
		{"an hour", time.Hour, 59 * time.Minute, time.Hour},
		{"a shorter one stays without effect", time.Second, 59 * time.Minute, time.Hour},
	}
	for _, tt := range steps {
		if tt.pause > 0 {
			if err := f.Pause(t.Context(), tt.pause); err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if got, err := f.Paused(t.Context()); err != nil || got < tt.least || got > tt.most {
			t.Errorf("%s: Paused = %v, %v; want %v to %v", tt.name, got, err, tt.least, tt.most)
		}
	}
	f.exec(`UPDATE bot_state SET at = clock_timestamp() - interval '1 s'`)
	if got, err := f.Paused(t.Context()); got != 0 || err != nil {
		t.Errorf("Paused after its end = %v, %v; want 0", got, err)
	}
	if err := f.Pause(t.Context(), time.Minute); err != nil {
		t.Error(err)
	}
	if got, err := f.Paused(t.Context()); err != nil || got < 50*time.Second || got > time.Minute {
		t.Errorf("Paused = %v, %v; want about a minute", got, err)
	}
}

func TestFacts(t *testing.T) {
	f := newFixture(t)
	check := func(want string) {
		t.Helper()
		if got, err := f.Fact(t.Context(), "name"); got != want || err != nil {
			t.Errorf("Fact = %q, %v; want %q", got, err, want)
		}
	}
	check("")
	for _, text := range []string{"first", "second", "second", ""} {
		if err := f.SetFact(t.Context(), "name", text); err != nil {
			t.Error(err)
		}
		check(text)
	}
	if err := f.SetFact(t.Context(), "name", "kept"); err != nil {
		t.Error(err)
	}
	if got, err := f.ClaimFact(t.Context(), "name", "mine"); got != "kept" || err != nil {
		t.Errorf("ClaimFact of a known fact = %q, %v; want what is stored", got, err)
	}
	check("kept")
	if got, err := f.ClaimFact(t.Context(), "other", "mine"); got != "mine" || err != nil {
		t.Errorf("ClaimFact of an unknown fact = %q, %v; want mine", got, err)
	}
	check("kept")
}

func TestClaimFactHasOneWinner(t *testing.T) {
	f := newFixture(t)
	got := make([]string, 20)
	for i, err := range atOnce(len(got), func(i int) (err error) {
		got[i], err = f.ClaimFact(t.Context(), "key", fmt.Sprint("process ", i))
		return err
	}) {
		if err != nil {
			t.Errorf("ClaimFact %d: %v", i, err)
		}
	}
	stored, err := f.Fact(t.Context(), "key")
	if err != nil || stored == "" {
		t.Fatalf("Fact = %q, %v", stored, err)
	}
	for i, text := range got {
		if text != stored {
			t.Errorf("process %d was told %q, stored is %q", i, text, stored)
		}
	}
}

func TestLeaseFromAClockThatWasSetBackIsFree(t *testing.T) {
	devdbtest.Long(t, "a clock that is set back")
	f := newFixture(t)
	if got, err := f.Take(t.Context(), "x", "a", 3*time.Second, false); got.Term != 1 || err != nil {
		t.Fatalf("Take = %+v, %v", got, err)
	}
	for _, tt := range []struct {
		left string
		want int64
	}{{"29 s", 0}, {"1 hour", 2}} {
		f.exec(`UPDATE lease SET until = clock_timestamp() + $1::interval`, tt.left)
		if got, err := f.Take(t.Context(), "x", "b", 3*time.Second, false); got.Term != tt.want || err != nil {
			t.Errorf("with %s left: Take = %+v, %v; want term %d", tt.left, got, err, tt.want)
		}
	}
}

func TestLeaseCountsTheOthers(t *testing.T) {
	f := newFixture(t)
	take := func(holder string) int {
		t.Helper()
		got, err := f.Take(t.Context(), "x", holder, time.Second, false)
		if err != nil {
			t.Fatal(err)
		}
		return got.Others
	}
	if n := take("a"); n != 0 {
		t.Errorf("alone: %d others", n)
	}
	if n := take("b"); n != 1 {
		t.Errorf("second: %d others, want 1", n)
	}
	if n := take("a"); n != 1 {
		t.Errorf("first again: %d others, want 1", n)
	}
	f.exec(`UPDATE replica SET seen_at = seen_at - interval '11 s' WHERE holder = 'b'`)
	if n := take("a"); n != 0 {
		t.Errorf("after the other was silent for long: %d others, want 0", n)
	}
	take("b")
	if err := f.Release(t.Context(), "x", "b"); err != nil {
		t.Fatal(err)
	}
	if n := take("a"); n != 0 {
		t.Errorf("after the other stopped: %d others, want 0", n)
	}
}

// A process that is older than the schema gets no lease, keeps none, and is no
// process of the bot any more.
func TestNoLeaseOnANewerSchema(t *testing.T) {
	f := newFixture(t)
	if got, err := f.Take(t.Context(), "x", "old", time.Minute, false); got.Term != 1 || err != nil {
		t.Fatalf("Take = %+v, %v", got, err)
	}
	f.exec(`UPDATE replica SET seen_at = 'epoch'; UPDATE lease SET until = clock_timestamp() + interval '5 s'`)
	f.exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`)
	for _, holder := range []string{"old", "another"} {
		if got, err := f.Take(t.Context(), "x", holder, time.Minute, false); got.Term != 0 || !errors.Is(err, ErrNewSchema) {
			t.Errorf("Take of %s = %+v, %v; want ErrNewSchema", holder, got, err)
		}
	}
	if n := f.count(`SELECT count(*) FROM replica WHERE seen_at > 'epoch'`) + f.count(`SELECT count(*) FROM lease WHERE until > clock_timestamp() + interval '5 s'`); n != 0 {
		t.Errorf("%d rows were renewed, want none", n)
	}
}

func TestPauseIsNotLongerAfterAClockThatWasSetBack(t *testing.T) {
	devdbtest.Long(t, "a clock that is set back")
	f := newFixture(t)
	if err := f.Pause(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	f.exec(`UPDATE bot_state SET at = at + interval '1 day' WHERE name = 'paused_until'`)
	if d, err := f.Paused(t.Context()); d > time.Minute || d < 59*time.Second || err != nil {
		t.Errorf("Paused = %s, %v; want at most a minute", d, err)
	}
}

// The commit of a decision is done and its reply is lost: the row is stored as
// being sent, nobody knows of it, and the lease goes on. When its holder begins
// anew, the row is claimed like that of a dead process.
func TestAnewAfterALostCommit(t *testing.T) {
	devdbtest.Long(t, "a commit whose reply is lost")
	f := newFixture(t)
	p, via := newProxy(t, f.appURL)
	db := f.open(Options{URL: via})
	f.arrive(5, 1)
	held, err := f.Take(t.Context(), "x", "a", time.Hour, false)
	if err != nil {
		t.Fatal(err)
	}
	p.loseReply("COMMIT", 1)
	d := decision(5, 1, reply(5, "u:1:0"))
	d.Term = held.Term
	err = db.InTx(t.Context(), func(tx *Tx) error {
		if _, _, _, _, err := tx.Load(t.Context(), bot, 5, start, taskForms); err != nil {
			return err
		}
		return tx.Save(t.Context(), d)
	})
	if !Unavailable(err) {
		t.Fatalf("a lost commit gives %v", err)
	}
	for _, tt := range []struct {
		newTerm bool
		rows    int
	}{{false, 0}, {true, 1}} {
		if held, err = f.Take(t.Context(), "x", "a", time.Hour, tt.newTerm); err != nil {
			t.Fatal(err)
		}
		rows, err := f.Claim(t.Context(), held.Term, dialog.LaneReply, 10, time.Now())
		if err != nil || len(rows) != tt.rows {
			t.Errorf("new term %t: %d rows, %v; want %d", tt.newTerm, len(rows), err, tt.rows)
		}
	}
}
