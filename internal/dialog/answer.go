package dialog

import (
	"context"
	"errors"
	"fmt"
)

func (t *turn[S, E]) answer(ctx context.Context, env E, at string) error {
	i := t.index(at)
	if i < 0 && t.in.Weak {
		t.out.NotTaken = true
		return nil
	}
	if i < 0 { // a text typed on a card: say what the card offers
		t.present(at, t.form.Say.ReviewHint)
		return nil
	}
	err := t.accept(t.steps[i])
	if bad := Invalid(""); errors.As(err, &bad) && t.in.Weak {
		t.out.NotTaken = true
		return nil
	} else if errors.As(err, &bad) {
		t.refuse(at, bad)
		return nil
	} else if err != nil {
		return fmt.Errorf("step %s: %w", at, err)
	}
	if stays := t.steps[i].Stays; stays != nil && stays(t.s) {
		t.steps = t.form.Steps(t.s)
		t.goTo(at)
		return nil
	}
	return t.advance(ctx, env, at)
}

// accept gives a step what was answered.
func (t *turn[S, E]) accept(step Step[S]) error {
	if step.Message != nil && t.in.Typed && t.in.Content != nil {
		return step.Message(&t.s, *t.in.Content)
	}
	return step.Accept(&t.s, t.in.Value, t.in.Typed)
}

// takesMessages tells whether the step on show takes whole messages.
func (t *turn[S, E]) takesMessages(at string) bool {
	i := t.index(at)
	return i >= 0 && t.steps[i].Message != nil
}

func (t *turn[S, E]) skip(ctx context.Context, env E, at string) error {
	i := t.index(at)
	if i < 0 || !t.steps[i].Optional {
		t.present(at, t.form.Say.Required)
		return nil
	}
	if t.steps[i].Skip != nil {
		t.steps[i].Skip(&t.s)
	}
	return t.advance(ctx, env, at)
}
