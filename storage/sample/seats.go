package sample

import (
	"context"

	"github.com/jmoiron/sqlx"

	"bangkom/storage/pg"
)

// watchSeats notes everything that is written about seats in the order in which it is: by
// whoever holds the row of the batch, if that row is locked as it should be.
const watchSeats = `
	CREATE TABLE seat_event (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, work text NOT NULL DEFAULT pg_current_xact_id()::text,
		seats integer NOT NULL DEFAULT 0, chat bigint NOT NULL DEFAULT 0, enrolment bigint NOT NULL DEFAULT 0, state text NOT NULL DEFAULT '', place bigint NOT NULL DEFAULT 0);
	CREATE FUNCTION note_seats() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
	BEGIN
		IF TG_TABLE_NAME = 'batch' THEN
			INSERT INTO seat_event (seats) VALUES (NEW.seats);
		ELSE
			INSERT INTO seat_event (chat, enrolment, state, place)
			SELECT c.id, NEW.id, NEW.state, NEW.place FROM chat c WHERE c.employee_id = NEW.employee_id;
		END IF;
		RETURN NULL;
	END $$;
	CREATE TRIGGER note_seats AFTER INSERT OR UPDATE OF seats ON batch FOR EACH ROW EXECUTE FUNCTION note_seats();
	CREATE TRIGGER note_seats AFTER INSERT OR UPDATE OF state ON enrolment FOR EACH ROW EXECUTE FUNCTION note_seats();`

// WatchSeats begins to note what is written about seats.
func (d *DB) WatchSeats(ctx context.Context) error {
	return d.inTx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, watchSeats)
		return pg.Safe("watch seats", err)
	})
}

// SeatEvent is one thing that was written about seats.
type SeatEvent struct {
	Work      string `db:"work"`  // of one transaction
	Seats     int    `db:"seats"` // how many there are from now on; 0 = it is about a person
	Chat      int64  `db:"chat"`
	Enrolment int64  `db:"enrolment"`
	State     string `db:"state"`
	Place     int64  `db:"place"`
}

const seatEvents = `SELECT work, seats, chat, enrolment, state, place FROM seat_event ORDER BY id`

// SeatEvents returns what was noted, in its order.
func (d *DB) SeatEvents(ctx context.Context) (list []SeatEvent, err error) {
	err = d.inTx(ctx, func(tx *sqlx.Tx) error {
		list = list[:0]
		return tx.SelectContext(ctx, &list, seatEvents)
	})
	return list, pg.Safe("read what was written about seats", err)
}

// What decides an update holds the row of its chat until it is committed or undone, also when
// its process has died meanwhile. What is decided before it is stored does not hold it from the
// beginning; no press for a seat is decided so, because it needs the database.
const (
	awaitChat   = `SELECT id FROM chat WHERE id = $1 FOR SHARE`
	readDecided = `SELECT count(*) FROM inbox WHERE update_id = $1 AND done_at IS NOT NULL`
)

// Decided returns which of these updates are decided for good; each is given with its chat.
func (d *DB) Decided(ctx context.Context, chats map[int64]int64) (updates []int64, err error) {
	for update, chat := range chats {
		var n int
		err := d.inTx(ctx, func(tx *sqlx.Tx) error {
			if _, err := tx.ExecContext(ctx, awaitChat, chat); err != nil {
				return err
			}
			return tx.GetContext(ctx, &n, readDecided, update)
		})
		if err != nil {
			return nil, pg.Safe("read what is decided", err)
		}
		if n > 0 {
			updates = append(updates, update)
		}
	}
	return updates, nil
}

const deadlocks = `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`

// Deadlocks counts transactions that Postgres has ended because they waited for each other.
func (d *DB) Deadlocks(ctx context.Context) (n int, err error) {
	err = d.inTx(ctx, func(tx *sqlx.Tx) error { return tx.GetContext(ctx, &n, deadlocks) })
	return n, pg.Safe("count deadlocks", err)
}
