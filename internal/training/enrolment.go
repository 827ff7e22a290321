package training

import (
	"time"

	"bangkom/internal/personnel"
)

// Way is how somebody came into a batch.
type Way string

// The ways into a batch.
const (
	Nominated  Way = "nominated"  // diusulkan unit: the unit head's letter is the permission
	Registered Way = "registered" // mendaftar sendiri
	WalkIn     Way = "walk_in"    // came without a seat; takes none
)

// Standing is where somebody stands in a batch.
type Standing string

// The standings. Seated and Offered take a seat.
const (
	Applied   Standing = "applied"   // registered; seats are given at the close
	Waiting   Standing = "waiting"   // in the queue (daftar tunggu)
	Offered   Standing = "offered"   // has an open offer
	Seated    Standing = "seated"    // has a seat
	Withdrawn Standing = "withdrawn" // Berhalangan; comes back at the end of the queue
	Lapsed    Standing = "lapsed"    // left an offer unanswered; comes back at the end of the queue
	Refused   Standing = "refused"   // the superior did not permit it, or said nothing until the deadline
	Replaced  Standing = "replaced"  // Ganti peserta: somebody else has the seat
	Called    Standing = "cancelled" // the batch takes place no more
)

// Takes tells whether the standing takes a seat.
func (s Standing) Takes() bool { return s == Seated || s == Offered }

// In tells whether somebody still wants to take part.
func (s Standing) In() bool {
	return s == Applied || s == Waiting || s == Offered || s == Seated
}

// Permission is what the superior has said (izin atasan).
type Permission string

// The permissions.
const (
	NotNeeded Permission = "none"    // of a nomination, a walk-in, somebody without a seat
	Asked     Permission = "asked"   // the superior has not answered
	Given     Permission = "given"   // Beri izin
	Denied    Permission = "refused" // Belum diizinkan, or nothing until the deadline
	Written   Permission = "letter"  // Izin tertulis, recorded by the officer
)

// Holds tells whether somebody with this permission may come.
func (p Permission) Holds() bool { return p == NotNeeded || p == Given || p == Written }

// Reach tells whether whoever answers a request can be asked here.
type Reach string

// The ways in which a superior is reached.
const (
	Reached  Reach = "reached"
	Unlinked Reach = "unlinked" // cannot be asked, nor can the stand-in, for whatever reason, which is told to nobody below: the officer is told
	Unknown  Reach = "unknown"  // the register has no superior: the same
)

// Cause is why somebody cannot come (Berhalangan). It is never one of health: health is
// not stored.
type Cause string

// The causes.
const (
	Urgent Cause = "urgent" // Tugas mendesak
	Shift  Cause = "shift"  // Jadwal jaga
	Other  Cause = "other"  // Lainnya
)

// Causes lists the causes.
func Causes() []Cause { return []Cause{Urgent, Shift, Other} }

// Enrolment is one person in one batch (kepesertaan).
type Enrolment struct {
	ID               int64
	Batch            Batch // without Sessions in lists of many
	Employee         int64
	Way              Way
	Standing         Standing
	Position         int // in the queue, from 1; 0 = does not wait
	AppliedAt        time.Time
	Cause            Cause
	OfferUntil       time.Time // zero = no open offer, or it was not delivered yet
	AskedUntil       time.Time // of Asked: until when the superior may answer; zero = none, or the job of seats has not looked yet
	Permission       Permission
	Superior         Reach  // of Asked, for the person's own card
	PermissionBy     string // how whoever gave it is addressed
	PermissionReason string
	PermissionLetter string
	Nomination       string // number of the unit head's letter
	NominationDate   time.Time
	Assignment       string // surat tugas: number
	AssignmentDate   time.Time
	KeptRevision     int // of the batch, after which the person said Tetap ikut; 0 = did not
}

// Participant is somebody in a batch as lists show it.
type Participant struct {
	Enrolment
	Person  personnel.Employee
	Grade   string // pangkat/golongan, as the register has it; "" = not known
	Linked  bool   // has an account
	Present int    // in how many sessions the person was there
}

// Request is a permission that a superior has not given yet (permintaan izin).
type Request struct {
	Enrolment int64
	Batch     Batch // without sessions
	Person    personnel.Employee
	Until     time.Time // deadline of the permission; zero = none
	Warned    bool      // person and officer were told that the superior is silent
	Away      int       // others of the same team who are away on these days
}
