package proof

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime/pprof"
	"time"

	"bangkom/internal/devdb"
)

const (
	jobPeople     = 10_000
	jobTimes      = 5   // as many people in the larger agency
	tasksEach     = 500 // of closed periods for each person of the smaller agency: five million
	exponentMost  = 1.05
	summaryMost   = 30 * time.Second
	dueMost       = 50 * time.Millisecond
	dueRounds     = 5
	maxRuns       = 20 // of one job until nothing is left
	jobTables     = "unit, employee, chat, questionnaire, position_class, competency, standard"
	jobTemplate   = "agency"
	jobDatabase   = "round"
	smallerRounds = 3
)

// The parts of benchJobs in their order.
var jobParts = []string{
	"opening a period", "invitations decided and queued", "weekly summaries computed and queued", "pictures of the summaries drawn, two at a time",
	"weekly notes decided and queued",
}

const summaryPart, drawPart = 2, 3

// The server has the memory that Postgres has by default.
var jobSettings = map[string]string{"shared_buffers": "128MB"}

// spent is what one part of a round took.
type spent struct {
	wall, bot, base time.Duration
	did             int // tasks, messages, pictures
}

func (s spent) cpu() time.Duration { return s.bot + s.base }

// benchJobs measures the jobs of an agency and of one with five times as many
// people. The jobs run in this process, over the connections that `serve` has.
func benchJobs(ctx context.Context, program Program, o BenchOptions) (list []Figure, err error) {
	people := o.People
	if people <= 0 {
		people = jobPeople
	}
	c, err := devdb.Start(ctx, devdb.Options{Durable: true, Settings: jobSettings,
		Log: func(line string) { fmt.Fprintln(program.Log, line) }})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	if o.Profile != "" {
		file, err := os.Create(o.Profile)
		if err != nil {
			return nil, fmt.Errorf("write the profile: %w", err)
		}
		defer file.Close()
		if err := pprof.StartCPUProfile(file); err != nil {
			return nil, fmt.Errorf("profile: %w", err)
		}
		defer pprof.StopCPUProfile()
	}
	b := &jobBench{program: program, cluster: c, small: people}
	var medians [2][]spent
	for i, size := range []int{people, jobTimes * people} {
		rounds := smallerRounds - 2*i
		parts, err := b.agency(ctx, size, rounds)
		if err != nil {
			return list, err
		}
		medians[i] = parts
		list = append(list, jobFigures(size, rounds, parts)...)
	}
	for i, name := range jobParts {
		v := math.Log(medians[1][i].cpu().Seconds()/medians[0][i].cpu().Seconds()) / math.Log(jobTimes)
		list = append(list, Figure{What: name + ": growth exponent of CPU time", Value: number(v, 2),
			Target: fmt.Sprintf("at most %.2f", exponentMost), Missed: v > exponentMost})
	}
	return append(list, b.due...), nil
}

func jobFigures(people, rounds int, parts []spent) (list []Figure) {
	of := thousands(people) + " people"
	if rounds > 1 {
		of += fmt.Sprintf(" (median of %d)", rounds)
	}
	for i, s := range parts {
		list = append(list, Figure{What: of + ": " + jobParts[i] + ", how many; wall time; CPU bot + Postgres",
			Value: thousands(s.did) + "; " + short(s.wall) + "; " + short(s.bot) + " + " + short(s.base)})
	}
	both := parts[summaryPart].wall + parts[drawPart].wall
	f := Figure{What: of + ": all weekly summaries, pictures included", Value: short(both)}
	if people <= jobPeople {
		f.Target, f.Missed = "under "+short(summaryMost), both >= summaryMost
	}
	return append(list, f)
}

type jobBench struct {
	program Program
	cluster *devdb.Cluster
	small   int
	due     []Figure
}

// agency measures the rounds of one size; each begins with the same register.
func (b *jobBench) agency(ctx context.Context, people, rounds int) ([]spent, error) {
	now, err := b.template(ctx, people)
	if err != nil {
		return nil, err
	}
	all := make([][]spent, len(jobParts))
	for n := range rounds {
		if err := b.cluster.CloneDatabase(ctx, jobDatabase, jobTemplate); err != nil {
			return nil, err
		}
		a, err := b.open(ctx, jobDatabase)
		if err != nil {
			return nil, err
		}
		parts, err := b.round(ctx, a, people, now)
		if err == nil && n == rounds-1 && people != b.small {
			err = b.dueQueries(ctx, a, people, now)
		}
		if err := errors.Join(err, a.Close(), b.cluster.DropDatabase(ctx, jobDatabase)); err != nil {
			return nil, err
		}
		for i, s := range parts {
			all[i] = append(all[i], s)
		}
	}
	out := make([]spent, len(jobParts))
	for i, list := range all {
		out[i] = medianSpent(list)
	}
	return out, b.cluster.DropDatabase(ctx, jobTemplate)
}

// medianSpent is the median of each figure.
func medianSpent(list []spent) spent {
	of := func(get func(spent) time.Duration) time.Duration {
		var all []float64
		for _, s := range list {
			all = append(all, get(s).Seconds())
		}
		return time.Duration(median(all) * float64(time.Second))
	}
	return spent{wall: of(func(s spent) time.Duration { return s.wall }), bot: of(func(s spent) time.Duration { return s.bot }),
		base: of(func(s spent) time.Duration { return s.base }), did: list[0].did}
}

