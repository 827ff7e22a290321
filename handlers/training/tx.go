package training

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
)

// Tx is what the room asks of the open transaction. Nothing here tells anybody
// anything: who is told what is the caller's. What gives or takes a seat locks the
// batch first and counts in the next statement; so does what changes how many there
// are. A method that says ErrNotFound (of dialog) says it for everything that the asker
// may not see, too.
type Tx interface {
	plans
	seats
	permissions
	meetings
	people
}

// plans are what the personnel office prepares: programmes, batches, who runs them.
type plans interface {
	// Programmes lists all programmes by title, without their aims.
	Programmes(ctx context.Context) ([]training.Programme, error)
	// Programme reads one with its aims; ErrNotFound.
	Programme(ctx context.Context, id int64) (training.Programme, error)
	// AddProgramme stores a new one and returns its id; training.ErrTaken when the
	// code is in use, which is asked first, so the transaction goes on.
	AddProgramme(ctx context.Context, p training.Programme, by int64, now time.Time) (int64, error)
	// ChangeProgramme replaces what a programme says; its code stays.
	ChangeProgramme(ctx context.Context, p training.Programme, by int64, now time.Time) error
	// Partners lists all partners by name.
	Partners(ctx context.Context) ([]training.Partner, error)
	// Batch reads a batch with sessions, trainers, quotas and counts; ErrNotFound.
	Batch(ctx context.Context, id int64) (training.Batch, error)
	// BatchRun is Batch for whoever runs it: the personnel office, and the committee
	// until 14 days after the last session. ErrNotFound for everybody else.
	BatchRun(ctx context.Context, id int64, who personnel.Employee, now time.Time) (training.Batch, error)
	// BatchesRun lists what somebody runs, nearest first, without sessions and aims:
	// all for the personnel office, own ones for a committee; total is how many.
	BatchesRun(ctx context.Context, who personnel.Employee, now time.Time, skip, limit int) (list []training.Batch, total int, err error)
	// AddBatch makes a batch (and its occasion) with sessions, quotas, trainers; state
	// Planned. Its number is the next one of the programme.
	AddBatch(ctx context.Context, b training.Batch, by int64, now time.Time) (int64, error)
	// ChangeBatch replaces what a batch says, if b.Revision is still that of the row;
	// else Stale, with who changed it and when. moved = hours or days of a session are
	// other ones: participants are to be asked (Tetap ikut, Berhalangan); room alone =
	// they are told. Lowering the seats takes nobody's.
	ChangeBatch(ctx context.Context, b training.Batch, by int64, now time.Time) (out training.Outcome, moved, room bool, err error)
	// SetSeats is ChangeBatch of the seats alone.
	SetSeats(ctx context.Context, batch int64, revision, seats int, by int64, now time.Time) (training.Outcome, error)
	// OpenBatch shows a planned batch; Stale as above, Gone when it is over.
	OpenBatch(ctx context.Context, batch int64, revision int, by int64, now time.Time) (training.Outcome, error)
	// CopyBatch makes a planned batch of the same programme that begins on the day
	// starts, with the same distances between its times; without participants.
	CopyBatch(ctx context.Context, batch int64, starts time.Time, by int64, now time.Time) (int64, error)
	// CancelBatch ends a batch and all that stands in it, open offers too, and returns
	// who took part or waited until then. Gone when it is over already.
	CancelBatch(ctx context.Context, batch int64, revision int, reason string, by int64, now time.Time) (out training.Outcome, were []training.Participant, err error)
	// Committee lists who runs a batch.
	Committee(ctx context.Context, batch int64) ([]personnel.Employee, error)
	// SetCommittee names somebody for the committee, or not any more.
	SetCommittee(ctx context.Context, batch, employee int64, in bool, by int64, now time.Time) error
}

