package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// What the bot starts in the night waits until six, whatever it is about: a request
// to the personnel office, its outcome, an objection, the news that somebody has left.
// Only what guards an account goes at once.
func TestNothingPastTheGate(t *testing.T) {
	devdbtest.Long(t, "nights pass")
	t.Parallel()
	w := newWorld(t)
	w.grant("Sari", personnel.RoleHR, false)
	w.grant("Wayan", personnel.RoleOfficer, false)
	for _, name := range []string{"Bambang", "Rina", "Wayan", "Sari"} {
		w.linkStraight(w.ids[name], account(name), name)
	}
	bambang, rina, wayan, sari := account("Bambang"), account("Rina"), account("Wayan"), account("Sari")
	w.tx(func(ctx context.Context, tx *storage.Tx) error { // asked, and left the account before the answer
		_, err := tx.AddTicket(ctx, w.ids["Bambang"], account("Tamu"), personnel.CorrectionTicket, "Jabatan keliru", w.clock.Now())
		return err
	})
	w.say(account("Tamu"), "/bantuan")
	w.clockAt("2027-01-12 21:00")
	w.clock.move(37 * time.Second)
	seen := map[int64]int{}
	for _, who := range []int64{bambang, rina, wayan, sari, account("Tamu")} {
		seen[who] = len(w.fake.Messages(who))
	}
	silent := func(who int64, why string) {
		t.Helper()
		if news := w.newBotTexts(who, seen[who]); len(news) > 0 {
			t.Errorf("in the night %s: %q", why, news)
		}
	}
	for range 2 { // two requests, two hours apart
		w.say(rina, "/privasi")
		w.tap(rina, "Perbaiki data")
		w.say(rina, "Jabatan saya keliru")
		w.clock.move(2 * time.Hour)
	}
	silent(sari, "the office hears of a request")
	w.exec(`UPDATE chat SET employee_id = NULL WHERE id = $1`, bambang)
	seen[rina] = len(w.fake.Messages(rina))
	w.say(sari, "/kelola")
	w.tap(sari, "Permintaan", "1 Selesai", "1 Selesai")
	seen[sari] = len(w.fake.Messages(sari))
	silent(account("Tamu"), "a chat that is nobody's hears of its request")
	silent(rina, "somebody hears of the own request")
	w.say(wayan, "/unit")
	w.tap(wayan, "Cari pegawai")
	w.say(wayan, "rina")
	w.tap(wayan, "Lepas akun", "Ya, minta")
	if news := w.newBotTexts(rina, seen[rina]); len(news) != 1 || !strings.Contains(news[0], "lepas") {
		t.Errorf("what guards the account waits: %q", news)
	}
	seen[wayan] = len(w.fake.Messages(wayan))
	w.tap(rina, "Ini bukan saya")
	silent(wayan, "the officer hears of an objection")
	seen[rina] = len(w.fake.Messages(rina))
	w.exec(`UPDATE employee SET active = false WHERE id = $1`, w.ids["Wayan"])
	for limit := time.Now().Add(patience); w.count(`SELECT count(*) FROM outbox WHERE template = 'notice.left'`) == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("nobody tells who has left")
		}
	}
	silent(wayan, "somebody hears that the register says they have left")

	w.clockAt("2027-01-13 06:01")
	w.runJob("reminders")
	w.settle()
	for who, want := range map[int64]string{sari: "permintaan baru", rina: "Permintaan", wayan: "tidak lagi tercatat", account("Tamu"): "Permintaan"} {
		news := w.newBotTexts(who, seen[who])
		if len(news) == 0 || !strings.Contains(strings.Join(news, "\n"), want) {
			t.Errorf("in the morning %d hears %q", who, news)
		}
	}
	if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'alert' AND employee_id = $1`, w.ids["Sari"]); n != 1 {
		t.Errorf("two requests of one night are %d messages, want 1", n)
	}
}

// Asking again after an outage is begun by day; if it is decided only in the night,
// nobody is woken.
func TestNobodyIsAskedAgainInTheNight(t *testing.T) {
	devdbtest.Long(t, "nights pass")
	t.Parallel()
	for hour, want := range map[string]int{"20:59": 1, "21:00": 0} {
		w := newWorld(t)
		w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 20))
		rina := account("Rina")
		w.linkStraight(w.ids["Rina"], rina, "Rina")
		w.say(rina, "/asesmen")
		w.tap(rina, "3")
		w.clockAt("2027-01-12 " + hour)
		seen := len(w.fake.Messages(rina))
		w.exec(`INSERT INTO inbox (bot_id, update_id, lane, body, received_at)
			SELECT bot_id, -5, $1, format('{"bangkom_again":{"chat":{"id":%s}}}', $1::bigint), now() - interval '1 minute' FROM inbox LIMIT 1`, rina)
		w.settle()
		if news := w.newBotTexts(rina, seen); len(news) != want {
			t.Errorf("at %s Rina is asked %q, want %d messages", hour, news, want)
		}
	}
}
