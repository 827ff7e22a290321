package needs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"bangkom/internal/disclosure"
	"bangkom/internal/personnel"
)

// LongestNote is how long the reason of a correction or of a return may be; the database has
// the same number.
const LongestNote = 300

// Stage is how far a unit is in a round.
type Stage string

// The stages, in their order.
const (
	Unprepared Stage = "open"      // belum disiapkan
	Prepared   Stage = "prepared"  // disiapkan: the head of the unit has it
	Approved   Stage = "approved"  // disetujui: the personnel office has it
	Validated  Stage = "validated" // divalidasi
)

// Stages are all of them.
func Stages() []Stage { return []Stage{Unprepared, Prepared, Approved, Validated} }

// Round is the sign-off of a plan year.
type Round struct {
	Year     int
	Period   Period
	Due      time.Time // the last day, a civil date
	By       int64
	Revision int
}

// Overdue tells on a civil date whether a unit is late.
func (r Round) Overdue(s Stage, today time.Time) bool {
	return s != Validated && today.Format(time.DateOnly) > r.Due.Format(time.DateOnly)
}

// Signed is what somebody has done to a sign-off.
type Signed struct {
	ID   int64  // 0 = nobody yet
	Name string // of who has approved; nobody else is named
	At   time.Time
}

// Signoff is one unit in a round, as somebody sees it.
type Signoff struct {
	ID       int64
	Year     int
	Unit     int64
	UnitName string
	Stage    Stage
	Counts   // as it was prepared
	Prepared Signed
	Approved Signed
	// For is for whom a stand-in has approved; 0 = it was the head.
	For       int64
	ForName   string
	Validated Signed
	Note      string // why it was given back
	Scan      string // the signed paper, as Telegram keeps it
	HeadUnit  int64  // whose head approves
	HeadName  string // of that unit
	Heads     int    // how many there are, stand-ins included
	Revision  int
	// Actor is what whoever reads this is for it.
	Actor
}

// Actor is what somebody is for a sign-off at this moment.
type Actor struct {
	Person  int64
	Officer bool // looks after the unit
	Head    bool // of the unit whose head approves, or a stand-in
	Office  bool // of the personnel office
}

// Any tells whether the sign-off is theirs to read.
func (a Actor) Any() bool { return a.Officer || a.Head || a.Office }

// Signatory is whoever has approved, as a paper names who signs it (blok tanda tangan).
type Signatory struct {
	Name  string // with degrees; "" = nobody yet
	NIP   personnel.NIP
	Title string // of the position: of the head, also when a stand-in has approved
	Grade string // pangkat and golongan as the register writes them; "" = not told
}

// Deed is something that is done to a sign-off.
type Deed string

// The deeds.
const (
	Prepare  Deed = "prepare"  // freeze what is shown, and pass it to the head
	Correct  Deed = "correct"  // move a competency, with a reason
	GiveBack Deed = "giveback" // the head, to who prepares
	Approve  Deed = "approve"
	Return   Deed = "return" // the personnel office, to who prepares
	Validate Deed = "validate"
	Lift     Deed = "lift" // let the head of the unit above approve
	Attach   Deed = "attach"
)

// Refusal says why a deed is not possible; the empty one: it is.
type Refusal string

// The refusals.
const (
	NotYours    Refusal = "yours"    // it is somebody else's
	TooEarly    Refusal = "early"    // another step comes first
	TooLate     Refusal = "late"     // that step is done
	SecondLook  Refusal = "second"   // who has approved does not validate, nor who was stood in for
	NobodyLeads Refusal = "headless" // there is no head who could approve
	HasHead     Refusal = "head"     // there is one, so nobody else approves
)

// rules say who does what in which stages, and where it leads; "" = where it was.
var rules = map[Deed]struct {
	who  func(Actor) bool
	from []Stage
	to   Stage
}{
	Prepare:  {func(a Actor) bool { return a.Officer || a.Office }, []Stage{Unprepared}, Prepared},
	Correct:  {func(a Actor) bool { return a.Head }, []Stage{Prepared}, ""},
	GiveBack: {func(a Actor) bool { return a.Head }, []Stage{Prepared}, Unprepared},
	Approve:  {func(a Actor) bool { return a.Head }, []Stage{Prepared}, Approved},
	Return:   {func(a Actor) bool { return a.Office }, []Stage{Approved, Validated}, Unprepared},
	Validate: {func(a Actor) bool { return a.Office }, []Stage{Approved}, Validated},
	Lift:     {func(a Actor) bool { return a.Office }, []Stage{Unprepared, Prepared}, ""},
	Attach:   {func(a Actor) bool { return a.Officer || a.Office }, []Stage{Approved, Validated}, ""},
}

