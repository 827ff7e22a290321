// Package feature is what every room of handlers works with: one update while it is
// decided (Env), the desk with what never changes (Desk), replies, steps, lists and
// look-ups, and what a feature is (Feature). It knows no room by name.
package feature

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
	"bangkom/internal/task"
)

// Feature is one thing that Bangkom can do, as one value: all that is known about
// its conversations, commands, buttons and the rest stands here and nowhere else.
// The router, the menu, the help, the own copy and the tests read only these
// values. Empty fields mean that the feature has nothing of that sort.
type Feature[E any] struct {
	Name          string // what errors at the start call it
	Conversations []Conversation[E]
	Commands      []Command[E]
	Buttons       []Button[E]
	Menu          []MenuLine
	Tasks         []TaskKind[E]
	Imports       []Import
	Copy          []CopyPart
	Files         []File
	Links         []Link
	Person        []PersonButtons[E]
	Hooks[E]
}

// Hooks are where a feature takes part in what others do. nil = it does not.
type Hooks[E any] struct {
	// Contact answers a shared phone number, Code a text of somebody who is not
	// linked, Media what is neither text nor a button. One feature each.
	Contact func(e E, ctx context.Context, c dialog.Contact) error
	Code    func(e E, ctx context.Context, typed string) error
	Media   func(e E, ctx context.Context, u dialog.Update) error
	// Replied takes a text that answers a message of the bot, when it is about what that
	// message was; taken = nothing else is to be done with it. One feature.
	Replied func(e E, ctx context.Context, u dialog.Update) (taken bool, err error)
	// Start answers the argument of /start, which a link or a square code holds; taken =
	// it was one of this feature. What none takes may be a code that links an account.
	Start func(e E, ctx context.Context, arg string) (taken bool, err error)
	// Summary runs a button below a superior's summary. One feature.
	Summary func(e E, ctx context.Context, a dialog.Action, message int, run OnSummary) error
	// Owed is a line of /tugas beside the tasks themselves, with its buttons; k is
	// its number in the list. "" = nothing is owed.
	Owed func(e E, ctx context.Context, k int) (line string, row []dialog.Button, err error)
	// Feedback are lines of /umpanbalik beside the evaluations, numbered from k, with their
	// rows of buttons.
	Feedback func(e E, ctx context.Context, k int) (lines []string, rows [][]dialog.Button, err error)
	// Unit is a line of /unit with its buttons, for the officer of units; "" = no line.
	Unit func(e E, ctx context.Context) (line string, row []dialog.Button, err error)
	// Office is a line of /kelola about what the personnel office should look at; "" = no
	// line.
	Office func(e E, ctx context.Context) (line string, err error)
	// Coming is a line of /pengingat about what comes by itself; "" = none.
	Coming func(e E, ctx context.Context) (string, error)
	// Left may change the replies to somebody who leaves a conversation about a task.
	Left func(e E, ctx context.Context, ref int64, replies []dialog.Reply) error
	// Sent is called after the answers to a task were stored, on paper too. Its reply
	// takes the place of the result that the person would see; nil = the result stays.
	Sent func(e E, ctx context.Context, of task.Task) (*dialog.Reply, error)
	// Result shows what takes the place of the result of a task; false = nothing does.
	Result func(e E, ctx context.Context, of task.Task) (shown bool, err error)
	// Fresh shows once more, as it looks now, a message from which something was
	// begun that is finished by now, such as a summary.
	Fresh func(e E, ctx context.Context) ([]dialog.Reply, error)
	// Papers are what the dossier of a batch of a training (berkas kegiatan) holds of this
	// feature; without a line it is nothing.
	Papers func(p *Desk, ctx context.Context, tx Tx, batch int64, now time.Time) (Papers, error)
	// Work does one piece of background work, such as reading a spreadsheet;
	// more tells whether there is more of it. It is called every few seconds,
	// and at once when Outcome.Work was set.
	Work func(p *Desk, ctx context.Context) (more bool, err error)
}

// Papers are a part of a dossier: a line on its cover, and a file.
type Papers struct {
	Line string
	Name string // "" = there is no file
	Body []byte
}

// Policy says what becomes of a conversation that is interrupted.
type Policy int

// The policies.
const (
	Ends Policy = iota // a short question: asked again from the beginning
	Kept               // what was given is kept
)

