package summary

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
)

// labels are the buttons of a summary, rows apart.
func labels(r dialog.Reply) string {
	var rows []string
	for _, row := range r.Rows {
		var all []string
		for _, b := range row {
			all = append(all, b.Label)
		}
		rows = append(rows, strings.Join(all, " | "))
	}
	return strings.Join(rows, " / ")
}

// matrix is where the self-assessments and the ratings of a team of six may stand,
// with talks to hold or none.
func matrix() (self, ratings map[string]Progress) {
	opened, due, later := now.AddDate(0, 0, -14), time.Date(2027, 1, 26, 0, 0, 0, 0, wib), time.Date(2027, 2, 2, 0, 0, 0, 0, wib)
	self = map[string]Progress{
		"open":   {Done: 2, Before: 2, Fresh: 4, Opened: opened, Due: due, DueThen: 4},
		"done":   {Done: 6, Before: 6, Opened: opened},
		"past":   {Done: 4, Before: 4, Late: 2, Opened: opened},
		"closed": {Done: 4, Before: 4, Expired: 2, Opened: opened},
	}
	ratings = map[string]Progress{
		"open":   {Done: 3, Fresh: 3, Opened: opened, Due: later, DueThen: 3},
		"shared": {Done: 5, Shared: 1, Opened: opened},
		"done":   {Done: 6, Opened: opened},
		"past":   {Done: 4, Expired: 2, Opened: opened},
	}
	return self, ratings
}

// What the first sentence says after the counts, in every state, without a talk:
// nothing waits only where nothing can be done, and the week's summary goes only
// where something can.
func TestVerdict(t *testing.T) {
	const (
		filling = "4 pegawai belum selesai mengisi, batas waktu Senin, 25 Januari"
		rating  = "3 pegawai masih perlu dinilai sampai Senin, 1 Februari"
		away    = "1 penilaian yang dialihkan belum terkirim"
		calm    = "Belum ada yang mendesak; "
		none    = "Tidak ada yang menunggu Ibu."
		done    = "Semua selesai. Tidak ada yang menunggu Ibu."
		over    = "Masa penilaian sudah lewat. Tidak ada yang menunggu Ibu."
	)
	w := writer(t)
	self, ratings := matrix()
	for _, tt := range []struct{ self, ratings, want string }{
		{"open", "open", calm + filling + ", " + rating + "."}, {"open", "shared", calm + filling + ", " + away + "."},
		{"open", "done", calm + filling + "."}, {"open", "past", calm + filling + "."},
		{"done", "open", calm + rating + "."}, {"done", "shared", calm + away + "."}, {"done", "done", done}, {"done", "past", over},
		{"past", "open", calm + rating + "."}, {"past", "shared", calm + away + "."}, {"past", "done", none}, {"past", "past", none},
		{"closed", "open", calm + rating + "."}, {"closed", "shared", calm + away + "."}, {"closed", "done", over}, {"closed", "past", over},
	} {
		t.Run(tt.self+" and "+tt.ratings, func(t *testing.T) {
			c := Card{To: person("RATNA"), Now: now, Next: now.AddDate(0, 0, 7), Facts: Facts{People: 6, Median: -1, Self: self[tt.self], Ratings: ratings[tt.ratings]}}
			counted := map[string]string{"open": "2", "done": "6", "past": "4", "closed": "4"}[tt.self] + " dari 6 pegawai selesai, sama dengan pekan lalu. "
			owing := tt.want != done && tt.want != over
			if !owing {
				counted = ""
			}
			body := w.body(c)
			if first, _, _ := strings.Cut(body, "\n"); first != "<b>"+counted+tt.want+"</b>" {
				t.Errorf("the verdict is\n%s\nwant\n%s", first, counted+tt.want)
			}
			if c.Facts.Owing() != owing || strings.Contains(body, "Berikutnya: ") != owing || strings.Contains(body, "tidak dikirim selama tidak ada yang menunggu.") == owing {
				t.Errorf("owing: %t, want %t; it says:\n%s", c.Facts.Owing(), owing, body)
			}
			if late := strings.Contains(body, "2 pegawai tidak mengisi sampai batas waktu, lihat /tim"); late != (tt.self == "past") {
				t.Errorf("who is late is counted: %t, in:\n%s", late, body)
			}
			c.Facts.Needs, c.Facts.Waiting = []Need{{Person: person("SRI"), Why: Talk, Task: 1}}, 1
			if body = w.body(c); !strings.Contains(body, "1 hal menunggu Ibu.</b>") || strings.Contains(body, "mendesak") || strings.Contains(body, "idak ada yang menunggu") {
				t.Errorf("with a talk to hold it says:\n%s", body)
			}
		})
	}
	for _, tt := range []struct {
		facts Facts
		want  string
	}{{Facts{People: 6}, "<b>Saat ini tidak ada penilaian yang dibuka untuk tim Ibu.</b>"},
		{Facts{People: 6, Ratings: Progress{Fresh: 5, Opened: now, Due: ratings["open"].Due, DueThen: 2}},
			"<b>" + calm + "5 pegawai masih perlu dinilai, 2 di antaranya sampai Senin, 1 Februari.</b>"},
		{Facts{People: 6, Ratings: ratings["open"]}, "<b>" + calm + rating + ".</b>"},
		{Facts{People: 6, Self: Progress{Fresh: 6, Opened: now, Due: now.AddDate(0, 0, 2), DueThen: 6}, Ratings: ratings["shared"]},
			"<b>0 dari 6 pegawai selesai. Segera berakhir: 6 pegawai belum selesai mengisi, batas waktu Rabu, 20 Januari. Belum mendesak: " + away + ".</b>"},
		{Facts{People: 6, Self: Progress{Fresh: 6, Opened: now, Due: self["open"].Due, DueThen: 6}}, "<b>0 dari 6 pegawai selesai. " + calm + "6 pegawai belum selesai mengisi, batas waktu Senin, 25 Januari.</b>"}} {
		if body := w.body(Card{To: person("RATNA"), Now: now, Facts: tt.facts}); !strings.HasPrefix(body, tt.want) {
			t.Errorf("the verdict is\n%s\nwant\n%s", body, tt.want)
		}
	}
}

