package handlers_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"bangkom/handlers"
	"bangkom/internal/announcement"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

var update = flag.Bool("update", false, "rewrite the golden transcripts")

// A transcript is both script and result. These lines are played, all others
// are what happened then:
//
//	# comment
//	~ 21 hari kemudian                 the clock moves
//	~ periode "Tahun 2027" dibuka sampai 2027-02-05
//	~ periode ditutup
//	~ pukul 2027-01-12 09:00           the clock moves to that time
//	~ tugas reminders dijalankan       a job runs at the clock's time
//	~ Sari mengumumkan "Rapat" dengan tanda baca dan lampiran
//	~ Sari meralat waktu atau tempat "Rapat di Aula"
//	Rina ▸ text                        she writes
//	Rina ▸ (balas pengumuman) text     she replies to the newest announcement
//	Rina ▸ [Label]                     she presses the newest button of that label
//	Rina ▸ [Label] (lama)              she presses one that is not on show any more
//	Rina ▸ (stiker)                    she sends something else: see odd()
//	Sari ▸ (xlsform Nama berkas: select_one pakai | PAKAI | Dipakai? ; select_one pakai | C | Masih? // pakai | ya | Ya ; pakai | tidak | Tidak)   sheets survey and choices
//	Sari ▸ (kuesioner evaluasi-pelatihan: PERTANYAAN!D2 = Apakah sesuai?)   what ships, as a spreadsheet with other cells
var (
	played = regexp.MustCompile(`^(#|~|(\p{L}+) ▸ )`)
	press  = regexp.MustCompile(`^\[([^\]]+)\]( \(lama\))?$`)
)

// answering begins a text that answers the newest announcement.
const answering = "(balas pengumuman) "

const speaker = "Bangkom ▸ "

// play runs the script lines of a transcript and returns the transcript anew.
type play struct {
	*world
	out     strings.Builder
	courses []course
	seen    map[int64]map[int]string // by account and message: how it looked
	// old keeps each button that was ever on show: account, label, then data.
	old map[int64]map[string][]oldButton
}

// doublePress are the transcripts in which two presses in a row are a double tap unless
// time passes between them. It is long, because a computer may be slow.
var doublePress = map[string]time.Duration{"ketukan.txt": 10 * time.Minute}

type oldButton struct {
	message int
	data    string
}

func TestTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	everyWay(t, func(t *testing.T, by way) { playAll(t, by, files) })
}

func playAll(t *testing.T, by way, files []string) {
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			p := playScript(t, by, file, string(want))
			got := p.out.String()
			if *update && by == polled {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := gocmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("the conversation differs from %s (-golden +now); `go test ./handlers -update` accepts it:\n%s", file, diff)
			}
		})
	}
}

// playScript plays what people do in a transcript.
func playScript(t *testing.T, by way, file, script string) *play {
	t.Helper()
	w := newWorld(t, func(w *world) {
		w.way, w.pool, w.double = by, oneByOne*by.replicas(), doublePress[filepath.Base(file)]
		if by == arrived {
			w.most = 32
		}
	})
	p := &play{world: w, seen: map[int64]map[int]string{}, old: map[int64]map[string][]oldButton{}}
	t.Cleanup(func() {
		if t.Failed() && *update {
			t.Logf("so far:\n%s", p.out.String())
		}
	})
	for line := range strings.Lines(script) {
		if line = strings.TrimRight(line, "\n"); played.MatchString(line) && !strings.HasPrefix(line, speaker) {
			p.line(line)
		}
	}
	p.staysHere()
	return p
}

// Every conversation and every command has a transcript that plays it.
func TestEveryConversationHasATranscript(t *testing.T) {
	for name, transcript := range handlers.Registered() {
		body, err := os.ReadFile("testdata/" + transcript + ".txt")
		if transcript == "" || err != nil {
			t.Errorf("%s has no transcript: %v", name, err)
			continue
		}
		if strings.HasPrefix(name, "/") && !regexp.MustCompile(`(?m)^\p{L}+ ▸ `+name+`\b`).Match(body) {
			t.Errorf("%s is not used in %s.txt", name, transcript)
		}
	}
}

