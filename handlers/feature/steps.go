package feature

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

// DecodeState reads the state of a form that was begun before.
func DecodeState(r *dialog.Record, into any) error {
	if len(r.State) == 0 {
		return nil
	}
	if err := json.Unmarshal(r.State, into); err != nil {
		return fmt.Errorf("decode form %s: %w", r.Form, err)
	}
	return nil
}

// Midnight is the beginning of the civil day of t.
func Midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// TypedDate reads a date as people type it (text.Day), on the civil day of the agency.
func (p *Desk) TypedDate(typed string) (time.Time, bool) { return text.Day(typed, p.Today()) }

// Today is the beginning of the civil day of the agency.
func (p *Desk) Today() time.Time { return Midnight(p.Cfg.Now().In(p.Cfg.Location)) }

// TypedClock reads a time of day as people write it: 8, 08.30, 8:30, pukul 08.30 WIB.
func TypedClock(typed string) (sinceMidnight time.Duration, ok bool) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	typed = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(typed, "pukul"), "jam"))
	for _, zone := range []string{"wib", "wita", "wit"} {
		typed = strings.TrimSpace(strings.TrimSuffix(typed, zone))
	}
	typed = strings.ReplaceAll(typed, ".", ":")
	for _, form := range []string{"15:4", "15"} {
		if at, err := time.Parse(form, typed); err == nil {
			return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, true
		}
	}
	return 0, false
}

// Until reads a last day that people type, today at the earliest, and returns the
// first moment after it.
func (p *Desk) Until(typed string, now time.Time) (after time.Time, ok bool) {
	last, ok := p.TypedDate(typed)
	if !ok || last.Before(Midnight(now)) {
		return time.Time{}, false
	}
	return last.AddDate(0, 0, 1), true
}

// MaxSpanDays is the longest span of days that a person of the office may enter.
const MaxSpanDays = 366

// batal is what the button Batal answers, and what may be typed in its place.
const batal = "batal"

func cancels(value string) bool { return strings.EqualFold(strings.TrimSpace(value), batal) }

// askShort asks a question of a short form, with the button Batal below the others.
func (p *Desk) askShort(key string, args text.Args, rows [][]dialog.Choice) dialog.Prompt {
	return dialog.Prompt{Template: key, Text: p.Cfg.Text.T(key, args), Bare: true,
		Rows: append(slices.Clone(rows), []dialog.Choice{{Label: p.Cfg.Text.Plain("label.cancel", nil), Value: batal}})}
}

// Short makes the questions of a short form. The button Batal, or its word, ends the
// form at any of them; nothing is changed then.
type Short[S any] struct {
	Desk      *Desk
	Cancelled func(*S) *bool    // where it is kept that the form was left
	Args      func(S) text.Args // what the questions name; nil = nothing
}

// Steps are the questions, none once the form was left.
func (f Short[S]) Steps(s S, steps ...dialog.Step[S]) []dialog.Step[S] {
	if *f.Cancelled(&s) {
		return nil
	}
	return steps
}

// Question asks with these buttons above Batal; accept gets every other answer, of a
// button or typed.
func (f Short[S]) Question(key, ask string, accept func(s *S, value string) error, rows ...[]dialog.Choice) dialog.Step[S] {
	return dialog.Step[S]{Key: key,
		Ask: func(s S, _ dialog.Place) dialog.Prompt {
			var args text.Args
			if f.Args != nil {
				args = f.Args(s)
			}
			return f.Desk.askShort(ask, args, rows)
		},
		Accept: func(s *S, value string, _ bool) error {
			left := f.Cancelled(s)
			if *left = cancels(value); *left {
				return nil
			}
			return accept(s, value)
		}}
}

// Message asks for a whole message, with its look and its picture or file; take gets it.
func (f Short[S]) Message(key, ask string, take func(s *S, c dialog.Content) error, rows ...[]dialog.Choice) dialog.Step[S] {
	step := f.Question(key, ask, func(*S, string) error { return dialog.Invalid(f.Desk.Cfg.Text.T("form.choice_hint", nil)) }, rows...)
	step.Message = func(s *S, c dialog.Content) error {
		if c.File.Media == "" && cancels(c.Text) {
			return step.Accept(s, c.Text, true)
		}
		return take(s, c)
	}
	return step
}

// Words asks for a line of text of so many characters; hint says how many, when it
// has more or fewer.
func (f Short[S]) Words(key, ask, hint string, shortest, longest int, into func(*S) *string) dialog.Step[S] {
	return f.Question(key, ask, func(s *S, value string) (err error) {
		*into(s), err = f.Desk.Line(value, shortest, longest, hint)
		return err
	})
}

