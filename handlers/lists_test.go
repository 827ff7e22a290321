package handlers_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
)

// Twenty people with long names, titles and units fit into one message, and so
// do many stand-ins and requests.
func TestLongLists(t *testing.T) {
	devdbtest.Long(t, "lists of many pages")
	t.Parallel()
	w := newWorld(t)
	w.grant("Sari", personnel.RoleHR, false)
	w.linkByCode("Sari", cast()[3].code)
	sari := account("Sari")
	long := strings.Repeat("Pemberdayaan & Pengarusutamaan ", 9)
	w.exec(`UPDATE unit SET name = $1`, "Subbagian "+long)
	w.exec(`INSERT INTO employee (nip, name, sex, unit_id, position_title, supervisor_id) SELECT lpad((198507202010010100 + g)::text, 18, '0'),
		'Muhammad ' || $1 || g, 1, (SELECT id FROM unit), 'Kepala ' || $1 || g, $2 FROM generate_series(1, 25) g`, long, w.ids["Sari"])
	w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, created_at)
		SELECT $1, id, '2027-01-11', '2027-03-01', $2, now() FROM employee WHERE supervisor_id = $1`, w.ids["Sari"], long)
	w.exec(`INSERT INTO ticket (employee_id, kind, body, created_at) SELECT id, 'correction', left(repeat('<&> ', 200), 500), now() FROM employee`)
	for _, step := range []struct{ say, press string }{{"/kelola", "Tanpa kelas"}, {"/kelola", "Permintaan"}, {"/kelola", "Plt. dan Plh."},
		{"/tim", ""}, {"/delegasi", ""}, {"/privasi", "Salinan data"}} {
		seen := len(w.fake.Messages(sari))
		w.say(sari, step.say)
		if step.press != "" {
			w.press(sari, step.press)
		}
		if got := strings.Join(w.newBotTexts(sari, seen), "\n"); strings.Contains(got, "gangguan") || got == "" {
			t.Errorf("%s %s: answered %q; log %s", step.say, step.press, got, w.log)
		}
	}
	w.say(sari, "/tim")
	if last, _ := w.fake.Last(sari); !strings.Contains(last.Text, "20. Bapak Muhammad") {
		t.Errorf("the list of the team ends early: %q", last.Text)
	}
}

// A request that is made anew is another one: the officer's button on the old
// card decides nothing. Nobody checks a letter that is about them.
func TestStandInIsCheckedAsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.grant("Sari", personnel.RoleOfficer, false)
	w.linkByCode("Sari", cast()[3].code)
	sari := account("Sari")
	ask := func(who, acting, letter string) {
		w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, created_at) VALUES ($1, $2, '2027-01-11', '2027-01-14', $3, now())
			ON CONFLICT (for_id, acting_id, starts_on) DO UPDATE SET letter = excluded.letter, version = delegation.version + 1`, w.ids[who], w.ids[acting], letter)
	}
	ask("Bambang", "Rina", "800/1/2027")
	w.say(sari, "/unit")
	w.press(sari, "Plt. dan Plh.")
	ask("Bambang", "Rina", "800/2/2027")
	if a := w.press(sari, "Sesuai surat"); !strings.Contains(a.Text, "sudah tidak berlaku") {
		t.Errorf("the button of the former request is answered %q", a.Text)
	}
	w.say(sari, "/unit")
	w.press(sari, "Plt. dan Plh.")
	w.press(sari, "Sesuai surat")
	if n := w.count(`SELECT count(*) FROM delegation WHERE letter = '800/2/2027' AND checked_at IS NOT NULL`); n != 1 {
		t.Error("the request that was seen was not checked")
	}
	ask("Sari", "Rina", "own")
	w.say(sari, "/unit")
	w.press(sari, "Plt. dan Plh.")
	if last, _ := w.fake.Last(sari); !strings.Contains(last.Text, "Tidak ada Plt.") {
		t.Errorf("the officer is shown the own letter: %q", last.Text)
	}
}

// A preview of yesterday is not applied any more.
func TestPreviewExpires(t *testing.T) {
	t.Parallel()
	w := hrWorld(t)
	w.fake.SendDocument(account("Sari"), "data.csv", []byte(oneNew))
	w.settle()
	w.clock.move(24 * time.Hour)
	w.pressNewest(account("Sari"), "Terapkan")
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "sudah lebih dari 24 jam") {
		t.Errorf("answered %q", got)
	}
	if n := w.count(`SELECT count(*) FROM employee WHERE nip = '199503142019031901'`); n != 0 {
		t.Error("the row was stored")
	}
}

