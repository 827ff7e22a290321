package handlers_test

import (
	"bytes"
	"fmt"
	"image/png"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
)

// districts registers offices with people, and coached lets those of the first ones attend
// a training that ends now.
var (
	districts = regexp.MustCompile(`^(\d+) kecamatan dengan (\d+) pegawai$`)
	coached   = regexp.MustCompile(`^pegawai (\d+) kecamatan hadir di "(.+)"$`)
)

// satisfactionEvent plays a line of a transcript about offices that citizens are asked of.
func (p *play) satisfactionEvent(what string) bool {
	p.t.Helper()
	if m := districts.FindStringSubmatch(what); m != nil {
		units, _ := strconv.Atoi(m[1])
		people, _ := strconv.Atoi(m[2])
		p.districts(units, people)
		return true
	}
	if m := coached.FindStringSubmatch(what); m != nil {
		units, _ := strconv.Atoi(m[1])
		p.train(m[2], units)
		return true
	}
	return false
}

// districts registers Kecamatan A, B and so on, each with people.
func (w *world) districts(units, people int) {
	w.t.Helper()
	w.exec(`INSERT INTO unit (code, name, name_key) SELECT 'KC' || i, 'Kecamatan ' || chr(64 + i::int), 'kecamatan ' || chr(96 + i::int) FROM generate_series(1, $1::int) i`, units)
	w.exec(`INSERT INTO employee (nip, name, sex, unit_id, class_code)
		SELECT '19850720201001' || 1 + u % 2 || to_char(100 + 20 * u + i, 'FM000'), 'Zainal ' || u || '-' || i, 1, (SELECT id FROM unit WHERE code = 'KC' || u), 'PELAKSANA'
		FROM generate_series(1, $1::int) u, generate_series(1, $2::int) i`, units, people)
}

// train holds a batch of a programme that ends now, which everybody of the first offices
// attends.
func (w *world) train(programme string, units int) {
	w.t.Helper()
	var people []int64
	if err := w.sql.QueryRow(`SELECT array_agg(e.id ORDER BY e.id) FROM employee e JOIN unit u ON u.id = e.unit_id WHERE u.code LIKE 'KC%' AND substr(u.code, 3)::int <= $1`, units).Scan(pq.Array(&people)); err != nil {
		w.t.Fatal(err)
	}
	w.holdBatch(programme, "melayani", 1, 0, nil, people)
}

// surveyFile is a summary of the offices: the means of all elements, one for each office.
func surveyFile(period string, means ...string) string {
	rows := []string{"UNIT KERJA;JENIS LAYANAN;PERIODE;RESPONDEN;U1;U2;U3;U4;U5;U6;U7;U8;U9"}
	for i, mean := range means {
		rows = append(rows, fmt.Sprintf("Kecamatan %c;Kecamatan;%s;50%s", 'A'+i, period, strings.Repeat(";"+mean, 9)))
	}
	return strings.Join(rows, "\n")
}

// takesIn lets somebody of the office import a survey.
func (w *world) takesIn(who int64, file string) {
	w.t.Helper()
	w.fake.SendDocument(who, "skm.csv", []byte(file))
	w.settle()
	w.press(who, "Terapkan")
}