// template makes the register that rounds begin with, and returns the Monday on
// which the period opens.
func (b *jobBench) template(ctx context.Context, people int) (now time.Time, err error) {
	if err := b.cluster.CreateDatabase(ctx, jobTemplate); err != nil {
		return now, err
	}
	a, err := b.open(ctx, jobTemplate)
	if err != nil {
		return now, err
	}
	now = time.Date(2027, 1, 11, 8, 0, 0, 0, a.Location())
	if err := errors.Join(a.FillAgency(ctx, people, now), a.Close()); err != nil {
		return now, err
	}
	return now, devdb.Exec(ctx, b.cluster.URL(jobTemplate, owner), "VACUUM ANALYZE "+jobTables)
}

func (b *jobBench) open(ctx context.Context, name string) (Agency, error) {
	a, err := b.program.Agency(ctx, b.cluster.URL(name, owner), b.cluster.URL(name, appUser))
	if err != nil {
		return nil, err
	}
	return a, devdb.AppUser(ctx, b.cluster.URL(name, owner), appUser)
}

// round is a week of an agency: a period opens on Monday, people are invited,
// some answer, and on the next Monday summaries and notes go. Between the
// opening and the invitations no statistics of the tables are taken.
func (b *jobBench) round(ctx context.Context, a Agency, people int, now time.Time) (parts []spent, err error) {
	measure := func(work func() (int, error)) {
		if err != nil {
			return
		}
		var s spent
		s, err = b.measure(work)
		parts = append(parts, s)
		fmt.Fprintf(b.program.Log, "%s: %d in %s, CPU %s + %s\n", jobParts[len(parts)-1], s.did, short(s.wall), short(s.bot), short(s.base))
	}
	measure(func() (int, error) {
		n, err := a.OpenPeriod(ctx, now)
		return int(n), err
	})
	measure(func() (int, error) { return jobRuns(ctx, a, "reminders", now.Add(30*time.Minute), 5*time.Minute) })
	if err != nil {
		return parts, err
	}
	if parts[0].did != people || parts[1].did != people {
		return parts, fmt.Errorf("%d tasks and %d invitations for %d people", parts[0].did, parts[1].did, people)
	}
	monday := now.AddDate(0, 0, 7).Add(time.Hour)
	if err := a.FillWeek(ctx, monday); err != nil {
		return parts, err
	}
	if err := devdb.Exec(ctx, b.cluster.URL(jobDatabase, owner), "VACUUM ANALYZE"); err != nil {
		return parts, err
	}
	measure(func() (int, error) { return jobRuns(ctx, a, "weekly-summary", monday, 0) })
	if err != nil {
		return parts, err
	}
	draw, n, err := a.Pictures(ctx)
	if err != nil {
		return parts, err
	}
	measure(func() (int, error) { return n, draw(ctx) })
	measure(func() (int, error) { return jobRuns(ctx, a, "weekly-note", monday, 0) })
	return parts, err
}

// jobRuns runs a job until a run finds nothing, or once when every is 0, and
// returns what was sent or kept with a reason.
func jobRuns(ctx context.Context, a Agency, name string, at time.Time, every time.Duration) (all int, err error) {
	for range maxRuns {
		done, skipped, err := a.Job(ctx, name, at)
		if err != nil {
			return all, err
		}
		all += done + skipped
		if every == 0 || done == 0 {
			return all, nil
		}
		at = at.Add(every)
	}
	return all, fmt.Errorf("%s: %d runs were too few", name, maxRuns)
}

func (b *jobBench) measure(work func() (int, error)) (s spent, err error) {
	used := func() (bot, base time.Duration) {
		var first, second error
		bot, first = cpuOf(os.Getpid())
		base, second = cpuOfTree(b.cluster.PID())
		err = errors.Join(err, first, second)
		return bot, base
	}
	bot, base := used()
	begin := time.Now()
	did, failed := work()
	s = spent{wall: time.Since(begin), did: did}
	s.bot, s.base = used()
	s.bot, s.base = s.bot-bot, s.base-base
	return s, errors.Join(err, failed)
}

// dueQueries measures what finds what is due among the tasks of years.
func (b *jobBench) dueQueries(ctx context.Context, a Agency, people int, now time.Time) error {
	tasks := tasksEach * b.small
	if err := a.FillTasks(ctx, tasks, people, now.AddDate(-1, 0, 0)); err != nil {
		return err
	}
	if err := devdb.Exec(ctx, b.cluster.URL(jobDatabase, owner), "ANALYZE task"); err != nil {
		return err
	}
	took, last := map[string][]float64{}, []DueQuery(nil)
	for range dueRounds {
		list, err := a.DueQueries(ctx, now.AddDate(0, 0, 8).Add(2*time.Hour)) // Tuesday, when the messages put off are due
		if err != nil {
			return err
		}
		for _, q := range list {
			took[q.Name] = append(took[q.Name], q.Took.Seconds())
		}
		last = list
	}
	for _, q := range last {
		v := time.Duration(median(took[q.Name]) * float64(time.Second))
		b.due = append(b.due, Figure{What: fmt.Sprintf("%s tasks, %s people: %s; rows, median of %d", thousands(tasks), thousands(people), q.Name, dueRounds),
			Value: thousands(q.Rows) + "; " + short(v), Target: "under " + short(dueMost), Missed: v >= dueMost})
	}
	return nil
}