// Span asks for the first and the last day of something that lasts MaxSpanDays at
// most. from and to are the questions.
func (f Short[S]) Span(from, to string, days func(*S) (first, last *time.Time)) []dialog.Step[S] {
	day := func(key, ask string, set func(s *S, day time.Time) bool) dialog.Step[S] {
		return f.Question(key, ask, func(s *S, value string) error {
			if d, ok := f.Desk.TypedDate(value); ok && set(s, d) {
				return nil
			}
			return dialog.Invalid(f.Desk.Cfg.Text.T("form.span_hint", nil))
		})
	}
	return []dialog.Step[S]{
		day("dari", from, func(s *S, d time.Time) bool {
			first, _ := days(s)
			*first = d
			return true
		}),
		day("sampai", to, func(s *S, d time.Time) bool {
			first, last := days(s)
			*last = d
			return !d.Before(*first) && d.Before(first.AddDate(0, 0, MaxSpanDays))
		}),
	}
}

// Line reads a line of text of so many characters, in which white space counts once.
// A text that is shorter or longer is refused with the sentence hint.
func (p *Desk) Line(typed string, shortest, longest int, hint string) (string, error) {
	line := strings.Join(strings.Fields(typed), " ")
	if n := utf8.RuneCountInString(line); n < shortest || n > longest {
		return "", dialog.Invalid(p.Cfg.Text.T(hint, nil))
	}
	return line, nil
}

// OneText is a form of one question, which is answered with a text or left with
// Batal.
type OneText[S any, E interface {
	Ending(key string) dialog.Ending
}] struct {
	Name string // of the form
	Step string // key of the question
	Load func(context.Context, E, *dialog.Record) (S, error)
	Ask  func(S) (key string, args text.Args)
	// Offer are answers as buttons, and lines below the question that say what they are;
	// the value of a button comes to Read as if it were typed. nil = there are none.
	Offer func(S) (lines []string, rows [][]dialog.Choice)
	// Read says what is kept of the text; a dialog.Invalid asks again.
	Read func(typed string) (string, error)
	// Into is where the text is kept for Finish: "" before it was typed, and after
	// Batal.
	Into      func(*S) *string
	Cancelled string // what is said after Batal
	Finish    func(context.Context, E, S) (dialog.Ending, error)
}

// Form is the conversation.
func (f OneText[S, E]) Form(p *Desk) dialog.Form[S, E] {
	step := dialog.Step[S]{Key: f.Step,
		Ask: func(s S, _ dialog.Place) dialog.Prompt {
			key, args := f.Ask(s)
			var lines []string
			var rows [][]dialog.Choice
			if f.Offer != nil {
				lines, rows = f.Offer(s)
			}
			ask := p.askShort(key, args, rows)
			ask.Text = strings.Join(append([]string{ask.Text}, lines...), "\n")
			return ask
		},
		Accept: func(s *S, value string, typed bool) (err error) {
			if cancels(value) || !typed && f.Offer == nil {
				*f.Into(s) = ""
				return nil
			}
			*f.Into(s), err = f.Read(value)
			return err
		}}
	return dialog.Form[S, E]{
		FormName: f.Name, Say: p.Wording("form.review_hint"), Load: f.Load,
		Steps: func(S) []dialog.Step[S] { return []dialog.Step[S]{step} },
		Finish: func(ctx context.Context, e E, s S) (dialog.Ending, error) {
			if *f.Into(&s) == "" {
				return e.Ending(f.Cancelled), nil
			}
			return f.Finish(ctx, e, s)
		},
	}
}

// Wording is what all forms share.
func (p *Desk) Wording(hint string) dialog.Wording {
	t := p.Cfg.Text
	return dialog.Wording{
		Back: t.Plain("label.back", nil), Skip: t.Plain("label.skip", nil), Later: t.Plain("label.later", nil),
		Submit: t.Plain("label.submit", nil), Saved: t.Plain("toast.saved", nil),
		Stale: t.T("form.stale", nil), Required: t.T("form.required", nil),
		Unfinished: t.T("form.unfinished", nil), Changed: t.T("form.changed", nil), ChangedLines: t.T("form.changed_lines", nil), ReviewHint: t.T(hint, nil),
		Words: map[string]dialog.Verb{"kembali": dialog.Back, "lewati": dialog.Skip, "nanti": dialog.Later, "kirim": dialog.Submit},
	}
}
