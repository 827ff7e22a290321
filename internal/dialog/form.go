package dialog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Input is what a person asks of a form: a pressed button or a typed text.
type Input struct {
	Verb    Verb
	Step    string // the step that the pressed button belonged to
	Value   string
	Message int    // the pressed message; 0 for typed text and commands
	Typed   bool   // Value is what the person typed
	Stale   string // sentence to put above the present state, when the caller knows better
	// Content is the whole message of somebody who wrote or sent something; nil of a
	// press.
	Content *Content
	// Weak says that the text means something else too: a form that cannot take it as an
	// answer leaves it alone (Turn.NotTaken) and does not ask again.
	Weak bool
	// Media says that the message is no text. Only a step that takes messages gets it;
	// any other leaves it alone (Turn.NotTaken).
	Media bool
}

// Place says where a question stands: K of N, counted from 1.
type Place struct{ K, N int }

// Choice is a button that a step offers. The zero Verb is Answer.
type Choice struct {
	Label, Value string
	Verb         Verb
	Step         string // of Change: the step to ask again
}

// Prompt is what a form shows: a text in HTML and its buttons.
type Prompt struct {
	Template string // catalogue key
	Text     string
	Rows     [][]Choice
	// Moving are lines of the text of a review card that change by themselves, such as how
	// many have an account by now: the card is sent whatever they read (Form.AsShown).
	Moving []string
	// Bare leaves the navigation away: a question that stands alone has nothing
	// before it and nothing to come back to.
	Bare bool
}

// Invalid refuses an answer: its text is shown above the same question, and
// nothing is stored.
type Invalid string

// Error returns the sentence itself.
func (e Invalid) Error() string { return string(e) }

// Step asks for one answer and keeps it in the state S.
type Step[S any] struct {
	Key      string // stored: never rename or reuse
	Optional bool   // may be left with Skip
	// Card marks a step that asks nothing new: it shows what was answered, its
	// Change buttons lead to other steps, and Submit answers it with "".
	Card bool
	// Stays tells of a step that takes several answers one after the other that it has
	// not had all of them: it is asked again, with what it has now. nil = one is all.
	Stays func(S) bool
	Ask   func(S, Place) Prompt
	// Accept stores the answer; typed tells text apart from a button's value.
	// An Invalid error is shown, any other is a fault.
	Accept func(s *S, value string, typed bool) error
	// Message takes a written or sent message as a whole, with its look and its picture
	// or file; errors are as those of Accept. nil = the step takes no message: a
	// written one comes to Accept, a sent picture is not for it.
	Message func(s *S, c Content) error
	// Skip stores that there is no answer; it may be nil.
	Skip func(*S)
}

// Ending is what remains when a form is finished.
type Ending struct {
	Replies []Reply
	Toast   string // "" = none
	// Keep leaves the card as it is, without its buttons: what somebody has agreed to
	// can be read again. The replies are new messages.
	Keep bool
}

// Form declares a conversation over the state S. E is what it may use while
// the transaction is open: the person, the clock, the store.
type Form[S, E any] struct {
	FormName string
	// Load decodes r.State, or makes a first state when it is empty (and may
	// then fill r.Answered from what was sent before).
	Load  func(ctx context.Context, env E, r *Record) (S, error)
	Steps func(S) []Step[S]
	// Guard shows the returned prompt instead of anything else while closed
	// is true, for example after the deadline. It may be nil.
	Guard func(env E, s S) (p Prompt, closed bool)
	// Intro is the card before the first question; nil = there is none.
	Intro func(S) Prompt
	// Review is the card before sending; nil, or one without a text = the last answer
	// finishes.
	Review func(S) Prompt
	// AsShown says that the review card is sent only while it reads as it did when it was
	// shown: for a card that names what others can change meanwhile. Nothing on it but the
	// lines of Prompt.Moving may change by itself.
	AsShown bool
	// Left is shown after Later; nil = the form is not left that way.
	Left func(S, Place) Prompt
	// Finish ends the form. An Invalid error asks the last question again; it
	// must not have changed anything then.
	Finish func(ctx context.Context, env E, s S) (Ending, error)
	// Part runs after each accepted answer, in the same transaction. An ending
	// with replies ends the turn: a part of the form was sent, and the rest of
	// it goes on another time. It may be nil.
	Part func(ctx context.Context, env E, s *S) (Ending, error)
	Say  Wording
}

