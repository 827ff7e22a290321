package mailing

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/measure"
	"bangkom/internal/text"
)

// What stands around the text of an announcement, and below it.
func TestLetter(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	day := func(n int) time.Time { return time.Date(2027, 1, n, 0, 0, 0, 0, time.UTC) }
	batch := announcement.Carried{ID: 7, Joins: true, InOrder: true, Opens: day(13), Closes: day(20)}
	with := func(change func(*announcement.Carried)) announcement.Carried {
		b := batch
		change(&b)
		return b
	}
	for _, tt := range []struct {
		name    string
		l       announcement.Letter
		says    string
		buttons string
	}{
		{"plain", announcement.Letter{}, "<i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n\nRapat", "[Tanya]"},
		{"asks to be read", announcement.Letter{Announcement: announcement.Announcement{Ack: true}}, "<i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n\nRapat\n\n<i>Tanda sudah membaca, bukan tanda setuju atau hadir.</i>",
			"[Sudah saya baca] [Tanya]"},
		{"was read", announcement.Letter{Announcement: announcement.Announcement{Ack: true}, Read: true, ReadAt: day(13).Add(9 * time.Hour)},
			"<i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n\nRapat\n\n<i>Sudah dibaca 13 Januari 2027, pukul 09.00.</i>", "[Tanya]"},
		{"was corrected", announcement.Letter{Corrected: true, Announcement: announcement.Announcement{CorrectedAt: day(14)}},
			"<i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n<b>Ralat, 14 Januari 2027, pukul 00.00</b>\n\nRapat", "[Tanya]"},
		{"carries a training", announcement.Letter{Announcement: announcement.Announcement{Batch: batch}},
			"<i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n\nRapat\n\n<i>Pendaftaran dibuka Rabu, 13 Januari 2027 sampai Selasa, 19 Januari 2027. Tempat diisi menurut urutan pendaftaran.</i>", "[Saya ikut] [Lihat pelatihan] [Tanya]"},
		{"whose seats are given at the close", announcement.Letter{Announcement: announcement.Announcement{Batch: with(func(b *announcement.Carried) { b.InOrder = false })}},
			"<i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n\nRapat\n\n<i>Pendaftaran sampai Selasa, 19 Januari 2027. Tempat dibagikan setelah itu.</i>", "[Saya ikut] [Lihat pelatihan] [Tanya]"},
		{"whose seats the units give", announcement.Letter{Announcement: announcement.Announcement{Batch: with(func(b *announcement.Carried) { b.Joins = false })}},
			"<i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n\nRapat", "[Lihat pelatihan] [Tanya]"},
		{"which is over", announcement.Letter{Announcement: announcement.Announcement{Batch: with(func(b *announcement.Carried) { b.Over = true })}},
			"<i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n\nRapat", "[Tanya]"},
		{"which was cancelled", announcement.Letter{Announcement: announcement.Announcement{Batch: with(func(b *announcement.Carried) { b.Over, b.Cancelled = true, true })}},
			"<i>Pengumuman BKD, Selasa, 12 Januari 2027</i>\n\nRapat\n\n<i>Angkatan ini dibatalkan.</i>", "[Tanya]"},
	} {
		tt.l.Body, tt.l.Template, tt.l.At = "Rapat", announcement.MessageTemplate, day(12)
		r := Writer{Text: cat, Location: time.UTC, Agency: "BKD"}.Letter(tt.l)
		var buttons []string
		for _, row := range r.Rows {
			for _, b := range row {
				buttons = append(buttons, fmt.Sprintf("[%s]", b.Label))
			}
		}
		if got := strings.Join(buttons, " "); r.Text != tt.says || got != tt.buttons {
			t.Errorf("%s:\n%s\n%s\nwant:\n%s\n%s", tt.name, r.Text, got, tt.says, tt.buttons)
		}
	}
}

// A place that became longer after the caption was written is cut to what fits; what fits
// is said whole.
func TestLongerPlaceStillFits(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2027, 1, 22, 8, 0, 0, 0, time.UTC)
	w := Writer{Text: cat, Location: time.UTC, Agency: "BKD"}
	a := announcement.Announcement{Ack: true, Batch: announcement.Carried{ID: 7, Joins: true, Opens: day.AddDate(0, 0, -9), Closes: day.AddDate(0, 0, -2),
		Starts: day, Ends: day.Add(time.Hour), Place: "Aula"}}
	room := announcement.MaxCaption - measure.Visible(w.Extra(a, day))
	a.File = announcement.File{Media: "photo", FileID: "x"}
	read := func(body int, place string) string {
		t.Helper()
		a.Body, a.Batch.Place, a.CorrectedAt = strings.Repeat("a", body), place, day
		got := w.Letter(announcement.Letter{Announcement: a, Template: announcement.MessageTemplate, At: day, Corrected: true}).Text
		if n := measure.Visible(got); n > announcement.MaxCaption {
			t.Errorf("a caption of %d beside %q takes %d", body, place, n)
		}
		return got
	}
	long := strings.Repeat("Gedung Serbaguna & Olahraga ", 7)
	if got := read(room, "Aula"); !strings.Contains(got, "09.00, Aula.") {
		t.Errorf("what fits is cut: %s", got)
	}
	if got := read(room-20, long); !strings.Contains(got, "09.00, Gedung Serbaguna &amp;") || !strings.Contains(got, "….") {
		t.Errorf("a longer place: %s", got)
	}
	if got := read(room+5, long); !strings.Contains(got, "pukul 08.00-09.00.") {
		t.Errorf("no room for a place: %s", got)
	}
	if got := read(0, long); !strings.Contains(got, strings.ReplaceAll(long, "&", "&amp;")) {
		t.Errorf("a long place that fits: %s", got)
	}
}
