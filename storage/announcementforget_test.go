package storage

import (
	"context"
	"testing"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
)

// Somebody is erased while messages of an announcement wait or are under way. No row keeps
// the chat when it comes to its end, whichever way that is, and the ledger still learns
// what became of each.
func TestErasedWhileALetterIsUnderWay(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 5)
	forget := func(who int64) {
		o.exec(`DELETE FROM chat WHERE id = $1`, who)
		o.exec(`UPDATE outbox SET forget = true WHERE chat_id = $1`, who)
	}
	o.approve(nil)
	o.work()
	flying, waiting, unclear, expired := o.people[0], o.people[1], o.people[2], o.people[3]
	rows := o.take(dialog.LaneBulk)
	var arrived, back []dialog.Outgoing
	for _, r := range rows {
		switch r.ChatID {
		case flying:
			arrived = append(arrived, r)
		case unclear: // its process is killed
		default:
			back = append(back, r)
		}
	}
	o.end(back, dialog.StateNew, "")
	for _, who := range []int64{flying, waiting, unclear, expired} {
		forget(who)
	}
	o.end(arrived, dialog.StateSent, "")
	o.exec(`UPDATE outbox SET expires_at = $1 WHERE chat_id = $2`, o.now, expired)
	o.tx(func(ctx context.Context, tx *Tx) error { _, err := tx.Expire(ctx, o.now); return err })
	if _, err := o.Claim(t.Context(), 2, dialog.LaneBulk, 100, o.now); err != nil {
		t.Fatal(err)
	}
	o.work()
	if n := o.count(`SELECT count(*) FROM outbox WHERE forget AND state NOT IN ('new', 'sending') AND chat_id <> 0`); n != 0 {
		t.Errorf("%d rows that have ended still name the chat", n)
	}
	if n := o.count(`SELECT count(*) FROM announcement_recipient WHERE chat_id = 0`); n != 0 {
		t.Errorf("%d rows of the ledger name chat 0", n)
	}
	if got := o.text(`SELECT string_agg(state, ' ' ORDER BY employee_id) FROM announcement_recipient WHERE employee_id <> $1`, o.people[4]); got != "sent unlinked unknown unlinked" {
		t.Errorf("the ledger is %q", got)
	}
}
