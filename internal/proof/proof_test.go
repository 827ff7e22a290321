package proof

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/loopback"
)

func TestEveryDrillIsDeclaredInBothForms(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range drills() {
		if seen[d.name] {
			t.Errorf("%s is declared twice", d.name)
		}
		seen[d.name] = true
		if d.what == "" || d.script == nil {
			t.Errorf("%s lacks a description or a script", d.name)
		}
		for form, s := range map[string]size{"short": d.short, "long": d.long} {
			if s.people < s.together || s.together == 0 && d.name != "seats" { // where nobody answers questions
				t.Errorf("%s, %s form: %d people, %d together", d.name, form, s.people, s.together)
			}
		}
		if Describe(d.name) != d.what || !slices.Contains(Names(), d.name) {
			t.Errorf("%s cannot be asked for", d.name)
		}
	}
	if _, err := Drill(t.Context(), Program{}, "no such", Options{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown drill = %v", err)
	}
	if _, err := Bench(t.Context(), Program{}, "no such", BenchOptions{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown benchmark = %v", err)
	}
}

// played is a run that is over: two people answered.
func played(t *testing.T) *run {
	t.Helper()
	fake := faketelegram.New(faketelegram.Config{})
	t.Cleanup(fake.Close)
	r := &run{stage: &stage{fake: fake}, crowd: &crowd{fake: fake, log: io.Discard}}
	r.crowd.started = 2
	return r
}

func goodBooks() Books {
	return Books{Sent: []Sent{{firstAccount, 1, wanted(0)}, {firstAccount + 1, 1, wanted(1)}}, Answers: 2 * items}
}

// What a drill demands is seen when it is broken.
func TestBrokenBooksAreFound(t *testing.T) {
	for _, c := range []struct {
		name         string
		spoil        func(*Books)
		lost, double int
		want         string
	}{
		{name: "nothing is wrong", spoil: func(*Books) {}},
		{name: "an answer is another one", spoil: func(b *Books) { b.Sent[1].Answers = "x" + wanted(1)[1:] }, lost: 1, want: "was pressed"},
		{name: "an answer is missing", spoil: func(b *Books) { b.Sent[1].Answers, b.Answers = wanted(1)[1:], 2*items-1 }, lost: 1, want: "answers are stored"},
		{name: "a person is missing", spoil: func(b *Books) { b.Sent, b.Answers = b.Sent[:1], items }, lost: 1, want: "of 2 people"},
		{name: "sent twice", spoil: func(b *Books) {
			b.Sent, b.Answers = append(b.Sent, Sent{firstAccount, 2, wanted(0)}), 3*items
		}, double: 1 + items, want: "sent again"},
		{name: "an update waits", spoil: func(b *Books) { b.Waiting = 1 }, want: "updates wait"},
		{name: "an update was set aside", spoil: func(b *Books) { b.SetAside = 1 }, want: "set aside"},
		{name: "a message waits", spoil: func(b *Books) { b.Outbox = map[string]int{"sending": 1} }, want: "not sent"},
		{name: "a message failed", spoil: func(b *Books) { b.Outbox = map[string]int{"failed": 1} }, want: "given up"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, b, out := played(t), goodBooks(), Result{}
			c.spoil(&b)
			r.compare(b, 2, &out)
			r.tidy(b)
			if out.Lost != c.lost || out.Double != c.double {
				t.Errorf("lost %d, twice %d, want %d and %d", out.Lost, out.Double, c.lost, c.double)
			}
			if said := strings.Join(r.broken, "\n"); (c.want == "") != (said == "") || !strings.Contains(said, c.want) {
				t.Errorf("broken: %q, want something with %q", said, c.want)
			}
		})
	}
}

func TestRepeatedMessagesAreCounted(t *testing.T) {
	r := played(t)
	r.crowd.helped = map[int64]int{firstAccount: 1}
	server := httptest.NewServer(r.fake.APIHandler())
	defer server.Close()
	r.fake.SendText(firstAccount, "/start")
	r.fake.SendText(firstAccount+1, "/start")
	for _, form := range []string{
		"chat_id=8000000000&text=one", "chat_id=8000000000&text=two", "chat_id=8000000001&text=one",
		"chat_id=8000000000&text=one", // again
		"chat_id=8000000000&text=" + strings.ReplaceAll(helpMark, " ", "+"),
		"chat_id=8000000000&text=" + strings.ReplaceAll(helpMark, " ", "+"), // asked for once
	} {
		res, err := http.Post(server.URL+"/bot"+faketelegram.DefaultToken+"/sendMessage", "application/x-www-form-urlencoded", strings.NewReader(form))
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %v, %v", form, res, err)
		}
		_ = res.Body.Close()
	}
	if n := r.repeated(); n != 2 {
		t.Errorf("repeated = %d, want 2", n)
	}
}