// Turn is the outcome of one input.
type Turn struct {
	Record  Record
	Replies []Reply
	Toast   string
	Left    bool // the person is no longer inside the form
	// NotTaken says that the input was a picture or a file and the step on show takes
	// none, or a weak text that is no answer. Nothing has happened then.
	NotTaken bool
}

// Flow is a Form with its state type erased, so that one registry holds all.
type Flow[E any] interface {
	Name() string
	Handle(ctx context.Context, env E, r Record, in Input) (Turn, error)
}

// Name returns the name that callback data and drafts carry.
func (f Form[S, E]) Name() string { return f.FormName }

// Handle applies one input to a draft. A record without a state is begun.
// It never changes anything for a stale button: it shows the present state.
func (f Form[S, E]) Handle(ctx context.Context, env E, r Record, in Input) (Turn, error) {
	r.Form = f.FormName
	s, err := f.Load(ctx, env, &r)
	if err != nil {
		return Turn{}, fmt.Errorf("load form %s: %w", f.FormName, err)
	}
	t := &turn[S, E]{form: f, rec: r, s: s, in: in, steps: f.Steps(s)}
	if in.Media && !t.takesMessages(t.current()) {
		return Turn{Record: r, NotTaken: true}, nil
	}
	if f.Guard != nil {
		if p, closed := f.Guard(env, s); closed {
			t.show(r.At, p, "")
			t.out.Left = true
			return t.end()
		}
	}
	if err := t.apply(ctx, env); err != nil {
		return Turn{}, fmt.Errorf("form %s: %w", f.FormName, err)
	}
	return t.end()
}

// turn is one input on its way through a form.
type turn[S, E any] struct {
	form  Form[S, E]
	rec   Record
	s     S
	in    Input
	steps []Step[S]
	out   Turn
}

func (t *turn[S, E]) end() (Turn, error) {
	state, err := json.Marshal(t.s)
	if err != nil {
		return Turn{}, fmt.Errorf("encode form %s: %w", t.form.FormName, err)
	}
	t.rec.State = state
	t.out.Record = t.rec
	return t.out, nil
}

func (t *turn[S, E]) apply(ctx context.Context, env E) error {
	at := t.current()
	if t.in.Typed {
		t.in.Step = at
		if c, ok := t.named(at); ok {
			t.in.Verb, t.in.Value, t.in.Typed = c.Verb, c.Value, false
		} else if verb, ok := t.form.Say.Words[plain(t.in.Value)]; ok {
			t.in.Verb, t.in.Typed = verb, false
		}
	}
	if t.stale(at) {
		t.present(at, t.form.Say.Stale)
		return nil
	}
	switch t.in.Verb {
	case Back:
		t.back(at)
	case Later:
		t.leave(at)
	case Skip:
		return t.skip(ctx, env, at)
	case Change:
		if t.card(at) && !t.card(t.in.Step) {
			t.rec.Return = at
		}
		t.goTo(t.in.Step)
	case Submit:
		return t.submit(ctx, env, at)
	case Answer:
		return t.answer(ctx, env, at)
	default:
		next := t.next(at)
		if next == ReviewStep && !t.reviewed() {
			return t.finish(ctx, env)
		}
		t.goTo(next)
	}
	return nil
}

// stale tells whether a pressed button does not belong to what is on show, but to
// another step. An older copy of the card that is on show is not stale: after a kill
// a question may stand in the chat twice, and whoever sees only the first copy must be
// able to answer it.
func (t *turn[S, E]) stale(at string) bool {
	if t.in.Typed || t.in.Verb == Resume || t.in.Verb == "" {
		return false
	}
	if t.in.Verb == Change {
		return at != ReviewStep && !t.card(at) || t.index(t.in.Step) < 0
	}
	return t.in.Step != at
}

// advance goes on after an answered step: to the next unanswered one, to the
// review card, or to the end.
func (t *turn[S, E]) advance(ctx context.Context, env E, at string) error {
	t.rec.mark(at)
	t.rec.At = at
	t.out.Toast = t.form.Say.Saved
	if t.form.Part != nil {
		if ending, err := t.form.Part(ctx, env, &t.s); err != nil || len(ending.Replies) > 0 {
			t.steps = t.form.Steps(t.s)
			t.close(ending, len(t.steps) == 0)
			return err
		}
	}
	t.steps = t.form.Steps(t.s)
	next := t.next(at)
	if t.returns() {
		next = t.rec.Return
	}
	if next == ReviewStep && !t.reviewed() {
		return t.finish(ctx, env)
	}
	t.goTo(next)
	return nil
}

