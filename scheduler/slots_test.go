package scheduler

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/robfig/cron/v3"
	"pgregory.net/rapid"
)

var jakarta = time.FixedZone("WIB", 7*60*60)

func wib(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2027, month, day, hour, minute, 0, 0, jakarta)
}

func mustParse(t interface {
	Helper()
	Fatal(...any)
}, spec string) cron.Schedule {
	t.Helper()
	s, err := parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSlots(t *testing.T) {
	const (
		weekly = "0 9 * * 1"         // the weekly summary
		hourly = "0 8-15 * * 1-5"    // reminders
		minute = "* * * * *"         // after-outage
		days6  = 6 * 24 * time.Hour  // window of the weekly summary
		hours6 = 6 * time.Hour       // window of reminders
		long   = 30 * 24 * time.Hour // everything
	)
	monday := wib(time.January, 11, 9, 0)
	tests := []struct {
		name   string
		spec   string
		last   time.Time
		now    time.Time
		window time.Duration
		policy Policy
		want   []time.Time
	}{
		{"on the minute", weekly, monday.AddDate(0, 0, -7), monday, days6, Merge, []time.Time{monday}},
		{"a minute before", weekly, monday.AddDate(0, 0, -7), monday.Add(-time.Minute), days6, Merge, nil},
		{"done", weekly, monday, monday.Add(time.Minute), days6, Merge, nil},
		{"asleep over Monday", weekly, monday.AddDate(0, 0, -7), wib(time.January, 14, 14, 0), days6, Merge, []time.Time{monday}},
		{"asleep over Monday, late", weekly, monday.AddDate(0, 0, -7), wib(time.January, 14, 14, 0), days6, Late, []time.Time{monday}},
		{"asleep over Monday, skip", weekly, monday.AddDate(0, 0, -7), wib(time.January, 14, 14, 0), days6, Skip, nil},
		{"exactly as old as the window", weekly, monday.AddDate(0, 0, -7), monday.Add(days6), days6, Merge, []time.Time{monday}},
		{"older than the window", weekly, monday.AddDate(0, 0, -7), monday.Add(days6 + 1), days6, Merge, nil},
		{"asleep over two Mondays, late", weekly, monday.AddDate(0, 0, -7), wib(time.January, 19, 9, 0), long, Late,
			[]time.Time{monday, wib(time.January, 18, 9, 0)}},
		{"asleep over two Mondays, merge", weekly, monday.AddDate(0, 0, -7), wib(time.January, 19, 9, 0), long, Merge,
			[]time.Time{wib(time.January, 18, 9, 0)}},
		{"asleep three days, reminders of the last six hours", hourly, wib(time.January, 11, 10, 0), wib(time.January, 14, 10, 30), hours6, Late,
			[]time.Time{wib(time.January, 14, 8, 0), wib(time.January, 14, 9, 0), wib(time.January, 14, 10, 0)}},
		{"the same, merged", hourly, wib(time.January, 11, 10, 0), wib(time.January, 14, 10, 30), hours6, Merge, []time.Time{wib(time.January, 14, 10, 0)}},
		{"the same, skipped", hourly, wib(time.January, 11, 10, 0), wib(time.January, 14, 10, 30), hours6, Skip, nil},
		{"skip, but on time", hourly, wib(time.January, 11, 10, 0), wib(time.January, 14, 10, 4), hours6, Skip, []time.Time{wib(time.January, 14, 10, 0)}},
		{"a tick that came late", minute, wib(time.January, 14, 10, 0), wib(time.January, 14, 10, 3), time.Hour, Late,
			[]time.Time{wib(time.January, 14, 10, 1), wib(time.January, 14, 10, 2), wib(time.January, 14, 10, 3)}},
		{"without a window only what is on time", minute, wib(time.January, 14, 9, 0), wib(time.January, 14, 10, 0), 0, Late,
			[]time.Time{wib(time.January, 14, 9, 55), wib(time.January, 14, 9, 56), wib(time.January, 14, 9, 57), wib(time.January, 14, 9, 58),
				wib(time.January, 14, 9, 59), wib(time.January, 14, 10, 0)}},
		{"the clock was set back", minute, wib(time.January, 14, 10, 0), wib(time.January, 14, 9, 0), hours6, Late, nil},
		{"set back by an hour, then caught up", minute, wib(time.January, 14, 10, 0), wib(time.January, 14, 10, 1), hours6, Late, []time.Time{wib(time.January, 14, 10, 1)}},
		{"never run: nothing was missed", weekly, time.Time{}, wib(time.January, 14, 14, 0), days6, Late, nil},
		{"never run, and now is its time", weekly, time.Time{}, monday, days6, Late, []time.Time{monday}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Slots(mustParse(t, tt.spec), tt.last, tt.now, tt.window, tt.policy)
			if !slices.EqualFunc(got, tt.want, time.Time.Equal) {
				t.Errorf("Slots(%q, %v, %v, %v, %s) = %v, want %v", tt.spec, tt.last, tt.now, tt.window, tt.policy, got, tt.want)
			}
		})
	}
}

