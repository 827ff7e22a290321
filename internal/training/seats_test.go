package training

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var now = time.Date(2027, 1, 11, 8, 0, 0, 0, time.UTC)

// ledgerOf makes a batch with registration in order that is open at now, and a queue of
// everything that may stand in one.
func ledgerOf(r *rand.Rand) (Batch, []Candidate) {
	b := Batch{Programme: Programme{WayIn: InOrder}, State: Open, Seats: r.IntN(12), Opens: now.Add(-time.Hour), Closes: now.Add(72 * time.Hour),
		Sessions: []Session{{Starts: now.Add(200 * time.Hour), Ends: now.Add(206 * time.Hour)}}}
	if r.IntN(3) == 0 {
		b.Programme.WayIn, b.Closes = Ranked, now
	}
	b.Counts.Seated = r.IntN(10)
	b.Quotas = []Quota{{Unit: 1, Seats: r.IntN(4), Taken: r.IntN(3)}}
	var queue []Candidate
	for i := range r.IntN(20) {
		c := Candidate{Enrolment: int64(i + 1), Employee: int64(i + 100), Standing: Waiting, Place: int64(r.IntN(1000)), Reached: r.IntN(4) > 0,
			AppliedAt: now.Add(time.Duration(r.IntN(100)) * time.Minute), Gap: r.IntN(3), Trained: r.IntN(2) == 0}
		if r.IntN(3) == 0 {
			c.Units = []int64{1}
		}
		switch r.IntN(4) {
		case 0:
			c.Standing, c.Lost = Offered, r.IntN(3) == 0
			if r.IntN(2) == 0 {
				c.Until = now.Add(time.Duration(r.IntN(3)-1) * time.Hour)
			}
			b.Counts.Offered++
		case 1:
			if b.Programme.WayIn == Ranked {
				c.Standing = Applied
			}
		}
		queue = append(queue, c)
	}
	return b, queue
}

// Whatever stands in a batch, its moves give no more than the seats, keep to the quotas
// and to the order, and pass over only who cannot be reached or whose unit is full.
func TestSettleKeepsSeatsQuotasAndOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 2027))
	gives := 0
	for i := range 20_000 {
		b, queue := ledgerOf(r)
		given, ended, ofUnit := 0, 0, 0
		last := Candidate{Place: -1}
		for _, m := range Settle(b, queue, now) {
			inUnit := len(m.Units) > 0
			switch m.To {
			case Offered, Seated:
				given++
				if inUnit {
					ofUnit++
				}
				if m.To == Offered && (m.Place < last.Place || !m.Reached) {
					t.Fatalf("case %d: an offer to place %d after %d, reached %t", i, m.Place, last.Place, m.Reached)
				}
				last = m.Candidate
			case Lapsed, Waiting:
				if m.Standing == Offered {
					ended++
					if inUnit {
						ofUnit--
					}
				}
			}
		}
		gives += given
		if free := b.Free() + ended; given > max(free, 0) {
			t.Fatalf("case %d: %d given of %d free", i, given, free)
		}
		if q := b.Quotas[0]; ofUnit > 0 && q.Taken+ofUnit > q.Seats {
			t.Fatalf("case %d: a quota of %d, %d taken, %d more", i, q.Seats, q.Taken, ofUnit)
		}
		if again := Settle(b, queue, now); !slices.EqualFunc(again, Settle(b, queue, now), func(a, b Move) bool { return a.Enrolment == b.Enrolment && a.To == b.To }) {
			t.Fatalf("case %d: two answers for one ledger", i)
		}
	}
	if gives < 1000 {
		t.Errorf("only %d were given", gives)
	}
}

func TestRank(t *testing.T) {
	list := []Candidate{
		{Enrolment: 1, Gap: 0, AppliedAt: now},
		{Enrolment: 2, Gap: 2, Trained: true, AppliedAt: now},
		{Enrolment: 3, Gap: 2, AppliedAt: now.Add(time.Minute)},
		{Enrolment: 4, Gap: 2, AppliedAt: now},
		{Enrolment: 5, Gap: 3, Trained: true, AppliedAt: now.Add(time.Hour)},
		{Enrolment: 6, Gap: 0, AppliedAt: now},
	}
	slices.SortFunc(list, Rank)
	want := []int64{5, 4, 3, 2, 1, 6}
	if !slices.EqualFunc(list, want, func(c Candidate, id int64) bool { return c.Enrolment == id }) {
		t.Errorf("Rank: %+v, want %v", list, want)
	}
}

