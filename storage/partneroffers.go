package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/lib/pq"

	"bangkom/internal/register"
	"bangkom/internal/summary"
	"bangkom/internal/training"
)

// offerColumns is the list that offerRow scans: o is partner_offer, r its partner, c its
// competency. The programme is that of the partner with the same title, whatever its case.
const offerColumns = `o.id AS o_id, o.title AS o_title, o.competency_code, c.name AS competency, o.level, o.days, o.jp AS o_jp, o.seats AS o_seats, o.price, o.price_of,
	o.starts_on, o.ends_on, (SELECT count(*) FROM batch b WHERE b.offer_id = o.id AND b.state <> 'cancelled') AS planned,
	COALESCE((SELECT min(g.id) FROM programme g WHERE g.partner_id = o.partner_id AND lower(g.title) = lower(o.title)), 0) AS programme, ` + partnerColumns

const ofOffer = `partner_offer o JOIN partner r ON r.id = o.partner_id JOIN competency c ON c.code = o.competency_code`

type offerRow struct {
	OID        int64          `db:"o_id"`
	Title      string         `db:"o_title"`
	Code       string         `db:"competency_code"`
	Competency string         `db:"competency"`
	Level      int            `db:"level"`
	Days       int            `db:"days"`
	JP         int            `db:"o_jp"`
	Seats      int            `db:"o_seats"`
	Price      sql.NullInt64  `db:"price"`
	For        sql.NullString `db:"price_of"`
	Starts     time.Time      `db:"starts_on"`
	Ends       time.Time      `db:"ends_on"`
	Planned    int            `db:"planned"`
	Programme  int64          `db:"programme"`
	partnerRow
}

func (r offerRow) offer() training.PartnerOffer {
	return training.PartnerOffer{ID: r.OID, Partner: r.partner(), Title: r.Title, Aim: training.Aim{Code: r.Code, Name: r.Competency, Level: r.Level}, Days: r.Days,
		JP: r.JP, Seats: r.Seats, Price: r.Price.Int64, For: training.PriceOf(r.For.String), Starts: r.Starts, Ends: r.Ends, Planned: r.Planned, Programme: r.Programme}
}

const (
	// What stands is offered by a partner with whom something new may be planned.
	standingOffer = `o.withdrawn_at IS NULL AND r.removed_at IS NULL`
	yearOffers    = `SELECT ` + offerColumns + ` FROM ` + ofOffer + ` WHERE ` + standingOffer + ` AND o.starts_on >= $1 AND o.starts_on < $2 AND o.starts_on > $3
		ORDER BY c.name, o.competency_code, o.level, o.starts_on, o.title, o.id`
	partnerOffers = `SELECT ` + offerColumns + ` FROM ` + ofOffer + ` WHERE o.withdrawn_at IS NULL AND o.partner_id = $1 AND o.starts_on > $2 ORDER BY o.starts_on, o.title, o.id`
	offerByID     = `SELECT ` + offerColumns + ` FROM ` + ofOffer + ` WHERE o.id = $1 AND o.withdrawn_at IS NULL`
	withdrawOffer = `UPDATE partner_offer SET withdrawn_at = $2, changed_at = $2 WHERE id = $1 AND withdrawn_at IS NULL RETURNING id`
	// An offer goes two years after the year in which it was to begin, as proposals do.
	pruneOffers = `DELETE FROM partner_offer WHERE id IN (SELECT id FROM partner_offer
		WHERE extract(year FROM starts_on)::int < extract(year FROM $1::timestamptz)::int - 2 ORDER BY id LIMIT $2)`
)

// YearOffers lists what partners offer for a year and what has not begun on the civil day of
// now, without what partners offer with whom nothing new is planned.
func (t *Tx) YearOffers(ctx context.Context, year int, now time.Time) ([]training.PartnerOffer, error) {
	return t.offers(ctx, yearOffers, civilYear(year), civilYear(year+1), civil(now))
}

// civilYear is the first day of a year.
func civilYear(year int) sql.NullString {
	return civil(time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC))
}

// PartnerOffers lists what one partner offers and what has not begun, also of a partner with
// whom nothing new is planned.
func (t *Tx) PartnerOffers(ctx context.Context, partner int64, now time.Time) ([]training.PartnerOffer, error) {
	return t.offers(ctx, partnerOffers, partner, civil(now))
}

func (t *Tx) offers(ctx context.Context, query string, args ...any) ([]training.PartnerOffer, error) {
	var rows []offerRow
	if err := t.tx.SelectContext(ctx, &rows, query, args...); err != nil {
		return nil, safe("list offers", err)
	}
	out := make([]training.PartnerOffer, len(rows))
	for i, r := range rows {
		out[i] = r.offer()
	}
	return out, nil
}

