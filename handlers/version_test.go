package handlers_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/questionnaire"
	"bangkom/storage"
)

// A new version of a questionnaire, loaded at the next start, leaves open
// drafts on the version that they began with; the next period has the new one.
func TestNewVersionWhileDraftsAreOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	who := account("Rina")
	w.link(who, "3FJWC8RVN5XA")
	w.press(who, "Mulai")
	w.press(who, "4")
	w.press(who, "3")

	w.stop()
	w.tx(func(ctx context.Context, tx *storage.Tx) error { return tx.PutQuestionnaire(ctx, shortened(t)) })
	w.start()

	w.press(who, "2") // the third question, on a button from before the restart
	if last, _ := w.fake.Last(who); !strings.Contains(last.Text, "Pertanyaan 4 dari 9") {
		t.Fatalf("after the restart the bot shows %q, want question 4 of 9", last.Text)
	}
	for range 6 {
		w.press(who, "1")
	}
	w.press(who, "Kirim")
	if n := w.count(`SELECT count(*) FROM answer a JOIN response r ON r.id = a.response_id WHERE r.questionnaire_version = 1`); n != 9 {
		t.Errorf("%d answers of version 1, want 9", n)
	}

	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, _, err := tx.ClosePeriod(ctx, w.clock.Now())
		return err
	})
	w.openPeriod("Tahun 2028", w.clock.Now().AddDate(0, 0, 14))
	w.say(who, "/asesmen")
	if last, _ := w.fake.Last(who); !strings.Contains(last.Text, "Pertanyaan 1 dari 5 · Integritas") {
		t.Errorf("the next period begins with %q, want the new version", last.Text)
	}
}

// A version that is imported while the bot runs is used at once by a period
// that is opened then.
func TestNewVersionWithoutARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	who := account("Rina")
	w.link(who, "3FJWC8RVN5XA")
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		return tx.ImportQuestionnaire(ctx, shortened(t), w.clock.Now())
	})
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	w.say(who, "/asesmen")
	if last, _ := w.fake.Last(who); !strings.Contains(last.Text, "Pertanyaan 1 dari 5 · Integritas") {
		t.Errorf("the period begins with %q, want the new version", last.Text)
	}
}

// shortened is version 2 of the self-assessment: five of its questions, in the
// opposite order.
func shortened(t *testing.T) questionnaire.Definition {
	t.Helper()
	shipped, err := questionnaire.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range shipped {
		if d.Kind == questionnaire.SelfAssessment {
			d.Version = 2
			d.Items = slices.Clone(d.Items[4:])
			slices.Reverse(d.Items)
			return d
		}
	}
	t.Fatal("no self-assessment is shipped")
	return questionnaire.Definition{}
}

// A person who is in the middle when the program stops goes on as if nothing
// had been, typed and tapped.
func TestRestartInTheMiddle(t *testing.T) {
	devdbtest.Long(t, "restarts")
	t.Parallel()
	w := newWorld(t)
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 14))
	who := account("Rina")
	w.link(who, "3FJWC8RVN5XA")
	w.press(who, "Mulai")
	for i, answer := range []string{"1", "2", "3", "4", "5", "1", "2", "3", "4"} {
		w.stop()
		w.start()
		if i%2 == 0 {
			w.press(who, answer)
		} else {
			w.say(who, answer)
		}
	}
	w.say(who, "kirim")
	if n := w.count(`SELECT count(*) FROM answer`); n != 9 {
		t.Errorf("%d answers, want 9", n)
	}
}
