package office

import (
	"context"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
)

// The names of the forms in which officers type a name or a NIP.
const (
	searchFlow   = "c" // find a person of the area
	superiorFlow = "a" // name the superior of the person that is its ref
)

// searchForm finds a person of the area by a part of the name or the NIP.
func (p *desk) searchForm() dialog.Form[feature.Lookup, *env] {
	return feature.LookupForm(p.Desk, searchFlow, "unit.search",
		func(_ context.Context, e *env, _ *dialog.Record) (feature.Lookup, error) {
			if e.Area() == (personnel.Area{}) {
				return feature.Lookup{}, dialog.ErrNotFound
			}
			return feature.Lookup{}, nil
		},
		func(ctx context.Context, e *env, l feature.Lookup) (dialog.Ending, error) {
			people, err := e.Found(ctx, e.Area(), l.Typed, feature.PageSize+1)
			switch {
			case err != nil:
				return dialog.Ending{}, err
			case len(people) == 0:
				return dialog.Ending{}, dialog.Invalid(e.T("unit.not_found", nil))
			case len(people) == 1:
				err = e.showPerson(ctx, people[0], 0)
			case len(people) > feature.PageSize:
				e.listPeople("unit.found_many", people[:feature.PageSize], 0, 0, []dialog.Button{e.searchButton("find_person")})
			default:
				e.listPeople("unit.found", people, 0, 0)
			}
			return e.Taken(), err
		})
}

// superiorForm names the direct superior of a person of the area. The superior
// may belong to any unit; if it is neither the officer's own unit nor the one
// above, somebody else has to approve.
func (p *desk) superiorForm() dialog.Form[feature.Lookup, *env] {
	return feature.LookupForm(p.Desk, superiorFlow, "unit.superior",
		func(ctx context.Context, e *env, r *dialog.Record) (l feature.Lookup, err error) {
			l.Member, err = e.tx.Person(ctx, e.Area(), r.Ref)
			return l, err
		},
		func(ctx context.Context, e *env, l feature.Lookup) (dialog.Ending, error) {
			people, err := e.Found(ctx, personnel.Area{All: true}, l.Typed, 2)
			switch {
			case err != nil:
				return dialog.Ending{}, err
			case len(people) != 1 || people[0].ID == l.Member.ID:
				return dialog.Ending{}, dialog.Invalid(e.T("unit.superior_unclear", nil))
			}
			if people[0].ID == e.Employee.ID && !e.Employee.Rights.HR { // a superior sees more than an officer
				return e.Ending("unit.superior_self"), nil
			}
			return e.changeSuperior(ctx, l.Member, people[0])
		})
}