// PartnerOffer reads one offer, or ErrNotFound when it was withdrawn.
func (t *Tx) PartnerOffer(ctx context.Context, id int64) (training.PartnerOffer, error) {
	var r offerRow
	err := t.one(ctx, &r, offerByID, id)
	return r.offer(), err
}

// WithdrawOffer takes an offer back on behalf of by; ErrNotFound when it is gone. Batches
// that were planned from it stay.
func (t *Tx) WithdrawOffer(ctx context.Context, id, by int64, now time.Time) error {
	if err := t.one(ctx, &id, withdrawOffer, id, now); err != nil {
		return err
	}
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, "offer.withdraw", nil, "")
	return safe("audit", err)
}

// PartnerAgreements returns all partners by code, with their agreements.
func (t *Tx) PartnerAgreements(ctx context.Context) (register.Agreements, error) {
	list, err := t.Partners(ctx)
	if err != nil {
		return nil, err
	}
	out := make(register.Agreements, len(list))
	for _, p := range list {
		out[p.Code] = p
	}
	return out, nil
}

const (
	givenOffers = `unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::int[], $7::int[], $8::bigint[], $9::text[], $10::text[], $11::text[])
		AS i (partner, title, competency, level, days, jp, seats, price, price_of, starts_on, ends_on)`
	// An offer that was withdrawn and comes again is a change.
	compareOffers = `
		SELECT count(*) FILTER (WHERE o.id IS NULL) AS new, count(*) FILTER (WHERE o.id IS NOT NULL AND d.yes) AS changed,
		       count(*) FILTER (WHERE o.id IS NOT NULL AND NOT d.yes) AS unchanged
		FROM ` + givenOffers + ` JOIN partner r ON r.code = i.partner LEFT JOIN partner_offer o ON o.partner_id = r.id AND lower(o.title) = lower(i.title)
		CROSS JOIN LATERAL (SELECT o.withdrawn_at IS NOT NULL OR (o.competency_code, o.level, o.days, o.jp, o.seats, o.price, COALESCE(o.price_of, ''), o.starts_on, o.ends_on)
		IS DISTINCT FROM (i.competency, i.level, i.days, i.jp, i.seats, CASE WHEN i.price_of <> '' THEN i.price END, i.price_of, i.starts_on::date, i.ends_on::date) AS yes) d`
	storeOffers = `
		INSERT INTO partner_offer (partner_id, title, competency_code, level, days, jp, seats, price, price_of, starts_on, ends_on, first_at, changed_at)
		SELECT r.id, i.title, i.competency, i.level, i.days, i.jp, i.seats, CASE WHEN i.price_of <> '' THEN i.price END, nullif(i.price_of, ''), i.starts_on::date, i.ends_on::date, $12, $12
		FROM ` + givenOffers + ` JOIN partner r ON r.code = i.partner
		ON CONFLICT (partner_id, lower(title)) DO UPDATE SET title = excluded.title, competency_code = excluded.competency_code, level = excluded.level,
		       days = excluded.days, jp = excluded.jp, seats = excluded.seats, price = excluded.price, price_of = excluded.price_of,
		       starts_on = excluded.starts_on, ends_on = excluded.ends_on, changed_at = excluded.changed_at, withdrawn_at = NULL`
)

// ImportOffers stores what partners offer: a title of a partner that was offered before says
// what the file says.
func (t *Tx) ImportOffers(ctx context.Context, list []register.OfferRow, now time.Time) (register.Imported, error) {
	n := len(list)
	partners, titles, codes, units, starts, ends := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	levels, days, jp, seats, prices := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, o := range list {
		partners[i], titles[i], codes[i], units[i], starts[i], ends[i] = o.Partner.Code, o.Title, o.Aim.Code, string(o.For), civil(o.Starts).String, civil(o.Ends).String
		levels[i], days[i], jp[i], seats[i], prices[i] = int64(o.Aim.Level), int64(o.Days), int64(o.JP), int64(o.Seats), o.Price
	}
	args := []any{pq.Array(partners), pq.Array(titles), pq.Array(codes), pq.Array(levels), pq.Array(days), pq.Array(jp), pq.Array(seats), pq.Array(prices),
		pq.Array(units), pq.Array(starts), pq.Array(ends)}
	return t.importRows(ctx, "offers", compareOffers, func() error {
		_, err := t.tx.ExecContext(ctx, storeOffers, append(args, now)...)
		return safe("import offers", err)
	}, now, args...)
}

const setPartnerRemoved = `
	UPDATE partner SET removed_at = CASE WHEN $2 THEN $3::timestamptz END WHERE id = $1 AND (removed_at IS NOT NULL) <> $2 RETURNING id`