// May tells why somebody cannot do a deed to a sign-off as it is.
func (s Signoff) May(d Deed) Refusal {
	r, ok := rules[d]
	switch {
	case !ok || !r.who(s.Actor):
		return NotYours
	case slices.Contains(r.from, s.Stage):
	case slices.Index(Stages(), s.Stage) < slices.Index(Stages(), r.from[0]):
		return TooEarly
	default:
		return TooLate
	}
	switch {
	case d == Validate && (s.Person == s.Approved.ID || s.Person == s.For):
		return SecondLook
	case d == Prepare && s.Heads == 0:
		return NobodyLeads
	case d == Lift && s.Heads > 0:
		return HasHead
	}
	return ""
}

// To is the stage to which a deed leads from one.
func (d Deed) To(from Stage) Stage {
	if to := rules[d].to; to != "" {
		return to
	}
	return from
}

// SigningUnits tells with which unit each unit of a tree signs: itself where it has, with
// all that is below it, GroupPersons or more, else with the nearest one above that has.
// Units that have none are left out.
func SigningUnits(units []Unit) map[int64]int64 {
	a := Analysis{}
	a.plant(units)
	with := map[int64]int64{}
	for _, n := range a.Nodes[1:] { // parents stand before their children
		switch above := with[a.Nodes[n.Parent].Unit]; {
		case n.OwnStaff:
		case n.People >= disclosure.GroupPersons:
			with[n.Unit] = n.Unit
		case above != 0:
			with[n.Unit] = above
		}
	}
	return with
}

// SignedNeed is a competency in the order of a unit. Its value is as it is shown.
type SignedNeed struct {
	Competency
	Value
	Moved  Signed // by the head
	Reason string
}

// SignedProposal is what a unit proposes, as it was when it was prepared.
type SignedProposal struct {
	Title  string
	People int
	Reason string
	Ruled  bool
}

// Content is what is signed.
type Content struct {
	Counts
	Needs     []SignedNeed
	Proposals []SignedProposal
}

// ContentOf makes what is signed of a unit. A value is shown only where each of the readers
// may see it; knows says of each how many of a unit's own people they see by name. Hiding
// more than a reader needs tells nobody more: the rest of a group becomes larger.
func ContentOf(f Frozen, unit int64, knows []map[int64]int, proposals []Proposal) (c Content, ok bool) {
	a := AsKnown(f, nil)
	at, found := a.At(unit)
	if !found {
		return c, false
	}
	seen := seenByAll(f, unit, knows)
	var list []SignedNeed
	for k, v := range a.Nodes[at].Values {
		if !seen[a.Competencies[k].Code] {
			v = Value{}
		}
		list = append(list, SignedNeed{Competency: a.Competencies[k], Value: v})
	}
	c.Counts = a.Nodes[at].Counts
	c.Needs = byNeed(list)
	with := SigningUnits(f.Units)
	for _, p := range proposals {
		if with[p.Unit] == unit {
			c.Proposals = append(c.Proposals, SignedProposal{Title: p.Title, People: p.People, Reason: p.Reason, Ruled: p.Ruled})
		}
	}
	return c, true
}

// seenByAll tells of which competencies each of the readers may see the value of a unit.
// Competencies with the same numbers of people are decided together: there are many readers.
func seenByAll(f Frozen, unit int64, knows []map[int64]int) map[string]bool {
	a := Analysis{}
	at, _ := a.plant(f.Units)
	node, _ := a.At(unit)
	own := map[string][]int{}
	for _, o := range f.Tallies {
		if own[o.Code] == nil {
			own[o.Code] = make([]int, len(a.Nodes))
		}
		own[o.Code][at[o.Unit]] = o.N
	}
	decided := map[string]bool{} // by the numbers
	seen := make(map[string]bool, len(own))
	for code, n := range own {
		key := fmt.Sprint(n)
		ok, again := decided[key]
		if !again {
			ok = !slices.ContainsFunc(append([]map[int64]int{nil}, knows...), func(one map[int64]int) bool {
				known := make([]int, len(a.Nodes))
				for unit, k := range one {
					known[at[unit]] = k
				}
				return !disclosure.Seen(a.groups(func(i int) int { return n[i] }, known))[node]
			})
			decided[key] = ok
		}
		seen[code] = ok
	}
	return seen
}

