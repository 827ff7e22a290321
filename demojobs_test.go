package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bangkom/internal/outreach"
	"bangkom/scheduler"
)

// A summary goes at the present if it may, else at the next moment that it may: in
// the hours of work from Monday at nine on.
func TestWeeklyMoment(t *testing.T) {
	c := outreach.NewCalendar(outreach.ShippedFacts(jakarta, nil), outreach.DefaultRules().Hours)
	for _, tt := range []struct{ now, want string }{
		{"2027-01-11 07:00", "2027-01-11 09:00"}, {"2027-01-11 10:00", "2027-01-11 10:00"}, {"2027-01-13 12:00", "2027-01-13 13:15"},
		{"2027-01-15 12:00", "2027-01-15 13:30"}, {"2027-01-15 16:00", "2027-01-18 09:00"}, {"2027-01-16 09:00", "2027-01-18 09:00"},
	} {
		if got := weeklyMoment(c, at(tt.now)); !got.Equal(at(tt.want)) {
			t.Errorf("at %s a summary goes at %s, want %s", tt.now, got, tt.want)
		}
	}
}

func TestDemoClock(t *testing.T) {
	c := demoClock{real: func() time.Time { return at("2027-01-11 22:00") }}
	c.moveTo(at("2027-01-12 09:00"))
	c.moveTo(at("2027-01-12 08:00")) // never back
	if !c.Now().Equal(at("2027-01-12 09:00")) {
		t.Errorf("the clock says %s", c.Now())
	}
}

// A kept demo goes on at the time to which its clock was moved.
func TestDemoClockIsKept(t *testing.T) {
	o := newOffice(t, nil)
	d := &demo{clock: &demoClock{real: func() time.Time { return at("2027-01-15 22:00") }}}
	for ahead, want := range map[string]string{"": "2027-01-15 22:00", "3600": "2027-01-15 23:00"} {
		d.clock.ahead.Store(0)
		if err := o.db.SetFact(t.Context(), factDemoAhead, ahead); err != nil {
			t.Fatal(err)
		}
		if got, err := d.present(t.Context(), o.db); err != nil || !got.Equal(at(want)) {
			t.Errorf("%q s ahead: %s, %v, want %s", ahead, got, err, want)
		}
	}
}

// No job runs while the sample people are still played: a summary would count them
// as people who are not there.
func TestJobsBeginAfterTheSample(t *testing.T) {
	o := newOffice(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, after := range map[string]chan struct{}{"at once": nil, "later": make(chan struct{})} {
		var log bytes.Buffer
		s := &service{jobsAfter: after, scheduler: scheduler.New(scheduler.Config{Jobs: []scheduler.Job{{Name: "any", Spec: "* * * * *", Window: time.Hour, Policy: scheduler.Merge,
			Run: func(context.Context, scheduler.Tx, scheduler.Slot, time.Time) (scheduler.Result, error) {
				return scheduler.Result{}, nil
			}}},
			Store: slots{o.db}, Location: jakarta, Log: slog.New(slog.NewTextHandler(&log, nil))})}
		if err := s.runJobs(ctx); err != nil {
			t.Error(err)
		}
		if began := strings.Contains(log.String(), "job is scheduled"); began != (after == nil) {
			t.Errorf("%s: jobs have begun is %t: %s", name, began, &log)
		}
	}
}

// The buttons of the page run jobs, at any hour.
func TestDemoRunsJobs(t *testing.T) {
	said := pressJob(t, at("2027-01-15 22:00"), 0) // a Friday night
	if !strings.Contains(said, "Jam ruang coba: Senin, ") || !strings.Contains(said, "pukul 09.00 WIB") {
		t.Error(said)
	}
}

// pressJob starts the demo, presses the button of a job and ends the demo.
func pressJob(t *testing.T, now time.Time, index int) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, in := io.Pipe()
	var messages bytes.Buffer // read after the end only
	a := &app{stdout: in, stderr: &messages, now: func() time.Time { return now }}
	done := make(chan error, 1)
	go func() {
		err := a.demo(ctx, []string{"--listen", "127.0.0.1:0"})
		_ = in.Close()
		done <- err
	}()
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		t.Fatalf("%v, %v: %s", err, <-done, &messages)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	m := demoLine.FindStringSubmatch(strings.TrimSpace(string(line[:n])))
	if m == nil {
		t.Fatalf("the first line is %q", line[:n])
	}
	jar, _ := cookiejar.New(nil)
	client := http.Client{Jar: jar}
	page, err := client.Get(m[1])
	if err != nil {
		t.Fatal(err)
	}
	_ = page.Body.Close()
	body, _ := json.Marshal(map[string]int{"index": index})
	answer, err := client.Post(m[1]+"api/job", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the button answers %d: %s", answer.StatusCode, said)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatalf("the demo ended with %v: %s", err, &messages)
	}
	return string(said)
}

// The time that the demo skips is no outage: who is filling in a form is not told of
// one. A silence after it is.
func TestDemoSkipIsNoOutage(t *testing.T) {
	t.Parallel()
	o := newOffice(t, nil)
	var ticks atomic.Int64
	clock := &demoClock{real: func() time.Time { return at("2027-01-15 22:00").Add(time.Duration(ticks.Add(1)) * time.Millisecond) }}
	d := &demo{db: o.db, clock: clock}
	alive := func() {
		if err := o.db.Alive(t.Context(), clock.Now()); err != nil {
			t.Error(err)
		}
	}
	alive()
	if err := d.skipTo(t.Context(), at("2027-01-18 09:00")); err != nil {
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
