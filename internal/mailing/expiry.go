package mailing

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
)

// ExpiryTx is what ending what nobody answered or got in time asks of the open
// transaction.
type ExpiryTx interface {
	courier.Tx
	// ExpireRequests takes requests back to their authors that nobody has answered in time.
	ExpireRequests(ctx context.Context, now time.Time) ([]announcement.Announcement, error)
	// ExpireRecipients ends the waiting for announcements whose end has come, and returns
	// for how many people.
	ExpireRecipients(ctx context.Context, now time.Time) (int, error)
}

// Expire ends what nobody answered or got in time, tells the authors of requests, and
// returns how much that was.
func (m *Mailer) Expire(ctx context.Context, tx ExpiryTx, now time.Time) (int, error) {
	asked, err := tx.ExpireRequests(ctx, now)
	if err != nil {
		return 0, err
	}
	var tell []courier.Message
	for _, a := range asked {
		tell = append(tell, courier.Message{Employee: a.Author, Key: fmt.Sprintf("announcement-request:%d:%d", a.ID, now.Unix()),
			Candidate: outreach.Candidate{Class: outreach.Service, Kind: outreach.Answered},
			Reply:     dialog.Reply{Template: "announcement.request_expired", Text: m.Writer.Text.T("announcement.request_expired", nil)}})
	}
	if _, err := m.Courier.SendAll(ctx, tx, now, tell); err != nil {
		return 0, err
	}
	n, err := tx.ExpireRecipients(ctx, now)
	return len(asked) + n, err
}
