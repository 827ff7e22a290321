package bot

import (
	"sync/atomic"

	"bangkom/internal/dialog"
)

// Stats counts what the sender did since its start.
type Stats struct {
	Calls       int64 // made
	Sent        int64 // accepted by Telegram
	Retried     int64 // calls that had no effect and were put back
	Unknown     int64 // calls of unknown outcome
	Resent      int64 // those of them that went again: possible duplicates
	Lost        int64 // outcomes whose row another term had taken: possible duplicates
	Superseded  int64 // edits that a newer one made unnecessary
	Flood       int64 // 429 answers
	Unreachable int64
	Failed      int64
	Expired     int64
	GivenBack   int64       // rows given back to the table unsent
	Waiting     int64       // rows in memory now, those in flight included
	InFlight    int64       // calls in flight now
	Ignored     int64       // updates that were not read because one person sent too many
	Term        int64       // of the lease; 0 = another process has it
	Others      int         // other processes of this bot
	Hold        dialog.Hold // why nothing is sent from this database; "" = nothing is held
}

type counters struct {
	calls, sent, retried, unknown, resent, lost, superseded, flood, unreachable, failed, expired, givenBack atomic.Int64
}

func (c *counters) snapshot() Stats {
	return Stats{
		Calls: c.calls.Load(), Sent: c.sent.Load(), Retried: c.retried.Load(), Unknown: c.unknown.Load(),
		Resent: c.resent.Load(), Lost: c.lost.Load(), Superseded: c.superseded.Load(), Flood: c.flood.Load(),
		Unreachable: c.unreachable.Load(), Failed: c.failed.Load(), Expired: c.expired.Load(), GivenBack: c.givenBack.Load(),
	}
}
