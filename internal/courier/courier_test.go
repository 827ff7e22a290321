package courier

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
)

const (
	tuesday = "2027-01-12 09:00"
	evening = "2027-01-12 22:00"
)

// A message of a kind that nobody has described would be counted by no rule and
// withdrawn by nobody.
func TestKindWithoutARowIsNotSent(t *testing.T) {
	b := newBook(1)
	_, err := newCourier(t).Send(t.Context(), b, at(tuesday), note(1, "k", outreach.Prompt, "birthday"))
	if err == nil || !strings.Contains(err.Error(), `"birthday" has no row`) || len(b.notifications)+len(b.rows) != 0 {
		t.Errorf("Send = %v with %d notifications, want an error that names the kind", err, len(b.notifications))
	}
}

// TestDecided walks what the gate may say about one message: what is stored of it,
// and what goes.
func TestDecided(t *testing.T) {
	expired := note(1, "k", outreach.Prompt, outreach.Reminder)
	expired.Candidate.Expires = at(tuesday)
	soon := note(1, "k", outreach.Prompt, outreach.Reminder)
	soon.Candidate.Expires = at("2027-01-12 23:00")
	tests := []struct {
		name   string
		m      Message
		change func(*Recipient)
		now    string
		want   outreach.Decision
	}{
		{"a prompt at work", note(1, "k", outreach.Prompt, outreach.Reminder), nil, tuesday,
			outreach.Decision{Action: outreach.Send, Reason: outreach.Allowed, Until: at("2027-01-12 11:30")}},
		{"a service at work", note(1, "k", outreach.Service, outreach.Opened), nil, tuesday,
			outreach.Decision{Action: outreach.Send, Reason: outreach.Asked, Until: at("2027-01-12 21:00")}},
		{"a prompt in the evening", note(1, "k", outreach.Prompt, outreach.Reminder), nil, evening,
			outreach.Decision{Action: outreach.Hold, Reason: outreach.OutsideHours, At: at("2027-01-13 07:45")}},
		{"a service in the evening", note(1, "k", outreach.Service, outreach.Opened), nil, evening,
			outreach.Decision{Action: outreach.Hold, Reason: outreach.OutsideHours, At: at("2027-01-13 06:00")}},
		{"one that would be late tomorrow", soon, nil, evening, outreach.Decision{Action: outreach.Drop, Reason: outreach.OutsideHours}},
		{"one that is late", expired, nil, tuesday, outreach.Decision{Action: outreach.Drop, Reason: outreach.Expired}},
		{"to nobody's account", note(1, "k", outreach.Service, outreach.Opened), func(p *Recipient) { p.Linked, p.Chat = false, 0 }, tuesday,
			outreach.Decision{Action: outreach.Drop, Reason: outreach.NotLinked}},
		{"to whoever has blocked", note(1, "k", outreach.Service, outreach.Opened), func(p *Recipient) { p.Reachable = false }, tuesday,
			outreach.Decision{Action: outreach.Drop, Reason: outreach.Unreachable}},
		{"to somebody who is not known", note(2, "k", outreach.Service, outreach.Opened), nil, tuesday,
			outreach.Decision{Action: outreach.Drop, Reason: outreach.NotLinked}},
		{"of a class without a rule", note(1, "k", "advert", outreach.Announcement), nil, tuesday, outreach.Decision{Action: outreach.Drop, Reason: outreach.UnknownClass}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook(1)
			if tt.change != nil {
				p := b.people[1]
				tt.change(&p)
				b.people[1] = p
			}
			got, err := newCourier(t).Send(t.Context(), b, at(tt.now), tt.m)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Send() (-want +got):\n%s", diff)
			}
			n, ok := b.notifications["k"]
			if diff := cmp.Diff(tt.want, n.Decision()); diff != "" || !ok {
				t.Errorf("the notification says (-want +got):\n%s", diff)
			}
			if n.Class != tt.m.Candidate.Class || n.Kind != tt.m.Candidate.Kind || !n.DecidedAt.Equal(at(tt.now)) {
				t.Errorf("the notification is of %s %s at %s", n.Class, n.Kind, n.DecidedAt)
			}
			sends, keeps := tt.want.Action == outreach.Send, tt.want.Action != outreach.Drop
			if (len(b.rows) == 1) != sends || (n.Reply != nil) != keeps {
				t.Errorf("%d rows, reply kept: %t", len(b.rows), n.Reply != nil)
			}
			if sends && (b.rows[0].Key != "n:k:1" || b.rows[0].Key != n.OutboxKey || !b.rows[0].ExpiresAt.Equal(tt.want.Until) ||
				b.rows[0].Lane != dialog.LaneBulk || b.rows[0].Class != tt.m.Candidate.Class) {
				t.Errorf("the row is %+v of notification %+v", b.rows[0], n)
			}
		})
	}
}

// Every message explains itself below its own buttons, and leaves the caller's
// rows alone.
func TestExplained(t *testing.T) {
	b, c := newBook(1), newCourier(t)
	m := note(1, "k", outreach.Service, outreach.Opened)
	m.Reply.Rows = append(m.Reply.Rows, []dialog.Button{{Label: "Nanti"}})[:1] // room behind it
	if _, err := c.Send(t.Context(), b, at(tuesday), m); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"k [Buka] [Alasan pesan ini]"}, b.texts(1)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if got := m.Reply.Rows[:2][1][0].Label; got != "Nanti" {
		t.Errorf("behind the caller's rows stands %q now", got)
	}
}

