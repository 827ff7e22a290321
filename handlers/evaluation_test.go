package handlers_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/followup"
	"bangkom/internal/questionnaire"
	"bangkom/storage"
)

// sealer is the key of the tests under which answers without a name are sealed.
var sealer = disclosure.NewSealer([]byte("sealer of the tests"))

// A transcript may have these lines, too:
//
//	~ pelatihan "Lembar Kerja" diikuti Rina dan 9 lain, panitia Sari
//	~ pelatihan 16 JP "Lembar Kerja" diikuti Rina dan 9 lain, panitia Sari
//	~ 9 peserta lain mengisi evaluasi
//	~ peserta lain terhubung
//	~ 11 peserta lain dan atasannya menjawab penerapan
var (
	holdsCourse = regexp.MustCompile(`^pelatihan(?: (\d+) JP)? "([^"]+)" diikuti ([\p{L}, ]+?) dan (\d+) lain, panitia (\p{L}+)$`)
	othersSay   = regexp.MustCompile(`^(\d+) peserta lain mengisi evaluasi$`)
	othersUse   = regexp.MustCompile(`^(\d+) peserta lain dan atasannya menjawab penerapan$`)
)

// course is one batch of a test, with who was there.
type course struct {
	batch   int64
	present []int64
}

// holdBatch makes a batch of a programme that has just ended, with one session of six
// hours, which everybody named has attended.
func (w *world) holdBatch(programme, ability string, number int, committee int64, trainers []string, present []int64) course {
	w.t.Helper()
	ends := w.clock.Now()
	var p, batch, session int64
	w.scan(&p, `INSERT INTO programme (code, title, aim, ability, form, jp, way) VALUES ($1, $1, '-', $2, 'bimbingan teknis', 8, 'order')
		ON CONFLICT (code) DO UPDATE SET title = excluded.title RETURNING id`, programme, ability)
	w.scan(&batch, `INSERT INTO occasion (kind) VALUES ('batch') RETURNING id`)
	w.exec(`INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
		VALUES ($1, $2, $3, $4, 40, 'free', 'none', 'running', $5, $6, $6)`, batch, p, number, fmt.Sprintf("%s, angkatan %d", programme, number), ends.Add(-6*time.Hour), ends)
	w.scan(&session, `INSERT INTO training_session (batch_id, n, starts_at, ends_at, place) VALUES ($1, 1, $2, $3, 'Aula') RETURNING id`, batch, ends.Add(-6*time.Hour), ends)
	for i, name := range trainers {
		w.exec(`INSERT INTO session_trainer (session_id, n, name) VALUES ($1, $2, $3)`, session, i+1, name)
	}
	if committee != 0 {
		w.exec(`INSERT INTO committee (batch_id, employee_id, named_at) VALUES ($1, $2, $3)`, batch, committee, ends)
	}
	for _, id := range present {
		w.exec(`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at) VALUES ($1, $2, 'nominated', 'seated', $3, $3)`, batch, id, ends)
		w.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at) VALUES ($1, $2, true, 'committee', $3)`, session, id, ends)
	}
	return course{batch, present}
}

// scan runs a statement that returns one number.
func (w *world) scan(into *int64, query string, args ...any) {
	w.t.Helper()
	if err := w.sql.QueryRow(query, args...).Scan(into); err != nil {
		w.t.Fatal(err)
	}
}

// answer sends the answers of somebody without a chat, as the conversation does.
func (w *world) answer(batch, person int64, a disclosure.Answers) {
	w.t.Helper()
	var id int64
	w.scan(&id, `SELECT id FROM task WHERE occasion_id = $1 AND employee_id = $2 AND kind = 'training_evaluation'`, batch, person)
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		of, err := tx.Task(ctx, id, person)
		if err != nil {
			return err
		}
		return tx.HoldAnswer(ctx, of, a, w.clock.Now())
	})
}

// courseEvent plays the lines of a transcript that are about trainings.
func (p *play) courseEvent(what string) bool {
	p.t.Helper()
	if m := holdsCourse.FindStringSubmatch(what); m != nil {
		n, _ := strconv.Atoi(m[4])
		present := p.crew("Bambang", n)
		for name := range strings.SplitSeq(m[3], ", ") {
			present = append(present, p.ids[name])
		}
		p.courses = append(p.courses, p.holdBatch(m[2], "mengolah data dengan lembar kerja", len(p.courses)+1, p.ids[m[5]], []string{"Dr. Hasan Basri"}, present))
		if m[1] != "" {
			p.exec(`UPDATE programme SET jp = $2 WHERE code = $1`, m[2], m[1])
		}
		return true
	}
	if m := othersSay.FindStringSubmatch(what); m != nil {
		n, _ := strconv.Atoi(m[1])
		c := p.courses[len(p.courses)-1]
		for i := range n {
			comment := fmt.Sprintf("Waktu praktik ditambah, %d jam.", 9-i)
			if i == n-1 {
				comment = "Pak Budi, pengajarnya terlalu cepat."
			}
			p.answer(c.batch, c.present[i], disclosure.Answers{"R1": "3", "R2 Dr. Hasan Basri": "4", "R3": strconv.Itoa(2 + i%3), "R4": "3",
				evaluation.Ability: disclosure.PairOf(strconv.Itoa(1+i%2), strconv.Itoa(3+i%2)), "S": comment})
		}
		return true
	}
	if what == "peserta lain terhubung" {
		for i, id := range p.others(math.MaxInt) {
			if p.count(`SELECT count(*) FROM chat WHERE employee_id = $1`, id) == 0 {
				p.linkStraight(id, firstAccount+int64(len(cast())+i), fmt.Sprint("Zulkifli ", i+1))
			}
		}
		return true
	}
	if m := othersUse.FindStringSubmatch(what); m != nil {
		n, _ := strconv.Atoi(m[1])
		p.answerUse(p.others(n))
		return true
	}
	return false
}

// others are up to n of those who are not of the cast and have attended the last batch.
func (p *play) others(n int) (ids []int64) {
	for _, id := range p.courses[len(p.courses)-1].present {
		if !slices.Contains(slices.Collect(maps.Values(p.ids)), id) && len(ids) < n {
			ids = append(ids, id)
		}
	}
	return ids
}

// answerUse answers all that people, and their superior about anybody, are asked of the use of
// trainings.
func (p *play) answerUse(people []int64) {
	p.t.Helper()
	p.tx(func(ctx context.Context, tx *storage.Tx) error {
		for i, id := range people {
			mine, err := tx.MyFollowUps(ctx, id, p.clock.Now())
			if err != nil {
				return err
			}
			often := []string{"jarang", "kadang", "sering", followup.NoChance}[i%4]
			for _, f := range mine {
				said := questionnaire.Answers{followup.Ability: strconv.Itoa(2 + i%3), followup.Frequency: often, followup.Help: followup.Helps()[i%3]}
				if !f.Open(p.clock.Now()) {
					continue
				}
				if _, err := tx.SendFollowUp(ctx, f.Task, said, p.clock.Now()); err != nil {
					return err
				}
			}
		}
		rated, err := tx.RatedFollowUps(ctx, p.ids["Bambang"], 0, p.clock.Now())
		for i, r := range rated {
			if err == nil {
				_, err = tx.SendFollowUp(ctx, r.Task, questionnaire.Answers{followup.Seen: strconv.Itoa(2 + i%3), followup.Given: []string{"beberapa", "sekali", followup.NotGiven}[i%3]}, p.clock.Now())
			}
		}
		return err
	})
}
