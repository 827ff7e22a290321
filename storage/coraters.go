package storage

import (
	"context"
	"errors"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/rating"
	"bangkom/internal/reminder"
)

var coRaters = `
	SELECT c.id, c.subject_id, c.rater_id, t.state = 'done' AS done
	FROM co_rater c JOIN period p ON p.id = c.period_id
	JOIN task t ON t.occasion_id = c.period_id AND ` + isRating("t") + ` AND t.employee_id = c.official_id AND t.subject_id = c.subject_id
	JOIN employee e ON e.id = c.subject_id
	WHERE c.official_id = $1 AND c.revoked_at IS NULL AND p.closed_at IS NULL AND t.state <> 'excused' ORDER BY e.name, e.id`

// CoRaters lists whom a superior asked to rate which people of their team in the
// open period.
func (t *Tx) CoRaters(ctx context.Context, official int64) ([]rating.CoRater, error) {
	var rows []struct {
		ID      int64 `db:"id"`
		Subject int64 `db:"subject_id"`
		Rater   int64 `db:"rater_id"`
		Done    bool  `db:"done"`
	}
	if err := t.tx.SelectContext(ctx, &rows, coRaters, official); err != nil {
		return nil, safe("list co-raters", err)
	}
	out := make([]rating.CoRater, len(rows))
	for i, r := range rows {
		one := rating.CoRater{ID: r.ID, Done: r.Done}
		var err error
		if one.Subject, err = t.Employee(ctx, r.Subject); err != nil {
			return nil, err
		}
		if one.Rater, err = t.Employee(ctx, r.Rater); err != nil {
			return nil, err
		}
		out[i] = one
	}
	return out, nil
}

