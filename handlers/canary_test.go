package handlers_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/faketelegram"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
	"bangkom/storage"
)

// leaks looks for something in everything that an operator has, and says where it is: the
// files of the tables, the write-ahead log, a dump, the log of the program.
func (w *world) leaks(what *regexp.Regexp) (found []string) {
	w.t.Helper()
	owner, err := sql.Open("postgres", w.owner)
	if err != nil {
		w.t.Fatal(err)
	}
	defer owner.Close()
	if _, err := owner.Exec(`CHECKPOINT`); err != nil {
		w.t.Fatal(err)
	}
	var folder, base string
	if err := owner.QueryRow(`SELECT current_setting('data_directory'), 'base/' || oid FROM pg_database WHERE datname = current_database()`).Scan(&folder, &base); err != nil {
		w.t.Fatal(err)
	}
	for name, part := range map[string]string{"tables": base, "write-ahead log": "pg_wal"} {
		if w.inFiles(filepath.Join(folder, part), what) {
			found = append(found, name)
		}
	}
	if w.inDump(owner, what) {
		found = append(found, "dump")
	}
	if what.MatchString(w.log.String()) {
		found = append(found, "log")
	}
	slices.Sort(found)
	return found
}

// inDump looks through every row of every table, as a dump holds it.
func (w *world) inDump(owner *sql.DB, what *regexp.Regexp) (found bool) {
	w.t.Helper()
	var names []string
	each := func(query string, fn func(text string)) {
		rows, err := owner.Query(query)
		if err != nil {
			w.t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				w.t.Fatal(err)
			}
			fn(text)
		}
	}
	each(`SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`, func(name string) { names = append(names, name) })
	for _, name := range names {
		each(`SELECT t::text FROM `+name+` t`, func(row string) { found = found || what.MatchString(row) })
	}
	return found
}

func (w *world) inFiles(folder string, what *regexp.Regexp) (found bool) {
	w.t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || found {
			return nil // a file that went away meanwhile
		}
		body, err := os.ReadFile(path)
		if err == nil && what.Match(body) {
			found = true
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// keepsLog keeps the write-ahead log from now to the end of the test: without it a checkpoint,
// also one that another test asks for, takes old files of it away, and leaks would say that
// something was never there.
func (w *world) keepsLog() {
	w.t.Helper()
	owner, err := sql.Open("postgres", w.owner)
	if err != nil {
		w.t.Fatal(err)
	}
	slot := "canary_" + strings.ToLower(rand.Text())
	if _, err := owner.Exec(`SELECT pg_create_physical_replication_slot($1, true)`, slot); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		defer owner.Close()
		if _, err := owner.Exec(`SELECT pg_drop_replication_slot($1)`, slot); err != nil {
			w.t.Error(err)
		}
	})
}

// chatHolds tells whether a chat still shows something.
func (w *world) chatHolds(who string, what *regexp.Regexp) bool {
	return slices.ContainsFunc(w.fake.Messages(account(who)), func(m faketelegram.Message) bool { return !m.Deleted && what.MatchString(m.Text) })
}

