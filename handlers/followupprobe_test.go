package handlers_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/followup"
)

// usedAnswers are what is said in a world of the use of two trainings: by both participants,
// and by both superiors.
type usedAnswers struct {
	level, often, help, line string
	seen, given              string
}

// beforeUse plays until each side of two people has answered, and one of each was sent: of Rani
// her own, of Wira the superior's.
func (p *probe) beforeUse(a usedAnswers) {
	for i, who := range []string{"Rani", "Wira"} {
		p.holdBatch(fmt.Sprint("Kursus ", who), "mengolah data", i+1, 0, nil, []int64{p.ids[who]})
	}
	p.exec(`UPDATE programme SET jp = 16`)
	p.clockAt("2027-02-10 09:00")
	p.runJob("follow-ups")
	p.settle()
	for _, who := range []string{"Rani", "Wira"} {
		p.push(who, a.level, a.often, a.help, "4")
		p.say(who, a.line)
		p.task["own "+who] = int64(p.count(`SELECT id FROM task WHERE kind = 'follow_up' AND subject_id = $1`, p.ids[who]))
		p.task["seen "+who] = int64(p.count(`SELECT id FROM task WHERE kind = 'follow_up_superior' AND subject_id = $1`, p.ids[who]))
	}
	for _, who := range []string{"Lama", "Bos"} {
		p.push(who, a.seen, a.given)
	}
	p.push("Rani", "Kirim")
	p.push("Bos", "Kirim")
}

// triesUse lets everybody but skip press all they have, twice deep, what was forged, and what
// belongs to the two sides; then the bot says what it says by itself.
func (p *probe) triesUse(skip ...string) {
	for _, who := range p.others(skip) {
		for _, c := range append(slices.Clone(commandsToTry), "/umpanbalik", "/ringkasan", "/laporan") {
			p.fake.SendText(p.account[who], c)
		}
		p.settle()
	}
	p.pressAll(skip...)
	if len(skip) == 0 {
		p.pressAll()
	}
	var all []dialog.Action
	for _, who := range []string{"Rani", "Wira"} {
		for _, ref := range []int64{p.task["own "+who], p.task["seen "+who], int64(p.count(`SELECT occasion_id FROM task WHERE id = $1`, p.task["own "+who]))} {
			for _, step := range []string{followup.PairStep, "terapbagi", "terapbagiya"} {
				all = append(all, dialog.Action{Flow: "m", Ref: ref, Step: step, Verb: dialog.Resume})
			}
			for _, flow := range []string{followup.OwnFlow, followup.SuperiorFlow} {
				all = append(all, dialog.Action{Flow: flow, Ref: ref, Verb: dialog.Resume})
			}
		}
	}
	p.forge(all, skip...)
	p.stolen([]string{"Rani", "Wira", "Lama", "Bos"}, skip...)
	if len(skip) == 0 {
		p.clockAt("2027-02-17 09:00")
		for _, job := range []string{"follow-ups", "weekly-summary"} {
			p.runJob(job)
		}
		p.settle()
	}
}

// sendUse sends the two sides that are left, and lets both superiors read. Whoever pressed all
// that is on show has gone from the review to a question.
func (p *probe) sendUse(a usedAnswers) {
	answers := map[string][]string{"Wira": {a.level, a.often, a.help}, "Lama": {a.seen, a.given}}
	for _, who := range []string{"Wira", "Lama"} {
		p.say(who, "/umpanbalik")
		p.push(who, "Isi 1")
		for range answers[who] {
			for _, label := range answers[who] {
				if !p.offers(who, "Kirim") && p.offers(who, label) {
					p.push(who, label)
				}
			}
		}
		p.push(who, "Kirim")
	}
	for _, who := range []string{"Lama", "Bos"} {
		p.push(who, "Lihat keduanya")
	}
}

// offers tells whether the newest message of somebody has a button.
func (p *probe) offers(who, label string) bool {
	all := p.fake.Messages(p.account[who])
	return hasLabel(all[len(all)-1], label)
}

// What one side says of the use of a training reaches nobody else in the chat before both were
// sent, whatever they press, and afterwards the superior alone reads of it the level, and the
// participant what the superior said; the rest stays with the participant. The same world is
// played with other answers, and what each person gets must be the same to the letter.
func TestNobodySeesTheOtherSideOfUse(t *testing.T) {
	devdbtest.Heavy(t, "plays four worlds")
	base := usedAnswers{"2", "Jarang", "Waktu", "Berkas lama di gudang", "4", "Satu kali"}
	worlds := map[string]usedAnswers{"base": base,
		"own":  {"5", "Selalu", "Sarana", "Komputer kami baru", base.seen, base.given},
		"rest": {base.level, "Selalu", "Sarana", "Komputer kami baru", base.seen, base.given},
		"seen": {base.level, base.often, base.help, base.line, "1", "Belum ada"}}
	before, after := map[string]map[string][]string{}, map[string]map[string][]string{}
	var mu sync.Mutex
	t.Run("worlds", func(t *testing.T) {
		for name, a := range worlds {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p := newProbe(t)
				p.beforeUse(a)
				p.triesUse()
				first := p.gather()
				p.ears.open()
				p.sendUse(a)
				p.triesUse("Rani", "Wira", "Bos", "Lama")
				second := p.gather()
				mu.Lock()
				before[name], after[name] = first, second
				mu.Unlock()
			})
		}
	})
	if len(after) < len(worlds) {
		return
	}
	same := func(what string, of map[string]map[string][]string, other, who string) {
		t.Helper()
		if diff := gocmp.Diff(of["base"][who], of[other][who]); diff != "" {
			t.Errorf("%s: what %s gets depends on %q:\n%.3000s", what, who, other, diff)
		}
	}
	own, superiors := []string{"Rani", "Wira"}, []string{"Lama", "Bos"}
	for who, got := range before["base"] {
		if len(got) == 0 && who != "log" {
			t.Errorf("%s got nothing at all", who)
		}
		if !slices.Contains(own, who) {
			same("before both", before, "own", who)
			same("after both", after, "rest", who) // a superior reads the level, and nothing else
		}
		if !slices.Contains(superiors, who) {
			same("before both", before, "seen", who)
		}
		if !slices.Contains(append(own, superiors...), who) {
			same("after both", after, "own", who)
			same("after both", after, "seen", who)
		}
	}
	for other, who := range map[string]string{"own": "Rani", "seen": "Lama"} {
		if gocmp.Equal(before["base"][who], before[other][who]) {
			t.Errorf("the probe finds nothing: %s", other)
		}
	}
	if gocmp.Equal(after["base"]["Lama"], after["own"]["Lama"]) || gocmp.Equal(after["base"]["Wira"], after["seen"]["Wira"]) {
		t.Error("once both were sent nobody sees the other side")
	}
}
