package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// last is the newest message of the bot to an account.
func (w *world) last(who int64) string {
	w.t.Helper()
	text := ""
	for _, m := range w.fake.Messages(who) {
		if m.FromBot {
			text = m.Text
		}
	}
	return text
}

// shares sends the own number of an account.
func (w *world) shares(who int64, phone string) {
	w.t.Helper()
	w.fake.ShareContact(who, faketelegram.Contact{UserID: who, Phone: phone, FirstName: "Saya"})
	w.settle()
}

// The register has 0852-9123-4567. Whoever has +852 9123 4567 in Hong Kong is a
// stranger, however Telegram writes the number, and is told what everybody is
// told whose number is another one.
func TestForeignNumberIsAStranger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(`UPDATE employee SET phone = $2 WHERE id = $1`, w.ids["Rina"], personnel.RegisterPhone("0852-9123-4567", personnel.Indonesia))
	stranger := account("Tamu")
	answers := map[string]bool{}
	for _, phone := range []string{"85291234567", "+85291234567", "6281299999999"} {
		w.say(stranger, cast()[1].nip)
		w.shares(stranger, phone)
		answers[w.last(stranger)] = true
		w.pressNewest(stranger, "Setuju")
		w.settle()
	}
	if len(answers) != 1 || !strings.HasPrefix(w.last(stranger), "Data belum cocok.") {
		t.Errorf("a foreign number and a wrong one are answered differently: %v", answers)
	}
	if w.linked("Rina") {
		t.Fatal("a stranger in Hong Kong is Rina")
	}
	rina := account("Rina")
	w.say(rina, cast()[1].nip)
	w.shares(rina, "6285291234567")
	w.press(rina, "Setuju")
	if !w.linked("Rina") {
		t.Error("the rightful number does not link")
	}
}

const locked = "Percobaan dihentikan sampai "

// Twenty wrong tries in a day are enough, however they are spread, after a
// restart and for a chat that was forgotten. A code that an officer makes then
// helps at once.
func TestTwentyWrongTriesADay(t *testing.T) {
	devdbtest.Long(t, "tries until the limit")
	t.Parallel()
	w := newWorld(t)
	wayan := account("Wayan")
	wrong := func(n int) {
		for range n {
			w.say(wayan, "0000-0000-0000")
		}
	}
	for range 6 { // three an hour never close the door for an hour
		wrong(3)
		w.clock.move(61 * time.Minute)
	}
	wrong(1)
	w.say(wayan, cast()[2].code)
	w.press(wayan, "Tidak bersedia") // the bot forgets the chat
	w.stop()
	w.start()
	if n := w.count(`SELECT count(*) FROM chat WHERE id = $1`, wayan); n != 0 {
		t.Fatal("the chat of somebody who declined is kept")
	}
	wrong(1)
	if got := w.last(wayan); !strings.HasPrefix(got, locked+"Selasa, 12 Januari 2027, pukul 08.00 WIB") {
		t.Errorf("the twentieth wrong try of a day is answered with %q", got)
	}
	w.clock.move(2 * time.Hour)
	for _, what := range []string{cast()[2].code, "1111-1111-1111"} {
		if w.say(wayan, what); !strings.HasPrefix(w.last(wayan), locked+"Selasa") {
			t.Errorf("two hours later %q is answered with %q", what, w.last(wayan))
		}
	}
	w.shares(wayan, phoneOf("Wayan"))
	if got := w.last(wayan); !strings.HasPrefix(got, locked+"Selasa") {
		t.Errorf("a number is answered with %q", got)
	}
	w.freshCode("Wayan", "HJKM4NPQ2RST")
	w.say(wayan, "/start HJKM4NPQ2RST")
	w.press(wayan, "Setuju")
	if !w.linked("Wayan") {
		t.Error("a new code of the officer does not link")
	}
}

// The next day codes may be tried again.
func TestLockoutOfADayEnds(t *testing.T) {
	devdbtest.Long(t, "tries until the limit")
	t.Parallel()
	w := newWorld(t)
	w.exec(`INSERT INTO failed_proof (chat_id, serial, at) SELECT $1, 1000 + n, $2::timestamptz FROM generate_series(1, 20) n`, account("Wayan"), w.clock.Now())
	w.say(account("Wayan"), cast()[2].code)
	if got := w.last(account("Wayan")); !strings.HasPrefix(got, locked+"Selasa, 12 Januari 2027, pukul 08.00 WIB") {
		t.Errorf("on the day: %q", got)
	}
	w.clock.move(24 * time.Hour)
	w.say(account("Wayan"), cast()[2].code)
	w.press(account("Wayan"), "Setuju")
	if !w.linked("Wayan") {
		t.Error("a day later the code does not link")
	}
}

