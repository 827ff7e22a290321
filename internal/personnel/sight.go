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
	CommitteeView Viewer = "committee" // panitia of a training: of those in it, until 14 days after its end
)

// Data is a kind of what is stored about a person.
type Data string

// The kinds of data.
const (
	RegisterData Data = "register"  // name, position, unit
	Linked       Data = "linked"    // whether the account is linked
	Progress     Data = "progress"  // whether something owed is done, without content
	Answers      Data = "answers"   // what was answered, and its result
	AuditRows    Data = "audit"     // who did what and when, without content
	Trainings    Data = "training"  // places in trainings, permissions, surat tugas, attendance
	Receipts     Data = "receipts"  // whether an announcement has come, was read, or was told directly
	Questions    Data = "questions" // what was asked about an announcement
	Replies      Data = "replies"   // what the person says about the own rating (tanggapan)
	Needs        Data = "needs"     // what groups lack of what their positions require (analisis kebutuhan)
	Nameless     Data = "nameless"  // what was answered without a name (evaluasi pelatihan)
)

// Sight is how much a viewer sees.
type Sight string

// The degrees of sight. The zero Sight is Nothing.
const (
	Nothing    Sight = ""
	Named      Sight = "named"      // with the person's name
	AfterBoth  Sight = "after_both" // named, once self-assessment and rating were both sent
	WithReason Sight = "reason"     // named, each opening with a logged reason
	WhenAsked  Sight = "asked"      // named, only what the person asks that viewer to read
	Grouped    Sight = "grouped"    // groups of five or more
	Counted    Sight = "counted"    // as how many of the own team that is, of any size
)

// Sees is the table who sees what (guarantees G6 and G7). The privacy texts
// and the tests follow it.
func Sees(v Viewer, d Data) Sight {
	return map[Viewer]map[Data]Sight{
		Self:          {RegisterData: Named, Linked: Named, Progress: Named, Answers: Named, Trainings: Named, Receipts: Named, Questions: Named, Replies: Named},
		Superior:      {RegisterData: Named, Linked: Named, Progress: Named, Answers: AfterBoth, Replies: AfterBoth, Trainings: Named, Receipts: Counted},
		UnitOfficer:   {RegisterData: Named, Linked: Named, Progress: Named, Trainings: Named, Receipts: Named},
		PersonnelHR:   {RegisterData: Named, Linked: Named, Progress: Named, Answers: WithReason, Needs: Grouped, Nameless: Grouped, Trainings: Named, Receipts: Named, Questions: Named, Replies: WhenAsked},
		AgencyHead:    {Progress: Grouped, Answers: Grouped, Nameless: Grouped, Trainings: Grouped},
		AuditorViewer: {AuditRows: Named},
		OperatorView:  {},
		CommitteeView: {RegisterData: Named, Nameless: Grouped, Trainings: Named},
	}[v][d]
}
