package scheduler

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Policy tells what happens to the slots of a job that were missed, because the
// program was down or the machine asleep.
type Policy string

// The policies. All look only into the job's window.
const (
	Late  Policy = "late"  // each missed slot is made up, oldest first
	Skip  Policy = "skip"  // missed slots are left out; only one that is on time runs
	Merge Policy = "merge" // the newest slot runs once for all that were missed
)

// Valid tells whether p is one of the three.
func (p Policy) Valid() bool { return p == Late || p == Skip || p == Merge }

const (
	// onTime is how old a slot may be that counts as not missed. The clock ticks
	// each minute; a long run of the same job may swallow a few ticks.
	onTime = 5 * time.Minute
	// maxSlots bounds what one tick makes up; the rest follows with the next.
	maxSlots = 1000
)

// Slots returns the slots of a schedule that are to be claimed at now, oldest
// first: those after lastDone that are not in the future and not older than the
// window, as the policy says. A window that is not positive holds what is on time
// only. There are none while now is before lastDone. A lastDone of
// zero means that the job has never run: nothing was missed before it was known,
// so only a slot that is on time is returned. A schedule that never fires gives
// none. The slots are in the location of now.
func Slots(spec cron.Schedule, lastDone, now time.Time, window time.Duration, policy Policy) []time.Time {
	oldest := now.Add(-max(window, onTime))
	if lastDone.IsZero() || policy == Skip {
		oldest = now.Add(-onTime)
	}
	after := oldest.Add(-1) // a slot exactly as old as the window is in it
	if lastDone.After(after) {
		after = lastDone
	}
	var slots []time.Time
	for at := spec.Next(after.In(now.Location())); !at.IsZero() && !at.After(now); at = spec.Next(at) {
		if policy == Late && len(slots) == maxSlots {
			break
		}
		if policy != Late {
			slots = slots[:0] // only the newest
		}
		slots = append(slots, at)
	}
	return slots
}

// The errors of a specification that would not do what it seems to say.
var (
	errZone    = errors.New("a time zone belongs into the configuration, not into a specification")
	errEvery   = errors.New("@every counts from the start of the program, so a restart moves it")
	errOr      = errors.New("a day of the month and a day of the week mean one or the other")
	errNever   = errors.New("it never fires")
	errNoField = errors.New("five fields are wanted")
)

// parse reads five fields of cron. What parses and then surprises is refused
// (reliability.md E3 and E6).
func parse(spec string) (schedule cron.Schedule, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%q: %v", spec, r)
		}
	}()
	fields := strings.Fields(spec)
	switch {
	case strings.Contains(spec, "TZ="):
		return nil, fmt.Errorf("%q: %w", spec, errZone)
	case strings.HasPrefix(spec, "@every"):
		return nil, fmt.Errorf("%q: %w", spec, errEvery)
	case len(fields) != 5:
		return nil, fmt.Errorf("%q: %w", spec, errNoField)
	case !every(fields[2]) && !every(fields[4]):
		return nil, fmt.Errorf("%q: %w", spec, errOr)
	}
	schedule, err = cron.ParseStandard(spec)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", spec, err)
	}
	if schedule.Next(time.Unix(0, 0).UTC()).IsZero() {
		return nil, fmt.Errorf("%q: %w", spec, errNever)
	}
	return schedule, nil
}

// every tells whether a field leaves all values open. "*/2" does not.
func every(field string) bool { return field == "*" || field == "?" }
