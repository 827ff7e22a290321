package courier

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// book is a database of notifications and of an outbox in memory. Whoever is written to
// is known by what the notifications say, as in the real one.
type book struct {
	people        map[int64]Recipient
	notifications map[string]Notification
	rows          []dialog.Outgoing
	taken         map[string]bool // by the sender, by the row's key
	locked        [][]int64
	next          int64
}

func newBook(people ...int64) *book {
	b := &book{people: map[int64]Recipient{}, notifications: map[string]Notification{}, taken: map[string]bool{}}
	for _, id := range people {
		b.people[id] = Recipient{Person: outreach.Person{Linked: true, Reachable: true}, Chat: 1000 + id}
	}
	return b
}

func (b *book) LockPeople(_ context.Context, ids []int64) error {
	b.locked = append(b.locked, ids)
	return nil
}

func (b *book) OwnCalendar(context.Context) (OwnCalendar, error) { return OwnCalendar{}, nil }

func (b *book) Recipients(_ context.Context, ids, _ []int64, _ time.Time) (map[int64]Recipient, error) {
	out := map[int64]Recipient{}
	for _, id := range ids {
		p, ok := b.people[id]
		if !ok {
			continue
		}
		p.Keys = map[int64]string{}
		p.Messages = slices.Clone(p.Messages)
		for _, n := range b.notifications {
			state := map[outreach.Action]outreach.MessageState{outreach.Send: outreach.Queued, outreach.Hold: outreach.Held}[n.Action]
			if n.Employee != id || state == "" {
				continue
			}
			if b.taken[n.OutboxKey] {
				state = outreach.Sent
			}
			p.Keys[n.ID] = n.OutboxKey
			p.Messages = append(p.Messages, outreach.Message{ID: n.ID, Class: n.Class, Kind: n.Kind, Tasks: n.Tasks, At: n.At, State: state})
		}
		out[id] = p
	}
	return out, nil
}

func (b *book) Notifications(_ context.Context, keys []string) (map[string]Notification, error) {
	out := map[string]Notification{}
	for _, k := range keys {
		if n, ok := b.notifications[k]; ok {
			out[k] = n
		}
	}
	return out, nil
}

func (b *book) NotificationReply(_ context.Context, id int64) (dialog.Reply, error) {
	for _, n := range b.notifications {
		if n.ID == id && n.Reply != nil {
			return *n.Reply, nil
		}
	}
	return dialog.Reply{}, dialog.ErrNotFound
}

func (b *book) NextNotifications(_ context.Context, n int) (ids []int64, err error) {
	for range n {
		b.next++
		ids = append(ids, b.next)
	}
	return ids, nil
}

func (b *book) PutNotifications(_ context.Context, list []Notification) error {
	for _, n := range list {
		if old, ok := b.notifications[n.Key]; !ok || old.Action == outreach.Hold {
			b.notifications[n.Key] = n
		}
	}
	return nil
}

func (b *book) ReplaceQueued(_ context.Context, row dialog.Outgoing) (bool, error) {
	i := slices.IndexFunc(b.rows, func(r dialog.Outgoing) bool { return r.Key == row.Key })
	if i < 0 || b.taken[row.Key] {
		return false, nil
	}
	b.rows[i] = row
	return true, nil
}

func (b *book) Enqueue(_ context.Context, rows []dialog.Outgoing) error {
	b.rows = append(b.rows, rows...)
	return nil
}

// texts are the messages on their way to a person, with the labels of their buttons.
func (b *book) texts(id int64) (out []string) {
	for _, r := range b.rows {
		if r.ChatID == 1000+id {
			out = append(out, r.Params["text"])
		}
	}
	return out
}

var wib = time.FixedZone("WIB", 7*60*60)

// at reads "2027-01-12 09:00".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, wib)
	if err != nil {
		panic(err)
	}
	return t
}

func newCourier(t *testing.T) *Courier {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	return New(Config{Text: cat, Location: wib, Render: func(chat int64, r dialog.Reply) (dialog.Outgoing, error) {
		words := []string{r.Text}
		for _, row := range r.Rows {
			for _, b := range row {
				words = append(words, "["+b.Label+"]")
			}
		}
		return dialog.Outgoing{ChatID: chat, Class: r.Class, Params: map[string]string{"text": strings.Join(words, " ")}}, nil
	}})
}

// note is a message to a person with one button.
func note(id int64, key string, class outreach.Class, kind outreach.Kind) Message {
	return Message{Employee: id, Key: key, Candidate: outreach.Candidate{Class: class, Kind: kind},
		Reply: dialog.Reply{Text: key, Rows: [][]dialog.Button{{{Label: "Buka"}}}}}
}
