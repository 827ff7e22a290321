package personnel

// Status says whether a person is in service.
type Status string

// The values of Status.
const (
	Active   Status = "active"
	Inactive Status = "inactive" // retired, moved away, died, or no longer in the register
)

// Employee is a person of the register. ID is the key; the NIP may change.
type Employee struct {
	ID            int64
	NIP           NIP
	Name          string // as in the register, with degrees
	Sex           Sex
	UnitID        int64
	UnitName      string
	ClassCode     string // class of the position; empty = not known, so no standard
	PositionTitle string
	SupervisorID  *int64 // nil = not known
	Status        Status
	SelfOnly      bool   // nobody rates this person (mandiri saja)
	Rights        Rights // known of whoever is talking with the bot, else zero
}

// Salutation returns the form of address, "Bapak/Ibu" while the sex is unknown.
func (e Employee) Salutation() string { return Salutation(e.Sex) }

// DisplayName returns the name as it is shown, without degrees.
func (e Employee) DisplayName() string { return DisplayName(e.Name) }

// Address returns how the person is addressed: "Bapak Suyatno".
func (e Employee) Address() string { return e.Salutation() + " " + e.DisplayName() }
