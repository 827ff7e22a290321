package feature

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

func newDesk(t *testing.T) *Desk {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	return &Desk{Cfg: Config{Text: cat, Location: time.FixedZone("WIB", 7*3600),
		Now: func() time.Time { return time.Date(2026, 12, 31, 18, 0, 0, 0, time.UTC) }}}
}

// The evening of 31 December in UTC is 1 January in the regency.
func TestTypedDate(t *testing.T) {
	if got, ok := newDesk(t).TypedDate("besok"); !ok || got.Format(time.DateOnly) != "2027-01-02" {
		t.Errorf("tomorrow is %s, %t", got, ok)
	}
}

// absence is the state of a short form with a span of days and a line of text.
type absence struct {
	From, To time.Time
	Why      string
	Left     bool
}

func TestShortForm(t *testing.T) {
	d := newDesk(t)
	q := Short[absence]{Desk: d, Cancelled: func(a *absence) *bool { return &a.Left }}
	form := dialog.Form[absence, struct{}]{FormName: "z", Say: d.Wording("form.review_hint"),
		Load: func(_ context.Context, _ struct{}, r *dialog.Record) (a absence, err error) {
			return a, DecodeState(r, &a)
		},
		Steps: func(a absence) []dialog.Step[absence] {
			days := q.Span("leave.from", "leave.to", func(a *absence) (first, last *time.Time) { return &a.From, &a.To })
			return q.Steps(a, append(days, q.Words("mengapa", "delegation.letter", "delegation.text_hint", 3, 5, func(a *absence) *string { return &a.Why }))...)
		},
		Finish: func(_ context.Context, _ struct{}, a absence) (dialog.Ending, error) {
			said := a.From.Format(time.DateOnly) + " " + a.To.Format(time.DateOnly) + " " + a.Why
			if a.Left {
				said = "left"
			}
			return dialog.Ending{Replies: []dialog.Reply{{Text: said}}}, nil
		},
	}
	tests := []struct {
		why   string
		typed []string
		want  string // how the last reply begins
	}{
		{"one day", []string{"1-3-2027", "1 Maret 2027", "dinas"}, "2027-03-01 2027-03-01 dinas"},
		{"white space counts once", []string{"1-3-2027", "1-3-2027", "  a \n b "}, "2027-03-01 2027-03-01 a b"},
		{"letters are counted, not bytes", []string{"1-3-2027", "1-3-2027", "ééééé"}, "2027-03-01 2027-03-01 ééééé"},
		{"the longest span", []string{"1-3-2027", "29-2-2028", "dinas"}, "2027-03-01 2028-02-29 dinas"},
		{"a day too long", []string{"1-3-2027", "1-3-2028"}, "Tanggal itu belum dapat dipakai."},
		{"the end before the beginning", []string{"2-3-2027", "1-3-2027"}, "Tanggal itu belum dapat dipakai."},
		{"no date", []string{"nanti saja"}, "Tanggal itu belum dapat dipakai."},
		{"a refused date is asked again", []string{"2-3-2027", "1-3-2027", "3-3-2027", "dinas"}, "2027-03-02 2027-03-03 dinas"},
		{"too short", []string{"1-3-2027", "1-3-2027", "ab"}, "Tulis sedikitnya 3"},
		{"too long", []string{"1-3-2027", "1-3-2027", "abcdef"}, "Tulis sedikitnya 3"},
		{"left at the first question", []string{"batal"}, "left"},
		{"left at the second one", []string{"1-3-2027", " Batal "}, "left"},
		{"left at the last one", []string{"1-3-2027", "1-3-2027", "BATAL"}, "left"},
	}
	for _, tt := range tests {
		rec, said := dialog.Record{}, ""
		for _, typed := range append([]string{""}, tt.typed...) {
			in := dialog.Input{Verb: dialog.Answer, Value: typed, Typed: true}
			if typed == "" {
				in = dialog.Input{Verb: dialog.Resume}
			}
			turn, err := form.Handle(t.Context(), struct{}{}, rec, in)
			if err != nil {
				t.Fatalf("%s: %v", tt.why, err)
			}
			rec, said = turn.Record, turn.Replies[0].Text
			if rows := turn.Replies[0].Rows; !rec.Done && (len(rows) != 1 || rows[0][0].Label != "Batal") {
				t.Errorf("%s: after %q the buttons are %v, want Batal alone", tt.why, typed, rows)
			}
		}
		if !strings.HasPrefix(said, tt.want) {
			t.Errorf("%s: the form says %q, want %q", tt.why, said, tt.want)
		}
	}
}