func (p *play) line(line string) {
	p.t.Helper()
	if strings.HasPrefix(line, "#") {
		if p.out.Len() > 0 {
			p.out.WriteByte('\n')
		}
		fmt.Fprintln(&p.out, line)
		return
	}
	fmt.Fprintln(&p.out, line)
	if rest, ok := strings.CutPrefix(line, "~ "); ok {
		p.event(rest)
		p.settle()
		for _, f := range cast() { // what people got because of it
			p.report(account(f.name), "Bangkom → "+f.name+" ▸ ", "")
		}
		return
	}
	who, what, _ := strings.Cut(line, " ▸ ")
	toast := p.act(account(who), what)
	p.settle()
	p.report(account(who), speaker, toast)
	for _, f := range cast() { // what others got because of it
		if f.name != who {
			p.report(account(f.name), "Bangkom → "+f.name+" ▸ ", "")
		}
	}
}

var (
	later    = regexp.MustCompile(`^(\d+) (menit|jam|hari) kemudian$`)
	role     = regexp.MustCompile(`^(\p{L}+) (menjadi|bukan lagi) (hr|officer|head)$`)
	moves    = regexp.MustCompile(`^(\p{L}+) pindah ke atasan (\p{L}+)$`)
	holds    = regexp.MustCompile(`^(\p{L}+) memegang nomor (\p{L}+)$`)
	clockAt  = regexp.MustCompile(`^pukul (\d{4}-\d\d-\d\d \d\d:\d\d)$`)
	runsJob  = regexp.MustCompile(`^tugas ([a-z-]+) dijalankan$`)
	outage   = regexp.MustCompile(`^(\d+) menit gangguan$`)
	opens    = regexp.MustCompile(`^periode "([^"]+)" dibuka sampai (\d{4}-\d\d-\d\d)$`)
	heads    = regexp.MustCompile(`^(\p{L}+) memimpin (\d+) pegawai lagi$`)
	serves   = regexp.MustCompile(`^(\p{L}+) bertugas di (\p{L}[\p{L} ]+)$`)
	tells    = regexp.MustCompile(`^(\p{L}+) mengumumkan "([^"]+)"( dengan tanda baca)?( dan lampiran)?$`)
	corrects = regexp.MustCompile(`^(\p{L}+) meralat (perbaikan kecil|waktu atau tempat) "([^"]+)"$`)
	alone    = regexp.MustCompile(`^(\p{L}+) mandiri saja$`)
)

