package handlers_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"bangkom/internal/devdb"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
)

// hostile are texts that nobody should have to think about.
func hostile() map[string]string {
	return map[string]string{
		"long":             strings.Repeat("panjang sekali ", 700),
		"emoji":            "👍🏽👨‍👩‍👧‍👦🇮🇩",
		"right to left":    "مرحبا \u202e terbalik \u2066",
		"markup":           `<b>&amp;</i> <a href="tg://user?id=1">x</a> & "kutip" 'tunggal' \ %s {{.nama}}`,
		"sql":              `'); DROP TABLE answer; --`,
		"NUL":              "tiga\x00puluh",
		"unicode digits":   "٣ ３ ³ Ⅲ",
		"combining":        "a" + strings.Repeat("\u0301", 500),
		"only a sign":      "—",
		"a number too big": "999999999999999999999",
		"negative":         "-1",
		"decimal":          "3,5",
	}
}

// internals is what must never be read in a chat.
var internals = regexp.MustCompile(`(?i)<no value>|%!|\{\{|postgres|sql|panic|goroutine|nil pointer|\.go:\d|undefined|null\b`)

// newBotTexts returns what the bot wrote since the given number of messages,
// edits not included.
func (w *world) newBotTexts(who int64, from int) []string {
	var texts []string
	for _, m := range w.fake.Messages(who)[from:] {
		if m.FromBot && !m.Deleted {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func (w *world) press(who int64, label string) faketelegram.CallbackAnswer {
	w.t.Helper()
	_, query, err := w.fake.PressLabel(who, label)
	if err != nil {
		w.t.Fatal(err)
	}
	answer := w.answered(query)
	w.settle()
	return answer
}

func (w *world) say(who int64, text string) {
	w.fake.SendText(who, text)
	w.settle()
}

// fingerprint sums up everything that odd input must not change.
func (w *world) fingerprint() string {
	w.t.Helper()
	var s string
	const all = `SELECT concat_ws('|',
		(SELECT string_agg(concat(r.task_id, ':', r.revision, ':', a.item_code, '=', a.value), ',' ORDER BY r.id, a.item_code)
		   FROM answer a JOIN response r ON r.id = a.response_id),
		(SELECT string_agg(concat(id, employee_id, kind, state), ',' ORDER BY id) FROM task),
		(SELECT string_agg(concat(form, ref, body->>'answered', body->>'state'), ',' ORDER BY chat_id, form, ref) FROM draft),
		(SELECT string_agg(concat(id, employee_id), ',' ORDER BY id) FROM chat WHERE employee_id IS NOT NULL),
		(SELECT count(*) FROM consent), (SELECT count(*) FROM link_code WHERE used_at IS NOT NULL OR closed_at IS NOT NULL),
		(SELECT count(*) FROM employee))`
	if err := w.sql.QueryRow(all).Scan(&s); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// At every place of every conversation each odd input gets an answer that says
// what to do, and changes nothing.
func TestOddInputChangesNothing(t *testing.T) {
	devdbtest.Long(t, "every odd input at every place")
	after := func(answers int) func(*world, int64) {
		return func(w *world, who int64) {
			w.link(who, "3FJWC8RVN5XA")
			w.press(who, "Mulai")
			for range answers {
				w.press(who, "2")
			}
		}
	}
	for _, place := range []struct {
		name   string
		arrive func(w *world, who int64)
		hint   string // of the answer to a text
	}{
		{"stranger", func(*world, int64) {}, "petugas kepegawaian"},
		{"notice", func(w *world, who int64) { w.say(who, "/start 3FJWC8RVN5XA") }, "Silakan ketuk"},
		{"linked", func(w *world, who int64) { w.link(who, "3FJWC8RVN5XA") }, "Silakan pilih"},
		{"first question", after(0), "angka 1 sampai 5"},
		{"fourth question", after(3), "angka 1 sampai 5"},
		{"review", after(9), "ketik \"kirim\""},
		{"result", func(w *world, who int64) {
			after(9)(w, who)
			w.press(who, "Kirim")
		}, "Silakan pilih"},
	} {
		t.Run(place.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
			who := account("Rina")
			place.arrive(w, who)
			buttons := w.forged()
			before := w.fingerprint()
			check := func(name, want string, do func()) {
				t.Helper()
				seen := len(w.fake.Messages(who))
				do()
				w.settle()
				texts := w.newBotTexts(who, seen)
				all := strings.Join(texts, "\n")
				if len(texts) == 0 || !strings.Contains(all, want) {
					t.Errorf("%s: answered %q, want one that says %q", name, all, want)
				}
				if bad := internals.FindString(all); bad != "" {
					t.Errorf("%s: internal text %q in a chat: %q", name, bad, all)
				}
				if after := w.fingerprint(); after != before {
					t.Fatalf("%s: something changed:\nbefore %s\nafter  %s", name, before, after)
				}
			}
			for name, text := range hostile() {
				check(name, place.hint, func() { w.fake.SendText(who, text) })
			}
			for _, kind := range []string{"sticker", "photo", "voice", "location", "document", "video", "poll", "dice"} {
				check(kind, "Ketik /menu", func() { w.fake.SendMedia(who, kind) })
			}
			contact := "Ketik /menu"
			if w.count(`SELECT count(*) FROM chat WHERE id = $1 AND employee_id IS NOT NULL`, who) == 0 {
				contact = "ketik NIP"
			}
			check("own contact", contact, func() { w.fake.ShareContact(who, faketelegram.Contact{Phone: "+62812", UserID: who}) })
			check("other's contact", contact, func() { w.fake.ShareContact(who, faketelegram.Contact{Phone: "+62813", UserID: 77}) })
			edited := w.fake.SendText(who, "/bantuan")
			w.settle()
			check("edited message", "pesan baru", func() {
				if err := w.fake.EditText(who, edited, "5"); err != nil {
					t.Error(err)
				}
			})
			for name, data := range buttons {
				check("forged "+name, "sudah tidak berlaku", func() {
					w.answered(w.fake.ForgePress(who, 2, data))
				})
			}
			check("unknown command", "belum dikenal", func() { w.fake.SendText(who, "/"+strings.Repeat("x", 300)) })
		})
	}
}

func (w *world) link(who int64, code string) {
	w.t.Helper()
	w.say(who, "/start "+code)
	w.press(who, "Setuju")
}

// forged are callback data that this person was never offered.
func (w *world) forged() map[string]string {
	all := map[string]string{"nothing": "", "noise": "\x00\xff☃", "old version": "v0|asesmen|3", "too long": strings.Repeat("q", 64)}
	// A button that was made for somebody else, pressed by this person.
	other := account("Bambang")
	w.say(other, "/start 7K2MQ9TX4HBD")
	for _, m := range w.fake.Messages(other) {
		for _, row := range m.Inline {
			for _, b := range row {
				flipped := []byte(b.Data)
				flipped[len(flipped)-2] ^= 1 // inside the signature
				all["signature of "+b.Text] = string(flipped)
			}
		}
	}
	return all
}

// A button that was made for one person is worth nothing in another's hands.
func TestButtonOfAnotherPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	rina, sari := account("Rina"), account("Sari")
	w.link(rina, "3FJWC8RVN5XA")
	w.link(sari, "5GNSY4MW7RCJ")
	w.press(rina, "Mulai")
	before := w.fingerprint()
	last, _ := w.fake.Last(rina)
	for _, row := range last.Inline {
		for _, b := range row {
			answer := w.answered(w.fake.ForgePress(sari, last.ID, b.Data))
			w.settle()
			if !strings.Contains(answer.Text, "sudah tidak berlaku") {
				t.Errorf("the button %s of another person was answered %q", b.Text, answer.Text)
			}
		}
	}
	if after := w.fingerprint(); after != before {
		t.Errorf("another person's button changed something:\nbefore %s\nafter  %s", before, after)
	}
}

// A button pressed many times within a millisecond counts once.
func TestPressedManyTimesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	who := account("Rina")
	w.link(who, "3FJWC8RVN5XA")
	w.press(who, "Mulai")
	burst := func(label string) {
		last, _ := w.fake.Last(who)
		for _, row := range last.Inline {
			for _, b := range row {
				if b.Text != label {
					continue
				}
				var wg sync.WaitGroup
				for range 5 {
					wg.Go(func() {
						if _, err := w.fake.Press(who, last.ID, b.Data); err != nil && !strings.Contains(err.Error(), "no such button") {
							t.Error(err)
						}
					})
				}
				wg.Wait()
				w.settle()
				return
			}
		}
		t.Fatalf("no button %q", label)
	}
	for i := range 9 {
		burst("2")
		if got := w.count(`SELECT jsonb_array_length(body->'answered') FROM draft WHERE form = 'q'`); got != i+1 {
			t.Fatalf("after question %d there are %d answers", i+1, got)
		}
	}
	burst("Kirim")
	if n := w.count(`SELECT count(*) FROM response`); n != 1 {
		t.Errorf("%d sendings, want 1", n)
	}
	if n := w.count(`SELECT count(*) FROM answer`); n != 9 {
		t.Errorf("%d answers, want 9", n)
	}
	pictures := 0
	for _, m := range w.fake.Messages(who) {
		if m.Photo != nil {
			pictures++
		}
	}
	if pictures != 1 {
		t.Errorf("%d pictures, want 1", pictures)
	}
}

// Every command in the middle of a questionnaire leaves the draft as it is.
func TestCommandsInTheMiddle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	who := account("Rina")
	w.link(who, "3FJWC8RVN5XA")
	w.press(who, "Mulai")
	w.press(who, "3")
	before := w.fingerprint()
	for _, command := range []string{"/start", "/menu", "/tugas", "/asesmen", "/penilaian", "/privasi", "/bantuan", "/help",
		"/batal", "/MENU", "/menu@bangkom_tirta_bot", "/start 3FJW-C8RV-N5XA", "/ menu", "/"} {
		seen := len(w.fake.Messages(who))
		w.say(who, command)
		if len(w.newBotTexts(who, seen)) == 0 {
			t.Errorf("%q was not answered", command)
		}
		if after := w.fingerprint(); after != before {
			t.Fatalf("%q changed something:\nbefore %s\nafter  %s", command, before, after)
		}
	}
	w.say(who, "/asesmen")
	if last, _ := w.fake.Last(who); !strings.Contains(last.Text, "Pertanyaan 2 dari 9") {
		t.Errorf("after all commands the bot shows %q, want question 2", last.Text)
	}
}

