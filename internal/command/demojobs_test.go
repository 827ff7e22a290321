package command

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bangkom/internal/demo"
	"bangkom/internal/devdb/devdbtest"
)

// A kept demo goes on at the time to which its clock was moved.
func TestDemoClockIsKept(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	o := newOffice(t, nil)
	for ahead, want := range map[string]string{"": "2027-01-15 22:00", "3600": "2027-01-15 23:00"} {
		clock := demo.NewClock(func() time.Time { return at("2027-01-15 22:00") })
		if err := o.db.SetFact(t.Context(), demo.FactAhead, ahead); err != nil {
			t.Fatal(err)
		}
		if err := clock.Restore(t.Context(), o.db); err != nil || !clock.Now().Equal(at(want)) {
			t.Errorf("%q s ahead: %s, %v, want %s", ahead, clock.Now(), err, want)
		}
	}
}

// The buttons of the page run jobs, at any hour.
func TestDemoRunsJobs(t *testing.T) {
	devdbtest.Long(t, "a demo with a server of its own")
	said := newVisitor(t, at("2027-01-15 22:00")).press(0) // a Friday night
	if !strings.Contains(said, "Jam ruang coba: Senin, ") || !strings.Contains(said, "pukul 09.00 WIB") {
		t.Error(said)
	}
}

// "Pengingat" stops before the deadline, however often it is pressed, and "Mulai ulang"
// brings back the first day, with a page and a bot that work.
func TestDemoEndsInTimeAndBeginsAnew(t *testing.T) {
	devdbtest.Long(t, "the demo is prepared twice")
	v := newVisitor(t, at("2027-01-15 22:00"))
	const reminders, again = 1, 6
	said := ""
	for n := 0; !strings.Contains(said, "tidak dimajukan melewatinya"); n++ {
		if said = v.press(reminders); n > 40 {
			t.Fatalf("after %d times the clock is still moved: %s", n, said)
		}
	}
	if m := regexp.MustCompile(`Jam ruang coba: \S+, (\d+) Januari 2027`).FindStringSubmatch(said); m == nil || m[1] < "22" || m[1] > "29" {
		t.Errorf("the reminders end with %s, want a day before the deadline of 29 January", said)
	}
	if said := v.press(again); !strings.Contains(said, "dimulai ulang") {
		t.Fatal(said)
	}
	v.open()
	if said := v.press(2); !strings.Contains(said, "18 Januari 2027") { // the next hours of work
		t.Errorf("after the beginning anew the clock says %s", said)
	}
}

// visitor has the page of a demo open.
type visitor struct {
	t       *testing.T
	address string
	client  http.Client
}

// newVisitor starts a demo, which ends with the test.
func newVisitor(t *testing.T, now time.Time) *visitor {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	var messages bytes.Buffer // read after the end only
	a := &console{stdout: in, stderr: &messages, now: func() time.Time { return now }}
	done := make(chan error, 1)
	go func() {
		err := a.demo(ctx, []string{"--listen", "127.0.0.1:0"})
		_ = in.Close()
		done <- err
	}()
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		cancel()
		t.Fatalf("%v, %v: %s", err, <-done, &messages)
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the demo ended with %v: %s", err, &messages)
		}
	})
	go func() { _, _ = io.Copy(io.Discard, out) }()
	m := demoLine.FindStringSubmatch(strings.TrimSpace(string(line[:n])))
	if m == nil {
		t.Fatalf("the first line is %q", line[:n])
	}
	v := &visitor{t: t, address: m[1]}
	v.open()
	return v
}

// open loads the page, which gives its key.
func (v *visitor) open() {
	v.t.Helper()
	v.client.Jar, _ = cookiejar.New(nil)
	page, err := v.client.Get(v.address)
	if err != nil {
		v.t.Fatal(err)
	}
	_ = page.Body.Close()
}

// press runs the action of that number and returns what the page says.
func (v *visitor) press(index int) string {
	v.t.Helper()
	body, _ := json.Marshal(map[string]int{"index": index})
	answer, err := v.client.Post(v.address+"api/job", "application/json", bytes.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	said, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		v.t.Fatalf("the button answers %d: %s", answer.StatusCode, said)
	}
	return string(said)
}

// The time that the demo skips is no outage: who is filling in a form is not told of
// one. A silence after it is.
func TestDemoSkipIsNoOutage(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	var ticks atomic.Int64
	clock := demo.NewClock(func() time.Time { return at("2027-01-15 22:00").Add(time.Duration(ticks.Add(1)) * time.Millisecond) })
	alive := func() {
		if err := o.db.Alive(t.Context(), clock.Now()); err != nil {
			t.Error(err)
		}
	}
	alive()
	if err := clock.SkipTo(t.Context(), o.db, at("2027-01-18 09:00")); err != nil {
		t.Fatal(err)
	}
	alive()
	if n := o.count(`SELECT count(*) FROM gap`); n != 0 || clock.Now().Before(at("2027-01-18 09:00")) {
		t.Errorf("at %s there are %d gaps, want none", clock.Now(), n)
	}
	ticks.Add(300_000) // five minutes without a sign of life
	alive()
	if n := o.count(`SELECT count(*) FROM gap`); n != 1 {
		t.Errorf("after a real silence there are %d gaps, want 1", n)
	}
}
