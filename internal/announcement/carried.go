package announcement

import "time"

// Carried is the batch of a training (angkatan) that an announcement carries.
type Carried struct {
	ID        int64
	Name      string
	Joins     bool      // people register for it
	InOrder   bool      // first come, first seated
	Over      bool      // it was cancelled, or has been held
	Cancelled bool      // it is over because it was cancelled
	Told      bool      // another announcement has carried it
	Starts    time.Time // of the first session, as it is now; zero = there is none
	Ends      time.Time // of the last one
	Place     string    // of the first one
	Opens     time.Time // registration
	Closes    time.Time
	Partner   string    // who holds it; "" = the agency itself
	Agreed    time.Time // last civil day of the agreement with the partner; zero = there is none that ends
	Permits   time.Time // by when superiors must have answered; zero = nobody is asked
}

// Last is the first moment at which nobody can register any more so that the superior
// still answers in time; zero = there is none.
func (c Carried) Last() time.Time {
	if !c.Permits.IsZero() && c.Permits.Before(c.Closes) {
		return c.Permits
	}
	return c.Closes
}

// Shut tells whether the registration is over at now: nobody is told of it any more.
func (c Carried) Shut(now time.Time) bool { return c.Joins && !now.Before(c.Closes) }

// Unagreed tells whether nobody may be told of the batch for the first time at now, which
// stands in the zone of the agency: the agreement with the partner is over. Who was told of
// it once is told what becomes of it, whatever the agreement.
func (c Carried) Unagreed(now time.Time) bool {
	if c.Agreed.IsZero() || c.Told {
		return false
	}
	y, m, d := c.Agreed.Date()
	return !now.Before(time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()))
}

// Useful is until when the announcement may go: until its own end, and no longer than
// people can register for what it carries; zero = for ever.
func (a Announcement) Useful() time.Time {
	if until := a.Batch.Closes; a.Batch.Joins && (a.Expires.IsZero() || until.Before(a.Expires)) {
		return until
	}
	return a.Expires
}

// Delay is the moment to which the registration of the batch moves, when everybody has
// been told at the latest by the day before fair; zero = it stays where it is. Where seats
// are given at the close, or by the units, it is no advantage to be told first. What
// people were told once is not moved again. ok is false when nobody could register then.
func (c Carried) Delay(fair time.Time) (opens time.Time, ok bool) {
	switch {
	case !c.Joins || !c.InOrder || c.Told || !c.Opens.Before(fair):
		return time.Time{}, true
	case !fair.Before(c.Last()):
		return time.Time{}, false
	}
	return fair, true
}