// A linked account learns nothing of a code that is not its own, has no more
// tries than anybody, and its own slip costs none.
func TestLinkedAccountLearnsNothingOfCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rina := account("Rina")
	w.linkByCode("Rina", cast()[1].code)
	w.exec(`UPDATE link_code SET used_at = now() WHERE employee_id = $1`, w.ids["Sari"])
	w.exec(`UPDATE link_code SET expires_at = now() - interval '1 year' WHERE employee_id = $1`, w.ids["Bambang"])
	answers := map[string]bool{}
	for range 3 {
		w.say(rina, "/start "+cast()[1].code)
		answers[w.last(rina)] = true
	}
	if n := w.count(`SELECT count(*) FROM failed_proof`); n != 0 {
		t.Errorf("the own code counts as %d wrong tries", n)
	}
	for _, code := range []string{cast()[2].code, cast()[3].code, cast()[0].code, "0000-0000-0000"} { // somebody's, used, expired, nobody's
		w.say(rina, "/start "+code)
		answers[w.last(rina)] = true
	}
	if len(answers) != 1 {
		t.Errorf("codes are told apart: %v", answers)
	}
	w.say(rina, "/start 1111-1111-1111")
	if got := w.last(rina); !strings.HasPrefix(got, locked+"pukul 09.00 WIB") {
		t.Errorf("the fifth code of others is answered with %q", got)
	}
	w.say(rina, "/start "+cast()[2].code)
	if got := w.last(rina); !strings.HasPrefix(got, locked) {
		t.Errorf("a sixth one with %q", got)
	}
}

// claims proves to be Rina on the account of somebody else, and presses Setuju.
func (w *world) claims(who string) string {
	w.t.Helper()
	code := fmt.Sprintf("HJKM4NPQ%04d", w.count(`SELECT count(*) FROM link_code`))
	w.tx(func(ctx context.Context, tx *storage.Tx) error { // beside the former codes, as an attacker would have several proofs
		now := w.clock.Now()
		return tx.AddCode(ctx, hashCode(code), w.ids["Rina"], now, now.AddDate(0, 0, 21))
	})
	w.say(account(who), "/start "+code)
	w.press(account(who), "Setuju")
	return w.last(account(who))
}

// Nobody's phone is asked again and again, and who asks does not learn of it.
func TestTakeoverQuestionsAreFew(t *testing.T) {
	devdbtest.Long(t, "tries until the limit")
	t.Parallel()
	w := newWorld(t)
	rina := account("Rina")
	w.linkByCode("Rina", cast()[1].code)
	questions := func() (n int) {
		for _, m := range w.fake.Messages(rina) {
			if m.FromBot && strings.HasPrefix(m.Text, "Ada permintaan memindahkan") || strings.HasPrefix(m.Text, "Baik. Permintaan itu ditolak") {
				n++
			}
		}
		return n
	}
	answers := map[string]bool{}
	for range 6 {
		answers[w.claims("Tamu")] = true
	}
	if questions() != 1 {
		t.Errorf("six requests of one account put %d questions, want 1", questions())
	}
	for _, who := range []string{"Wayan", "Sari", "Bambang"} {
		answers[w.claims(who)] = true
	}
	if questions() != 3 || len(answers) != 1 {
		t.Errorf("%d questions on one phone in a day, want 3; %d different answers to who asks", questions(), len(answers))
	}
	w.press(rina, "Ya, pindahkan") // the last question is not open any more: somebody else has asked since
	if n := w.count(`SELECT count(*) FROM chat WHERE id = $1 AND employee_id = $2`, rina, w.ids["Rina"]); n != 1 {
		t.Error("the account moved to whoever had asked before")
	}
	w.clock.move(25 * time.Hour)
	for range 3 {
		w.claims("Tamu")
		w.press(rina, "Tolak")
	}
	asked := questions()
	if got := w.claims("Tamu"); !strings.HasPrefix(got, "Pemindahan akun sudah beberapa kali diminta dari akun ini. Dapat diminta lagi mulai Rabu, 13 Januari 2027, pukul 09.00 WIB.") || questions() != asked {
		t.Errorf("the fourth request of one account: %q, %d more questions", got, questions()-asked)
	}
	w.grant("Rina", personnel.RoleHR, false)
	w.say(rina, "/kelola")
	if got := w.last(rina); !strings.Contains(got, "Permintaan pindah akun 3, disetujui 0.") {
		t.Errorf("HR does not see the requests of the day:\n%s", got)
	}
}

