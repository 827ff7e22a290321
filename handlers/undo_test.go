package handlers_test

import (
	"context"
	"testing"
	"time"

	"bangkom/handlers"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/summary"
	"bangkom/storage"
)

// The superior gives Sari to Rina, and then tries Zulkifli, whom Sari leads: that is
// refused, says that nothing was changed, and nothing is.
func TestHandOverRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	me := w.boss(20)
	w.linkStraight(w.ids["Rina"], account("Rina"), "Rina")
	w.exec(`UPDATE employee SET supervisor_id = $1 WHERE name = 'Zulkifli 001'`, w.ids["Sari"])
	w.say(me, "/tim")
	w.tap(me, "Daftar sudah benar")
	w.say(me, "/tim")
	w.tap(me, "Bagi penilaian", "Tambah penilai")
	w.say(me, "rina")
	w.tap(me, "1")
	w.shows(me, "Ibu Sari Dewi: Ibu Rina Kartika")
	w.tap(me, "Selesai", "Tambah penilai")
	w.say(me, "Zulkifli 001")
	w.shows(me, "2. Ibu Sari Dewi: Ibu Rina Kartika")
	w.tap(me, "2")
	w.shows(me, "tidak ada yang diubah")
	if n := w.count(`SELECT count(*) FROM co_rater WHERE revoked_at IS NULL AND rater_id = $1`, w.ids["Rina"]); n != 1 {
		t.Errorf("Rina rates %d people after the refusal, want 1", n)
	}
}

// lateTx writes, and says only then that there was nothing to write: the worst that a
// method can do. after counts how often it did.
type lateTx struct {
	handlers.Tx
	after *int
}

func (l lateTx) late(err error) error {
	if err != nil {
		return err
	}
	*l.after++
	return dialog.ErrNotFound
}

func (l lateTx) NameCoRater(ctx context.Context, official, subject, rater int64, now time.Time) error {
	return l.late(l.Tx.NameCoRater(ctx, official, subject, rater, now))
}

func (l lateTx) SetSummaryPreference(ctx context.Context, id int64, wish summary.Preference, now time.Time) error {
	return l.late(l.Tx.SetSummaryPreference(ctx, id, wish, now))
}

func (l lateTx) SubmitRating(ctx context.Context, id, rater int64, a questionnaire.Answers, now time.Time) (bool, error) {
	opened, err := l.Tx.SubmitRating(ctx, id, rater, a, now)
	return opened, l.late(err)
}

func (l lateTx) CloseTicket(ctx context.Context, id, by int64, answer string, now time.Time) (personnel.Asker, error) {
	who, err := l.Tx.CloseTicket(ctx, id, by, answer, now)
	return who, l.late(err)
}

func (l lateTx) AddDelegation(ctx context.Context, d personnel.Delegation, now time.Time) error {
	return l.late(l.Tx.AddDelegation(ctx, d, now))
}

// changed counts all that the presses and texts below could change.
const changed = `SELECT concat_ws('|', (SELECT count(*) FROM co_rater), (SELECT count(*) FROM co_rater WHERE revoked_at IS NOT NULL),
	(SELECT count(*) FROM response), (SELECT string_agg(state, ',' ORDER BY id) FROM task), (SELECT count(*) FROM ticket WHERE handled_at IS NOT NULL),
	(SELECT count(*) FROM delegation), (SELECT string_agg(concat(weekday, minute, muted_until), ',') FROM summary_wish),
	(SELECT count(*) FROM notice), (SELECT count(*) FROM outbox WHERE template LIKE 'ticket.%'))`

// Whatever is found to be gone after it was written is taken back with all that was
// to be told of it, and the button or the text is answered as one that means nothing
// any more.
func TestNothingChangedIsTrue(t *testing.T) {
	devdbtest.Long(t, "a Bangkom for each of four refusals")
	for _, tt := range []struct {
		name  string
		extra int // people of the team beside Rina, Sari and Wayan
		ready func(w *world, me int64)
		act   func(w *world, me int64)
		says  string
	}{
		{"a rating given away", 20, func(w *world, me int64) {
			w.say(me, "/tim")
			w.tap(me, "Daftar sudah benar")
			w.say(me, "/tim")
			w.tap(me, "Bagi penilaian", "Tambah penilai")
			w.say(me, "rina")
		}, func(w *world, me int64) { w.tap(me, "1") }, "tidak ada yang diubah"},
		{"a setting of the summary", 0, func(w *world, me int64) {
			w.say(me, "/ringkasan")
			w.tap(me, "Atur ringkasan")
		}, func(w *world, me int64) { w.tap(me, "Rabu") }, "tidak ada yang diubah"},
		{"a text that ends a form", 0, func(w *world, me int64) {
			w.say(me, "/delegasi")
			for _, s := range []string{"Rina", "12-01-2027", "31-01-2027"} {
				w.say(me, s)
			}
		}, func(w *world, me int64) { w.say(me, "800/12/2027") }, "belum ada pertanyaan"},
		{"a rating sent", 0, func(w *world, me int64) {
			w.exec(`UPDATE employee SET self_only = true WHERE id IN ($1, $2)`, w.ids["Sari"], w.ids["Wayan"])
			w.say(me, "/tim")
			w.tap(me, "Daftar sudah benar", "Mulai menilai", "3", "3", "3", "3", "3", "3", "3", "3", "3")
		}, func(w *world, me int64) { w.tap(me, "Kirim") }, "tidak ada yang diubah"},
		{"a request", 0, func(w *world, me int64) {
			w.grant("Bambang", personnel.RoleHR, false)
			w.linkStraight(w.ids["Rina"], account("Rina"), "Rina")
			w.tx(func(ctx context.Context, tx *storage.Tx) error {
				_, err := tx.AddTicket(ctx, w.ids["Rina"], account("Rina"), personnel.TeamTicket, "Mohon diperiksa", w.clock.Now())
				return err
			})
			w.say(me, "/kelola")
			w.tap(me, "Permintaan")
		}, func(w *world, me int64) { w.tap(me, "1 Selesai") }, "tidak ada yang diubah"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			me := w.boss(tt.extra)
			tt.ready(w, me)
			before, after := w.text(changed), 0
			wrap := func(tx handlers.Tx) handlers.Tx { return lateTx{tx, &after} }
			w.wrap.Store(&wrap)
			tt.act(w, me)
			w.wrap.Store(nil)
			if after == 0 {
				t.Fatal("nothing was written: the test is about something else")
			}
			w.shows(me, tt.says)
			if now := w.text(changed); now != before {
				t.Errorf("what was refused is there:\nbefore %s\nafter  %s", before, now)
			}
		})
	}
}
