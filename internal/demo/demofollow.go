package demo

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/followup"
	"bangkom/internal/outreach"
	"bangkom/internal/questionnaire"
	"bangkom/internal/training"
	"bangkom/storage"
)

// fillFollowed plays the follow-ups of the batch that was held the year before, to their
// close, so that the personnel office reads groups from the first minute on. Who answered
// then had an account then.
func fillFollowed(ctx context.Context, tx *storage.Tx, people []demoPerson, ids []int64, batch int64) error {
	b, err := tx.Batch(ctx, batch)
	if err != nil {
		return err
	}
	rules := followup.DefaultRules()
	c := outreach.NewCalendar(outreach.ShippedFacts(b.Ends().Location(), nil), outreach.DefaultRules().Hours)
	for _, day := range rules.DaysOf(b.Programme.Form, b.Programme.JP) {
		if err := fillFollowUp(ctx, tx, people, ids, b, rules, c, day); err != nil {
			return fmt.Errorf("sample follow-up of day %d: %w", day, err)
		}
	}
	return nil
}

// fillFollowUp plays one of them.
func fillFollowUp(ctx context.Context, tx *storage.Tx, people []demoPerson, ids []int64, b training.Batch, rules followup.Rules, c *outreach.Calendar, day int) error {
	opens := rules.OpensAt(b.Ends(), day, c)
	ended, err := tx.BatchesEnded(ctx, b.Ends().Add(-time.Second), b.Ends())
	if err != nil {
		return err
	}
	due := rules.DueOn(ended[0], opens, c)
	attended, err := tx.AttendedOf(ctx, []int64{b.ID}, opens)
	if err != nil {
		return err
	}
	for i := range attended {
		attended[i].Person.Linked, attended[i].Superior.Linked = true, attended[i].Superior.ID != 0
	}
	if err := tx.OpenFollowUps(ctx, rules.Plan(due, attended, nil)); err != nil {
		return err
	}
	for i := range people {
		if err := answerFollowUps(ctx, tx, ids[i], i, day, opens.Add(30*time.Hour)); err != nil {
			return err
		}
	}
	closes := due[0].Closes.Add(time.Minute)
	over, err := tx.FollowUpsClosing(ctx, closes, 1)
	if err != nil {
		return err
	}
	own, pool, err := tx.FollowUpHeld(ctx, over[0], opens)
	if err != nil {
		return err
	}
	return tx.CloseFollowUp(ctx, over[0], followup.Close(own, pool), closes)
}

// answerFollowUps answers what one person is asked, of both sides. Two in nine participants
// and a superior in eleven do not.
func answerFollowUps(ctx context.Context, tx *storage.Tx, id int64, i, day int, at time.Time) error {
	mine, err := tx.MyFollowUps(ctx, id, at)
	if err != nil {
		return err
	}
	for _, f := range mine {
		if f.Open(at) && i%9 != 4 && i%9 != 7 {
			if _, err := tx.SendFollowUp(ctx, f.Task, ownSaid(i, day), at); err != nil {
				return err
			}
		}
	}
	rated, err := tx.RatedFollowUps(ctx, id, 0, at)
	if err != nil {
		return err
	}
	for k, r := range rated {
		if i%11 != 6 {
			if _, err := tx.SendFollowUp(ctx, r.Task, superiorSaid(k, day), at); err != nil {
				return err
			}
		}
	}
	return nil
}

// ownSaid and superiorSaid are answers that follow from who somebody is, so that they are the
// same at every start: after 90 days somewhat more is used than after 30.
func ownSaid(i, day int) questionnaire.Answers {
	later := map[bool]int{true: 1}[day > 30]
	level, often := 2+(i+later)%3, []string{"jarang", "kadang", "sering", followup.NoChance}[(i+later)%4]
	return questionnaire.Answers{followup.Ability: fmt.Sprint(level), followup.Frequency: often, followup.Help: followup.Helps()[[]int{1, 1, 0, 1, 4}[i%5]]}
}

func superiorSaid(k, day int) questionnaire.Answers {
	later := map[bool]int{true: 1}[day > 30]
	seen, given := fmt.Sprint(2+(k+later)%3), []string{"beberapa", "sekali", followup.NotGiven}[(k+later)%3]
	if k%6 == 5 {
		seen = followup.Unseen
	}
	return questionnaire.Answers{followup.Seen: seen, followup.Given: given}
}
