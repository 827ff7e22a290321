package handlers_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
)

// span is so long that a computer is never too slow for a double tap.
const span = time.Hour

// sincePress lets time pass since everybody's last press: they came that much earlier.
func (w *world) sincePress(d time.Duration) {
	w.t.Helper()
	w.exec(`UPDATE chat SET press_at = press_at - make_interval(secs => $1)`, d.Seconds())
}

// buttons are those of the newest message with any, by label.
func (w *world) buttons(account int64) (message int, data map[string]string) {
	w.t.Helper()
	data = map[string]string{}
	for _, m := range slices.Backward(w.fake.Messages(account)) {
		for _, row := range m.Inline {
			for _, b := range row {
				data[b.Text] = b.Data
			}
		}
		if len(data) > 0 {
			return m.ID, data
		}
	}
	w.t.Fatalf("no buttons are on show:\n%s", w.onShow(account))
	return 0, nil
}

// answers counts what somebody has answered so far in the self-assessment.
func (w *world) answers(account int64) int {
	return w.count(`SELECT count(*) FROM draft d, jsonb_array_elements(d.body->'answered') WHERE d.chat_id = $1 AND d.form = 'q'`, account)
}

const again = "Ketukan ini terlalu cepat, jadi tidak dihitung. Silakan baca dulu, lalu ketuk sekali lagi."

// People tap at random, with and without time between two taps, at one of two
// processes by turns, which are restarted on the way. What a tap answers is a question that
// was there to be read; any other changes nothing and is told so.
func TestOnlyWhatCouldBeReadIsAnswered(t *testing.T) {
	everyWay(t, func(t *testing.T, by way) {
		w := newWorld(t, func(w *world) { w.way, w.double = by, span })
		w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
		rng := rand.New(rand.NewPCG(15, 3))
		for _, name := range []string{"Rina", "Sari", "Wayan"} {
			who := account(name)
			w.linkStraight(w.ids[name], who, name)
			w.say(who, "/asesmen")
			read := true // the first question is on a new message
			for n := 0; n < 9; {
				if !read && rng.IntN(2) == 0 {
					w.sincePress(2 * span)
					read = true
				}
				if rng.IntN(12) == 0 {
					w.stop()
					w.start()
				}
				message, data := w.buttons(who)
				query, err := w.fake.Press(who, message, data[fmt.Sprint(1+rng.IntN(5))])
				if err != nil {
					t.Fatal(err)
				}
				toast := w.answered(query).Text
				w.settle()
				if read {
					n++
				}
				if got := w.answers(who); got != n || (toast == again) == read {
					t.Fatalf("%s: %d questions are answered, want %d; time to read %t, the toast is %q", name, got, n, read, toast)
				}
				read = false
			}
		}
	})
}

// requests are two of them on the card of the personnel office.
func (w *world) requests() (hr int64) {
	w.t.Helper()
	for _, name := range []string{"Rina", "Wayan"} {
		w.linkStraight(w.ids[name], account(name), name)
		w.exec(`INSERT INTO ticket (employee_id, chat_id, kind, body, created_at) VALUES ($1, $2, 'correction', 'Gelar belum tercatat', $3)`,
			w.ids[name], account(name), w.clock.Now())
		w.clock.move(time.Minute)
	}
	hr = account("Sari")
	w.linkStraight(w.ids["Sari"], hr, "Sari")
	w.grant("Sari", "hr", false)
	w.say(hr, "/kelola")
	w.tap(hr, "Permintaan")
	w.sincePress(2 * span)
	return hr
}

func (w *world) waiting() int { return w.count(`SELECT count(*) FROM ticket WHERE handled_at IS NULL`) }

// The second of two taps on "1 Selesai" meets the number of somebody else, whom
// nobody has seen there.
func TestDoubleTapClosesOneRequest(t *testing.T) {
	everyWay(t, func(t *testing.T, by way) {
		w := newWorld(t, func(w *world) { w.way, w.double = by, span })
		hr := w.requests()
		if toast := w.press(hr, "1 Selesai").Text; toast == again || w.waiting() != 1 {
			t.Fatalf("after one tap %d requests wait, the toast is %q", w.waiting(), toast)
		}
		if toast := w.press(hr, "1 Selesai").Text; toast != again || w.waiting() != 1 {
			t.Errorf("after a double tap %d requests wait, want 1; the toast is %q", w.waiting(), toast)
		}
		w.sincePress(2 * span)
		if w.press(hr, "1 Selesai"); w.waiting() != 0 {
			t.Errorf("after a tap that was meant %d requests wait", w.waiting())
		}
	})
}

