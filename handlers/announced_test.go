package handlers_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// announced is a world with an announcement of Bambang, who is of the personnel office,
// to everybody; Wayan has no account.
func announced(t *testing.T) (w *world, id int64) {
	t.Helper()
	return announcedAt(t, "2027-01-12 09:00")
}

// announcedAt is the same, approved at a time.
func announcedAt(t *testing.T, at string) (w *world, id int64) {
	t.Helper()
	w = newWorld(t)
	for _, name := range []string{"Bambang", "Rina", "Sari"} {
		w.linkStraight(w.ids[name], account(name), name)
	}
	w.grant("Bambang", personnel.RoleHR, false)
	w.clockAt(at)
	w.say(account("Bambang"), "/menu")
	w.settle()
	card, _ := w.fake.Last(account("Bambang"))
	w.tx(func(ctx context.Context, tx *storage.Tx) (err error) {
		id, err = tx.AddAnnouncement(ctx, announcement.Announcement{Author: w.ids["Bambang"], Body: "Rapat <besok> di Aula A", Ack: true,
			Entities: []announcement.Entity{{Type: "bold", Offset: 0, Length: 5}}, LinkLabel: "Undangan", LinkURL: "https://contoh.go.id/undangan",
			Files: []announcement.File{{Media: "document", FileID: "a", Name: "surat.pdf"}}, Expires: w.clock.Now().AddDate(0, 0, 7)}, w.clock.Now())
		if err != nil {
			return err
		}
		if _, err := tx.ApproveAnnouncement(ctx, id, 0, 1, w.clock.Now()); err != nil {
			return err
		}
		return tx.ShowProgressAt(ctx, id, account("Bambang"), card.ID)
	})
	return w, id
}

// ledger waits until the ledger of an announcement reads like this.
func (w *world) ledger(id int64, want string) {
	w.t.Helper()
	got := ""
	for limit := time.Now().Add(patience); time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
		if got = w.text(`SELECT string_agg(state || ' ' || n, ', ' ORDER BY state) FROM (
			SELECT state, count(*) AS n FROM announcement_recipient WHERE announcement_id = $1 GROUP BY state) s`, id); got == want {
			return
		}
	}
	w.t.Fatalf("the ledger is %q, want %q; log:\n%s", got, want, w.log)
}

// letter is the newest message of somebody that has a button.
func (w *world) letter(who, label string) (m faketelegram.Message, data string) {
	w.t.Helper()
	for _, m := range w.fake.Messages(account(who)) {
		for _, row := range m.Inline {
			for _, b := range row {
				if b.Text == label && !m.Deleted {
					return m, b.Data
				}
			}
		}
	}
	return m, ""
}

// progress is the message that shows how far an announcement is.
func (w *world) progress(id int64) faketelegram.Message {
	w.t.Helper()
	return w.card(account("Bambang"), w.count(`SELECT message_id FROM announcement WHERE id = $1`, id))
}

// A first line that holds no longer goes at once, however lately something was shown: one
// process had shown that the announcement is planned while another one began it.
func TestAnotherStateIsShownAtOnce(t *testing.T) {
	devdbtest.Long(t, "an announcement in all its states")
	w, id := announcedAt(t, "2027-01-12 20:00")
	w.ledger(id, "held 3, unlinked 1")
	w.settle()
	w.exec(`UPDATE announcement SET told = '<b>Terjadwal: Rapat</b>', told_n = told_n + 1, told_at = $2 WHERE id = $1`, id, w.clock.Now())
	w.settle()
	if m := w.progress(id); !strings.HasPrefix(m.Text, "Menunggu waktu kirim: Rapat") {
		t.Errorf("the progress reads %q", m.Text)
	}
}

