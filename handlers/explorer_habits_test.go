package handlers_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"bangkom/handlers"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
)

// habit is something that people do, so often.
type habit struct {
	name   string
	weight int
	onlyOf personnel.Role // half of them are done by people of this role; "" = by anybody
	run    func(e *explorer, a *actor, r *rand.Rand, n int64) []*deed
}

// habits are what people do. Mostly they go on with what the bot asks.
func habits() []habit {
	return []habit{
		{"go on", 56, "", (*explorer).goOn},
		{"button", 11, "", (*explorer).anyButton},
		{"command", 10, "", (*explorer).anyCommand},
		{"strange text", 8, "", (*explorer).strangeText},
		{"plain answer", 4, "", (*explorer).plainAnswer},
		{"stale button", 4, "", (*explorer).staleButton},
		{"double press", 3, "", (*explorer).doublePress},
		{"forged press", 4, "", (*explorer).forgedPress},
		{"media", 3, "", (*explorer).media},
		{"document", 2, personnel.RoleHR, (*explorer).document},
		{"contact", 2, "", (*explorer).contact},
		{"edit", 2, "", (*explorer).edit},
		{"block", 1, "", (*explorer).block},
		{"group", 1, "", (*explorer).group},
	}
}

func pickHabit(r *rand.Rand) habit {
	all, sum := habits(), 0
	for _, h := range all {
		sum += h.weight
	}
	at := r.IntN(sum)
	for _, h := range all {
		if at -= h.weight; at < 0 {
			return h
		}
	}
	return all[0]
}

// goOn does what the bot asks for: it answers the question on show, sends what
// is complete, begins what is offered, comes in again.
func (e *explorer) goOn(a *actor, r *rand.Rand, n int64) []*deed {
	if a.person == nil {
		return e.tell(a, n, []string{"/start", "Halo", "Bagaimana cara masuk?", "/bantuan"}[r.IntN(4)])
	}
	if !e.linked(a) {
		return e.comeIn(a, n)
	}
	last := e.buttonsOf(a.account)
	if len(last) > 0 {
		newest := last[0].message
		last = slices.DeleteFunc(last, func(b shownButton) bool { return b.message != newest })
	}
	find := func(ok func(shownButton) bool) []shownButton {
		return slices.DeleteFunc(slices.Clone(last), func(b shownButton) bool { return !ok(b) })
	}
	labelled := func(labels ...string) []shownButton {
		return find(func(b shownButton) bool { return slices.Contains(labels, b.label) })
	}
	answers := find(func(b shownButton) bool { return strings.HasPrefix(b.data, "1q") && strings.Contains(b.data, ":a:") })
	for _, choice := range [][]shownButton{labelled("Kirim"), answers, labelled("Mulai", "Lanjutkan"), labelled("Tolak", "Terapkan", "Sesuai surat")} {
		if len(choice) == 0 {
			continue
		}
		if b := choice[r.IntN(len(choice))]; r.IntN(4) > 0 {
			return []*deed{e.tap(a, n, b.message, b.data, b.label)}
		} else if b.label == "Kirim" {
			return e.tell(a, n, "kirim")
		}
		break
	}
	if len(answers) > 0 {
		return e.tell(a, n, []string{"3", "tiga", "5", "belum", "1"}[r.IntN(5)])
	}
	return e.tell(a, n, []string{"/asesmen", "/asesmen", "/tugas"}[r.IntN(3)])
}

// comeIn makes the next step of the way by NIP and phone number.
func (e *explorer) comeIn(a *actor, n int64) []*deed {
	for _, b := range e.buttonsOf(a.account) {
		if b.label == "Setuju" && time.Since(b.since) < explorePatience {
			return []*deed{e.tap(a, n, b.message, b.data, b.label)}
		}
	}
	if last, ok := e.fake.Last(a.account); ok && strings.Contains(last.Text, "ketuk tombol Bagikan") {
		return e.share(a, n, faketelegram.Contact{Phone: a.phone, FirstName: "Saya", UserID: a.account})
	}
	return e.tell(a, n, a.person.nip)
}

func (e *explorer) share(a *actor, n int64, c faketelegram.Contact) []*deed {
	a.blocked.Store(false)
	at := time.Now()
	id := e.fake.ShareContact(a.account, c)
	return []*deed{e.note(&deed{n: n, who: a, line: "(contact)", at: at, message: message{a.account, id, "contact"}})}
}

// anyButton presses one of the buttons on show, mostly of the newest message.
func (e *explorer) anyButton(a *actor, r *rand.Rand, n int64) []*deed {
	all := e.buttonsOf(a.account)
	if len(all) == 0 {
		return e.tell(a, n, "/menu")
	}
	b := all[r.IntN(len(all))]
	if r.IntN(4) > 0 {
		b = all[r.IntN(min(len(all), 6))]
	}
	return []*deed{e.tap(a, n, b.message, b.data, b.label)}
}

