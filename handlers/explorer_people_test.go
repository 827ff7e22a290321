package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"bangkom/handlers"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// subject is a person of the register whose data can be told from everybody
// else's wherever they turn up.
type subject struct {
	id               int64
	token            string // a word of the name that nobody else has
	secret           string // what only they write, to the personnel office
	remark           string // what only they write about their result, to the superior
	nip, phone, code string
	unit             string
	boss             *subject
	role             personnel.Role
}

func (s *subject) tail() string { return s.nip[14:] }

// actor is an account. person is nil for somebody who has no code.
type actor struct {
	account int64
	person  *subject
	late    bool // has an account but is not linked at the beginning
	phone   string

	mu        sync.Mutex  // one action or errand at a time
	own       []int       // text messages of the person
	sent      atomic.Bool // an assessment
	blocked   atomic.Bool
	blockedAt atomic.Int64 // when last, in Unix nanoseconds
}

func (a *actor) String() string {
	if a.person == nil {
		return fmt.Sprintf("stranger %d", a.account%100)
	}
	return a.person.token
}

const exploreAccounts = 6_300_000_000

// token makes a word that is no part of any other: three syllables of a list
// without common words.
func token(i int) string {
	a := []string{"Zak", "Vex", "Qir", "Xob", "Zuw", "Vyt", "Qop", "Guj"}
	b := []string{"uzar", "ovim", "yqel", "ivox", "ezub", "awyz", "oqen"}
	return a[i%8] + b[i/8%7]
}

// place is where somebody of the population works.
type place struct {
	unit string
	boss int // index, -1 = none
	role personnel.Role
}

// places are the population: a head and three superiors with their teams, an
// officer of a unit and what is below it, two of the personnel office, a head of
// the agency, an auditor, an operator, a stand-in and those without an account,
// with whom the team of one superior is so large that others may help to rate.
func places() []place {
	all := []place{{"DIN", -1, personnel.RoleHead}, {"DIN-A", 0, ""}, {"DIN-B", 0, ""}, {"DIN", 0, personnel.RoleOfficer},
		{"BKD", -1, personnel.RoleHR}, {"BKD", 4, personnel.RoleHR}, {"KEC", -1, ""}, {"KEC", 6, ""},
		{"BKD", 4, personnel.RoleOperator}, {"BKD", 4, personnel.RoleAuditor}}
	for i := range 44 {
		boss := []int{1, 2, 6}[i%3]
		if 10+i >= largeFrom {
			boss = withLarge
		}
		all = append(all, place{all[boss].unit, boss, ""})
	}
	return all
}

const (
	standIn    = 7 // acts for the superior of KEC
	standInFor = 6
	withLarge  = 1  // leads more than twenty people
	withTwo    = 10 // has a second phone
	lateFrom   = 32 // linked during the play, or never
	paperFrom  = 34 // has no account at all
	largeFrom  = 38 // in the large team
	strangers  = 4
)

// population fills the register and makes the accounts.
func (e *explorer) population() {
	e.t.Helper()
	for i, p := range places() {
		sex := i % 2
		s := &subject{token: token(i), secret: fmt.Sprintf("rahasia%03dx", i), remark: fmt.Sprintf("ulasan%03dx", i), unit: p.unit, role: p.role,
			nip:   fmt.Sprintf("19%02d%02d%02d2010%02d%d%03d", 70+i%20, 1+i%12, 1+i%28, 1+i%12, 1+sex, 301+i*7),
			phone: fmt.Sprintf("+6285%09d", 371_000_000+i*7919), code: fmt.Sprintf("9X%02dKQ7MZ%03d", i, i)}
		if p.boss >= 0 {
			s.boss = e.subjects[p.boss]
		}
		e.subjects = append(e.subjects, s)
		if i < paperFrom {
			e.addActor(&actor{person: s, late: i >= lateFrom, phone: s.phone})
		}
	}
	e.addActor(&actor{person: e.subjects[withTwo], late: true, phone: "+628990001112"})
	for i := range strangers {
		e.addActor(&actor{phone: fmt.Sprintf("+62899111222%d", i)})
	}
	e.register()
}

func (e *explorer) addActor(a *actor) {
	a.account = exploreAccounts + int64(len(e.actors))
	e.fake.AddUser(faketelegram.User{ID: a.account, FirstName: "Akun"})
	e.actors, e.byChat[a.account] = append(e.actors, a), a
}