func TestPercentiles(t *testing.T) {
	var taps []tap
	for i := range 200 {
		taps = append(taps, tap{took: time.Duration(200-i) * time.Millisecond})
	}
	p50, p99, worst := percentiles(taps)
	if p50 != 101*time.Millisecond || p99 != 199*time.Millisecond || worst != 200*time.Millisecond {
		t.Errorf("percentiles = %s, %s, %s", p50, p99, worst)
	}
	if p50, p99, worst := percentiles(nil); p50+p99+worst != 0 {
		t.Error("percentiles of nothing")
	}
}

func TestSteadyPaceInvitesWhomItNeeds(t *testing.T) {
	p := steadyPace(200)
	came, ended := 0, make(chan struct{})
	go func() {
		defer close(ended)
		p.run(func() bool {
			if came == 2 {
				return false
			}
			came++
			go func() { _ = p.wait(context.Background()) }()
			return true
		})
	}()
	for limit := time.Now().Add(2 * time.Minute); p.late() < 10; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("no turn was missed though nobody is there")
		}
	}
	p.free()
	<-ended
	if came != 2 {
		t.Errorf("%d were invited, want 2", came)
	}
	if !p.wait(t.Context()) {
		t.Error("somebody waits although the pace is free")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if gatedPace(1).wait(ctx) {
		t.Error("a turn after the end")
	}
}

func TestBalancerTakesTurnsAndPassesOverTheDead(t *testing.T) {
	var got []string
	backend := func(name string, status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			got = append(got, name+" "+r.URL.Path+" "+string(body)+" "+r.Header.Get("X-Secret"))
			w.WriteHeader(status)
		}))
		t.Cleanup(s.Close)
		return s.Listener.Addr().String()
	}
	dead, err := loopback.Free()
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(newBalancer([]string{backend("a", 200), dead, backend("b", 503)}).handler())
	defer front.Close()
	var statuses []int
	for range 6 {
		req, _ := http.NewRequest(http.MethodPost, front.URL+"/hook", strings.NewReader("update"))
		req.Header.Set("X-Secret", "s")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		statuses = append(statuses, res.StatusCode)
		_ = res.Body.Close()
	}
	want := []string{"b /hook update s", "b /hook update s", "a /hook update s"}
	if !slices.Equal(got, append(slices.Clone(want), want...)) {
		t.Errorf("requests went to %q", got)
	}
	if !slices.Equal(statuses, []int{503, 503, 200, 503, 503, 200}) {
		t.Errorf("statuses %v", statuses)
	}
	none := httptest.NewServer(newBalancer([]string{dead}).handler())
	defer none.Close()
	res, err := http.Post(none.URL, "text/plain", strings.NewReader("x"))
	if err != nil || res.StatusCode != http.StatusBadGateway {
		t.Errorf("without a replica = %v, %v, want 502", res, err)
	}
}

