package handlers_test

import (
	"context"
	"regexp"
	"strconv"
	"time"

	"bangkom/internal/training"
	"bangkom/storage"
)

// Events of transcripts about trainings:
//
//	~ semua terhubung
//	~ pelatihan "Pengolahan Data" 2027-01-20 08:30 sampai 15:30, 2 tempat
//	~ Wayan menjadi panitia
//	~ mitra "Universitas Tirta" dengan perjanjian sampai 2027-02-15
//	~ penawaran "Menulis naskah dinas" pada M.03 tingkat 2 mulai 2027-03-16
//	~ Rina kurang pada M.03
var (
	allLinked   = regexp.MustCompile(`^semua terhubung$`)
	trains      = regexp.MustCompile(`^pelatihan "([^"]+)" (\d{4}-\d\d-\d\d) (\d\d:\d\d) sampai (\d\d:\d\d), (\d+) tempat$`)
	onCommittee = regexp.MustCompile(`^(\p{L}+) menjadi panitia$`)
	partnerIs   = regexp.MustCompile(`^mitra "([^"]+)" dengan perjanjian sampai (\d{4}-\d\d-\d\d)$`)
	offersThat  = regexp.MustCompile(`^penawaran "([^"]+)" pada (\S+) tingkat (\d) mulai (\d{4}-\d\d-\d\d)$`)
	lacksIn     = regexp.MustCompile(`^(\p{L}+) kurang pada (\S+)$`)
)

// trainingEvent plays an event about trainings; false = it is another one.
func (p *play) trainingEvent(what string) bool {
	p.t.Helper()
	if allLinked.MatchString(what) {
		for _, f := range cast() {
			if f.nip != "" {
				p.linkStraight(p.ids[f.name], account(f.name), f.name)
			}
		}
		p.settle()
		out := p.out.String()
		for _, f := range cast() { // what they were told while they were strangers
			p.report(account(f.name), "", "")
		}
		p.out.Reset()
		p.out.WriteString(out)
		return true
	}
	if m := trains.FindStringSubmatch(what); m != nil {
		seats, _ := strconv.Atoi(m[5])
		p.batch(m[1], p.at(m[2]+" "+m[3]), p.at(m[2]+" "+m[4]), seats, nil)
		return true
	}
	if m := onCommittee.FindStringSubmatch(what); m != nil {
		p.exec(`INSERT INTO committee (batch_id, employee_id, named_at) SELECT b.id, $1, $2 FROM batch b ON CONFLICT DO NOTHING`, p.ids[m[1]], p.clock.Now())
		return true
	}
	if m := partnerIs.FindStringSubmatch(what); m != nil {
		p.exec(`INSERT INTO partner (code, name, kind, agreement, agreed_from, agreed_until) VALUES ('UNI', $1, 'university', '12/PKS/2026', '2026-01-01', $2)`, m[1], m[2])
		return true
	}
	if m := offersThat.FindStringSubmatch(what); m != nil {
		p.exec(`INSERT INTO partner_offer (partner_id, title, competency_code, level, days, jp, seats, price, price_of, starts_on, ends_on, first_at, changed_at)
			SELECT id, $1, $2, $3, 1, 8, 30, 1250000, 'person', $4, $4, $5, $5 FROM partner`, m[1], m[2], m[3], m[4], p.clock.Now())
		return true
	}
	if m := lacksIn.FindStringSubmatch(what); m != nil {
		p.exec(`WITH k AS (SELECT id, questionnaire_code, questionnaire_version FROM task WHERE employee_id = $1 AND kind = 'self_assessment'),
			done AS (UPDATE task SET state = 'done', started_at = $3, done_at = $3 WHERE id IN (SELECT id FROM k)),
			f AS (INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
				SELECT id, 1, questionnaire_code, questionnaire_version, false, $3 FROM k RETURNING id)
			INSERT INTO answer (response_id, item_code, value) SELECT f.id, $2, '0' FROM f`, p.ids[m[1]], m[2], p.clock.Now())
		return true
	}
	return false
}

// at reads a time of a script.
func (w *world) at(written string) time.Time {
	w.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", written, wib)
	if err != nil {
		w.t.Fatal(err)
	}
	return at
}

// batch makes a programme with one batch of one session, which is open for registration
// until the evening two days before, and whose superiors have a day more. change may
// change it before it is stored.
func (w *world) batch(title string, starts, ends time.Time, seats int, change func(*training.Batch)) (id int64) {
	w.t.Helper()
	hr, now := w.ids["Bambang"], w.clock.Now()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		p := training.Programme{Code: "P-" + title, Title: title, Aim: "Mengolah data layanan", Ability: "mengolah data dengan lembar kerja", Form: "Bimbingan teknis",
			JP: 8, WayIn: training.InOrder, Share: 100, Aims: []training.Aim{{Code: "M.03", Level: 2}}}
		programme, err := tx.AddProgramme(ctx, p, hr, now)
		if err != nil {
			return err
		}
		day := time.Date(starts.Year(), starts.Month(), starts.Day(), 0, 0, 0, 0, wib)
		b := training.Batch{Programme: training.Programme{ID: programme, Title: title}, Seats: seats, Letter: "800/1", Opens: now.Add(-time.Hour), Closes: day.AddDate(0, 0, -2),
			PermissionUntil: day.AddDate(0, 0, -1), Funding: training.ByOffice, Journey: training.UnitPays, Dress: "Pakaian dinas", Contact: "Ibu Maya, BKD",
			Sessions: []training.Session{{N: 1, Starts: starts, Ends: ends, Place: "Aula BKD", Trainers: []string{"Dr. Hadi"}}}}
		if change != nil {
			change(&b)
		}
		if id, err = tx.AddBatch(ctx, b, hr, now); err != nil {
			return err
		}
		stored, err := tx.Batch(ctx, id)
		if err != nil {
			return err
		}
		_, err = tx.OpenBatch(ctx, id, stored.Revision, hr, now)
		return err
	})
	return id
}
