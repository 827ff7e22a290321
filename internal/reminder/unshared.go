package reminder

import (
	"context"
	"strconv"
	"strings"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// UnsharedKey begins the keys of notifications to people who may not help to rate
// any more because the register says so. The number of the row of that loss
// follows. Storage stores them, held and without a text, wherever the register
// changes, because an import of the command line has no courier.
const UnsharedKey = "unshare:"

// ExtendedKey begins the keys of notifications that a deadline has become later. The id
// of the task and the new deadline follow. Storage stores them, held and without a text,
// when a period is extended: they are as many as people, and are written some at a time.
const ExtendedKey = "extended:"

// Unshared is the loss of one helper (co-rater).
type Unshared struct {
	Rater    personnel.Employee
	Official personnel.Employee // who had asked
	People   int                // whose rating was not sent
}

// UnsharedTx is what telling of it asks of the open transaction.
type UnsharedTx interface {
	// Unshared returns the losses that notifications are about, by their ids.
	Unshared(ctx context.Context, ids []int64) (map[int64]Unshared, error)
}

// unsharedOf is the loss that a notification speaks of; false for any other notification.
func unsharedOf(n courier.Notification) (id int64, ok bool) {
	rest, ok := strings.CutPrefix(n.Key, UnsharedKey)
	if !ok || n.Kind != outreach.Unshared {
		return 0, false
	}
	id, err := strconv.ParseInt(rest, 10, 64)
	return id, err == nil
}

// unsharedReply tells of a loss; why is set when there is nothing to tell.
func (r *Reminder) unsharedReply(known map[int64]Unshared, n courier.Notification) (reply dialog.Reply, why outreach.Reason) {
	id, _ := unsharedOf(n)
	u, ok := known[id]
	if !ok || u.People == 0 {
		return reply, outreach.Closed
	}
	return dialog.Reply{Template: "rating.unshared", Text: r.cfg.Text.T("rating.unshared", text.Args{"sapaan": u.Rater.Salutation(),
		"nama": u.Rater.DisplayName(), "atasan": u.Official.Address(), "n": u.People})}, outreach.Free
}