// The same of a survey without names: its presses stand nowhere but sealed, and after Kirim the
// chat shows none.
func TestCanaryOfASurvey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.keepsLog()
	w.linkStraight(w.ids["Rina"], account("Rina"), "Rina")
	form := questionnaire.Definition{Code: "kenari", Version: 1, Kind: questionnaire.Survey, Title: "Jam Belajar", Minutes: 1, Review: true, Items: []questionnaire.Item{
		{Code: "KAPANKENARI", Title: "Kapan", Type: questionnaire.Pick, Prompt: "Kapan?", Choices: []questionnaire.Choice{{Value: "kenaripagi", Label: "Pagi hari"}, {Value: "kenarisore", Label: "Sore hari"}}},
		{Code: "CARAKENARI", Title: "Cara", Type: questionnaire.Pick, Prompt: "Bagaimana?", Choices: []questionnaire.Choice{{Value: "kelas", Label: "Tatap muka"}, {Value: "mandiri", Label: "Belajar mandiri"}}}}}
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		if err := tx.ImportQuestionnaire(ctx, form, w.clock.Now()); err != nil {
			return err
		}
		_, err := tx.StartSurvey(ctx, survey.Survey{Name: "Jam Belajar", Questionnaire: "kenari", Version: 1, Manner: survey.Anonymous, Owner: w.ids["Rina"], Use: "Menentukan jam.",
			Audience: announcement.Audience{All: true}, Closes: w.clock.Now().AddDate(0, 0, 7), ReportBy: w.clock.Now().AddDate(0, 0, 14)}, w.clock.Now())
		return err
	})
	press := func(label string) {
		_, query, err := w.fake.PressLabel(account("Rina"), label)
		if err != nil {
			t.Fatal(err)
		}
		w.answered(query)
		w.settle()
	}
	// The value and the press of her answer; the questionnaire itself holds all values once.
	pressed := regexp.MustCompile(`1s\.sv:[0-9a-z]+:KAPANKENARI:a:[0-9]|KAPANKENARI\W*kenari(pagi|sore)`)
	hidden := func(when string) {
		t.Helper()
		if found := w.leaks(pressed); len(found) > 0 {
			t.Errorf("%s an answer can be read in: %s", when, strings.Join(found, ", "))
		}
	}
	w.say(account("Rina"), "/tugas")
	w.settle()
	press("Isi survei")
	press("Pagi hari")
	w.say(account("Rina"), "belajar mandiri")
	w.settle()
	hidden("before Kirim")
	if n := w.count(`SELECT count(*) FROM outbox WHERE sealed AND (length <> 0 OR edit_of <> 0 OR method <> 'sealed')`); n != 0 {
		t.Errorf("%d cards tell their length, or how they are sent", n)
	}
	press("Kirim")
	hidden("after Kirim")
	if w.chatHolds("Rina", regexp.MustCompile(`(?i)Pagi hari|belajar mandiri`)) {
		t.Error("the chat still shows an answer after Kirim")
	}
	if n := w.count(`SELECT count(*) FROM outbox WHERE sealed`) + w.count(`SELECT count(*) FROM draft WHERE form = 's.sv'`); n != 0 {
		t.Errorf("%d rows of the draft are left", n)
	}
	w.clock.move(8 * 24 * time.Hour)
	w.runJob("surveys")
	hidden("after the close")
	if n := w.count(`SELECT count(*) FROM staff_survey WHERE closed_at IS NOT NULL`) - w.count(`SELECT count(*) FROM held_answer`); n != 1 {
		t.Fatal("the survey was not closed, or answers are left")
	}
	w.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) VALUES ($1, 'x', 1, '{"KAPANKENARI": "kenaripagi"}', now())`, account("Rina"))
	if found := w.leaks(pressed); !slices.Contains(found, "dump") {
		t.Errorf("what is stored in the open is found in %q only: the search proves nothing", found)
	}
}

// The program "canary" of the rules about answers without a name: words and presses that
// somebody gives are looked for in everything that is stored, while the questions are
// open, after Kirim, and after the close. What is not sealed, such as a word in another
// conversation, the same search finds.
func TestCanary(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.keepsLog()
	others := w.crew("Bambang", 6)
	w.linkStraight(w.ids["Rina"], account("Rina"), "Rina")
	w.clock.move(time.Date(2027, 4, 13, 16, 0, 0, 0, wib).Sub(w.clock.Now()))
	c := w.holdBatch("Kanari", "mengolah data", 1, 0, nil, append(others, w.ids["Rina"]))
	w.runJob("evaluations")
	w.settle()
	word := "kenari" + strings.ToLower(rand.Text())
	canary, press := regexp.MustCompile(word), regexp.MustCompile(`1s\.ev:[0-9a-z]+:R[0-9.]+:a:[0-9]`)
	say := func(lines ...string) {
		for _, line := range lines {
			if label, is := strings.CutPrefix(line, "["); is {
				_, query, err := w.fake.PressLabel(account("Rina"), strings.TrimSuffix(label, "]"))
				if err != nil {
					t.Fatal(err)
				}
				w.answered(query)
			} else {
				w.fake.SendText(account("Rina"), line)
			}
			w.settle()
		}
	}
	say("[Mulai]", "[Sesuai]", "[Baik]", "[Membantu]", "[Tanggap]", "[2]", "[4]", word)
	hidden := func(when string) {
		t.Helper()
		for name, what := range map[string]*regexp.Regexp{"words": canary, "presses": press} {
			if found := w.leaks(what); len(found) > 0 {
				t.Errorf("%s %s can be read in: %s", when, name, strings.Join(found, ", "))
			}
		}
	}
	hidden("before Kirim")
	if n := w.count(`SELECT count(*) FROM outbox WHERE sealed AND (length <> 0 OR edit_of <> 0 OR method <> 'sealed')`); n != 0 {
		t.Errorf("%d cards tell their length, or how they are sent", n)
	}
	say("/privasi", "[Salinan data]")
	for _, m := range w.fake.Messages(account("Rina")) {
		if m.Document != nil && regexp.MustCompile(`sealed:|"isian_belum_terkirim": ?\[|s\.ev`).Match(m.Document.Body) {
			t.Errorf("the own copy holds something of the evaluation: %s", m.Document.Name)
		}
	}
	say("/umpanbalik", "[Kirim]")
	hidden("after Kirim")
	if w.chatHolds("Rina", canary) || w.chatHolds("Rina", regexp.MustCompile(`Materi: |Kesesuaian|Satu hal yang`)) {
		t.Error("the chat still shows an answer after Kirim")
	}
	if n := w.count(`SELECT count(*) FROM outbox WHERE sealed`) + w.count(`SELECT count(*) FROM draft WHERE form = 's.ev'`); n != 0 {
		t.Errorf("%d rows of the draft are left", n)
	}
	w.clock.move(8 * 24 * time.Hour)
	w.runJob("evaluation-close")
	hidden("after the close")
	if n := w.count(`SELECT count(*) FROM evaluation WHERE batch_id = $1 AND state = 'pooled'`, c.batch); n != 1 {
		t.Fatal("the evaluation was not closed")
	}
	// The same search finds what is stored in the open. Three times, because the log is cut into
	// pages and one word may lie on the edge of two.
	plain := "kenari" + strings.ToLower(rand.Text())
	for i := range 3 {
		w.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) VALUES ($1, $3, 1, to_jsonb($2::text), now())`, account("Rina"), plain, fmt.Sprint("x", i))
	}
	if found := w.leaks(regexp.MustCompile(plain)); !slices.Equal(found, []string{"dump", "tables", "write-ahead log"}) {
		t.Errorf("what is stored in the open is found in %q only: the search proves nothing", found)
	}
}
