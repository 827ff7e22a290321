package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/storage"
)

// registerOf is n rows of a register whose superior is boss.
func registerOf(t *testing.T, now time.Time, n int, boss string) []register.Record {
	t.Helper()
	parse := func(s string) personnel.NIP {
		nip, err := personnel.ParseNIP(s, now)
		if err != nil {
			t.Fatal(err)
		}
		return nip
	}
	out := make([]register.Record, n)
	for i := range out {
		nip := parse(fmt.Sprintf("19850720201001%d%03d", 1+i%2, 100+i))
		out[i] = register.Record{NIP: nip, Name: fmt.Sprintf("Pegawai %03d", i), Sex: nip.Sex(), Unit: "Dinas Pelayanan Terpadu",
			UnitKey: "dinas pelayanan terpadu", Position: personnel.Position{Title: "Pengelola Layanan"}, Class: "PELAKSANA", Supervisor: parse(boss)}
	}
	return out
}

func (w *world) importPeople(list []register.Record) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.ImportEmployees(ctx, register.Register{People: list}, w.clock.Now())
		return err
	})
}

func (w *world) linkByCode(name, code string) {
	w.t.Helper()
	w.fake.SendText(account(name), "/start "+code)
	w.settle()
	w.pressNewest(account(name), "Setuju")
	w.settle()
}

// opened collects the buttons of all people on the pages of /tim.
func (w *world) opened(name string) (buttons []faketelegram.Button, message int) {
	w.t.Helper()
	who := account(name)
	w.fake.SendText(who, "/tim")
	w.settle()
	for {
		last, _ := w.fake.Last(who)
		next := ""
		for _, row := range last.Inline {
			for _, b := range row {
				if b.Text == "Berikutnya ›" {
					next = b.Text
				} else if strings.Trim(b.Text, "0123456789") == "" {
					buttons = append(buttons, b)
				}
			}
		}
		if message = last.ID; next == "" {
			return buttons, message
		}
		w.pressNewest(who, next)
		w.settle()
	}
}

// hasMenu waits until the chat's own command menu does or does not offer /tim.
func (w *world) hasMenu(name string, want bool) {
	w.t.Helper()
	limit := time.After(patience)
	for {
		has := false
		for _, c := range w.fake.Profile().Commands[fmt.Sprintf("chat:%d", account(name))] {
			has = has || c.Command == "tim"
		}
		if has == want {
			return
		}
		select {
		case <-limit:
			w.t.Fatalf("after a minute the menu of %s offers /tim: %t", name, has)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// An import that moves 300 people takes them from the former superior and gives
// them to the new one, at once: buttons that are still on show included.
func TestMovedPeople(t *testing.T) {
	devdbtest.Heavy(t, "300 people move")
	const n = 300
	w := newWorld(t)
	bambang, sari := cast()[0], cast()[3]
	w.importPeople(registerOf(t, w.clock.Now(), n, bambang.nip))
	w.exec(`UPDATE employee SET supervisor_id = NULL WHERE id IN ($1, $2, $3)`, w.ids["Rina"], w.ids["Wayan"], w.ids["Sari"])
	w.linkByCode("Bambang", bambang.code)
	w.linkByCode("Sari", sari.code)
	before, message := w.opened("Bambang")
	if len(before) != n {
		t.Fatalf("the superior can open %d people, want %d", len(before), n)
	}
	w.hasMenu("Bambang", true)

	w.importPeople(registerOf(t, w.clock.Now(), n, sari.nip))
	begin := time.Now()
	seen := len(w.fake.Messages(account("Bambang")))
	for _, b := range before {
		if a := w.answered(w.fake.ForgePress(account("Bambang"), message, b.Data)); !strings.Contains(a.Text, "sudah tidak berlaku") {
			t.Fatalf("a button of the former superior is answered %q", a.Text)
		}
	}
	w.settle()
	for _, text := range w.newBotTexts(account("Bambang"), seen) {
		if strings.Contains(text, "Pegawai") {
			t.Fatalf("the former superior is shown %q", text)
		}
	}
	if left, _ := w.opened("Bambang"); len(left) != 0 {
		t.Errorf("the former superior can open %d people", len(left))
	}
	after, message := w.opened("Sari")
	for i, b := range after {
		w.answered(w.fake.ForgePress(account("Sari"), message, b.Data))
		w.settle()
		last, _ := w.fake.Last(account("Sari"))
		if want := fmt.Sprintf("Pegawai %03d", i); !strings.Contains(last.Text, want) {
			t.Fatalf("the new superior opens %q, want %s", last.Text, want)
		}
	}
	if len(after) != n {
		t.Errorf("the new superior can open %d people, want %d", len(after), n)
	}
	w.hasMenu("Bambang", false)
	w.hasMenu("Sari", true)
	t.Logf("everything was so %s after the import", time.Since(begin))
}