// A file that the database refuses is put off, given up after three attempts,
// and said so; the file of somebody else is read meanwhile.
func TestRefusedByTheDatabase(t *testing.T) {
	devdbtest.Long(t, "a file is refused three times")
	t.Parallel()
	w := hrWorld(t)
	w.grant("Rina", personnel.RoleHR, false)
	w.linkByCode("Rina", cast()[1].code)
	owner, err := sql.Open("postgres", w.owner)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if _, err := owner.Exec(`ALTER TABLE employee ADD CONSTRAINT broken CHECK (name <> 'Budi')`); err != nil {
		t.Fatal(err)
	}
	w.fake.SendDocument(account("Sari"), "a.csv", []byte(oneNew))
	w.await(`SELECT count(*) FROM upload WHERE attempts > 0`, 1)
	w.clock.move(time.Minute)
	w.fake.SendDocument(account("Rina"), "b.csv", []byte(strings.ReplaceAll(oneNew, "Budi", "Ani")))
	w.await(`SELECT count(*) FROM upload WHERE state = 'previewed'`, 1)
	w.settle()
	if got := w.lastAnswer(); !strings.Contains(got, "karena gangguan di sistem kami") {
		t.Errorf("the sender is told %q", got)
	}
	if n := w.count(`SELECT count(*) FROM upload WHERE state = 'failed' AND employee_id = $1`, w.ids["Sari"]); n != 1 {
		t.Error("the upload is not ended")
	}
}

// What the officer decides about a letter late in the evening is told to both
// sides in the morning, and says why it came.
func TestStandInIsToldInTheMorning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.grant("Sari", personnel.RoleOfficer, false)
	sari, bambang, rina := int64(firstAccount+3), int64(firstAccount), int64(firstAccount+1)
	for name, account := range map[string]int64{"Sari": sari, "Bambang": bambang, "Rina": rina} {
		w.linkStraight(w.ids[name], account, name)
	}
	w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, created_at) VALUES ($1, $2, '2027-01-11', '2027-01-14', '800/1', now())`,
		w.ids["Bambang"], w.ids["Rina"])
	w.clock.move(15*time.Hour + 30*time.Minute) // 23:30
	w.say(sari, "/unit")
	w.press(sari, "Plt. dan Plh.")
	before := map[int64]int{bambang: len(w.fake.Messages(bambang)), rina: len(w.fake.Messages(rina))}
	w.press(sari, "Sesuai surat")
	w.settle()
	for who, n := range before {
		if news := w.newBotTexts(who, n); len(news) > 0 {
			t.Errorf("at 23:30 somebody gets %q", news)
		}
	}
	w.clock.move(6*time.Hour + 31*time.Minute)
	w.runJob("reminders")
	w.settle()
	for who, want := range map[int64]string{bambang: "Surat perintah sudah diperiksa.", rina: "Bapak/Ibu bertindak untuk"} {
		if news := w.newBotTexts(who, before[who]); len(news) != 1 || !strings.Contains(news[0], want) {
			t.Errorf("in the morning somebody gets %q, want %q", news, want)
		}
		w.tap(who, "Alasan pesan ini")
		w.shows(who, "surat perintah Plt. atau Plh.", "06.00 dan 21.00")
	}
}

// A letter that was checked late in the evening and ended before the morning is told to
// nobody: neither to the two nor to the people of the team. The same letter that stays is.
func TestStandInEndedBeforeTheMorning(t *testing.T) {
	t.Parallel()
	for _, ended := range []bool{false, true} {
		w := newWorld(t)
		me := w.boss(0)
		w.linkStraight(w.ids["Rina"], account("Rina"), "Rina")
		w.grant("Wayan", personnel.RoleOfficer, false)
		w.linkStraight(w.ids["Wayan"], account("Wayan"), "Wayan")
		w.linkStraight(w.ids["Sari"], account("Sari"), "Sari")
		w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at) VALUES ($1, $2, '2027-01-11', '2027-01-14', '800/1', true, $3)`,
			w.ids["Bambang"], w.ids["Rina"], w.clock.Now())
		w.clock.move(14 * time.Hour)
		w.say(account("Wayan"), "/unit")
		w.press(account("Wayan"), "Plt. dan Plh.")
		w.press(account("Wayan"), "Sesuai surat")
		if n := w.count(`SELECT count(*) FROM notice WHERE kind = 'acting' AND action = 'hold'`); n != 3 {
			t.Errorf("%d people are to be told, want Bambang, Rina and Sari", n)
		}
		seen := map[string]int{}
		for _, who := range []string{"Rina", "Sari"} {
			seen[who] = len(w.fake.Messages(account(who)))
		}
		if ended {
			w.say(me, "/delegasi")
			w.tap(me, "Akhiri nomor 1")
		}
		mine := len(w.fake.Messages(me))
		w.clock.move(8*time.Hour + time.Minute)
		w.runJob("reminders")
		w.settle()
		got := len(w.newBotTexts(me, mine))
		for who, n := range seen {
			got += len(w.newBotTexts(account(who), n))
		}
		if want := map[bool]int{false: 3, true: 0}[ended]; got != want {
			t.Errorf("ended %t: %d messages, want %d", ended, got, want)
		}
	}
}
