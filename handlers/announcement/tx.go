package announcement

import (
	"context"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/courier"
	"bangkom/internal/mailing"
	"bangkom/internal/personnel"
)

// Tx is what the room asks of the open transaction. dialog.ErrNotFound says everywhere
// that there is no such thing, that it is not the asker's, or that it has moved on since
// the card was shown.
type Tx interface {
	courier.Tx
	mailing.Tx
	draftTx
	audienceTx
	controlTx
	correctTx
	carryTx
	ledgerTx
	questionTx
	stopTx
	officeTx
}

// officeTx is what the personnel office needs beside (nips.go, approve.go).
type officeTx interface {
	Employee(ctx context.Context, id int64) (personnel.Employee, error)
	// LooksAfterUnits tells whether somebody is of the personnel office or an officer of a
	// unit.
	LooksAfterUnits(ctx context.Context, id int64) (bool, error)
	KnownNIPs(ctx context.Context) (map[string]bool, error)
	AwaitNIPs(ctx context.Context, f announcement.NIPFile, now time.Time) error
	// TakeNIPs takes the file of NIPs that has waited longest; nobody else gets it until a
	// moment.
	TakeNIPs(ctx context.Context, now, until time.Time) (announcement.NIPFile, error)
	// LockOfficeChat locks a chat if it is that of somebody of the personnel office;
	// ErrNotFound otherwise.
	LockOfficeChat(ctx context.Context, chat, employee int64) error
	EndNIPs(ctx context.Context, f announcement.NIPFile) error
}

// draftTx is about writing (compose.go).
type draftTx interface {
	// AddAnnouncement makes a draft of its author and returns its number.
	AddAnnouncement(ctx context.Context, a announcement.Announcement, now time.Time) (int64, error)
	// Announcement reads one in any state but Deleted, with its files and what its newest
	// version is.
	Announcement(ctx context.Context, id int64) (announcement.Announcement, error)
	// LockAnnouncement is Announcement, locked until the end of the transaction.
	LockAnnouncement(ctx context.Context, id int64) (announcement.Announcement, error)
	// PutAnnouncement stores the content of a draft: text, files, audience, times, kind,
	// acknowledgement, link. Only in state Draft, of a.Author, and with the revision that
	// a says, which rises by one; else ErrNotFound, and nothing has changed.
	PutAnnouncement(ctx context.Context, a announcement.Announcement, now time.Time) error
	// DiscardAnnouncement throws a draft of the author away.
	DiscardAnnouncement(ctx context.Context, id, author int64, now time.Time) error
	// CopyAnnouncement makes a new draft of the author from any announcement that was
	// approved, or an own one: its text, files, audience and switches, without times.
	CopyAnnouncement(ctx context.Context, id, author int64, now time.Time) (int64, error)
	// Announcements lists those that a filter chooses, changed last first, behind the first
	// skip of them, and tells how many there are.
	Announcements(ctx context.Context, f announcement.Filter, skip, limit int) ([]announcement.Announcement, int, error)
}

// audienceTx is about to whom it goes (audience.go).
type audienceTx interface {
	// CountAudience counts the people of an audience at now.
	CountAudience(ctx context.Context, a announcement.Audience, now time.Time) (int, error)
	// AudiencePeople lists their ids in order.
	AudiencePeople(ctx context.Context, a announcement.Audience, now time.Time) ([]int64, error)
	// AudienceSample returns some of them, spread over all units, for whoever has to check.
	AudienceSample(ctx context.Context, a announcement.Audience, limit int, now time.Time) ([]personnel.Employee, error)
	// UnlinkedOf lists those of an audience without an account, by unit and name.
	UnlinkedOf(ctx context.Context, a announcement.Audience, skip, limit int, now time.Time) ([]personnel.Employee, error)
	// PeopleByNIP finds people in service by number (Reveal of a NIP); who is not in the
	// map is nobody's number.
	PeopleByNIP(ctx context.Context, nips []string) (map[string]int64, error)
	// UnitOptions lists the units directly below one; 0 = those at the top.
	UnitOptions(ctx context.Context, above int64) ([]announcement.Option, error)
	// FindUnits and FindTitles list what contains a text, most people first.
	FindUnits(ctx context.Context, name string, limit int) ([]announcement.Option, error)
	FindTitles(ctx context.Context, name string, limit int) ([]announcement.Option, error)
	// ClassOptions lists the classes of positions that somebody holds.
	ClassOptions(ctx context.Context) ([]announcement.Option, error)
	// UnitNames names units by id.
	UnitNames(ctx context.Context, ids []int64) (map[int64]string, error)
}

