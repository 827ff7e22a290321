package training

// Present tells whether somebody who was in so many sessions of a batch counts as
// present: by the share, in per cent, that the programme says. Of a batch without a
// session nobody is.
func Present(there, sessions, share int) bool {
	return sessions > 0 && there > 0 && there*100 >= sessions*share
}

// ClaimDays is for how many working days after a session somebody who was marked absent
// may say Saya hadir.
const ClaimDays = 3