// seats are what people do to win, leave and give seats.
type seats interface {
	// Offers lists the batches that somebody may register for or see, in this order:
	// those that develop what the person lacks (Why says which competency), then those
	// with people of the own unit, then all, each nearest first.
	Offers(ctx context.Context, employee int64, now time.Time, skip, limit int) (list []training.Offer, total int, err error)
	// Enrolments lists what somebody takes part in or took part in since a moment,
	// nearest first.
	Enrolments(ctx context.Context, employee int64, since time.Time) ([]training.Enrolment, error)
	// Enrolment reads one; ErrNotFound.
	Enrolment(ctx context.Context, batch, employee int64) (training.Enrolment, error)
	// Apply registers somebody (Saya ikut). leave = the person was asked about leave
	// and still wants to.
	Apply(ctx context.Context, batch, employee int64, leave bool, now time.Time) (training.Outcome, error)
	// Withdraw gives back what somebody has in a batch (Berhalangan).
	Withdraw(ctx context.Context, batch, employee int64, cause training.Cause, now time.Time) (training.Outcome, error)
	// TakeOffer takes a seat that was offered; Unchanged when the person has it,
	// OfferEnded when the offer is over.
	TakeOffer(ctx context.Context, batch, employee int64, now time.Time) (training.Outcome, error)
	// KeepSeat stores Tetap ikut after a batch has moved.
	KeepSeat(ctx context.Context, batch, employee int64, now time.Time) (training.Outcome, error)
	// Nominate gives a seat to somebody of the area, with the number and day of the
	// unit head's letter.
	Nominate(ctx context.Context, a personnel.Area, n training.Nomination, now time.Time) (training.Outcome, error)
	// Replace gives the seat of one to another of the area (Ganti peserta), until the
	// first session has ended.
	Replace(ctx context.Context, a personnel.Area, batch, out, in, by int64, now time.Time) (training.Outcome, error)
	// FillByHand gives a free seat to the first in the queue, when offers are not made
	// any more (training.Batch.ByHand); Full when none is free, Unchanged when nobody
	// waits.
	FillByHand(ctx context.Context, batch, by int64, now time.Time) (training.Outcome, error)
	// Participants lists who takes part in a batch, of an area: those with a seat,
	// then the queue in its order, then those who were ranked or left.
	Participants(ctx context.Context, a personnel.Area, batch int64) ([]training.Participant, error)
}

// permissions are the superiors' and the units' part.
type permissions interface {
	// Requests lists the permissions that wait for a superior or for whoever stands
	// in today, by deadline.
	// SuperiorReach tells whether somebody's superior, or whoever stands in on the civil
	// date of now, can be asked here.
	SuperiorReach(ctx context.Context, employee int64, now time.Time) (training.Reach, error)
	Requests(ctx context.Context, superior int64, now time.Time) ([]training.Request, error)
	// RequestsOfUnit lists those of an officer's area whose superior is not known or
	// was warned of (one working day before the deadline).
	RequestsOfUnit(ctx context.Context, a personnel.Area, now time.Time) ([]training.Request, error)
	// Permit answers the request of an enrolment: Given, or Denied with a reason,
	// which frees the seat. Given may be taken back once a batch has moved (Cabut
	// izin), before it begins. NotAllowed when the asker leads the person no more.
	Permit(ctx context.Context, enrolment, superior int64, p training.Permission, reason string, now time.Time) (training.Outcome, error)
	// RecordLetter stores an Izin tertulis of somebody of the area.
	RecordLetter(ctx context.Context, a personnel.Area, enrolment int64, number string, day time.Time, by int64, now time.Time) (training.Outcome, error)
	// AssignmentsOwed lists the batches in which people of an area have a seat and no
	// surat tugas, nearest first.
	AssignmentsOwed(ctx context.Context, a personnel.Area, now time.Time) ([]training.Batch, error)
	// SetAssignment stores number and day of the surat tugas of everybody of the area
	// who has a seat and none yet; it returns for how many.
	SetAssignment(ctx context.Context, a personnel.Area, batch int64, number string, day time.Time, by int64, now time.Time) (int, error)
}

