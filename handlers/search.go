package handlers

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// The names of the forms in which officers type a name or a NIP.
const (
	searchFlow   = "c" // find a person of the area
	superiorFlow = "a" // name the superior of the person that is its ref
)

const shortestName = 3

// lookup is the state of both.
type lookup struct {
	Typed  string           `json:"-"`
	member personnel.Member // of whom; zero when searching
	of     task.Task        // the rating that is given to somebody else
}

// searchForm finds a person of the area by a part of the name or the NIP.
func (p *Processor) searchForm() dialog.Form[lookup, *env] {
	return p.lookupForm(searchFlow, "unit.search",
		func(_ context.Context, e *env, _ *dialog.Record) (lookup, error) {
			if e.area() == (personnel.Area{}) {
				return lookup{}, dialog.ErrNotFound
			}
			return lookup{}, nil
		},
		func(ctx context.Context, e *env, l lookup) (dialog.Ending, error) {
			people, err := e.found(ctx, e.area(), l.Typed, pageSize+1)
			switch {
			case err != nil:
				return dialog.Ending{}, err
			case len(people) == 0:
				return dialog.Ending{}, dialog.Invalid(e.t("unit.not_found", nil))
			case len(people) == 1:
				err = e.showPerson(ctx, people[0], 0)
			case len(people) > pageSize:
				e.listPeople("unit.found_many", people[:pageSize], 0, 0, []dialog.Button{e.searchButton("find_person")})
			default:
				e.listPeople("unit.found", people, 0, 0)
			}
			return e.taken(), err
		})
}

// superiorForm names the direct superior of a person of the area. The superior
// may belong to any unit.
func (p *Processor) superiorForm() dialog.Form[lookup, *env] {
	return p.lookupForm(superiorFlow, "unit.superior",
		func(ctx context.Context, e *env, r *dialog.Record) (l lookup, err error) {
			l.member, err = e.tx.Person(ctx, e.area(), r.Ref)
			return l, err
		},
		func(ctx context.Context, e *env, l lookup) (dialog.Ending, error) {
			people, err := e.found(ctx, personnel.Area{All: true}, l.Typed, 2)
			switch {
			case err != nil:
				return dialog.Ending{}, err
			case len(people) != 1 || people[0].ID == l.member.ID:
				return dialog.Ending{}, dialog.Invalid(e.t("unit.superior_unclear", nil))
			}
			if people[0].ID == e.employee.ID && !e.employee.Rights.HR { // a superior sees more than an officer
				return e.ending("unit.superior_self"), nil
			}
			if err := e.tx.SetSuperior(ctx, l.member.ID, people[0].ID, e.employee.ID, e.now); err != nil {
				return dialog.Ending{}, err
			}
			args := text.Args{"alamat": l.member.Address(), "atasan": people[0].Address()}
			return dialog.Ending{Replies: []dialog.Reply{{Template: "unit.superior_set", Text: e.t("unit.superior_set", args)}}}, nil
		})
}

// taken turns the replies that were added on the way into those of the ending.
func (e *env) taken() dialog.Ending {
	replies := e.out.replies
	e.out.replies = nil
	return dialog.Ending{Replies: replies}
}

// found looks for people by NIP, when it is one, else by a part of the name.
func (e *env) found(ctx context.Context, a personnel.Area, typed string, limit int) ([]personnel.Member, error) {
	name, nip, err := e.nameOrNIP(typed)
	if err != nil {
		return nil, err
	}
	return e.tx.FindPeople(ctx, a, name, nip, limit)
}

// foundBelow does the same among those whom the asker leads, at any depth.
func (e *env) foundBelow(ctx context.Context, typed string, limit int) ([]personnel.Member, error) {
	name, nip, err := e.nameOrNIP(typed)
	if err != nil {
		return nil, err
	}
	return e.tx.FindBelow(ctx, e.employee.ID, name, nip, limit)
}

// nameOrNIP reads what somebody types to find a person.
func (e *env) nameOrNIP(typed string) (name string, nip personnel.NIP, err error) {
	nip, err = personnel.ParseNIP(typed, e.now)
	if bad := (*personnel.NIPError)(nil); err != nil && !errors.As(err, &bad) {
		return "", nip, err
	}
	if err == nil { // a NIP stands in no name
		return nip.Reveal(), nip, nil
	}
	return typed, nip, nil
}

func (p *Processor) lookupForm(name, ask string, load func(context.Context, *env, *dialog.Record) (lookup, error),
	finish func(context.Context, *env, lookup) (dialog.Ending, error)) dialog.Form[lookup, *env] {
	return dialog.Form[lookup, *env]{
		FormName: name, Say: p.wording("form.review_hint"), Load: load,
		Steps: func(lookup) []dialog.Step[lookup] {
			return []dialog.Step[lookup]{{Key: "cari",
				Ask: func(l lookup, _ dialog.Place) dialog.Prompt {
					return dialog.Prompt{Template: ask, Text: p.cfg.Text.T(ask, text.Args{"alamat": l.member.Address()}), Bare: true,
						Rows: [][]dialog.Choice{{{Label: p.cfg.Text.Plain("label.cancel", nil), Value: "batal"}}}}
				},
				Accept: func(l *lookup, value string, typed bool) error {
					value = strings.TrimSpace(value)
					if typed && utf8.RuneCountInString(value) < shortestName {
						return dialog.Invalid(p.cfg.Text.T("unit.search_short", nil))
					}
					l.Typed = ""
					if typed && !strings.EqualFold(value, "batal") {
						l.Typed = value
					}
					return nil
				}}}
		},
		Finish: func(ctx context.Context, e *env, l lookup) (dialog.Ending, error) {
			if l.Typed == "" {
				return e.ending("form.cancelled"), nil
			}
			return finish(ctx, e, l)
		},
	}
}
