package training

import "time"

// PriceOf is for what the price of an offer is.
type PriceOf string

// The sorts of prices.
const (
	PerPerson PriceOf = "person" // per orang
	PerClass  PriceOf = "class"  // per kelas
)

// MostPrice is the highest price that can be meant, in whole rupiah.
const MostPrice = 100_000_000_000

// PartnerOffer is a training that a partner offers to hold (penawaran).
type PartnerOffer struct {
	ID      int64
	Partner Partner
	Title   string
	Aim     Aim // the competency that it develops, and up to which level
	Days    int // on which it is held
	JP      int
	Seats   int
	Price   int64     // whole rupiah
	For     PriceOf   // what the price is for; "" = the partner has told none
	Starts  time.Time // first civil day
	Ends    time.Time // last one
	// Planned counts the batches that were planned from it and not cancelled.
	Planned int
	// Programme is the partner's programme of that title; 0 = there is none yet.
	Programme int64
}

// Seat is what one seat costs in whole rupiah, rounded up, when the class is full; told is
// false when the partner has told no price.
func (o PartnerOffer) Seat() (rupiah int64, told bool) {
	switch {
	case o.For == PerPerson:
		return o.Price, true
	case o.For == PerClass && o.Seats > 0:
		seats := int64(o.Seats)
		return (o.Price + seats - 1) / seats, true
	}
	return 0, false
}

// Class is what the whole class costs in whole rupiah; told is false when the partner has
// told no price.
func (o PartnerOffer) Class() (rupiah int64, told bool) {
	switch o.For {
	case PerPerson:
		return o.Price * int64(o.Seats), true
	case PerClass:
		return o.Price, true
	}
	return 0, false
}

// Ended tells whether the agreement with a partner is over on a civil day. A partner
// without an agreement has none that ends.
func (p Partner) Ended(today time.Time) bool {
	return !p.Until.IsZero() && civilNumber(p.Until) < civilNumber(today)
}

// DaysLeft is how many days the agreement still lasts on a civil day, its last one being 0;
// below 0 it is over. There has to be one.
func (p Partner) DaysLeft(today time.Time) int { return civilNumber(p.Until) - civilNumber(today) }

// civilNumber numbers the civil day of t, as its own zone has it.
func civilNumber(t time.Time) int {
	const day = 24 * 60 * 60
	return int(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / day)
}

// AgreementSteps are how many days before the end of an agreement the personnel office is
// told of it, the first one first. A choice of the agency's plan.
func AgreementSteps() []int { return []int{AgreementSoon, 30, 7} }

// AgreementSoon is from how many days before its end on an agreement ends soon.
const AgreementSoon = 90