func TestUntil(t *testing.T) {
	d := newDesk(t)
	now := time.Date(2027, 3, 1, 15, 0, 0, 0, d.Cfg.Location)
	for typed, want := range map[string]string{"1-3-2027": "2027-03-02", "31 Desember 2027": "2028-01-01", "28-2-2027": "", "kapan saja": ""} {
		after, ok := d.Until(typed, now)
		if got := after.Format(time.DateOnly); ok != (want != "") || ok && got != want {
			t.Errorf("Until(%q) = %s, %t, want %s", typed, got, ok, want)
		}
	}
}

// ending says which sentence a form ends with.
type ending struct{}

func (ending) Ending(key string) dialog.Ending {
	return dialog.Ending{Replies: []dialog.Reply{{Text: key}}}
}

func TestOneText(t *testing.T) {
	d := newDesk(t)
	type wish struct{ Text string }
	form := OneText[wish, ending]{Name: "z", Step: "isi", Cancelled: "form.cancelled",
		Load: func(context.Context, ending, *dialog.Record) (wish, error) { return wish{Text: "of before"}, nil },
		Ask:  func(wish) (string, text.Args) { return "ticket.team", nil },
		Read: func(typed string) (string, error) {
			if typed == "x" {
				return "", dialog.Invalid("again")
			}
			if typed == "fault" {
				return "", errors.New("fault")
			}
			return typed, nil
		},
		Into: func(w *wish) *string { return &w.Text },
		Finish: func(_ context.Context, e ending, w wish) (dialog.Ending, error) {
			return e.Ending("took " + w.Text), nil
		},
	}.Form(d)
	rec, err := form.Handle(t.Context(), ending{}, dialog.Record{}, dialog.Input{Verb: dialog.Resume})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		in   dialog.Input
		want string
	}{
		{dialog.Input{Value: "pindah unit", Typed: true}, "took pindah unit"},
		{dialog.Input{Value: "batal", Step: "isi"}, "form.cancelled"},
		{dialog.Input{Value: "anything that no button says now", Step: "isi"}, "form.cancelled"},
		{dialog.Input{Value: " BATAL", Typed: true}, "form.cancelled"},
		{dialog.Input{Value: "x", Typed: true}, "again\n\n"},
	} {
		tt.in.Verb = dialog.Answer
		turn, err := form.Handle(t.Context(), ending{}, rec.Record, tt.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := turn.Replies[0].Text; !strings.HasPrefix(got, tt.want) {
			t.Errorf("%+v ends with %q, want %q", tt.in, got, tt.want)
		}
	}
	if _, err := form.Handle(t.Context(), ending{}, rec.Record, dialog.Input{Verb: dialog.Answer, Value: "fault", Typed: true}); err == nil {
		t.Error("a fault of Read is no fault of the form")
	}
}

func TestTypedClock(t *testing.T) {
	for typed, want := range map[string]string{"8": "8h0m0s", "08.30": "8h30m0s", "8:05": "8h5m0s", "pukul 08.30 WIB": "8h30m0s", "jam 7": "7h0m0s", "00.00": "0s",
		"23.59 wit": "23h59m0s", "24.00": "", "8.60": "", "pagi": "", "": "", "8 30": "", "8.30.15": ""} {
		got, ok := TypedClock(typed)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("TypedClock(%q) = %s, %t; want %q", typed, got, ok, want)
		}
	}
}

// A question that takes whole messages is left with Batal, pressed or typed; a picture
// whose words are Batal is a picture.
func TestMessageQuestion(t *testing.T) {
	d := newDesk(t)
	q := Short[absence]{Desk: d, Cancelled: func(a *absence) *bool { return &a.Left }}
	step := q.Message("isi", "delegation.letter", func(a *absence, c dialog.Content) error {
		a.Why = c.Text + "|" + c.File.Media
		return nil
	})
	for name, tt := range map[string]struct {
		give func(*absence) error
		want absence
	}{
		"pressed": {func(a *absence) error { return step.Accept(a, "batal", false) }, absence{Left: true}},
		"typed":   {func(a *absence) error { return step.Message(a, dialog.Content{Text: " Batal "}) }, absence{Left: true}},
		"written": {func(a *absence) error { return step.Message(a, dialog.Content{Text: "surat"}) }, absence{Why: "surat|"}},
		"a picture": {func(a *absence) error {
			return step.Message(a, dialog.Content{Text: "batal", File: dialog.File{Media: "photo", FileID: "f"}})
		}, absence{Why: "batal|photo"}},
	} {
		var got absence
		if err := tt.give(&got); err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, tt.want)
		}
	}
	var bad dialog.Invalid
	if err := step.Accept(&absence{}, "7", false); !errors.As(err, &bad) {
		t.Errorf("another button: %v", err)
	}
}