// What was pressed while nobody took it comes all at once, however long people thought
// in between. Each press is about what was on the card, and the same press twice is one.
func TestAnOutageSwallowsNoHonestPress(t *testing.T) {
	devdbtest.Long(t, "an outage")
	everyWay(t, func(t *testing.T, by way) {
		w := newWorld(t, func(w *world) { w.way, w.double = by, span })
		hr := w.requests()
		message, data := w.buttons(hr)
		w.stop()
		var queries []string
		for _, label := range []string{"1 Selesai", "1 Selesai", "2 Selesai"} {
			query, err := w.fake.Press(hr, message, data[label])
			if err != nil {
				t.Fatal(err)
			}
			queries = append(queries, query)
		}
		w.start()
		w.settle()
		if n := w.waiting(); n != 0 {
			t.Errorf("%d requests wait although both were pressed", n)
		}
		if toast := w.answered(queries[1]).Text; toast != again {
			t.Errorf("the second of two equal presses is answered with %q", toast)
		}
	})
}

// Each number is bound to what it names and to what was said of it: an old button, or the
// same one twice, leaves things as the first press made them.
func TestANumberDoesNotTurnBack(t *testing.T) {
	devdbtest.Long(t, "an odd event of the number of a card")
	t.Parallel()
	w := newWorld(t)
	me := w.boss(20) // so many that they can be shared
	w.linkStraight(w.ids["Rina"], account("Rina"), "Rina")
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar")
	w.say(me, "/tim")
	w.tap(me, "Bagi penilaian", "Tambah penilai")
	w.say(me, "rina")
	rates := func() int { return w.count(`SELECT count(*) FROM co_rater WHERE revoked_at IS NULL`) }
	message, data := w.buttons(me)
	for range 2 {
		w.fake.ForgePress(me, message, data["1"])
		w.settle()
		if rates() != 1 {
			t.Fatalf("Rina rates %d people, want 1:\n%s", rates(), w.onShow(me))
		}
	}
	message, data = w.buttons(me)
	for range 2 {
		w.fake.ForgePress(me, message, data["1"])
		w.settle()
		if rates() != 0 {
			t.Fatalf("Rina still rates %d people:\n%s", rates(), w.onShow(me))
		}
	}
	hr := account("Sari")
	w.linkStraight(w.ids["Sari"], hr, "Sari")
	w.grant("Sari", "hr", false)
	w.say(hr, "/kelola")
	w.tap(hr, "Cari pegawai")
	w.say(hr, "wayan")
	only := func() int { return w.count(`SELECT count(*) FROM employee WHERE self_only`) }
	for _, turn := range []struct {
		label string
		only  int
	}{{"Mandiri saja", 1}, {"Dinilai atasan", 0}} {
		message, data = w.buttons(hr)
		for range 2 {
			w.fake.ForgePress(hr, message, data[turn.label])
			w.settle()
			if only() != turn.only {
				t.Fatalf("after %s %d people are self-assessed only:\n%s", turn.label, only(), w.onShow(hr))
			}
		}
	}
}

// A card that is shown again as it was carries the same data, so that an edit to it
// stays one that nobody has to send.
func TestTheSameCardHasTheSameButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	rina := account("Rina")
	w.linkStraight(w.ids["Rina"], rina, "Rina")
	w.say(rina, "/asesmen")
	_, before := w.buttons(rina)
	w.say(rina, "/asesmen")
	_, after := w.buttons(rina)
	var changed []string
	for label, data := range before {
		if after[label] != data {
			changed = append(changed, label)
		}
	}
	if len(changed) > 0 {
		t.Errorf("other data of %s", strings.Join(changed, ", "))
	}
}
