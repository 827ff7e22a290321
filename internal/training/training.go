// Package training holds the rules of trainings (pelatihan): programmes, the batches in
// which they are held, ways to a seat, the waiting list, the superior's permission,
// attendance. It is pure: it knows no clock, no database and no wording.
package training

import (
	"maps"
	"strings"
	"time"
)

// PartnerKind is what sort of house a partner is.
type PartnerKind string

// The kinds of partners.
const (
	University   PartnerKind = "university"   // perguruan tinggi
	Government   PartnerKind = "government"   // instansi pemerintah
	Professional PartnerKind = "professional" // organisasi profesi
	Private      PartnerKind = "private"      // lembaga swasta
)

// PartnerKinds lists the kinds of partners.
func PartnerKinds() []PartnerKind {
	return []PartnerKind{University, Government, Professional, Private}
}

// Partner is who holds trainings with the agency (mitra). It has no account.
type Partner struct {
	ID        int64
	Code      string
	Name      string
	Kind      PartnerKind
	Agreement string    // number of the agreement; "" = none
	From      time.Time // first day of the agreement; zero = none
	Until     time.Time // its last day
	// Removed: nothing new is planned with it. What it has held keeps its name.
	Removed bool
}

// WayIn is how the seats of a programme are won.
type WayIn string

// The ways in. Nominations are taken whatever the way.
const (
	ByNomination WayIn = "nomination" // pengusulan unit: nobody registers
	InOrder      WayIn = "order"      // pendaftaran, first come first seated
	Ranked       WayIn = "ranked"     // pendaftaran, seats at the close by a stated order, see Rank
)

// WaysIn lists the ways in.
func WaysIn() []WayIn { return []WayIn{ByNomination, InOrder, Ranked} }

// Aim is a competency that a programme develops.
type Aim struct {
	Code  string // of the competency
	Name  string
	Level int // up to which
}

// Programme is what is taught (program pelatihan).
type Programme struct {
	ID      int64
	Code    string
	Title   string
	Aim     string
	Ability string // what the participant will be able to do, one phrase; the evaluation asks about it
	Form    string // bentuk: "Bimbingan teknis"
	JP      int    // jam pelajaran
	Partner Partner
	WayIn   WayIn
	Share   int // per cent of the sessions that make somebody present
	Aims    []Aim
}

// Same tells whether two programmes say the same.
func (p Programme) Same(as Programme) bool {
	levels := func(list []Aim) map[string]int {
		out := make(map[string]int, len(list))
		for _, a := range list {
			out[a.Code] = a.Level
		}
		return out
	}
	return maps.Equal(levels(p.Aims), levels(as.Aims)) && p.Partner.ID == as.Partner.ID && p.ID == as.ID && p.Code == as.Code && p.Title == as.Title &&
		p.Aim == as.Aim && p.Ability == as.Ability && p.Form == as.Form && p.JP == as.JP && p.WayIn == as.WayIn && p.Share == as.Share
}

// Unit is a unit of the agency for which seats may be kept (unit kerja).
type Unit struct {
	ID   int64
	Name string // with the unit above where two have the same
}