// meetings are about who was there.
type meetings interface {
	// TakeAttendance marks everybody with a seat as present but those absent (Semua
	// hadir, kecuali …), whatever was marked before; it returns who is absent and was
	// not before.
	TakeAttendance(ctx context.Context, session int64, absent []int64, by int64, now time.Time) ([]int64, error)
	// CheckIn marks somebody with a seat as present by code; Unchanged when that is so
	// already.
	CheckIn(ctx context.Context, session, employee int64, now time.Time) (training.Outcome, error)
	// AddWalkIn lets somebody take part who has no seat; it takes none.
	AddWalkIn(ctx context.Context, session, employee, by int64, now time.Time) (training.Outcome, error)
	// SetGuests stores how many heads of a session are no participants.
	SetGuests(ctx context.Context, session int64, heads int, by int64, now time.Time) error
	// SetSheet attaches the photograph of the signed list.
	SetSheet(ctx context.Context, session int64, file string, by int64, now time.Time) error
	// Claim stores Saya hadir of somebody who was marked absent; Unchanged when it was
	// made before.
	Claim(ctx context.Context, session, employee int64, now time.Time) (training.Outcome, error)
	// Claims lists the claims of a batch that wait for the committee.
	Claims(ctx context.Context, batch int64) ([]training.Claim, error)
	// DecideClaim accepts a claim, or not; Unchanged when it was decided before.
	DecideClaim(ctx context.Context, session, employee int64, present bool, by int64, now time.Time) (training.Outcome, error)
	// Attended lists who counts as present in a batch: the share of its sessions that
	// the programme says. By id.
	Attended(ctx context.Context, batch int64) ([]int64, error)
}

// people are what the conversations read and store beside that.
type people interface {
	Employee(ctx context.Context, id int64) (personnel.Employee, error)
	// OfficeChat tells whether a chat belongs to somebody of the personnel office now.
	OfficeChat(ctx context.Context, chat int64) (bool, error)
	TeamMember(ctx context.Context, superior, employee int64, now time.Time) (personnel.Member, error)
	// LockSeats locks batches, then people with their superiors, each in the order of
	// their ids.
	LockSeats(ctx context.Context, batches, people []int64) error
	// BatchOfSession and BatchOfEnrolment tell to which batch something belongs;
	// ErrNotFound. Whether the asker may see it is the caller's to ask.
	BatchOfSession(ctx context.Context, session int64) (int64, error)
	BatchOfEnrolment(ctx context.Context, enrolment int64) (int64, error)
	// EnrolledPerson is who an enrolment is about; ErrNotFound.
	EnrolledPerson(ctx context.Context, enrolment int64) (personnel.Employee, error)
	// Roll lists who may be in a session and what is marked of them, by name.
	Roll(ctx context.Context, session int64) ([]training.Attendee, error)
	// MeetingsNow lists the sessions whose codes somebody may use now.
	MeetingsNow(ctx context.Context, employee int64, now time.Time) ([]training.Meeting, error)
	// CountCodeTry notes a wrong code of somebody in a batch, and returns how many
	// there were within the hour.
	CountCodeTry(ctx context.Context, batch, employee int64, now time.Time) (int, error)
	// RunsAny tells whether there is anything in BatchesRun.
	RunsAny(ctx context.Context, who personnel.Employee, now time.Time) (bool, error)
	// UnitBatches lists the batches that are not over into which people of an area may
	// be brought, nearest first; total is how many there are.
	UnitBatches(ctx context.Context, a personnel.Area, now time.Time, skip, limit int) (list []training.UnitBatch, total int, err error)
	// CopyTrainings is what is stored about the trainings of the person of a chat; nil
	// = nothing.
	CopyTrainings(ctx context.Context, chatID int64) (json.RawMessage, error)
}
