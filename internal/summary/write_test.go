package summary

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"bangkom/internal/disclosure"
	"bangkom/internal/effect"
	"bangkom/internal/evaluation"
	"bangkom/internal/followup"
	"bangkom/internal/measure"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

var (
	wib = time.FixedZone("WIB", 7*60*60)
	now = time.Date(2027, 1, 18, 8, 55, 0, 0, wib)
)

func writer(t *testing.T) Writer {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	return Writer{Text: cat, Location: wib}
}

func person(name string) personnel.Employee {
	return personnel.Employee{Name: name, Sex: personnel.Female}
}

// sample is the summary of voice.md, as far as there is something to count.
func sample() Card {
	due := time.Date(2027, 1, 23, 0, 0, 0, 0, wib)
	opened := time.Date(2027, 1, 4, 0, 0, 0, 0, wib)
	return Card{To: person("RATNA DEWI, S.Sos."), Now: now, Next: now.AddDate(0, 0, 7), Facts: Facts{People: 15, Median: 60,
		Self:    Progress{Done: 11, Running: 2, Fresh: 1, Unreachable: 1, Before: 7, Opened: opened, Due: due, DueThen: 3},
		Ratings: Progress{Done: 9, Running: 1, Fresh: 4, Before: 3, Opened: opened, Due: due.AddDate(0, 0, 7), DueThen: 5},
		Needs: []Need{{Person: person("WULANDARI"), Why: Talk, Task: 5}, {Person: person("SRI"), Why: Rate, Task: 6, Due: due.AddDate(0, 0, 7), Own: true},
			{Person: person("JOKO"), Why: Unlinked, Task: 7, Linked: true}},
		Waiting: 3, Finished: []personnel.Employee{person("HENDRA")}, Nudges: []Nudge{{Task: 1}, {Task: 2}, {Task: 3}}}}
}