// AsKnown is the analysis for somebody who knows so many of each unit's own people.
func AsKnown(f Frozen, knows map[int64]int) Analysis {
	f.Units = slices.Clone(f.Units)
	for i := range f.Units {
		f.Units[i].Known = knows[f.Units[i].ID]
	}
	return Analyse(f)
}

// byNeed puts what needs most first, what is hidden last, by name.
func byNeed(list []SignedNeed) []SignedNeed {
	slices.SortStableFunc(list, func(x, y SignedNeed) int {
		if x.Shown() != y.Shown() {
			if x.Shown() {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(y.Priority(y.Importance), x.Priority(x.Importance)), strings.Compare(x.Name, y.Name), strings.Compare(x.Code, y.Code))
	})
	return list
}

// Before returns frozen needs as somebody may see them who sees so much of the analysis. What
// is hidden for that one alone stands last, by name, unless the head has moved it: its place
// would tell of it.
func Before(list []SignedNeed, sees func(code string) bool) []SignedNeed {
	var first, last []SignedNeed
	for _, n := range list {
		hidden := n.Shown() && !sees(n.Code)
		if hidden {
			n.Value = Value{}
		}
		if hidden && n.Moved.ID == 0 {
			last = append(last, n)
		} else {
			first = append(first, n)
		}
	}
	if len(last) == 0 {
		return first
	}
	for len(first) > 0 && !first[len(first)-1].Shown() && first[len(first)-1].Moved.ID == 0 {
		last, first = append(last, first[len(first)-1]), first[:len(first)-1]
	}
	return append(first, byNeed(last)...)
}

// Move puts a competency at another place, from 1 on, and says by whom and why; ok is false
// when it is not there, or there already.
func Move(list []SignedNeed, code string, place int, by Signed, reason string) (moved []SignedNeed, ok bool) {
	at := slices.IndexFunc(list, func(n SignedNeed) bool { return n.Code == code })
	if at < 0 || place < 1 || place > len(list) || at == place-1 {
		return list, false
	}
	one := list[at]
	one.Moved, one.Reason = by, reason
	moved = slices.Delete(slices.Clone(list), at, at+1)
	return slices.Insert(moved, place-1, one), true
}

// MoveAs is Move by somebody who sees the list in another order, because what is hidden for
// that reader alone stands last: before or behind the same competency as on their screen.
func MoveAs(stored, seen []SignedNeed, code string, place int, by Signed, reason string) (moved []SignedNeed, ok bool) {
	is := func(code string) func(SignedNeed) bool { return func(n SignedNeed) bool { return n.Code == code } }
	now := slices.IndexFunc(seen, is(code))
	if now < 0 || place < 1 || place > len(seen) || now == place-1 {
		return stored, false
	}
	others := slices.DeleteFunc(slices.Clone(stored), is(code))
	to := slices.IndexFunc(others, is(seen[place-1].Code)) + 1
	if place-1 > now {
		to++
	}
	return Move(stored, code, to, by, reason)
}

// Anew keeps the order and the corrections of the head when a unit is prepared once more:
// the values of a frozen period are the same, and what was corrected stays.
func Anew(now, before []SignedNeed) []SignedNeed {
	if !slices.ContainsFunc(before, func(n SignedNeed) bool { return n.Moved.ID != 0 }) {
		return now
	}
	place := map[string]int{}
	for i, n := range before {
		place[n.Code] = i + 1
	}
	var kept, last []SignedNeed
	for _, n := range now {
		if p := place[n.Code]; p > 0 {
			n.Moved, n.Reason = before[p-1].Moved, before[p-1].Reason
		}
		if n.Shown() || n.Moved.ID != 0 {
			kept = append(kept, n)
		} else {
			last = append(last, n)
		}
	}
	slices.SortStableFunc(kept, func(x, y SignedNeed) int {
		return cmp.Compare(cmp.Or(place[x.Code], len(now)+1), cmp.Or(place[y.Code], len(now)+1))
	})
	return append(kept, last...)
}
