package handlers_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/handlers"
	"bangkom/internal/courier"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// brokenTx cannot read what a person wishes.
type brokenTx struct{ handlers.Tx }

func (brokenTx) Preferences(context.Context, int64) (courier.Preferences, error) {
	return courier.Preferences{}, errors.New("broken")
}

// life is everything whose trace in the database names the update that caused it:
// answers, a link, a person excused, a stand-in, an apology, an account set free.
func (w *world) life(n int) {
	w.t.Helper()
	rina, bambang, sari, hr := account("Rina"), account("Bambang"), account("Sari"), account("Wayan")
	w.say(rina, "/start "+cast()[1].code)
	w.tap(rina, "Setuju")
	w.say(rina, "/asesmen")
	w.tap(rina, "3", "3", "3", "3", "3", "3", "3", "3", "3", "Kirim")
	w.say(bambang, "/tim")
	w.tap(bambang, "2", "Tidak perlu mengisi", "Cuti", "Ya, tidak perlu")
	w.say(bambang, "/delegasi")
	for _, s := range []string{"sari", "1 Maret 2027", "31 Maret 2027", "800/12/2027"} {
		w.say(bambang, s)
	}
	w.say(hr, "/kelola")
	w.tap(hr, "Plt. dan Plh.", "Sesuai surat")
	broken := func(tx handlers.Tx) handlers.Tx { return brokenTx{tx} }
	w.wrap.Store(&broken)
	w.say(sari, "/pengingat")
	for limit := time.Now().Add(patience); w.count(`SELECT count(*) FROM outbox WHERE template = 'odd.failed'`) < n; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(limit) {
			w.t.Fatalf("life %d: no apology", n)
		}
	}
	w.wrap.Store(nil)
	w.say(hr, "/kelola")
	w.tap(hr, "Cari pegawai")
	w.say(hr, "rina")
	w.tap(hr, "Lepas akun", "Ya, lepaskan")
}

// asBefore makes the same possible again.
func (w *world) asBefore() {
	w.t.Helper()
	owner, err := sql.Open("postgres", w.owner)
	if err != nil {
		w.t.Fatal(err)
	}
	defer owner.Close()
	for _, q := range []string{`DELETE FROM consent`, `UPDATE link_code SET used_at = NULL, closed_at = NULL`, `DELETE FROM answer`, `DELETE FROM response`,
		`UPDATE task SET state = 'open', started_at = NULL, done_at = NULL WHERE kind = 'self_assessment'`,
		`DELETE FROM task WHERE kind NOT IN ('self_assessment', 'rating')`, `DELETE FROM summary_card`,
		`UPDATE delegation SET checked_at = NULL, checked_by = NULL, ended_at = now()`} {
		w.execAs(owner, q)
	}
}

// written counts what was written to people, by what it was.
func (w *world) written() map[string]int {
	w.t.Helper()
	rows, err := w.sql.Query(`SELECT template, count(*) FROM outbox WHERE method <> 'setMyCommands' AND state IN ('sent', 'superseded') GROUP BY 1`)
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var template string
		var n int
		if err := rows.Scan(&template, &n); err != nil {
			w.t.Fatal(err)
		}
		out[template] = n
	}
	return out
}

// After a quiet week Telegram's numbers begin again, here at the very same ones, and
// nothing has pruned the inbox: everything happens a second time, in full. Rows that an
// earlier version keyed by those numbers are in nobody's way.
func TestUpdateNumbersBeginAgain(t *testing.T) {
	devdbtest.Long(t, "everything happens a second time")
	t.Parallel()
	w := newWorld(t)
	w.grant("Wayan", personnel.RoleHR, false)
	bambang := w.boss(0)
	for _, name := range []string{"Sari", "Wayan"} {
		w.linkStraight(w.ids[name], account(name), name)
	}
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		return tx.CheckTeam(ctx, w.ids["Bambang"], w.clock.Now())
	})
	const first = 700_000_000
	for n := range 200 {
		for _, key := range []string{fmt.Sprintf("u:%d:%d:0", w.bots[0].BotID(), first+n), fmt.Sprintf("aside:%d:%d", w.bots[0].BotID(), first+n),
			fmt.Sprintf("unlink:%d:%d", account("Rina"), first+n)} {
			w.exec(`INSERT INTO outbox (key, chat_id, lane, class, template, length, method, state)
				VALUES ($1, $2, 0, 'reply', 'old', 1, 'setMyCommands', 'sent')`, key, bambang)
		}
	}
	w.fake.RestartUpdateIDs(first)
	before := w.written()
	w.life(1)
	once := w.written()
	w.asBefore()
	w.clock.move(8 * 24 * time.Hour)
	w.exec(`UPDATE inbox SET received_at = received_at - interval '8 days', done_at = done_at - interval '8 days'`)
	w.fake.RestartUpdateIDs(first)
	w.life(2)
	twice := w.written()
	for key, n := range once {
		once[key] = 2*n - before[key]
	}
	if diff := cmp.Diff(once, twice); diff != "" {
		t.Errorf("what was written twice as often (-want +got):\n%s", diff)
	}
	for _, effect := range []string{"odd.failed", "person.unlinked_note", "summary.excused_told", "delegation.works", "delegation.you_act", "notice.body"} {
		if twice[effect] != 2 {
			t.Errorf("%s was sent %d times, want 2", effect, twice[effect])
		}
	}
	if n := w.count(`SELECT count(*) FROM inbox WHERE update_id < 0`); n < 30 {
		t.Errorf("%d numbers came again: the test is about something else", n)
	}
	if n := w.count(`SELECT count(*) FROM inbox WHERE done_at IS NULL OR failed IS NOT NULL`); n != 2 {
		t.Errorf("%d updates wait or were set aside, want the two broken ones", n)
	}
	if keys := w.text(`SELECT COALESCE(string_agg(key, ' '), '') FROM outbox WHERE key LIKE '%:7000000%' AND template <> 'old'`); keys != "" {
		t.Errorf("keys that hold Telegram's numbers: %s", slices.Compact(strings.Fields(keys)))
	}
}
