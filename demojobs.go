package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"bangkom/internal/faketelegram"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
	"bangkom/scheduler"
)

// factDemoAhead is how far the clock of a kept demo is ahead, in seconds.
const factDemoAhead = "demo_ahead"

// demoClock is the clock of the demo: the real one, moved ahead when a visitor
// runs a job whose hour has not come.
type demoClock struct {
	real  func() time.Time
	ahead atomic.Int64 // nanoseconds
}

// Now is the present of the demo.
func (c *demoClock) Now() time.Time { return c.real().Add(time.Duration(c.ahead.Load())) }

// moveTo moves the clock to t; never back.
func (c *demoClock) moveTo(t time.Time) {
	if by := t.Sub(c.Now()); by > 0 {
		c.ahead.Add(int64(by))
	}
}

// demoJob is a job that the page has a button for. moment is the first moment from
// t on at which it may send anything, tries how many such moments are tried until
// it has sent something.
type demoJob struct {
	name, label, hint string
	moment            func(c *outreach.Calendar, t time.Time) time.Time
	after             func(c *outreach.Calendar, t time.Time) time.Time // the next moment to try begins here
	tries             int
}

func demoJobs() []demoJob {
	return []demoJob{
		{name: "weekly-summary", label: "Ringkasan mingguan", tries: 2,
			hint:   "Untuk semua atasan langsung. Bila pekan ini sudah, jam ruang coba maju ke Senin berikutnya.",
			moment: weeklyMoment,
			after:  func(c *outreach.Calendar, t time.Time) time.Time { return (c.Day(t).Monday() + 7).Start(c.Location()) }},
		{name: "reminders", label: "Pengingat", tries: 6,
			hint: "Undangan dan pengingat yang sudah waktunya. Bila belum ada, jam ruang coba maju ke hari kerja berikutnya.",
			moment: func(c *outreach.Calendar, t time.Time) time.Time {
				at, _ := c.Next(outreach.Prompt, t, outreach.Diary{})
				return at
			},
			after: func(c *outreach.Calendar, t time.Time) time.Time { return (c.Day(t) + 1).Start(c.Location()) }},
	}
}

// weeklyMoment is the first moment from t on at which a summary may go.
func weeklyMoment(c *outreach.Calendar, t time.Time) time.Time {
	for week, n := c.Day(t).Monday(), 0; n < 6; week, n = week+7, n+1 {
		at, ok := c.WeeklyAt(week, outreach.DefaultRules().Hours.Weekly, outreach.Diary{})
		if !ok {
			continue
		}
		if at.Before(t) {
			at = t
		}
		if at, ok = c.Next(outreach.Prompt, at, outreach.Diary{}); ok && c.Day(at).Monday() == week {
			return at
		}
	}
	return t
}

// actions are the buttons of the page that run a job.
func (d *demo) actions() []faketelegram.Action {
	var all []faketelegram.Action
	for _, j := range demoJobs() {
		all = append(all, faketelegram.Action{Label: j.label, Hint: j.hint,
			Run: func(ctx context.Context) (string, error) { return d.runJob(ctx, j) }})
	}
	return all
}

// skipTo moves the clock to t. The time that is skipped is no outage: nobody is told
// of one, and nobody is asked again.
func (d *demo) skipTo(ctx context.Context, t time.Time) error {
	before := d.clock.ahead.Load()
	return d.db.Skip(ctx, func() time.Duration {
		d.clock.moveTo(t)
		return time.Duration(d.clock.ahead.Load() - before)
	})
}

// runJob runs a job as the scheduler does, at the present of the demo. Nothing may
// go outside the hours of work, so the clock is moved to the next of them first.
func (d *demo) runJob(ctx context.Context, j demoJob) (string, error) {
	d.jobs.Lock()
	defer d.jobs.Unlock()
	loc := d.cfg.Location()
	calendar := outreach.NewCalendar(outreach.ShippedFacts(loc, nil), outreach.DefaultRules().Hours)
	sent := 0
	for from, n := d.clock.Now().In(loc), 0; n < j.tries && sent == 0; n++ {
		at := j.moment(calendar, from)
		if err := d.skipTo(ctx, at); err != nil {
			return "", err
		}
		at = d.clock.Now().In(loc).Truncate(time.Microsecond) // as it is stored
		r, err := d.svc.scheduler.RunJob(ctx, j.name, at)
		if err != nil && !errors.Is(err, scheduler.ErrSlotDone) {
			return "", err
		}
		sent, from = r.Done, j.after(calendar, at)
	}
	if err := d.db.SetFact(ctx, factDemoAhead, strconv.FormatInt(d.clock.ahead.Load()/int64(time.Second), 10)); err != nil {
		return "", err
	}
	d.svc.telegram.Wake()
	now := d.clock.Now().In(loc)
	words, err := text.Indonesian()
	if err != nil {
		return "", err
	}
	clock := fmt.Sprintf("Jam ruang coba: %s, %s.", words.Date(now), words.Clock(now))
	if sent == 0 {
		return "Tidak ada yang perlu dikirim. " + clock, nil
	}
	return fmt.Sprintf("%d pesan dikirim. %s", sent, clock), nil
}
