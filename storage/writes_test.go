package storage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
)

func TestWritesAreKnown(t *testing.T) {
	for query, want := range map[string]bool{
		`SELECT id FROM chat WHERE id = $1 FOR UPDATE`: false,
		lockPeople:                false,
		lockOtherSide:             false,
		loadSession:               false,
		`UPDATE chat SET rev = 1`: true,
		"\n\t\tINSERT INTO outbox (key)\n\t\tSELECT 1": true,
		`DELETE FROM draft WHERE chat_id = $1`:         true,
		closeTicket:                                    true,
		saveDecision:                                   true,
		erasePerson:                                    true,
		pruneInbox:                                     true,
		pruneAnnouncement:                              true,
		pruneFollowUp:                                  true,
		pruneStaffSurvey:                               true,
		`SELECT 1 FROM a FOR NO KEY UPDATE OF a; UPDATE b SET c`: true,
	} {
		if got := writes(query); got != want {
			t.Errorf("writes(%.60q) = %t, want %t", query, got, want)
		}
	}
}

// A row that says by no right that it may go is refused, and a decision writes to its
// own chat.
func TestRowsNeedAWay(t *testing.T) {
	f := newFixture(t)
	f.exec(`INSERT INTO chat (id) VALUES (5)`)
	f.arrive(5, 1)
	row := reply(5, "k")
	row.Way = ""
	if err := f.try(func(ctx context.Context, tx *Tx) error { return tx.Enqueue(ctx, []dialog.Outgoing{reply(5, "a"), row}) }); err == nil {
		t.Error("a message without a way is queued")
	}
	if err := f.try(func(ctx context.Context, tx *Tx) error { return tx.Save(ctx, decision(5, 1, reply(6, "b"))) }); err == nil {
		t.Error("a decision writes to another chat")
	}
	if n := f.count(`SELECT count(*) FROM outbox`); n != 0 {
		t.Errorf("%d messages are stored", n)
	}
}

// small makes values for the arguments of a method: ids of a few rows, moments around
// the present, and whatever else is short.
func small(r *rand.Rand, typ reflect.Type, depth int) reflect.Value {
	v := reflect.New(typ).Elem()
	switch typ {
	case reflect.TypeFor[time.Time]():
		return reflect.ValueOf(start.Add(time.Duration(r.IntN(5)-2) * 24 * time.Hour))
	case reflect.TypeFor[personnel.NIP]():
		return v
	}
	switch typ.Kind() {
	case reflect.Int, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.IntN(8)))
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.String:
		v.SetString([]string{"", "leave", "PELAKSANA", "x", "self_assessment", "interest"}[r.IntN(6)])
	case reflect.Slice:
		for range r.IntN(3) {
			v = reflect.Append(v, small(r, typ.Elem(), depth+1))
		}
	case reflect.Struct:
		for i := range typ.NumField() {
			if depth < 3 && typ.Field(i).IsExported() {
				v.Field(i).Set(small(r, typ.Field(i).Type, depth+1))
			}
		}
	}
	return v
}

// errPut takes back what a call did.
var errPut = errors.New("taken back")

// Whatever says that there is nothing has changed nothing: whoever hears it says so to
// people. Every method is called with many small arguments in a small agency.
func TestNotFoundHasWrittenNothing(t *testing.T) {
	devdbtest.Heavy(t, "every method is tried 80 times")
	f := newFixture(t)
	ids := f.employees(6)
	for i, boss := range map[int]int{1: 0, 2: 0, 3: 0, 4: 1, 5: 2} {
		f.exec(`UPDATE employee SET supervisor_id = $2, class_code = 'PELAKSANA' WHERE id = $1`, ids[i], ids[boss])
	}
	f.exec(`INSERT INTO chat (id, employee_id, linked_at) SELECT id, id, $1 FROM employee WHERE id <= 4`, start)
	f.exec(`INSERT INTO chat (id) VALUES (5), (6)`)
	f.tx(func(ctx context.Context, tx *Tx) error {
		_, err := tx.OpenPeriod(ctx, Period{Name: "P", OpensAt: start.Add(-time.Hour), DueAt: start.AddDate(0, 0, 14), RatingDueAt: start.AddDate(0, 0, 21)}, start)
		if err != nil {
			return err
		}
		for _, kind := range []personnel.TicketKind{personnel.TeamTicket, personnel.ErasureTicket, personnel.ErasureTicket} {
			if _, err := tx.AddTicket(ctx, ids[1], ids[1], kind, "x", start); err != nil {
				return err
			}
		}
		_, err1 := tx.CloseTicket(ctx, 3, ids[0], "", start)
		_, err2 := tx.AskUnlink(ctx, ids[1], ids[0], start)
		return errors.Join(err1, err2, tx.NameCoRater(ctx, ids[0], ids[2], ids[1], start))
	})
	r := rand.New(rand.NewPCG(1, 13))
	notFound := map[string]int{}
	typ := reflect.TypeFor[*Tx]()
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		// The transaction of these is given up in any case: they say so.
		if m.Type.NumOut() == 0 || m.Type.Out(m.Type.NumOut()-1) != reflect.TypeFor[error]() || m.Name == "Link" || m.Name == "AcceptTakeover" {
			continue
		}
		for range 80 {
			_ = f.try(func(ctx context.Context, tx *Tx) (err error) {
				args := []reflect.Value{reflect.ValueOf(tx), reflect.ValueOf(ctx)}
				for n := 2; n < m.Type.NumIn(); n++ {
					args = append(args, small(r, m.Type.In(n), 0))
				}
				defer func() {
					if recover() != nil { // arguments that nobody passes
						err = errPut
					}
				}()
				out := m.Func.Call(args)
				if err, _ := out[len(out)-1].Interface().(error); errors.Is(err, ErrNotFound) {
					notFound[m.Name]++
					if tx.Writes() > 0 {
						t.Errorf("%s has written and then found nothing: %s", m.Name, short(args[2:]))
					}
				}
				return errPut
			})
		}
	}
	for _, name := range []string{"NameCoRater", "Erase", "PairForHR", "ExcuseSelf", "CloseTicket", "SubmitRating"} {
		if notFound[name] == 0 {
			t.Errorf("%s never found nothing: the test is about something else", name)
		}
	}
	t.Logf("%d methods can find nothing", len(notFound))
}

// A superior who tries to hand somebody over to a person whom that one leads keeps the
// helper who was asked before.
func TestRefusedHandOverKeepsTheFormer(t *testing.T) {
	f := newFixture(t)
	ids := f.team(4)
	f.exec(`UPDATE employee SET supervisor_id = $2 WHERE id = $1`, ids[3], ids[1])
	err := f.try(func(ctx context.Context, tx *Tx) error {
		return tx.NameCoRater(ctx, ids[0], ids[1], ids[2], start)
	})
	if err != nil {
		t.Fatal(err)
	}
	f.tx(func(ctx context.Context, tx *Tx) error {
		if err := tx.NameCoRater(ctx, ids[0], ids[1], ids[3], start); !errors.Is(err, ErrNotFound) {
			t.Errorf("NameCoRater() = %v, want ErrNotFound", err)
		}
		return nil // the worst that a caller can do: it takes the refusal for harmless
	})
	if n := f.count(`SELECT count(*) FROM co_rater WHERE rater_id = $1 AND revoked_at IS NULL`, ids[2]); n != 1 {
		t.Errorf("the former helper rates %d people, want 1", n)
	}
}

func short(args []reflect.Value) string {
	var all []string
	for _, a := range args {
		all = append(all, fmt.Sprintf("%.60v", a))
	}
	return strings.Join(all, ", ")
}
