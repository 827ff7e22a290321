package command

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
)

// How long people take, as scripts/walk counts it.
const (
	wordsAMinute  = 200
	secondsOfATap = 4
)

// exports are the files as an office has them, untouched: the register of SIASN,
// with codes before names and columns that are never read, and the rating officials
// of e-Kinerja, in a heading of two rows. Everybody is invented: a head and n people,
// one who has retired, one who is superior of nobody.
func exports(t *testing.T, n int) (siasn, kinerja string, nips []string) {
	people := [][]string{strings.Split("PNS ID;NIP BARU;NIP LAMA;NIK;NAMA;GELAR DEPAN;GELAR BELAKANG;TEMPAT LAHIR NAMA;TANGGAL LAHIR;JENIS KELAMIN;AGAMA ID;NOMOR HP;EMAIL;ALAMAT;NPWP NOMOR;"+
		"KEDUDUKAN HUKUM ID;KEDUDUKAN HUKUM NAMA;GOL AKHIR ID;GOL AKHIR NAMA;JENIS JABATAN ID;JENIS JABATAN NAMA;JABATAN ID;JABATAN NAMA;ESELON ID;ESELON NAMA;UNOR ID;UNOR NAMA;UNOR INDUK ID;UNOR INDUK NAMA", ";")}
	chiefs := [][]string{{"NO", "PEGAWAI", "", "", "PEJABAT PENILAI KINERJA", "", ""}, {"", "NIP", "NAMA", "JABATAN", "NIP", "NAMA", "JABATAN"}}
	for i := range n + 2 {
		nip := fmt.Sprintf("1985%02d%02d2010%02d%d%03d", 1+i%12, 1+i%28, 1+i%12, 1+i%2, 101+7*i)
		standing, title, echelon := [2]string{"01", "Aktif"}, "Pengelola Layanan Operasional", ""
		switch i {
		case 0:
			title, echelon = "Camat", "III.a"
		case n + 1:
			standing = [2]string{"99", "Pensiun"}
		}
		name := fmt.Sprintf("PEGAWAI CONTOH %c", 'A'+i)
		people = append(people, []string{fmt.Sprintf("8ae4828a%08d", i), nip, "", "1801xxxxxxxxxxxx", name, "", "S.Sos.", "KALIANDA", "01-01-1985", "M", "1", fmt.Sprintf("0812%08d", i), "", "JL. CONTOH", "",
			standing[0], standing[1], "33", "III/c", "2", "Jabatan Pelaksana", "8ae482862a4d4f92012a4e2b8d5a0f3b", title, echelon, echelon,
			"A8ACA7397AEB3912E040640A040269BB", "Kecamatan Contoh", "A8ACA7397AEB3912E040640A040269BA", "Kabupaten Contoh"})
		if i > n {
			break
		}
		nips = append(nips, nip)
		if i > 0 {
			chiefs = append(chiefs, []string{fmt.Sprint(i), nip, name, title, nips[0], "PEGAWAI CONTOH A", "Camat"})
		}
	}
	return writeCSV(t, people), writeXLSX(t, chiefs), nips
}

// From an office's untouched exports to the first twenty people who hold the picture
// of their result: what it takes, as docs/performance.md tells it.
func TestFirstTwenty(t *testing.T) {
	devdbtest.Long(t, "an office begins, with a server of its own")
	const served, commands, taps = 20, 9, 13
	siasn, kinerja, nips := exports(t, served+1)
	fake := faketelegram.New(faketelegram.Config{BotUsername: "bangkom_uji_bot"})
	server := httptest.NewServer(fake.APIHandler())
	t.Cleanup(func() { fake.Close(); server.Close() })
	codes := filepath.Join(t.TempDir(), "kode.csv")
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + devdbtest.Empty(t), "BANGKOM_IDENTITY_CODE_KEY_PATH=" + filepath.Join(t.TempDir(), "key"),
		"BANGKOM_TELEGRAM_TOKEN=" + faketelegram.DefaultToken, "BANGKOM_TELEGRAM_API_ENDPOINT=" + server.URL + "/bot%s/%s",
		"BANGKOM_TELEGRAM_CHAT_RATE_PER_SECOND=0", "BANGKOM_TELEGRAM_POLL_TIMEOUT=1s", "BANGKOM_LIMITS_DOUBLE_PRESS=0s"}}
	began, ran := time.Now(), 0
	run := func(args string, sentences ...string) {
		o.run(0, args, sentences...)
		ran++
	}
	run("migrate", "migrations ran")
	run("check", "Telegram:      answers")
	run("import employees "+siasn, "accepted 22: 22 new", "inactive 1", "column KEDUDUKAN HUKUM NAMA was read", "nothing was changed")
	run("import employees "+siasn+" --apply", "accepted 22: 22 new")
	run("import superiors "+kinerja, "accepted 21", "nothing was changed")
	run("import superiors "+kinerja+" --apply", "accepted 21: 0 new, 21 changed")
	run("period open --name Tahun~2099 --until 2099-01-22", "tasks made: 22")
	serveFor(t, o)
	ran++
	run("invite --unit Kecamatan~Contoh --out "+codes, "codes made: 22")
	if ran != commands {
		t.Errorf("%d commands, want %d", ran, commands)
	}
	work := time.Since(began)
	walks := make([]walk, served)
	var wg sync.WaitGroup
	for i, code := range codesOf(t, codes, nips[1:served+1]) {
		wg.Go(func() {
			walks[i] = walk{fake: fake, user: int64(1000 + i), read: map[string]bool{}}
			walks[i].serve(code)
		})
	}
	wg.Wait()
	var minutes float64
	for i, w := range walks {
		if w.fault != "" || w.taps != taps {
			t.Errorf("person %d: %d taps, want %d; %s", i+1, w.taps, taps, w.fault)
		}
		minutes += w.minutes() / served
	}
	t.Logf("%d commands, %s of waiting for them; each of %d people: %d taps, about %.1f minutes from the code to the picture", ran, work.Round(time.Second), served, taps, minutes)
	if minutes > 7 { // of reading and tapping, whatever the machine
		t.Errorf("a person needs %.1f minutes", minutes)
	}
}

