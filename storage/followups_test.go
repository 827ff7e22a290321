package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/followup"
	"bangkom/internal/questionnaire"
	"bangkom/internal/summary"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// used is a database of trainings of sixteen hours, with people who have accounts and are led
// by the first of them.
type used struct {
	*courses
	follow *followup.Runner
	boss   int64
}

func newUsed(t *testing.T, people int) *used {
	c := newCourses(t, people)
	u := &used{courses: c, boss: c.people[0], follow: testFollower(t)}
	u.exec(`UPDATE programme SET jp = 16`)
	u.exec(`UPDATE employee SET supervisor_id = $1 WHERE id <> $1`, u.boss)
	u.exec(`INSERT INTO chat (id, employee_id, linked_at) SELECT 1000000 + id, id, now() FROM employee`)
	return u
}

func testFollower(t testing.TB) *followup.Runner {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	render := func(chat int64, r dialog.Reply) (dialog.Outgoing, error) {
		return dialog.Outgoing{ChatID: chat, Class: r.Class, Template: r.Template, Method: "sendMessage", Params: map[string]string{"text": r.Text}}, nil
	}
	return &followup.Runner{Courier: courier.New(courier.Config{Text: cat, Render: render, Location: time.UTC}), Writer: followup.Writer{Text: cat, Location: time.UTC}, Rules: followup.DefaultRules()}
}

func (u *used) run(now time.Time) {
	u.t.Helper()
	u.tx(func(ctx context.Context, tx *Tx) error {
		tally, err := u.follow.Run(ctx, tx, now)
		if err == nil && tally.Failed > 0 {
			err = errors.New("a part of the job failed")
		}
		return err
	})
}

// day is a moment of the day that lies so many days after the end of the batches, at nine.
func (u *used) day(n int) time.Time {
	return time.Date(u.ends.Year(), u.ends.Month(), u.ends.Day()+n, 9, 0, 0, 0, time.UTC)
}

// tasksOf are the tasks about somebody that are not of an earlier follow-up: of the own side, or
// of the superior's.
func (u *used) taskAbout(subject int64, superior bool) (of task.Task) {
	u.t.Helper()
	kind := isFollowUp("t")
	if superior {
		kind = isSuperiorFollowUp("t")
	}
	u.tx(func(ctx context.Context, tx *Tx) error {
		var row struct {
			ID    int64 `db:"id"`
			Owner int64 `db:"employee_id"`
		}
		err := tx.one(ctx, &row, `SELECT t.id, t.employee_id FROM task t WHERE t.subject_id = $1 AND `+kind+` ORDER BY t.id DESC LIMIT 1`, subject)
		if err != nil {
			return err
		}
		of, err = tx.Task(ctx, row.ID, row.Owner)
		return err
	})
	return of
}

// says sends one side.
func (u *used) says(subject int64, superior bool, level string, now time.Time) error {
	u.t.Helper()
	answers := questionnaire.Answers{followup.Ability: level, followup.Frequency: "sering", followup.Help: "sarana", followup.Line: "catatan " + level}
	if superior {
		answers = questionnaire.Answers{followup.Seen: level, followup.Given: "sekali"}
	}
	of := u.taskAbout(subject, superior)
	return u.try(func(ctx context.Context, tx *Tx) error {
		_, err := tx.SendFollowUp(ctx, of, answers, now)
		return err
	})
}

// sees is what a viewer gets of the pair of a subject, as JSON; "" = nothing.
func (u *used) sees(viewer, subject int64, now time.Time) (out string) {
	u.t.Helper()
	of := u.taskAbout(subject, false)
	err := u.try(func(ctx context.Context, tx *Tx) error {
		b, err := tx.FollowUpPair(ctx, of.ID, viewer, now)
		if err != nil {
			return err
		}
		raw, err := json.Marshal([]any{b.Self, b.Rated})
		out = string(raw)
		return err
	})
	if err != nil && !errors.Is(err, ErrNotFound) {
		u.t.Fatal(err)
	}
	return out
}