// A co-rater is somebody below the superior, at any depth, and is not led by the
// person to be rated: $1 official, $2 subject, $3 rater.
var (
	mayCoRate = `
		WITH RECURSIVE above AS (
			SELECT r.supervisor_id AS id FROM employee r WHERE r.id = $3 AND r.active
			UNION SELECT e.supervisor_id FROM employee e JOIN above a ON e.id = a.id
		)
		SELECT t.occasion_id
		FROM task t JOIN period p ON p.id = t.occasion_id JOIN employee e ON e.id = t.subject_id
		WHERE p.closed_at IS NULL AND ` + isRating("t") + ` AND t.employee_id = $1 AND t.subject_id = $2 AND e.supervisor_id = $1
		  AND t.state IN ('open', 'started') AND $3 NOT IN ($1, $2)
		  AND EXISTS (SELECT FROM above WHERE id = $1) AND NOT EXISTS (SELECT FROM above WHERE id = $2)`
	nameCoRater = `
		INSERT INTO co_rater (period_id, official_id, subject_id, rater_id, named_at) VALUES ($1, $2, $3, $4, $5)`
	belowOf = `
		WITH RECURSIVE above AS (
			SELECT r.supervisor_id AS id FROM employee r WHERE r.id = $2 AND r.active
			UNION SELECT e.supervisor_id FROM employee e JOIN above a ON e.id = a.id
		)
		SELECT EXISTS (SELECT FROM above WHERE id = $1)`
	revokeCoRater = `
		UPDATE co_rater c SET revoked_at = $3 FROM period p
		WHERE p.id = c.period_id AND p.closed_at IS NULL AND c.official_id = $1 AND c.subject_id = $2 AND c.revoked_at IS NULL
		RETURNING c.period_id, c.official_id, c.rater_id`
	openCoRater = `
		SELECT EXISTS (SELECT FROM co_rater c WHERE c.period_id = $1 AND c.official_id = $2 AND c.rater_id = $3 AND c.revoked_at IS NULL AND ` + notRated + `)`
	// What asks somebody to rate whom they do not rate any more.
	withdrawShared = `WITH ` + withdraw("$1::bigint", "starts_with(n.key, $2)", "'infinity'::timestamptz", "$3", "$4::timestamptz") + `
		UPDATE notice n SET action = 'drop', reason = $3, at = $4, decided_at = $4, reply = NULL
		WHERE n.employee_id = $1 AND starts_with(n.key, $2) AND n.action = 'hold'`
	// What allowed the naming has to hold for as long as the co-rater rates.
	// Whoever loses ratings that were not sent is told so, in one message for
	// each official. Its row is stored as the gate would store it, held and
	// without a text, and the text is written when it goes.
	revokeStale = `
		WITH gone AS (
			UPDATE co_rater c SET revoked_at = $1 FROM period p, employee s
			WHERE p.id = c.period_id AND p.closed_at IS NULL AND c.revoked_at IS NULL AND s.id = c.subject_id AND NOT (
				s.active AND NOT s.self_only AND s.supervisor_id IS NOT DISTINCT FROM c.official_id AND (
				WITH RECURSIVE above AS (
					SELECT r.supervisor_id AS id FROM employee r WHERE r.id = c.rater_id AND r.active
					UNION SELECT e.supervisor_id FROM employee e JOIN above a ON e.id = a.id
				)
				SELECT EXISTS (SELECT FROM above WHERE id = c.official_id) AND NOT EXISTS (SELECT FROM above WHERE id = c.subject_id)))
			RETURNING c.id, c.period_id, c.official_id, c.subject_id, c.rater_id, c.revoked_at
		), logged AS (
			INSERT INTO audit (at, action, employee_id, detail) SELECT $1, 'rating.unshared', rater_id, 'register' FROM gone ORDER BY id
		), told AS (
		INSERT INTO notice (key, employee_id, class, kind, action, reason, decided_at, at)
		SELECT '` + reminder.UnsharedKey + `' || min(c.id), c.rater_id, '` + string(outreach.Service) + `', '` + string(outreach.Unshared) + `', 'hold', '` + string(outreach.Asked) + `', $1, $1
		FROM gone c WHERE ` + notRated + ` GROUP BY c.official_id, c.rater_id)
		SELECT DISTINCT period_id, official_id, rater_id FROM gone ORDER BY period_id, official_id, rater_id`
	// notRated is true while the rating that is taken from the co-rater c was
	// neither sent nor has ended.
	notRated = `NOT EXISTS (SELECT FROM task t WHERE t.occasion_id = c.period_id AND ` + isRating("t") + ` AND t.employee_id = c.official_id
		AND t.subject_id = c.subject_id AND (t.state IN ('done', 'expired') OR t.due_at <= c.revoked_at))`
	openShares = `
		SELECT x.key FROM unnest($1::text[]) AS x (key)
		WHERE EXISTS (SELECT FROM co_rater c JOIN period p ON p.id = c.period_id
			JOIN task t ON t.occasion_id = c.period_id AND ` + isRating("t") + ` AND t.employee_id = c.official_id AND t.subject_id = c.subject_id
			WHERE c.period_id = split_part(x.key, ':', 2)::bigint AND c.official_id = split_part(x.key, ':', 3)::bigint
			  AND c.rater_id = split_part(x.key, ':', 4)::bigint AND c.revoked_at IS NULL AND p.closed_at IS NULL
			  AND t.state IN ('open', 'started') AND t.due_at > $2)`
	// A co-rater whom the official has asked again meanwhile has lost nothing, nor has one
	// who was never asked, because the request was withdrawn with it, and has begun nothing.
	unshared = `
		SELECT l.id AS of, o.id AS official, o.name AS official_name, o.sex AS official_sex, r.id, r.name, r.sex,
		       (SELECT count(*) FROM co_rater c WHERE (c.official_id, c.rater_id, c.revoked_at) = (l.official_id, l.rater_id, l.revoked_at) AND ` + notRated + `
		          AND NOT EXISTS (SELECT FROM co_rater k WHERE (k.period_id, k.official_id, k.subject_id, k.rater_id) = (c.period_id, c.official_id, c.subject_id, c.rater_id)
		              AND k.revoked_at IS NULL)) AS people
		FROM co_rater l
		JOIN employee o ON o.id = l.official_id JOIN employee r ON r.id = l.rater_id
		WHERE l.id = ANY($1) AND l.revoked_at IS NOT NULL AND NOT (
			EXISTS (SELECT FROM notice n WHERE n.employee_id = l.rater_id AND n.at = l.revoked_at AND n.kind = '` + string(outreach.Shared) + `'
				AND n.action = 'drop' AND starts_with(n.key, format('share:%s:%s:%s:', l.period_id, l.official_id, l.rater_id)))
			AND NOT EXISTS (SELECT FROM co_rater c JOIN task t ON t.occasion_id = c.period_id AND ` + isRating("t") + ` AND t.employee_id = c.official_id
				AND t.subject_id = c.subject_id AND t.started_at >= c.named_at
				WHERE (c.official_id, c.rater_id, c.revoked_at) = (l.official_id, l.rater_id, l.revoked_at)))`
)

