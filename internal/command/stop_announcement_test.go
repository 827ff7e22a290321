package command

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/proof"
	"bangkom/internal/prove"
)

const (
	mailed      = 60                        // people to whom an announcement goes
	firstMailed = 9_000_000                 // account of the first of them
	mailedText  = "Apel Senin pukul 07.30." // which it says
)

// announced is how many messages with the announcement each account has.
func (d *badDay) announced() (all, most int) {
	for i := range mailed {
		n := 0
		for _, m := range d.fake.Messages(firstMailed + int64(i)) {
			if strings.Contains(m.Text, mailedText) {
				n++
			}
		}
		all, most = all+n, max(most, n)
	}
	return all, most
}

// awaitAnnounced waits until so many messages have come.
func (d *badDay) awaitAnnounced(owner string, n int) {
	d.t.Helper()
	for limit := time.Now().Add(3 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		all, _ := d.announced()
		if all >= n {
			return
		}
		if time.Now().After(limit) {
			d.t.Fatalf("%d of %d have come; the ledger says %s", all, n, d.ledger(owner))
		}
	}
}

// awaitNothingTaken waits until the sender has sent what it had taken.
func (d *badDay) awaitNothingTaken(owner string) {
	d.t.Helper()
	db, err := sql.Open("postgres", owner)
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	for limit, n := time.Now().Add(3*time.Minute), 1; n > 0; time.Sleep(20 * time.Millisecond) {
		if err := db.QueryRow(`SELECT count(*) FROM outbox WHERE state = 'sending'`).Scan(&n); err != nil {
			d.t.Fatal(err)
		}
		if n > 0 && time.Now().After(limit) {
			d.t.Fatalf("%d messages are still being sent; the ledger says %s", n, d.ledger(owner))
		}
	}
}

// ledger tells what became of the recipients of the announcement, and of its messages.
func (d *badDay) ledger(owner string) (said string) {
	d.t.Helper()
	db, err := sql.Open("postgres", owner)
	if err != nil {
		d.t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow(`
		SELECT (SELECT string_agg(x, ', ') FROM (SELECT state || coalesce(' ' || reason, '') || ': ' || count(*) AS x FROM announcement_recipient GROUP BY state, reason) r)
		       || '; messages ' || (SELECT string_agg(x, ', ') FROM (SELECT state || coalesce(' ' || cause, '') || ': ' || count(*) AS x FROM outbox GROUP BY state, cause) o)`).Scan(&said); err != nil {
		d.t.Fatal(err)
	}
	return said
}

// approve makes a register whose people have accounts, and an announcement to all of them
// that two of the office have let go.
func (d *badDay) approve(owner string) {
	d.t.Helper()
	ctx := d.t.Context()
	if _, err := prove.Prepare(ctx, owner, mailed); err != nil {
		d.t.Fatal(err)
	}
	books, err := prove.OpenLedger(owner)
	if err != nil {
		d.t.Fatal(err)
	}
	defer books.Close()
	var id int64
	for _, step := range []func() error{
		func() error { return books.LinkAll(ctx, firstMailed) },
		func() error { return books.WorkDaily(ctx, time.Now()) },
		func() error { return books.Appoint(ctx, 0) },
		func() error { return books.Appoint(ctx, 1) },
		func() (err error) { id, err = books.Ask(ctx, 0, mailedText); return err },
		func() error { return books.Approve(ctx, id, 1) },
	} {
		if err := step(); err != nil {
			d.t.Fatal(err)
		}
	}
	for i := range mailed {
		d.fake.Greet(faketelegram.User{ID: firstMailed + int64(i), FirstName: "P"})
	}
}

// The kill switch in the middle of an announcement, and a restored copy beside it: nothing
// of it goes until `bangkom resume`, and then each has it once.
func TestStoppedInTheMiddleOfAnAnnouncement(t *testing.T) {
	devdbtest.Long(t, "databases are dumped and restored")
	t.Parallel()
	d := newBadDay(t, "BANGKOM_IDENTITY_CODE_KEY="+proof.CodeKey, "BANGKOM_AGENCY_TIME_ZONE="+proof.NoonZone(time.Now()),
		"BANGKOM_TELEGRAM_RATE_PER_SECOND=20")
	url, owner := devdbtest.Database(t, migrateForTests)
	d.approve(owner)
	// The people of this Telegram are reached at once, and it says so late: of sixty messages
	// most still wait when the command comes, however long the command takes to begin.
	d.fake.SetFaults(faketelegram.Faults{Slow: 1, SlowFor: 3 * time.Second})
	s, stop := d.serve(url)
	d.awaitAnnounced(owner, 10)
	d.do(exitOK, url, owner, "stop")
	d.fake.SetFaults(faketelegram.Faults{})
	s.await("/metrics", http.StatusOK, regexp.MustCompile(`calls_total`))
	time.Sleep(2 * time.Second) // a claim that began before the command has ended by then
	d.awaitNothingTaken(owner)
	some, _ := d.announced()
	if some == mailed {
		t.Fatal("all had gone before it was stopped")
	}
	file := filepath.Join(t.TempDir(), "cadangan.dump")
	d.do(exitOK, url, owner, "backup", "--out", file)
	copyOwner := devdbtest.Empty(t)
	copyURL := devdbtest.As(copyOwner, "bangkom_test")
	d.do(exitOK, copyURL, copyOwner, "restore", file)
	c, stopCopy := d.serve(copyURL)
	c.await("/readyz", http.StatusServiceUnavailable, heldReady)
	time.Sleep(3 * time.Second)
	if all, _ := d.announced(); all != some {
		t.Errorf("%d went while all was stopped, beside a restored copy", all-some)
	}
	if said := d.do(exitOK, copyURL, copyOwner, "resume"); !strings.Contains(said, "nothing was changed") {
		t.Errorf("resume of the copy says %s", said)
	}
	d.do(exitOK, url, owner, "resume", "--apply")
	d.awaitAnnounced(owner, mailed)
	c.await("/readyz", http.StatusServiceUnavailable, heldReady) // the copy goes on being silent
	stopCopy()
	stop()
	if all, most := d.announced(); all != mailed || most != 1 {
		t.Errorf("%d messages for %d people, %d at most for one; want one for each", all, mailed, most)
	}
}