// When very many fail, the operator is told once an hour, and HR sees it.
func TestManyFailedProofsAlarm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.grant("Rina", personnel.RoleHR, false)
	w.linkByCode("Rina", cast()[1].code)
	board := func() string {
		w.say(account("Rina"), "/kelola")
		return w.last(account("Rina"))
	}
	if got := board(); strings.Contains(got, "tidak cocok") {
		t.Errorf("nothing has failed, and HR reads:\n%s", got)
	}
	w.exec(`INSERT INTO failed_proof (chat_id, serial, at) SELECT n, n, $1::timestamptz FROM generate_series(1, 198) n`, w.clock.Now())
	w.say(account("Tamu"), "0000-0000-0000")
	if strings.Contains(w.log.String(), "very many wrong codes") {
		t.Error("199 failed proofs alarm already")
	}
	w.say(account("Tamu"), "0000-0000-0000")
	w.say(account("Tamu"), "0000-0000-0000")
	if n := strings.Count(w.log.String(), "very many wrong codes"); n != 1 {
		t.Errorf("%d alarms, want one for the hour", n)
	}
	got := board()
	for _, want := range []string{"kode atau nomor HP tidak cocok 201 kali, dari 199 akun Telegram", "Dalam satu jam terakhir 201 kali tidak cocok."} {
		if !strings.Contains(got, want) {
			t.Errorf("HR does not read %q:\n%s", want, got)
		}
	}
}

// So many updates of a person are read in an hour, however slowly they come and
// whichever process decides them; what is beyond is done and answered once.
func TestHourOfOnePerson(t *testing.T) {
	devdbtest.Long(t, "tries until the limit")
	everyWay(t, func(t *testing.T, by way) {
		w := newWorldBy(t, by)
		w.stop()
		w.hour = 10
		w.start()
		tamu := account("Tamu")
		texts := func() (answers, warnings int) {
			for _, m := range w.fake.Messages(tamu) {
				switch {
				case !m.FromBot:
				case strings.HasPrefix(m.Text, "Terlalu banyak pesan dalam satu jam, sehingga yang berikutnya tidak dibaca sampai pukul 09.00 WIB."):
					warnings++
				default:
					answers++
				}
			}
			return answers, warnings
		}
		for i := range 15 {
			w.say(tamu, "/bantuan")
			w.clock.move(time.Minute)
			if i == 5 || i == 12 {
				w.stop()
				w.start()
			}
		}
		if answers, warnings := texts(); answers != 10 || warnings != 1 {
			t.Errorf("%d answers and %d warnings to 15 messages, want 10 and 1", answers, warnings)
		}
		if n := w.count(`SELECT count(*) FROM inbox WHERE done_at IS NULL OR body IS NOT NULL OR failed IS NOT NULL`); n != 0 {
			t.Errorf("%d updates are not done, or keep what was written", n)
		}
		w.fake.Block(tamu) // what is not read of this is wrong for ever
		w.settle()
		if n := w.count(`SELECT count(*) FROM chat WHERE id = $1 AND NOT reachable`, tamu); n != 1 {
			t.Error("that the person blocked the bot was not read")
		}
		w.fake.Unblock(tamu)
		w.settle()
		w.say(account("Rina"), "/bantuan")
		if got := w.last(account("Rina")); strings.HasPrefix(got, "Terlalu banyak") {
			t.Error("somebody else is not read")
		}
		w.clock.move(46 * time.Minute)
		w.say(tamu, "/bantuan")
		if answers, _ := texts(); answers != 11 {
			t.Error("an hour later nothing is read")
		}
	})
}

// Who works for others has more to press: a team of forty is hundreds of taps.
func TestHourOfASuperior(t *testing.T) {
	devdbtest.Long(t, "tries until the limit")
	t.Parallel()
	w := newWorld(t)
	w.linkByCode("Bambang", cast()[0].code)
	w.linkByCode("Rina", cast()[1].code)
	w.stop()
	w.hour = 5
	w.start()
	for _, tt := range []struct {
		who  string
		read int
	}{{"Rina", 5}, {"Bambang", 20}} {
		w.exec(`UPDATE chat SET hour_updates = 0, hour_since = NULL WHERE id = $1`, account(tt.who))
		for range tt.read {
			w.say(account(tt.who), "/menu")
		}
		if got := w.last(account(tt.who)); strings.HasPrefix(got, "Terlalu banyak") {
			t.Errorf("%s is not read within the limit", tt.who)
		}
		w.say(account(tt.who), "/menu")
		if got := w.last(account(tt.who)); !strings.HasPrefix(got, "Terlalu banyak") {
			t.Errorf("%s is read beyond %d", tt.who, tt.read)
		}
	}
}