func TestSettle(t *testing.T) {
	open := Batch{Programme: Programme{WayIn: InOrder}, State: Open, Seats: 1, Opens: now.Add(-time.Hour), Closes: now.Add(72 * time.Hour),
		Sessions: []Session{{Starts: now.Add(200 * time.Hour), Ends: now.Add(206 * time.Hour)}}}
	with := func(change func(*Batch)) Batch {
		b := open
		change(&b)
		return b
	}
	waits := Candidate{Enrolment: 1, Standing: Waiting, Place: 1, Reached: true}
	behind := Candidate{Enrolment: 2, Standing: Waiting, Place: 2, Reached: true}
	offered := Candidate{Enrolment: 3, Standing: Offered, Place: 1, Reached: true}
	until := func(c Candidate, d time.Duration) Candidate {
		c.Until = now.Add(d)
		return c
	}
	unreached := func(c Candidate) Candidate {
		c.Reached = false
		return c
	}
	lost := func(c Candidate) Candidate {
		c.Lost = true
		return c
	}
	tests := []struct {
		name  string
		batch Batch
		queue []Candidate
		want  map[int64]Standing
	}{
		{"a free seat goes to the first", open, []Candidate{behind, waits}, map[int64]Standing{1: Offered}},
		{"who cannot be reached is passed over", open, []Candidate{unreached(waits), behind}, map[int64]Standing{2: Offered}},
		{"an open offer keeps its seat", with(func(b *Batch) { b.Counts.Offered = 1 }), []Candidate{offered, behind}, map[int64]Standing{}},
		{"an offer lives until its end", with(func(b *Batch) { b.Counts.Offered = 1 }), []Candidate{until(offered, time.Nanosecond), behind}, map[int64]Standing{}},
		{"at its end the next is asked", with(func(b *Batch) { b.Counts.Offered = 1 }), []Candidate{until(offered, 0), behind}, map[int64]Standing{3: Lapsed, 2: Offered}},
		{"an offer that is lost keeps the place", with(func(b *Batch) { b.Counts.Offered = 1 }), []Candidate{lost(unreached(offered)), behind}, map[int64]Standing{3: Waiting, 2: Offered}},
		{"offers end with the registration", with(func(b *Batch) { b.Counts.Offered, b.Closes = 1, now }), []Candidate{offered, behind}, map[int64]Standing{3: Lapsed}},
		{"in the last two days nobody is offered a seat", with(func(b *Batch) { b.Closes = now.Add(ByHandFrom) }), []Candidate{waits}, map[int64]Standing{}},
		{"before them somebody is", with(func(b *Batch) { b.Closes = now.Add(ByHandFrom + time.Nanosecond) }), []Candidate{waits}, map[int64]Standing{1: Offered}},
		{"fewer seats than are taken give none", with(func(b *Batch) { b.Seats, b.Counts.Seated = 1, 3 }), []Candidate{waits}, map[int64]Standing{}},
		{"ranked at the close", with(func(b *Batch) { b.Programme.WayIn, b.Closes = Ranked, now }),
			[]Candidate{{Enrolment: 1, Standing: Applied}, {Enrolment: 2, Standing: Applied, Gap: 1}, {Enrolment: 4, Standing: Applied, Gap: 5, Left: true}},
			map[int64]Standing{1: Waiting, 2: Seated, 4: Waiting}},
		{"not before the close", with(func(b *Batch) { b.Programme.WayIn = Ranked }), []Candidate{{Enrolment: 1, Standing: Applied}}, map[int64]Standing{}},
		{"a batch that has begun offers nothing", with(func(b *Batch) {
			b.Counts.Offered, b.Sessions = 1, []Session{{Starts: now, Ends: now.Add(time.Hour)}}
		}), []Candidate{offered, behind}, map[int64]Standing{3: Lapsed}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := map[int64]Standing{}
			for _, m := range Settle(tt.batch, tt.queue, now) {
				got[m.Enrolment] = m.To
			}
			for id, want := range tt.want {
				if got[id] != want {
					t.Errorf("%d is moved to %q, want %q", id, got[id], want)
				}
			}
			if len(got) != len(tt.want) {
				t.Errorf("moves %v, want %v", got, tt.want)
			}
		})
	}
}

