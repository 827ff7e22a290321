package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"bangkom/bot"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// ears keep everything that is decided to be sent to anybody, also edits that
// are overtaken and what pictures are made of.
type ears struct {
	mu sync.Mutex
	on bool
	by map[int64]map[string]bool
}

func (e *ears) hear(chatID int64, r dialog.Reply) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.on || r.Unbutton { // which card was known to be an older one depends on who was served first
		return
	}
	if e.by[chatID] == nil {
		e.by[chatID] = map[string]bool{}
	}
	r.Edit = 0 // the number of a message tells in which order others were served
	raw, _ := json.Marshal(r)
	e.by[chatID][string(raw)] = true
}

func (e *ears) open() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.on, e.by = true, map[int64]map[string]bool{}
}

// probe is a world in which one person has sent and the superior not, another
// the other way round, and everybody tries to see more than theirs.
type probe struct {
	*world
	account map[string]int64
	period  int64
	task    map[string]int64 // "self Rani", "rate Rani"
	pressed map[int64]map[string]bool
	seen    map[string][]string
}

const probeAccounts = 6_300_000_000

// players are the roles of the probe: name and superior.
func players() [][2]string {
	return [][2]string{{"Bos", ""}, {"Lama", ""}, {"Plt", ""}, {"Lain", ""}, {"Petugas", ""}, {"Hr", ""}, {"Auditor", ""}, {"Kepala", ""},
		{"Rani", "Lama"}, {"Wira", "Bos"}, {"Bantu", "Bos"}, {"Anak", "Lain"}, {"Tiga", "Bos"}}
}

