package command

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/proof"
)

// The kill switch: what waits stays, people are answered, and afterwards each message
// goes once.
func TestTheOperatorStopsAndLetsGoOn(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	t.Parallel()
	d := newBadDay(t, "BANGKOM_IDENTITY_CODE_KEY="+proof.CodeKey)
	url, owner := devdbtest.Database(t, migrateForTests)
	_, stop := d.serve(url)
	defer stop()
	if said := d.do(exitOK, url, owner, "stop"); !strings.Contains(said, "bangkom resume --apply") {
		t.Errorf("stop says %s", said)
	}
	d.queue(owner, queuedTexts...)
	d.fake.SendText(patient, "/bantuan")
	for limit := time.Now().Add(2 * time.Minute); len(d.fake.Messages(patient)) < 2 && time.Now().Before(limit); {
		time.Sleep(20 * time.Millisecond)
	}
	time.Sleep(1200 * time.Millisecond) // the table is looked at each second
	// That is after the answer, so what was stopped has had its turn.
	for _, text := range queuedTexts {
		if n := d.arrived(text); n != 0 {
			t.Errorf("%q was sent while all was stopped", text)
		}
	}
	if n := len(d.fake.Messages(patient)); n < 2 {
		t.Error("nobody is answered while all is stopped")
	}
	if said := d.do(exitOK, url, owner, "stop"); !strings.Contains(said, "nothing was changed") {
		t.Errorf("a second stop says %s", said)
	}
	if said := d.do(exitOK, url, owner, "resume"); !strings.Contains(said, "starts by itself is stopped since") || !strings.Contains(said, "5 prompt") {
		t.Errorf("resume says %s", said)
	}
	d.do(exitOK, url, owner, "resume", "--apply")
	d.await(1, queuedTexts...)
	if said := d.do(exitOK, url, owner, "resume"); !strings.Contains(said, "nothing to resume") {
		t.Errorf("resume after it says %s", said)
	}
}