// Conversation is one form.
type Conversation[E any] struct {
	Name       string // in buttons and drafts: never rename
	Form       func(p *Desk) dialog.Flow[E]
	Transcript string // its golden transcript in testdata
	Unlinked   bool   // works before the account is linked
	// OfTask says that the ref is a task of the person, who fills it in here.
	OfTask bool
	// Moves says that a draft goes with the person to another account.
	Moves bool
	// Interrupted is what becomes of the conversation when another command comes
	// in between, and Note what is said then; nil = nothing is said.
	Interrupted Policy
	Note        func(e E, rec dialog.Record) dialog.Reply
	// Discard is the button that /batal offers to delete the draft; "" = none.
	Discard string
	// Discards tells whether there is anything to delete; nil = always.
	Discards func(e E, rec dialog.Record) bool
	// Gone is what becomes of the draft when what it is about is gone: the period was
	// closed, the person came in with an account.
	Gone Policy
	// OneTap tells whether a button may answer without a draft: a questionnaire of
	// one question is shown without being begun. nil = never.
	OneTap func(e E, ctx context.Context, ref int64) bool
	// Closed shows where the matter stands when a button is pressed whose draft
	// is gone; nil = the press is answered like that of any old button.
	Closed func(e E, ctx context.Context, ref int64) error
}

// Command is one slash command.
type Command[E any] struct {
	Name       string
	Aliases    []string
	Place      int                         // in the help and in Telegram's command menu, from small to large
	Unlinked   bool                        // works before the account is linked
	Who        func(personnel.Rights) bool // nil = everybody
	Run        func(e E, ctx context.Context, arg string) error
	Help       HelpLine
	Transcript string
}

// HelpLine says to whom the help names a command.
type HelpLine int

// The kinds of help lines.
const (
	HelpAll      HelpLine = iota // to everybody who has the command
	HelpUnlinked                 // only to who is not linked
	HelpNone                     // the help itself
)

// May tells whether somebody with these rights has the command at all.
func (c Command[E]) May(r personnel.Rights) bool { return c.Who == nil || c.Who(r) }

// Button is a button of a card that is neither a command nor a part of a form.
// It is checked against the rights of whoever presses it, at that moment.
type Button[E any] struct {
	Step string                      // in the button: never rename while one may be on show
	Who  func(personnel.Rights) bool // nil = everybody who is linked
	Run  func(e E, ctx context.Context, a dialog.Action, message int) error
}

// MenuLine is a button of the menu.
type MenuLine struct {
	Row, Column int    // its place; no two lines have the same
	Label       string // the catalogue's label.X
	Opens       string // a command or a button of the same feature, whose rights hold
	Unlinked    bool   // in the menu of who is not linked too
}

// TaskKind is how tasks of one kind are opened. What a kind is stands in package
// task.
type TaskKind[E any] struct {
	Kind task.Kind
	// List says that the tasks stand in /tugas, and that the first one greets whoever
	// comes in.
	List bool
	// Others says that the task is about somebody else: it cannot be opened by
	// its number.
	Others bool
	Begin  func(t task.Task) dialog.Action // begins it, or goes on
	Card   func(e E, t task.Task)          // shows where it stands; nil with Others
}

// Import is what the chat says about one kind of spreadsheet. Package intake
// knows under the same name how it is read.
type Import struct {
	Kind    string
	Word    string // catalogue key of what it is called
	Preview string // catalogue key of what an import would do
	Applied string // and of what it did
}

// CopyPart is a part of somebody's own copy (UU 27/2022, Pasal 7).
type CopyPart struct {
	Key string // in the file
	// Read reads what is stored about the person of a chat; null = nothing. nil = the
	// part is one of personnel.Copy.
	Read func(ctx context.Context, tx Tx, chatID int64) (json.RawMessage, error)
}

// File is a picture or a file that is made at the moment when it is sent.
type File struct {
	Kind string
	Name string // as it is sent: neutral, because it is seen in galleries
	Draw func(p *Desk, ctx context.Context, data json.RawMessage) ([]byte, error)
}

// Link is a button on the card of one feature that leads into another one.
type Link struct {
	To   Way
	Open func(ref int64) dialog.Action
}

// Way names what a link opens. The ref of its button tells of whom or what.
type Way string

