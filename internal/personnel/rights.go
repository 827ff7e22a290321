package personnel

import "strings"

// Role is what somebody may do beside what follows from the register.
type Role string

// The roles that are granted. RoleOfficer is for a unit and all units below.
const (
	RoleHR       Role = "hr"       // petugas kepegawaian (BKD)
	RoleOperator Role = "operator" // runs the program
	RoleOfficer  Role = "officer"  // petugas kepegawaian of a unit
	RoleHead     Role = "head"     // head of the agency (kepala badan)
	RoleAuditor  Role = "auditor"  // reads the audit log, without content
)

// Roles lists all roles that can be granted.
func Roles() []Role { return []Role{RoleHR, RoleOperator, RoleOfficer, RoleHead, RoleAuditor} }

// Rights are what a linked person may do at this moment.
type Rights struct {
	Supervises bool // somebody's superior by the register or by a delegation that works today
	Rates      bool // was asked by a superior to rate some of the team in the open period
	HR         bool
	Operator   bool
	Head       bool
	Auditor    bool
	Officer    bool
}

// With adds a granted role.
func (r Rights) With(role Role) Rights {
	switch role {
	case RoleHR:
		r.HR = true
	case RoleOperator:
		r.Operator = true
	case RoleOfficer:
		r.Officer = true
	case RoleHead:
		r.Head = true
	case RoleAuditor:
		r.Auditor = true
	}
	return r
}

// Key names a set of rights in a few letters, "" = none beside those of every
// employee. Equal rights have equal keys.
func (r Rights) Key() string {
	var b strings.Builder
	for _, one := range []struct {
		has    bool
		letter byte
	}{{r.Supervises, 's'}, {r.Rates, 'n'}, {r.Officer, 'u'}, {r.HR, 'h'}, {r.Head, 'k'}, {r.Operator, 'o'}, {r.Auditor, 'a'}} {
		if one.has {
			b.WriteByte(one.letter)
		}
	}
	return b.String()
}

// ParseRights reads what Key wrote; unknown letters mean nothing.
func ParseRights(key string) Rights {
	has := func(letter string) bool { return strings.Contains(key, letter) }
	return Rights{Supervises: has("s"), Rates: has("n"), Officer: has("u"), HR: has("h"), Head: has("k"), Operator: has("o"), Auditor: has("a")}
}

// ChatMenu is a chat whose command menu does not fit the rights of its person.
type ChatMenu struct {
	ChatID int64  `db:"id"`
	Key    string `db:"key"` // of Rights; "" = the menu of everybody
}
