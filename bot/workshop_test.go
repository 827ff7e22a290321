package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"bangkom/internal/dialog"
)

// atelier draws for as long as a kind takes, and counts.
type atelier struct {
	mu    sync.Mutex
	takes map[string]time.Duration
	fails map[string]error // of the first draws, as many as the kind has fails left
	left  int
	now   map[string]int
	most  map[string]int
	begun map[string]int
}

func newAtelier(takes map[string]time.Duration) *atelier {
	return &atelier{takes: takes, fails: map[string]error{}, now: map[string]int{}, most: map[string]int{}, begun: map[string]int{}}
}

// Draw is as deaf to its context as a library that reads a spreadsheet.
func (a *atelier) Draw(_ context.Context, p dialog.Picture) (string, []byte, error) {
	a.mu.Lock()
	a.begun[p.Kind]++
	a.now[p.Kind]++
	a.most[p.Kind] = max(a.most[p.Kind], a.now[p.Kind])
	err := a.fails[p.Kind]
	if a.left--; a.left < 0 {
		err = nil
	}
	a.mu.Unlock()
	time.Sleep(a.takes[p.Kind])
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now[p.Kind]--
	return p.Kind, []byte("x"), err
}

func (a *atelier) count(kind string) (begun, most int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.begun[kind], a.most[kind]
}

// picture is a row with a picture, or with a file.
func picture(chat int64, kind string, file bool) dialog.Outgoing {
	row := message(chat, "")
	row.Method, row.Picture = methodPhoto, &dialog.Picture{Kind: kind, File: file}
	if file {
		row.Method = methodFile
	}
	delete(row.Params, "text")
	row.Params["caption"] = kind
	return row
}

// when tells after how long each text went out first.
func (s *stage) when(begin time.Time) map[string]time.Duration {
	out := map[string]time.Duration{}
	for _, c := range s.api.all() {
		text := c.params["chat_id"] + ":" + c.params["text"] + c.params["caption"]
		if _, ok := out[text]; !ok {
			out[text] = c.at.Sub(begin)
		}
	}
	return out
}

// Files that take minutes to be made, more than there are slots, stand in front
// of nothing that is ready: not of another chat, and not for long of their own.
func TestNothingWaitsForWhatIsBeingMade(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a := newAtelier(map[string]time.Duration{"refused": time.Minute, "gap": 20 * time.Millisecond})
		s := newStage(t, func(c *SenderConfig) { c.Drawer = a })
		synctest.Wait()
		for i := range 10 {
			s.offer(picture(int64(i+1), "refused", true))
		}
		time.Sleep(time.Second)
		begin := time.Now()
		s.offer(message(99, "stranger"), picture(98, "gap", false), message(1, "own"))
		time.Sleep(5 * time.Second)
		at := s.when(begin)
		for text, most := range map[string]time.Duration{"99:stranger": 50 * time.Millisecond, "98:gap": 100 * time.Millisecond,
			"1:own": holdText + 50*time.Millisecond} {
			if d, ok := at[text]; !ok || d > most {
				t.Errorf("%s went after %v (%v), want %v at most", text, d, ok, most)
			}
		}
		time.Sleep(12 * time.Minute)
		s.mu.Lock()
		defer s.mu.Unlock()
		if n := s.count(dialog.StateSent); n != 13 {
			t.Errorf("%d rows are sent in the end, want all 13", n)
		}
		if _, most := a.count("refused"); most != 1 {
			t.Errorf("%d files of one kind were made at a time, want 1", most)
		}
	})
}

// A picture that is made in time keeps its place.
func TestPictureKeepsItsPlace(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(c *SenderConfig) {
			c.Drawer = newAtelier(map[string]time.Duration{"gap": 600 * time.Millisecond})
		})
		synctest.Wait()
		s.offer(message(1, "a"), picture(1, "gap", false), message(1, "b"), message(1, "c"))
		bulk := message(1, "bulk")
		bulk.Lane = dialog.LaneBulk
		s.put(bulk, 0)
		time.Sleep(5 * time.Second)
		if got, want := fmt.Sprint(s.api.texts()), "[1:a 1:gap 1:b 1:c 1:bulk]"; got != want {
			t.Errorf("sent %s, want %s", got, want)
		}
	})
}