func newProbe(t *testing.T) *probe {
	p := &probe{world: newWorld(t), account: map[string]int64{"Asing": probeAccounts + 99}, task: map[string]int64{},
		pressed: map[int64]map[string]bool{}, seen: map[string][]string{}}
	p.tx(func(ctx context.Context, tx *storage.Tx) error {
		unit, err := tx.PutUnit(ctx, "DPT", "Dinas Pelayanan Terpadu")
		for i, pl := range players() {
			nip, parseErr := personnel.ParseNIP(fmt.Sprintf("19850720201001%d%03d", 1+i%2, 200+i), p.clock.Now())
			if err != nil || parseErr != nil {
				return fmt.Errorf("%w, %w", err, parseErr)
			}
			e := personnel.Employee{NIP: nip, Name: pl[0] + " Contoh", Sex: nip.Sex(), UnitID: unit, PositionTitle: "Pengelola Layanan", ClassCode: "PELAKSANA"}
			if boss, ok := p.ids[pl[1]]; ok {
				e.SupervisorID = &boss
			}
			if p.ids[pl[0]], err = tx.PutEmployee(ctx, e); err != nil {
				return err
			}
			p.account[pl[0]] = probeAccounts + int64(i)
		}
		for name, role := range map[string]personnel.Role{"Petugas": personnel.RoleOfficer, "Hr": personnel.RoleHR, "Auditor": personnel.RoleAuditor, "Kepala": personnel.RoleHead} {
			e, err := tx.Employee(ctx, p.ids[name])
			if err != nil {
				return err
			}
			if _, err := tx.Grant(ctx, e.NIP, role, []string{"DPT"}, false, p.clock.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	for _, name := range p.others(nil) {
		p.say(name, "/bantuan") // the bot may write only to who wrote first
		if p.ids[name] != 0 {
			p.exec(`UPDATE chat SET employee_id = $2, linked_at = $3 WHERE id = $1`, p.account[name], p.ids[name], p.clock.Now())
		}
	}
	p.ears.open()
	p.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, rates, created_at, checked_at, checked_by)
		VALUES ($1, $2, '2027-01-01', '2027-12-31', '800/1', true, $3, $3, $4)`, p.ids["Bos"], p.ids["Plt"], p.clock.Now(), p.ids["Petugas"])
	p.openPeriod("Tahun 2027", p.clock.Now().AddDate(0, 0, 20))
	p.period = int64(p.count(`SELECT id FROM period`))
	return p
}

// say and push are what a player does, one after the other.
func (p *probe) say(who, text string) {
	p.t.Helper()
	p.fake.SendText(p.account[who], text)
	p.settle()
}

func (p *probe) push(who string, labels ...string) {
	p.t.Helper()
	for _, label := range labels {
		if _, _, err := p.fake.PressLabel(p.account[who], label); err != nil {
			p.t.Fatalf("%s: %v; newest: %s", who, err, p.newest(who))
		}
		p.settle()
	}
}

func (p *probe) newest(who string) string {
	all := p.fake.Messages(p.account[who])
	return all[len(all)-1].Text
}

func times(n int, label string) []string { return slices.Repeat([]string{label}, n) }

// before plays until each side of two people has been given, and one of the two
// sides of each was sent. self and rated are the levels.
func (p *probe) before(self, rated string) {
	p.say("Lama", "/tim")
	p.push("Lama", "Daftar sudah benar", "Mulai menilai", "2", "2")
	p.tx(func(ctx context.Context, tx *storage.Tx) error { // the former superior has begun; Rani moves
		if err := setSuperior(ctx, tx, p.ids["Rani"], p.ids["Bos"], p.ids["Hr"], p.clock.Now()); err != nil {
			return err
		}
		return tx.NameCoRater(ctx, p.ids["Bos"], p.ids["Tiga"], p.ids["Bantu"], p.clock.Now())
	})
	for _, who := range []string{"Rani", "Wira"} {
		p.say(who, "/asesmen")
		p.push(who, times(9, self)...)
		p.task["self "+who] = int64(p.count(`SELECT id FROM task WHERE kind = 'self_assessment' AND subject_id = $1`, p.ids[who]))
		p.task["rate "+who] = int64(p.count(`SELECT id FROM task WHERE kind = 'rating' AND subject_id = $1 AND state <> 'excused'`, p.ids[who]))
	}
	p.push("Wira", "Kirim")
	p.say("Bos", "/tim")
	p.push("Bos", "Daftar sudah benar", "Mulai menilai")
	for p.count(`SELECT count(*) FROM response WHERE task_id = $1`, p.task["rate Rani"]) == 0 { // the people stand by name
		p.push("Bos", times(9, rated)...)
		if strings.Contains(p.newest("Bos"), "Rani") {
			p.push("Bos", "Kirim", "Lanjutkan menilai")
		} else {
			p.push("Bos", "Lanjut, kirim nanti")
		}
	}
	for p.filled("Wira") < 9 {
		if strings.Contains(p.newest("Bos"), "Periksa penilaian") {
			p.push("Bos", "Lanjut, kirim nanti")
		} else {
			p.push("Bos", rated)
		}
	}
}

func (p *probe) filled(who string) int {
	return p.count(`SELECT count(*) FROM draft d, jsonb_object_keys(d.body->'state'->'answers'->($1::text)) WHERE d.chat_id = $2`,
		fmt.Sprint(p.task["rate "+who]), p.account["Bos"])
}

// harmful are the steps of buttons that would change what is to be compared.
var harmful = regexp.MustCompile(`^1m:\w+:(lepasya|lepashapus|copot|copotya|tutupya|kirimnilai|hapusya|kode|mandiri|kelasya|pltya|plttdk|akhiri|bagiya|nilaisendiri|lembar|lepastugas):`)

// pressAll presses every button on show that was not pressed yet. Answers and
// Kirim are left alone.
func (p *probe) pressAll(skip ...string) {
	for _, who := range p.others(skip) {
		account := p.account[who]
		if p.pressed[account] == nil {
			p.pressed[account] = map[string]bool{}
		}
		for _, m := range p.fake.Messages(account) {
			for _, row := range m.Inline {
				for _, b := range row {
					parts := strings.Split(b.Data, ":")
					if harmful.MatchString(b.Data) || len(parts) < 5 || parts[3] == "a" || parts[3] == "k" || p.pressed[account][b.Data] {
						continue
					}
					p.pressed[account][b.Data] = true
					p.fake.ForgePress(account, m.ID, b.Data)
					if parts[0] != "m" { // whether a card is an older one is known once the newer was sent
						p.settle()
					}
				}
			}
		}
		p.settle()
	}
}

// forged are buttons with a valid signature that the program never made for
// this person: what is behind the signature has to hold by itself.
func (p *probe) forged(skip ...string) {
	var all []dialog.Action
	for _, name := range []string{"Rani", "Wira"} {
		self, rate := p.task["self "+name], p.task["rate "+name]
		for _, ref := range []int64{self, rate} {
			for _, step := range []string{"banding", "hasil", "periksa"} {
				all = append(all, dialog.Action{Flow: "m", Ref: ref, Step: step, Verb: dialog.Resume})
			}
			for _, flow := range []string{"q", "t", "r"} {
				all = append(all, dialog.Action{Flow: flow, Ref: ref, Verb: dialog.Resume})
			}
		}
		for _, step := range []string{"anggota", "orang"} {
			all = append(all, dialog.Action{Flow: "m", Ref: p.ids[name], Step: step, Verb: dialog.Resume})
		}
		all = append(all, dialog.Action{Flow: "r", Ref: p.period, Step: fmt.Sprintf("ok-%d", rate), Verb: dialog.Resume},
			dialog.Action{Flow: "r", Ref: p.period, Step: fmt.Sprintf("M.04-%d", rate), Verb: dialog.Back})
	}
	p.forge(all, skip...)
}

// forge presses buttons of these actions, by everybody but skip.
func (p *probe) forge(all []dialog.Action, skip ...string) {
	codec := bot.NewCodec([]byte("buttons of the tests"))
	for _, who := range p.others(skip) {
		account := p.account[who]
		for _, a := range all {
			data, err := codec.Encode(account, "", a)
			if err != nil {
				p.t.Fatal(err)
			}
			p.fake.ForgePress(account, p.ownMessage(account), data)
		}
		p.settle()
	}
}

// ownMessage is the newest text of the bot in a chat, which can be edited.
func (p *probe) ownMessage(account int64) int {
	for _, m := range slices.Backward(p.fake.Messages(account)) {
		if m.FromBot && m.Media == "" && !m.Deleted {
			return m.ID
		}
	}
	return 1
}

// stolen are the buttons of the two sides, pressed by everybody else.
func (p *probe) stolen(owners []string, skip ...string) {
	for _, who := range p.others(skip) {
		account := p.account[who]
		for _, owner := range owners {
			messages := p.fake.Messages(p.account[owner])
			for _, m := range messages[max(0, len(messages)-1):] {
				for _, row := range m.Inline {
					for _, b := range row {
						if owner != who {
							p.fake.ForgePress(account, p.ownMessage(account), b.Data)
						}
					}
				}
			}
		}
		p.settle()
	}
}

// others are the players but those, in one order: what one does may show in
// the list of another.
func (p *probe) others(but []string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(p.account)), func(who string) bool { return slices.Contains(but, who) })
}

var commandsToTry = []string{"/start", "/menu", "/tugas", "/asesmen", "/tim", "/delegasi", "/unit", "/impor", "/kelola", "/privasi", "/bantuan", "/batal"}

// everything lets everybody but skip try all that the role has, twice deep.
func (p *probe) everything(skip ...string) {
	for _, who := range p.others(skip) {
		for _, c := range commandsToTry {
			p.fake.SendText(p.account[who], c)
		}
		p.settle()
	}
	p.pressAll(skip...)
	if len(skip) == 0 {
		p.pressAll(skip...) // what the first round opened
	}
	p.forged(skip...)
	p.stolen([]string{"Rani", "Wira", "Bos"}, skip...)
	if !slices.Contains(skip, "Hr") {
		for _, name := range []string{"rani", "wira"} { // with a reason, that is logged
			p.say("Hr", "/kelola")
			p.push("Hr", "Cari pegawai")
			p.say("Hr", name)
			p.push("Hr", "Hasil penilaian")
			p.say("Hr", "Pemeriksaan keberatan tertulis")
		}
	}
}

var clockOfLog = regexp.MustCompile(`time=\S+|elapsed=\S+|\d+(\.\d+)?(ms|µs|s)\b`)

// gather is what each player got so far, and the log. Whoever took a copy of
// their data takes one more, when everything has been answered: those before
// depend on what came first.
func (p *probe) gather() map[string][]string {
	for _, who := range slices.Sorted(maps.Keys(p.account)) {
		if p.tookCopy(who) {
			p.say(who, "/privasi")
			p.push(who, "Salinan data")
		}
	}
	p.ears.mu.Lock()
	defer p.ears.mu.Unlock()
	out := map[string][]string{}
	for who, account := range p.account {
		lines := slices.Collect(maps.Keys(p.ears.by[account]))
		for _, m := range p.fake.Messages(account) {
			if isCopy(m) {
				lines = append(lines, p.timeless(m.Document.Body)...)
			}
		}
		slices.Sort(lines)
		out[who] = slices.Compact(lines)
	}
	var log []string
	for line := range strings.Lines(p.log.String()) {
		log = append(log, clockOfLog.ReplaceAllString(line, ""))
	}
	slices.Sort(log)
	out["log"] = slices.Compact(log)
	return out
}

// Nobody gets anything that depends on the side that is not theirs before both
// sides were sent, and nobody but the two ever: the same world is played with
// other levels, and what each person gets must be the same to the letter.
func TestNobodySeesTheOtherSide(t *testing.T) {
	devdbtest.Heavy(t, "plays three worlds")
	levels := map[string][2]string{"base": {"1", "4"}, "other rating": {"1", "2"}, "other self": {"3", "4"}} // self, rated
	got, after := map[string]map[string][]string{}, map[string]map[string][]string{}
	var mu sync.Mutex
	t.Run("worlds", func(t *testing.T) {
		for name, l := range levels {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p := newProbe(t)
				p.before(l[0], l[1])
				p.everything()
				first := p.gather()
				p.ears.open()
				p.open()
				p.everything("Rani", "Wira", "Bos", "Plt", "Hr")
				second := p.gather()
				mu.Lock()
				got[name], after[name] = first, second
				mu.Unlock()
				p.bothSee(l[0], l[1])
			})
		}
	})
	if len(got) < len(levels) {
		return
	}
	same := func(what string, a, b map[string][]string, who string) {
		t.Helper()
		if len(a[who]) == 0 && who != "log" {
			t.Errorf("%s: %s got nothing at all", what, who)
		}
		if diff := gocmp.Diff(a[who], b[who]); diff != "" {
			t.Errorf("%s: what %s gets depends on it:\n%.3000s", what, who, diff)
		}
	}
	for _, who := range slices.Sorted(maps.Keys(got["base"])) {
		if who != "Bos" { // whose own side it is
			same("the rating, before both", got["base"], got["other rating"], who)
		}
		if who != "Rani" && who != "Wira" {
			same("the self-assessment, before both", got["base"], got["other self"], who)
		}
		if !slices.Contains([]string{"Rani", "Wira", "Bos", "Plt", "Hr"}, who) {
			same("the rating, after both", after["base"], after["other rating"], who)
			same("the self-assessment, after both", after["base"], after["other self"], who)
		}
	}
}

// open lets both people's second side be sent.
func (p *probe) open() {
	p.say("Rani", "/asesmen")
	// Whoever pressed all that is on show has gone from the review to a question.
	if _, after, asked := strings.Cut(p.newest("Rani"), "Jawaban saat ini: "); asked {
		answer, _, _ := strings.Cut(after, ".")
		p.push("Rani", answer)
	}
	p.push("Rani", "Kirim")
	p.say("Bos", "/tim")
	p.push("Bos", "Kirim 2 penilaian")
}

// bothSee checks that now both sides see both.
func (p *probe) bothSee(self, rated string) {
	p.t.Helper()
	want := fmt.Sprintf("mandiri %s, atasan %s, akhir", self, rated)
	for _, who := range []string{"Rani", "Wira", "Bos"} {
		p.push(who, "Buka perbandingan")
		if !strings.Contains(p.newest(who), want) { // views that differ by less stand behind the button
			p.push(who, "Semua kompetensi")
		}
		if !strings.Contains(p.newest(who), want) {
			p.t.Errorf("%s does not see %q but:\n%s", who, want, p.newest(who))
		}
	}
	p.say("Wira", "/privasi")
	p.push("Wira", "Salinan data")
	var body string
	for _, m := range p.fake.Messages(p.account["Wira"]) {
		if m.Document != nil {
			body = string(m.Document.Body)
		}
	}
	if !strings.Contains(body, "penilaian_atasan") || !strings.Contains(body, `"M.01":"`+rated+`"`) && !strings.Contains(body, `"M.01": "`+rated+`"`) {
		p.t.Errorf("the copy lacks the rating: %.600s", body)
	}
}
