package courier

import (
	"context"
	"strconv"
	"strings"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// UnsharedKey begins the keys of notices to somebody who may not help to rate any
// more because the register says so. The number of a row of such a loss follows.
// Storage leaves them held and without a text, wherever the register changes: an
// import of the command line has no courier.
const UnsharedKey = "unshare:"

// Unshared is the loss of one helper (co-rater).
type Unshared struct {
	Rater    personnel.Employee
	Official personnel.Employee // who had asked
	People   int                // whose rating was not sent
}

// UnsharedTx is what telling of it asks of the open transaction.
type UnsharedTx interface {
	// Unshared returns the losses that notices speak of.
	Unshared(ctx context.Context, ids []int64) (map[int64]Unshared, error)
}

// unsharedOf is the loss that a notice speaks of; false for any other notice.
func unsharedOf(n Notice) (id int64, ok bool) {
	rest, ok := strings.CutPrefix(n.Key, UnsharedKey)
	if !ok || n.Kind != outreach.Unshared {
		return 0, false
	}
	id, err := strconv.ParseInt(rest, 10, 64)
	return id, err == nil
}

// unsharedReply tells of a loss; why is set when there is nothing to tell.
func (c *Courier) unsharedReply(known map[int64]Unshared, n Notice) (r dialog.Reply, why outreach.Reason) {
	id, _ := unsharedOf(n)
	u, ok := known[id]
	if !ok || u.People == 0 {
		return r, outreach.Closed
	}
	return dialog.Reply{Template: "rating.unshared", Text: c.cfg.Text.T("rating.unshared", text.Args{"sapaan": u.Rater.Salutation(),
		"nama": u.Rater.DisplayName(), "atasan": u.Official.Address(), "n": u.People})}, outreach.Free
}