func (p *play) event(what string) {
	p.t.Helper()
	if m := later.FindStringSubmatch(what); m != nil {
		n, _ := strconv.Atoi(m[1])
		d := time.Duration(n) * map[string]time.Duration{"menit": time.Minute, "jam": time.Hour, "hari": 24 * time.Hour}[m[2]]
		p.clock.move(d)
		p.sincePress(d)
		return
	}
	if m := opens.FindStringSubmatch(what); m != nil {
		until, err := time.ParseInLocation(time.DateOnly, m[2], wib)
		if err != nil {
			p.t.Fatal(err)
		}
		p.openPeriod(m[1], until.AddDate(0, 0, 1))
		return
	}
	if m := role.FindStringSubmatch(what); m != nil {
		p.grant(m[1], personnel.Role(m[3]), m[2] == "bukan lagi")
		return
	}
	if m := moves.FindStringSubmatch(what); m != nil {
		p.tx(func(ctx context.Context, tx *storage.Tx) error {
			return setSuperior(ctx, tx, p.ids[m[1]], p.ids[m[2]], p.ids[m[2]], p.clock.Now())
		})
		return
	}
	if m := tells.FindStringSubmatch(what); m != nil {
		p.announce(m[1], strings.ReplaceAll(m[2], `\n`, "\n"), func(a *announcement.Announcement) {
			if a.Ack = m[3] != ""; m[4] != "" {
				a.Files = []announcement.File{{Media: "document", FileID: p.fake.KeepFile("daftar.pdf", []byte("daftar peserta")), Name: "daftar.pdf"}}
			}
		})
		return
	}
	if m := corrects.FindStringSubmatch(what); m != nil {
		p.correctNewest(m[1], map[string]announcement.Correction{"perbaikan kecil": announcement.Small, "waktu atau tempat": announcement.Fact}[m[2]], m[3])
		return
	}
	if m := heads.FindStringSubmatch(what); m != nil {
		n, _ := strconv.Atoi(m[2])
		p.crew(m[1], n)
		return
	}
	if m := serves.FindStringSubmatch(what); m != nil {
		p.tx(func(ctx context.Context, tx *storage.Tx) error {
			_, err := tx.PutUnit(ctx, m[2], m[2])
			return err
		})
		p.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = $2) WHERE id = $1`, p.ids[m[1]], m[2])
		return
	}
	if m := alone.FindStringSubmatch(what); m != nil {
		p.tx(func(ctx context.Context, tx *storage.Tx) error {
			return tx.SetSelfOnly(ctx, p.ids[m[1]], true, p.ids[m[1]], p.clock.Now())
		})
		return
	}
	if m := holds.FindStringSubmatch(what); m != nil {
		p.exec(`UPDATE employee SET phone = NULL WHERE phone = $1`, phoneOf(m[1]))
		p.exec(`UPDATE employee SET phone = $2 WHERE id = $1`, p.ids[m[2]], phoneOf(m[1]))
		return
	}
	if m := outage.FindStringSubmatch(what); m != nil {
		n, _ := strconv.Atoi(m[1])
		p.outage(time.Duration(n) * time.Minute)
		return
	}
	if m := clockAt.FindStringSubmatch(what); m != nil {
		at, err := time.ParseInLocation("2006-01-02 15:04", m[1], wib)
		if err != nil {
			p.t.Fatal(err)
		}
		p.clock.move(at.Sub(p.clock.Now()))
		return
	}
	if m := runsJob.FindStringSubmatch(what); m != nil {
		p.runJob(m[1])
		return
	}
	if what == "periode ditutup" {
		p.tx(func(ctx context.Context, tx *storage.Tx) error {
			_, _, err := tx.ClosePeriod(ctx, p.clock.Now())
			return err
		})
		return
	}
	if p.courseEvent(what) || p.trainingEvent(what) || p.needsEvent(what) || p.demandEvent(what) || p.signoffEvent(what) || p.satisfactionEvent(what) || p.surveyEvent(what) || p.persuasionEvent(what) {
		return
	}
	p.t.Fatalf("no event is called %q", what)
}

// outage is a time without the bot, and what the job does after it. A bot that
// begins looks at once for what waits; one that works takes up to ten seconds.
func (p *play) outage(d time.Duration) {
	p.t.Helper()
	ctx := p.t.Context()
	before := p.db.Alive(ctx, p.clock.Now())
	p.stop()
	p.clock.move(d)
	after := p.db.Alive(ctx, p.clock.Now())
	if err := errors.Join(before, after); err != nil {
		p.t.Fatal(err)
	}
	p.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.AskAgain(ctx, p.bots[0].BotID(), p.clock.Now(), 30*time.Minute)
		return err
	})
	p.start()
}

// act lets a person do something and returns the toast of a press.
func (p *play) act(who int64, what string) (toast string) {
	p.t.Helper()
	m := press.FindStringSubmatch(what)
	switch {
	case m != nil && m[2] != "":
		button, ok := p.vanished(who, m[1])
		if !ok {
			p.t.Fatalf("no button %q has vanished", m[1])
		}
		return p.answered(p.fake.ForgePress(who, button.message, button.data)).Text
	case m != nil:
		_, query, err := p.fake.PressLabel(who, m[1])
		if err != nil {
			p.t.Fatal(err)
		}
		return p.answered(query).Text
	case strings.HasPrefix(what, answering):
		p.send(who, faketelegram.Sent{HTML: strings.TrimPrefix(what, answering), ReplyTo: p.newestAnnouncement(who)})
	case strings.HasPrefix(what, "("):
		p.odd(who, strings.Trim(what, "()"))
	default:
		p.fake.SendText(who, strings.ReplaceAll(what, `\n`, "\n"))
	}
	return ""
}

// vanished finds the newest button of a label that is no longer shown.
func (p *play) vanished(who int64, label string) (oldButton, bool) {
	var shown []string
	for _, m := range p.fake.Messages(who) {
		for _, row := range m.Inline {
			for _, b := range row {
				shown = append(shown, meaning(b.Data))
			}
		}
	}
	for _, b := range slices.Backward(p.old[who][label]) {
		if !slices.Contains(shown, meaning(b.data)) {
			return b, true
		}
	}
	return oldButton{}, false
}

// meaning is what a button does, without the mark of its card.
func meaning(data string) string { return data[:max(0, strings.LastIndexByte(data, ':'))] }

func (p *play) odd(who int64, what string) {
	p.t.Helper()
	kinds := map[string]string{"stiker": "sticker", "foto": "photo", "suara": "voice", "lokasi": "location", "dokumen": "document"}
	own, isContact := map[string]faketelegram.Contact{
		"nomor sendiri":    {UserID: who},
		"nomor orang lain": {UserID: who + 1},
		"nomor diteruskan": {UserID: who, Forwarded: true},
		"nomor lama":       {UserID: who, Phone: "+6281299999999"},
	}[what]
	name, content, isFile := strings.Cut(strings.TrimPrefix(what, "berkas "), ": ")
	switch {
	case isContact:
		own.Phone, own.FirstName = cmp.Or(own.Phone, phoneOf(nameOf(who))), "Saya"
		p.fake.ShareContact(who, own)
	case isFile && strings.HasPrefix(what, "berkas "):
		p.fake.SendDocument(who, name, []byte(strings.ReplaceAll(content, " | ", "\n")))
	case strings.HasPrefix(what, "xlsform "):
		p.sendForm(who, strings.TrimPrefix(what, "xlsform "))
	case strings.HasPrefix(what, "kuesioner "):
		p.sendQuestionnaire(who, strings.TrimPrefix(what, "kuesioner "))
	case strings.HasPrefix(what, "tulis "):
		p.send(who, faketelegram.Sent{HTML: strings.ReplaceAll(strings.TrimPrefix(what, "tulis "), `\n`, "\n")})
	case strings.HasPrefix(what, "foto: "):
		p.send(who, faketelegram.Sent{Media: "photo", HTML: strings.ReplaceAll(strings.TrimPrefix(what, "foto: "), `\n`, "\n")})
	case kinds[what] != "":
		p.fake.SendMedia(who, kinds[what])
	case what == "kontak sendiri":
		p.fake.ShareContact(who, faketelegram.Contact{Phone: "+6281200000000", FirstName: "Saya", UserID: who})
	case what == "memblokir bot":
		p.fake.Block(who)
	case what == "membuka blokir":
		p.fake.Unblock(who)
	case what == "tombol palsu":
		p.fake.ForgePress(who, 1, "q.1.KS.a.5.deadbeef")
	case strings.HasPrefix(what, "mengubah pesan terakhir: "):
		messages := slices.DeleteFunc(p.fake.Messages(who), func(m faketelegram.Message) bool { return m.FromBot || m.Media != "" })
		if err := p.fake.EditText(who, messages[len(messages)-1].ID, strings.TrimPrefix(what, "mengubah pesan terakhir: ")); err != nil {
			p.t.Fatal(err)
		}
	default:
		p.t.Fatalf("nobody knows how to do %q", what)
	}
}

// send sends a message with a look or a picture.
func (p *play) send(who int64, m faketelegram.Sent) {
	p.t.Helper()
	if _, err := p.fake.Send(who, m); err != nil {
		p.t.Fatal(err)
	}
}

// report writes every message of the bot that is new or has changed.
func (p *play) report(who int64, from, toast string) {
	if p.seen[who] == nil {
		p.seen[who], p.old[who] = map[int]string{}, map[string][]oldButton{}
	}
	if toast != "" {
		fmt.Fprintf(&p.out, "          (sekilas) %s\n", toast)
	}
	for _, m := range p.fake.Messages(who) {
		if !m.FromBot || m.Deleted {
			continue
		}
		look := p.look(who, m)
		if before, known := p.seen[who][m.ID]; !known || before != look {
			head := ""
			if known {
				head = "(pesan di atas berubah)\n"
			}
			if bare, _, _ := strings.Cut(before, "\n["); known && bare == look {
				p.write(from, "(tombol pesan lama hilang)")
			} else {
				p.write(from, head+look)
			}
		}
		p.seen[who][m.ID] = look
	}
}

func (p *play) look(who int64, m faketelegram.Message) string {
	var b strings.Builder
	if m.Photo != nil {
		c, err := png.DecodeConfig(bytes.NewReader(m.Photo))
		if err != nil {
			p.t.Errorf("the picture is no PNG: %v", err)
		}
		fmt.Fprintf(&b, "(gambar %d × %d)\n", c.Width, c.Height)
	}
	if m.Document != nil {
		fmt.Fprintf(&b, "(berkas %s)\n", m.Document.Name)
	}
	b.WriteString(m.Text)
	for _, row := range m.Inline {
		b.WriteByte('\n')
		for i, button := range row {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString("[" + button.Text + "]")
			p.old[who][button.Text] = append(p.old[who][button.Text], oldButton{m.ID, button.Data})
		}
	}
	return b.String()
}

func (p *play) write(from, look string) {
	for i, line := range strings.Split(look, "\n") {
		indent := strings.Repeat(" ", 10)
		if i == 0 {
			indent = from
		}
		p.out.WriteString(strings.TrimRight(indent+line, " ") + "\n")
	}
}
