package handlers_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var plannedLine = regexp.MustCompile(`• \w+, (\d+) Januari 2027, pukul (\d\d\.\d\d) WIB: pengingat`)

// foretold are the times that /pengingat tells, as day and clock.
func (w *world) foretold(who int64) (times []string) {
	w.say(who, "/pengingat")
	for _, m := range plannedLine.FindAllStringSubmatch(w.onShow(who), -1) {
		times = append(times, m[1]+" "+m[2])
	}
	return times
}

// What stands as planned is what comes, at that time: for who asked for nothing, for who wants
// silence over the day of a reminder, for who put the task off over it, and for who stopped reminders. While
// a unit is paused nothing is planned.
func TestPlannedIsWhatComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	names := []string{"Rina", "Bambang", "Sari", "Wayan"}
	for _, name := range names {
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
	w.press(account("Sari"), "Nanti")
	w.press(account("Sari"), "Hari Senin")
	w.say(account("Rina"), "/pengingat")
	w.press(account("Rina"), "Hening sampai...")
	w.say(account("Rina"), "14 Januari 2027")
	w.say(account("Bambang"), "/pengingat")
	w.press(account("Bambang"), "Hentikan pengingat")
	if shown := w.onShow(account("Bambang")); !strings.Contains(shown, "Tidak ada pengingat yang direncanakan.") {
		t.Errorf("planned when reminders are stopped:\n%s", shown)
	}
	want := map[string][]string{"Rina": {"15 07.45", "25 08.30"}, "Bambang": nil, "Sari": {"18 08.30", "19 07.45", "25 08.30"}, "Wayan": {"13 07.45", "25 08.30"}}
	for _, name := range names {
		if got := w.foretold(account(name)); !slices.Equal(got, want[name]) {
			t.Errorf("planned for %s: %q, want %q", name, got, want[name])
		}
	}
	w.exec(`INSERT INTO unit_pause (unit_id, paused_at, people, muted, blocked) SELECT unit_id, $2, 10, 3, 0 FROM employee WHERE id = $1`, w.ids["Wayan"], w.clock.Now())
	if got := w.foretold(account("Wayan")); len(got) != 0 {
		t.Errorf("planned while the unit is paused: %q", got)
	}
	w.exec(`UPDATE unit_pause SET resumed_at = $1`, w.clock.Now())
	came, before := map[string][]string{}, map[string]int{}
	for _, name := range names {
		before[name] = len(w.fake.Messages(account(name)))
	}
	for day := 12; day <= 25; day++ {
		for _, at := range [][2]int{{7, 44}, {7, 45}, {8, 30}, {14, 0}} {
			if day == 12 && at[0] < 9 {
				continue
			}
			to(day, at[0], at[1])
			w.runJob("reminders")
			w.settle()
			for _, name := range names {
				if n := len(w.fake.Messages(account(name))); n > before[name] {
					before[name], came[name] = n, append(came[name], fmt.Sprintf("%d %s", day, w.clock.Now().In(wib).Format("15.04")))
				}
			}
		}
	}
	for _, name := range names {
		if !slices.Equal(came[name], want[name]) {
			t.Errorf("%s got messages at %q, want %q", name, came[name], want[name])
		}
	}
}
