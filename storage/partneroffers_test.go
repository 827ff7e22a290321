package storage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/coverage"
	"bangkom/internal/reminder"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

const offersTable = "KODE MITRA;JUDUL PELATIHAN;KODE KOMPETENSI;TINGKAT;JUMLAH HARI;JP;JUMLAH TEMPAT;HARGA;SATUAN HARGA;TANGGAL MULAI;TANGGAL SELESAI\n" +
	"UNILA;Menulis naskah dinas;M.03;2;3;24;30;1.250.000;per orang;16/03/2027;18/03/2027\n" +
	"UNILA;Komunikasi publik;M.03;3;2;16;25;20.000.000;per kelas;20/04/2027;\n" +
	"LAN;Menulis naskah dinas;M.03;2;3;24;20;;;16/05/2027;18/05/2027\n"

// oneTraining is a list of one training of UNILA.
func oneTraining() string {
	var heads, row []string
	for head, cell := range cells(0) {
		heads, row = append(heads, head), append(row, cell)
	}
	return strings.Join(heads, ",") + "\n" + strings.Join(row, ",") + "\n"
}

// TestOffersAreKept imports offers, again, changed, withdrawn and of a partner with whom
// nothing is planned any more.
func TestOffersAreKept(t *testing.T) {
	f, now := newFixture(t), time.Date(2027, 2, 1, 9, 0, 0, 0, jakarta)
	by := f.employees(1)[0]
	f.takeIn(partnersTable, now)
	take := func(table string, when time.Time, want [4]int) {
		t.Helper()
		kind, r := f.takeIn(table, when)
		if got := [4]int{r.New, r.Changed, r.Unchanged, len(r.Refused)}; kind != "offers" || got != want {
			t.Errorf("%s: new, changed, unchanged, refused %v, want %v: %v", kind, got, want, r.Refused)
		}
	}
	take(offersTable, now, [4]int{3, 0, 0, 0})
	take(offersTable, now, [4]int{0, 0, 3, 0})
	take(strings.Replace(offersTable, "1.250.000", "1.300.000", 1), now, [4]int{0, 1, 2, 0})
	list := func(year int, when time.Time) (titles []string, offers []training.PartnerOffer) {
		f.tx(func(ctx context.Context, tx *Tx) (err error) {
			offers, err = tx.YearOffers(ctx, year, when)
			return err
		})
		for _, o := range offers {
			titles = append(titles, o.Partner.Code+" "+o.Title)
		}
		return titles, offers
	}
	said := func(year int, when time.Time) string { names, _ := list(year, when); return strings.Join(names, ", ") }
	if got := said(2027, now); got != "UNILA Menulis naskah dinas, LAN Menulis naskah dinas, UNILA Komunikasi publik" {
		t.Error(got)
	}
	if got := said(2028, now) + said(2026, now); got != "" {
		t.Error(got)
	}
	if got := said(2027, now.AddDate(0, 2, 0)); got != "LAN Menulis naskah dinas, UNILA Komunikasi publik" {
		t.Errorf("after the first one has begun: %s", got)
	}
	_, offers := list(2027, now)
	first := offers[0]
	if seat, ok := first.Seat(); !ok || seat != 1_300_000 || first.Aim.Name == "" || first.Ends.Sub(first.Starts) != 48*time.Hour {
		t.Errorf("%+v", first)
	}
	if seat, ok := offers[2].Seat(); !ok || seat != 800_000 || !offers[2].Ends.Equal(offers[2].Starts) {
		t.Errorf("%+v", offers[2])
	}
	if _, ok := offers[1].Seat(); ok {
		t.Errorf("%+v", offers[1])
	}
	f.tx(func(ctx context.Context, tx *Tx) error { return tx.WithdrawOffer(ctx, first.ID, by, now) })
	if err := f.try(func(ctx context.Context, tx *Tx) error { return tx.WithdrawOffer(ctx, first.ID, by, now) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("withdrawn twice: %v", err)
	}
	if got := said(2027, now); got != "LAN Menulis naskah dinas, UNILA Komunikasi publik" {
		t.Error(got)
	}
	take(offersTable, now, [4]int{0, 1, 2, 0}) // the withdrawn one comes again
	f.tx(func(ctx context.Context, tx *Tx) error {
		return tx.SetPartnerRemoved(ctx, first.Partner.ID, true, by, now)
	})
	if got := said(2027, now); got != "LAN Menulis naskah dinas" {
		t.Errorf("offers of a partner who was removed: %s", got)
	}
	take(offersTable, now, [4]int{0, 0, 1, 2})
	f.exec(`INSERT INTO unit (code, name) VALUES ('DPT', 'Dinas Pelayanan Terpadu') ON CONFLICT DO NOTHING`)
	plan := oneTraining()
	if _, r := f.takeIn(plan, now); len(r.Refused) != 1 || r.Refused[0].Code != "PARTNER_REMOVED" {
		t.Errorf("a new programme of a partner who was removed: %+v", r)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		return tx.SetPartnerRemoved(ctx, first.Partner.ID, false, by, now)
	})
	if _, r := f.takeIn(plan, now); r.New != 1 {
		t.Errorf("%+v", r)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		return tx.SetPartnerRemoved(ctx, first.Partner.ID, true, by, now)
	})
	if _, r := f.takeIn(plan, now); r.Unchanged != 1 { // what it holds is kept
		t.Errorf("the same file again: %+v", r)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		n, err := tx.Prune(ctx, now.AddDate(3, 0, 0), 100)
		if n < 3 {
			t.Errorf("%d rows went three years later", n)
		}
		return err
	})
	if n := f.count(`SELECT count(*) FROM partner_offer`); n != 0 {
		t.Errorf("%d offers are kept", n)
	}
}

