package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"bangkom/internal/followup"
	"bangkom/storage"
)

// followedUp holds a course that somebody has attended, and opens what is asked about its use:
// of that person, and of the superior. Nobody is written to: the errand goes to it by itself.
func (t *trip) followedUp(person, superior int64) {
	name := strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(t.number()))
	c := t.holdBatch("Kursus "+name, "mengolah data", 1, 0, nil, []int64{person})
	ctx, now, reason := context.Background(), t.clock.Now(), followup.IsAsked
	if superior == 0 {
		reason = followup.Nobody
	}
	err := t.db.InTx(ctx, func(tx *storage.Tx) error {
		all, err := tx.BatchesEnded(ctx, now.AddDate(0, 0, -1), now)
		if err != nil {
			return err
		}
		for _, b := range all {
			if b.Batch != c.batch {
				continue
			}
			return tx.OpenFollowUps(ctx, []followup.Opening{{Due: followup.Due{Ended: b, Day: 30, Opens: now, Closes: now.AddDate(0, 0, 14)},
				Pairs: []followup.Pair{{Person: person, Superior: superior, Other: reason}}}})
		}
		return fmt.Errorf("batch %d has not ended", c.batch)
	})
	if err != nil {
		t.t.Error(err)
	}
}

// followUpErrands come to the conversations about the use of trainings.
func followUpErrands() []*errand {
	answers := func(t *trip, r *rand.Rand, labels ...string) {
		t.say("/umpanbalik")
		t.press(t.first("Isi 1", "Isi 2", "Isi 3"))
		for _, label := range labels {
			if t.sees(label) {
				t.press(label)
			}
		}
		if t.sees("Kirim") && r.IntN(2) == 0 {
			t.press("Kirim")
		}
	}
	return []*errand{
		{name: "use of a training", who: anybody, run: func(t *trip, r *rand.Rand) {
			var superior int64
			t.scan(&superior, `SELECT COALESCE(supervisor_id, 0) FROM employee WHERE id = $1`, t.a.person.id)
			t.followedUp(t.a.person.id, superior)
			answers(t, r, "3", "Sering", "Sarana")
		}},
		{name: "use of a training by the team", who: leads, run: func(t *trip, r *rand.Rand) {
			var one int64
			t.scan(&one, `SELECT COALESCE(max(id), 0) FROM employee WHERE supervisor_id = $1 AND active`, t.a.person.id)
			if t.ok = one != 0; !t.ok {
				return
			}
			t.followedUp(one, t.a.person.id)
			answers(t, r, "4", "Satu kali")
		}},
	}
}