func TestSlotsAreBounded(t *testing.T) {
	now := wib(time.June, 1, 9, 0)
	got := Slots(mustParse(t, "* * * * *"), now.AddDate(0, -1, 0), now, 60*24*time.Hour, Late)
	if len(got) != maxSlots || got[0] != now.AddDate(0, -1, 0).Add(time.Minute) {
		t.Errorf("a month of minutes gave %d slots from %v, want the oldest %d", len(got), got[0], maxSlots)
	}
}

// TestSlotsProperties: slots are after the last one, not in the future, not older
// than the window, ordered, and doing them leaves none.
func TestSlotsProperties(t *testing.T) {
	specs := []string{"* * * * *", "*/7 * * * *", "0 9 * * 1", "30 7,13 * * 1-5", "0 8 1 * *"}
	rapid.Check(t, func(t *rapid.T) {
		spec := mustParse(t, rapid.SampledFrom(specs).Draw(t, "spec"))
		now := wib(time.March, 1, 0, 0).Add(time.Duration(rapid.IntRange(0, 90*24*60*60).Draw(t, "now")) * time.Second)
		last := now.Add(-time.Duration(rapid.IntRange(-3600, 20*24*3600).Draw(t, "ago")) * time.Second)
		window := time.Duration(rapid.IntRange(0, 10*24).Draw(t, "window")) * time.Hour
		policy := rapid.SampledFrom([]Policy{Late, Skip, Merge}).Draw(t, "policy")
		got := Slots(spec, last, now, window, policy)
		for i, at := range got {
			if !at.After(last) || at.After(now) || at.Before(now.Add(-max(window, onTime))) || i > 0 && !at.After(got[i-1]) {
				t.Fatalf("slot %v of %v after %v at %v with %v", at, got, last, now, window)
			}
		}
		if policy != Late && len(got) > 1 {
			t.Fatalf("%s gave %d slots", policy, len(got))
		}
		if n := len(got); n > 0 && n < maxSlots {
			if again := Slots(spec, got[n-1], now, window, policy); len(again) != 0 {
				t.Fatalf("after %v there are still %v", got[n-1], again)
			}
		}
	})
}

func TestParse(t *testing.T) {
	tests := map[string]error{
		"0 9 * * 1":                      nil,
		"*/2 * * * *":                    nil,
		"0 8 1 * *":                      nil,
		"0 8 1 * 1":                      errOr,
		"0 8 */2 * 1":                    errOr,
		"0 8 * * */2":                    nil,
		"@every 1h":                      errEvery,
		"@daily":                         errNoField,
		"CRON_TZ=Asia/Jakarta":           errZone,
		"CRON_TZ=Asia/Jakarta 0 9 * * 1": errZone,
		"TZ=UTC 0 9 * * 1":               errZone,
		"0 0 31 2 *":                     errNever,
		"":                               errNoField,
	}
	for spec, want := range tests {
		if _, err := parse(spec); !errors.Is(err, want) || (err == nil) != (want == nil) {
			t.Errorf("parse(%q) = %v, want %v", spec, err, want)
		}
	}
	for _, spec := range []string{"0 8 * * 7", "61 * * * *", "a b c d e"} {
		if _, err := parse(spec); err == nil {
			t.Errorf("parse(%q) = nil, want an error", spec)
		}
	}
}
