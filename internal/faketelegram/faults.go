package faketelegram

import (
	"maps"
	"slices"
	"time"
)

// Faults tells how often calls fail, as shares from 0 to 1 that are decided per
// call by a seeded generator. The zero value is a healthy Telegram.
type Faults struct {
	TooMany     float64 // 429, no effect
	RetryAfter  int     // seconds told with it, at least 1
	ServerError float64 // 502 with an HTML body, no effect
	ResetBefore float64 // connection cut before the effect
	ResetAfter  float64 // connection cut after the effect
	Slow        float64 // the effect at once, the reply after SlowFor
	SlowFor     time.Duration
	// DuplicateUpdates is the share of updates that are delivered again, with
	// the same update_id, in a poll after the one that confirmed them.
	DuplicateUpdates float64
	// ReorderUpdates is the share of neighbours, a message and a press of one
	// person, whose order is swapped while they wait.
	ReorderUpdates float64
	// Unavailable cuts every call of every method, and downloads.
	Unavailable bool
	// Methods are the methods that fail; nil means all that send, edit or
	// delete. "download" is that of a file, which is cut whatever its fault. Unavailable, DuplicateUpdates and ReorderUpdates do not look at it.
	Methods []string
}

// SetFaults replaces the faults from now on.
func (s *Server) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Methods = slices.Clone(f.Methods)
	s.faults = f
}

// FaultCounts returns how often each fault struck since the start, under the
// names "too_many", "server_error", "reset_before", "reset_after", "slow",
// "duplicate", "reorder", "unavailable", "expired" (an update that nobody
// fetched in time) and "overflow" (one beyond Telegram's queue of 100,000).
func (s *Server) FaultCounts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counts)
}

type faultKind int

const (
	faultNone faultKind = iota
	faultTooMany
	faultServerError
	faultResetBefore
	faultResetAfter
	faultUnavailable
)

// fault is what befalls one call.
type fault struct {
	kind       faultKind
	retryAfter int
	slow       time.Duration
}

// before tells whether the call fails without effect.
func (f fault) before() bool {
	return f.kind != faultNone && f.kind != faultResetAfter
}

// draw decides what befalls a call of the method.
func (s *Server) draw(name string, m method) fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.faults
	if f.Unavailable {
		s.counts["unavailable"]++
		return fault{kind: faultUnavailable}
	}
	if f.Methods == nil && !m.sends || f.Methods != nil && !slices.Contains(f.Methods, name) {
		return fault{}
	}
	var hit fault
	u := 1.0
	if f.TooMany+f.ServerError+f.ResetBefore+f.ResetAfter > 0 {
		u = s.rng.Float64()
	}
	for _, c := range []struct {
		share float64
		kind  faultKind
		name  string
	}{
		{f.TooMany, faultTooMany, "too_many"},
		{f.ServerError, faultServerError, "server_error"},
		{f.ResetBefore, faultResetBefore, "reset_before"},
		{f.ResetAfter, faultResetAfter, "reset_after"},
	} {
		if u < c.share {
			hit.kind = c.kind
			s.counts[c.name]++
			break
		}
		u -= c.share
	}
	hit.retryAfter = f.RetryAfter
	if s.chance(f.Slow) && !hit.before() {
		hit.slow = f.SlowFor
		s.counts["slow"]++
	}
	return hit
}

// chance is true for the given share of its calls. The caller holds s.mu.
func (s *Server) chance(share float64) bool {
	return share > 0 && s.rng.Float64() < share
}
