package command

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What the rules say, once more and without the code of the gate: dates of the
// decree, hours of product.md 2.3. The last is the one that is announced late.
var freeDays = strings.Fields(`2027-01-01 2027-01-05 2027-02-05 2027-02-06 2027-03-08 2027-03-09 2027-03-10 2027-03-11 2027-03-12 2027-03-15
	2027-03-25 2027-03-26 2027-03-28 2027-05-01 2027-05-06 2027-05-17 2027-05-18 2027-05-19 2027-05-20 2027-06-01 2027-06-06
	2027-08-15 2027-08-17 2027-12-24 2027-12-25 2027-12-26 2027-08-19`)

// sentMessage is a message that reached somebody.
type sentMessage struct {
	who, hour int
	unit      string
	class     string
	at        time.Time
}

// recount reads what was sent from the rows and returns the rules that are broken.
func (y *year) recount() (broken []string) {
	counts, examples := map[string]int{}, map[string]string{}
	note := func(what, example string) {
		if counts[what]++; counts[what] == 1 {
			examples[what] = example
		}
	}
	days := map[int]map[string]int{} // by person and day
	for _, m := range y.sentMessages() {
		local := m.at.In(jakarta)
		date, minute := local.Format(time.DateOnly), local.Hour()*60+local.Minute()
		example := fmt.Sprintf("employee %d at %s", m.who, local.Format("Mon 2006-01-02 15:04"))
		if m.class == "service" {
			if minute < 6*60 || minute >= 21*60 {
				note("a service outside the hours", example)
			}
			continue
		}
		if days[m.who] == nil {
			days[m.who] = map[string]int{}
		}
		days[m.who][date]++
		if !mayGo(local, minute, m.hour, m.unit) {
			note("outside the hours", example)
		}
		if slices.Contains(freeDays[:len(freeDays)-1], date) || date == "2027-08-19" || !works(local, m.unit) {
			note("on a free day", example)
		}
	}
	for who, byDay := range days {
		for date, n := range byDay {
			example := fmt.Sprintf("employee %d on %s", who, date)
			if n > 1 {
				note("messages on one day", example)
			}
			week := 0
			for i := range 7 {
				week += byDay[at(date+" 00:00").AddDate(0, 0, -i).Format(time.DateOnly)]
			}
			if week > 3 || week > 2 && !y.deadlineWeek(who, date) {
				note("more in seven days", example+": "+strconv.Itoa(week))
			}
		}
	}
	for what, query := range map[string]string{
		"during leave": `SELECT count(*) FROM sent s JOIN absence a ON a.employee_id = s.employee_id
			AND (s.sent_at AT TIME ZONE 'Asia/Jakarta')::date BETWEEN a.starts_on AND a.ends_on WHERE s.class <> 'service'`,
		"after its end":     `SELECT count(*) FROM sent WHERE sent_at >= expires`,
		"four reminders":    `SELECT count(*) FROM (SELECT task_id FROM every_notice n JOIN outbox o ON o.key = n.outbox_key WHERE o.state = 'sent' AND kind IN ('reminder', 'nudge') AND action IN ('send', 'merge') GROUP BY 1 HAVING count(*) > 3) x`,
		"about a done task": `SELECT count(*) FROM sent s JOIN task t ON t.id = s.task_id WHERE t.done_at < s.sent_at`,
		"nudged within three days": `SELECT count(*) FROM sent a JOIN sent b ON a.task_id = b.task_id AND a.kind = 'nudge' AND b.kind = 'nudge' AND a.id < b.id
			WHERE (b.sent_at AT TIME ZONE 'Asia/Jakarta')::date - (a.sent_at AT TIME ZONE 'Asia/Jakarta')::date < 3`,
		"to nobody": `SELECT count(*) FROM sent s JOIN employee e ON e.id = s.employee_id WHERE e.id % 25 = 24 OR e.id % 50 = 49`,
	} {
		if n := y.count(sentRows + query); n > 0 {
			counts[what] = n
		}
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		line := fmt.Sprintf("%s: %d", what, counts[what])
		if examples[what] != "" {
			line += ", for example " + examples[what]
		}
		broken = append(broken, line)
	}
	return broken
}

const sentRows = `WITH sent AS (
	SELECT n.*, o.sent_at, o.expires_at AS expires FROM every_notice n JOIN outbox o ON o.key = n.outbox_key
	WHERE o.state = 'sent' AND n.action = 'send' AND n.class <> 'list') `

func (y *year) sentMessages() (all []sentMessage) {
	rows, err := y.sql.Query(sentRows + `SELECT s.employee_id, COALESCE(a.hour, 0), u.code, s.class, s.sent_at FROM sent s
		JOIN employee e ON e.id = s.employee_id JOIN unit u ON u.id = e.unit_id LEFT JOIN (SELECT id, (ARRAY[390, 780, 1140])[1 + id / 7 % 3] AS hour
		FROM employee WHERE id % 7 = 0) a ON a.id = e.id`)
	if err != nil {
		y.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var m sentMessage
		if err := rows.Scan(&m.who, &m.hour, &m.unit, &m.class, &m.at); err != nil {
			y.t.Fatal(err)
		}
		all = append(all, m)
	}
	if len(all) == 0 {
		y.t.Fatal("nothing was sent")
	}
	return all
}

// deadlineWeek tells whether a task of the person that was open on the day ends in
// that week, Monday to Sunday.
func (y *year) deadlineWeek(who int, date string) bool {
	return y.count(`SELECT count(*) FROM task WHERE employee_id = $1 AND (done_at IS NULL OR done_at > $2::date) AND opens_at < $2::date + 1
		AND date_trunc('week', (due_at - interval '1 second') AT TIME ZONE 'Asia/Jakarta') = date_trunc('week', $2::timestamp)`, who, date) > 0
}

func works(local time.Time, unit string) bool {
	switch local.Weekday() {
	case time.Saturday:
		return unit == "u8" || unit == "u9" || unit == "u10"
	case time.Sunday:
		return unit == "u9" || unit == "u10"
	}
	return true
}

// mayGo is the table of hours. A setting of the own hour may have been lost by a
// mute, which keeps it: the test's people never change it.
func mayGo(local time.Time, minute, own int, unit string) bool {
	if own != 0 {
		return minute >= own && minute < own+60
	}
	if unit == "u10" {
		return minute >= 6*60 && minute < 20*60
	}
	date := local.Format(time.DateOnly)
	from, noon, after, to := 7*60+45, 11*60+30, 13*60+15, 15*60+45
	switch local.Weekday() {
	case time.Monday:
		from = 8*60 + 30
	case time.Friday:
		after = 13*60 + 30
	case time.Saturday, time.Sunday:
		after, to = 0, 0
	}
	for _, ceremony := range []string{"05-02", "05-20", "10-01", "10-28", "11-10", "11-29"} {
		if date[5:] == ceremony {
			from = max(from, 8*60+30)
		}
	}
	if date >= "2027-02-08" && date <= "2027-03-09" {
		from, to = max(from, 8*60+15), min(to, 14*60+30)
		if d := local.Weekday(); d != time.Friday && d != time.Saturday && d != time.Sunday {
			return minute >= from && minute < to
		}
	}
	return minute >= from && minute < noon || minute >= after && minute < to
}