// Until the fourteenth day both sides can answer; then a side alone is never shown, and each
// pair has how it ended.
func TestFollowUpCloses(t *testing.T) {
	u := newUsed(t, 6)
	both, alone, other, none := u.people[1], u.people[2], u.people[3], u.people[4]
	u.batch(1, 1, []int64{both, alone, other, none})
	u.run(u.day(29))
	if n := u.count(`SELECT count(*) FROM follow_up`); n != 0 {
		t.Fatalf("%d follow-ups opened a day early", n)
	}
	u.run(u.day(30))
	u.run(u.day(30))
	if n := u.count(`SELECT count(*) FROM task WHERE kind IN ('follow_up', 'follow_up_superior')`); n != 8 {
		t.Fatalf("%d tasks, want those of four people and their superior", n)
	}
	last := u.day(44).Add(14*time.Hour + 59*time.Minute)
	for _, one := range []error{u.says(both, false, "2", u.day(31)), u.says(both, true, "4", last), u.says(alone, false, "1", last), u.says(other, true, "5", last)} {
		if one != nil {
			t.Fatal(one)
		}
	}
	if err := u.says(both, false, "3", last); !errors.Is(err, ErrNotFound) {
		t.Errorf("what was sent can be changed: %v", err)
	}
	if err := u.says(none, false, "3", last.Add(time.Minute)); !errors.Is(err, ErrNotFound) {
		t.Errorf("after the close an answer is taken: %v", err)
	}
	u.run(u.day(45))
	got := u.text(`SELECT string_agg(subject_id - (SELECT min(subject_id) FROM follow_up_pair) || ' ' || ended, ', ' ORDER BY subject_id) FROM follow_up_pair`)
	if want := "0 complete, 1 other_missing, 2 own_missing, 3 both_missing"; got != want {
		t.Errorf("pairs ended as %q, want %q", got, want)
	}
	if n := u.count(`SELECT count(*) FROM task WHERE kind LIKE 'follow_up%' AND state IN ('open', 'started')`); n != 0 {
		t.Errorf("%d tasks are open after the close", n)
	}
	for _, subject := range []int64{alone, other, none} {
		if seen := u.sees(u.boss, subject, u.day(60)); seen != "" {
			t.Errorf("a lone side is shown to the superior: %s", seen)
		}
	}
	if seen := u.sees(alone, alone, u.day(60)); !strings.Contains(seen, "catatan 1") || !strings.Contains(seen, "null") {
		t.Errorf("who answered alone sees %s", seen)
	}
	if n := u.count(`SELECT count(*) FROM follow_up_group`); n != 0 {
		t.Error("something is shown of three persons")
	}
}