func TestLogBookFollowsTheLease(t *testing.T) {
	l := newLogBook()
	write := func(line string) { _, _ = io.WriteString(l, line+"\n") }
	held := func() bool { yes, _ := l.holds(); return yes }
	write(`time=x level=INFO msg="lease changed" term=3`)
	if !held() {
		t.Error("the lease was taken and is not held")
	}
	_, change := l.holds()
	write(`time=x level=INFO msg="something else" term=0`)
	if !held() {
		t.Error("another line ended the lease")
	}
	write(`time=x level=INFO msg="lease changed" term=0`)
	select {
	case <-change:
	default:
		t.Error("a change was not announced")
	}
	if held() {
		t.Error("the lease was lost and is held")
	}
	for range 10_000 {
		write(strings.Repeat("x", 100))
	}
	if n := len(l.tail(1 << 30)); n > 2*keptLog+200 {
		t.Errorf("%d bytes of the log are kept", n)
	}
}

func TestUsageOfThisProcess(t *testing.T) {
	cpu, err := cpuOf(os.Getpid())
	for begin := time.Now(); err == nil && cpu < 50*time.Millisecond && time.Since(begin) < time.Minute; { // others may have the processor
		for round := time.Now(); time.Since(round) < 20*time.Millisecond; {
			continue
		}
		cpu, err = cpuOf(os.Getpid())
	}
	if err != nil || cpu < 50*time.Millisecond || cpu > time.Hour {
		t.Errorf("cpuOf = %s, %v", cpu, err)
	}
	tree, err := cpuOfTree(os.Getpid())
	if err != nil || tree < cpu {
		t.Errorf("cpuOfTree = %s, %v, want at least %s", tree, err, cpu)
	}
	rss, err := memoryOf(os.Getpid(), "VmRSS")
	if err != nil || rss < 1<<20 || rss > 4<<30 {
		t.Errorf("memoryOf = %d, %v", rss, err)
	}
	if _, err := memoryOf(os.Getpid(), "VmNothing"); err == nil {
		t.Error("a line that is not there was read")
	}
}

func TestNoonZone(t *testing.T) {
	for hour := range 24 {
		now := time.Date(2027, 1, 11, hour, 30, 0, 0, time.UTC)
		zone, err := time.LoadLocation(zoneAt(now, 12))
		if err != nil {
			t.Fatal(err)
		}
		if h := now.In(zone).Hour(); h != 12 {
			t.Errorf("at %d:30 UTC it is %d o'clock in %s", hour, h, zone)
		}
	}
}

func TestFloorRuns(t *testing.T) {
	devdbtest.Long(t, "pgbench on a server of its own")
	cluster, err := devdb.Start(t.Context(), devdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{cluster: cluster}
	defer s.close()
	f, err := newFloor(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	for _, mode := range []string{"prepared", "simple"} {
		if v, err := f.measure(t.Context(), mode, time.Second); err != nil || v < 10 {
			t.Errorf("floor, %s = %f, %v", mode, v, err)
		}
	}
	_, err = f.measure(t.Context(), "no such mode", time.Second)
	if err == nil {
		t.Error("pgbench took a mode that does not exist")
	}
}

func TestRowsOfTables(t *testing.T) {
	r := Result{Name: "kill", Options: Options{Seed: 3, Long: true, Rounds: 7}, People: 1800, Happened: []string{"2 kills"}, Broken: []string{"x"}}
	row := r.Row()
	for _, want := range []string{"`bangkom drill kill --seed 3 --long --rounds 7`", "1,800", "2 kills", "broken"} {
		if !strings.Contains(row, want) {
			t.Errorf("row %s lacks %q", row, want)
		}
	}
	if a, b := strings.Count(row, "|"), strings.Count(strings.Split(DrillHeader(), "\n")[0], "|"); a != b {
		t.Errorf("a row has %d separators, the head %d", a, b)
	}
	f := Figure{Bench: "load", What: "ratio", Value: "0.2", Target: "0.25", Missed: true}
	if !strings.Contains(f.Row(), "below target") || strings.Count(f.Row(), "|") != 6 {
		t.Errorf("row %s", f.Row())
	}
}