// Unshared returns who has lost ratings because of the register, by the co-rater's
// row that the notification names.
func (t *Tx) Unshared(ctx context.Context, ids []int64) (map[int64]reminder.Unshared, error) {
	var rows []struct {
		Of           int64  `db:"of"`
		Official     int64  `db:"official"`
		OfficialName string `db:"official_name"`
		OfficialSex  int64  `db:"official_sex"`
		ID           int64  `db:"id"`
		Name         string `db:"name"`
		Sex          int64  `db:"sex"`
		People       int    `db:"people"`
	}
	if err := t.tx.SelectContext(ctx, &rows, unshared, pq.Array(ids)); err != nil {
		return nil, safe("read who rates no more", err)
	}
	out := make(map[int64]reminder.Unshared, len(rows))
	for _, r := range rows {
		out[r.Of] = reminder.Unshared{Rater: personnel.Employee{ID: r.ID, Name: r.Name, Sex: sexOf(r.Sex)}, People: r.People,
			Official: personnel.Employee{ID: r.Official, Name: r.OfficialName, Sex: sexOf(r.OfficialSex)}}
	}
	return out, nil
}

// fitRatings is syncRatings, and besides gives ratings back to the official: when
// the co-rater has left, is not below the official any more or is led by the
// person to be rated, or when the official does not lead that person any more.
// The co-rater may be somebody else than subject, so all of them are looked at.
func (t *Tx) fitRatings(ctx context.Context, subject int64, now time.Time) error {
	if err := t.syncRatings(ctx, subject, now); err != nil {
		return err
	}
	var gone []shared
	if err := t.tx.SelectContext(ctx, &gone, revokeStale, now); err != nil {
		return safe("revoke co-raters", err)
	}
	for _, s := range gone {
		if err := t.withdrawShared(ctx, s, now); err != nil {
			return err
		}
	}
	return nil
}

// shared is that somebody rates people of a superior in a period.
type shared struct {
	Period   int64 `db:"period_id"`
	Official int64 `db:"official_id"`
	Rater    int64 `db:"rater_id"`
}

// withdrawShared takes back what waits to ask somebody for ratings, when none is left
// that they would give.
func (t *Tx) withdrawShared(ctx context.Context, s shared, now time.Time) error {
	var rates bool
	if err := t.tx.GetContext(ctx, &rates, openCoRater, s.Period, s.Official, s.Rater); err != nil {
		return safe("read co-raters", err)
	}
	if rates {
		return nil
	}
	_, err := t.tx.ExecContext(ctx, withdrawShared, s.Rater, rating.SharedKey(s.Period, s.Official, s.Rater), string(outreach.Closed), now)
	return safe("withdraw messages", err)
}

// OpenShares returns which of the given keys (rating.SharedKey) ask for ratings that are
// still asked for.
func (t *Tx) OpenShares(ctx context.Context, keys []string, now time.Time) (map[string]bool, error) {
	return t.keys(ctx, "read co-raters", openShares, pq.Array(keys), now)
}

// NameCoRater lets somebody rate one person of the official's team instead of
// the official, and of whoever was asked before; ErrNotFound, and nothing changed,
// when that is not possible.
func (t *Tx) NameCoRater(ctx context.Context, official, subject, rater int64, now time.Time) error {
	var period int64
	if err := t.one(ctx, &period, mayCoRate, official, subject, rater); err != nil {
		return err
	}
	if err := t.RevokeCoRater(ctx, official, subject, now); err != nil {
		return err
	}
	if _, err := t.tx.ExecContext(ctx, nameCoRater, period, official, subject, rater, now); err != nil {
		return safe("name co-rater", err)
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, official, "rating.shared", rater, "")
	return safe("audit", err)
}

// RevokeCoRater gives the rating of one person back to the official. Whoever was asked,
// and has nobody else to rate for them, is not asked any more by what still waits to go.
func (t *Tx) RevokeCoRater(ctx context.Context, official, subject int64, now time.Time) error {
	var gone shared
	err := t.one(ctx, &gone, revokeCoRater, official, subject, now)
	if errors.Is(err, ErrNotFound) { // nobody was
		return nil
	}
	if err != nil {
		return err
	}
	return t.withdrawShared(ctx, gone, now)
}

// Leads tells whether somebody is above another at any depth.
func (t *Tx) Leads(ctx context.Context, superior, employee int64) (yes bool, err error) {
	err = t.tx.GetContext(ctx, &yes, belowOf, superior, employee)
	return yes, safe("read superiors", err)
}
