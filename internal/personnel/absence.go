package personnel

import "slices"

// AbsenceKind is why somebody is away, or need not fill in. A reason of health is
// none: health is not stored.
type AbsenceKind string

// The values of AbsenceKind, as they are stored and stand in buttons.
const (
	OnLeave  AbsenceKind = "leave" // cuti
	Studying AbsenceKind = "study" // tugas belajar
	OnDuty   AbsenceKind = "duty"  // dinas luar
	AwayElse AbsenceKind = "other" // lainnya
)

// AbsenceKinds lists all kinds in the order in which they are offered.
func AbsenceKinds() []AbsenceKind { return []AbsenceKind{OnLeave, Studying, OnDuty, AwayElse} }

// Known tells whether it is one of AbsenceKinds.
func (k AbsenceKind) Known() bool { return slices.Contains(AbsenceKinds(), k) }
