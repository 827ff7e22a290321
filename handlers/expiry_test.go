package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// The end of the ratings changes nothing that people see: what was counted as over
// is stored as over. The talk stays possible, and a rating that was sent stays.
func TestRatingsEndWithTheirDeadline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.boss(2)
	sari, rina := w.ids["Sari"], w.ids["Rina"]
	w.exec(`UPDATE task SET state = 'done', done_at = $1 WHERE kind = 'rating' AND subject_id = $2 OR kind = 'self_assessment' AND employee_id = $2`, w.clock.Now(), sari)
	w.exec(`UPDATE task SET state = 'started', started_at = $1 WHERE kind = 'rating' AND subject_id = $2`, w.clock.Now(), rina)
	w.exec(`INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
		SELECT id, 1, questionnaire_code, questionnaire_version, false, done_at FROM task WHERE state = 'done'`)
	w.exec(`INSERT INTO answer (response_id, item_code, value) SELECT r.id, 'M.01', CASE t.kind WHEN 'rating' THEN '4' ELSE '1' END
		FROM response r JOIN task t ON t.id = r.task_id`)
	w.clock.move(29 * 24 * time.Hour)
	states := func() string {
		n := func(state string) int {
			return w.count(`SELECT count(*) FROM task WHERE kind = 'rating' AND employee_id = $1 AND state = $2`, w.ids["Bambang"], state)
		}
		return fmt.Sprintf("open %d, started %d, done %d, expired %d", n("open"), n("started"), n("done"), n("expired"))
	}
	screens := func() (all []string) {
		for _, command := range []string{"/tim", "/ringkasan", "/tugas"} {
			w.say(me, command)
			all = append(all, w.onShow(me))
		}
		for _, member := range []string{"1", "2", "3"} { // rating begun, sent, not begun
			w.say(me, "/tim")
			w.tap(me, member)
			all = append(all, w.onShow(me))
		}
		return all
	}
	if got := states(); got != "open 3, started 1, done 1, expired 0" {
		t.Fatalf("before the job: %s", got)
	}
	before := screens()
	w.runJob("expiries")
	if got := states(); got != "open 0, started 0, done 1, expired 4" {
		t.Errorf("after the job: %s, want one done and four expired", got)
	}
	if diff := gocmp.Diff(before, screens()); diff != "" {
		t.Errorf("people see (-before +after):\n%s", diff)
	}
	w.say(me, "/tim")
	w.tap(me, "2", "Buka perbandingan", "Catat hasil dialog")
	if got := w.onShow(me); strings.Contains(got, "Catat hasil dialog") {
		t.Errorf("the talk does not begin:\n%s", got)
	}
}