func TestMayApply(t *testing.T) {
	open := Batch{Programme: Programme{WayIn: InOrder}, State: Open, Opens: now, Closes: now.Add(time.Hour), Sessions: []Session{{Starts: now.Add(2 * time.Hour), Ends: now.Add(3 * time.Hour)}}}
	tests := []struct {
		name  string
		had   Standing
		after time.Duration
		alter func(*Batch)
		want  Verdict
	}{
		{"at the first moment", "", 0, nil, ""},
		{"just before it", "", -1, nil, NotOpen},
		{"at the last moment", "", time.Hour - 1, nil, ""},
		{"at the close", "", time.Hour, nil, AfterClose},
		{"while it runs", "", 2 * time.Hour, nil, Gone},
		{"when it is over", "", 3 * time.Hour, nil, Gone},
		{"a second time", Seated, 0, nil, Unchanged},
		{"again after Berhalangan", Withdrawn, 0, nil, ""},
		{"again after an offer that lapsed", Lapsed, 0, nil, ""},
		{"again after a refusal", Refused, 0, nil, Unchanged},
		{"by nomination only", "", 0, func(b *Batch) { b.Programme.WayIn = ByNomination }, NoNomination},
		{"without a registration", "", 0, func(b *Batch) { b.Opens, b.Closes = time.Time{}, time.Time{} }, NoNomination},
		{"while it is planned", "", 0, func(b *Batch) { b.State = Planned }, NotOpen},
		{"cancelled", "", 0, func(b *Batch) { b.State = Cancelled }, Gone},
		{"without a session", "", 0, func(b *Batch) { b.Sessions = nil }, ""},
	}
	for _, tt := range tests {
		b := open
		if tt.alter != nil {
			tt.alter(&b)
		}
		if got := b.MayApply(tt.had, now.Add(tt.after)); got != tt.want {
			t.Errorf("%s: MayApply(%q) = %q, want %q", tt.name, tt.had, got, tt.want)
		}
	}
}

func TestBatchAt(t *testing.T) {
	b := Batch{State: Open, Opens: now, Closes: now.Add(time.Hour), Sessions: []Session{
		{Starts: now.Add(2 * time.Hour), Ends: now.Add(3 * time.Hour)}, {Starts: now.Add(26 * time.Hour), Ends: now.Add(27 * time.Hour)}}}
	tests := []struct {
		state State
		after time.Duration
		want  State
	}{
		{Open, 0, Open}, {Open, time.Hour, Closed}, {Open, 2 * time.Hour, Running}, {Open, 25 * time.Hour, Running}, {Open, 27 * time.Hour, Done},
		{Planned, 27 * time.Hour, Planned}, {Cancelled, 2 * time.Hour, Cancelled}, {Done, 0, Done}, {Closed, 0, Open},
	}
	for _, tt := range tests {
		b.State = tt.state
		if got := b.At(now.Add(tt.after)); got != tt.want {
			t.Errorf("%s after %s: %s, want %s", tt.state, tt.after, got, tt.want)
		}
	}
}

func TestDeadlineAndStage(t *testing.T) {
	b := Batch{PermissionUntil: now.Add(72 * time.Hour), Sessions: []Session{{Starts: now.Add(100 * time.Hour), Ends: now.Add(101 * time.Hour)}}}
	due := b.PermissionUntil
	tests := []struct {
		name  string
		await Await
		due   time.Time
		at    time.Duration
		want  Silence
	}{
		{"in time", Await{Next: now}, due, 0, InTime},
		{"one working day before", Await{Next: now}, due, 48 * time.Hour, Late},
		{"told before", Await{Next: now, Warned: true}, due, 49 * time.Hour, InTime},
		{"at the deadline", Await{Next: now, Warned: true}, due, 72 * time.Hour, Frees},
		{"seated late", Await{Next: now.Add(90 * time.Hour)}, now.Add(90 * time.Hour), 80 * time.Hour, Late},
		{"seated very late", Await{Next: now.Add(200 * time.Hour)}, now.Add(100 * time.Hour), 100 * time.Hour, Frees},
	}
	for _, tt := range tests {
		got := b.Deadline(tt.await)
		if !got.Equal(tt.due) {
			t.Errorf("%s: Deadline = %s, want %s", tt.name, got, tt.due)
		}
		if s := tt.await.Stage(got, got.Add(-24*time.Hour), now.Add(tt.at)); s != tt.want {
			t.Errorf("%s: Stage = %s, want %s", tt.name, s, tt.want)
		}
	}
	if d := (Batch{}).Deadline(Await{Next: now}); !d.IsZero() || (Await{}).Stage(d, d, now) != InTime {
		t.Errorf("a batch without a deadline frees a seat at %s", d)
	}
}

