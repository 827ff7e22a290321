package handlers_test

import (
	"testing"
	"time"
)

// A thumb that taps twice, before the answer is on the screen, chooses once; both
// taps are answered with the same words.
func TestNantiTappedTwice(t *testing.T) {
	for choice, planned := range map[string]int{"Besok pagi": 1, "Saya buka sendiri": 0} {
		t.Run(choice, func(t *testing.T) {
			w := newWorld(t)
			w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 20))
			me := int64(firstAccount + 1)
			w.linkStraight(w.ids["Rina"], me, "Rina")
			w.say(me, "/asesmen")
			w.tap(me, "Nanti")
			stored := func(want int) {
				t.Helper()
				n, m := w.count(`SELECT count(*) FROM snooze`), w.count(`SELECT count(*) FROM notice WHERE kind = 'snoozed'`)
				if n != want || m != want*planned {
					t.Errorf("%d snoozes, %d messages planned, want %d and %d", n, m, want, want*planned)
				}
			}
			card, data := w.button(me, choice)
			var shown []string
			for range 2 {
				w.fake.ForgePress(me, card, data) // the first time it is there
				w.settle()
				shown = append(shown, w.onShow(me))
			}
			stored(1)
			if shown[0] != shown[1] {
				t.Errorf("the taps are answered with\n%s\nand\n%s", shown[0], shown[1])
			}
			w.clock.move(10 * time.Minute) // a choice of its own
			w.say(me, "/asesmen")
			w.tap(me, "Nanti")
			other := map[string]string{"Besok pagi": "Hari Senin", "Saya buka sendiri": "Saya buka sendiri"}[choice]
			w.tap(me, other)
			stored(2)
		})
	}
}

// button finds a button on the newest message of an account.
func (w *world) button(account int64, label string) (message int, data string) {
	w.t.Helper()
	all := w.fake.Messages(account)
	for i := len(all) - 1; i >= 0; i-- {
		for _, row := range all[i].Inline {
			for _, b := range row {
				if b.Text == label {
					return all[i].ID, b.Data
				}
			}
		}
	}
	w.t.Fatalf("no button %q", label)
	return 0, ""
}
