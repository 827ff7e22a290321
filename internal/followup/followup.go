// Package followup is what is asked some weeks after a training about its use at work
// (penerapan pelatihan): the participant and the direct superior of that day get the same
// question, blind to each other. It decides which batches owe one and on which day, who is
// asked, when the pair opens, and what may be shown of groups. It is pure but for the
// transaction that it is given.
package followup

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
)

// The names of the conversations. The ref of the first is a task of the participant, that
// of the second a follow-up.
const (
	OwnFlow      = "pt"
	SuperiorFlow = "pa"
)

// PairStep is the button that opens both sides; its ref is the participant's task.
const PairStep = "terapdua"

// The items of both questionnaires.
const (
	Ability   = "K" // of the participant: one of the five statements of the evaluation
	Frequency = "F" // how often it was used
	Help      = "H" // what would help most
	Line      = "S" // one optional line
	Seen      = "A" // of the superior: the same statements
	Given     = "T" // whether tasks were given that allow it
)

// NoChance is the answer "Belum ada kesempatan": no frequency, and counted apart.
const NoChance = "tanpa_kesempatan"

// Unseen is the answer "Belum terlihat" of a superior: no level, and left out.
const Unseen = "unseen"

// Rules are what the agency chooses. DefaultRules holds where it chooses nothing.
type Rules struct {
	Days        []int // after the end of a batch
	Managerial  []int // of managerial trainings
	FromJP      int   // hours of training (JP) from which on it is asked
	OpenDays    int   // for how many days both sides can answer
	PerSuperior int   // people about whom one superior is asked in a month
}

// DefaultRules are those of the program. The days are a choice of the design (domain.md
// 4.1): the practice found is four months and a year, by paper.
func DefaultRules() Rules {
	return Rules{Days: []int{30, 90}, Managerial: []int{90, 365}, FromJP: 16, OpenDays: 14, PerSuperior: 10}
}

// lateDays is for how many days after its day a follow-up is still opened, when the
// program was off or attendance was recorded late.
const lateDays = 14

// forms of trainings, as words of the form of a programme.
var (
	managerial = []string{"manajerial", "kepemimpinan"}
	seminars   = []string{"seminar", "konferensi", "sarasehan"}
)

// DaysOf are the days on which a training of this form and length is asked about; none of a
// short one, or a seminar.
func (r Rules) DaysOf(form string, jp int) []int {
	is := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(form), w) })
	}
	switch {
	case jp < r.FromJP || is(seminars):
		return nil
	case is(managerial):
		return r.Managerial
	}
	return r.Days
}

// Span is between how many days ago batches have ended that may owe a follow-up.
func (r Rules) Span() (from, until int) {
	all := slices.Concat(r.Days, r.Managerial)
	if len(all) == 0 {
		return 0, 0
	}
	// A day off of some weeks moves the day on which it opens.
	return slices.Max(all) + 2*lateDays, slices.Min(all)
}

// Ended is a batch that may owe a follow-up.
type Ended struct {
	Batch, Programme int64
	Partner          int64 // 0 = the agency itself
	Name, Ability    string
	Form             string
	JP               int
	Ends             time.Time
	Trainers         []string
	Opened           []int // the days on which one was opened
}

// Due is a follow-up that opens now.
type Due struct {
	Ended
	Day           int
	Opens, Closes time.Time
}

// DueOn are the follow-ups of a batch that open on the civil day of now: from their day on,
// until lateDays after it.
func (r Rules) DueOn(b Ended, now time.Time, c *outreach.Calendar) (due []Due) {
	today := c.Day(now)
	for _, day := range r.DaysOf(b.Form, b.JP) {
		on := c.Day(r.OpensAt(b.Ends, day, c))
		if slices.Contains(b.Opened, day) || today < on || today > on+lateDays {
			continue
		}
		opens := today.Start(c.Location())
		due = append(due, Due{Ended: b, Day: day, Opens: opens, Closes: r.ClosesAt(opens, c)})
	}
	return due
}

// OpensAt is the beginning of the day on which the follow-up of a batch opens that ended then:
// that many days later, or on the next working day.
func (r Rules) OpensAt(ends time.Time, day int, c *outreach.Calendar) time.Time {
	on, week := c.Day(ends)+outreach.Day(day), outreach.Week{}
	if !c.Working(on, week) {
		on = c.NextWorkingDay(on, week)
	}
	return on.Start(c.Location())
}

// ClosesAt is when a follow-up that opens then is over.
func (r Rules) ClosesAt(opens time.Time, c *outreach.Calendar) time.Time {
	return c.Deadline((c.Day(opens) + outreach.Day(r.OpenDays) + 1).Start(c.Location()), outreach.Week{})
}

// Reason is why somebody is not asked. Its code is stored.
type Reason string

// The reasons. The zero Reason is: is asked.
const (
	IsAsked  Reason = ""
	NotOwn   Reason = "own"      // of a superior: the participant is not asked
	Nobody   Reason = "none"     // the direct superior is not known
	Left     Reason = "left"     // retired, or moved to another agency
	OnLeave  Reason = "leave"    // away until the close
	Unlinked Reason = "unlinked" // has no account
	Trainer  Reason = "trainer"  // the superior was a trainer of the batch
	NotDrawn Reason = "drawn"    // the superior is asked about so many others this month
)

