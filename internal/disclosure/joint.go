package disclosure

// What is said of several groups together (a programme, a partner, a month) is computed
// from what is shown of each, weighed by its persons, and from nothing finer: whoever has
// read the groups could work it out. A total over the answers themselves, beside its
// groups, would give away the groups that are not shown.

// ShownMean is the mean that a group shows.
type ShownMean struct {
	N int // persons who answered the item
	Mean
}

// Joint is a mean of several groups together, in tenths. From and To differ where a
// group only shows that its mean is below 2.
type Joint struct {
	N        int // persons; 0 = no group shows one
	From, To int
}

// JoinMeans weighs the means of groups by their persons, and rounds as of one group of
// all of them.
func JoinMeans(groups []ShownMean) (j Joint) {
	from, to := 0, 0
	for _, g := range groups {
		j.N += g.N
		if g.Low { // from 1 up to below 2
			from, to = from+10*g.N, to+10*lowest*g.N
			continue
		}
		from, to = from+g.Tenths*g.N, to+g.Tenths*g.N
	}
	if j.N == 0 {
		return j
	}
	s := step(j.N)
	rounded := func(sum int) int { return s * ((2*sum + s*j.N) / (2 * s * j.N)) }
	j.From, j.To = rounded(from), rounded(to)
	return j
}

// Low tells that no more is known than that the mean is below 2.
func (j Joint) Low() bool { return j.From < 10*lowest && j.To <= 10*lowest }

// ShownShare is the share that a group shows.
type ShownShare struct {
	N int // persons who answered the item
	Share
}

// Fifths is in how many parts a share of several groups is told.
const Fifths = 5

// JointShare is a share of several groups together: it lies between From and To fifths.
type JointShare struct {
	N        int // persons; 0 = no group shows one
	From, To int
}

// JoinShares adds up between which ends the shares of groups lie, and widens the result
// to whole fifths, so that what it says is true whatever was rounded away.
func JoinShares(groups []ShownShare) (j JointShare) {
	const whole = 15 // thirds and fifths
	from, to := 0, 0
	for _, g := range groups {
		j.N += g.N
		from += g.N * g.Part * (whole / g.Of)
		to += g.N * (g.Part + 1) * (whole / g.Of)
	}
	if j.N == 0 {
		return j
	}
	fifth := j.N * whole / Fifths
	j.From, j.To = from/fifth, (to+fifth-1)/fifth
	return j
}