// Who has not answered gets one reminder after a week, and no other message.
func TestFollowUpRemindsOnce(t *testing.T) {
	u := newUsed(t, 4)
	u.batch(1, 1, []int64{u.people[1], u.people[2]})
	for day := 30; day <= 44; day++ {
		u.run(u.day(day))
		if day == 31 {
			if err := u.says(u.people[1], false, "3", u.day(31)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for kind, want := range map[string]int{"follow_up": 3, "follow_up_reminder": 2} { // two people and the superior; one has answered
		if n := u.count(`SELECT count(*) FROM notice WHERE kind = $1`, kind); n != want {
			t.Errorf("%d messages of the kind %s, want %d", n, kind, want)
		}
	}
	if first := u.text(`SELECT min(decided_at)::date::text FROM notice WHERE kind = 'follow_up_reminder'`); first != u.day(37).Format(time.DateOnly) {
		t.Errorf("the reminder goes on %s", first)
	}
}

// The same world is played twice with other answers: until both sides are sent nobody but
// their author gets anything that differs, in whatever way; and afterwards only the two of
// them, the superior of that day without what was not given.
func TestFollowUpIsBlind(t *testing.T) {
	play := func(t *testing.T, own, superior string, superiorFirst bool) (before, after map[string]string) {
		u := newUsed(t, 8)
		subject, colleague, office, officer, head := u.people[1], u.people[2], u.people[3], u.people[4], u.people[5]
		for who, role := range map[int64]string{office: "hr", officer: "officer", head: "head"} {
			u.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) VALUES ($1, $2, CASE WHEN $2 = 'officer' THEN (SELECT unit_id FROM employee WHERE id = $1) END, $3)`, who, role, start)
		}
		u.batch(1, 1, []int64{subject, colleague})
		u.run(u.day(30))
		view := func() map[string]string {
			out := map[string]string{}
			for name, viewer := range map[string]int64{"self": subject, "superior": u.boss, "colleague": colleague, "office": office, "officer": officer, "head": head} {
				seen := u.sees(viewer, subject, u.day(33))
				u.tx(func(ctx context.Context, tx *Tx) error {
					rated, err := tx.RatedFollowUps(ctx, viewer, 0, u.day(33))
					if err != nil {
						return err
					}
					mine, err := tx.MyFollowUps(ctx, viewer, u.day(33))
					if err != nil {
						return err
					}
					groups, err := tx.FollowUpGroups(ctx, start, u.day(400), []int64{viewer})
					if err != nil {
						return err
					}
					copied, err := tx.CopyFollowUps(ctx, 1000000+viewer)
					if err != nil {
						return err
					}
					raw, err := json.Marshal([]any{rated, mine, groups, copied})
					out[name] = seen + string(raw)
					return err
				})
			}
			return out
		}
		say := func(bySuperior bool, at time.Time) {
			level := map[bool]string{false: own, true: superior}[bySuperior]
			if err := u.says(subject, bySuperior, level, at); err != nil {
				t.Fatal(err)
			}
		}
		say(superiorFirst, u.day(31))
		before = view()
		say(!superiorFirst, u.day(32))
		return before, view()
	}
	var before, after, before2, after2, early, early2 map[string]string
	t.Run("worlds", func(t *testing.T) { // it ends when all have been played
		t.Run("one", func(t *testing.T) { before, after = play(t, "2", "4", false) })
		t.Run("other", func(t *testing.T) { before2, after2 = play(t, "5", "1", false) })
		t.Run("one, the superior first", func(t *testing.T) { early, _ = play(t, "2", "4", true) })
		t.Run("other, the superior first", func(t *testing.T) { early2, _ = play(t, "5", "1", true) })
	})
	for _, name := range []string{"self", "colleague", "office", "officer", "head"} {
		if early[name] != early2[name] {
			t.Errorf("the superior has sent and the %s sees a difference:\n%s\n%s", name, early[name], early2[name])
		}
	}
	others := []string{"colleague", "office", "officer", "head"}
	for _, name := range append([]string{"superior"}, others...) {
		if before[name] != before2[name] {
			t.Errorf("before both are sent the %s sees a difference:\n%s\n%s", name, before[name], before2[name])
		}
	}
	if before["self"] == before2["self"] {
		t.Error("the probe finds nothing: the own side differs")
	}
	for _, name := range others {
		if after[name] != after2[name] {
			t.Errorf("after both are sent the %s sees a difference", name)
		}
	}
	if !strings.Contains(after["superior"], `{"K":"2"}`) || strings.Contains(after["superior"], "catatan") || strings.Contains(after["superior"], "sering") {
		t.Errorf("the superior sees %s", after["superior"])
	}
	if !strings.Contains(after["self"], `"A":"4"`) {
		t.Errorf("the participant sees %s", after["self"])
	}
}

// A later superior sees no earlier pair, and the earlier one sees it no more; who was superior on
// the day may still answer. What is given to the superior is given to that one.
func TestFollowUpOfAnotherSuperior(t *testing.T) {
	u := newUsed(t, 6)
	subject, later := u.people[1], u.people[5]
	u.batch(1, 1, []int64{subject, u.people[2]})
	u.run(u.day(30))
	share := func(now time.Time) error {
		of := u.taskAbout(subject, false)
		return u.try(func(ctx context.Context, tx *Tx) error {
			_, err := tx.ShareFollowUp(ctx, of.ID, subject, now)
			return err
		})
	}
	if err := u.says(subject, false, "2", u.day(31)); err != nil {
		t.Fatal(err)
	}
	if err := share(u.day(31)); !errors.Is(err, ErrNotFound) {
		t.Errorf("it is given before the superior has answered: %v", err)
	}
	u.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, later, subject)
	if err := u.says(subject, true, "4", u.day(32)); err != nil {
		t.Errorf("the superior of that day cannot answer: %v", err)
	}
	for _, viewer := range []int64{later, u.boss} {
		if seen := u.sees(viewer, subject, u.day(33)); seen != "" {
			t.Errorf("superior %d sees %s", viewer, seen)
		}
	}
	if err := share(u.day(33)); !errors.Is(err, ErrNotFound) {
		t.Errorf("it is given to somebody who is not the superior any more: %v", err)
	}
	u.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, u.boss, subject)
	if err := share(u.day(33)); err != nil {
		t.Fatal(err)
	}
	if seen := u.sees(u.boss, subject, u.day(33)); !strings.Contains(seen, "catatan 2") {
		t.Errorf("what was given is not there: %s", seen)
	}
	if n := u.count(`SELECT count(*) FROM audit WHERE actor = $1 AND employee_id = $2 AND action = 'answers.compared'`, u.boss, subject); n != 1 {
		t.Errorf("%d openings are recorded, want 1", n)
	}
}

// Groups of fewer than five wait for others of their programme and day; a reader who sees some by
// name gets nothing of a group that is small without them.
func TestFollowUpGroups(t *testing.T) {
	u := newUsed(t, 40)
	u.batch(1, 1, u.people[1:5])
	u.batch(1, 2, u.people[5:8])
	u.batch(2, 1, u.people[10:30])
	u.run(u.day(30))
	for i, p := range u.people[1:30] {
		if i >= 7 && i < 9 {
			continue
		}
		if err := u.says(p, false, fmt.Sprint(1+i%5), u.day(31)); err != nil {
			t.Fatal(err)
		}
	}
	u.run(u.day(45))
	read := func(reader int64) (out string) {
		u.tx(func(ctx context.Context, tx *Tx) error {
			all, err := tx.FollowUpGroups(ctx, start, u.day(400), []int64{reader})
			for _, g := range all {
				out += fmt.Sprintf("%s %d of %d with %d cells; ", g.Title, g.Persons, len(g.Batches), len(g.Cells))
			}
			return err
		})
		return out
	}
	if got, want := read(u.people[39]), "Program 1 7 of 2 with 1 cells; Program 2 20 of 1 with 8 cells; "; got != want {
		t.Errorf("groups: %q, want %q", got, want)
	}
	if got, want := read(u.people[12]), "Program 1 7 of 2 with 1 cells; Program 2 20 of 1 with 8 cells; "; got != want {
		t.Errorf("who is one of twenty reads %q, want %q", got, want)
	}
	if got := read(u.boss); got != "" {
		t.Errorf("who was the superior of all reads %q", got)
	}
	before := u.text(`SELECT string_agg(group_id || cell || n || text, ',' ORDER BY group_id, cell) FROM follow_up_cell`)
	u.exec(`UPDATE attendance SET present = false`)
	u.run(u.day(46))
	if after := u.text(`SELECT string_agg(group_id || cell || n || text, ',' ORDER BY group_id, cell) FROM follow_up_cell`); after != before {
		t.Error("what was shown has moved")
	}
}

// After two years the answers with names go, and the tasks, answered or not; what was counted
// stays, with whose pairs they are. After five years all of it goes.
func TestFollowUpRetention(t *testing.T) {
	devdbtest.Long(t, "five years pass")
	u := newUsed(t, 12)
	u.batch(1, 1, u.people[1:9])
	u.batch(2, 1, u.people[9:11]) // too few for a group
	u.run(u.day(30))
	for _, p := range u.people[1:7] { // two of the first batch do not answer
		if err := u.says(p, false, "3", u.day(31)); err != nil {
			t.Fatal(err)
		}
	}
	u.run(u.day(45))
	const left = `SELECT concat_ws(', ', (SELECT count(*) FROM response) + (SELECT count(*) FROM answer), (SELECT count(*) FROM task), (SELECT count(*) FROM follow_up_pair),
		(SELECT count(*) FROM follow_up_pair WHERE own || other || ended <> ''), (SELECT count(*) FROM follow_up_cell), (SELECT count(*) FROM follow_up), (SELECT count(*) FROM occasion WHERE kind <> 'batch'))`
	u.exec(`DELETE FROM notice`) // these go after 90 days
	full := u.text(left)
	for _, tt := range []struct {
		age  string
		want string // answers, tasks, pairs, of them with a reason or an ending, cells, follow-ups, their occasions
	}{{"23 months", full}, {"25 months", "0, 0, 10, 0, 1, 2, 2"}, {"59 months", "0, 0, 10, 0, 1, 2, 2"}, {"61 months", "0, 0, 0, 0, 0, 0, 0"}} {
		u.exec(`UPDATE follow_up SET closed_at = clock_timestamp() - $1::interval`, tt.age)
		u.exec(`UPDATE follow_up_group SET at = clock_timestamp() - $1::interval`, tt.age)
		for range 3 { // ten rows of each sort at a time
			u.tx(func(ctx context.Context, tx *Tx) error {
				_, err := tx.Prune(ctx, u.day(45), 10)
				return err
			})
		}
		if got := u.text(left); got != tt.want {
			t.Errorf("after %s there is %q, want %q", tt.age, got, tt.want)
		}
	}
	if strings.HasPrefix(full, "0,") {
		t.Errorf("there was nothing to keep: %s", full)
	}
}

// What is asked of superiors stands in their facts until it is sent or closed; the groups of a
// week are for the personnel office, those of the month before for the agency's head.
func TestFollowUpsInFacts(t *testing.T) {
	u := newUsed(t, 20)
	u.batch(1, 1, u.people[1:11])
	u.run(u.day(30))
	facts := func(now time.Time) (of summary.FollowUps) {
		u.tx(func(ctx context.Context, tx *Tx) error {
			out := map[int64]*summary.Facts{u.boss: {}}
			err := tx.teamFollowUps(ctx, pq.Array([]int64{u.boss}), now, out)
			of = out[u.boss].Follow
			return err
		})
		return of
	}
	if got := facts(u.day(31)); got.N != 10 || got.Until.IsZero() {
		t.Errorf("the superior is told of %+v, want ten people", got)
	}
	for _, p := range u.people[1:11] {
		for _, superior := range []bool{false, true} {
			if err := u.says(p, superior, "3", u.day(31)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := facts(u.day(32)); got.N != 0 {
		t.Errorf("all is sent and the superior is told of %+v", got)
	}
	u.run(u.day(45))
	office := func(now time.Time) (o summary.Office) {
		u.tx(func(ctx context.Context, tx *Tx) (err error) {
			o, err = tx.Office(ctx, now)
			return err
		})
		return o
	}
	next := u.day(45).AddDate(0, 1, 1-u.day(45).Day())
	for _, tt := range []struct {
		now           time.Time
		week, earlier int
	}{{u.day(44), 0, 0}, {u.day(46), 1, 0}, {u.day(46).AddDate(0, 0, 7), 0, 1}, {next.AddDate(0, 1, 0), 0, 0}} {
		if o := office(tt.now); len(o.Used) != tt.week || len(o.UsedBefore) != tt.earlier {
			t.Errorf("at %s %d groups of the week and %d of the month before, want %d and %d", tt.now, len(o.Used), len(o.UsedBefore), tt.week, tt.earlier)
		}
	}
}

// A year of trainings, in which people go on leave, retire, move and forget: each pair that was
// asked ends complete or with its reason, and nobody is asked about more people in a month, or
// gets more messages, than the rules allow.
func TestFollowUpYear(t *testing.T) {
	devdbtest.Long(t, "a year of trainings is played")
	u := newUsed(t, 120)
	chance := rand.New(rand.NewPCG(20, 27))
	bosses := u.people[:4]
	for i, p := range u.people[4:] {
		u.exec(`UPDATE employee SET supervisor_id = nullif($1::bigint, 0) WHERE id = $2`, []int64{bosses[0], bosses[0], bosses[1], bosses[2], bosses[3], 0}[i%6], p)
	}
	first := u.ends
	for week := range 24 {
		u.ends = first.AddDate(0, 0, 7*week)
		var present []int64
		for _, i := range chance.Perm(116)[:20] {
			present = append(present, u.people[4+i])
		}
		u.batch(1+week%3, 1+week/3, present)
	}
	u.ends = first
	for day := 1; day < 170+120; day++ {
		now := u.day(day)
		who := u.people[4+chance.IntN(116)]
		switch chance.IntN(12) {
		case 0:
			u.exec(`INSERT INTO absence (employee_id, starts_on, ends_on, kind) VALUES ($1, $2, $3, 'leave') ON CONFLICT DO NOTHING`, who, now, now.AddDate(0, 0, 5+chance.IntN(30)))
		case 1:
			u.exec(`UPDATE employee SET active = false WHERE id = $1`, who)
		case 2:
			u.exec(`UPDATE employee SET supervisor_id = $2 WHERE id = $1`, who, bosses[chance.IntN(4)])
		case 3:
			u.exec(`DELETE FROM chat WHERE employee_id = $1`, who)
		}
		u.run(now)
		u.answerSome(chance, now)
	}
	if n := u.count(`SELECT count(*) FROM follow_up`); n != 48 {
		t.Errorf("%d follow-ups of 24 batches, want 48", n)
	}
	if n := u.count(`SELECT count(*) FROM follow_up_pair WHERE ended = '' OR ended = 'not_asked' AND own = '' OR ended = 'other_missing' AND other = '' AND NOT EXISTS (
		SELECT FROM task t WHERE t.occasion_id = follow_up_id AND t.subject_id = follow_up_pair.subject_id AND t.kind = 'follow_up_superior' AND t.state = 'expired')`); n != 0 {
		t.Errorf("%d pairs have neither an end nor a reason", n)
	}
	if most := u.count(`SELECT max(n) FROM (SELECT count(*) AS n FROM follow_up_pair p JOIN follow_up f ON f.id = p.follow_up_id WHERE p.other = '' GROUP BY p.superior_id, date_trunc('month', f.opens_at)) x`); most > 10 {
		t.Errorf("a superior was asked about %d people in a month", most)
	}
	if most := u.count(`SELECT max(n) FROM (SELECT count(*) AS n FROM notice WHERE action = 'send' GROUP BY employee_id, at::date) x`); most > 1 {
		t.Errorf("somebody got %d messages in a day", most)
	}
	for _, reason := range []string{"complete", "own_missing", "other_missing", "both_missing", "not_asked", "drawn", "left", "leave", "unlinked", "none"} {
		if u.count(`SELECT count(*) FROM follow_up_pair WHERE $1 IN (ended, other, own)`, reason) == 0 {
			t.Errorf("the year has shown no pair with %q", reason)
		}
	}
	t.Log(u.text(`SELECT string_agg(x, ', ') FROM (SELECT ended || ' ' || own || '/' || other || ': ' || count(*) AS x FROM follow_up_pair GROUP BY ended, own, other ORDER BY 1) y`))
}

// answerSome lets some of those who are asked answer.
func (u *used) answerSome(chance *rand.Rand, now time.Time) {
	u.t.Helper()
	rows, err := u.owner.Query(`SELECT t.subject_id, t.kind = 'follow_up_superior' FROM task t JOIN follow_up f ON f.id = t.occasion_id
		JOIN employee e ON e.id = t.employee_id AND e.active WHERE t.state = 'open' AND f.closes_at > $1 AND f.closed_at IS NULL ORDER BY t.id`, now)
	if err != nil {
		u.t.Fatal(err)
	}
	defer rows.Close()
	type side struct {
		subject  int64
		superior bool
	}
	var sides []side
	for rows.Next() {
		var s side
		if err := rows.Scan(&s.subject, &s.superior); err != nil {
			u.t.Fatal(err)
		}
		sides = append(sides, s)
	}
	for _, s := range sides {
		if chance.IntN(12) == 0 {
			if err := u.says(s.subject, s.superior, fmt.Sprint(1+chance.IntN(5)), now.Add(time.Hour)); err != nil && !errors.Is(err, ErrNotFound) {
				u.t.Fatal(err)
			}
		}
	}
}

// What is stored for follow-ups finds what it refers to by indexes, also on the connections of
// long work, where a small table would be read from end to end for each row.
func TestFollowUpsReferByIndexes(t *testing.T) {
	devdbtest.Long(t, "the plans of all references are looked at")
	u := newUsed(t, 40)
	for i := range 4 {
		u.batch(i+1, 1, u.people[1+9*i:10+9*i])
	}
	u.exec(`ANALYZE`)
	now := u.day(30)
	if err := u.InLongTx(t.Context(), func(tx *Tx) error {
		ended, err := tx.BatchesEnded(t.Context(), now.AddDate(0, 0, -40), now)
		if err != nil {
			return err
		}
		var due []followup.Due
		var batches []int64
		for _, e := range ended {
			due, batches = append(due, followup.Due{Ended: e, Day: 30, Opens: now, Closes: now.AddDate(0, 0, 14)}), append(batches, e.Batch)
		}
		people, err := tx.AttendedOf(t.Context(), batches, now)
		if err != nil {
			return err
		}
		before := u.scanned(tx)
		err = tx.OpenFollowUps(t.Context(), followup.DefaultRules().Plan(due, people, nil))
		if got := u.scanned(tx) - before; err == nil && (len(people) != 36 || got > 0) {
			t.Errorf("%d people: %d rows of small tables were read from end to end", len(people), got)
		}
		if err == nil && u.planned(tx) != "on" {
			t.Error("the rest of the transaction is planned by indexes too")
		}
		return cmp.Or(err, errBack)
	}); !errors.Is(err, errBack) {
		t.Fatal(err)
	}
}

// scanned is how many rows the transaction has read of the tables to which follow-ups refer,
// by reading them from end to end.
func (u *used) scanned(tx *Tx) (n int) {
	u.t.Helper()
	if err := tx.tx.GetContext(u.t.Context(), &n, `SELECT COALESCE(sum(seq_tup_read), 0) FROM pg_stat_xact_user_tables WHERE relname IN ('occasion', 'follow_up', 'employee')`); err != nil {
		u.t.Fatal(err)
	}
	return n
}

func (u *used) planned(tx *Tx) (setting string) {
	u.t.Helper()
	if err := tx.tx.GetContext(u.t.Context(), &setting, `SHOW enable_seqscan`); err != nil {
		u.t.Fatal(err)
	}
	return setting
}
