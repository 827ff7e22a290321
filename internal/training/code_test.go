package training

import (
	"crypto/hmac"
	"crypto/sha256"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func codesOf(key string) Codes {
	return Codes{Hash: func(what string) []byte {
		h := hmac.New(sha256.New, []byte(key))
		h.Write([]byte(what))
		return h.Sum(nil)
	}}
}

// A code works for twenty minutes from its first moment, in its session only, and is
// told from one that never was.
func TestCodeOfAttendance(t *testing.T) {
	wib := time.FixedZone("WIB", 7*60*60)
	starts := time.Date(2027, 4, 13, 8, 30, 0, 0, wib)
	opens := starts.Add(-CodeOpens)
	c := codesOf("one key")
	code, until := c.Show(7, starts.Add(3*time.Minute))
	if want := starts.Add(20 * time.Minute); !until.Equal(want) {
		t.Errorf("the code of 08.33 works until %s, want %s", until, want)
	}
	tests := []struct {
		name    string
		session int64
		typed   string
		at      time.Time
		codes   Codes
		want    CodeCheck
	}{
		{"at once", 7, code, starts.Add(3 * time.Minute), c, CodeRight},
		{"on another process with the same key", 7, code, starts.Add(4 * time.Minute), codesOf("one key"), CodeRight},
		{"written in groups", 7, " " + GroupedCode(code) + " ", starts.Add(4 * time.Minute), c, CodeRight},
		{"with a hyphen", 7, code[:3] + "-" + code[3:], starts.Add(4 * time.Minute), c, CodeRight},
		{"while the next one is shown", 7, code, starts.Add(19*time.Minute + 59*time.Second), c, CodeRight},
		{"a photograph after its time", 7, code, starts.Add(20 * time.Minute), c, CodePast},
		{"on a process that is five minutes behind", 7, code, starts.Add(-5 * time.Minute), c, CodeRight},
		{"before it was shown anywhere", 7, code, starts.Add(-5*time.Minute - time.Second), c, CodeWrong},
		{"in another session", 8, code, starts.Add(3 * time.Minute), c, CodeWrong},
		{"with another key", 7, code, starts.Add(3 * time.Minute), codesOf("another key"), CodeWrong},
		{"too short", 7, code[:5], starts.Add(3 * time.Minute), c, CodeWrong},
		{"letters", 7, "abc" + code[3:], starts.Add(3 * time.Minute), c, CodeWrong},
	}
	for _, tt := range tests {
		if got := tt.codes.Check(tt.session, tt.typed, opens, tt.at, time.Time{}); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// Whoever types what is on the projector is let in, whatever the moment is and as long
// as the code says of itself that it works.
func TestWhatIsShownWorks(t *testing.T) {
	c := codesOf("key")
	rapid.Check(t, func(t *rapid.T) {
		session := rapid.Int64Range(1, 1<<40).Draw(t, "session")
		opens := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "opens"), 0)
		shown := opens.Add(time.Duration(rapid.Int64Range(0, 10*3600).Draw(t, "shown")) * time.Second)
		code, until := c.Show(session, shown)
		if until.Sub(shown) <= CodeEvery {
			t.Fatalf("a code that is shown at %s works only until %s", shown, until)
		}
		typed := shown.Add(time.Duration(rapid.Int64Range(0, int64(until.Sub(shown)/time.Second)-1).Draw(t, "later")) * time.Second)
		if got := c.Check(session, code, opens, typed, time.Time{}); got != CodeRight {
			t.Fatalf("typed %s later: %d", typed.Sub(shown), got)
		}
	})
}

// A code is looked at by the own clock and by that of Telegram: a clock that is some minutes
// off, or an update that was fetched late, refuses nobody who has typed it in time. What
// lies farther apart says nothing of the other.
func TestCodeByTwoClocks(t *testing.T) {
	c, starts := codesOf("key"), time.Date(2027, 4, 13, 8, 30, 0, 0, time.UTC)
	opens := starts.Add(-CodeOpens)
	code, until := c.Show(7, starts)
	for _, tt := range []struct {
		name      string
		now, sent time.Duration // from the end of the code
		want      CodeCheck
	}{
		{"fetched ten minutes after it was sent in time", 9 * time.Minute, -time.Minute, CodeRight},
		{"the own clock is four minutes ahead", 3 * time.Minute, -time.Minute, CodeRight},
		{"the own clock is seven minutes behind", -27 * time.Minute, -20 * time.Minute, CodeRight},
		{"sent too late, and the own clock is behind", -time.Second, 3 * time.Minute, CodeRight},
		{"a photograph of before, on both clocks", time.Minute, 30 * time.Second, CodePast},
		{"too far apart to mean the same message", 15 * time.Minute, -time.Second, CodePast},
		{"before it was shown, on both clocks", -26 * time.Minute, -27 * time.Minute, CodeWrong},
	} {
		if got := c.Check(7, code, opens, until.Add(tt.now), until.Add(tt.sent)); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}
