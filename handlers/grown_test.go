package handlers_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"
)

// crowdRows make an agency of 4,000 in the middle of a period: everybody has an account, a task, a
// plan and messages; half have sent, a quarter have begun.
var crowdRows = []string{
	`INSERT INTO unit (code, name) SELECT 'K' || i, 'Unit ' || i FROM generate_series(1, 80) i`,
	`INSERT INTO employee (nip, name, sex, unit_id, class_code)
	 SELECT lpad(i::text, 18, '0'), 'Pegawai ' || i, 1 + i % 2, u.id, 'PELAKSANA' FROM generate_series(1, 4000) i JOIN unit u ON u.code = 'K' || (1 + i % 80)`,
	`UPDATE employee e SET supervisor_id = b.id FROM employee b WHERE b.nip = lpad((1 + substr(e.nip, 9)::int / 10 * 10)::text, 18, '0') AND e.id <> b.id AND e.nip LIKE '00000000%'`,
	// Not reachable: the Telegram of the test does not know them, and menus would go to them.
	`INSERT INTO chat (id, employee_id, linked_at, reachable) SELECT 900000 + id, id, now(), false FROM employee WHERE nip LIKE '00000000%'`,
	`INSERT INTO task (employee_id, kind, subject_id, occasion_id, questionnaire_code, questionnaire_version, opens_at, due_at, state, done_at, ladder_at)
	 SELECT e.id, t.kind, e.id, t.occasion_id, t.questionnaire_code, t.questionnaire_version, t.opens_at, t.due_at, CASE WHEN e.id % 2 = 0 THEN 'done' ELSE 'open' END,
	        CASE WHEN e.id % 2 = 0 THEN now() END, t.ladder_at
	 FROM employee e CROSS JOIN (SELECT * FROM task WHERE kind = 'self_assessment' ORDER BY id LIMIT 1) t WHERE e.nip LIKE '00000000%'`,
	`INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
	 SELECT t.id, 1, t.questionnaire_code, t.questionnaire_version, false, now() FROM task t JOIN employee e ON e.id = t.employee_id WHERE e.nip LIKE '00000000%' AND t.state = 'done'`,
	`INSERT INTO answer (response_id, item_code, value)
	 SELECT r.id, i.item->>'code', '3' FROM response r JOIN task t ON t.id = r.task_id JOIN employee e ON e.id = t.employee_id
	 JOIN questionnaire q ON q.code = r.questionnaire_code AND q.version = r.questionnaire_version CROSS JOIN LATERAL jsonb_array_elements(q.body->'items') AS i(item)
	 WHERE e.nip LIKE '00000000%'`,
	`INSERT INTO draft (chat_id, form, ref, body, touched_at)
	 SELECT 900000 + t.employee_id, 'q', t.id, '{"answered": ["a"]}', now() FROM task t JOIN employee e ON e.id = t.employee_id WHERE e.nip LIKE '00000000%' AND t.state = 'open'`,
	`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state, term, sent_at, message_id)
	 SELECT 'crowd ' || n, 900000 + n % 4000, 0, 'reply', 't', 0, 'm', NULL, 'sent', 1, now(), n FROM generate_series(1, 4 * 4000) n`,
	`INSERT INTO inbox (bot_id, update_id, lane, done_at) SELECT b.bot_id, 5000000 + n, NULL, now() FROM generate_series(1, 4 * 4000) n, (SELECT bot_id FROM inbox LIMIT 1) b`,
	`INSERT INTO notice (key, employee_id, class, kind, task_id, tasks, action, reason, decided_at, at, outbox_key)
	 SELECT 'crowd ' || t.id, t.employee_id, 'service', 'task.snoozed', t.id, ARRAY[t.id], 'send', '', now(), now(), 'crowd ' || t.id FROM task t JOIN employee e ON e.id = t.employee_id WHERE e.nip LIKE '00000000%'`,
}

// What one person does costs rows of that person, of the unit or of what is offered, but never
// all that there are of everybody: also with plans that were made while the agency was small,
// before anybody counted its tables. chat and employee are left out: the menus of all chats
// are compared in rounds, whatever one person does.
func TestCrowdCostsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.pool = 4 })
	owner, err := sql.Open("postgres", w.owner)
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	asOwner := func(q string) {
		t.Helper()
		if _, err := owner.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	w.boss(0)
	commands := []string{"/start", "/menu", "/tugas", "/privasi", "/bantuan", "/pengingat", "/pelatihan", "/rencana", "/asesmen"}
	answers := []string{"3", "3", "3", "3", "3", "3", "3", "3", "3", "Kirim"}
	for _, name := range []string{"Rina", "Wayan", "Sari"} {
		w.linkStraight(w.ids[name], account(name), name)
	}
	for i, name := range []string{"Rina", "Wayan"} { // the first before anything was counted
		for _, command := range commands {
			w.say(account(name), command)
		}
		w.tap(account(name), answers...)
		w.say(account(name), "/asesmen")
		if i == 0 {
			asOwner(`ANALYZE`)
		}
	}
	for _, q := range crowdRows {
		asOwner(q)
	}
	before := w.rowsRead(owner)
	sari := account("Sari")
	for _, command := range commands {
		w.sees(sari, func() error { w.fake.SendText(sari, command); return nil })
	}
	for _, label := range answers {
		w.sees(sari, func() error { _, _, err := w.fake.PressLabel(sari, label); return err })
	}
	w.sees(sari, func() error { w.fake.SendText(sari, "/asesmen"); return nil })
	after := w.rowsRead(owner)
	if after["inbox"] == before["inbox"] || after["draft"] == before["draft"] {
		t.Errorf("nothing was counted: %v, then %v", before, after)
	}
	for _, table := range []string{"inbox", "outbox", "draft", "notice", "task", "response", "answer"} {
		if n := after[table] - before[table]; n > 1500 {
			t.Errorf("what Sari has done reads %d rows of %s, which holds those of 4,000 others", n, table)
		}
	}
}

// sees does something and waits until the person sees what comes of it. It asks nothing of
// the database, whose reading is counted.
func (w *world) sees(who int64, do func() error) {
	w.t.Helper()
	shown := func() string { return strings.Join(w.newBotTexts(who, 0), "\n") }
	before := shown()
	if err := do(); err != nil {
		w.t.Fatalf("%v; on show: %s", err, w.onShow(who))
	}
	if err := w.comes(func() bool { return shown() != before }); err != nil {
		w.t.Fatal(err)
	}
}

// rowsRead is how many rows of each table were ever read. A session tells that when it has
// been idle for ten seconds, and at the end of a transaction if it has not told for one.
func (w *world) rowsRead(owner *sql.DB) map[string]int {
	w.t.Helper()
	time.Sleep(11 * time.Second)
	rows, err := owner.Query(`SELECT relname, seq_tup_read + COALESCE(idx_tup_fetch, 0) FROM pg_stat_user_tables`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var table string
		var n int
		if err := rows.Scan(&table, &n); err != nil {
			w.t.Fatal(err)
		}
		out[table] = n
	}
	if err := rows.Err(); err != nil {
		w.t.Fatal(err)
	}
	return out
}
