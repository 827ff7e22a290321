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
	HelperView    Viewer = "helper"    // pendamping, never the direct superior
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
	Used         Data = "used"      // what is used of a training at work (penerapan pelatihan)
	Resolves     Data = "resolves"  // what the person has resolved to do with a training (niat)
	Plans        Data = "plans"     // what somebody plans to learn and has submitted (rencana pengembangan)
	Surveys      Data = "surveys"   // what was answered in a survey of the personnel office (survei)
	Helped       Data = "helped"    // that somebody has asked to be called by a helper (permintaan pendampingan), for 30 days
	Invited      Data = "invited"   // which text of a campaign somebody got (ajakan), until it is counted
	Nameless     Data = "nameless"  // what was answered without a name (evaluasi pelatihan, survei anonim)
	Ready        Data = "ready"     // how ready a unit is for a change, of answers without a name: its head reads class and stage
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
		Self:          {RegisterData: Named, Linked: Named, Progress: Named, Answers: Named, Trainings: Named, Receipts: Named, Questions: Named, Replies: Named, Used: Named, Resolves: Named, Plans: Named, Surveys: Named, Helped: Named, Invited: Named},
		Superior:      {RegisterData: Named, Linked: Named, Progress: Named, Answers: AfterBoth, Replies: AfterBoth, Used: AfterBoth, Trainings: Named, Receipts: Counted, Plans: Named, Ready: Grouped},
		UnitOfficer:   {RegisterData: Named, Linked: Named, Progress: Named, Trainings: Named, Receipts: Named},
		PersonnelHR:   {RegisterData: Named, Linked: Named, Progress: Named, Answers: WithReason, Needs: Grouped, Nameless: Grouped, Used: Grouped, Trainings: Named, Receipts: Named, Questions: Named, Replies: WhenAsked, Plans: WithReason, Surveys: WithReason, Ready: Grouped, Helped: WhenAsked, Invited: Grouped},
		AgencyHead:    {Progress: Grouped, Answers: Grouped, Nameless: Grouped, Used: Grouped, Trainings: Grouped, Plans: Grouped},
		AuditorViewer: {AuditRows: Named},
		OperatorView:  {},
		HelperView:    {Helped: WhenAsked},
		CommitteeView: {RegisterData: Named, Nameless: Grouped, Trainings: Named},
	}[v][d]
}