// controlTx is about approving and running (approve.go, control.go).
type controlTx interface {
	// ApprovedSince counts the recipients of what an author has had approved since a
	// moment, for the limit from which a second person decides.
	ApprovedSince(ctx context.Context, author int64, since time.Time) (int, error)
	// AskAnnouncement gives a draft to a second person until a moment: Draft to Asked. The
	// revision is the one that the author saw.
	AskAnnouncement(ctx context.Context, id, author int64, revision int, until, now time.Time) error
	// ReturnAnnouncement takes an asked one back to Draft: its author withdraws it, or a
	// second person refuses.
	ReturnAnnouncement(ctx context.Context, id int64, now time.Time) error
	// ApproveAnnouncement freezes the audience: a row for each person of it. by is the
	// second person, never the author; 0 = none was needed, and the draft had the revision
	// that the author saw. Of an asked one the revision must be that which by saw. It
	// only commits; the worker sends (set Outcome.Work). The announcement as it is
	// afterwards is returned; its Frozen says how many people it has.
	ApproveAnnouncement(ctx context.Context, id, by int64, revision int, now time.Time) (announcement.Announcement, error)
	// UnscheduleAnnouncement cancels what was approved and has not begun, and returns a new
	// draft with the same content.
	UnscheduleAnnouncement(ctx context.Context, id, by int64, now time.Time) (draft int64, err error)
	// PauseAnnouncement, ResumeAnnouncement and CancelAnnouncement do so if it is possible.
	// changed tells whether it was this call; the announcement as it is afterwards comes
	// back either way, so that the second of two people sees what the first has done.
	PauseAnnouncement(ctx context.Context, id, by int64, now time.Time) (changed bool, a announcement.Announcement, err error)
	ResumeAnnouncement(ctx context.Context, id, by int64, now time.Time) (changed bool, a announcement.Announcement, err error)
	CancelAnnouncement(ctx context.Context, id, by int64, now time.Time) (changed bool, a announcement.Announcement, err error)
	// ShowProgressAt makes a message the one that shows the progress and edits itself; 0 =
	// none. The one before it stays as it is.
	ShowProgressAt(ctx context.Context, id, chatID int64, message int) error
	// OfficeChat tells whether a chat belongs to somebody of the personnel office now.
	OfficeChat(ctx context.Context, chat int64) (bool, error)
	// RetryFailed lets those go again whose message Telegram refused, ResendUnknown those
	// of whom nobody knows, RemindUnread reminds who has not read the newest version, each
	// person once. They return how many people that is; the worker does it.
	RetryFailed(ctx context.Context, id, by int64, now time.Time) (int, error)
	ResendUnknown(ctx context.Context, id, by int64, now time.Time) (int, error)
	RemindUnread(ctx context.Context, id, by int64, now time.Time) (int, error)
}

// correctTx is about Ralat and Tarik (correct.go).
type correctTx interface {
	// CorrectAnnouncement stores a new version of what was approved. c.Body, c.Entities and
	// c.Fact are its content, c.Correction its sort, and c.Version the version that whoever
	// corrects saw; another one in between gives ErrNotFound. Who has a message gets it
	// edited, who waits gets the new text, and of a correction of facts the worker sends
	// the short reply.
	CorrectAnnouncement(ctx context.Context, c announcement.Announcement, by int64, now time.Time) (announcement.Reach, error)
	// TakeBackOf counts what taking back would do at now.
	TakeBackOf(ctx context.Context, id int64, now time.Time) (announcement.TakeBack, error)
	// TakeBackAnnouncement does it: nothing goes any more, and messages that are young
	// enough are deleted.
	TakeBackAnnouncement(ctx context.Context, id, by int64, now time.Time) (announcement.TakeBack, error)
}

// ledgerTx is about what became of it for each person (control.go, ledger.go).
type ledgerTx interface {
	// AnnouncementCounts counts the ledger.
	AnnouncementCounts(ctx context.Context, id int64) (announcement.Counts, error)
	// Ledger reads all of it for a chat of the personnel office; ErrNotFound for others.
	Ledger(ctx context.Context, id, chat int64) (announcement.Ledger, error)
	// AnnouncementBoard counts what has gone wrong and what stands still.
	AnnouncementBoard(ctx context.Context, now time.Time) (announcement.Board, error)
}

// questionTx is about questions and answers (questions.go).
type questionTx interface {
	// OpenQuestions lists what nobody has answered: of one announcement, or of all when id
	// is 0, the oldest first; to is the person to whom they were passed on, 0 = all.
	OpenQuestions(ctx context.Context, id, to int64, skip, limit int) ([]announcement.Question, int, error)
	Question(ctx context.Context, id int64) (announcement.Question, error)
	// AnswerQuestion stores the one answer; ErrNotFound when there is one already.
	AnswerQuestion(ctx context.Context, id, by int64, answer string, now time.Time) (announcement.Question, error)
	ForwardQuestion(ctx context.Context, id, to, by int64, now time.Time) error
	// PublishAnswer lets everybody of the audience read question and answer, without the
	// name of who asked.
	PublishAnswer(ctx context.Context, id, by int64, now time.Time) error
}

// stopTx is the kill switch.
type stopTx interface {
	// Stopped tells who has stopped all that the bot starts by itself, and since when: by
	// is 0 when nothing is stopped, and -1 when it was done by command.
	Stopped(ctx context.Context) (by int64, since time.Time, err error)
	// Stop stops it; changed is false when it was stopped already.
	Stop(ctx context.Context, by int64, now time.Time) (changed bool, err error)
	// Restart ends that; false when whoever asks has stopped it, when it was stopped by
	// command, or when it is not stopped.
	Restart(ctx context.Context, by int64, now time.Time) (changed bool, err error)
}