func TestReply(t *testing.T) {
	r, err := writer(t).Reply(sample())
	if err != nil {
		t.Fatal(err)
	}
	const want = `<b>11 dari 15 pegawai selesai, naik 4 dari pekan lalu. 3 hal menunggu Ibu.</b>

Menunggu Ibu
1. Ibu Wulandari: perlu dialog
2. Ibu Sri: menunggu penilaian Ibu, sampai Jumat, 29 Januari
3. Ibu Joko: tidak terjangkau lewat Telegram

Penilaian mandiri: 11 selesai · 2 sedang mengisi · 1 belum mulai · 1 tidak terjangkau
Penilaian atasan: 9 terkirim · 1 sedang diisi · 4 belum dinilai
Median tim di unit kerja: 60% selesai
Tujuh hari ke depan: batas penilaian mandiri Jumat, 22 Januari (3 pegawai)
Kabar baik: 4 pegawai selesai dalam sepekan, antara lain Ibu Hendra.
Keadaan Senin, 18 Januari 2027, pukul 08.55 WIB. Berikutnya: Senin, 25 Januari.`
	if r.Text != want {
		t.Errorf("the summary reads\n%s\nwant\n%s", r.Text, want)
	}
	var chart report.TeamChart
	if err := json.Unmarshal(r.Picture.Data, &chart); err != nil {
		t.Fatal(err)
	}
	for _, row := range chart.Rows { // the picture carries no number alone
		if !strings.Contains(r.Text, row.Name+": "+row.Text) {
			t.Errorf("the text does not say %q", row.Text)
		}
	}
	raw, err := chart.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("BANGKOM_TEAM_PICTURE"); path != "" {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

var tag = regexp.MustCompile(`</?b>`)

// Never above 1,000 characters whatever the names, always valid HTML, labels that
// fit, buttons whose data is short.
func TestReplyFitsWhateverTheNames(t *testing.T) {
	w := writer(t)
	r := rand.New(rand.NewPCG(3, 5))
	alphabet := []rune("abcdefghij <>&\"'ÁçŒ漢字😀\u200dAbd. ,-")
	name := func() string {
		out := make([]rune, r.IntN(200))
		for i := range out {
			out[i] = alphabet[r.IntN(len(alphabet))]
		}
		return string(out)
	}
	count := func() int { return []int{0, r.IntN(9), 1 + r.IntN(120), 100000}[r.IntN(4)] }
	progress := func() Progress {
		p := Progress{Done: count(), Running: count(), Fresh: count(), Unreachable: count(), Unlinked: count(), Late: count(), Shared: count(), Excused: count(), Expired: count(),
			Opened: now.AddDate(0, 0, -r.IntN(20)), DueThen: r.IntN(9), Due: now.Add(time.Duration(r.IntN(400)) * time.Hour)}
		p.Before = r.IntN(p.Done + 1)
		return p
	}
	for i := range 3000 {
		c := Card{To: person(name()), Now: now, Next: now.AddDate(0, 0, r.IntN(20)), Over: r.IntN(2) == 0, Plain: r.IntN(5) == 0,
			Facts: Facts{People: count(), Self: progress(), Ratings: progress(), Median: r.IntN(102) - 1, Below: Group{count(), count(), count()}}}
		for k := range r.IntN(MaxNeeds + 1) {
			c.Facts.Needs = append(c.Facts.Needs, Need{Person: person(name()), Task: int64(k), Due: now.Add(time.Duration(r.IntN(4)*24) * time.Hour),
				Why: []Why{LastDay, Talk, Rate, Unlinked}[r.IntN(4)], Own: true})
			c.Facts.Waiting = k + 1 + r.IntN(2)*count()
		}
		for range r.IntN(MaxNames + 1) {
			c.Facts.Finished = append(c.Facts.Finished, person(name()))
		}
		if r.IntN(3) == 0 {
			c.Note = w.t("summary.not_yours", text.Args{"sapaan": "Bapak/Ibu"})
		}
		for range r.IntN(200) {
			c.Facts.Nudges = append(c.Facts.Nudges, Nudge{Task: 1, From: now.Add(time.Duration(r.IntN(3)-1) * time.Hour)})
		}
		reply, err := w.Reply(c)
		if err != nil {
			t.Fatal(err)
		}
		if n := measure.Units(reply.Text); n > Longest || !utf8.ValidString(reply.Text) {
			t.Fatalf("%d: %d characters: %s", i, n, reply.Text)
		}
		plain := tag.ReplaceAllString(reply.Text, "")
		if strings.ContainsAny(plain, "<>") || strings.Contains(regexp.MustCompile(`&(amp|lt|gt|#34|#39);`).ReplaceAllString(plain, ""), "&") {
			t.Fatalf("%d: no valid HTML: %s", i, reply.Text)
		}
		if strings.Count(reply.Text, "<b>") != 1 || strings.Count(reply.Text, "</b>") != 1 {
			t.Fatalf("%d: tags: %s", i, reply.Text)
		}
		for _, row := range reply.Rows {
			most := []int{20, 14, 9}[len(row)-1]
			for _, b := range row {
				if n := utf8.RuneCountInString(b.Label); n > most && c.Facts.Self.Left() < 1000 {
					t.Fatalf("%d: label %q of %d in a row of %d", i, b.Label, n, len(row))
				}
			}
		}
		if reply.Picture == nil {
			continue
		}
		var chart report.TeamChart
		if err := json.Unmarshal(reply.Picture.Data, &chart); err != nil || chart.Validate() != nil {
			t.Fatalf("%d: %v, %v", i, err, chart.Validate())
		}
	}
}

func TestStamp(t *testing.T) {
	for _, s := range []Stamp{{Day: outreach.NewDay(2027, 1, 18)}, {Day: 3, Picture: true, Rest: "hari-2"}} {
		if got, ok := ParseStamp(s.String()); !ok || got != s {
			t.Errorf("%v is read as %v, %t", s, got, ok)
		}
	}
	for _, bad := range []string{"", "x", "1", "1-x", "a-g"} {
		if _, ok := ParseStamp(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
}

// A wished day that has no window moves to the next one of that week, and with
// none left there is no summary that week.
func TestPreference(t *testing.T) {
	rules := outreach.DefaultRules()
	cal := outreach.NewCalendar(outreach.ShippedFacts(wib, nil), rules.Hours)
	week := outreach.NewDay(2027, 1, 18)
	for _, tt := range []struct {
		name       string
		preference Preference
		want       string
	}{{"usual", Preference{}, "2027-01-18 09:00"}, {"Tuesday at ten", Preference{Weekday: time.Tuesday, Hour: outreach.At(10, 0)}, "2027-01-19 10:00"},
		{"Friday at noon", Preference{Weekday: time.Friday, Hour: outreach.At(12, 0)}, "2027-01-22 13:30"},
		{"Saturday", Preference{Weekday: time.Saturday}, ""}} {
		at, ok := tt.preference.At(cal, week, rules.Hours.Weekly, outreach.Diary{})
		if got := at.Format("2006-01-02 15:04"); ok != (tt.want != "") || ok && got != tt.want {
			t.Errorf("%s: %s, %t", tt.name, got, ok)
		}
	}
	next := Preference{MutedUntil: week.Start(wib).AddDate(0, 0, 7)}.Next(cal, week.Start(wib), rules.Hours.Weekly, outreach.Diary{}, time.Time{})
	if fmt.Sprint(next) != fmt.Sprint(week.Start(wib).AddDate(0, 0, 7).Add(9*time.Hour)) {
		t.Errorf("muted this week: %v", next)
	}
	for silence, want := range map[string]string{"2027-01-18": "2027-01-18 09:00", "2027-01-20": "2027-01-20 07:45", "2027-01-23": "2027-01-25 09:00",
		"2027-02-01": "2027-02-01 09:00", "9999-01-01": "0001-01-01 00:00"} {
		until, err := time.ParseInLocation(time.DateOnly, silence, wib)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Preference{}).Next(cal, week.Start(wib), rules.Hours.Weekly, outreach.Diary{}, until).Format("2006-01-02 15:04"); got != want {
			t.Errorf("silent until %s: %s, want %s", silence, got, want)
		}
	}
	skip := Preference{}.Skip(cal, week.At(outreach.At(9, 0), wib))
	if monday, ok := skip.Skipped(cal); !ok || monday != week || !skip.MutedUntil.Equal((week + 7).Start(wib)) {
		t.Errorf("skipped: %v, %v, %t", skip.MutedUntil, monday, ok)
	}
}

// No group of fewer than five people in a roll-up.
// alone is a group of twenty people of some batches, and how many could do it alone.
func alone(batches int, before, now string) evaluation.Shown {
	return evaluation.Shown{Batches: batches, Persons: 20, Cells: []evaluation.Cell{{Item: evaluation.Ability, Part: disclosure.AloneBefore, N: 20, Text: before},
		{Item: evaluation.Ability, Part: disclosure.AloneNow, N: 20, Text: now}}}
}

func TestRollups(t *testing.T) {
	w := writer(t)
	o := Office{People: 9840, Linked: 6910, Blocked: 30, Before: 6510, Period: "Tahun 2027", Owed: 9000, Excused: 1234, Done: 5600, WeekAgo: 5000, Both: 3900,
		Lowest: []UnitShare{{Name: "Kecamatan <Ketapang>", Owed: 100, Done: 31, Excused: 12}, {Name: "Kecamatan Palas", Owed: 50, Done: 17}}, Small: 2, Failures: []Failure{{"bad_request", 3}}, Unknown: 4, Overdue: 2,
		Monthly: []personnel.Employee{person("RATNA")}, Superior: 1}
	for _, want := range []string{"Terhubung 6.910 dari 9.840 pegawai (70,2%)", "Kecamatan &lt;Ketapang&gt; 31,0% (tidak perlu mengisi 12), Kecamatan Palas 34,0%.", "naik 600 dari pekan lalu; di luar itu, tidak perlu mengisi 1.234.", "2 unit dengan kurang dari 5 pegawai tidak ditampilkan",
		"bad_request 3", "tidak pasti 4", "1 atasan (Ibu Ratna)", "naik 600 dari pekan lalu"} {
		if got := w.Office(o, person(""), now); !strings.Contains(got, want) {
			t.Errorf("the roll-up lacks %q:\n%s", want, got)
		}
	}
	month := w.Month(o, person(""), now)
	if !strings.Contains(month, "lengkap 43,3%; di luar itu, tidak perlu mengisi 1.234.") {
		t.Errorf("who is excused is not counted beside the figure of the head: %s", month)
	}
	o.Results = []evaluation.Shown{alone(1, "kurang dari seperlima", "antara tiga perlima dan empat perlima"), alone(2, "kurang dari seperlima", "empat perlima atau lebih")}
	if got := w.Month(o, person(""), now); !strings.Contains(got, "Hasil evaluasi yang terbit bulan lalu (3 angkatan, 40 penjawab). Peserta yang dapat mengerjakan sendiri: sebelum pelatihan kurang dari seperlima, sekarang tiga perlima atau lebih.") {
		t.Errorf("what people can do alone: %s", got)
	}
	o.Excused, o.Results = 0, nil
	month = w.Month(o, person(""), now)
	if !strings.Contains(month, "<b>Januari 2027.</b> Terhubung 70,2%") || !strings.Contains(month, "naik 4,1 poin") || !strings.Contains(month, "lengkap 43,3%") {
		t.Error(month)
	}
	for change, want := range map[int][2]string{600: {"naik 600 dari pekan lalu.", "naik 4,1 poin dalam sebulan."}, 0: {"sama dengan pekan lalu.", "sama dengan sebulan lalu."},
		-600: {"turun 600 dari pekan lalu.", "turun 4,1 poin dalam sebulan."}} {
		then := o
		then.WeekAgo, then.Before = o.Done-change, o.Linked-change*2/3
		if got := w.Office(then, person(""), now); !strings.Contains(got, want[0]) {
			t.Errorf("a change of %d lacks %q:\n%s", change, want[0], got)
		}
		if got := w.Month(then, person(""), now); !strings.Contains(got, want[1]) {
			t.Errorf("a change of %d lacks %q:\n%s", change, want[1], got)
		}
	}
	few := o
	few.Before = o.Linked + 2
	if got := w.Month(few, person(""), now); !strings.Contains(got, "sama dengan sebulan lalu") {
		t.Errorf("a change that no decimal shows: %s", got)
	}
	o.Owed, o.Done = 4, 1
	if month := w.Month(o, person(""), now); strings.Contains(month, "mandiri") {
		t.Errorf("four people are counted: %s", month)
	}
	c := sample()
	c.Facts.Below = Group{People: 9, Done: 4, Excused: 3}
	if got := w.body(c); !strings.Contains(got, "Di bawah tim: 4 dari 9 pegawai selesai; 3 tidak perlu mengisi") {
		t.Errorf("who is excused below the team is not counted: %s", got)
	}
	all := sample()
	all.Facts = Facts{People: 6, Median: -1, Self: Progress{Done: 4, Before: 4, Excused: 2, Opened: now.AddDate(0, 0, -14)}}
	if got := w.body(all); !strings.HasPrefix(got, "<b>4 dari 6 pegawai selesai; 2 tidak perlu mengisi. Tidak ada yang menunggu Ibu.</b>") {
		t.Errorf("who is excused counts as finished: %s", got)
	}
	for n, want := range map[int]bool{4: false, 5: true} {
		c.Facts.Below = Group{People: n, Done: 1}
		if got := strings.Contains(w.body(c), "Di bawah tim"); got != want {
			t.Errorf("a group of %d is shown: %t", n, got)
		}
	}
}

// What follow-ups add: to a superior how many people are asked about and until when, to the
// personnel office the barriers of the week's groups, to the agency's head the ability after
// ninety days of the month's.
func TestFollowUpsInSummaries(t *testing.T) {
	w := writer(t)
	c := sample()
	if got := w.body(c); strings.Contains(got, "Penerapan") {
		t.Errorf("nothing is asked and the superior reads %s", got)
	}
	c.Facts.Follow = FollowUps{N: 3, Until: time.Date(2027, 1, 28, 0, 0, 0, 0, wib)}
	if got, want := w.body(c), "Penerapan pelatihan: 3 pegawai belum dijawab, sampai Rabu, 27 Januari. Isi lewat /umpanbalik; boleh tidak diisi."; !strings.Contains(got, want) {
		t.Errorf("the superior's summary lacks %q:\n%s", want, got)
	}
	if c.Facts.Deeds() != sample().Facts.Deeds()+3 {
		t.Error("what is asked of the superior is not counted")
	}
	group := func(day, n int, cells ...followup.Cell) followup.Shown {
		for i := range cells {
			cells[i].N = n
		}
		return followup.Shown{Day: day, Persons: n, Cells: cells}
	}
	ability := followup.Cell{Item: followup.Ability, Text: "34"}
	few := []followup.Shown{group(30, 6, ability)}
	all := []followup.Shown{group(30, 14, followup.Cell{Item: followup.Ability, Text: "30"}, followup.Cell{Item: followup.Frequency, Value: followup.NoChance, Text: "1/3"},
		followup.Cell{Item: followup.Help, Value: "sarana", Text: "0/3"}), group(90, 20, ability, followup.Cell{Item: followup.Seen, Text: "30"})}
	office := Office{People: 900, Linked: 500, Before: 500}
	for _, tt := range []struct {
		used       []followup.Shown
		week, head string // "" = nothing is said
	}{
		{nil, "", ""},
		{few, "", ""},
		{all, "belum ada kesempatan", "3,4"},
	} {
		office.Used, office.UsedBefore = tt.used, tt.used
		week, month := w.Office(office, person(""), now), w.Month(office, person(""), now)
		if has := strings.Contains(week, "Penerapan pelatihan pekan lalu (34 pegawai)"); has != (tt.week != "") || !strings.Contains(strings.ToLower(week), tt.week) {
			t.Errorf("the week of the personnel office: %s", week)
		}
		if has := strings.Contains(month, "90 hari"); has != (tt.head != "") || !strings.Contains(month, tt.head) {
			t.Errorf("the month of the head: %s", month)
		}
		if strings.Contains(month, "3,0 ") && tt.head == "" {
			t.Errorf("the head reads the ability after thirty days: %s", month)
		}
	}
}

// What citizens say never stands in the month of the agency's head without the sentence of how
// far that may be the training.
func TestEffectOfTheMonth(t *testing.T) {
	w := writer(t)
	o := Office{People: 900, Linked: 500, Before: 500}
	if got := w.Month(o, person(""), now); strings.Contains(got, "SKM") {
		t.Errorf("nothing was compared and the head reads %s", got)
	}
	o.Effects = []effect.Outcome{{Named: effect.Named{Title: "Komunikasi"}, Picture: effect.Picture{Verdict: effect.Common, Chance: effect.Chance{Hits: 24, Of: 70},
		Trained: effect.Mean{Units: 4, Before: 7800, After: 8110}, Untrained: effect.Mean{Units: 4, Before: 7700, After: 7940}}},
		{Named: effect.Named{Title: "Kearsipan"}, Picture: effect.Picture{Verdict: effect.Alone, Trained: effect.Mean{Units: 2, Before: 7800, After: 7760}}}}
	month := w.Month(o, person(""), now)
	for _, want := range []string{
		"Nilai kepuasan masyarakat (SKM), pelatihan Komunikasi: 4 unit yang dilatih berubah +3,10, 4 unit pembanding +2,40. Selisih sebesar ini muncul pada 35 dari 100 pembagian acak: belum dapat dikatakan akibat pelatihan, belum pula dikatakan tanpa akibat.",
		"pelatihan Kearsipan: 2 unit yang dilatih berubah -0,40. Belum dapat dibandingkan",
	} {
		if !strings.Contains(month, want) {
			t.Errorf("the month of the head lacks %q:\n%s", want, month)
		}
	}
}
