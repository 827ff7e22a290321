package dialog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"slices"
	"strings"
	"unicode/utf16"
)

// How much of a review card a refusal names: so many lines, each of so many characters, and
// none where the message would have more UTF-16 units than Telegram takes.
const (
	changedLines = 3
	changedLine  = 160
	messageUnits = 4096
)

// seen is what of the card that is put on show is remembered until it is sent: of the
// review card a mark for each line, so that what has changed can be named without keeping
// the text; of any other what is remembered already. Of answers without a name nothing is
// remembered: a mark could be compared with every answer there is.
func (t *turn[S, E]) seen(key string, p Prompt) []string {
	if key != ReviewStep || !t.form.AsShown || Sealed(t.form.FormName) || !offers(p, Submit) {
		return t.rec.Seen
	}
	var marks []string
	for _, line := range binding(p) {
		sum := sha256.Sum256([]byte(line))
		marks = append(marks, hex.EncodeToString(sum[:4]))
	}
	return marks
}

func offers(p Prompt, v Verb) bool {
	return slices.ContainsFunc(p.Rows, func(row []Choice) bool {
		return slices.ContainsFunc(row, func(c Choice) bool { return c.Verb == v })
	})
}

// binding are the lines of a card that do not change by themselves.
func binding(p Prompt) []string {
	lines := strings.FieldsFunc(p.Text, func(r rune) bool { return r == '\n' })
	return slices.DeleteFunc(lines, func(line string) bool { return slices.Contains(p.Moving, line) })
}

// send finishes with what the review card has shown. When the card reads otherwise by now,
// because something it is about was changed by somebody else, nothing is done: it is shown
// as it is now, below a sentence that says so and names what is new.
func (t *turn[S, E]) send(ctx context.Context, env E) error {
	p := t.prompt(ReviewStep)
	now := t.seen(ReviewStep, p)
	if len(t.rec.Seen) == 0 || slices.Equal(now, t.rec.Seen) { // none: a draft from before marks were kept
		return t.finish(ctx, env)
	}
	above, named := t.form.Say.Changed, 0
	for i, line := range binding(p) {
		if line = PlainText(line); named < changedLines && line != "" && !slices.Contains(t.rec.Seen, now[i]) {
			if named++; named == 1 {
				above += " " + t.form.Say.ChangedLines
			}
			if r := []rune(line); len(r) > changedLine {
				line = string(r[:changedLine]) + "…"
			}
			above += "\n<i>" + html.EscapeString(line) + "</i>"
		}
	}
	if len(utf16.Encode([]rune(above+p.Text)))+len("\n\n") > messageUnits {
		above = t.form.Say.Changed
	}
	t.show(ReviewStep, p, above)
	t.out.Toast = PlainText(t.form.Say.Changed)
	return nil
}
