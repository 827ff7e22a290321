package personnel

// Viewer is somebody in relation to the person whom data are about.
type Viewer string

// The viewers of the table who sees what.
const (
	Self          Viewer = "self"
	Superior      Viewer = "superior" // atasan langsung, or a stand-in
	UnitOfficer   Viewer = "officer"
	PersonnelHR   Viewer = "hr"
	AgencyHead    Viewer = "head"
	AuditorViewer Viewer = "auditor"
	OperatorView  Viewer = "operator"
)

// Data is a kind of what is stored about a person.
type Data string

// The kinds of data.
const (
	RegisterData Data = "register" // name, position, unit
	Linked       Data = "linked"   // whether the account is linked
	Progress     Data = "progress" // whether something owed is done, without content
	Answers      Data = "answers"  // what was answered, and its result
	AuditRows    Data = "audit"    // who did what and when, without content
)

// Sight is how much a viewer sees.
type Sight string

// The degrees of sight. The zero Sight is Nothing.
const (
	Nothing    Sight = ""
	Named      Sight = "named"      // with the person's name
	AfterBoth  Sight = "after_both" // named, once self-assessment and rating were both sent
	WithReason Sight = "reason"     // named, each opening with a logged reason
	Grouped    Sight = "grouped"    // groups of five or more
)

// Sees is the table who sees what (guarantees G6 and G7). The privacy texts
// and the tests follow it.
func Sees(v Viewer, d Data) Sight {
	return map[Viewer]map[Data]Sight{
		Self:          {RegisterData: Named, Linked: Named, Progress: Named, Answers: Named},
		Superior:      {RegisterData: Named, Linked: Named, Progress: Named, Answers: AfterBoth},
		UnitOfficer:   {RegisterData: Named, Linked: Named, Progress: Named},
		PersonnelHR:   {RegisterData: Named, Linked: Named, Progress: Named, Answers: WithReason},
		AgencyHead:    {Progress: Grouped, Answers: Grouped},
		AuditorViewer: {AuditRows: Named},
		OperatorView:  {},
	}[v][d]
}
