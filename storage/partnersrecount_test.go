package storage

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
)

// recountPartners counts the table of partners anew, in plain SQL and from what was shown of
// batches: how many batches and persons, and for each question the mean of the means that are
// shown, weighed by who answered, in steps of a tenth from 20 of them on, else of a fifth or a half. "di bawah
// 2" may be anything from 1 to 2.
const recountPartners = `
	WITH g AS (
		SELECT a.id, a.persons, count(*) AS batches, min(e.partner_id) AS partner FROM atom a JOIN evaluation e ON e.atom_id = a.id
		GROUP BY a.id HAVING count(e.partner_id) = count(*) AND count(DISTINCT e.partner_id) = 1),
	p AS (SELECT partner, sum(batches) AS batches, sum(persons) AS persons FROM g GROUP BY 1),
	c AS (
		SELECT g.partner, substr(s.cell, 1, 2) AS item, sum(s.n) AS n, sum(s.n * CASE WHEN s.text = 'di bawah 2' THEN 1 ELSE replace(s.text, ',', '.')::numeric END) / sum(s.n) AS low,
		       sum(s.n * CASE WHEN s.text = 'di bawah 2' THEN 2 ELSE replace(s.text, ',', '.')::numeric END) / sum(s.n) AS high
		FROM g JOIN shown s ON s.atom_id = g.id WHERE s.cell ~ '^R[1-4].*\|mean$' GROUP BY 1, 2),
	r AS (
		SELECT c.partner, c.item, floor(c.low / t.step + 0.5) * t.step AS low, floor(c.high / t.step + 0.5) * t.step AS high
		FROM c CROSS JOIN LATERAL (SELECT CASE WHEN c.n < 10 THEN 0.5 WHEN c.n < 20 THEN 0.2 ELSE 0.1 END AS step) t)
	SELECT h.name || ': ' || p.batches || ' batches, ' || p.persons || ' persons' || CASE WHEN p.batches >= 3 THEN (
		SELECT string_agg('; ' || CASE WHEN r.low < 2 AND r.high <= 2 THEN 'di bawah 2' WHEN r.low = r.high THEN replace(round(r.low, 1)::text, '.', ',')
		       WHEN r.low < 2 THEN 'paling tinggi ' || replace(round(r.high, 1)::text, '.', ',')
		       ELSE replace(round(r.low, 1)::text, '.', ',') || ' sampai ' || replace(round(r.high, 1)::text, '.', ',') END, '' ORDER BY r.item) FROM r WHERE r.partner = p.partner) ELSE '' END
	FROM p JOIN partner h ON h.id = p.partner ORDER BY h.name`

// The table of partners of 300 people in 120 batches equals a recount in plain SQL. One partner
// has held two batches and is not compared; a group of batches of two partners counts for
// neither.
func TestPartnersAreRecounted(t *testing.T) {
	devdbtest.Long(t, "answers for 120 batches")
	c := &truth{courses: newCourses(t, 300), r: rand.New(rand.NewPCG(21, 9)), asked: map[int64]int{}, said: map[int64]map[int64]disclosure.Answers{},
		of: map[int64]int{}, closed: map[int64]time.Time{}, waiting: map[int][]int64{}}
	c.exec(`INSERT INTO partner (code, name, kind) SELECT 'M' || i, 'Mitra ' || chr(64 + i), 'university' FROM generate_series(1, 4) i`)
	c.exec(`UPDATE programme SET partner_id = nullif((id - 1) % 4, 0)`)
	for n := range 3 {
		if n == 2 { // another partner holds these programmes from now on; what was held stays with the first one
			c.exec(`UPDATE programme SET partner_id = 1 + id % 3 WHERE id % 3 = 0`)
		}
		c.wave(n)
	}
	c.exec(`UPDATE evaluation SET partner_id = 4 WHERE batch_id IN (SELECT min(e.batch_id) FROM evaluation e JOIN atom a ON a.id = e.atom_id AND a.batch_id IS NOT NULL GROUP BY e.programme_id ORDER BY 1 LIMIT 2)`)
	var all []evaluation.Shown
	c.tx(func(ctx context.Context, tx *Tx) (err error) {
		all, err = tx.PublishedResults(ctx, start, start.AddDate(1, 0, 0))
		return err
	})
	all = slices.DeleteFunc(all, func(s evaluation.Shown) bool { return s.Partner == 0 })
	var got []string
	for _, one := range evaluation.ByPartner(c.runner.Text, all) {
		line := fmt.Sprintf("%s: %d batches, %d persons", one.Name, one.Batches, one.Persons)
		for _, column := range evaluation.MeanColumns() {
			if one.Enough() {
				line += "; " + one.Columns[column].Text
			}
		}
		got = append(got, line)
	}
	want := c.texts(recountPartners)
	if !slices.Equal(got, want) {
		t.Errorf("partners:\n%s\na recount gives\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	few := c.count(`SELECT count(*) FROM (SELECT e.partner_id FROM evaluation e WHERE e.atom_id IS NOT NULL GROUP BY 1 HAVING count(*) < 3) x`)
	mixed := c.count(`SELECT count(*) FROM (SELECT atom_id FROM evaluation WHERE atom_id IS NOT NULL GROUP BY 1 HAVING count(DISTINCT COALESCE(partner_id, 0)) > 1) x`)
	if len(want) != 4 || few == 0 || mixed == 0 || c.count(`SELECT count(DISTINCT employee_id) FROM enrolment`) < 250 {
		t.Errorf("%d partners, %d with few batches, %d mixed groups, %d people: too little is proved", len(want), few, mixed, c.count(`SELECT count(DISTINCT employee_id) FROM enrolment`))
	}
}
