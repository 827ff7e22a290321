package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/dialog"
)

// composed marks a row as one that is made when it is claimed.
func composed(row dialog.Outgoing, lane dialog.Lane, class dialog.Class) dialog.Outgoing {
	row.Lane, row.Class, row.Compose = lane, class, &dialog.Reference{Announcement: 1, Employee: row.ChatID}
	return row
}

// An announcement that is paused, cancelled or corrected while Telegram asks for silence
// must not go as it was made before: what was made is given back.
func TestSilenceGivesBackWhatWasMade(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(c *SenderConfig) { c.Rate, c.InFlight = 2, 12 })
		s.api.answer = func(_ fakeCall, n int) (json.RawMessage, error) {
			if n == 1 {
				return nil, &APIError{Code: 429, RetryAfter: 30 * time.Second}
			}
			return nil, nil
		}
		for i := range 9 {
			s.put(composed(message(int64(i+1), "bulk"), dialog.LaneBulk, dialog.ClassBroadcast), 0)
		}
		time.Sleep(freshFor / 2)
		s.mu.Lock()
		if n := s.count(dialog.StateNew); n < 8 {
			t.Errorf("%d rows are back, want all but what was in flight", n)
		}
		for _, r := range s.outbox { // somebody presses Batalkan
			if r.state == dialog.StateNew {
				r.state = dialog.StateCancelled
			}
		}
		sent := s.count(dialog.StateSent)
		s.mu.Unlock()
		calls := len(s.api.all())
		time.Sleep(time.Minute)
		s.mu.Lock()
		defer s.mu.Unlock()
		if got := s.count(dialog.StateSent); got != sent || len(s.api.all()) != calls {
			t.Errorf("%d rows were sent after the cancellation", got-sent)
		}
	})
}

// What was made long ago is looked at again before its call, whatever has held it up.
func TestWhatWasMadeIsLookedAtAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, func(c *SenderConfig) { c.Rate, c.InFlight = 1, 12 })
		s.api.answer = func(c fakeCall, _ int) (json.RawMessage, error) { return nil, nil }
		for i := range 9 {
			s.put(composed(message(int64(i+1), "old"), dialog.LaneBulk, dialog.ClassBroadcast), 0)
		}
		time.Sleep(1500 * time.Millisecond)
		s.mu.Lock()
		for _, r := range s.outbox { // the table makes it anew when it is claimed again
			r.row.Params = map[string]string{"chat_id": r.row.Params["chat_id"], "text": "new"}
		}
		s.mu.Unlock()
		time.Sleep(time.Minute)
		old := 0
		for _, text := range s.api.texts() {
			if strings.HasSuffix(text, "old") {
				old++
			}
		}
		if n := len(s.api.texts()); n != 9 || old > 5 {
			t.Errorf("%d calls, of which %d with the old text; want 9 and at most those of the first two seconds", n, old)
		}
	})
}

// An edit that was made later overtakes one that was made earlier in the other lane.
func TestLaterEditOutdatesTheEarlierOne(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		s.api.set(time.Second)
		synctest.Wait()
		s.offer(message(1, "first"))
		time.Sleep(100 * time.Millisecond)
		early := s.put(composed(edit(1, 7, "correction"), dialog.LaneBulk, dialog.ClassService), 0)
		s.sender.Wake()
		time.Sleep(100 * time.Millisecond)
		s.put(composed(edit(1, 7, "correction, read"), dialog.LaneReply, dialog.ClassReply), 0)
		s.sender.Wake()
		time.Sleep(10 * time.Second)
		if diff := cmp.Diff([]string{"1:first", "1:correction, read"}, s.api.texts()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		if got := s.state(early.ID); got != dialog.StateSuperseded {
			t.Errorf("the earlier edit is %s, want superseded", got)
		}
	})
}

// A correction of a message that is gone is refused: it never becomes a new message.
func TestCorrectionNeverBecomesANewMessage(t *testing.T) {
	for _, refusal := range []string{"message to edit not found", "message can't be edited", "there is no text in the message to edit", "MESSAGE_ID_INVALID"} {
		bubble(t, func(t *testing.T) {
			s := newStage(t, nil)
			s.api.answer = func(fakeCall, int) (json.RawMessage, error) {
				return nil, &APIError{Code: 400, Description: "Bad Request: " + refusal}
			}
			row := s.put(composed(edit(1, 7, "correction"), dialog.LaneBulk, dialog.ClassService), 0)
			time.Sleep(5 * time.Second)
			calls := s.api.all()
			if len(calls) != 1 || calls[0].method != methodEdit || s.state(row.ID) != dialog.StateFailed {
				t.Errorf("%s: %d calls, the row is %s; want one edit, failed", refusal, len(calls), s.state(row.ID))
			}
		})
	}
}

// An edit whose call was cut off goes again, and a message that is deleted is one call.
func TestCorrectionGoesAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newStage(t, nil)
		s.api.answer = func(_ fakeCall, n int) (json.RawMessage, error) {
			if n <= 2 {
				return nil, ErrUnknownOutcome
			}
			return json.RawMessage("true"), nil
		}
		gone := composed(edit(1, 7, ""), dialog.LaneBulk, dialog.ClassService)
		gone.Method, gone.Params = methodDelete, map[string]string{"chat_id": "1", "message_id": "7"}
		row := s.put(gone, 0)
		time.Sleep(30 * time.Second)
		if n := len(s.api.all()); n != 3 || s.state(row.ID) != dialog.StateSent {
			t.Errorf("%d calls, the row is %s; want 3, sent", n, s.state(row.ID))
		}
	})
}

// A chat of which everything was taken away is forgotten.
func TestTakenChatIsForgotten(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	q := newQueue(newLimiter(0, 0))
	q.add(&job{row: composed(message(1, "a"), dialog.LaneBulk, dialog.ClassBroadcast), came: now}, now)
	if taken := q.takeComposed(); len(taken) != 1 || q.n != 0 || q.bulk != 0 {
		t.Fatalf("%d rows are taken, %d stay", len(taken), q.n)
	}
	if j, _, _ := q.next(now); j != nil || len(q.chats) != 0 {
		t.Errorf("%v is sent, %d chats stay", j, len(q.chats))
	}
}