// The picture holds the sentence, and is as wide as any: what the sentence says is what was
// counted when the comparison was named in time, and no probability when it was not.
func TestEffectIsPictured(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sari := account("Sari")
	w.linkStraight(w.ids["Sari"], sari, "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	w.districts(8, 4)
	w.train("Pelayanan Prima", 4)
	w.takesIn(sari, surveyFile("Semester II 2026", "3,10", "3,12", "3,14", "3,16", "3,11", "3,13", "3,15", "3,17"))
	name := func(element string) {
		w.say(sari, "/layanan")
		for _, label := range []string{"Perbandingan", "Perbandingan baru", "1", element, "Semester II 2026", "Semester I 2027", "Ya, tetapkan"} {
			w.press(sari, label)
		}
	}
	name("Nilai SKM")
	w.takesIn(sari, surveyFile("Semester I 2027", "3,30", "3,32", "3,34", "3,36", "3,12", "3,14", "3,16", "3,18"))
	w.say(sari, "/layanan")
	w.press(sari, "Perbandingan")
	w.press(sari, "1")
	m := w.newest(sari)
	for _, part := range []string{"78,25 menjadi 83,25, +5,00", "78,50 menjadi 78,75, +0,25", "Selisih perubahan: +4,75", "jarang muncul kebetulan (3 dari 100 pembagian acak)", "ini bukan bukti"} {
		if !strings.Contains(m.Text, part) {
			t.Errorf("the picture's text lacks %q: %s", part, m.Text)
		}
	}
	c, err := png.DecodeConfig(bytes.NewReader(m.Photo))
	if err != nil || c.Width != 800 || c.Height < 700 {
		t.Errorf("the picture is %d × %d, %v", c.Width, c.Height, err)
	}
	w.clock.move(time.Hour)
	w.takesIn(sari, surveyFile("Semester II 2026", "3,05", "3,12", "3,14", "3,16", "3,11", "3,13", "3,15", "3,17"))
	w.say(sari, "/layanan")
	w.tap(sari, "Perbandingan", "1")
	if m := w.newest(sari); !strings.Contains(m.Text, "Angka sebelumnya diubah setelah") || strings.Contains(m.Text, "pembagian acak") {
		t.Errorf("with earlier figures that were changed afterwards it says %q", m.Text)
	}
	name("Waktu")
	if m := w.newest(sari); !strings.Contains(m.Text, "ditetapkan setelah angka sesudahnya masuk") || strings.Contains(m.Text, "pembagian acak") {
		t.Errorf("a comparison that was named too late says %q", m.Text)
	}
}

// Whoever has lost the role since a button was shown names nothing by it, and is shown
// neither programmes nor periods.
func TestNamingNeedsTheRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sari := account("Sari")
	w.linkStraight(w.ids["Sari"], sari, "Sari")
	w.grant("Sari", personnel.RoleHR, false)
	w.districts(2, 2)
	w.train("Pelayanan Prima", 1)
	w.say(sari, "/layanan")
	w.tap(sari, "Perbandingan", "Perbandingan baru", "1", "Nilai SKM")
	w.say(sari, "Semester II 2026")
	w.say(sari, "Semester I 2027")
	w.grant("Sari", personnel.RoleHR, true)
	w.press(sari, "Ya, tetapkan")
	if n := w.count(`SELECT count(*) FROM comparison`); n != 0 {
		t.Errorf("%d comparisons were named without the role", n)
	}
	w.shows(sari, "tidak berlaku")
	w.forge(sari, dialog.Action{Flow: "lb", Verb: dialog.Resume})
	if m := w.newest(sari); strings.Contains(m.Text, "Pelayanan Prima") {
		t.Errorf("without the role the old button shows %q", m.Text)
	}
}

// newest is the newest message of the bot in a chat.
func (w *world) newest(who int64) (m faketelegram.Message) {
	for _, one := range w.fake.Messages(who) {
		if one.FromBot {
			m = one
		}
	}
	return m
}

// comparisonErrand lets the office name a comparison, or leave at the last question.
func comparisonErrand(t *trip, r *rand.Rand) {
	t.say("/layanan")
	t.press("Perbandingan")
	t.press("Perbandingan baru")
	if t.first("1", "Batal") == "1" {
		t.press("1")
		t.press("Waktu")
		t.say(fmt.Sprintf("Semester I %d", 2020+r.IntN(10)))
		t.say(fmt.Sprintf("Semester II %d", 2030+r.IntN(10)))
		t.press(t.first("Ya, tetapkan", "Batal"))
	} else {
		t.press("Batal")
	}
	t.ok = t.ok && t.first("Semua perbandingan", "Perbandingan baru") != ""
}
