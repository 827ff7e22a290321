package handlers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/internal/training"
	"bangkom/storage"
)

// A batch that moves keeps everybody's seat and permission: the people are asked, the
// superior may take the permission back, and whoever says nothing stays. When it is
// cancelled, all are told why.
func TestMovedBatchKeepsSeats(t *testing.T) {
	w := newRoom(t)
	w.grant("Sari", personnel.RoleHR, false)
	w.seat(w.batchID, w.ids["Rina"], w.ids["Wayan"])
	w.exec(`UPDATE enrolment SET permission_by = $1, permission_at = now() WHERE batch_id = $2`, w.ids["Bambang"], w.batchID)
	w.say(w.sari, "/kelola")
	w.tap(w.sari, "Pelatihan", "1", "Ubah", "1")
	w.say(w.sari, "22 Januari 2027")
	w.tap(w.sari, "Simpan")
	w.shows(w.sari, "2 orang di angkatan ini diberi tahu", "22 Januari 2027")
	for who, want := range map[int64]string{w.rina: "berubah menjadi Jumat, 22 Januari 2027", w.way: "Tempat Bapak tetap", w.bambang: "Izin bagi Ibu Rina Kartika tetap berlaku"} {
		if !w.heard(who, want) {
			t.Errorf("account %d was not told: %s", who, want)
		}
	}
	w.tap(w.rina, "Tetap ikut")
	w.clock.move(48 * time.Hour)
	if n := w.count(`SELECT count(*) FROM enrolment WHERE state = 'seated' AND permission = 'given'`); n != 2 {
		t.Errorf("%d seats with a permission after it moved, want both", n)
	}
	w.say(w.sari, "/kelola")
	w.tap(w.sari, "Pelatihan", "1", "Batalkan pelatihan")
	w.say(w.sari, "Pengajar berhalangan.")
	w.tap(w.sari, "Ya, batalkan")
	w.shows(w.sari, "2 orang diberi tahu")
	for _, who := range []int64{w.rina, w.way} {
		if !w.heard(who, "dibatalkan. Alasannya: Pengajar berhalangan. Pelatihan lain") {
			t.Errorf("account %d was not told why", who)
		}
	}
}

// Who is told that a batch has other hours is told of its other place in the same sentence,
// the superior too; an hour at which it ends is an hour as well.
func TestMovedBatchTellsHourAndPlace(t *testing.T) {
	w := newRoom(t)
	w.grant("Sari", personnel.RoleHR, false)
	w.seat(w.batchID, w.ids["Rina"])
	w.exec(`UPDATE enrolment SET permission_by = $1, permission_at = now() WHERE batch_id = $2`, w.ids["Bambang"], w.batchID)
	w.say(w.sari, "/kelola")
	w.tap(w.sari, "Pelatihan", "1", "Ubah", "3")
	w.say(w.sari, "10.00-16.00")
	w.tap(w.sari, "4")
	w.say(w.sari, "Ruang Melati")
	w.tap(w.sari, "Simpan")
	day := w.starts.Format("2 January 2006")
	for month, name := range map[string]string{"January": "Januari", "February": "Februari"} {
		day = strings.Replace(day, month, name, 1)
	}
	for who, want := range map[int64]string{
		w.rina:    day + ", pukul 10.00-16.00 WIB, di Ruang Melati. Tempat Ibu tetap",
		w.bambang: day + ", pukul 10.00-16.00 WIB, di Ruang Melati. Izin bagi Ibu Rina Kartika tetap berlaku",
	} {
		if !w.heard(who, "Jadwal dan lokasi ") || !w.heard(who, want) {
			t.Errorf("account %d was not told of both: %s", who, want)
		}
	}
	w.tap(w.sari, "Ubah", "4")
	w.say(w.sari, "Ruang Mawar")
	w.tap(w.sari, "Simpan")
	if !w.heard(w.rina, "berubah menjadi Ruang Mawar. Waktunya tetap") {
		t.Error("the place alone was not told")
	}
}

// The committee sees its batch and no other, until 14 days after the last session.
func TestCommitteeSeesItsBatchOnly(t *testing.T) {
	w := newRoom(t)
	other, _ := w.train("Kearsipan", w.starts.AddDate(0, 0, 1), 10)
	w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, now())`, w.batchID, w.ids["Rina"])
	for _, tt := range []struct {
		batch int64
		after time.Duration
		want  bool
	}{{w.batchID, 0, true}, {other, 0, false}, {w.batchID, 7*time.Hour + 14*24*time.Hour - time.Minute, true}, {w.batchID, 7*time.Hour + 14*24*time.Hour + time.Minute, false}} {
		if _, err := w.batchRun(tt.batch, w.ids["Rina"], w.starts.Add(tt.after)); (err == nil) != tt.want {
			t.Errorf("batch %d, %s after its beginning: %v, want %t", tt.batch, tt.after, err, tt.want)
		}
	}
}

// batchRun reads a batch for somebody who may run it.
func (w *room) batchRun(batch, employee int64, now time.Time) (b training.Batch, err error) {
	w.t.Helper()
	err = w.db.InTx(w.t.Context(), func(tx *storage.Tx) error {
		b, err = tx.BatchRun(w.t.Context(), batch, personnel.Employee{ID: employee}, now)
		return err
	})
	return b, err
}

// heard tells whether an account got a message with these words.
func (w *room) heard(account int64, words string) bool {
	return slices.ContainsFunc(w.fake.Messages(account), func(m faketelegram.Message) bool { return m.FromBot && strings.Contains(m.Text, words) })
}
