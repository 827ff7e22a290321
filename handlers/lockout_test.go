package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
	"bangkom/storage"
)

// freshCode stores a code that an officer has made just now.
func (w *world) freshCode(name, code string) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		now := w.clock.Now()
		return tx.NewCode(ctx, w.ids[name], hashCode(code), w.ids["Bambang"], now, now.AddDate(0, 0, 21))
	})
}

// The text of the lockout promises that an officer's new code helps. It does;
// the slip of before does not, nor does a guess, nor the phone number.
func TestNewCodeLiftsTheLockout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wayan := account("Wayan")
	for range 5 {
		w.say(wayan, "0000-0000-0000")
	}
	w.clock.move(time.Minute)
	locked := func(what string) {
		t.Helper()
		if last, _ := w.fake.Last(wayan); !strings.HasPrefix(last.Text, "Percobaan dihentikan sampai pukul 09.00 WIB") {
			t.Errorf("%s is answered with %q", what, last.Text)
		}
	}
	for _, what := range []string{cast()[2].code, "1111-1111-1111", cast()[2].nip} {
		w.say(wayan, what)
		locked(what)
	}
	if n := w.count(`SELECT count(*) FROM failed_proof`); n != 6 {
		t.Errorf("%d wrong codes are counted, want 5 and the guess during the lockout", n)
	}
	w.freshCode("Wayan", "HJKM4NPQ2RST")
	w.say(wayan, "/start HJKM4NPQ2RST")
	w.press(wayan, "Setuju")
	w.settle()
	if !w.linked("Wayan") {
		t.Fatal("the new code does not link")
	}
	if n := w.count(`SELECT wrong_tries FROM chat WHERE id = $1`, wayan); n != 0 {
		t.Errorf("after the new code %d wrong tries are left", n)
	}
}

// Whoever proves one NIP by phone has not earned new guesses at others.
func TestPhoneKeepsTheWrongTries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wayan := account("Wayan")
	for range 4 {
		w.say(wayan, "0000-0000-0000")
	}
	w.say(wayan, cast()[2].nip)
	w.fake.ShareContact(wayan, faketelegram.Contact{UserID: wayan, Phone: phoneOf("Wayan"), FirstName: "Saya"})
	w.settle()
	w.press(wayan, "Setuju")
	w.settle()
	if n := w.count(`SELECT wrong_tries FROM chat WHERE id = $1`, wayan); !w.linked("Wayan") || n != 4 {
		t.Errorf("linked %t, %d wrong tries; want true and 4", w.linked("Wayan"), n)
	}
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.Unlink(ctx, w.ids["Wayan"], w.ids["Wayan"], "self", w.clock.Now())
		return err
	})
	w.say(wayan, "0000-0000-0000")
	if last, _ := w.fake.Last(wayan); !strings.HasPrefix(last.Text, "Percobaan dihentikan") {
		t.Errorf("the fifth wrong try is answered with %q", last.Text)
	}
}
