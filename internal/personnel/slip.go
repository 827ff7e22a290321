package personnel

import "time"

// SlipUnit counts the people of a unit who have no account, for the slips with which they
// are invited (lembar undangan).
type SlipUnit struct {
	Unit    int64  `db:"unit"` // id
	Name    string `db:"name"`
	People  int    `db:"people"`  // for whom slips may be printed
	Coded   int    `db:"coded"`   // of those, who holds a code that works
	Guarded int    `db:"guarded"` // whose slips only the personnel office prints; not in People
}

// SlipCode is somebody whose slip is being printed.
type SlipCode struct {
	Employee   int64
	NIP        NIP
	Name, Unit string
	Hash       []byte // of the code
	Expires    time.Time
}
