package task

import "time"

// UnitProgress counts a unit in the open period: the people who are in it now and owe a
// self-assessment. Sent, Started, Fresh and Unlinked add up to Owed. While no period is
// open everybody is counted, as Fresh or Unlinked.
type UnitProgress struct {
	Unit     int64  `db:"unit"` // id
	Name     string `db:"name"` // with the unit above, where several have the same
	Owed     int    `db:"owed"`
	Linked   int    `db:"linked"` // of those, who has an account
	Sent     int    `db:"sent"`
	Started  int    `db:"started"`
	Fresh    int    `db:"fresh"`    // has an account and has not begun
	Unlinked int    `db:"unlinked"` // has neither sent it nor an account
	Asked    int    `db:"asked"`    // of those, about how many a superior is asked
	Rated    int    `db:"rated"`    // and how many are rated
	Excused  int    `db:"excused"`  // need not fill in; not in Owed
}

// Add counts another unit too.
func (u *UnitProgress) Add(other UnitProgress) {
	for _, n := range []struct {
		to   *int
		more int
	}{{&u.Owed, other.Owed}, {&u.Linked, other.Linked}, {&u.Sent, other.Sent}, {&u.Started, other.Started}, {&u.Fresh, other.Fresh},
		{&u.Unlinked, other.Unlinked}, {&u.Asked, other.Asked}, {&u.Rated, other.Rated}, {&u.Excused, other.Excused}} {
		*n.to += n.more
	}
}

// Progress is where the units of an area stand.
type Progress struct {
	Period string    // name; "" = none is open
	Due    time.Time // of the agency; zero = no period is open
	Units  []UnitProgress
}

// All counts the units together.
func (p Progress) All() (all UnitProgress) {
	for _, u := range p.Units {
		all.Add(u)
	}
	return all
}
