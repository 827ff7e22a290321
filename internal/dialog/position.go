package dialog

import "strings"

// current derives the step on show: the stored one while it still exists,
// else the first that is not answered, else the review card.
func (t *turn[S, E]) current() string {
	switch at := t.rec.At; {
	case at == IntroStep && t.form.Intro != nil:
		return IntroStep
	case at == ReviewStep && t.unanswered(0) < 0:
		return ReviewStep
	case t.index(at) >= 0:
		return at
	}
	if i := t.unanswered(0); i >= 0 {
		return t.steps[i].Key
	}
	return ReviewStep
}

// next is where the form goes from a step: while that step is unanswered it
// stays, else the next unanswered one behind it, else the first, else review.
func (t *turn[S, E]) next(at string) string {
	i := t.index(at)
	if i >= 0 && !t.rec.answered(at) {
		return at
	}
	if t.in.Verb == Resume && (i >= 0 || at == ReviewStep) {
		return at
	}
	if j := t.unanswered(i + 1); j >= 0 {
		return t.steps[j].Key
	}
	if j := t.unanswered(0); j >= 0 {
		return t.steps[j].Key
	}
	return ReviewStep
}

// reviewed tells whether there is a card between the last answer and the end.
func (t *turn[S, E]) reviewed() bool {
	return t.form.Review != nil && t.form.Review(t.s).Text != ""
}

func (t *turn[S, E]) unanswered(from int) int {
	for i := from; i < len(t.steps); i++ {
		if !t.rec.answered(t.steps[i].Key) {
			return i
		}
	}
	return -1
}

func (t *turn[S, E]) index(key string) int {
	for i, s := range t.steps {
		if s.Key == key {
			return i
		}
	}
	return -1
}

// card tells whether a step shows what was answered.
func (t *turn[S, E]) card(key string) bool {
	i := t.index(key)
	return i >= 0 && t.steps[i].Card
}

// returns tells whether a card waits for the answer that is being changed.
func (t *turn[S, E]) returns() bool { return t.card(t.rec.Return) }

func (t *turn[S, E]) place(key string) Place {
	return Place{K: t.index(key) + 1, N: len(t.steps)}
}

// prompt renders a step with the navigation that every step has.
func (t *turn[S, E]) prompt(key string) Prompt {
	say := t.form.Say
	var p Prompt
	nav := []Choice{{Label: say.Back, Verb: Back}}
	switch i := t.index(key); {
	case key == IntroStep:
		return t.form.Intro(t.s)
	case i >= 0:
		p = t.steps[i].Ask(t.s, t.place(key))
		if p.Bare {
			return t.bare(p, t.steps[i].Optional)
		}
		if i == 0 && t.form.Intro == nil {
			nav = nil
		}
		if t.steps[i].Optional {
			nav = append(nav, Choice{Label: say.Skip, Verb: Skip})
		}
	case t.form.Review != nil:
		p = t.form.Review(t.s)
		p.Rows = append(p.Rows, []Choice{{Label: say.Submit, Verb: Submit}})
	}
	if t.form.Left != nil {
		nav = append(nav, Choice{Label: say.Later, Verb: Later})
	}
	if len(nav) > 0 {
		p.Rows = append(p.Rows, nav)
	}
	return p
}

// named finds the button of the step on show whose label was typed. One with a number is
// not looked for: the list may have been made anew since it was read.
func (t *turn[S, E]) named(at string) (Choice, bool) {
	typed := plain(t.in.Value)
	if typed == "" || strings.ContainsAny(typed, "0123456789") {
		return Choice{}, false
	}
	for _, row := range t.prompt(at).Rows {
		for _, c := range row {
			if plain(c.Label) != typed || c.Verb == Change {
				continue
			}
			if c.Verb == "" {
				c.Verb = Answer
			}
			return c, true
		}
	}
	return Choice{}, false
}

// bare adds nothing but Skip, beside the last choice.
func (t *turn[S, E]) bare(p Prompt, optional bool) Prompt {
	if !optional {
		return p
	}
	skip := Choice{Label: t.form.Say.Skip, Verb: Skip}
	if last := len(p.Rows) - 1; last >= 0 && len(p.Rows[last]) == 1 {
		p.Rows[last] = append(p.Rows[last], skip)
	} else {
		p.Rows = append(p.Rows, []Choice{skip})
	}
	return p
}

// plain makes a typed word comparable: lower case, without outer white space
// and punctuation.
func plain(text string) string {
	return strings.Trim(strings.ToLower(text), " \t\r\n.,:;\"'‹›<>")
}