// Someone is what has to be known about somebody who may be asked.
type Someone struct {
	ID     int64 // 0 = is not known
	Name   string
	Active bool
	Linked bool
	Away   time.Time // last day of an absence that goes on now; zero = there is none
}

// why tells why somebody cannot be asked until the close.
func (s Someone) why(closes time.Time) Reason {
	switch {
	case s.ID == 0:
		return Nobody
	case !s.Active:
		return Left
	case !s.Linked:
		return Unlinked
	case !s.Away.IsZero() && !s.Away.AddDate(0, 0, 1).Before(closes):
		return OnLeave
	}
	return IsAsked
}

// Attended is somebody who attended a batch, with the direct superior of this day.
type Attended struct {
	Batch            int64
	Person, Superior Someone
}

// Pair is who is asked of one participant, or why not.
type Pair struct {
	Person, Superior int64
	Own, Other       Reason
}

// Opening is a follow-up with everybody who attended.
type Opening struct {
	Due
	Pairs []Pair
}

// Plan decides who is asked. asked is about how many people each superior was asked in this
// month before; of more than there is room for, those are drawn by chance, the same ones
// whenever it is planned again. A follow-up of a batch that nobody attended is left out.
func (r Rules) Plan(due []Due, people []Attended, asked map[int64]int) (list []Opening) {
	of := map[int64][]Attended{}
	for _, p := range people {
		of[p.Batch] = append(of[p.Batch], p)
	}
	type place struct{ opening, pair int }
	wanted := map[int64][]place{}
	var superiors []int64
	for _, d := range due {
		if len(of[d.Batch]) == 0 {
			continue
		}
		o := Opening{Due: d}
		trainers := map[string]bool{}
		for _, name := range d.Trainers {
			trainers[sameName(name)] = true
		}
		for _, p := range of[d.Batch] {
			pair := Pair{Person: p.Person.ID, Superior: p.Superior.ID, Own: p.Person.why(d.Closes), Other: p.Superior.why(d.Closes)}
			switch {
			case pair.Own != IsAsked:
				pair.Other = NotOwn
			case pair.Other == IsAsked && trainers[sameName(p.Superior.Name)]:
				pair.Other = Trainer
			}
			if pair.Other == IsAsked {
				if wanted[pair.Superior] == nil {
					superiors = append(superiors, pair.Superior)
				}
				wanted[pair.Superior] = append(wanted[pair.Superior], place{len(list), len(o.Pairs)})
			}
			o.Pairs = append(o.Pairs, pair)
		}
		list = append(list, o)
	}
	for _, id := range superiors {
		places := wanted[id]
		room := max(0, r.PerSuperior-asked[id])
		if len(places) <= room {
			continue
		}
		first := list[places[0].opening]
		draw := rand.New(rand.NewPCG(uint64(id), uint64(first.Opens.Unix())))
		draw.Shuffle(len(places), func(i, k int) { places[i], places[k] = places[k], places[i] })
		for _, at := range places[room:] {
			list[at.opening].Pairs[at.pair].Other = NotDrawn
		}
	}
	return list
}

// sameName makes names comparable: without degrees, in small letters. Trainers are known by
// name only, so somebody of the same name counts as the trainer: nobody is asked in doubt.
func sameName(name string) string { return strings.ToLower(personnel.DisplayName(name)) }

// FollowUp is one day after a batch on which its use is asked about.
type FollowUp struct {
	ID, Batch, Programme int64
	Day                  int
	Name, Ability        string
	Opens, Closes        time.Time
	Closed               time.Time // zero while it is open
}

// Open tells whether answers are taken at now.
func (f FollowUp) Open(now time.Time) bool { return f.Closed.IsZero() && now.Before(f.Closes) }

// Own is a follow-up as its participant meets it.
type Own struct {
	FollowUp
	Task          task.Task
	SuperiorAsked bool
	Complete      bool // both sides were sent
}

// Rated is one participant about whom a superior is asked.
type Rated struct {
	FollowUp
	Task    task.Task          // the superior's
	Subject personnel.Employee // the name alone
}

// Both is what one viewer may see of a pair.
type Both struct {
	FollowUp
	Task     int64 // the participant's
	Subject  personnel.Employee
	Superior personnel.Employee
	Self     questionnaire.Answers
	Rated    questionnaire.Answers // nil = the superior has not answered; only the own side and what was given is there
	Shared   bool                  // the participant has given the rest to the superior
	Former   bool                  // somebody else is the direct superior by now
}

// Sent is what is known once one side of a pair was sent.
type Sent struct {
	Both     bool  // the other side was sent before: the pair is open by that
	Own      int64 // the participant's task
	Subject  int64
	Superior int64 // of that day; 0 = is not the superior any more, so the pair is not for them
}

// Ending is how a pair stands at the close. Its code is stored.
type Ending string

// The endings. The zero Ending is: it is open.
const (
	Complete     Ending = "complete"
	OwnMissing   Ending = "own_missing"   // only the superior has answered
	OtherMissing Ending = "other_missing" // only the participant has answered; the superior was asked or the reason stands beside
	BothMissing  Ending = "both_missing"
	NotAsked     Ending = "not_asked" // neither side was asked
)