func TestMayPermit(t *testing.T) {
	b := Batch{State: Open, Closes: now.Add(time.Hour), Sessions: []Session{{Starts: now.Add(2 * time.Hour), Ends: now.Add(3 * time.Hour)}}}
	asked := Enrolment{Way: Registered, Standing: Seated, Permission: Asked}
	as := func(change func(*Enrolment)) Enrolment {
		n := asked
		change(&n)
		return n
	}
	tests := []struct {
		name string
		n    Enrolment
		p    Permission
		at   time.Duration
		want Verdict
	}{
		{"asked for", asked, Given, 0, ""},
		{"not allowed", asked, Denied, 0, ""},
		{"a letter", asked, Written, 0, ""},
		{"twice", as(func(n *Enrolment) { n.Permission = Given }), Given, 0, Unchanged},
		{"taken back", as(func(n *Enrolment) { n.Permission = Given }), Denied, 0, ""},
		{"a letter is not taken back", as(func(n *Enrolment) { n.Permission = Written }), Denied, 0, Unchanged},
		{"nominated", as(func(n *Enrolment) { n.Way = Nominated }), Denied, 0, Unchanged},
		{"without a seat", as(func(n *Enrolment) { n.Standing = Waiting }), Given, 0, Gone},
		{"once it runs", asked, Given, 2 * time.Hour, Gone},
	}
	for _, tt := range tests {
		if got := b.MayPermit(tt.n, tt.p, now.Add(tt.at)); got != tt.want {
			t.Errorf("%s: MayPermit = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMovedAndCopy(t *testing.T) {
	jakarta := time.FixedZone("WIB", 7*60*60)
	day := time.Date(2027, 4, 13, 8, 30, 0, 0, jakarta)
	b := Batch{ID: 9, Number: 3, Name: "X, angkatan 3", Letter: "800/1", State: Done, Revision: 4, Counts: Counts{Seated: 5},
		Opens: day.AddDate(0, 0, -20).UTC(), Closes: day.AddDate(0, 0, -6).UTC(), PermissionUntil: day.AddDate(0, 0, -3).UTC(), Seats: 40,
		Sessions: []Session{{ID: 1, N: 1, Starts: day.UTC(), Ends: day.Add(7 * time.Hour).UTC(), Place: "Aula", Taken: true, Guests: 3, Sheet: "f"},
			{ID: 2, N: 2, Starts: day.AddDate(0, 0, 1).UTC(), Ends: day.AddDate(0, 0, 1).Add(7 * time.Hour).UTC(), Place: "Aula"}}}
	c := b.Copy(time.Date(2027, 6, 1, 0, 0, 0, 0, jakarta))
	if got, want := c.Starts().In(jakarta), time.Date(2027, 6, 1, 8, 30, 0, 0, jakarta); !got.Equal(want) {
		t.Errorf("the copy starts at %s, want %s", got, want)
	}
	if got, want := c.Ends().Sub(c.Starts()), b.Ends().Sub(b.Starts()); got != want || c.Starts().Sub(c.Closes) != b.Starts().Sub(b.Closes) {
		t.Errorf("the copy lasts %s, want %s; its registration closes %s before", got, want, c.Starts().Sub(c.Closes))
	}
	if s := c.Sessions[0]; c.ID != 0 || c.Number != 0 || c.Letter != "" || c.State != Planned || c.Counts != (Counts{}) || s.ID != 0 || s.Taken || s.Guests != 0 || s.Sheet != "" || s.Place != "Aula" {
		t.Errorf("the copy takes over what is of the first: %+v", c)
	}
	change := func(fn func([]Session) []Session) []Session { return fn(slices.Clone(b.Sessions)) }
	tests := []struct {
		name        string
		after       []Session
		moved, room bool
	}{
		{"nothing", b.Sessions, false, false},
		{"a room", change(func(s []Session) []Session { s[1].Place = "Aula 2"; return s }), false, true},
		{"a link", change(func(s []Session) []Session { s[0].Link = "https://x"; return s }), false, true},
		{"a trainer", change(func(s []Session) []Session { s[0].Trainers = []string{"Sri"}; return s }), false, false},
		{"an hour and the room", change(func(s []Session) []Session { s[0].Ends = s[0].Ends.Add(time.Hour); s[0].Place = "y"; return s }), true, true},
		{"an hour", change(func(s []Session) []Session { s[1].Ends = s[1].Ends.Add(time.Hour); return s }), true, false},
		{"one session fewer", b.Sessions[:1], true, false},
	}
	for _, tt := range tests {
		if moved, room := Moved(b.Sessions, tt.after); moved != tt.moved || room != tt.room {
			t.Errorf("%s: Moved = %t, %t, want %t, %t", tt.name, moved, room, tt.moved, tt.room)
		}
	}
}

func TestPresent(t *testing.T) {
	for _, tt := range []struct {
		there, of, share int
		want             bool
	}{{4, 5, 80, true}, {3, 5, 80, false}, {0, 0, 1, false}, {0, 3, 1, false}, {1, 1, 100, true}, {2, 3, 67, false}, {2, 3, 66, true}} {
		if got := Present(tt.there, tt.of, tt.share); got != tt.want {
			t.Errorf("Present(%d, %d, %d) = %t", tt.there, tt.of, tt.share, got)
		}
	}
}

func TestTimetable(t *testing.T) {
	jakarta := time.FixedZone("WIB", 7*60*60)
	friday := time.Date(2027, 3, 19, 0, 0, 0, 0, jakarta)
	works := func(day time.Time) bool { return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday }
	for _, tt := range []struct {
		days int
		want []int // days of the month
	}{{0, []int{19}}, {1, []int{19, 20}}, {3, []int{19, 22}}, {4, []int{19, 22, 23}}} {
		got := Timetable(friday, friday.AddDate(0, 0, tt.days), 510, 930, Session{Place: "Aula"}, works)
		if !slices.EqualFunc(got, tt.want, func(s Session, day int) bool {
			return s.Starts.Day() == day && s.Starts.Format("15.04") == "08.30" && s.Ends.Format("15.04") == "15.30" && s.Place == "Aula"
		}) || got[len(got)-1].N != len(got) {
			t.Errorf("until %d days later: %+v, want %v", tt.days, got, tt.want)
		}
	}
}

// A session in which somebody was is that of the same day in the new plan, wherever it
// stands in it, and is never another one's.
func TestMatch(t *testing.T) {
	at := func(day, hour int, held bool) Session {
		return Session{Starts: time.Date(2027, 4, day, hour, 0, 0, 0, time.UTC), Held: held}
	}
	for _, tt := range []struct {
		name          string
		before, after []Session
		was, lost     []int
	}{
		{"a new batch", nil, []Session{at(1, 8, false)}, []int{-1}, nil},
		{"nobody was there: in their order", []Session{at(1, 8, false), at(2, 8, false), at(3, 8, false)}, []Session{at(5, 8, false), at(6, 8, false)}, []int{0, 1}, nil},
		{"the second is left out, in the third somebody was", []Session{at(1, 8, true), at(2, 8, false), at(3, 8, true)}, []Session{at(1, 8, false), at(3, 9, false)}, []int{0, 2}, nil},
		{"the first is left out", []Session{at(1, 8, false), at(2, 8, true)}, []Session{at(2, 8, false)}, []int{1}, nil},
		{"one comes before it", []Session{at(2, 8, true)}, []Session{at(1, 8, false), at(2, 8, false)}, []int{-1, 0}, nil},
		{"two of one day", []Session{at(1, 8, true), at(1, 13, true)}, []Session{at(1, 8, false), at(1, 14, false)}, []int{0, 1}, nil},
		{"two of one day become one", []Session{at(1, 8, true), at(1, 13, true)}, []Session{at(1, 10, false)}, []int{0}, []int{13}},
		{"its day is gone", []Session{at(1, 8, true), at(2, 8, false)}, []Session{at(2, 8, false)}, []int{1}, []int{8}},
	} {
		was, lost := Match(tt.before, tt.after)
		var hours []int
		for _, s := range lost {
			hours = append(hours, s.Starts.Hour())
		}
		if !slices.Equal(was, tt.was) || !slices.Equal(hours, tt.lost) {
			t.Errorf("%s: %v, lost those of %v, want %v and %v", tt.name, was, hours, tt.was, tt.lost)
		}
	}
}