// TestFirstAnnouncementNeedsAnAgreement: while the agreement with the partner of a batch is
// over, nobody is told of the batch for the first time; what goes after a first announcement
// needs none. The last day of an agreement still counts.
func TestFirstAnnouncementNeedsAnAgreement(t *testing.T) {
	o := newMailroom(t, 2)
	batch := o.angkatan(training.InOrder)
	var partner int64
	o.tx(func(ctx context.Context, tx *Tx) error {
		return tx.tx.GetContext(ctx, &partner, `INSERT INTO partner (code, name, kind, agreed_from, agreed_until) VALUES ('UNI', 'Universitas Tirta', 'university', '2026-01-01', '2027-01-12') RETURNING id`)
	})
	o.exec(`UPDATE programme SET partner_id = $1`, partner)
	stopped := func(at time.Time) (yes bool) {
		o.tx(func(ctx context.Context, tx *Tx) error {
			id, err := tx.AddAnnouncement(ctx, announcement.Announcement{Author: o.people[0], Body: "Arsip", Batch: announcement.Carried{ID: batch}, Expires: o.now.AddDate(0, 0, 7)}, o.now)
			if err != nil {
				return err
			}
			a, err := tx.Announcement(ctx, id)
			yes = a.Batch.Unagreed(at)
			if a.Batch.Partner != "Universitas Tirta" {
				t.Errorf("%+v", a.Batch)
			}
			return err
		})
		return yes
	}
	if stopped(o.now) || stopped(o.day(13).Add(-time.Minute)) {
		t.Error("a first announcement is stopped on the last day of the agreement")
	}
	if !stopped(o.day(13)) {
		t.Error("a first announcement goes although the agreement is over")
	}
	o.approve(carrying(batch))
	if stopped(o.day(13)) {
		t.Error("a later announcement is stopped, and people know of the batch already")
	}
	if _, err := o.correct(announcement.Small, 1, "Arsip digital"); err != nil {
		t.Errorf("a correction is stopped: %v", err)
	}
}

