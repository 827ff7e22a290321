package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// target is a person who is to be linked, and whom others want to be.
type target struct {
	id          int64
	account     int64
	nip         string
	phone, code string
	late        string // a code that has expired
}

const (
	targetAccounts   = 6_100_000_000
	attackerAccounts = 6_200_000_000
)

// targets fills the register with n people; each has a phone and two codes, of
// which one has expired.
func (w *world) targets(n int) []target {
	w.t.Helper()
	out := make([]target, n)
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		unit, err := tx.PutUnit(ctx, "DPT", "Dinas Pelayanan Terpadu")
		if err != nil {
			return err
		}
		for i := range out {
			one := target{account: targetAccounts + int64(i), nip: fmt.Sprintf("19850720201001%d%03d", 1+i%2, 100+i),
				phone: fmt.Sprintf("+62812345%05d", 10_000+i), code: fmt.Sprintf("7K2M%04dH%03d", i, i), late: fmt.Sprintf("9T2M%04dH%03d", i, i)}
			nip, err := personnel.ParseNIP(one.nip, w.clock.Now())
			if err != nil {
				return err
			}
			one.id, err = tx.PutEmployee(ctx, personnel.Employee{NIP: nip, Name: fmt.Sprintf("Pegawai %d", i), Sex: nip.Sex(),
				UnitID: unit, PositionTitle: "Pengelola Layanan", ClassCode: "PELAKSANA"})
			if err != nil {
				return err
			}
			for code, days := range map[string]int{one.code: 21, one.late: -1} {
				if err := tx.AddCode(ctx, hashCode(code), one.id, w.clock.Now().AddDate(0, 0, -30), w.clock.Now().AddDate(0, 0, days)); err != nil {
					return err
				}
			}
			out[i] = one
		}
		return nil
	})
	for _, one := range out {
		w.exec(`UPDATE employee SET phone = $2 WHERE id = $1`, one.id, one.phone)
	}
	return out
}

// steps are what one account does, one after the other.
type steps struct {
	account int64
	do      []func()
}

// rightful links a person by code or by NIP and phone.
func (w *world) rightful(i int, v target) steps {
	agree := func() { w.pressNewest(v.account, "Setuju") }
	text := func(s string) func() { return func() { w.fake.SendText(v.account, s) } }
	if i%2 == 0 {
		return steps{v.account, []func(){text("/start " + v.code), agree}}
	}
	return steps{v.account, []func(){text(v.nip), func() {
		w.fake.ShareContact(v.account, faketelegram.Contact{Phone: v.phone, FirstName: "Saya", UserID: v.account})
	}, agree}}
}

// attempt is what somebody else tries against a person. Setuju is pressed after
// each of them, should there be such a button.
func (w *world) attempt(i int, v target) steps {
	me := attackerAccounts + int64(i)
	text := func(s string) func() { return func() { w.fake.SendText(me, s) } }
	contact := func(c faketelegram.Contact) func() { return func() { c.FirstName = "X"; w.fake.ShareContact(me, c) } }
	agree := func() { w.pressNewest(me, "Setuju") }
	wrongDigit := func(n int) string {
		c := []byte(v.code)
		c[n%12] = map[bool]byte{true: '3', false: '2'}[c[n%12] == '2']
		return string(c)
	}
	switch i % 6 {
	case 0: // a code with one wrong digit
		return steps{me, []func(){text(wrongDigit(i / 6)), agree}}
	case 1: // the person's NIP and another phone
		return steps{me, []func(){text(v.nip), contact(faketelegram.Contact{Phone: fmt.Sprintf("+62813%08d", i), UserID: me}), agree}}
	case 2: // the person's own contact, forwarded
		return steps{me, []func(){text(v.nip), contact(faketelegram.Contact{Phone: v.phone, UserID: v.account, Forwarded: true}), agree}}
	case 3: // the right number, in a contact that is not the sender's
		return steps{me, []func(){text(v.nip), contact(faketelegram.Contact{Phone: v.phone, UserID: v.account}), agree}}
	case 4: // an expired code, and a code of nobody
		return steps{me, []func(){text("/start " + v.late), agree, text("ZZZZ-ZZZZ-ZZZZ"), agree}}
	default: // five guesses, then the right code
		var all []func()
		for n := range 5 {
			all = append(all, text(wrongDigit(n)))
		}
		return steps{me, append(all, text("/start "+v.code), agree)}
	}
}

