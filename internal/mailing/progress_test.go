package mailing

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/text"
)

// The progress says what is true of those who have nothing yet: they wait for their
// hours, or for the day on which they link.
func TestProgressSaysWhatTheRestWaitsFor(t *testing.T) {
	words, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	wib := time.FixedZone("WIB", 7*60*60)
	w := Writer{Text: words, Location: wib}
	expires := time.Date(2027, 1, 20, 0, 0, 0, 0, wib)
	for _, tt := range []struct {
		name      string
		state     announcement.State
		withdrawn bool
		by        map[announcement.Delivery]int
		want, not string
	}{
		{"nobody decided yet", announcement.Sending, false, map[announcement.Delivery]int{announcement.Waiting: 10}, "Sedang dikirim", "Menunggu waktu kirim"},
		{"all are held", announcement.Sending, false, map[announcement.Delivery]int{announcement.Held: 2, announcement.Unlinked: 8}, "Menunggu waktu kirim", "Sedang dikirim"},
		{"some are held", announcement.Sending, false, map[announcement.Delivery]int{announcement.Held: 2, announcement.Queued: 8}, "Sedang dikirim", "Menunggu waktu kirim"},
		{"paused", announcement.Paused, false, map[announcement.Delivery]int{announcement.Held: 10}, "Dijeda", "Menunggu waktu kirim"},
		{"done, some not linked", announcement.Done, false, map[announcement.Delivery]int{announcement.Sent: 2, announcement.Unlinked: 8},
			"8 yang belum terhubung menerimanya setelah terhubung, sampai Selasa, 19 Januari 2027.", "100%"},
		{"done, all linked", announcement.Done, false, map[announcement.Delivery]int{announcement.Sent: 10}, "100%", "belum terhubung"},
		{"taken back", announcement.Done, true, map[announcement.Delivery]int{announcement.Withdrawn: 2, announcement.Unlinked: 8}, "Ditarik", "setelah terhubung"},
		{"cancelled", announcement.Cancelled, false, map[announcement.Delivery]int{announcement.Sent: 2, announcement.Stopped: 8}, "20%", "100%"},
	} {
		a := announcement.Announcement{ID: 1, Body: "Rapat", State: tt.state, Expires: expires}
		if tt.withdrawn {
			a.WithdrawnAt = expires.AddDate(0, 0, -1)
		}
		got := w.Progress(a, announcement.Counts{Total: 10, By: tt.by}).Text
		if !strings.Contains(got, tt.want) || strings.Contains(got, tt.not) {
			t.Errorf("%s: %q, want %q and not %q", tt.name, got, tt.want, tt.not)
		}
	}
}