// register stores the population.
func (e *explorer) register() {
	e.t.Helper()
	e.tx(func(ctx context.Context, tx *storage.Tx) error {
		now, units := e.clock.Now(), map[string]int64{}
		for i, s := range e.subjects {
			unit, err := tx.PutUnit(ctx, s.unit, "Unit "+s.unit)
			if err != nil {
				return err
			}
			units[s.unit] = unit
			nip, err := personnel.ParseNIP(s.nip, now)
			if err != nil {
				return err
			}
			emp := personnel.Employee{NIP: nip, Name: nameOfSubject(i, s), Sex: nip.Sex(), UnitID: unit, PositionTitle: "Pengelola Layanan", ClassCode: "PELAKSANA"}
			if s.boss != nil {
				emp.SupervisorID = &s.boss.id
			}
			if s.id, err = tx.PutEmployee(ctx, emp); err != nil {
				return err
			}
			if s.role != "" { // before the code, which a grant would end
				if _, err := tx.Grant(ctx, nip, s.role, []string{s.unit}, false, now); err != nil {
					return err
				}
			}
			if err := tx.AddCode(ctx, hashCode(s.code), s.id, now, now.AddDate(0, 0, 21)); err != nil {
				return err
			}
		}
		return tx.AddDelegation(ctx, personnel.Delegation{ForID: e.subjects[standInFor].id, ActingID: e.subjects[standIn].id,
			From: now.AddDate(0, 0, -1), To: now.AddDate(0, 0, 60), Letter: "800/1/KEC/2027"}, now)
	})
	for _, s := range e.subjects {
		e.exec(`UPDATE employee SET phone = $2 WHERE id = $1`, s.id, s.phone)
	}
	e.exec(`UPDATE unit SET parent_id = (SELECT id FROM unit WHERE code = 'DIN') WHERE code IN ('DIN-A', 'DIN-B')`)
	e.exec(`UPDATE delegation SET checked_at = created_at`)
}

// nameOfSubject is a full name; some hold what HTML means something by.
func nameOfSubject(i int, s *subject) string {
	switch i % 5 {
	case 0:
		return s.token + " <Putra> & O'Neil, S.Sos."
	case 1:
		return "Siti " + s.token
	}
	return "Budi " + s.token + ", M.M."
}

func (e *explorer) rights(s *subject) personnel.Rights {
	r := personnel.Rights{Supervises: e.subjects[standIn] == s}.With(s.role)
	for _, other := range e.subjects {
		r.Supervises = r.Supervises || other.boss == s
	}
	return r
}

// allowed lists the commands of the menu that a person has.
func (e *explorer) allowed(s *subject) (names []string) {
	for _, m := range handlers.Menu(e.cat, e.rights(s)) {
		names = append(names, m.Command)
	}
	return names
}

// whoMay picks a linked person who has the command.
func (e *explorer) whoMay(r *rand.Rand, command string) *actor {
	for _, i := range r.Perm(len(e.actors)) {
		if a := e.actors[i]; a.person != nil && !a.late && slices.Contains(e.allowed(a.person), command) && e.linked(a) {
			return a
		}
	}
	return e.actors[0]
}

// atOnce is how many people are busy at a time with what they owe.
const atOnce = 6

// somebody picks who does it. Those go on who have not sent their assessment
// yet, a few at a time, and of them whoever is asked something.
func (e *explorer) somebody(r *rand.Rand, do habit) *actor {
	if do.onlyOf != "" && r.IntN(2) == 0 {
		return e.withRole(r, do.onlyOf)
	}
	if do.name != "go on" || r.IntN(6) == 0 {
		return e.actors[r.IntN(len(e.actors))]
	}
	var busy []*actor
	for _, a := range e.actors[:lateFrom] {
		if len(busy) < atOnce && !e.finished(a) {
			busy = append(busy, a)
		}
	}
	if len(busy) == 0 {
		busy = e.actors
	}
	for try := 0; ; try++ {
		a := busy[r.IntN(len(busy))]
		if try == 4 || len(asked(e.buttonsOf(a.account))) > 0 {
			return a
		}
	}
}

// finished tells whether a person has sent an assessment.
func (e *explorer) finished(a *actor) bool {
	if !a.sent.Load() {
		a.sent.Store(e.sqlCount(`SELECT count(*) FROM response r JOIN task t ON t.id = r.task_id WHERE t.kind = 'self_assessment' AND t.employee_id = $1`,
			a.person.id) > 0)
	}
	return a.sent.Load()
}

// asked are the choices of a question that is on show in the newest message,
// or what sends everything.
func asked(buttons []shownButton) []shownButton {
	return slices.DeleteFunc(buttons, func(b shownButton) bool {
		return b.message != buttons[0].message || b.label != "Kirim" && (!strings.HasPrefix(b.data, "1q") || !strings.Contains(b.data, ":a:"))
	})
}

func (e *explorer) withRole(r *rand.Rand, role personnel.Role) *actor {
	for _, i := range r.Perm(len(e.actors)) {
		if a := e.actors[i]; a.person != nil && a.person.role == role {
			return a
		}
	}
	return nil
}

// linked tells whether an account belongs to a person now.
func (e *explorer) linked(a *actor) bool {
	return e.sqlCount(`SELECT count(*) FROM chat WHERE id = $1 AND employee_id IS NOT NULL`, a.account) == 1
}

// shown is how much of somebody's data a viewer may be sent.
type shown int

const (
	nothing  shown = iota
	theName        // the name
	withTail       // the name and the last four digits of the NIP
)

