package faketelegram_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
)

func TestResetAfterHasItsEffect(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.SetFaults(faketelegram.Faults{ResetAfter: 1})
	if a, err := b.try("sendMessage", to("text", "accepted")); err == nil {
		t.Fatalf("reply = %+v, want a cut connection", a)
	}
	m, ok := b.srv.Last(ani)
	if !ok || m.Text != "accepted" {
		t.Errorf("last message = %+v, %v, want the accepted one", m, ok)
	}
	call := b.srv.Calls()[b.srv.CallCount()-1]
	if !call.Accepted || call.OK || call.Code != 0 || call.MessageID != m.ID || call.Class != faketelegram.ClassInjected {
		t.Errorf("recorded %+v", call)
	}
}

func TestFaultsWithoutEffect(t *testing.T) {
	tests := []struct {
		name   string
		faults faketelegram.Faults
		count  string
		want   func(answer, error) bool
	}{
		{"429", faketelegram.Faults{TooMany: 1, RetryAfter: 7}, "too_many", func(a answer, err error) bool {
			return err == nil && a.Code == 429 && a.Parameters.RetryAfter == 7 && a.Description == "Too Many Requests: retry after 7"
		}},
		{"502", faketelegram.Faults{ServerError: 1}, "server_error", func(_ answer, err error) bool {
			return err != nil && strings.Contains(err.Error(), "status 502") && strings.Contains(err.Error(), "<html>")
		}},
		{"cut before", faketelegram.Faults{ResetBefore: 1}, "reset_before", func(_ answer, err error) bool {
			return err != nil && !strings.Contains(err.Error(), "status")
		}},
		{"unavailable", faketelegram.Faults{Unavailable: true}, "unavailable", func(_ answer, err error) bool {
			return err != nil && !strings.Contains(err.Error(), "status")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := started(t, faketelegram.Config{})
			b.srv.SetFaults(tt.faults)
			if a, err := b.try("sendMessage", to("text", "lost")); !tt.want(a, err) {
				t.Errorf("reply = %+v, %v", a, err)
			}
			if n := len(b.srv.Messages(ani)); n != 1 {
				t.Errorf("messages = %d, want only Ani's", n)
			}
			if got := b.srv.FaultCounts()[tt.count]; got != 1 {
				t.Errorf("count of %s = %d, want 1", tt.count, got)
			}
			if n := len(b.srv.Breaches()); n != 0 {
				t.Errorf("breaches = %d, want none", n)
			}
			_, err := b.try("getMe", nil)
			if healthy := err == nil; healthy == tt.faults.Unavailable {
				t.Errorf("getMe: %v; only Unavailable hits every method", err)
			}
			b.srv.SetFaults(faketelegram.Faults{})
			b.must("sendMessage", to("text", "healed"))
		})
	}
}

func TestFaultMethods(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.SetFaults(faketelegram.Faults{TooMany: 1, Methods: []string{"getMe"}})
	b.must("sendMessage", to("text", "a"))
	if a := b.call("getMe", nil); a.Code != 429 {
		t.Errorf("getMe = %d, want 429", a.Code)
	}
}

// A cut poll delivers nothing, so the same updates come again.
func TestCutPoll(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.SendText(ani, "again")
	b.srv.SetFaults(faketelegram.Faults{ResetAfter: 1, Methods: []string{"getUpdates"}})
	if a, err := b.try("getUpdates", nil); err == nil {
		t.Errorf("poll = %+v, want a cut connection", a)
	}
	b.srv.SetFaults(faketelegram.Faults{})
	if got := b.updates(0); len(got) != 1 {
		t.Errorf("updates after the cut = %d, want 1", len(got))
	}
}

