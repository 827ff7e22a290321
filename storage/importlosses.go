package storage

import (
	"context"

	"github.com/lib/pq"

	"bangkom/internal/personnel"
	"bangkom/internal/register"
)

// ledPeople is who had a superior in service before an import: people and, at the same
// place, their superiors.
type ledPeople struct{ people, bosses []int64 }

const (
	listLed = `
		SELECT e.id AS person, b.id AS boss FROM employee e JOIN employee b ON b.id = e.supervisor_id AND b.active WHERE e.active`
	listBereft = `
		SELECT e.name, right(e.nip, 4) AS nip4, u.name AS unit, o.name AS superior
		FROM unnest($1::bigint[], $2::bigint[]) AS was (person, boss) JOIN employee e ON e.id = was.person AND e.active
		JOIN unit u ON u.id = e.unit_id JOIN employee o ON o.id = was.boss
		WHERE ` + noBoss + ` ORDER BY e.name, e.nip`
)

// whoIsLed reads who has a superior in service, before an import changes that.
func (t *Tx) whoIsLed(ctx context.Context) (l ledPeople, err error) {
	var rows []struct {
		Person int64 `db:"person"`
		Boss   int64 `db:"boss"`
	}
	if err := t.tx.SelectContext(ctx, &rows, listLed); err != nil {
		return l, safe("read superiors", err)
	}
	for _, r := range rows {
		l.people, l.bosses = append(l.people, r.Person), append(l.bosses, r.Boss)
	}
	return l, nil
}

// bereft lists those in service who had a superior in service and have none any
// more, whatever the reason: the file names somebody who cannot be found, or the
// superior has left. Whom nobody rates loses nothing.
func (t *Tx) bereft(ctx context.Context, before ledPeople) (list []register.Loss, err error) {
	if err := t.tx.SelectContext(ctx, &list, listBereft, pq.Array(before.people), pq.Array(before.bosses)); err != nil {
		return nil, safe("list who has no superior any more", err)
	}
	return displayed(list), nil
}

// displayed writes the names of a list as people are shown.
func displayed(list []register.Loss) []register.Loss {
	for i, l := range list {
		list[i].Name, list[i].Superior = personnel.DisplayName(l.Name), personnel.DisplayName(l.Superior)
	}
	return list
}