// A group is refused once a day; nothing of its people is stored.
func TestGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const group = -100_500
	for i := range 5 {
		w.fake.GroupText(group, account("Rina"), fmt.Sprintf("pesan %d", i))
	}
	w.settle()
	replies := func() (n int) {
		for _, m := range w.fake.Messages(group) {
			if m.FromBot {
				n++
				if !strings.Contains(m.Text, "@bangkom_tirta_bot") {
					t.Errorf("the group was told %q", m.Text)
				}
			}
		}
		return n
	}
	if n := replies(); n != 1 {
		t.Errorf("the group got %d messages, want 1", n)
	}
	w.clock.move(24 * 60 * 60 * 1e9)
	w.fake.GroupText(group, account("Rina"), "lagi")
	w.settle()
	if n := replies(); n != 2 {
		t.Errorf("the next day the group has %d messages, want 2", n)
	}
	if n := w.count(`SELECT count(*) FROM chat WHERE employee_id IS NOT NULL OR id > 0`); n != 0 {
		t.Errorf("%d private chats were stored", n)
	}
}

// What nobody can decode is set aside, and the next message is answered.
func TestUndecodableUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := account("Rina")
	for _, raw := range []string{`{"message":{"chat":"nowhere"}}`, `{"callback_query":7}`, `"no update"`, `{"update_id":"x"}`, `{}`, `[]`,
		fmt.Sprintf(`{"message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":"R"},"text":{"a":1}}}`, who, who)} {
		w.fake.InjectRaw(json.RawMessage(raw))
	}
	w.say(who, "/menu")
	if last, ok := w.fake.Last(who); !ok || !strings.Contains(last.Text, "belum terhubung") {
		t.Errorf("after undecodable updates the bot says %q", last.Text)
	}
	if n := w.count(`SELECT count(*) FROM inbox WHERE failed IS NOT NULL`); n == 0 {
		t.Error("no cause of an undecodable update was stored")
	}
}