// UnitsNamed are the units that somebody means: the one of that name alone, else those whose
// name contains what was typed, if that is as long as shortest. Case and spaces do not matter.
func UnitsNamed(units []Unit, typed string, shortest int) (found []Unit) {
	plain := func(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
	typed = plain(typed)
	for _, u := range units {
		switch name := plain(u.Name); {
		case name == typed:
			return []Unit{u}
		case len([]rune(typed)) >= shortest && strings.Contains(name, typed):
			found = append(found, u)
		}
	}
	return found
}

// Funding is who pays for a batch (pembiayaan).
type Funding string

// The sorts of funding.
const (
	ByOffice     Funding = "dpa_office"   // DPA BKD
	ByUnit       Funding = "dpa_unit"     // DPA unit kerja
	Free         Funding = "free"         // tanpa biaya
	Contribution Funding = "contribution" // kontribusi peserta
)

// Fundings lists the sorts of funding.
func Fundings() []Funding { return []Funding{ByOffice, ByUnit, Free, Contribution} }

// Journey is who pays for the way to a batch (biaya perjalanan).
type Journey string

// The payers of the journey.
const (
	OfficePays Journey = "office"
	UnitPays   Journey = "unit"
	SelfPays   Journey = "self"
	NoJourney  Journey = "none"
)

// Journeys lists the payers of the journey.
func Journeys() []Journey { return []Journey{OfficePays, UnitPays, SelfPays, NoJourney} }

// MaxTrainers is how many trainers (pengajar) a session has at most.
const MaxTrainers = 3

// Session is one meeting of a batch (sesi).
type Session struct {
	ID       int64
	N        int // from 1, in the order of time
	Starts   time.Time
	Ends     time.Time
	Place    string
	Link     string
	Trainers []string // names; they have no account
	Guests   int      // heads of who is no participant
	Taken    bool     // attendance was taken
	Held     bool     // it was, or somebody has come by code or without a seat
	Sheet    string   // file of the photograph of the signed list; "" = none
}

// Quota is how many seats a unit, with all below it, may have.
type Quota struct {
	Unit  int64
	Name  string
	Seats int
	Taken int // seats and open offers of its people
}

// Batch is one time that a programme is held (angkatan).
type Batch struct {
	ID              int64 // of its occasion
	Programme       Programme
	Number          int
	Name            string // title and number, as people read it
	Letter          string
	Seats           int // in force
	Quotas          []Quota
	Opens           time.Time // registration; zero = by nomination only
	Closes          time.Time
	PermissionUntil time.Time // by when a superior must have answered; zero = nobody is asked
	Funding         Funding
	Journey         Journey
	Dress           string
	Bring           string
	Certificate     string
	Contact         string
	Target          string
	Offer           int64 // from which it was planned; 0 = none
	State           State
	CancelledFor    string
	Sessions        []Session // in the order of time
	First, Last     time.Time // of the sessions, where they are not listed; zero = there is none
	Counts          Counts
	Revision        int
	ChangedBy       string // how whoever changed it last is addressed; "" = an import
	ChangedByID     int64  // 0 = an import
	ChangedAt       time.Time
	ClosedAt        time.Time // zero while something of it can be changed
}

// Starts is the first moment of the batch; zero without a session.
func (b Batch) Starts() time.Time {
	if len(b.Sessions) == 0 {
		return b.First
	}
	return b.Sessions[0].Starts
}

// Ends is the last moment of the batch; zero without a session.
func (b Batch) Ends() (last time.Time) {
	if len(b.Sessions) == 0 {
		return b.Last
	}
	for _, s := range b.Sessions {
		if s.Ends.After(last) {
			last = s.Ends
		}
	}
	return last
}

// Counts is how many people stand where in a batch.
type Counts struct {
	Seated  int `db:"seated"`   // have a seat, with permission or waiting for it
	Offered int `db:"offered"`  // hold an open offer
	Waiting int `db:"waiting"`  // stand in the queue
	Applied int `db:"applied"`  // are ranked at the close
	Asked   int `db:"asked"`    // of those seated, wait for their superior
	Letters int `db:"letters"`  // of those seated, have a surat tugas
	WalkIns int `db:"walk_ins"` // came without a seat; are in none of the others
}

// Lacking is a batch that the personnel office has to look at: its registration ends within
// a week and fewer people applied than it has seats, or it begins within two weeks, takes
// no registration, and seats are free.
type Lacking struct {
	ID     int64
	Name   string
	Seats  int
	People int  // who applied, waits, or has a seat or an offer
	Taken  int  // seats that are given or offered
	Short  bool // registration still runs; else seats are free
}

// Developing is a programme that develops a competency, with its batches ahead.
type Developing struct {
	ID      int64
	Title   string
	Level   int // up to which it leads
	Batches int // that have been opened
	Planned int // that have not
	Seats   int // of the opened ones
	Taken   int
}

// Free are the seats that may still be given.
func (d Developing) Free() int { return max(0, d.Seats-d.Taken) }
