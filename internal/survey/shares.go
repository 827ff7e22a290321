package survey

// coarse is a share of answers as so many of ten, in steps of a fifth (disclosure A9), rounded
// to the nearest and never ten; 0 of less than half a step.
func coarse(part, whole int) (tenths int) {
	return 2 * min((10*part+whole)/(2*whole), 4)
}

// Shares are the counts of all options of an item as so many of ten; 0 is not shown. ok is
// false, and nothing is shown, of fewer than FromBegan answers, when fewer than two options
// would be shown, and when all that is shown leaves fewer than two ways in which the answers
// may have been given of which none has an option that nobody or everybody chose.
func Shares(counts []int) (tenths []int, ok bool) {
	whole := 0
	for _, n := range counts {
		whole += n
	}
	if whole < FromBegan {
		return nil, false
	}
	shown, least, most, loose := 0, 0, 0, 0
	for _, n := range counts {
		share := coarse(n, whole)
		low, high := between(share, whole)
		if high < low {
			return nil, false
		}
		if share > 0 {
			shown++
		}
		if low < high {
			loose++
		}
		least, most = least+low, most+high
		tenths = append(tenths, share)
	}
	return tenths, shown >= 2 && loose >= 2 && least < whole && whole < most
}

// between are the fewest and the most of whole, but neither none nor all, that read as a share;
// high is below low when there are none.
func between(share, whole int) (low, high int) {
	low, high = whole, 0
	for n := 1; n < whole; n++ {
		if coarse(n, whole) == share {
			low, high = min(low, n), n
		}
	}
	return low, high
}

// Steps is how many have sent while a survey is open: in steps of ten from ten, so that no two
// readings tell of one person. ok is false of fewer.
func Steps(n int) (tens int, ok bool) { return n / FromBegan * FromBegan, n >= FromBegan }
