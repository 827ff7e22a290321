package training

import "time"

// MayApply tells why somebody who stands in b as had cannot register at now; "" = may.
func (b Batch) MayApply(had Standing, now time.Time) Verdict {
	state := b.At(now)
	switch {
	case state.Over() || state == Running:
		return Gone
	case had.In() || had == Refused:
		return Unchanged
	case b.Programme.WayIn == ByNomination || b.Closes.IsZero():
		return NoNomination
	case state == Planned || now.Before(b.Opens):
		return NotOpen
	case !now.Before(b.Closes):
		return AfterClose
	}
	return ""
}

// Permission is that of somebody who wins a seat by registration: the superior is asked
// where the batch has a deadline for that.
func (b Batch) Permission() Permission {
	if b.PermissionUntil.IsZero() {
		return NotNeeded
	}
	return Asked
}

// OfferOver tells whether an open offer has ended at now: its own end has come (zero =
// it has none yet), or that of the registration.
func (b Batch) OfferOver(until, now time.Time) bool {
	return !until.IsZero() && !now.Before(until) || b.shut(now)
}

// MayNominate tells why somebody who is in b as had cannot be nominated at now; "" = may.
func (b Batch) MayNominate(had Enrolment, n Nomination, now time.Time) Verdict {
	state := b.At(now)
	switch {
	case state.Over() || state == Running:
		return Gone
	case had.Standing == Seated && had.Way == Nominated && had.Nomination == n.Letter &&
		had.NominationDate.Format(time.DateOnly) == n.Day.Format(time.DateOnly):
		return Unchanged
	}
	return ""
}

// MayReplace tells whether a seat may go from one to another at now: until the first
// session has ended.
func (b Batch) MayReplace(now time.Time) bool {
	return !b.State.Over() && len(b.Sessions) > 0 && now.Before(b.Sessions[0].Ends)
}