// An update whose content the database does not take is set aside with an
// apology like any other, and everybody goes on.
func TestUpdateThatTheDatabaseRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who, other := account("Rina"), account("Sari")
	if err := devdb.Exec(t.Context(), w.owner, `ALTER TABLE inbox ADD CONSTRAINT picky CHECK (body NOT LIKE '%terlarang%')`); err != nil {
		t.Fatal(err)
	}
	w.answerTime(who, func() { w.fake.SendText(who, "/terlarang") })
	w.settle()
	if last, _ := w.fake.Last(who); !strings.Contains(last.Text, "Mohon maaf") {
		t.Errorf("the person reads %q", last.Text)
	}
	if n := w.count(`SELECT count(*) FROM inbox WHERE failed = 'handler' AND attempts = 3`); n != 1 {
		t.Errorf("%d updates were set aside, want 1", n)
	}
	for _, chat := range []int64{who, other} {
		w.say(chat, "/menu")
		if last, ok := w.fake.Last(chat); !ok || !strings.Contains(last.Text, "belum terhubung") {
			t.Errorf("afterwards the bot says %q", last.Text)
		}
	}
}

// A panic that holds what a person wrote is logged without it, and the person
// gets an apology.
func TestPanicIsLoggedWithoutItsValue(t *testing.T) {
	t.Parallel()
	const secret = "catatan rahasia"
	w := newWorld(t, func(w *world) {
		w.decoded = func(u dialog.Update) {
			if u.Text == secret {
				panic(u.Text)
			}
		}
	})
	who := account("Rina")
	w.answerTime(who, func() { w.fake.SendText(who, secret) }) // the apology comes after the update is set aside
	w.settle()
	if last, _ := w.fake.Last(who); !strings.Contains(last.Text, "Mohon maaf") {
		t.Errorf("after a panic the bot says %q", last.Text)
	}
	log := w.log.String()
	if strings.Contains(log, secret) || !strings.Contains(log, "panicked") {
		t.Errorf("the log of a panic is %s", log)
	}
}

// What a chat has stored and nobody can read any more ends in an apology for each
// message, and holds up nothing for ever.
func TestUnreadableDraft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.linkByCode("Rina", cast()[1].code)
	who := account("Rina")
	w.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) VALUES ($1, 'k', 1, '{"form": 7}', now())`, who)
	for n := range 2 {
		seen := len(w.fake.Messages(who))
		w.answerTime(who, func() { w.fake.SendText(who, "/menu") })
		w.settle()
		if news := w.newBotTexts(who, seen); len(news) != 1 || !strings.Contains(news[0], "Mohon maaf") {
			t.Fatalf("message %d is answered by %q; log %s", n+1, news, w.log)
		}
	}
	if n := w.count(`SELECT count(*) FROM inbox WHERE failed = 'handler' AND attempts = 3 AND body IS NULL`); n != 2 {
		t.Errorf("%d updates were set aside, want 2", n)
	}
	w.exec(`DELETE FROM draft WHERE chat_id = $1`, who)
	w.say(who, "/menu")
	if last, _ := w.fake.Last(who); strings.Contains(last.Text, "Mohon maaf") {
		t.Errorf("after the draft has gone the bot says %q", last.Text)
	}
}