func TestFaultShares(t *testing.T) {
	run := func(seed uint64) map[string]int {
		b := started(t, faketelegram.Config{Seed: seed})
		b.srv.SetFaults(faketelegram.Faults{TooMany: 0.1, ServerError: 0.1, Methods: []string{"getMe"}})
		for range 500 {
			_, _ = b.try("getMe", nil)
		}
		return b.srv.FaultCounts()
	}
	one, again, other := run(1), run(1), run(2)
	for _, name := range []string{"too_many", "server_error"} {
		if one[name] < 25 || one[name] > 85 {
			t.Errorf("%s = %d of 500, want about 50", name, one[name])
		}
	}
	if fmt.Sprint(one) != fmt.Sprint(again) {
		t.Errorf("same seed, counts %v and %v", one, again)
	}
	if fmt.Sprint(one) == fmt.Sprint(other) {
		t.Errorf("seeds 1 and 2 fail alike: %v", one)
	}
}

func TestSlowReply(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.SetFaults(faketelegram.Faults{Slow: 1, SlowFor: time.Hour})
	failed := make(chan error, 1)
	go func() {
		_, err := b.try("sendMessage", to("text", "late"))
		failed <- err
	}()
	await(t, b.srv, "the effect before the reply", func() bool { return len(b.srv.Messages(ani)) == 2 })
	select {
	case err := <-failed:
		t.Fatalf("the reply came at once: %v", err)
	default:
	}
	b.srv.Close()
	<-failed // Close ends the wait
	if _, err := b.try("getMe", nil); err == nil {
		t.Error("getMe after Close succeeded, want a cut")
	}
}

func TestDuplicates(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.SetFaults(faketelegram.Faults{DuplicateUpdates: 1})
	b.srv.SendText(ani, "once")
	first := b.updates(0)
	second := b.updates(first[0].ID + 1)
	if len(first) != 1 || len(second) != 1 || first[0].ID != second[0].ID {
		t.Fatalf("polls = %v and %v, want the same update twice", first, second)
	}
	if third := b.updates(first[0].ID + 1); len(third) != 0 || b.srv.Pending() != 0 {
		t.Errorf("third poll = %v, pending %d, want nothing", third, b.srv.Pending())
	}
}

func TestReorder(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.SetFaults(faketelegram.Faults{ReorderUpdates: 1})
	b.srv.SendText(ani, "first")
	b.srv.ForgePress(ani, 1, "second")
	b.srv.SendText(4002, "somebody else")
	got := b.updates(0)
	if len(got) != 3 || got[0].Press == nil || got[1].Message == nil || got[0].ID >= got[1].ID {
		t.Errorf("updates = %+v, want the press before the message, ids rising", got)
	}
	if b.srv.FaultCounts()["reorder"] != 1 {
		t.Errorf("counts = %v, want one reorder", b.srv.FaultCounts())
	}
}

func TestFileDownload(t *testing.T) {
	b := started(t, faketelegram.Config{})
	b.srv.SendDocument(ani, "daftar.csv", []byte("nip;nama\n"))
	u := b.updates(0)
	var id string
	if _, err := fmt.Sscanf(string(u[0].Message[strings.Index(string(u[0].Message), `"file_id"`):]), `"file_id":%q`, &id); err != nil {
		t.Fatal(err)
	}
	a := b.call("getFile", map[string]string{"file_id": id})
	path := string(a.Result)[strings.Index(string(a.Result), `"file_path":"`)+len(`"file_path":"`):]
	path = path[:strings.IndexByte(path, '"')]
	res, err := http.Get(b.base + "/file/bot1:test/" + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body := make([]byte, 100)
	n, _ := res.Body.Read(body)
	if res.StatusCode != 200 || string(body[:n]) != "nip;nama\n" {
		t.Errorf("download = %d %q", res.StatusCode, body[:n])
	}
	// The same file can be sent again by its id, but not as a picture.
	b.must("sendDocument", to("document", id))
	if a := b.call("sendPhoto", to("photo", id)); a.Description != "Bad Request: can't use file of type Document as Photo" {
		t.Errorf("sendPhoto = %q", a.Description)
	}
}
