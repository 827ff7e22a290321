package feature

import (
	"context"
	"errors"
	"html"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// ShortestName is how few letters of a name are looked for.
const ShortestName = 3

// Lookup is the state of a form in which a name or a NIP is typed.
type Lookup struct {
	Typed  string           `json:"-"` // "" = cancelled
	Member personnel.Member // of whom; zero when searching
	Of     task.Task        // the rating that is given to somebody else
	// Offered are people whose buttons may be pressed instead.
	Offered []personnel.Member
}

// offerValue begins the value of a button that names a person.
const offerValue = "id-"

// OfferPeople are people as buttons with numbers, and the lines that name them. The
// button holds the person and not the number.
func OfferPeople(people []personnel.Member) (lines []string, rows [][]dialog.Choice) {
	var buttons []dialog.Choice
	for i, m := range people {
		n := strconv.Itoa(i + 1)
		lines = append(lines, html.EscapeString(n+". "+Clip(m.Address(), 60)+", "+Clip(m.PositionTitle, 60)))
		buttons = append(buttons, dialog.Choice{Label: n, Value: offerValue + strconv.FormatInt(m.ID, 10)})
	}
	return lines, Grid(Numbers, buttons)
}

// Offered finds of which of the people offered a value is the button. A typed number means
// nobody: the list may have been made anew since it was read, and the number be somebody
// else's by now.
func Offered(people []personnel.Member, value string) (m personnel.Member, ok bool) {
	value = strings.TrimSpace(value)
	for _, m := range people {
		if value == offerValue+strconv.FormatInt(m.ID, 10) {
			return m, true
		}
	}
	return m, false
}

// Taken turns the replies that were added on the way into those of the ending.
func (e *Env) Taken() dialog.Ending {
	replies := e.Out.Replies
	e.Out.Replies = nil
	return dialog.Ending{Replies: replies}
}

// Found looks for people by NIP, when it is one, else by a part of the name.
func (e *Env) Found(ctx context.Context, a personnel.Area, typed string, limit int) ([]personnel.Member, error) {
	name, nip, err := e.nameOrNIP(typed)
	if err != nil {
		return nil, err
	}
	return e.Tx.FindPeople(ctx, a, name, nip, limit)
}

// FoundBelow does the same among those whom the asker leads, at any depth.
func (e *Env) FoundBelow(ctx context.Context, typed string, limit int) ([]personnel.Member, error) {
	name, nip, err := e.nameOrNIP(typed)
	if err != nil {
		return nil, err
	}
	return e.Tx.FindBelow(ctx, e.Employee.ID, name, nip, limit)
}

// WholeNames keeps the people whose names hold each of at least two typed words as a word
// of its own. It is for lists that go beyond the asker's own people: with pieces of names
// anybody could read through the register of the whole agency.
func WholeNames(people []personnel.Member, typed string) (named []personnel.Member) {
	words := strings.Fields(strings.ToLower(typed))
	if len(words) < 2 {
		return nil
	}
	for _, m := range people {
		name := strings.FieldsFunc(strings.ToLower(m.Name), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
		if !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(name, strings.Trim(w, ".,")) }) {
			named = append(named, m)
		}
	}
	return named
}

// nameOrNIP reads what somebody types to find a person.
func (e *Env) nameOrNIP(typed string) (name string, nip personnel.NIP, err error) {
	if inside := personnel.NIPInside(typed); inside != "" {
		typed = inside
	}
	nip, err = personnel.ParseNIP(typed, e.Now)
	if bad := (*personnel.NIPError)(nil); err != nil && !errors.As(err, &bad) {
		return "", nip, err
	}
	if err == nil { // a NIP stands in no name
		return nip.Reveal(), nip, nil
	}
	return typed, nip, nil
}

// LookupForm asks for a name or a NIP; finish gets what was typed.
func LookupForm[E interface{ Ending(string) dialog.Ending }](p *Desk, name, ask string,
	load func(context.Context, E, *dialog.Record) (Lookup, error),
	finish func(context.Context, E, Lookup) (dialog.Ending, error)) dialog.Form[Lookup, E] {
	return OneText[Lookup, E]{
		Name: name, Step: "cari", Load: load, Cancelled: "form.cancelled", Finish: finish,
		Ask:   func(l Lookup) (string, text.Args) { return ask, text.Args{"alamat": l.Member.Address()} },
		Offer: func(l Lookup) ([]string, [][]dialog.Choice) { return OfferPeople(l.Offered) },
		Read: func(typed string) (string, error) {
			typed = strings.TrimSpace(typed)
			if utf8.RuneCountInString(typed) < ShortestName {
				return "", dialog.Invalid(p.Cfg.Text.T("unit.search_short", nil))
			}
			return typed, nil
		},
		Into: func(l *Lookup) *string { return &l.Typed },
	}.Form(p)
}

// Area is the part of the register that the person may work with.
func (e *Env) Area() personnel.Area {
	switch r := e.Employee.Rights; {
	case r.HR:
		return personnel.Area{All: true}
	case r.Officer:
		return personnel.Area{Officer: e.Employee.ID}
	}
	return personnel.Area{}
}