func (t *turn[S, E]) submit(ctx context.Context, env E, at string) error {
	if t.card(at) {
		t.in.Value = ""
		return t.answer(ctx, env, at)
	}
	if at != ReviewStep {
		t.present(at, t.form.Say.Unfinished)
		return nil
	}
	return t.send(ctx, env)
}

func (t *turn[S, E]) finish(ctx context.Context, env E) error {
	ending, err := t.form.Finish(ctx, env, t.s)
	if bad := Invalid(""); errors.As(err, &bad) && t.in.Weak {
		t.out = Turn{NotTaken: true}
		return nil
	} else if errors.As(err, &bad) {
		at := t.current()
		t.rec.unmark(at)
		t.refuse(at, bad)
		return nil
	} else if err != nil {
		return err
	}
	t.close(ending, true)
	return nil
}

// close ends the turn with what remains; the form itself is over when done.
func (t *turn[S, E]) close(ending Ending, done bool) {
	if len(ending.Replies) > 0 && t.in.Message != 0 && !ending.Keep {
		ending.Replies[0].Edit = t.in.Message
	}
	t.out.Replies, t.out.Toast, t.out.Left = ending.Replies, ending.Toast, true
	t.rec.Done, t.rec.At, t.rec.Message, t.rec.Card, t.rec.Return = done, "", 0, "", ""
}

func (t *turn[S, E]) back(at string) {
	if t.returns() {
		t.goTo(t.rec.Return)
		return
	}
	i := t.index(at)
	switch {
	case at == ReviewStep:
		i = len(t.steps)
	case i < 0:
		i = 0
	}
	if i > 0 {
		t.goTo(t.steps[i-1].Key)
	} else if t.form.Intro != nil {
		t.goTo(IntroStep)
	} else {
		t.goTo(at)
	}
}

func (t *turn[S, E]) leave(at string) {
	if t.form.Left == nil { // a form too short to be left: the word is no answer
		t.present(at, "")
		return
	}
	t.rec.At = at
	t.show(at, t.form.Left(t.s, t.place(at)), "")
	t.out.Left = true
}

// goTo puts a step, the review or the intro on show.
func (t *turn[S, E]) goTo(key string) {
	t.rec.At = key
	if key == t.rec.Return {
		t.rec.Return = ""
	}
	t.show(key, t.prompt(key), "")
}

// present shows once more what is on show, below a sentence. The message on which
// the form lives is refreshed without a sound: pressing twice is no mistake.
func (t *turn[S, E]) present(at, sentence string) {
	t.rec.At = at
	switch {
	case t.in.Message == 0:
		t.show(at, t.prompt(at), sentence)
	case t.in.Message == t.rec.Message:
		t.show(at, t.prompt(at), "")
	default:
		t.in.Message = 0
		t.out.Toast = PlainText(sentence)
		t.show(at, t.prompt(at), sentence)
	}
}

// refuse says why an answer is not taken, and asks again.
func (t *turn[S, E]) refuse(at string, why Invalid) {
	pressed := t.in.Message != 0 && t.in.Message == t.rec.Message
	t.present(at, string(why))
	if pressed { // the card stays as it is, so nothing else would say it
		t.out.Toast = PlainText(string(why)) // Telegram shows it as it is
	}
}

func (t *turn[S, E]) show(key string, p Prompt, above string) {
	text := p.Text
	if above != "" {
		text = above + "\n\n" + text
	}
	rows := make([][]Button, 0, len(p.Rows))
	for _, row := range p.Rows {
		buttons := make([]Button, len(row))
		for i, c := range row {
			buttons[i] = t.button(key, c)
		}
		rows = append(rows, buttons)
	}
	t.rec.Message, t.rec.Card, t.rec.Seen = t.in.Message, "", t.seen(key, p)
	t.out.Replies = append(t.out.Replies, Reply{Template: p.Template, Text: text, Rows: rows, Edit: t.in.Message})
}

func (t *turn[S, E]) button(key string, c Choice) Button {
	a := Action{Flow: t.form.FormName, Ref: t.rec.Ref, Step: key, Verb: c.Verb, Value: c.Value}
	if a.Verb == "" {
		a.Verb = Answer
	}
	if a.Verb == Change {
		a.Step = c.Step
	}
	return Button{Label: c.Label, Action: a}
}