// A key that was decided stays as it is, whatever is sent under it again; one that
// waits is decided anew when its time has come, with the content of then.
func TestOncePerKey(t *testing.T) {
	b, c := newBook(1), newCourier(t)
	send := func(now, words string) outreach.Decision {
		t.Helper()
		m := note(1, "k", outreach.Service, outreach.Opened)
		m.Reply.Text = words
		d, err := c.Send(t.Context(), b, at(now), m)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	held := send(evening, "first")
	if again := send("2027-01-12 23:00", "second"); again != held {
		t.Errorf("before its time a held message is %+v, want %+v", again, held)
	}
	if got := b.notifications["k"].Reply.Text; got != "first" {
		t.Errorf("meanwhile its text became %q", got)
	}
	id := b.notifications["k"].ID
	sent := send("2027-01-13 06:00", "third")
	if sent.Action != outreach.Send || b.notifications["k"].ID != id {
		t.Errorf("at its time it is %+v of notification %d, want one that goes, of %d", sent, b.notifications["k"].ID, id)
	}
	if again := send("2027-01-14 09:00", "fourth"); again != sent {
		t.Errorf("the day after it is %+v, want %+v", again, sent)
	}
	if diff := cmp.Diff([]string{"third [Buka] [Alasan pesan ini]"}, b.texts(1)); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
}

// Two prompts of a day are one message, in one call or in two.
func TestMerged(t *testing.T) {
	first, second := note(1, "a", outreach.Prompt, outreach.Reminder), note(1, "b", outreach.Prompt, outreach.Reminder)
	for name, calls := range map[string][][]Message{"one call": {{first, second}}, "two calls": {{first}, {second}}} {
		t.Run(name, func(t *testing.T) {
			b, c := newBook(1), newCourier(t)
			var last outreach.Decision
			for _, all := range calls {
				d, err := c.SendAll(t.Context(), b, at(tuesday), all)
				if err != nil {
					t.Fatal(err)
				}
				last = d[len(d)-1]
			}
			if last.Action != outreach.Merge || last.Reason != outreach.SameDay || last.With != b.notifications["a"].ID {
				t.Errorf("the second one is %+v", last)
			}
			if diff := cmp.Diff([]string{"1. a\n\n2. b [1 Buka] [2 Buka] [Alasan pesan ini]"}, b.texts(1)); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if b.notifications["b"].OutboxKey != b.notifications["a"].OutboxKey {
				t.Error("the second one does not name the row that carries it")
			}
		})
	}
}

// What cannot join the message of the day is decided anew: the day has its one
// prompt.
func TestNotMerged(t *testing.T) {
	long := note(1, "b", outreach.Prompt, outreach.Reminder)
	long.Reply.Text = strings.Repeat("x", longestText)
	picture := note(1, "b", outreach.Prompt, outreach.Reminder)
	picture.Reply.Picture = &dialog.Picture{}
	tests := map[string]struct {
		second Message
		taken  bool
	}{"too long": {long, false}, "with a picture": {picture, false},
		"the first is on its way": {note(1, "b", outreach.Prompt, outreach.Reminder), true}}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b, c := newBook(1), newCourier(t)
			if _, err := c.Send(t.Context(), b, at(tuesday), note(1, "a", outreach.Prompt, outreach.Reminder)); err != nil {
				t.Fatal(err)
			}
			b.taken["n:a:1"] = tt.taken
			d, err := c.Send(t.Context(), b, at(tuesday).Add(time.Minute), tt.second)
			if err != nil {
				t.Fatal(err)
			}
			if d.Action != outreach.Hold || d.Reason != outreach.CapDay || !d.At.Equal(at("2027-01-13 07:45")) {
				t.Errorf("the second one is %+v, want one that waits for tomorrow", d)
			}
			if diff := cmp.Diff([]string{"a [Buka] [Alasan pesan ini]"}, b.texts(1)); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
		})
	}
}

// Many messages: people are locked once, in order; decisions come in the order of
// the messages, and one of them counts for the next.
func TestSendAll(t *testing.T) {
	b, c := newBook(1, 2, 3), newCourier(t)
	all := []Message{note(3, "c", outreach.Prompt, outreach.Reminder), note(1, "a", outreach.Service, outreach.Opened),
		note(3, "d", outreach.Service, outreach.Opened), note(2, "b", outreach.Prompt, outreach.Reminder), note(1, "a", outreach.Service, outreach.Opened)}
	all[1].Candidate.Task, all[1].Tasks = 7, []int64{7, 8}
	got, err := c.SendAll(t.Context(), b, at(tuesday), all)
	if err != nil {
		t.Fatal(err)
	}
	reasons := make([]outreach.Reason, len(got))
	for i, d := range got {
		reasons[i] = d.Reason
	}
	want := []outreach.Reason{outreach.Allowed, outreach.Asked, outreach.Asked, outreach.Allowed, outreach.Asked}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("SendAll() (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]int64{{1, 2, 3}}, b.locked); diff != "" {
		t.Errorf("locked (-want +got):\n%s", diff)
	}
	if len(b.rows) != 4 || len(b.texts(1)) != 1 {
		t.Errorf("%d rows, %d of them to the one who was named twice, want 4 and 1", len(b.rows), len(b.texts(1)))
	}
	if diff := cmp.Diff([]int64{7, 8}, b.notifications["a"].Tasks); diff != "" {
		t.Errorf("tasks (-want +got):\n%s", diff)
	}
	if d, err := c.SendAll(t.Context(), b, at(tuesday), nil); d != nil || err != nil || len(b.locked) != 1 {
		t.Errorf("SendAll() of nothing = %v, %v, and %d locks", d, err, len(b.locked))
	}
}