// SetPartnerRemoved says on behalf of by that nothing new is planned with a partner, or that
// something is again. What it has held keeps its name. ErrNotFound when it is so already, or
// there is no such partner.
func (t *Tx) SetPartnerRemoved(ctx context.Context, partner int64, removed bool, by int64, now time.Time) error {
	if err := t.one(ctx, &partner, setPartnerRemoved, partner, removed, now); err != nil {
		return err
	}
	action := map[bool]string{true: "partner.remove", false: "partner.restore"}[removed]
	_, err := t.tx.ExecContext(ctx, auditPerson, now, by, action, nil, "")
	return safe("audit", err)
}

const partnerByID = `SELECT ` + partnerColumns + ` FROM partner r WHERE r.id = $1`

// Partner reads one partner, or ErrNotFound.
func (t *Tx) Partner(ctx context.Context, id int64) (training.Partner, error) {
	var r partnerRow
	err := t.one(ctx, &r, partnerByID, id)
	return r.partner(), err
}

const partnerBoard = `
	WITH standing AS (SELECT o.competency_code FROM ` + ofOffer + ` WHERE ` + standingOffer + ` AND o.starts_on > $1
	                  AND NOT EXISTS (SELECT FROM batch b WHERE b.offer_id = o.id AND b.state <> 'cancelled'))
	SELECT (SELECT count(*) FROM partner WHERE removed_at IS NULL AND agreed_until < $1) AS over,
	       (SELECT count(*) FROM partner WHERE removed_at IS NULL AND agreed_until >= $1 AND agreed_until <= $2) AS soon,
	       (SELECT count(*) FROM standing) AS offers,
	       (SELECT count(DISTINCT s.competency_code) FROM standing s WHERE NOT EXISTS (SELECT FROM programme_competency a JOIN batch b ON b.programme_id = a.programme_id
	           WHERE a.competency_code = s.competency_code AND b.state <> 'cancelled' AND (b.starts_at >= $3 AND b.starts_at < $4 OR b.starts_at IS NULL AND b.state = 'planned'))) AS bare`

// partnerBoard counts what there is to do about partners on the civil day of now.
func (t *Tx) partnerBoard(ctx context.Context, now time.Time) (b summary.PartnerBoard, err error) {
	var r struct {
		Over   int `db:"over"`
		Soon   int `db:"soon"`
		Offers int `db:"offers"`
		Bare   int `db:"bare"`
	}
	from, to := yearOf(now.Year(), now.Location())
	err = t.tx.GetContext(ctx, &r, partnerBoard, civil(now), civil(now.AddDate(0, 0, training.AgreementSoon)), from, to)
	return summary.PartnerBoard(r), safe("count what partners offer", err)
}

const (
	givenPartners = `unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
		AS i (code, name, kind, agreement, agreed_from, agreed_until)`
	comparePartners = `
		SELECT count(*) FILTER (WHERE p.id IS NULL) AS new, count(*) FILTER (WHERE p.id IS NOT NULL AND d.yes) AS changed,
		       count(*) FILTER (WHERE p.id IS NOT NULL AND NOT d.yes) AS unchanged
		FROM ` + givenPartners + ` LEFT JOIN partner p ON p.code = i.code CROSS JOIN LATERAL (SELECT
		(p.name, p.kind, p.agreement, p.agreed_from, p.agreed_until) IS DISTINCT FROM
		(i.name, i.kind, i.agreement, nullif(i.agreed_from, '')::date, nullif(i.agreed_until, '')::date) AS yes) d`
	storePartners = `
		INSERT INTO partner (code, name, kind, agreement, agreed_from, agreed_until)
		SELECT code, name, kind, agreement, nullif(agreed_from, '')::date, nullif(agreed_until, '')::date FROM ` + givenPartners + `
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, agreement = excluded.agreement,
		       agreed_from = excluded.agreed_from, agreed_until = excluded.agreed_until`
)

// ImportPartners stores who holds trainings with the agency.
func (t *Tx) ImportPartners(ctx context.Context, list []training.Partner, now time.Time) (register.Imported, error) {
	n := len(list)
	codes, names, kinds, letters, from, until := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	for i, p := range list {
		codes[i], names[i], kinds[i], letters[i] = p.Code, p.Name, string(p.Kind), p.Agreement
		from[i], until[i] = civil(p.From).String, civil(p.Until).String
		if p.From.IsZero() {
			from[i], until[i] = "", ""
		}
	}
	args := []any{pq.Array(codes), pq.Array(names), pq.Array(kinds), pq.Array(letters), pq.Array(from), pq.Array(until)}
	return t.importRows(ctx, "partners", comparePartners, func() error {
		_, err := t.tx.ExecContext(ctx, storePartners, args...)
		return safe("import partners", err)
	}, now, args...)
}