// TestAgreementsAreTold plays a year: each of the office hears of an agreement 90, 30 and 7
// days before its end, once; a missed morning is made up for, another end begins anew, and
// nobody hears of a partner who was removed or of an agreement that is over.
func TestAgreementsAreTold(t *testing.T) {
	o := newMailroom(t, 3)
	for _, id := range o.people[:2] {
		o.exec(`INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'hr', now())`, id)
	}
	o.exec(`INSERT INTO partner (code, name, kind, agreed_from, agreed_until, removed_at) VALUES ('A', 'Universitas A', 'university', '2026-01-01', '2027-06-30', NULL),
		('B', 'Universitas B', 'university', '2026-01-01', '2027-06-30', now()), ('C', 'Lembaga C', 'private', NULL, NULL, NULL)`)
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	r := reminder.New(reminder.Config{Courier: o.mailer.Courier, Text: cat, Location: zone})
	run := func(day string) {
		at, err := time.ParseInLocation(time.DateOnly, day, zone)
		if err != nil {
			t.Fatal(err)
		}
		o.tx(func(ctx context.Context, tx *Tx) error {
			_, err := r.Agreements(ctx, tx, at.Add(8*time.Hour+25*time.Minute))
			return err
		})
	}
	keys := func() string {
		return o.text(`SELECT COALESCE(string_agg(split_part(key, ':', 4) || ' ' || n, ', ' ORDER BY split_part(key, ':', 4)::int DESC), '')
			FROM (SELECT regexp_replace(key, ':[0-9]+$', '') AS key, count(*) AS n FROM notice WHERE key LIKE 'agreement:%' GROUP BY 1) k`)
	}
	for _, c := range []struct{ day, want string }{
		{"2027-03-31", ""}, {"2027-04-01", "90 2"}, {"2027-04-02", "90 2"}, {"2027-06-02", "90 2, 30 2"}, // two mornings late
		{"2027-06-23", "90 2, 30 2, 7 2"}, {"2027-06-30", "90 2, 30 2, 7 2"}, {"2027-07-01", "90 2, 30 2, 7 2"},
	} {
		run(c.day)
		if got := keys(); got != c.want {
			t.Errorf("%s: %q, want %q", c.day, got, c.want)
		}
	}
	o.exec(`UPDATE partner SET agreed_until = '2027-07-20' WHERE code = 'A'`)
	run("2027-07-02")
	if got := keys(); !strings.Contains(got, "30 2") || o.count(`SELECT count(*) FROM notice WHERE key LIKE 'agreement:%'`) != 8 {
		t.Errorf("after the end was moved: %q", got)
	}
	if n := o.count(`SELECT count(*) FROM notice WHERE key LIKE 'agreement:%' AND employee_id = $1`, o.people[2]); n != 0 {
		t.Errorf("somebody outside the office was told %d times", n)
	}
}

