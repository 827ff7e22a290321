package storage

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"
)

// The kill switch is the row stopped of bot_state: its text is who has stopped, empty =
// nothing is stopped. -1 stands for the command line where a person would stand.
const (
	readStopped = `SELECT COALESCE(text, '') AS who, at FROM bot_state WHERE name = 'stopped' AND text <> ''`
	stopSending = `
		INSERT INTO bot_state AS s (name, at, text) VALUES ('stopped', $2, $1)
		ON CONFLICT (name) DO UPDATE SET at = excluded.at, text = excluded.text WHERE COALESCE(s.text, '') = '' RETURNING name`
	restartSending = `
		UPDATE bot_state SET at = NULL, text = NULL WHERE name = 'stopped' AND text <> '' AND ($1 = '-1' OR text NOT IN ('-1', $1)) RETURNING name`
)

// Stopped tells who has stopped all that the bot starts by itself, and since when: by is
// 0 when nothing is stopped, and -1 when it was done by command.
func (t *Tx) Stopped(ctx context.Context) (by int64, since time.Time, err error) {
	var r struct {
		Who string    `db:"who"`
		At  time.Time `db:"at"`
	}
	err = t.tx.GetContext(ctx, &r, readStopped)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, since, nil
	}
	if err != nil {
		return 0, since, safe("read whether all is stopped", err)
	}
	by, err = strconv.ParseInt(r.Who, 10, 64)
	return by, r.At, err
}

// Stop stops all that the bot starts by itself, on behalf of a person, or of the command
// line (-1). Answers still go. changed is false when it was stopped already.
func (t *Tx) Stop(ctx context.Context, by int64, now time.Time) (changed bool, err error) {
	return t.switchSending(ctx, stopSending, "sending.stopped", by, now, strconv.FormatInt(by, 10), now)
}

// Restart ends that. The command line may always; a person only what another person has
// stopped. changed is false when it is not stopped, or may not be ended by this one.
func (t *Tx) Restart(ctx context.Context, by int64, now time.Time) (changed bool, err error) {
	return t.switchSending(ctx, restartSending, "sending.restarted", by, now, strconv.FormatInt(by, 10))
}

func (t *Tx) switchSending(ctx context.Context, query, action string, by int64, now time.Time, args ...any) (bool, error) {
	var name string
	err := t.tx.GetContext(ctx, &name, query, args...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, safe("stop or restart", err)
	}
	_, err = t.tx.ExecContext(ctx, auditPerson, now, nullID(max(by, 0)), action, nil, "")
	return true, safe("audit", err)
}
