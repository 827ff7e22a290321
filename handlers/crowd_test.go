package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"bangkom/bot"
	"bangkom/handlers"
	"bangkom/internal/announcement"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/storage"
)

// postingTx lets every update that is decided alone write to the four chats before its own,
// one after the other, as those do that tell somebody else. Two of them cannot wait for each
// other in a circle, because all go downwards; one of them and a batch could, which comes to
// chats in the other order.
type postingTx struct {
	spoiltTx
	first int64
	posts *sync.Map // chats by the text of the message
}

// post is the text of a message to somebody else.
const post = "Kabar dari pegawai lain nomor"

func (p postingTx) Save(ctx context.Context, d dialog.Decision) error {
	if err := p.Tx.Save(ctx, d); err != nil {
		return err
	}
	for chat := d.ChatID - 1; chat >= p.first && chat >= d.ChatID-4; chat-- {
		text := fmt.Sprintf("%s %d-%d.", post, d.UpdateID, d.ChatID-chat)
		row, err := bot.NewRenderer(bot.NewCodec([]byte("buttons of the tests"))).Render(chat, dialog.Reply{Template: "post", Text: text})
		if err != nil {
			return err
		}
		row.Key, row.Way = "post:"+text, dialog.WayAnswer
		if err := p.Enqueue(ctx, []dialog.Outgoing{row}); err != nil {
			return err
		}
		p.posts.Store(text, chat)
	}
	return nil
}

// On two replicas people answer in batches, while updates that are decided alone, and the
// worker with an announcement to everybody, write into the same chats: no deadlock, and
// every answer and every message is there once.
func TestPostsIntoBatches(t *testing.T) {
	t.Parallel()
	devdbtest.Heavy(t, "two replicas and 48 people at once")
	const people = 48
	batches := &sizes{}
	w := newWorld(t, func(w *world) { w.way, w.most, w.workers = crowded, 32, 2 })
	accounts := w.crowd(people)
	posts := &sync.Map{}
	wrapped := func(tx handlers.Tx) handlers.Tx { return postingTx{spoiltTx{tx, batches, true}, accounts[0], posts} }
	w.wrap.Store(&wrapped)
	const deadlocks = `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`
	before := w.count(deadlocks)

	var all sync.WaitGroup
	var again atomic.Int64
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	for _, who := range accounts {
		all.Go(func() { answersAll(ctx, t, w.fake, who, &again) })
	}
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		id, err := tx.AddAnnouncement(ctx, announcement.Announcement{Author: w.ids["Bambang"], Body: "Rapat arsip di aula.", Expires: w.clock.Now().AddDate(0, 0, 3)}, w.clock.Now())
		if err != nil {
			return err
		}
		_, err = tx.ApproveAnnouncement(ctx, id, 0, 1, w.clock.Now())
		return err
	})
	all.Wait()
	w.settle()
	w.clock.move(3 * time.Hour) // whoever is in the middle of something gets an announcement later
	w.settle()

	if n := w.count(deadlocks); n != before {
		t.Errorf("%d deadlocks", n-before)
	}
	if n := w.count(`SELECT count(*) FROM answer`); n != people*9 {
		t.Errorf("%d answers are stored, want %d", n, people*9)
	}
	if n := w.count(`SELECT count(*) FROM inbox WHERE failed IS NOT NULL OR attempts > 0`); n != 0 || again.Load() != 0 {
		t.Errorf("%d updates failed, %d were made again", n, again.Load())
	}
	sent := 0
	posts.Range(func(text, chat any) bool {
		sent++
		n := 0
		for _, m := range w.fake.Messages(chat.(int64)) {
			if m.FromBot && m.Text == text {
				n++
			}
		}
		if n != 1 {
			t.Errorf("a message to somebody else came %d times", n)
		}
		return true
	})
	for _, who := range accounts {
		n := 0
		for _, m := range w.fake.Messages(who) {
			if strings.Contains(m.Text, "Rapat arsip") {
				n++
			}
		}
		if n != 1 {
			t.Errorf("the announcement came %d times", n)
		}
	}
	if sent < people || len(batches.saved) == 0 || slices.Max(batches.saved) < 4 {
		t.Errorf("%d messages to others, batches of %v: both are wanted", sent, batches.saved)
	}
	t.Logf("%d messages to others; batches saved: %v, failed: %v", sent, batches.saved, batches.failed)
}

// ofNumbers are numbers that Telegram and the database give in the order in which they are asked.
var ofNumbers = regexp.MustCompile(`("(?:message|press_message|ref|active_ref)": )\d+`)