// TestCoverageIsRecounted compares the coverage of an agency made by chance with a recount in
// plain SQL, and its costs with the tops of what is told.
func TestCoverageIsRecounted(t *testing.T) {
	f := newFixture(t)
	f.registerNeeds(300)
	f.exec(`UPDATE employee e SET unit_id = (SELECT u.id FROM unit u ORDER BY u.id LIMIT 1 OFFSET e.id % 6)`) // of small units nothing is told
	// Everybody leads the next one of the unit: whoever leads knows few by name.
	f.exec(`WITH place AS (SELECT id, unit_id, row_number() OVER (PARTITION BY unit_id ORDER BY id) AS k FROM employee)
		UPDATE employee e SET supervisor_id = b.id FROM place p LEFT JOIN place b ON b.unit_id = p.unit_id AND b.k = p.k - 1 WHERE p.id = e.id`)
	f.playNeeds("Januari")
	f.closePeriod()
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, jakarta)
	f.exec(`INSERT INTO partner (code, name, kind) SELECT 'P' || i, 'Mitra ' || i, 'private' FROM generate_series(1, 6) i;
		INSERT INTO partner_offer (partner_id, title, competency_code, level, days, jp, seats, price, price_of, starts_on, ends_on, first_at, changed_at, withdrawn_at)
		SELECT p.id, 'Judul ' || i, 'M.0' || 1 + i % 8, 1 + i % 5, 2, 16, 10 + i, CASE WHEN i % 3 > 0 THEN 100000 * i END, CASE i % 3 WHEN 1 THEN 'person' WHEN 2 THEN 'class' END,
		       date '2027-01-01' + 5 * i, date '2027-01-02' + 5 * i, now(), now(), CASE WHEN i % 7 = 0 THEN now() END
		FROM generate_series(1, 60) i JOIN partner p ON p.code = 'P' || 1 + i % 6;
		UPDATE partner SET removed_at = now() WHERE code = 'P3'`)
	by := int64(f.count(`SELECT min(id) FROM employee`))
	f.tx(func(ctx context.Context, tx *Tx) error {
		for i := range 8 {
			p, err := tx.AddProgramme(ctx, training.Programme{Code: fmt.Sprint("K-", i), Title: fmt.Sprint("Program ", i), Form: "Bimbingan teknis", JP: 8, WayIn: training.ByNomination, Share: 80,
				Aims: []training.Aim{{Code: fmt.Sprint("M.0", 1+i), Level: 1 + i%4}}}, by, now)
			if err != nil {
				return err
			}
			for k := range 3 {
				first := time.Date(2027, time.Month(2+4*k), 3+i, 8, 0, 0, 0, jakarta)
				if _, err := tx.AddBatch(ctx, training.Batch{Programme: training.Programme{ID: p}, Seats: 5 + i + k, Funding: training.ByOffice, Journey: training.UnitPays,
					Sessions: []training.Session{{N: 1, Starts: first, Ends: first.Add(6 * time.Hour), Place: "Aula"}}}, by, now); err != nil {
					return err
				}
			}
		}
		return nil
	})
	f.exec(`UPDATE batch SET state = 'done', closed_at = now() WHERE starts_at < '2027-03-01'; UPDATE batch SET state = 'cancelled', closed_at = now() WHERE number = 3 AND seats % 4 = 0;
		UPDATE batch SET offer_id = (SELECT min(id) FROM partner_offer WHERE starts_on > '2027-04-01') WHERE id = (SELECT min(id) FROM batch WHERE number = 2)`)
	f.exec(`INSERT INTO plan (employee_id, year, submitted_at) SELECT id, 2027, '2027-01-20' FROM employee WHERE id % 10 > 0`)
	f.exec(`INSERT INTO plan_line (employee_id, year, item, source, competency_code, title, form, state, chosen_at, submitted_at, agreed_at, ended_at, reason, unit_id)
		SELECT e.id, 2027, 'c:' || c.code, 'gap', c.code, c.name, f.form, s.state, '2027-01-19', '2027-01-20', CASE WHEN s.state = 'agreed' THEN timestamptz '2027-01-25' END,
		       CASE WHEN s.state IN ('done', 'dropped') THEN timestamptz '2027-02-02' END, CASE WHEN s.state IN ('done', 'dropped') THEN 'self' ELSE '' END, e.unit_id
		FROM employee e CROSS JOIN (SELECT code, name, row_number() OVER (ORDER BY code) AS n FROM competency WHERE kind <> 'technical') c
		     CROSS JOIN (VALUES (1, 'training'), (2, 'coaching'), (3, 'self')) f (n, form)
		     CROSS JOIN LATERAL (SELECT (ARRAY['submitted', 'agreed', 'done', 'dropped'])[1 + (e.id * 7 + c.n) % 4] AS state) s
		WHERE e.id % 10 > 0 AND (e.id * 3 + c.n * 5 + f.n * 7) % 11 < 4`)
	var market, outward coverage.Book
	f.tx(func(ctx context.Context, tx *Tx) (err error) {
		if market, err = coverage.ReadMarket(ctx, tx, 2027, 0, now); err != nil {
			return err
		}
		outward, err = coverage.ReadOutward(ctx, tx, 2027, now)
		return err
	})
	if len(market.Lines()) < 20 || len(market.Offers) < 20 {
		t.Fatalf("%d lines, %d offers", len(market.Lines()), len(market.Offers))
	}
	const seats = ` FROM batch b JOIN programme_competency a ON a.programme_id = b.programme_id WHERE a.competency_code = $1 AND $2::int IN (0, a.level) AND b.state <> 'cancelled'
		AND b.starts_at >= '2027-01-01' AND b.starts_at < '2028-01-01' AND (b.state = 'done') = $3`
	for _, l := range market.Lines() {
		offered := f.count(`SELECT COALESCE(sum(o.seats), 0) FROM partner_offer o JOIN partner p ON p.id = o.partner_id WHERE o.competency_code = $1 AND $2::int IN (0, o.level)
			AND o.withdrawn_at IS NULL AND p.removed_at IS NULL AND o.starts_on > '2027-03-01' AND o.starts_on < '2028-01-01'
			AND NOT EXISTS (SELECT FROM batch b WHERE b.offer_id = o.id AND b.state <> 'cancelled')`, l.Code, l.Level)
		planned, held := f.count(`SELECT COALESCE(sum(b.seats), 0)`+seats, l.Code, l.Level, false), f.count(`SELECT COALESCE(sum(b.seats), 0)`+seats, l.Code, l.Level, true)
		if l.Offered != offered || l.Planned != planned || l.Held != held {
			t.Errorf("%s level %d: offered %d, planned %d, held %d; SQL counts %d, %d, %d", l.Code, l.Level, l.Offered, l.Planned, l.Held, offered, planned, held)
		}
		if n := f.count(`SELECT COALESCE(sum(affected), 0) FROM need_level WHERE competency_code = $1 AND $2::int IN (0, level)`, l.Code, l.Level); l.Need.N > 0 && (n < l.Need.From || n > l.Need.To) {
			t.Errorf("%s level %d: %d need it, told is %+v", l.Code, l.Level, n, l.Need)
		}
	}
	plan, total, units, exact := outward.Plan(), int64(0), 0, 0
	planned := func(code string, unit int64, form string) int {
		return f.count(`SELECT count(DISTINCT employee_id) FROM plan_line WHERE year = 2027 AND state NOT IN ('chosen', 'dropped') AND competency_code = $1 AND $2::bigint IN (0, unit_id) AND $3 IN ('', form)`, code, unit, form)
	}
	for _, l := range plan.Agency {
		n, trained := planned(l.Code, 0, ""), planned(l.Code, 0, "training")
		if told := l.Plans.People; told.N > 0 && (n < told.From || n > told.To) {
			t.Errorf("%s is planned by %d, told is %+v", l.Code, n, told)
		}
		people := l.Plans.People
		if told, ok := l.Plans.Forms["training"]; ok {
			exact++
			if people = told; told.N != n || trained < told.From || trained > told.To {
				t.Errorf("%s is planned as a training by %d of %d, told is %+v", l.Code, trained, n, told)
			}
		}
		price := f.count(`SELECT COALESCE(max(CASE price_of WHEN 'person' THEN price ELSE (price + seats - 1) / seats END), 0) FROM partner_offer o JOIN partner p ON p.id = o.partner_id
			WHERE competency_code = $1 AND withdrawn_at IS NULL AND removed_at IS NULL AND starts_on > '2027-03-01' AND starts_on < '2028-01-01' AND price IS NOT NULL`, l.Code)
		if l.Told && l.Rupiah != int64(price)*int64(people.To) {
			t.Errorf("%s costs %d, SQL counts %d times %d", l.Code, l.Rupiah, price, people.To)
		}
		total += l.Rupiah
	}
	for _, u := range plan.Units {
		of, told := planned(u.Code, u.Unit, ""), u.People
		if units++; told.N < 9 || told.Exact() || told.To-told.From < 4 || of < told.From || of > told.To {
			t.Errorf("%s plans %s: told is %+v, %d do", u.PlannedUnit.Name, u.Code, told, of)
		}
	}
	if exact < 4 || units < 10 {
		t.Errorf("%d competencies are told by form, %d units: too little is told", exact, units)
	}
	if total != plan.Rupiah || total == 0 || units == 0 {
		t.Errorf("the plan costs %d, its lines %d, with %d units", plan.Rupiah, total, units)
	}
}