// anyCommand walks the registry: mostly somebody who has the command types it.
func (e *explorer) anyCommand(a *actor, r *rand.Rand, n int64) []*deed {
	var names []string
	for name := range handlers.Registered() {
		if command, ok := strings.CutPrefix(name, "/"); ok {
			names = append(names, command)
		}
	}
	slices.Sort(names)
	names = append(names, handlers.Aliases()...)
	if a.person != nil && r.IntN(4) > 0 {
		names = e.allowed(a.person)
	}
	name := names[r.IntN(len(names))]
	return e.command(a, n, "/"+name+[]string{"", "", "", "@bangkom_tirta_bot", " 12", " <b>", "\nlagi"}[r.IntN(7)])
}

// command types a command. It counts as reached when a linked person has it.
func (e *explorer) command(a *actor, n int64, typed string) []*deed {
	deeds := e.tell(a, n, typed)
	name := strings.FieldsFunc(typed, func(r rune) bool { return r == '/' || r == ' ' || r == '@' || r == '\n' })[0]
	if a.person != nil && slices.Contains(e.allowed(a.person), name) && e.linked(a) {
		deeds[0].command = name
	}
	return deeds
}

// strange are texts that are no answer to anything, apart from those that hold
// somebody's number.
func strange() (all []string) {
	for _, text := range hostile() {
		all = append(all, text)
	}
	all = append(all, "_*[tebal](http://x) `kode` ~coret~ ||rahasia||", strings.Repeat("🙂", 4096), `tiga\x00puluh %00 \0 \u0000`,
		`1; SELECT * FROM employee; --`, `{{.nama}} %s %d %v ${x} $(id)`, "<script>alert(1)</script>", "/start <b>junk</b> {{.}}",
		"/start ZZZZ-ZZZZ-ZZZZ", "/"+strings.Repeat("x", 300), "/tidakada", "/start "+strings.Repeat("9", 200), "\u202egnirts\u202c terbalik \u200f",
		"javascript:alert(1)", "nil null undefined NaN error", "../../etc/passwd")
	slices.Sort(all)
	return all
}

// strangeText writes something strange, or a number or code of somebody else.
func (e *explorer) strangeText(a *actor, r *rand.Rand, n int64) []*deed {
	other := e.subjects[r.IntN(lateFrom)]
	switch r.IntN(6) {
	case 0: // used already
		return e.tell(a, n, []string{"", "/start "}[r.IntN(2)]+other.code)
	case 1:
		if a.person == nil || !e.linked(a) {
			return e.tell(a, n, other.nip)
		}
	}
	all := strange()
	return e.tell(a, n, all[r.IntN(len(all))])
}

func (e *explorer) plainAnswer(a *actor, r *rand.Rand, n int64) []*deed {
	all := []string{"3", "tiga", "belum", "5", "kirim", "kembali", "lewati", "nanti", "setuju", "batal", "ya", "0", "6", "1 Maret 2027", "2"}
	return e.tell(a, n, all[r.IntN(len(all))])
}

// staleButton presses what was on show some time ago.
func (e *explorer) staleButton(a *actor, r *rand.Rand, n int64) []*deed {
	old := e.watch.shownBefore(a.account)
	if len(old) == 0 {
		return e.tell(a, n, "/menu")
	}
	b := old[r.IntN(len(old))]
	return []*deed{e.tap(a, n, b.message, b.data, b.label)}
}

// doublePress presses twice before anything can happen.
func (e *explorer) doublePress(a *actor, r *rand.Rand, n int64) []*deed {
	all := e.buttonsOf(a.account)
	if len(all) == 0 {
		return e.tell(a, n, "/menu")
	}
	b := all[r.IntN(min(len(all), 8))]
	return []*deed{e.tap(a, n, b.message, b.data, b.label), e.tap(a, n, b.message, b.data, b.label)}
}

// forgedPress sends data that the person was never offered.
func (e *explorer) forgedPress(a *actor, r *rand.Rand, n int64) []*deed {
	other := e.actors[r.IntN(len(e.actors))]
	theirs := e.watch.shownBefore(other.account)
	own := e.watch.shownBefore(a.account)
	if len(theirs) == 0 || len(own) == 0 {
		return []*deed{e.tap(a, n, 1, "bukan data", "palsu")}
	}
	b, mine := theirs[r.IntN(len(theirs))], own[r.IntN(len(own))]
	switch r.IntN(4) {
	case 0:
		return []*deed{e.tap(a, n, mine.message, flip(mine.data, r.IntN(64)), "satu bita lain")}
	case 1: // another's data on the own message
		return []*deed{e.tap(a, n, mine.message, b.data, "milik orang lain")}
	case 2: // on a message that is not there
		return []*deed{e.tap(a, n, 1_000_000+b.message, b.data, "pesan orang lain")}
	}
	data := []string{"", "\x00\xff", "1q:1:KS.a:a:3", strings.Repeat("1", 64), "1m:0:kelola:r:AAAAAAAAAAA"}[r.IntN(5)]
	return []*deed{e.tap(a, n, mine.message, data, "sembarang")}
}

