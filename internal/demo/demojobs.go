package demo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"bangkom/internal/faketelegram"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
	"bangkom/scheduler"
	"bangkom/storage"
)

// FactAhead is how far the clock of a kept demo is ahead, in seconds.
const FactAhead = "demo_ahead"

// FactPlayed is set once the demo has played its sample people, for scripts that wait for it.
const FactPlayed = "demo_played"

// Clock is the clock of the demo: the real one, moved ahead when a visitor
// runs a job whose hour has not come.
type Clock struct {
	real  func() time.Time
	ahead atomic.Int64 // nanoseconds
}

// NewClock makes a clock that shows what real shows.
func NewClock(real func() time.Time) *Clock { return &Clock{real: real} }

// Restore moves the clock to where a kept demo has left it.
func (c *Clock) Restore(ctx context.Context, db *storage.DB) error {
	kept, err := db.Fact(ctx, FactAhead)
	if err != nil {
		return err
	}
	if seconds, err := strconv.ParseInt(kept, 10, 64); err == nil {
		c.ahead.Store(seconds * int64(time.Second))
	}
	return nil
}

// Now is the present of the demo.
func (c *Clock) Now() time.Time { return c.real().Add(time.Duration(c.ahead.Load())) }

// moveTo moves the clock to t; never back.
func (c *Clock) moveTo(t time.Time) {
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
	after             func(c *outreach.Calendar, t time.Time) time.Time                         // the next moment to try begins here
	held              func(ctx context.Context, db *storage.DB, t time.Time) (time.Time, error) // what waits for a later moment; zero = nothing
	tries             int
	quiet             bool // what it sends is sent by others as soon as the hour has come
	inTime            bool // the clock is not moved past the next deadline of the period
}

func demoJobs() []demoJob {
	return []demoJob{
		{name: "weekly-summary", label: "Ringkasan mingguan", tries: 2,
			hint:   "Untuk semua atasan langsung. Bila pekan ini sudah, jam ruang coba maju ke Senin berikutnya.",
			moment: weeklyMoment,
			after:  func(c *outreach.Calendar, t time.Time) time.Time { return (c.Day(t).Monday() + 7).Start(c.Location()) }},
		{name: "reminders", label: "Pengingat", tries: 6, inTime: true,
			hint:   "Undangan dan pengingat yang sudah waktunya. Bila belum ada, jam ruang coba maju ke hari kerja berikutnya, paling jauh sampai batas waktu.",
			moment: nextHours, after: nextDay},
		{name: "announcements", label: "Pengumuman dan tempat", tries: 2, quiet: true,
			hint:   "Jam ruang coba maju ke jam kerja berikutnya: pengumuman yang menunggu dikirim, tempat pelatihan ditawarkan.",
			moment: nextHours, after: nextDay,
			held: func(ctx context.Context, db *storage.DB, t time.Time) (time.Time, error) { return db.HeldToday(ctx, t) }},
		{name: "surveys", label: "Survei", tries: 2,
			hint:   "Undangan, penutupan, dan tindak lanjut survei. Bila belum ada, jam ruang coba maju ke hari kerja berikutnya.",
			moment: nextHours, after: nextDay},
	}
}

// nextHours is the next moment in the hours of work.
func nextHours(c *outreach.Calendar, t time.Time) time.Time {
	at, _ := c.Next(outreach.Prompt, t, outreach.Diary{})
	return at
}

// nextDay is the beginning of the next day.
func nextDay(c *outreach.Calendar, t time.Time) time.Time { return (c.Day(t) + 1).Start(c.Location()) }

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

// actions are the buttons of the page: those that run a job, then the one that begins
// anew.
func (d *demo) actions() []faketelegram.Action {
	var all []faketelegram.Action
	for _, j := range demoJobs() {
		all = append(all, faketelegram.Action{Label: j.label, Hint: j.hint,
			Run: func(ctx context.Context) (string, error) { return d.runJob(ctx, j) }})
	}
	return append(all, d.colleaguesAction(), d.trainingAction(), faketelegram.Action{Label: "Mulai ulang", Reload: true,
		Hint: "Semua percakapan, jawaban, dan jam ruang coba kembali seperti semula.",
		Ask:  "Mulai ulang ruang coba? Semua percakapan dan jawaban di sini terhapus.",
		Run:  func(ctx context.Context) (string, error) { return "Ruang coba dimulai ulang.", d.restart.ask(ctx) }})
}

// SkipTo moves the clock to t. The time that is skipped is no outage: nobody is
// told of one, and nobody is asked again.
func (c *Clock) SkipTo(ctx context.Context, db *storage.DB, t time.Time) error {
	before := c.ahead.Load()
	return db.Skip(ctx, func() time.Duration {
		c.moveTo(t)
		return time.Duration(c.ahead.Load() - before)
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
		if j.inTime {
			switch late, err := d.late(ctx, at); {
			case err != nil:
				return "", err
			case late:
				return d.clockSaid("Tidak ada yang perlu dikirim sampai batas waktu; jam ruang coba tidak dimajukan melewatinya.")
			}
		}
		if err := d.clock.SkipTo(ctx, d.db, at); err != nil {
			return "", err
		}
		at = d.clock.Now().In(loc).Truncate(time.Microsecond) // as it is stored
		r, err := d.svc.Scheduler.RunJob(ctx, j.name, at)
		if err != nil && !errors.Is(err, scheduler.ErrSlotDone) {
			return "", err
		}
		sent, from = r.Done, j.after(calendar, at)
		if j.held != nil { // people have had their message of the day: the visitor wants to see the next one
			if from, err = j.held(ctx, d.db, at); err != nil {
				return "", err
			}
			if sent = 1; !from.IsZero() {
				sent = 0
			}
		}
	}
	if err := d.db.SetFact(ctx, FactAhead, strconv.FormatInt(d.clock.ahead.Load()/int64(time.Second), 10)); err != nil {
		return "", err
	}
	d.svc.Telegram.Wake()
	switch {
	case j.quiet:
		return d.clockSaid("")
	case sent == 0:
		return d.clockSaid("Tidak ada yang perlu dikirim.")
	}
	return d.clockSaid(fmt.Sprintf("%d pesan dikirim.", sent))
}

// late tells whether the clock would pass a deadline of the period that is open, that
// of the self-assessments or that of the superiors.
func (d *demo) late(ctx context.Context, at time.Time) (late bool, err error) {
	err = d.db.InTx(ctx, func(tx *storage.Tx) error {
		p, err := tx.CurrentPeriod(ctx)
		if errors.Is(err, storage.ErrNotFound) {
			return nil // none is open, so there is nothing to miss
		}
		now := d.clock.Now()
		late = now.Before(p.DueAt) && !at.Before(p.DueAt) || now.Before(p.RatingDueAt) && !at.Before(p.RatingDueAt)
		return err
	})
	return late, err
}

// clockSaid is what a button answers: what was done, and the present of the demo.
func (d *demo) clockSaid(done string) (string, error) {
	words, err := text.Indonesian()
	if err != nil {
		return "", err
	}
	now := d.clock.Now().In(d.cfg.Location())
	return strings.TrimSpace(fmt.Sprintf("%s Jam ruang coba: %s, %s.", done, words.Date(now), words.Clock(now))), nil
}
