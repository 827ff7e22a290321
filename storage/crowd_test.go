package storage

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/lib/pq"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// people are so many of one unit, who are called by numbers from first on.
func (f *fixture) people(first int64, n int) {
	f.employees(1) // with the unit
	f.exec(`INSERT INTO employee (nip, name, sex, unit_id, position_title, class_code, supervisor_id)
		SELECT '19' || lpad(n::text, 16, '0'), n, e.sex, e.unit_id, e.position_title, e.class_code, CASE WHEN n % 10 > 0 THEN e.id END
		FROM employee e, generate_series($1::bigint, $1 + $2 - 1) n WHERE e.name = 'Pegawai 0'`, first, n)
}

// crowded fills the tables that every update touches as on a Monday morning: thousands
// have written, and thousands of replies wait to be sent.
func (f *fixture) crowded() {
	f.people(100_000, 10_000)
	f.exec(`INSERT INTO chat (id) SELECT 1000 + n FROM generate_series(1, 5000) n`)
	f.exec(`INSERT INTO inbox (bot_id, update_id, lane, body) SELECT $1, 1000 + n, 1000 + n % 5000, '{}' FROM generate_series(1, 20000) n`, bot)
	f.exec(`INSERT INTO draft (chat_id, form, ref, body, touched_at) SELECT 1000 + n, 'q', 7, '{}', now() FROM generate_series(1, 5000) n`)
	f.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, payload, state, term)
		SELECT 'crowd ' || n, 1000 + n % 5000, n % 2, 'reply', 't', 0, 'm', '{}', CASE WHEN n % 3 = 0 THEN 'sending' ELSE 'new' END, CASE WHEN n % 3 = 0 THEN 3 ELSE 0 END FROM generate_series(1, 20000) n`)
}

// rowsRead is how many rows of any table a transaction has read so far.
const rowsRead = `SELECT COALESCE(sum(seq_tup_read + COALESCE(idx_tup_fetch, 0)), 0)::int FROM pg_stat_xact_user_tables`

// crowdReader counts what statements read on one connection.
type crowdReader struct {
	*fixture
	db *DB // of one connection, which plans as the program's do
}

// reads fails if do reads more than so many rows.
func (c crowdReader) reads(what string, most int, do func(ctx context.Context, tx *Tx) error) {
	c.t.Helper()
	var before, after int
	err := c.db.InTx(c.t.Context(), func(tx *Tx) error {
		if err := tx.tx.GetContext(c.t.Context(), &before, rowsRead); err != nil {
			return err
		}
		if err := do(c.t.Context(), tx); err != nil {
			return err
		}
		return tx.tx.GetContext(c.t.Context(), &after, rowsRead)
	})
	if err != nil {
		c.t.Fatalf("%s: %v", what, err)
	}
	if after-before > most {
		c.t.Errorf("%s reads %d rows, want at most %d", what, after-before, most)
	}
}

// turn plays an update of each of eight chats, four alone and four together.
func (c crowdReader) turn(first int64, most int) {
	c.t.Helper()
	serial := map[int64]int64{}
	for chat := first; chat < first+8; chat++ {
		c.arrive(chat, chat)
		c.tx(func(ctx context.Context, tx *Tx) error { // the chat is there
			s, _, _, _, err := tx.Load(ctx, bot, chat, start, taskForms)
			serial[chat] = s.Update.Serial
			return err
		})
		c.people(chat, 1)
		c.exec(`UPDATE chat SET employee_id = e.id FROM employee e WHERE chat.id = $1 AND e.name = $1::bigint::text`, chat)
	}
	decide := func(chat int64) dialog.Decision {
		d := decision(chat, chat, reply(chat, fmt.Sprintf("in:%d", chat)))
		d.Term, d.Serial = 3, serial[chat]
		return d
	}
	for chat := first; chat < first+4; chat++ {
		c.reads("loading one", most, func(ctx context.Context, tx *Tx) error {
			_, _, _, _, err := tx.Load(ctx, bot, chat, start, taskForms)
			return err
		})
		c.reads("saving one", most, func(ctx context.Context, tx *Tx) error { return tx.Save(ctx, decide(chat)) })
	}
	var chats []int64
	var list []dialog.Decision
	for chat := first + 4; chat < first+8; chat++ {
		chats, list = append(chats, chat), append(list, decide(chat))
	}
	c.reads("loading four", most, func(ctx context.Context, tx *Tx) error {
		_, err := together(ctx, tx, chats...)
		return err
	})
	c.reads("saving four", most, func(ctx context.Context, tx *Tx) error { return tx.SaveTogether(ctx, list) })
	c.reads("marking four", most, func(ctx context.Context, tx *Tx) error {
		var ids []int64
		for _, d := range list {
			ids = append(ids, d.Rows[0].ID)
		}
		n, of := 0, func(v string) any { return pq.Array(slices.Repeat([]string{v}, len(ids))) }
		err := tx.tx.GetContext(ctx, &n, markRows, 3, pq.Array(ids), of("sent"), of("5"), of(""), of("0"), of("f"), of(""))
		if err == nil && n != len(ids) {
			err = fmt.Errorf("%d are marked", n)
		}
		return err
	})
	for _, lane := range []dialog.Lane{dialog.LaneReply, dialog.LaneBulk} {
		c.reads(fmt.Sprintf("claiming four of lane %d", lane), most, func(ctx context.Context, tx *Tx) error {
			_, _, err := tx.claim(ctx, claiming{3, lane, 4, start}, c.db.compose)
			return err
		})
	}
	c.arrives(900_000, chats, []dialog.RawUpdate{{ID: 950_000 + first, Lane: 950_000 + first, Body: "{}"}}, most)
	c.arrives(960_000, chats[:1], nil, most)
	again := []dialog.RawUpdate{{ID: first, Lane: first, Body: "{}"}, {ID: first + 1, Lane: first + 1, Body: "{}"}}
	c.reads("storing what has come already", most, func(ctx context.Context, tx *Tx) error {
		var lanes []int64
		given := newColumns(bot, again)
		if _, err := tx.tx.ExecContext(ctx, giveUpNumbers, bot, pq.Array(given.ids), numberLife.Seconds()); err != nil {
			return err
		}
		return tx.tx.SelectContext(ctx, &lanes, stillPending, bot, pq.Array(given.ids))
	})
}

// arrives decides the next update of chats, numbered from so many on, as it is stored, beside
// those that are only stored.
func (c crowdReader) arrives(from int64, chats []int64, rest []dialog.RawUpdate, most int) {
	c.t.Helper()
	var came []dialog.Arrived
	var list []dialog.Decision
	for _, chat := range chats {
		came = append(came, dialog.Arrived{RawUpdate: dialog.RawUpdate{ID: from + chat, Lane: chat, Body: "{}"}})
	}
	c.reads(fmt.Sprintf("loading %d as they are stored", len(chats)), most, func(ctx context.Context, tx *Tx) error {
		return tx.read(ctx, tx.tx, bot, came, start, taskForms, func(s dialog.Session, _ personnel.Employee, _ []task.Task) {
			d := decision(s.ChatID, s.Update.ID, reply(s.ChatID, fmt.Sprintf("in:%d", s.Update.ID)))
			d.Term, d.Serial, d.Came, d.Version = 3, s.Update.Serial, s.Update.Came, s.Version
			list = append(list, d)
		})
	})
	if len(list) != len(chats) {
		c.t.Fatalf("%d of %d chats can be decided", len(list), len(chats))
	}
	c.reads(fmt.Sprintf("saving %d as they are stored", len(chats)), most, func(ctx context.Context, tx *Tx) error {
		return tx.write(ctx, tx.tx, list, rest)
	})
}

// A connection plans its statements once, and that may be before anybody came, or in a quiet
// hour whose statistics say that the tables are tiny. What runs for each update must then
// still read only what it is about: else each of ten thousand people costs ten thousand rows.
func TestCrowdIsNotRead(t *testing.T) {
	for name, quiet := range map[string]string{
		"never filled":     `SELECT 1`,
		"after quiet hour": `ANALYZE inbox, chat, draft, outbox, employee`,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			c := crowdReader{f, f.open(Options{URL: f.appURL, KeepPlans: true, MaxOpen: 1})}
			f.people(50_000, 600) // of whom nobody writes; Postgres has not counted them
			f.exec(`INSERT INTO chat (id) SELECT 50000 + n FROM generate_series(1, 1000) n`)
			c.turn(1, 1000)
			f.exec(quiet)
			c.turn(11, 1000)
			f.crowded()
			c.turn(101, 40)
		})
	}
}

// For several chats the planner may take reading all people once for cheaper than looking up
// a few, and did so in an agency of a thousand. The statements leave it no choice: here it
// is told to prefer it.
func TestAgencyIsNotReadForItsChats(t *testing.T) {
	f := newFixture(t)
	f.people(1, 1000)
	f.arrive(1, 1)
	f.arrive(2, 2)
	f.load(1)
	f.load(2)
	c := crowdReader{f, f.open(Options{URL: f.appURL, KeepPlans: true, MaxOpen: 1})}
	never := func(ctx context.Context, tx *Tx) error {
		_, err := tx.tx.ExecContext(ctx, `SET LOCAL enable_nestloop = off`)
		return err
	}
	c.reads("loading two", 40, func(ctx context.Context, tx *Tx) error {
		if err := never(ctx, tx); err != nil {
			return err
		}
		_, err := together(ctx, tx, 1, 2)
		return err
	})
	c.reads("loading two as they are stored", 40, func(ctx context.Context, tx *Tx) error {
		if err := never(ctx, tx); err != nil {
			return err
		}
		first, _ := newUpdates()
		_, err := arrivingOf(ctx, tx.sealing, tx.tx, first)
		return err
	})
}