func (e *explorer) media(a *actor, r *rand.Rand, n int64) []*deed {
	kinds := []string{"photo", "sticker", "voice", "audio", "video", "video_note", "animation", "location", "venue", "poll", "dice"}
	kind := kinds[r.IntN(len(kinds))]
	a.blocked.Store(false)
	at := time.Now()
	id := e.fake.SendMedia(a.account, kind)
	return []*deed{e.note(&deed{n: n, who: a, line: "(" + kind + ")", at: at, message: message{a.account, id, "media"}})}
}

// document sends a file. Of the personnel office it is read.
func (e *explorer) document(a *actor, r *rand.Rand, n int64) []*deed {
	files := map[string]string{
		"pegawai.csv": e.registerFile(n), "rusak.xlsx": "PK\x03\x04" + strings.Repeat("x", 300), "kosong.csv": "NAMA;JABATAN\n",
		"catatan.txt": "panic: nil pointer\n{{.}}\n", "gambar.png": "\x89PNG\r\n\x1a\n",
		"cuti.csv": "NIP;TANGGAL MULAI;TANGGAL SELESAI;JENIS\n" + e.subjects[12].nip + ";01/03/2027;05/03/2027;cuti\n1;x;y;z\n",
	}
	names := []string{"pegawai.csv", "rusak.xlsx", "kosong.csv", "catatan.txt", "gambar.png", "cuti.csv"}
	return e.upload(a, n, names[r.IntN(len(names))], files)
}

func (e *explorer) upload(a *actor, n int64, name string, files map[string]string) []*deed {
	a.blocked.Store(false)
	at := time.Now()
	id := e.fake.SendDocument(a.account, name, []byte(files[name]))
	return []*deed{e.note(&deed{n: n, who: a, line: "(file " + name + ")", at: at, message: message{a.account, id, "media"}})}
}

// registerFile is a register of one new person and two rows that are refused,
// one of them of somebody who is known.
func (e *explorer) registerFile(n int64) string {
	return fmt.Sprintf("NIP;NAMA;JABATAN;UNIT KERJA\n1995031420190319%02d;Baru;Arsiparis;Dinas Arsip\n1.98507E+17;X;Y;Dinas Arsip\n%s;;Arsiparis;Dinas Arsip\n",
		10+n%80, e.subjects[11].nip)
}

func (e *explorer) contact(a *actor, r *rand.Rand, n int64) []*deed {
	other := e.actors[r.IntN(len(e.actors))]
	switch r.IntN(3) {
	case 0:
		return e.share(a, n, faketelegram.Contact{Phone: a.phone, FirstName: "Saya", UserID: a.account})
	case 1:
		return e.share(a, n, faketelegram.Contact{Phone: other.phone, FirstName: "Dia", UserID: other.account})
	}
	return e.share(a, n, faketelegram.Contact{Phone: other.phone, FirstName: "Dia", UserID: a.account, Forwarded: true})
}

func (e *explorer) edit(a *actor, r *rand.Rand, n int64) []*deed {
	if len(a.own) == 0 || a.blocked.Load() {
		return e.tell(a, n, "/menu")
	}
	id := a.own[r.IntN(len(a.own))]
	at := time.Now()
	err := e.fake.EditText(a.account, id, []string{"5", "/menu", "lain", a.phone}[r.IntN(4)])
	if errors.Is(err, faketelegram.ErrNoMessage) { // words of an evaluation, which the bot takes away
		a.own = slices.DeleteFunc(a.own, func(own int) bool { return own == id })
		return e.tell(a, n, "/menu")
	}
	if err != nil {
		e.fault(a, n, "edit: %v", err)
	}
	return []*deed{e.note(&deed{n: n, who: a, line: fmt.Sprintf("(edits message %d)", id), at: at, message: message{a.account, id, "edited"}})}
}

// block blocks the bot, half of the time for a moment only. Nobody else writes
// for this person meanwhile, and what was sent before is answered first.
func (e *explorer) block(a *actor, r *rand.Rand, n int64) []*deed {
	e.mu.Lock()
	own := slices.DeleteFunc(slices.Clone(e.deeds), func(d *deed) bool { return d.who != a })
	e.mu.Unlock()
	e.await(own[max(0, len(own)-3):])
	a.blocked.Store(true)
	a.blockedAt.Store(time.Now().UnixNano())
	e.fake.Block(a.account)
	e.note(&deed{n: n, who: a, line: "(blocks the bot)", at: time.Now()})
	if r.IntN(2) == 0 {
		e.fake.Unblock(a.account)
		a.blocked.Store(false)
	}
	return nil
}

const exploreGroup = -100_700

func (e *explorer) group(a *actor, _ *rand.Rand, n int64) []*deed {
	e.fake.GroupText(exploreGroup, a.account, fmt.Sprintf("pesan %d /menu", n))
	return nil
}