// The counts of a line are all who are owed something and who are excused.
func TestCountsAddUp(t *testing.T) {
	w := writer(t)
	c := Card{To: person("RATNA"), Now: now, Facts: Facts{People: 28, Median: -1,
		Self:    Progress{Done: 1, Running: 2, Fresh: 3, Unreachable: 4, Unlinked: 8, Late: 5, Excused: 6, Expired: 7, Opened: now},
		Ratings: Progress{Done: 1, Running: 2, Fresh: 3, Shared: 4, Expired: 5, Opened: now}}}
	body := w.body(c)
	for _, want := range []string{
		"Penilaian mandiri: 1 selesai · 2 sedang mengisi · 3 belum mulai · 8 belum terhubung · 4 tidak terjangkau · 12 tidak mengisi · 6 tidak perlu mengisi",
		"Penilaian atasan: 1 terkirim · 2 sedang diisi · 3 belum dinilai · 4 dialihkan (belum terkirim) · 5 ditutup"} {
		if !strings.Contains(body, want) {
			t.Errorf("it lacks %q:\n%s", want, body)
		}
	}
	chart := w.chart(c)
	if a, b := chart.Rows[0], chart.Rows[1]; a.Fresh != 15 || b.Fresh != 12 || chart.Legend.Fresh != "Belum mulai, dialihkan, atau ditutup" {
		t.Errorf("the bars are %+v and %+v, the legend %q", a, b, chart.Legend.Fresh)
	}
}

// A deadline that several have stands in the heading; short labels share a row, and
// all ratings have one button as long as one can be given.
func TestSummaryIsShort(t *testing.T) {
	w := writer(t)
	due := time.Date(2027, 1, 30, 0, 0, 0, 0, wib)
	need := func(y Why, name string, until time.Time) Need {
		return Need{Person: personnel.Employee{ID: 9, Name: name, Sex: personnel.Female}, Why: y, Due: until, Own: true}
	}
	rates := []Need{need(Rate, "SRI", due), need(Rate, "WULAN", due), need(Rate, "JOKO", due), need(Rate, "DEWI", due)}
	for _, tt := range []struct {
		name          string
		needs         []Need
		heading, line string
		buttons       string
	}{
		{"one", rates[:1], "Menunggu Ibu\n", "1. Ibu Sri: menunggu penilaian Ibu, sampai Jumat, 29 Januari\n", "1 Nilai | 1 Alihkan / Nilai tim | Atur ringkasan"},
		{"the same end", rates, "Menunggu Ibu · penilaian sampai Jumat, 29 Januari\n", "2. Ibu Wulan: menunggu penilaian\n",
			"1 Nilai | 2 Nilai / 3 Nilai | 4 Nilai / 1 Alihkan | 2 Alihkan / 3 Alihkan | 4 Alihkan / Nilai tim | Atur ringkasan"},
		{"two ends", []Need{rates[0], need(Rate, "WULAN", due.AddDate(0, 0, 3))}, "Menunggu Ibu\n", "2. Ibu Wulan: menunggu penilaian Ibu, sampai Senin, 1 Februari\n",
			"1 Nilai | 2 Nilai / 1 Alihkan | 2 Alihkan / Nilai tim | Atur ringkasan"},
		{"the last day", []Need{need(LastDay, "SRI", now.Add(time.Hour)), need(LastDay, "WULAN", now.Add(time.Hour)), need(Talk, "JOKO", due)},
			"Menunggu Ibu · pengisian sampai hari ini, Senin, 18 Januari\n", "1. Ibu Sri: belum mulai\n", "3 Catat dialog / 1 Tidak perlu | 2 Tidak perlu / Nilai tim | Atur ringkasan"},
	} {
		c := Card{To: person("RATNA"), Now: now, Facts: Facts{People: 6, Self: Progress{Done: 6, Opened: now}, Needs: tt.needs, Waiting: len(tt.needs),
			Ratings: Progress{Fresh: 4, Opened: now, Due: due, DueThen: 4}}}
		r, err := w.Reply(c)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(r.Text, tt.heading) || !strings.Contains(r.Text, tt.line) {
			t.Errorf("%s: %q or %q is not in:\n%s", tt.name, tt.heading, tt.line, r.Text)
		}
		if got := labels(r); got != tt.buttons {
			t.Errorf("%s: the buttons are\n%s\nwant\n%s", tt.name, got, tt.buttons)
		}
	}
}