// serveFor runs serve until the test ends, from when it is connected.
func serveFor(t *testing.T, o *operator) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var log lockedBuffer
	done := make(chan int, 1)
	go func() { done <- Run(ctx, []string{"serve"}, o.env, &log, &log) }()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != exitOK {
			t.Errorf("serve ended with %d: %s", code, log.tail(1<<20))
		}
	})
	for limit := time.Now().Add(time.Minute); !strings.Contains(log.tail(1<<20), "connected to Telegram"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("serve does not come up: %s", log.tail(1<<20))
		}
	}
}

// codesOf reads who has which code from the list that invite writes, by the last
// digits of these NIPs.
func codesOf(t *testing.T, path string, nips []string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	for _, row := range rows[1:] {
		of[row[0]] = row[slices.Index(rows[0], "code")]
	}
	out := make([]string, len(nips))
	for i, nip := range nips {
		if out[i] = of[nip[len(nip)-4:]]; out[i] == "" {
			t.Fatalf("no code for person %d", i)
		}
	}
	return out
}

// walk is one person with a phone.
type walk struct {
	fake  *faketelegram.Server
	user  int64
	taps  int
	words int
	read  map[string]bool // lines that were read
	fault string
}

// serve plays a person from the code on the slip to the picture.
func (w *walk) serve(code string) {
	w.fake.AddUser(faketelegram.User{ID: w.user, FirstName: "Pegawai"})
	w.taps++ // the link of the slip opens the chat with the code
	w.fake.SendText(w.user, "/start "+strings.ReplaceAll(code, "-", ""))
	for _, label := range []string{"Setuju", "Mulai", "2", "3", "1", "2", "Belum", "3", "2", "1", "2", "Kirim"} {
		w.press(label)
	}
	w.until("the picture", func() bool { return w.fake.HasMedia(w.user, "photo") })
	for _, m := range w.fake.Messages(w.user) {
		w.look(m)
	}
}

// press taps a button of the newest card, once it is another card than before.
func (w *walk) press(label string) {
	var last faketelegram.Message
	w.until(label, func() bool {
		last, _ = w.fake.Last(w.user)
		return last.FromBot && slices.ContainsFunc(last.Inline, func(row []faketelegram.Button) bool {
			return slices.ContainsFunc(row, func(b faketelegram.Button) bool { return b.Text == label })
		})
	})
	if w.fault != "" {
		return
	}
	w.look(last)
	w.taps++
	if _, _, err := w.fake.PressLabel(w.user, label); err != nil {
		w.fault = err.Error()
		return
	}
	w.until("what follows "+label, func() bool {
		now, _ := w.fake.Last(w.user)
		return now.ID != last.ID || now.Text != last.Text
	})
}

// look reads what was not read before.
func (w *walk) look(m faketelegram.Message) {
	for line := range strings.SplitSeq(m.Text, "\n") {
		if m.FromBot && !w.read[line] {
			w.read[line] = true
			w.words += len(strings.Fields(line))
		}
	}
}

func (w *walk) until(what string, ok func() bool) {
	for limit := time.Now().Add(time.Minute); w.fault == ""; {
		changed := w.fake.ChatChanged(w.user)
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-time.After(time.Until(limit)):
			last, _ := w.fake.Last(w.user)
			w.fault = fmt.Sprintf("waited in vain for %s; on show: %s", what, last.Text)
		}
	}
}

func (w *walk) minutes() float64 {
	return float64(w.words)/wordsAMinute + float64(w.taps*secondsOfATap)/60
}
