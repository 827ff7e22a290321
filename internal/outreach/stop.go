package outreach

// UnitWeek counts the linked people of a unit over Stop.Days.
type UnitWeek struct {
	People  int // linked when the days began
	Muted   int // who muted in these days
	Blocked int // who blocked in these days and had not muted
}

// Pause tells whether sending to the unit pauses and an operator is told: more
// than Stop.PerMille have muted or blocked, and at least Stop.AtLeast people. A
// pause ends only by hand.
func (r Rules) Pause(u UnitWeek) bool {
	out := u.Muted + u.Blocked
	return out >= r.Stop.AtLeast && out*1000 > u.People*r.Stop.PerMille
}