// acts lets somebody do something that chance decides among what can be seen.
func (w *world) acts(rng *rand.Rand, who int64) {
	type seen struct {
		message int
		data    string
	}
	var buttons []seen
	last := 0
	for _, m := range w.fake.Messages(who) {
		if len(m.Inline) == 0 || m.Deleted {
			continue
		}
		last = len(buttons)
		for _, b := range slices.Concat(m.Inline...) {
			buttons = append(buttons, seen{m.ID, b.Data})
		}
	}
	words := []string{"/bantuan", "/batal", "halo", "3", "/privasi", "/status", "\u200b"}
	switch n := rng.IntN(20); {
	case len(buttons) == 0 || n == 0:
		w.fake.SendText(who, "/asesmen")
	case n < 4:
		w.fake.SendText(who, words[rng.IntN(len(words))])
	case n < 6: // an old one
		b := buttons[rng.IntN(len(buttons))]
		_, _ = w.fake.Press(who, b.message, b.data)
	default:
		b := buttons[last+rng.IntN(len(buttons)-last)]
		_, _ = w.fake.Press(who, b.message, b.data)
	}
}

// Whatever people do at once, the same is stored whether one is decided about at a time, or
// two, seven or as many as wait.
func TestAnyBoundStoresTheSameRows(t *testing.T) {
	t.Parallel()
	devdbtest.Heavy(t, "20 people act in 25 rounds, four times")
	const people, rounds = 20, 25
	var alone map[string][]string
	for _, bound := range []int{1, 2, 7, 32} {
		batches := &sizes{}
		w := newWorld(t, func(w *world) { w.most, w.workers = bound, 2 })
		accounts := w.crowd(people)
		wrapped := func(tx handlers.Tx) handlers.Tx { return spoiltTx{tx, batches, true} }
		w.wrap.Store(&wrapped)
		rng := rand.New(rand.NewPCG(23, 7))
		for range rounds {
			for _, who := range accounts {
				w.acts(rng, who)
			}
			w.settle()
		}
		stored := w.rows()
		for _, list := range stored {
			for i := range list {
				list[i] = ofNumbers.ReplaceAllString(list[i], "${1}0")
			}
			slices.Sort(list)
		}
		if bound == 1 {
			alone = stored
		}
		if diff := gocmp.Diff(alone, stored); diff != "" {
			t.Errorf("stored (-alone +by %d):\n%s", bound, diff)
		}
		if most := slices.Max(append(batches.saved, 1)); most > bound || bound > 1 && most < 2 {
			t.Errorf("a bound of %d makes batches of up to %d", bound, most)
		}
		t.Logf("bound %d: %d answers, batches saved: %v", bound, len(stored["answer"]), batches.saved)
	}
}

// meddling lets something happen between reading chats and saving them.
type meddling struct {
	handlers.Tx
	meddle func()
}

func (m meddling) arriving(a handlers.Arriving) handlers.Arriving {
	return meddlingArriving{a, m.meddle}
}

type meddlingArriving struct {
	handlers.Arriving
	meddle func()
}

func (m meddlingArriving) Save(ctx context.Context, list []dialog.Decision, rest []dialog.RawUpdate) (bool, error) {
	m.meddle()
	return m.Arriving.Save(ctx, list, rest)
}

// Something comes into the chat of one person while updates of three are decided: nothing is
// stored, and none of them has to be decided alone for that.
func TestAChatChangesWhileUpdatesAreDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	accounts := w.crowd(3)
	w.say(accounts[0], "/bantuan") // from now on it sends
	var rows []dialog.RawUpdate
	for i, who := range accounts {
		rows = append(rows, dialog.RawUpdate{ID: int64(900_001 + i), Lane: who, Body: fmt.Sprintf(
			`{"update_id":%d,"message":{"message_id":1,"date":1800000000,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":"A"},"text":"/bantuan"}}`,
			900_001+i, who, who)})
	}
	arrive := func() dialog.Stored {
		stored, err := w.procs[0].Arrive(t.Context(), rows, 32)
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	wrapped := func(tx handlers.Tx) handlers.Tx {
		return meddling{tx, func() { w.exec(`UPDATE chat SET rev = rev WHERE id = $1`, accounts[1]) }}
	}
	w.wrap.Store(&wrapped)
	if stored := arrive(); len(stored.Done)+len(stored.Lanes)+len(stored.Alone) != 0 {
		t.Errorf("a chat is not as it was read: %+v", stored)
	}
	if n := w.count(`SELECT count(*) FROM inbox WHERE update_id BETWEEN 900001 AND 900003`); n != 0 {
		t.Errorf("%d updates are stored", n)
	}
	w.wrap.Store(nil)
	if stored := arrive(); len(stored.Done) != 3 || len(stored.Alone) != 0 {
		t.Errorf("decided as they came: %+v, want all three", stored)
	}
}
