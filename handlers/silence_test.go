package handlers_test

import (
	"strings"
	"testing"
	"time"
)

// What stands as planned at somebody who asked for silence is what comes: a reminder that falls
// into the silence comes at its end, at the time that was told, and whoever stops reminders
// reads that none is planned, and gets none.
func TestPlannedDuringASilenceIsWhatComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rina, bambang := account("Rina"), account("Bambang")
	for _, name := range []string{"Rina", "Bambang"} {
		w.linkStraight(w.ids[name], account(name), name)
	}
	to := func(day, hour, minute int) {
		w.clock.move(time.Date(2027, 1, day, hour, minute, 0, 0, wib).Sub(w.clock.Now()))
	}
	to(11, 8, 30)
	w.openPeriod("Tahun 2027", time.Date(2027, 1, 25, 23, 59, 0, 0, wib))
	w.runJob("reminders")
	w.settle()
	to(12, 9, 0)
	w.say(rina, "/pengingat")
	w.press(rina, "Hening sampai...")
	w.say(rina, "14 Januari 2027")
	w.say(rina, "/pengingat")
	shown := w.onShow(rina)
	const planned = "• Jumat, 15 Januari 2027, pukul 07.45 WIB: pengingat, Penilaian Mandiri Kompetensi"
	if !strings.Contains(shown, planned) || strings.Contains(shown, "13 Januari") {
		t.Errorf("planned at a silence until the 14th:\n%s", shown)
	}
	w.say(bambang, "/pengingat")
	w.press(bambang, "Hentikan pengingat")
	if shown := w.onShow(bambang); !strings.Contains(shown, "Tidak ada pengingat yang direncanakan.") {
		t.Errorf("planned when reminders are stopped:\n%s", shown)
	}
	got := func(who int64) int { return len(w.fake.Messages(who)) }
	before, stopped := got(rina), got(bambang)
	var came []string
	for day := 12; day <= 25; day++ {
		for _, at := range [][2]int{{7, 44}, {7, 45}, {8, 30}, {14, 0}} {
			if day == 12 && at[0] < 9 {
				continue
			}
			to(day, at[0], at[1])
			w.runJob("reminders")
			w.settle()
			if n := got(rina); n > before {
				before, came = n, append(came, w.clock.Now().In(wib).Format("2 15.04"))
			}
		}
	}
	if len(came) == 0 || came[0] != "15 07.45" {
		t.Errorf("reminders came at %q", came)
	}
	if n := got(bambang); n != stopped {
		t.Errorf("%d messages came to somebody who stopped reminders:\n%s", n-stopped, w.onShow(bambang))
	}
}