// Bulk that is ready and waits its turn keeps no picture of a reply back, and
// what is ready and not sent is bounded.
func TestBulkKeepsNoPictureBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a := newAtelier(nil)
		s := newStage(t, func(c *SenderConfig) { c.Drawer, c.InFlight = a, 32 })
		synctest.Wait()
		s.api.set(time.Hour)
		for i := range 100 {
			row := picture(int64(i+1), "team", false)
			row.Lane = dialog.LaneBulk
			s.put(row, 0)
		}
		time.Sleep(3 * time.Second)
		if n, _ := a.count("team"); n != pictureRoom {
			t.Errorf("%d pictures are made and not sent, want %d", n, pictureRoom)
		}
		s.offer(picture(999, "gap", false))
		synctest.Wait()
		if got := s.api.texts(); got[len(got)-1] != "999:gap" {
			t.Errorf("the picture of a reply is not sent: %v", got)
		}
	})
}

// What is not ready in time goes as its caption, and the other worker goes on.
func TestFileHasADeadline(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a := newAtelier(map[string]time.Duration{"refused": time.Hour})
		s := newStage(t, func(c *SenderConfig) { c.Drawer = a })
		synctest.Wait()
		begin := time.Now()
		s.offer(picture(1, "refused", true), picture(2, "copy", true))
		time.Sleep(2 * fileLimit)
		at := s.when(begin)
		if d := at["1:refused"]; d < fileLimit || d > fileLimit+time.Second {
			t.Errorf("the caption went after %v, want %v", d, fileLimit)
		}
		if d, ok := at["2:copy"]; !ok || d > time.Second {
			t.Errorf("the other file went after %v (%v), want at once", d, ok)
		}
		if calls := s.api.all(); calls[len(calls)-1].method != methodSend {
			t.Errorf("the last call is %s, want the caption alone", calls[len(calls)-1].method)
		}
		time.Sleep(time.Hour) // until the drawer returns
	})
}

// Of reports one is made at a time, of whatever kind, while another file is made beside it;
// and after each the processor is left to others for twice as long, or for ten seconds.
func TestReportsAreMadeOneAtATime(t *testing.T) {
	for takes, begins := range map[time.Duration]time.Duration{20 * time.Second: 30 * time.Second, 100 * time.Millisecond: 300 * time.Millisecond} {
		bubble(t, func(t *testing.T) {
			s := newStage(t, func(c *SenderConfig) {
				c.Drawer = newAtelier(map[string]time.Duration{"needs": takes, "demand": takes, "copy": takes})
			})
			synctest.Wait()
			begin := time.Now()
			needs, demand := picture(1, "needs", true), picture(2, "demand", true)
			needs.Picture.Report, demand.Picture.Report = true, true
			s.offer(needs, demand, picture(3, "copy", true))
			time.Sleep(time.Minute)
			at := s.when(begin)
			for text, want := range map[string]time.Duration{"1:needs": takes, "3:copy": takes, "2:demand": begins + takes} {
				if d := at[text]; d < want || d > want+50*time.Millisecond {
					t.Errorf("%s went after %v, want %v", text, d, want)
				}
			}
		})
	}
}