// pressNewest presses the newest button of a label, if there is one.
func (w *world) pressNewest(account int64, label string) {
	_, _, _ = w.fake.PressLabel(account, label)
}

// Forged attempts of every kind bind nothing, rightful ones in between succeed.
func TestForgedBindings(t *testing.T) {
	devdbtest.Heavy(t, "500 attempts")
	t.Parallel()
	const people, attempts = 50, 500
	w := newWorld(t)
	all := w.targets(2 * people) // the second half are only attacked
	var queue []steps
	for i := range people {
		queue = append(queue, w.rightful(i, all[i]))
	}
	for i := range attempts {
		queue = append(queue, w.attempt(i, all[people+i%people]))
	}
	r := rand.New(rand.NewPCG(1, 3))
	for left := len(queue); left > 0; { // each round everybody does one step, in a new order
		r.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
		left = 0
		for i := range queue {
			if len(queue[i].do) > 0 {
				queue[i].do[0]()
				queue[i].do = queue[i].do[1:]
				left += len(queue[i].do)
			}
		}
		w.settle()
	}
	for i := range people { // the codes that were used are tried once more
		me := attackerAccounts + attempts + int64(i)
		w.fake.SendText(me, "/start "+all[i].code)
		w.settle()
		w.pressNewest(me, "Setuju")
	}
	w.settle()
	bound := w.count(`SELECT count(*) FROM chat WHERE employee_id IS NOT NULL`)
	right := 0
	for _, v := range all[:people] {
		right += w.count(`SELECT count(*) FROM chat WHERE id = $1 AND employee_id = $2`, v.account, v.id)
	}
	if bound != people || right != people {
		t.Errorf("%d accounts are linked, %d of them rightly; want %d and no other", bound, right, people)
	}
	if n := w.count(`SELECT count(*) FROM consent`); n != people {
		t.Errorf("%d consents, want %d", n, people)
	}
}

// What a known and an unknown NIP get is the same in words, and in time.
func TestUnknownNIPLooksKnown(t *testing.T) {
	devdbtest.Heavy(t, "200 tries each")
	const tries = 200
	w := newWorld(t)
	all := w.targets(tries)
	var took [2][]time.Duration
	var said [2]map[string]bool
	said[0], said[1] = map[string]bool{}, map[string]bool{}
	for i, v := range all {
		for kind, nip := range []string{v.nip, strings.Replace(v.nip, "19850720", "19850721", 1)} {
			me := attackerAccounts + int64(2*i+kind)
			took[kind] = append(took[kind], w.answerTime(me, func() { w.fake.SendText(me, nip) }),
				w.answerTime(me, func() {
					w.fake.ShareContact(me, faketelegram.Contact{Phone: "+6281399999999", FirstName: "X", UserID: me})
				}))
			for _, m := range w.fake.Messages(me) {
				if m.FromBot {
					said[kind][m.Text] = true
				}
			}
		}
	}
	if len(said[0]) != 2 || fmt.Sprint(said[0]) != fmt.Sprint(said[1]) {
		t.Errorf("a known NIP is answered %v, an unknown one %v", said[0], said[1])
	}
	known, unknown := median(took[0]), median(took[1])
	t.Logf("median answer to a known NIP %s, to an unknown one %s", known, unknown)
	if d := (known - unknown).Abs(); d >= 20*time.Millisecond {
		t.Errorf("the answers differ by %s", d)
	}
}

// answerTime is how long the bot takes for its next message.
func (w *world) answerTime(account int64, do func()) time.Duration {
	w.t.Helper()
	messages := func() (n int) {
		for _, m := range w.fake.Messages(account) {
			if m.FromBot {
				n++
			}
		}
		return n
	}
	before, begin := messages(), time.Now()
	do()
	limit := time.After(patience)
	for {
		changed := w.fake.Changed()
		if messages() > before {
			return time.Since(begin)
		}
		select {
		case <-changed:
		case <-limit:
			w.t.Fatal("no answer")
		}
	}
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
