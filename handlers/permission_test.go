package handlers_test

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/training"
)

// lateRegistration is a training on a Monday whose last day of registration is the Friday
// before, on which Rina registers in the morning.
func lateRegistration(t *testing.T) (w *room, batch int64) {
	t.Helper()
	w = newRoom(t)
	starts := w.at("2027-01-18 08:00")
	batch = w.batch("Arsip Digital", starts, starts.Add(7*time.Hour), 5, func(b *training.Batch) {
		b.Closes, b.PermissionUntil = w.at("2027-01-16 00:00"), w.at("2027-01-16 00:00")
	})
	w.clockTo(w.at("2027-01-15 08:45"))
	w.say(w.rina, "/pelatihan")
	w.tapLabel(w.rina, "Arsip")
	w.tap(w.rina, "Saya ikut")
	return w, batch
}

// tapLabel opens the training of the list whose title begins so.
func (w *room) tapLabel(who int64, title string) {
	w.t.Helper()
	for _, line := range strings.Split(w.onShow(who), "\n") {
		if number, rest, ok := strings.Cut(strings.TrimSpace(line), ". "); ok && strings.Contains(rest, title) {
			w.tap(who, number)
			return
		}
	}
	w.t.Fatalf("no line with %q:\n%s", title, w.onShow(who))
}

// A seat that waits for a superior is freed at the beginning of the training at the latest, and
// the person hears of it; a superior is not said to be silent before two hours are over; and
// everybody is told the same deadline.
func TestSilenceUntilTheTrainingBegins(t *testing.T) {
	devdbtest.Long(t, "a weekend")
	t.Parallel()
	w, batch := lateRegistration(t)
	const state = `SELECT count(*) FROM enrolment WHERE batch_id = $1 AND state = 'seated' AND permission = 'asked'`
	if got := w.onShow(w.rina); strings.Contains(got, "paling lambat") {
		t.Errorf("a deadline is told that is not known yet:\n%s", got)
	}
	w.runJob("seats")
	w.settle()
	if w.heard(w.rina, "belum dijawab atasan") {
		t.Error("the superior is said to be silent in the minute of the request")
	}
	w.say(w.rina, "/pelatihan")
	w.tapLabel(w.rina, "Arsip")
	w.shows(w.rina, "paling lambat Senin, 18 Januari 2027, pukul 08.00 WIB")
	w.clockTo(w.at("2027-01-15 11:00"))
	w.runJob("seats")
	w.settle()
	if !w.heard(w.rina, "belum dijawab atasan; batasnya Senin, 18 Januari 2027, pukul 08.00 WIB") {
		t.Error("nobody was told that the superior is silent")
	}
	if n := w.count(state, batch); n != 1 {
		t.Fatalf("%d seats wait for the superior, want 1", n)
	}
	w.clockTo(w.at("2027-01-18 08:01"))
	w.runJob("seats")
	w.settle()
	if n := w.count(state, batch); n != 0 {
		t.Errorf("%d seats still wait for the superior while the training runs", n)
	}
	if !w.heard(w.rina, "tidak dijawab sampai Senin, 18 Januari 2027, pukul 08.00 WIB") {
		t.Error("the person was not told that the seat is gone")
	}
}