// A report that takes too long is given up after a minute, and the person is told so in
// other words than of a file that could not be made.
func TestReportIsGivenUpWithASentence(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a := newAtelier(map[string]time.Duration{"needs": time.Hour})
		a.fails["demand"], a.left = fmt.Errorf("no"), 1
		s := newStage(t, func(c *SenderConfig) { c.Drawer, c.NotMade, c.TooSlow = a, "not made", "too slow" })
		synctest.Wait()
		begin := time.Now()
		failing, slow := picture(2, "demand", true), picture(1, "needs", true)
		failing.Picture.Report, slow.Picture.Report = true, true
		s.offer(failing)
		time.Sleep(time.Second)
		s.offer(slow)
		time.Sleep(2 * reportLimit)
		at := s.when(begin)
		if d := at["1:needs\n\ntoo slow"]; d < reportLimit || d > reportLimit+3*time.Second {
			t.Errorf("it was given up after %v, want %v: %v", d, reportLimit, at)
		}
		if _, ok := at["2:demand\n\nnot made"]; !ok {
			t.Errorf("a report that fails says something else: %v", at)
		}
		time.Sleep(time.Hour) // until the drawer returns
	})
}

// A file that Telegram did not give at once is asked for again.
func TestFileIsMadeAgain(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		left int
		want string
	}{
		{"network", &TransientError{Method: "getFile"}, 2, methodFile},
		{"pause", fmt.Errorf("fetch: %w", &APIError{Code: 429, RetryAfter: 20 * time.Second}), 1, methodFile},
		{"for good", &TransientError{Method: "getFile"}, 99, methodSend},
		{"no right", errNoDrawer, 1, methodSend},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				a := newAtelier(nil)
				a.fails["refused"], a.left = tt.err, tt.left
				s := newStage(t, func(c *SenderConfig) { c.Drawer, c.NotMade = a, "belum dapat dibuat" })
				synctest.Wait()
				s.offer(picture(1, "refused", true))
				time.Sleep(time.Minute)
				calls := s.api.all()
				if len(calls) != 1 || calls[0].method != tt.want {
					t.Fatalf("calls %+v, want one of %s", calls, tt.want)
				}
				if told := strings.Contains(calls[0].params["text"], "belum dapat dibuat"); told != (tt.want == methodSend) {
					t.Errorf("said that the file is missing: %t", told)
				}
			})
		})
	}
}

// A new term neither waits for what is being made, nor has it made anew.
func TestNewTermKeepsWhatIsBeingMade(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a := newAtelier(map[string]time.Duration{"refused": time.Minute})
		s := newStage(t, func(c *SenderConfig) { c.Drawer = a })
		synctest.Wait()
		s.offer(picture(1, "refused", true), picture(2, "refused", true))
		time.Sleep(time.Second)
		s.sender.CommitUnknown()
		time.Sleep(2 * time.Second)
		begin := time.Now()
		if s.sender.Accepting() != 2 {
			t.Fatalf("accepts under term %d, want 2", s.sender.Accepting())
		}
		s.offer(message(3, "reply"))
		time.Sleep(5 * time.Minute)
		if d := s.when(begin)["3:reply"]; d > 50*time.Millisecond {
			t.Errorf("the reply went after %v", d)
		}
		if n, _ := a.count("refused"); n != 2 {
			t.Errorf("%d files were made for 2 rows", n)
		}
		got := s.api.texts()
		slices.Sort(got)
		if strings.Join(got, " ") != "1:refused 2:refused 3:reply" {
			t.Errorf("sent %v", got)
		}
	})
}

// The end waits for nothing that is being made.
func TestStopWaitsForNoFile(t *testing.T) {
	bubble(t, func(t *testing.T) {
		a := newAtelier(map[string]time.Duration{"refused": 10 * time.Minute})
		s := newStage(t, func(c *SenderConfig) { c.Drawer = a })
		synctest.Wait()
		s.offer(picture(1, "refused", true))
		time.Sleep(time.Second)
		begin := time.Now()
		if err := s.stop(); err != nil || time.Since(begin) > time.Second {
			t.Errorf("stopped after %v with %v", time.Since(begin), err)
		}
		if got := s.state(1); got != dialog.StateNew {
			t.Errorf("the row is %s, want given back", got)
		}
		time.Sleep(10 * time.Minute) // until the drawer returns
	})
}
