package storage

import (
	"context"
	"maps"
	"slices"

	"github.com/lib/pq"

	"bangkom/internal/competency"
	"bangkom/internal/needs"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

var (
	// The last of what somebody has sent counts, and only of those who are counted in the
	// period.
	wishesOf = `
		SELECT n.unit_id AS unit, COALESCE(e.class_code, '') AS class, e.position_title AS title, t.questionnaire_code AS code, t.questionnaire_version AS version, a.item_code AS item, a.value
		FROM need_person n JOIN employee e ON e.id = n.employee_id
		     JOIN task t ON t.occasion_id = n.period_id AND t.employee_id = n.employee_id AND ` + pg.OfKind("t", task.Interest) + `
		     CROSS JOIN LATERAL (SELECT r.id FROM response r WHERE r.task_id = t.id ORDER BY r.revision DESC LIMIT 1) s
		     JOIN answer a ON a.response_id = s.id
		WHERE n.period_id = $1`
	addWishes = `
		INSERT INTO need_wish (period_id, family, topic, label, n, chosen)
		SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::int[]) ORDER BY 2, 3`
	addUnitWishes = `
		INSERT INTO need_unit_wish (period_id, unit_id, topic, n, chosen)
		SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::int[], $5::int[]) ORDER BY 2, 3`
	needWishes = `SELECT family, topic, label, n, chosen FROM need_wish WHERE period_id = $1 ORDER BY topic, family`
	unitWishes = `SELECT unit_id AS unit, topic, n, chosen FROM need_unit_wish WHERE period_id = $1 ORDER BY topic, unit_id`
	// Whoever is known by name may have told what they would like to learn, and a superior reads
	// it in their plan, whether they are rated or not.
	knownInUnits = `
		WITH ` + knownBy + `
		SELECT n.unit_id AS unit, count(*) AS n FROM known k JOIN need_person n ON n.period_id = $1 AND n.employee_id = k.id GROUP BY n.unit_id`
)

// freezeWishes counts what people would like to learn. What is offered to everybody (Lainnya)
// is no topic; whose family is not offered what was chosen has another position since then,
// and is not counted.
func (t *Tx) freezeWishes(ctx context.Context, period int64) error {
	var rows []struct {
		Unit    int64  `db:"unit"`
		Class   string `db:"class"`
		Title   string `db:"title"`
		Code    string `db:"code"`
		Version int    `db:"version"`
		Item    string `db:"item"`
		Value   string `db:"value"`
	}
	if err := t.tx.SelectContext(ctx, &rows, wishesOf, period); err != nil {
		return safe("read wishes", err)
	}
	if len(rows) == 0 {
		return nil
	}
	asked, err := t.interestItems(ctx)
	if err != nil {
		return err
	}
	counts, own := map[[2]string]*needs.Wish{}, map[unitTopic]*needs.OwnWish{}
	for _, r := range rows {
		item, family := asked[wishItem{r.Code, r.Version, r.Item}], competency.FamilyOf(r.Class, r.Title)
		fitting := item.Fitting(family).Choices
		if !slices.ContainsFunc(fitting, func(c questionnaire.Choice) bool { return c.Value == r.Value }) {
			continue
		}
		for _, c := range fitting {
			if len(c.For) == 0 {
				continue
			}
			w := counts[[2]string{family, c.Value}]
			if w == nil {
				w = &needs.Wish{Family: family, Topic: c.Value, Label: c.Label}
				counts[[2]string{family, c.Value}] = w
			}
			u := own[unitTopic{r.Unit, c.Value}]
			if u == nil {
				u = &needs.OwnWish{Unit: r.Unit, Topic: c.Value}
				own[unitTopic{r.Unit, c.Value}] = u
			}
			w.N, u.N = w.N+1, u.N+1
			if c.Value == r.Value {
				w.Chosen, u.Chosen = w.Chosen+1, u.Chosen+1
			}
		}
	}
	if err := t.addWishes(ctx, period, slices.Collect(maps.Values(counts))); err != nil {
		return err
	}
	return t.addUnitWishes(ctx, period, slices.Collect(maps.Values(own)))
}

// unitTopic is a topic in a unit.
type unitTopic struct {
	unit  int64
	topic string
}

// wishItem names a question of a version.
type wishItem struct {
	code    string
	version int
	item    string
}

// interestItems are the questions about interests that are answered by a choice.
func (t *Tx) interestItems(ctx context.Context) (map[wishItem]questionnaire.Item, error) {
	all, err := t.Questionnaires(ctx)
	out := map[wishItem]questionnaire.Item{}
	for _, d := range all {
		for _, i := range d.Items {
			if d.Kind == questionnaire.Interest && i.Type == questionnaire.Pick {
				out[wishItem{d.Code, d.Version, i.Code}] = i
			}
		}
	}
	return out, err
}

func (t *Tx) addWishes(ctx context.Context, period int64, list []*needs.Wish) error {
	var families, topics, labels []string
	var n, chosen []int64
	for _, w := range list {
		families, topics, labels = append(families, w.Family), append(topics, w.Topic), append(labels, w.Label)
		n, chosen = append(n, int64(w.N)), append(chosen, int64(w.Chosen))
	}
	_, err := t.tx.ExecContext(ctx, addWishes, period, pq.Array(families), pq.Array(topics), pq.Array(labels), pq.Array(n), pq.Array(chosen))
	return safe("freeze wishes", err)
}

func (t *Tx) addUnitWishes(ctx context.Context, period int64, list []*needs.OwnWish) error {
	var units, n, chosen []int64
	var topics []string
	for _, w := range list {
		units, topics, n, chosen = append(units, w.Unit), append(topics, w.Topic), append(n, int64(w.N)), append(chosen, int64(w.Chosen))
	}
	_, err := t.tx.ExecContext(ctx, addUnitWishes, period, pq.Array(units), pq.Array(topics), pq.Array(n), pq.Array(chosen))
	return safe("freeze wishes of units", err)
}

// NeedWishes reads what people wanted to learn when a period was closed. Nothing of it may be
// shown before needs.Wishes has made ranges of it.
func (t *Tx) NeedWishes(ctx context.Context, period int64) (list []needs.Wish, err error) {
	err = t.tx.SelectContext(ctx, &list, needWishes, period)
	return list, safe("read frozen wishes", err)
}

// NeedUnitWishes reads the same of each unit's own people, and how many of them a reader knows
// by name. Nothing of it may be shown before needs.UnitWishes has hidden what is too small.
func (t *Tx) NeedUnitWishes(ctx context.Context, period, reader int64) (list []needs.OwnWish, known map[int64]int, err error) {
	if err := t.tx.SelectContext(ctx, &list, unitWishes, period); err != nil {
		return nil, nil, safe("read frozen wishes of units", err)
	}
	var rows []struct {
		Unit int64 `db:"unit"`
		N    int   `db:"n"`
	}
	if err := t.tx.SelectContext(ctx, &rows, knownInUnits, period, reader); err != nil {
		return nil, nil, safe("count who is known", err)
	}
	known = make(map[int64]int, len(rows))
	for _, r := range rows {
		known[r.Unit] = r.N
	}
	return list, known, nil
}
