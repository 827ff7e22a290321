package dialog

import "time"

// Hold is why nothing is sent from a database and nobody is asked for updates;
// "" = nothing is in the way. It ends with `bangkom resume` only.
type Hold string

// The reasons of a hold.
const (
	// HoldMoved: the database is not the one for which sending was allowed. It was
	// restored or copied, or its cluster was.
	HoldMoved Hold = "moved"
	// HoldRestored: `bangkom restore` has put a backup here.
	HoldRestored Hold = "restored"
	// HoldSetBack: the database is older than it was seen to be before.
	HoldSetBack Hold = "set_back"
)

// String says it in words that go on from "because".
func (h Hold) String() string {
	switch h {
	case "":
		return "nothing is held"
	case HoldMoved:
		return "this database is a copy or was restored: it is not the one for which sending was allowed"
	case HoldRestored:
		return "a backup was restored here"
	case HoldSetBack:
		return "this database was set back: it is older than it has been before"
	default:
		return string(h)
	}
}

// Sighting is how far a database was seen to be. The zero value was never seen.
type Sighting struct {
	Place   string    `json:"place" db:"place"`     // system identifier, OIDs of database and outbox, timeline
	Allowed time.Time `json:"allowed" db:"allowed"` // when sending was allowed there, by the database's clock
	Term    int64     `json:"term" db:"lease_term"` // highest of the lease
	Log     int64     `json:"log" db:"log"`         // how much Postgres had written to its log for good, in bytes
}

// Behind tells whether a database that is at this point now was set back since it
// was seen: the place is the same, and the time at which sending was allowed, the
// term or the log is an older one.
func (s Sighting) Behind(seen Sighting) bool {
	if seen.Place == "" || s.Place != seen.Place || s.Allowed.After(seen.Allowed) {
		return false
	}
	return s.Allowed.Before(seen.Allowed) || s.Term < seen.Term || s.Log < seen.Log
}
