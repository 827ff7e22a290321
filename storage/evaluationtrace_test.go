package storage

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/dialog"
	"bangkom/internal/evaluation"
)

// Nothing that is stored after the close tells who has answered: not what was said to ask
// them, not what of it was taken back, and not when. Somebody answered before the
// invitation went, some between it and the reminder, some after that, and some never did;
// of some Telegram has kept a comment, and some left the form in the middle.
func TestNothingTellsWhoAnswered(t *testing.T) {
	c := newCourses(t, 12)
	send, cat := c.courier()
	c.runner, c.ends = &evaluation.Runner{Courier: send, Text: cat, Location: jakarta}, start // within the hours of messages
	batch := c.batch(1, 1, c.people)
	c.linked(c.people...)
	c.ask(c.ends)
	answers := func(from, to int, at time.Time) {
		for i, p := range c.people[from:to] {
			if err := c.answer(batch, p, says(i), at); err != nil {
				t.Fatal(err)
			}
		}
	}
	answers(0, 3, c.ends.Add(time.Minute)) // their invitations wait
	if n := c.count(`SELECT count(*) FROM notice WHERE reason = 'finished' AND (at <> $1 OR decided_at <> $1)`, c.ends); n != 0 {
		t.Errorf("%d invitations that were taken back say when", n)
	}
	c.deliver(1, c.ends.Add(2*time.Minute))
	answers(3, 6, c.ends.Add(time.Hour))
	c.ask(c.ends.AddDate(0, 0, 1))
	answers(6, 8, c.ends.AddDate(0, 0, 1).Add(time.Minute))
	c.deliver(1, c.ends.AddDate(0, 0, 1).Add(2*time.Minute))
	answers(8, 9, c.ends.AddDate(0, 0, 2))
	c.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, sealed, state, cause)
		VALUES ('kept', $1, 0, 'reply', 'evaluation.card', 0, 'sealed', true, 'failed', $2)`, c.people[4], dialog.CauseKept)
	c.ask(c.ends.AddDate(0, 0, 2))
	c.deliver(1, c.ends.AddDate(0, 0, 2).Add(time.Minute))
	of, _ := c.taskOf(batch, c.people[10])
	c.exec(`UPDATE chat SET active_form = 's.ev', active_ref = $2 WHERE id = $1`, c.people[10], of.ID)
	if n := c.count(`SELECT count(*) FROM notice WHERE task_id IS NOT NULL OR key LIKE 'evaluation-undeleted%'`); n < 12+4+1 {
		t.Fatalf("%d messages were written: the test asks nothing", n)
	}
	if n := len(c.prints(c.people)); n == 1 {
		t.Fatal("before the close everybody looks alike: the test sees nothing")
	}

	c.close(c.ends.AddDate(0, 0, 8))
	if prints := c.prints(c.people); len(prints) > 1 {
		t.Errorf("people can be told apart after the close:\n%s", strings.Join(slices.Sorted(maps.Keys(prints)), "\n"))
	}
	c.ask(c.ends.AddDate(0, 0, 8).Add(time.Minute))
	if n := c.count(`SELECT count(*) FROM notice WHERE task_id IS NOT NULL`); n != 0 {
		t.Errorf("%d people are asked anew", n)
	}
}

// prints are what the database holds of people but for who they are, by what they are in
// it: all rows of all tables that name a person or a chat, without their numbers, with the
// places of the rows in the order of the people.
func (c *courses) prints(people []int64) map[string][]int64 {
	c.t.Helper()
	rows, err := c.owner.Query(`SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
		WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND (column_name IN ('employee_id', 'chat_id') OR table_name = 'chat' AND column_name = 'id') ORDER BY 1, 2`)
	if err != nil {
		c.t.Fatal(err)
	}
	defer rows.Close()
	var queries []string
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			c.t.Fatal(err)
		}
		queries = append(queries, fmt.Sprintf(`SELECT %[1]s AS person, '%[2]s ' || (to_jsonb(x) - '{id,key,outbox_key,employee_id,chat_id,subject_id,task_id,tasks}'::text[])::text AS says FROM %[2]s x`,
			column, table))
	}
	found, err := c.owner.Query(`SELECT p.id, COALESCE(string_agg(x.says, E'\n' ORDER BY x.says), '') FROM unnest($1::bigint[]) AS p (id) LEFT JOIN (`+
		strings.Join(queries, " UNION ALL ")+`) x ON x.person = p.id GROUP BY p.id`, pq.Array(people))
	if err != nil {
		c.t.Fatal(err)
	}
	defer found.Close()
	out := map[string][]int64{}
	for found.Next() {
		var person int64
		var says string
		if err := found.Scan(&person, &says); err != nil {
			c.t.Fatal(err)
		}
		out[says] = append(out[says], person)
	}
	return out
}
