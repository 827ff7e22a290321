package register

import "slices"

// Imported is what an import of employees does to the register. New, Changed
// and Unchanged add up to the accepted people.
type Imported struct {
	New          int `db:"new"`
	Changed      int `db:"changed"`
	Unchanged    int `db:"unchanged"`
	UnknownClass int `db:"unknown_class"` // people whose class is not known afterwards: of employees the accepted, of lists all in service
	NoSupervisor int `db:"no_supervisor"` // the same for the supervisor
	NoPhone      int `db:"no_phone"`      // the same for the phone number
	SharedPhone  int `db:"shared_phone"`  // of the accepted: people in service with a number that another one has too
	Missing      int `db:"-"`             // active people whom the file does not name; they stay
	Tasks        int `db:"-"`             // made in the open period for people who had none
	// Superiors are the people who were known before and get another superior, by name.
	Superiors []NewSuperior `db:"-"`
	// Refused are rows that could not be stored for a cause that only the database knows.
	Refused []Refusal `db:"-"`
	Losses  Losses    `db:"-"`
	// Levels are the required levels that were known and change; Bare who has no technical
	// standard afterwards, nil = not told.
	Levels []LevelChange `db:"-"`
	Bare   *Bare         `db:"-"`
	// Programmes is how many programmes the accepted batches belong to.
	Programmes int `db:"-"`
}

// LevelChange is a required level that an import changes.
type LevelChange struct {
	Name       string `db:"name"` // the class, unit, title ... for which it is
	Competency string `db:"competency"`
	Old        int    `db:"old"`
	New        int    `db:"new"` // 0 = is taken back
}

// Bare are the positions (titles) of which somebody has no technical standard.
type Bare struct {
	Titles []BareTitle // the largest first
	People int
}

// BareTitle is one of them, with how many people it concerns.
type BareTitle struct {
	Title  string `db:"title"`
	People int    `db:"people"`
}

// Losses are the people from whom an import takes something, each list by name.
type Losses struct {
	Left   []Loss `json:"keluar,omitempty"`       // out of service from now on
	Bereft []Loss `json:"tanpa_atasan,omitempty"` // still in service, and the superior whom they had is gone
}

// Loss is one person of these lists.
type Loss struct {
	Name     string `db:"name" json:"nama"`
	NIP4     string `db:"nip4" json:"akhiran"` // the last four digits of the NIP
	Unit     string `db:"unit" json:"unit"`
	Superior string `db:"superior" json:"atasan,omitempty"` // who led them until now; "" in the list of those who leave
}

// Any tells whether there is anybody in the lists.
func (l Losses) Any() bool { return len(l.Left)+len(l.Bereft) > 0 }

// Equal tells whether both name the same people for the same reason.
func (l Losses) Equal(other Losses) bool {
	return slices.Equal(l.Left, other.Left) && slices.Equal(l.Bereft, other.Bereft)
}

// NewSuperior is one person who gets another direct superior by an import.
type NewSuperior struct {
	Name string `db:"name" json:"nama"`
	NIP4 string `db:"nip4" json:"akhiran"` // the last four digits of the NIP
	Unit string `db:"unit" json:"unit"`
	Old  string `db:"old" json:"lama"` // "" = had none
	New  string `db:"new" json:"baru"` // "" = has none any more
	// Waits: somebody else has to approve it, because whoever imports would read by
	// it, or the superior is new with the same import.
	Waits bool `db:"waits" json:"menunggu,omitempty"`
}