// sights is the table who may be sent whose data. Answers are in none of it.
func sights() []struct {
	why string
	is  func(e *explorer, rel relations, viewer, of *subject) bool
	may shown
} {
	return []struct {
		why string
		is  func(e *explorer, rel relations, viewer, of *subject) bool
		may shown
	}{
		{"oneself", func(_ *explorer, _ relations, v, s *subject) bool { return v == s }, withTail},
		{"the personnel office", func(_ *explorer, _ relations, v, _ *subject) bool { return v.role == personnel.RoleHR }, withTail},
		{"the officer of the unit", func(_ *explorer, _ relations, v, s *subject) bool { return v.looksAfter(s) }, withTail},
		{"the superior", func(_ *explorer, rel relations, v, s *subject) bool { return rel.leads[pair{v.id, s.id}] }, theName},
		{"the stand-in of the superior", func(e *explorer, rel relations, v, s *subject) bool {
			return slices.ContainsFunc(e.subjects, func(boss *subject) bool {
				return rel.acts[pair{boss.id, v.id}] && (boss == s || rel.leads[pair{boss.id, s.id}])
			})
		}, theName},
		{"who has the same superior, as a stand-in that is offered", func(e *explorer, rel relations, v, s *subject) bool {
			for of := range rel.leads {
				if of.second == v.id && rel.leads[pair{of.first, s.id}] {
					return e.rights(v).Supervises
				}
			}
			return false
		}, theName},
		{"whom the person lets act", func(_ *explorer, rel relations, v, s *subject) bool { return rel.acts[pair{v.id, s.id}] }, theName},
		{"whom the person helps to rate, and for whom", func(_ *explorer, rel relations, v, s *subject) bool { return rel.helps[pair{v.id, s.id}] }, theName},
		{"the own superior", func(_ *explorer, rel relations, v, s *subject) bool { return rel.leads[pair{s.id, v.id}] }, theName},
		{"who leads somebody after the person did", func(e *explorer, rel relations, v, s *subject) bool {
			return slices.ContainsFunc(e.subjects, func(m *subject) bool { return rel.leads[pair{v.id, m.id}] && rel.leads[pair{s.id, m.id}] })
		}, theName},
		{"the stand-in of the own superior", func(e *explorer, rel relations, v, s *subject) bool {
			return slices.ContainsFunc(e.subjects, func(boss *subject) bool { return rel.leads[pair{boss.id, v.id}] && rel.acts[pair{boss.id, s.id}] })
		}, theName},
		{"superior or stand-in of somebody of the officer's unit", func(e *explorer, rel relations, v, s *subject) bool {
			return slices.ContainsFunc(e.subjects, func(m *subject) bool {
				return v.looksAfter(m) && (rel.leads[pair{s.id, m.id}] || rel.acts[pair{m.id, s.id}])
			})
		}, theName},
	}
}

// looksAfter tells whether a person is the officer of another's unit.
func (s *subject) looksAfter(other *subject) bool {
	return s.role == personnel.RoleOfficer && strings.HasPrefix(other.unit, s.unit)
}

// sees is how much of a person the owner of an account may be sent.
func (e *explorer) sees(a *actor, rel relations, of *subject) shown {
	best := nothing
	if a == nil || a.person == nil {
		return best
	}
	for _, one := range sights() {
		if one.may > best && one.is(e, rel, a.person, of) {
			best = one.may
		}
	}
	return best
}

// readsRemark tells whether somebody may be sent what another one says about the own result:
// it is for the superior, and for the personnel office when it was asked to read it.
func (rel relations) readsRemark(a *actor, of *subject) bool {
	if a == nil || a.person == nil {
		return false
	}
	return a.person == of || rel.leads[pair{a.person.id, of.id}] || a.person.role == personnel.RoleHR && rel.asked[pair{0, of.id}]
}

// pair is two people by their numbers.
type pair struct{ first, second int64 }

// relations are who ever led whom or was asked for, acted for whom and helped to rate whom, or
// for whom, in the play, and who asked the personnel office to read a reply (beside 0).
type relations struct{ leads, acts, helps, asked map[pair]bool }

// refresh adds what is so now.
func (rel relations) refresh(e *explorer) {
	for query, into := range map[string]map[pair]bool{
		`SELECT supervisor_id, id FROM employee WHERE supervisor_id IS NOT NULL UNION SELECT new_id, employee_id FROM superior_change`: rel.leads,
		`SELECT for_id, acting_id FROM delegation`:                              rel.acts,
		`SELECT rater_id, unnest(ARRAY[subject_id, official_id]) FROM co_rater`: rel.helps,
		`SELECT 0, employee_id FROM ticket WHERE kind = 'reply'`:                rel.asked,
	} {
		rows, err := e.sql.Query(query)
		if err != nil {
			e.t.Error(err)
			return
		}
		for rows.Next() {
			var p pair
			if err := rows.Scan(&p.first, &p.second); err != nil {
				e.t.Error(err)
			}
			into[p] = true
		}
		if err := rows.Close(); err != nil {
			e.t.Error(err)
		}
	}
}