// The whole loop, from the approval to a message that everybody has and one acknowledges,
// a correction and taking back, before a strict Telegram.
func TestAnnouncementFromApprovalToTakingBack(t *testing.T) {
	w, id := announced(t)
	w.ledger(id, "sent 3, unlinked 1")
	m, data := w.letter("Rina", "Sudah saya baca")
	if want := "<i>Pengumuman Tirta Raya, Selasa, 12 Januari 2027</i>\n\n<b>Rapat</b> &lt;besok&gt; di Aula A\n\n<i>Tanda sudah membaca, bukan tanda setuju atau hadir.</i>"; m.HTML != want || data == "" {
		t.Errorf("Rina reads %q, want %q", m.HTML, want)
	}
	var labels []string
	for _, row := range m.Inline {
		for _, b := range row {
			labels = append(labels, b.Text)
		}
	}
	if got := strings.Join(labels, ", "); got != "Sudah saya baca, Undangan, Lampiran 1, Tanya, Alasan pesan ini" {
		t.Errorf("the buttons are %s", got)
	}
	w.press(account("Rina"), "Sudah saya baca")
	w.until(func() bool {
		m := w.card(account("Rina"), m.ID)
		return w.count(`SELECT count(*) FROM announcement_recipient WHERE read_version = 1`) == 1 && m.Edited && len(m.Inline) == 4
	})
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.CorrectAnnouncement(ctx, announcement.Announcement{ID: id, Version: 1, Body: "Rapat besok di Aula B", Correction: announcement.Fact,
			Fact: "Tempatnya sekarang Aula B."}, w.ids["Bambang"], w.clock.Now())
		return err
	})
	w.until(func() bool {
		return w.count(`SELECT count(*) FROM announcement_recipient WHERE announcement_id = $1 AND version = 2 AND fact_version = 2`, id) == 3
	})
	w.settle()
	m, _ = w.letter("Rina", "Sudah saya baca")
	if !m.Edited || !strings.Contains(m.Text, "\nRalat, 12 Januari 2027, pukul 09.00 WIB\n\nRapat besok di Aula B") {
		t.Errorf("after the correction Rina reads %q", m.Text)
	}
	if last, _ := w.fake.Last(account("Rina")); last.Text != "Ralat. Tempatnya sekarang Aula B." {
		t.Errorf("the short reply is %q", last.Text)
	}
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.TakeBackAnnouncement(ctx, id, w.ids["Bambang"], w.clock.Now())
		return err
	})
	w.ledger(id, "cancelled 1, withdrawn 3")
	w.settle()
	if m, _ := w.letter("Rina", "Sudah saya baca"); m.ID != 0 {
		t.Error("the message is still there after it was taken back")
	}
	w.until(func() bool { return strings.HasPrefix(w.progress(id).Text, "Ditarik: Rapat besok di Aula B") })
}

// One announcement that nobody can work on, whatever is wrong with its row, holds up none
// of the others.
func TestBrokenAnnouncementHoldsUpNoOther(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	w, first := announced(t)
	w.ledger(first, "sent 3, unlinked 1")
	w.exec(`UPDATE announcement SET entities = '{"type": "bold"}' WHERE id = $1`, first)
	w.exec(`UPDATE announcement_recipient SET state = 'waiting' WHERE announcement_id = $1`, first)
	var second int64
	w.tx(func(ctx context.Context, tx *storage.Tx) (err error) {
		second, err = tx.AddAnnouncement(ctx, announcement.Announcement{Author: w.ids["Bambang"], Kind: announcement.Near, EventAt: w.clock.Now().Add(5 * time.Hour), Body: "Apel",
			Expires: w.clock.Now().AddDate(0, 0, 7)}, w.clock.Now())
		if err != nil {
			return err
		}
		_, err = tx.ApproveAnnouncement(ctx, second, 0, 1, w.clock.Now())
		return err
	})
	w.ledger(second, "sent 3, unlinked 1")
}

// The progress of an announcement is no longer told to somebody who is not of the
// personnel office any more, nor to whoever has that chat by then.
func TestProgressIsForTheOffice(t *testing.T) {
	devdbtest.Long(t, "an announcement is sent while others look")
	w, id := announced(t)
	w.ledger(id, "sent 3, unlinked 1")
	w.settle()
	before := w.progress(id)
	w.grant("Bambang", personnel.RoleHR, true)
	w.press(account("Rina"), "Sudah saya baca")
	w.clock.move(time.Minute)
	w.until(func() bool { return w.count(`SELECT count(*) FROM announcement WHERE message_id IS NULL`) == 1 })
	w.settle()
	if m := w.card(account("Bambang"), before.ID); m.Text != before.Text {
		t.Errorf("the progress goes on:\n%s", m.Text)
	}
}

// The progress is one message that edits itself, and says what there is to know.
func TestProgressShowsWhereItStands(t *testing.T) {
	devdbtest.Long(t, "an announcement is sent while others look")
	w, id := announced(t)
	w.ledger(id, "sent 3, unlinked 1")
	w.settle()
	want := "Selesai: Rapat <besok> di Aula A\n▓▓▓▓▓▓▓░░░ 75%\nSasaran 4 · terkirim 3 · belum terhubung 1 · sudah membaca 0"
	const rest = "\n1 yang belum terhubung menerimanya setelah terhubung, sampai " // and a day
	got := ""
	for limit := time.Now().Add(patience); !strings.HasPrefix(got, want+rest) && time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
		got = w.progress(id).Text
	}
	if !strings.HasPrefix(got, want+rest) {
		t.Errorf("the progress is %q, want %q", got, want+rest)
	}
	if _, data := w.letter("Bambang", "Ingatkan 3 orang"); data == "" {
		t.Error("there is no button to remind")
	}
}
