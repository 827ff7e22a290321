package dialog_test

import (
	"context"
	"strings"
	"testing"

	"bangkom/internal/dialog"
)

// reviewing is the sample form whose review card reads what is in body by then.
func reviewing(body *string) dialog.Form[order, *world] {
	f := form("tea", "sugar", "cup")
	f.AsShown = true
	f.Review = func(order) dialog.Prompt { return dialog.Prompt{Template: "review", Text: *body} }
	return f
}

// What is sent is what was shown: a card that reads otherwise by then is shown again, with
// what is new on it, and the next press sends that.
func TestReviewIsSentAsItWasShown(t *testing.T) {
	for name, send := range map[string]dialog.Input{"pressed": tap("review", dialog.Submit, ""), "typed": typed("kirim")} {
		t.Run(name, func(t *testing.T) {
			body := "<b>Order</b>\nversion 1\nmilk &amp; tea"
			f, w, rec := reviewing(&body), &world{}, dialog.Record{}
			turn := func(in dialog.Input) dialog.Turn {
				t.Helper()
				out, err := f.Handle(context.Background(), w, rec, in)
				if err != nil {
					t.Fatal(err)
				}
				rec = out.Record
				return out
			}
			for _, in := range answered() {
				turn(in)
			}
			body = "<b>Order</b>\nversion <i>2</i>\nmilk &amp; tea\nat <b>A &amp; B</b>"
			out := turn(send)
			if len(w.sent) != 0 || out.Record.Done {
				t.Fatal("what was not shown is sent")
			}
			const above = "changed new:\n<i>version 2</i>\n<i>at A &amp; B</i>\n\n<b>Order</b>"
			if got := out.Replies[0].Text; !strings.HasPrefix(got, above) || out.Toast != "changed" {
				t.Errorf("it says %q, toast %q", got, out.Toast)
			}
			out = turn(send)
			if len(w.sent) != 1 || !out.Record.Done {
				t.Errorf("what was shown is not sent: %+v", out)
			}
		})
	}
}

// Leaving the card and coming back by an older copy of it sends what that copy shows.
func TestReviewThatWasLeftIsSent(t *testing.T) {
	body := "version 1"
	f, w, rec := reviewing(&body), &world{}, dialog.Record{}
	for _, in := range append(answered(), typed("nanti"), tap("review", dialog.Submit, "")) {
		out, err := f.Handle(context.Background(), w, rec, in)
		if err != nil {
			t.Fatal(err)
		}
		rec = out.Record
	}
	if len(w.sent) != 1 {
		t.Errorf("sent %d times", len(w.sent))
	}
}

// Lines that change by themselves are no reason to show a card again, and of lines that are
// gone nothing is named; a form that does not ask for it is sent whatever its card reads.
func TestCardThatMoves(t *testing.T) {
	for _, c := range []struct {
		name, becomes string
		asks          bool
		sent          int
		says          string
	}{
		{"a moving line", "version 1\n8 people\nend", true, 1, ""},
		{"a line beside it", "version 2\n8 people\nend", true, 0, "changed new:\n<i>version 2</i>\n\nversion 2\n8 people\nend"},
		{"a line is gone", "version 1\n7 people", true, 0, "changed\n\nversion 1\n7 people"},
		{"a form that does not ask", "version 2", false, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := "version 1\n7 people\nend"
			f, w, rec := reviewing(&body), &world{}, dialog.Record{}
			f.AsShown = c.asks
			f.Review = func(order) dialog.Prompt {
				return dialog.Prompt{Template: "review", Text: body, Moving: []string{"7 people", "8 people"}}
			}
			for _, in := range answered() {
				out, err := f.Handle(context.Background(), w, rec, in)
				if err != nil {
					t.Fatal(err)
				}
				rec = out.Record
			}
			if c.asks == (len(rec.Seen) == 0) {
				t.Errorf("marks %v", rec.Seen)
			}
			body = c.becomes
			out, err := f.Handle(context.Background(), w, rec, tap("review", dialog.Submit, ""))
			if err != nil {
				t.Fatal(err)
			}
			if len(w.sent) != c.sent {
				t.Errorf("sent %d times", len(w.sent))
			}
			if c.says != "" && out.Replies[0].Text != c.says {
				t.Errorf("it says %q", out.Replies[0].Text)
			}
		})
	}
}

// A draft from before marks were kept is sent with one press; of answers without a name no
// mark is kept; a card that fills a message has no room for what is new on it.
func TestMarksOfReview(t *testing.T) {
	body := "version 1"
	run := func(name string, before func(*dialog.Record)) (dialog.Turn, *world) {
		t.Helper()
		body = "version 1"
		f, w, rec := reviewing(&body), &world{}, dialog.Record{}
		f.FormName = name
		for _, in := range answered() {
			out, err := f.Handle(context.Background(), w, rec, in)
			if err != nil {
				t.Fatal(err)
			}
			rec = out.Record
		}
		before(&rec)
		out, err := f.Handle(context.Background(), w, rec, tap("review", dialog.Submit, ""))
		if err != nil {
			t.Fatal(err)
		}
		return out, w
	}
	if _, w := run("o", func(r *dialog.Record) { r.Seen = nil }); len(w.sent) != 1 {
		t.Error("a draft without marks is not sent")
	}
	if _, w := run("s.o", func(r *dialog.Record) {
		if len(r.Seen) != 0 {
			t.Errorf("marks %v of answers without a name", r.Seen)
		}
	}); len(w.sent) != 1 {
		t.Error("answers without a name are not sent")
	}
	out, w := run("o", func(*dialog.Record) { body = strings.Repeat("é", 4000) })
	if len(w.sent) != 0 || out.Replies[0].Text != "changed\n\n"+body {
		t.Errorf("a card that fills a message: sent %d, %d characters", len(w.sent), len([]rune(out.Replies[0].Text)))
	}
}
