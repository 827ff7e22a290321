package handlers_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
)

// officerWorld is a world in which Sari is the officer of the unit, without a
// superior's right, and Rina has an account with answers.
func officerWorld(t *testing.T) *world {
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	w.grant("Sari", personnel.RoleOfficer, false)
	w.linkByCode("Sari", cast()[3].code)
	rina := account("Rina")
	w.link(rina, cast()[1].code)
	w.press(rina, "Mulai")
	for range 9 {
		w.press(rina, "3")
	}
	w.press(rina, "Kirim")
	w.settle()
	return w
}

// opens shows the officer the card of somebody.
func (w *world) opens(name string) {
	w.say(account("Sari"), "/unit")
	w.press(account("Sari"), "Cari pegawai")
	w.say(account("Sari"), name)
}

func (w *world) linked(name string) bool {
	return w.count(`SELECT count(*) FROM chat WHERE employee_id = $1`, w.ids[name]) == 1
}

// The officer of a unit alone gets neither the account nor the answers of
// somebody: the account is asked, and may object.
func TestOfficerCannotTakeAnAccount(t *testing.T) {
	t.Parallel()
	w := officerWorld(t)
	sari, rina := account("Sari"), account("Rina")
	w.opens("Rina")
	card, _ := w.fake.Last(sari)
	w.press(sari, "Lepas akun")
	w.press(sari, "Ya, minta")
	asked, _ := w.fake.Last(rina)
	if !w.linked("Rina") || !strings.Contains(asked.Text, "Ini bukan saya") {
		t.Fatalf("linked %t; the account is told %q", w.linked("Rina"), asked.Text)
	}
	w.clock.move(23 * time.Hour)
	for range 2 { // before the day is over, the same button and any older one do nothing
		w.answered(w.fake.ForgePress(sari, card.ID, card.Inline[0][0].Data))
		w.settle()
		if last, _ := w.fake.Last(sari); !w.linked("Rina") || !strings.Contains(last.Text, "masih menunggu") {
			t.Errorf("after 23 hours: linked %t, %q", w.linked("Rina"), last.Text)
		}
	}
	w.press(rina, "Ini bukan saya")
	last, _ := w.fake.Last(sari)
	if !strings.Contains(last.Text, "menyatakan masih memakai akunnya") {
		t.Errorf("the officer is told %q", last.Text)
	}
	w.clock.move(48 * time.Hour)
	w.opens("Rina")
	w.press(sari, "Lepas akun")
	if last, _ := w.fake.Last(sari); !w.linked("Rina") || len(last.Inline) != 0 || !strings.Contains(last.Text, "tidak dilepas") {
		t.Errorf("after the objection: linked %t, %q", w.linked("Rina"), last.Text)
	}
	if n := w.count(`SELECT count(*) FROM link_code WHERE employee_id = $1 AND used_at IS NULL AND closed_at IS NULL`, w.ids["Rina"]); n != 0 {
		t.Errorf("%d codes are open", n)
	}
}

// Nobody objects: a day later the officer's same button frees the account.
func TestOfficerFreesALostPhone(t *testing.T) {
	t.Parallel()
	w := officerWorld(t)
	sari := account("Sari")
	w.opens("Rina")
	w.press(sari, "Lepas akun")
	w.press(sari, "Ya, minta")
	w.clock.move(24 * time.Hour)
	w.opens("Rina")
	w.press(sari, "Lepas akun")
	w.press(sari, "Ya, lepaskan")
	if w.linked("Rina") {
		t.Error("still linked")
	}
	w.press(sari, "Kode baru")
	last, _ := w.fake.Last(sari)
	if !regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`).MatchString(last.Text) {
		t.Errorf("no code in %q", last.Text)
	}
	if last, _ := w.fake.Last(account("Rina")); !strings.Contains(last.Text, "dilepas oleh petugas") {
		t.Errorf("the former account is told %q", last.Text)
	}
}

// A button for a code that was shown before the person had an account is
// refused with a sentence; a superior is guarded like the holder of a role.
func TestOfficerAndCodes(t *testing.T) {
	t.Parallel()
	w := officerWorld(t)
	sari := account("Sari")
	w.opens("Wayan")
	card, _ := w.fake.Last(sari)
	w.linkByCode("Wayan", cast()[2].code)
	w.answered(w.fake.ForgePress(sari, card.ID, card.Inline[0][0].Data))
	w.settle()
	if last, _ := w.fake.Last(sari); !strings.Contains(last.Text, "sudah terhubung, jadi kode baru hanya") {
		t.Errorf("a code for somebody who is linked: %q", last.Text)
	}
	w.opens("Bambang")
	w.press(sari, "Kode baru")
	if last, _ := w.fake.Last(sari); !strings.Contains(last.Text, "memimpin pegawai") {
		t.Errorf("a code for a superior: %q", last.Text)
	}
}

// A number that stands at two people binds its owner to neither.
func TestPhoneOfTwoPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := account("Tamu")
	w.exec(`UPDATE employee SET phone = '+6281299990000' WHERE id IN ($1, $2)`, w.ids["Rina"], w.ids["Sari"])
	w.say(me, cast()[1].nip)
	w.fake.ShareContact(me, faketelegram.Contact{Phone: "+6281299990000", FirstName: "T", UserID: me})
	w.settle()
	if last, _ := w.fake.Last(me); !strings.Contains(last.Text, "Data belum cocok") {
		t.Errorf("answered %q", last.Text)
	}
}

// Being forgotten does not end the count of wrong codes.
func TestLockoutOutlivesForgetting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := account("Tamu")
	for i := range 4 {
		w.say(me, fmt.Sprintf("ZZZZ-ZZZZ-%03dZ", i))
	}
	w.say(me, "/start "+cast()[1].code)
	w.press(me, "Tidak bersedia")
	if n := w.count(`SELECT count(*) FROM chat WHERE id = $1`, me); n != 0 {
		t.Error("the chat was not forgotten")
	}
	w.say(me, "ZZZZ-ZZZZ-999Z")
	if last, _ := w.fake.Last(me); !strings.Contains(last.Text, "Percobaan dihentikan") {
		t.Errorf("the fifth wrong code within the hour: %q", last.Text)
	}
	w.clock.move(61 * time.Minute)
	w.say(me, "/start "+cast()[1].code)
	w.press(me, "Tidak bersedia")
	w.clock.move(61 * time.Minute)
	w.say(me, "ZZZZ-ZZZZ-888Z")
	if last, _ := w.fake.Last(me); !strings.Contains(last.Text, "Kode ini tidak dapat dipakai") {
		t.Errorf("an hour later: %q", last.Text)
	}
}