// The ways that cards offer.
const (
	ToLater      Way = "later"      // asks when to come back to a task
	ToCorrection Way = "correction" // asks the office to correct the own data
	ToTeamWrong  Way = "team wrong" // tells the office that a team is another one
	ToTickets    Way = "tickets"    // the office's list of requests
	ToPauses     Way = "pauses"     // units to which nothing is sent
	ToCode       Way = "code"       // makes a code for the person that is the ref
	ToChanges    Way = "changes"    // changes of superiors that wait for somebody else of the office
	ToTrainings  Way = "trainings"  // the trainings that the office prepares
	ToProgramme  Way = "programme"  // the programme of trainings that is the ref
	ToPlan       Way = "plan"       // plans a batch of the programme that is the ref, for the competency that is the value
	ToLeave      Way = "leave"      // asks whether the account shall be left
	ToDemand     Way = "demand"     // what is needed beside what units propose
	ToNeeds      Way = "needs"      // the analysis of needs
	ToProgress   Way = "progress"   // where the units stand in the open period
	ToPerson     Way = "person"     // the card of the person of the area that is the ref
	ToStandards  Way = "standards"  // the positions of which no technical competency is required
	ToSignoff    Way = "signoff"    // the sign-off of what units need
	// ToQuestionnaires is the list of questionnaires in use.
	ToQuestionnaires Way = "questionnaires"
	// ToTry tries a questionnaire that was sent as a file and not applied yet; the ref is an upload.
	ToTry Way = "try_questionnaire"
	// ToApplyUpload applies an upload of the presser.
	ToApplyUpload Way = "apply_upload"
	ToOffers      Way = "offers"   // the trainings for which the person can register
	ToOwnPlan     Way = "own plan" // the development plan of the person, of the year that is the ref
	ToCoverage    Way = "coverage" // how far needs are covered
	ToPartners    Way = "partners" // who holds trainings with the agency
	ToOffer       Way = "offer"    // plans a batch from the offer of a partner that is the ref
	// ToPartnerSheet makes the sheet of needs for the partner that is the ref, ToPartnerResult
	// shows what its trainings were worth.
	ToPartnerSheet  Way = "partner sheet"
	ToPartnerResult Way = "partner result"
	ToCampaigns     Way = "campaigns" // invitations in the words of the personnel office
	ToDesk          Way = "desk"      // back to what the office, or the officer of a unit, looks after
)

// ways are all of them: each is opened by exactly one feature.
func ways() []Way {
	return []Way{ToLater, ToCorrection, ToTeamWrong, ToTickets, ToPauses, ToCode, ToChanges, ToTrainings, ToProgramme, ToPlan, ToLeave, ToDemand, ToNeeds, ToProgress, ToPerson, ToStandards, ToSignoff, ToQuestionnaires, ToTry, ToApplyUpload, ToOffers, ToOwnPlan, ToCoverage, ToPartners, ToOffer, ToPartnerSheet, ToPartnerResult, ToCampaigns, ToDesk}
}

// PersonButtons are what an officer may do for a person of the area.
type PersonButtons[E any] struct {
	Place PersonPlace
	Rows  func(e E, ctx context.Context, m personnel.Member) ([][]dialog.Button, error)
}

// PersonPlace is where on the card of a person buttons stand.
type PersonPlace int

// The places.
const (
	BelowAccount PersonPlace = iota
	AtTheEnd
)

// OnSummary runs a button below a summary. It returns the note that stands above
// the summary as it is now, which takes the place of the pressed one. done = the
// message shows something else already.
type OnSummary func(at summary.Stamp) (note string, done bool, err error)

// OwnKeys returns the parts of the own copy that are fields of personnel.Copy, by
// their keys.
func OwnKeys(keys ...string) (parts []CopyPart) {
	for _, k := range keys {
		parts = append(parts, CopyPart{Key: k})
	}
	return parts
}

// Opens returns what a button does that runs a step, for the ref that it gets.
func Opens(step string) func(ref int64) dialog.Action {
	return func(ref int64) dialog.Action {
		return dialog.Action{Flow: MenuFlow, Ref: ref, Step: step, Verb: dialog.Resume}
	}
}

// Supervises is who leads a team.
func Supervises(r personnel.Rights) bool { return r.Supervises }

// Rates is who leads a team or was asked to rate.
func Rates(r personnel.Rights) bool { return r.Supervises || r.Rates }

// Officer is who looks after a unit.
func Officer(r personnel.Rights) bool { return r.Officer }

// Head is the head of the agency (kepala badan).
func Head(r personnel.Rights) bool { return r.Head }

// HR is the personnel office.
func HR(r personnel.Rights) bool { return r.HR }

// LooksAfter is an officer of a unit or the personnel office.
func LooksAfter(r personnel.Rights) bool { return r.HR || r.Officer }

// GapPicture is the kind of picture that shows one person's result. Its data
// is a report.GapChart.
const GapPicture = "gap"

// DrawChart reads a chart and draws it.
func DrawChart[T interface{ PNG() ([]byte, error) }](data json.RawMessage) ([]byte, error) {
	var chart T
	if err := json.Unmarshal(data, &chart); err != nil {
		return nil, err
	}
	return chart.PNG()
}
