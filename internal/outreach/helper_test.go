package outreach

import (
	"testing"
	"time"
	_ "time/tzdata"
)

var wib = func() *time.Location {
	loc, err := time.LoadLocation("Asia/Jakarta")
	if err != nil {
		panic(err)
	}
	return loc
}()

// shipped is the gate as it is delivered.
func shipped() Gate {
	rules := DefaultRules()
	return Gate{NewCalendar(ShippedFacts(wib, nil), rules.Hours), rules}
}

// at reads "2027-03-10 08:30" in the zone of Kalianda.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, wib)
	if err != nil {
		panic(err)
	}
	return t
}

// on reads "2027-03-10".
func on(s string) Day {
	d, err := ParseDay(s)
	if err != nil {
		panic(err)
	}
	return d
}

func days(list ...string) []Days {
	var all []Days
	for _, s := range list {
		all = append(all, Days{on(s[:10]), on(s[len(s)-10:])})
	}
	return all
}

func show(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.In(wib).Format("2006-01-02 15:04")
}

func TestTheRulesAreValid(t *testing.T) {
	if err := DefaultRules().Validate(); err != nil {
		t.Errorf("Validate() = %v, want nil", err)
	}
	broken := map[string]func(*Rules){
		"no service hours":  func(r *Rules) { r.Hours.Service = Span{} },
		"prompts at night":  func(r *Rules) { r.Hours.Prompt[time.Tuesday] = []Span{{At(5, 0), At(7, 0)}} },
		"no own window":     func(r *Rules) { r.Hours.OwnWidth = 0 },
		"a day over a week": func(r *Rules) { r.Caps.Day = 3 },
		"reminders":         func(r *Rules) { r.Caps.Reminders = -1 },
		"parts":             func(r *Rules) { r.Caps.Parts = 0 },
		"ladder":            func(r *Rules) { r.Ladder.Last = 5 },
		"escalation":        func(r *Rules) { r.Ladder.HRBoard = 0 },
		"stop":              func(r *Rules) { r.Stop.Days = 0 },
		"lead":              func(r *Rules) { r.Snooze.Lead = -1 },
	}
	for name, spoil := range broken {
		r := DefaultRules()
		if spoil(&r); r.Validate() == nil {
			t.Errorf("%s: Validate() = nil, want an error", name)
		}
	}
}

func TestReasonsAreDistinct(t *testing.T) {
	seen := map[Reason]bool{Free: true}
	for _, r := range Reasons() {
		if seen[r] {
			t.Errorf("code %q is empty or stands twice", r)
		}
		seen[r] = true
	}
}

func TestPause(t *testing.T) {
	tests := []struct {
		name string
		unit UnitWeek
		want bool
	}{
		{"nobody", UnitWeek{People: 100}, false},
		{"exactly two per cent", UnitWeek{People: 150, Muted: 2, Blocked: 1}, false},
		{"above", UnitWeek{People: 149, Muted: 2, Blocked: 1}, true},
		{"two of a small unit", UnitWeek{People: 10, Muted: 2}, false},
		{"three of a small unit", UnitWeek{People: 10, Blocked: 3}, true},
		{"an empty unit", UnitWeek{}, false},
	}
	for _, tt := range tests {
		if got := DefaultRules().Pause(tt.unit); got != tt.want {
			t.Errorf("%s: Pause(%+v) = %t, want %t", tt.name, tt.unit, got, tt.want)
		}
	}
}
