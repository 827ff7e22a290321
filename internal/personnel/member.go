package personnel

// Member is a person as a list of a team or a unit shows it: never with
// anything that was answered.
type Member struct {
	Employee
	Linked   bool   // has a Telegram account
	Progress string // state of the self-assessment of the open period; "" = none is owed
	Late     bool   // that was not sent, and its deadline has passed
}

// Area is the part of the register that somebody may work with. The zero Area
// is nobody.
type Area struct {
	All     bool  // the whole agency
	Officer int64 // the units of this officer, and those below
}

// Board counts an area for the people who look after it.
type Board struct {
	People      int `db:"people"`
	Linked      int `db:"linked"`
	NoSuperior  int `db:"no_superior"`
	NoClass     int `db:"no_class"`
	NoPhone     int `db:"no_phone"`
	Delegations int `db:"delegations"` // wait for the check against the letter
}

// Lack is something that a person of the register should have.
type Lack string

// The values of Lack.
const (
	NoAccount  Lack = "account"
	NoClass    Lack = "class"
	NoSuperior Lack = "superior"
)

// ClassName is a class of positions (kelas jabatan) and how it is called.
type ClassName struct {
	Code string `db:"code"`
	Name string `db:"name"`
}
