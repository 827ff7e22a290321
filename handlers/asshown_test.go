package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bangkom/internal/personnel"
	"bangkom/storage"
)

const hasChanged = "Ada yang berubah sejak kartu ini tampil, jadi belum ada yang dikirim."

// startsCampaign leads Sari to the preview of a campaign about the first task that is offered.
func (w *world) startsCampaign() {
	w.t.Helper()
	sari := account("Sari")
	w.say(sari, "/kelola")
	for _, label := range []string{"Pengiriman, kalender", "Ajakan", "Ajakan baru", "1"} {
		w.press(sari, label)
	}
	w.say(sari, "1 dan 4")
	w.say(sari, "Gambaran kebutuhan membantu unit menjawab lebih cepat.")
}

// What moves by itself on a card, as more people connect and more of them answer, is no reason
// to show it once more: one press sends it, hours later.
func TestCardIsSentThoughItMoves(t *testing.T) {
	t.Parallel()
	t.Run("survey without names", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.crewed()
		for _, name := range []string{"Sari", "Bambang"} {
			w.linkStraight(w.ids[name], account(name), name)
		}
		w.grant("Sari", personnel.RoleHR, false)
		w.tx(func(ctx context.Context, tx *storage.Tx) error {
			return tx.ImportQuestionnaire(ctx, asksAll(1), w.clock.Now())
		})
		w.startsHours(account("Sari"), "Anonim")
		before := w.onShow(account("Sari"))
		w.linkStraight(w.ids["Rina"], account("Rina"), "Rina")
		w.clock.move(3 * time.Hour)
		w.press(account("Sari"), "Kirim")
		if n := w.count(`SELECT count(*) FROM staff_survey`); n != 1 || !strings.Contains(before, "10 pegawai yang terhubung") {
			t.Errorf("%d surveys are started: %s\nafter: %s", n, w.onShow(account("Sari")), before)
		}
	})
	t.Run("campaign", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.everybodyLinked()
		w.grant("Sari", personnel.RoleHR, false)
		for i, id := range w.crew("Bambang", 9) {
			w.linkStraight(id, 7_000_000_001+int64(i), "Zulkifli")
		}
		w.openPeriod("Tahun 2027", w.at("2027-02-06 00:00"))
		w.startsCampaign()
		before := w.onShow(account("Sari"))
		w.exec(`UPDATE task SET state = 'done', done_at = $1 WHERE kind = 'self_assessment' AND employee_id <> $2`, w.clock.Now(), w.ids["Sari"])
		w.clock.move(3 * time.Hour)
		w.press(account("Sari"), "Kirim")
		if n := w.count(`SELECT count(*) FROM campaign`); n != 1 || !strings.Contains(before, "sekitar 10 pegawai yang belum mengirim") {
			t.Errorf("%d campaigns are started: %s\nafter: %s", n, w.onShow(account("Sari")), before)
		}
	})
}

// A campaign starts with the deadline that its preview has named, or not at all.
func TestCampaignStartsAsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everybodyLinked()
	w.grant("Sari", personnel.RoleHR, false)
	w.openPeriod("Tahun 2027", w.at("2027-02-06 00:00"))
	w.startsCampaign()
	w.exec(`UPDATE task SET due_at = due_at + interval '3 days'`)
	w.press(account("Sari"), "Kirim")
	if n, shown := w.count(`SELECT count(*) FROM campaign`), w.onShow(account("Sari")); n != 0 || !strings.Contains(shown, hasChanged) {
		t.Errorf("%d campaigns are started with another deadline: %s", n, shown)
	}
	w.press(account("Sari"), "Kirim")
	if n := w.count(`SELECT count(*) FROM campaign`); n != 1 {
		t.Errorf("%d campaigns are started with what was shown: %s", n, w.onShow(account("Sari")))
	}
}
