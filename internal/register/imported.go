package register

// Imported is what an import of employees does to the register. New, Changed
// and Unchanged add up to the accepted people.
type Imported struct {
	New          int `db:"new"`
	Changed      int `db:"changed"`
	Unchanged    int `db:"unchanged"`
	UnknownClass int `db:"unknown_class"` // people whose class is not known afterwards: of employees the accepted, of lists all in service
	NoSupervisor int `db:"no_supervisor"` // the same for the supervisor
	NoPhone      int `db:"no_phone"`      // the same for the phone number
	SharedPhone  int `db:"shared_phone"`  // of the accepted: people in service with a number that another one has too
	Left         int `db:"-"`             // became inactive, because the file says so
	Missing      int `db:"-"`             // active people whom the file does not name; they stay
	Tasks        int `db:"-"`             // made in the open period for people who had none
}
