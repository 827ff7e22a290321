package scheduler

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRunStartsAndStopsWithoutJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- New(Config{}).Run(ctx) }()
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
	})
}

func TestRunSurvivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		runs := 0
		s := newWith(Config{}, []entry{{"shaky", "@every 1m", func(context.Context) error {
			runs++
			panic("first and every time")
		}}})
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		time.Sleep(3*time.Minute + time.Second)
		synctest.Wait()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
		if runs != 3 {
			t.Errorf("a job that panics ran %d times in three minutes, want 3", runs)
		}
	})
}

func TestRunCancelsAJobAtTheEnd(t *testing.T) {
	tests := map[string]struct {
		obeys   bool
		wantErr string
	}{
		"a job that obeys": {obeys: true},
		"a job that hangs": {obeys: false, wantErr: "still run"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				release := make(chan struct{})
				s := newWith(Config{}, []entry{{"long", "@every 1m", func(ctx context.Context) error {
					if tt.obeys {
						<-ctx.Done()
						return ctx.Err()
					}
					<-release
					return nil
				}}})
				done := make(chan error, 1)
				go func() { done <- s.Run(ctx) }()
				time.Sleep(time.Minute + time.Second)
				start := time.Now()
				cancel()
				err := <-done
				if got := time.Since(start); got > defaultGrace {
					t.Errorf("Run() took %v to stop, want at most %v", got, defaultGrace)
				}
				if got := errorText(err); !strings.Contains(got, tt.wantErr) || (tt.wantErr == "") != (err == nil) {
					t.Errorf("Run() = %q, want it to contain %q", got, tt.wantErr)
				}
				close(release)
				synctest.Wait()
			})
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestRunRefusesAWrongSpecification(t *testing.T) {
	s := newWith(Config{}, []entry{{"odd", "not a time", func(context.Context) error { return nil }}})
	if err := s.Run(t.Context()); err == nil {
		t.Error("Run() with a wrong specification = nil, want an error")
	}
	if got := s.Jobs(); len(got) != 1 || got[0] != "odd" {
		t.Errorf("Jobs() = %q, want [odd]", got)
	}
}
