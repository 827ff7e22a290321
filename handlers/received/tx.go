package received

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/courier"
)

// Tx is what the room asks of the open transaction. dialog.ErrNotFound says everywhere
// that there is no such thing, or that it is not for whoever asks.
type Tx interface {
	courier.Tx
	personTx
	officerTx
}

// personTx is about what one person has received (archive.go, received.go).
type personTx interface {
	Archive(ctx context.Context, employee int64, typed string, skip, limit int) (announcement.Archive, error)
	Received(ctx context.Context, id, employee int64) (announcement.Received, error)
	ReadAnnouncement(ctx context.Context, id, employee int64, version int, now time.Time) (announcement.Read, error)
	AnnouncementArrived(ctx context.Context, id, employee, chat int64, message int, now time.Time) error
	RepliedTo(ctx context.Context, employee, chat int64, message int) (int64, error)
	// AskQuestion stores a question of somebody in whose archive the announcement is; full
	// says that as many of this person wait as may, and nothing was stored.
	AskQuestion(ctx context.Context, id, employee int64, body string, now time.Time) (q int64, full bool, err error)
	// PublishedAnswers lists the answers that everybody may read, the newest first.
	PublishedAnswers(ctx context.Context, id int64, limit int) ([]announcement.Question, error)
	CopyAnnouncements(ctx context.Context, chatID int64) (json.RawMessage, error)
}

// officerTx is about what officers of units note (unit.go).
type officerTx interface {
	// Announcement reads one in any state but Deleted.
	Announcement(ctx context.Context, id int64) (announcement.Announcement, error)
	UnitAnnouncements(ctx context.Context, officer int64, now time.Time, skip, limit int) ([]announcement.UnitEntry, error)
	UnitPeopleLeft(ctx context.Context, officer int64, now time.Time) (int, error)
	UnitPending(ctx context.Context, officer, id int64, now time.Time, skip, limit int) (announcement.UnitList, error)
	TellDirectly(ctx context.Context, officer, id, employee int64, told bool, now time.Time) error
	TellRest(ctx context.Context, officer, id int64, now time.Time) (int, error)
}
