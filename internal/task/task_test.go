package task_test

import (
	"testing"
	"time"

	"bangkom/internal/task"
)

func TestAvailability(t *testing.T) {
	opens := time.Date(2027, 1, 11, 0, 0, 0, 0, time.UTC)
	due := time.Date(2027, 1, 23, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		now    time.Time
		state  task.State
		closed bool
		want   task.Availability
	}{
		{name: "before it opens", now: opens.Add(-1), want: task.NotYet},
		{name: "when it opens", now: opens, want: task.Available},
		{name: "in between", now: opens.AddDate(0, 0, 5), state: task.Started, want: task.Available},
		{name: "the last moment", now: due.Add(-1), want: task.Available},
		{name: "the deadline", now: due, want: task.Late},
		{name: "after the deadline", now: due.Add(1), want: task.Late},
		{name: "done may be changed", now: opens, state: task.Done, want: task.Available},
		{name: "done and late", now: due, state: task.Done, want: task.Late},
		{name: "closed early", now: opens, closed: true, want: task.Late},
		{name: "closed before it opened", now: opens.Add(-1), closed: true, want: task.Late},
		{name: "expired", now: opens, state: task.Expired, want: task.Late},
		{name: "excused", now: opens, state: task.Excused, want: task.Released},
		{name: "excused before it opens", now: opens.Add(-1), state: task.Excused, want: task.Released},
		{name: "excused and late", now: due, state: task.Excused, closed: true, want: task.Released},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			one := task.Task{OpensAt: opens, DueAt: due, State: tt.state, Occasion: task.Occasion{Closed: tt.closed}}
			if got := one.Availability(tt.now); got != tt.want {
				t.Errorf("Availability(%s) = %s, want %s", tt.now, got, tt.want)
			}
		})
	}
}

func TestOwed(t *testing.T) {
	for kind, want := range map[task.Kind]bool{task.SelfAssessment: true, task.SelfAssessmentTechnical: false, task.Interest: false, task.Rating: true} {
		if got := kind.Owed(); got != want {
			t.Errorf("%s.Owed() = %t, want %t", kind, got, want)
		}
	}
}
