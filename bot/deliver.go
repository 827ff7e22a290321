package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/measure"
)

const (
	retryFirst = time.Second
	retryLimit = time.Minute      // so late messages are after an outage of Telegram at most
	keepRetry  = 30 * time.Second // a row that waits longer goes back to the table
	restLonger = 2 * pollEvery    // so that it is back before newer rows of its chat go
	maxAge     = 24 * time.Hour   // a reply that could not be sent for so long is of no use
)

// deliver makes one call and sees to its outcome. The slot stays taken until
// the outcome is committed, so that a kill repeats no more than the slots.
func (s *Sender) deliver(ctx context.Context, j *job, done chan struct{}) {
	if s.cfg.Lease.Term() != j.term {
		s.setBack(j)
		return
	}
	s.stats.calls.Add(1)
	result, err := s.send(ctx, j)
	if ctx.Err() != nil && err != nil { // cut at the end: the next term decides
		s.unsure(j)
		s.release(j, time.Time{})
		return
	}
	v := Classify(j.row.Class, err)
	if j.row.Method == methodMarkup && v.Remedy == RemedyFresh { // a message that is gone has no buttons
		v = Verdict{State: dialog.StateSent, Cause: v.Cause}
	}
	if j.row.Compose != nil && v.Remedy == RemedyFresh { // a correction never becomes a new message
		v.Remedy = RemedyNone
	}
	s.note(j, v, err)
	if j.edits() && (v.Unknown || v.State == dialog.StateFailed) {
		s.unsure(j)
	}
	if v.Remedy != RemedyNone && !j.remedy[v.Remedy] {
		j.remedy[v.Remedy] = true
		if apply(j, v) {
			s.release(j, time.Now())
			return
		}
	}
	switch {
	case v.Stop:
		s.stopWith(fatalError(err))
		s.release(j, time.Now().Add(time.Hour)) // given back at the end
	case v.Pause > 0:
		s.flood(ctx, j, v.Pause, done)
	case v.State == dialog.StateNew:
		s.retry(ctx, j, done)
	default:
		s.finish(ctx, j, v, messageID(j, result), done)
	}
}

// unsure forgets what the message shows, if the call may have changed it.
func (s *Sender) unsure(j *job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.q.shown.forget(j.row.ChatID, j.row.EditOf)
}

// setBack keeps a row whose term is not held at this moment, because the term may
// be held again. A row of a term that is over is dropped: the new term claims it
// from the table.
func (s *Sender) setBack(j *job) {
	s.mu.Lock()
	over := j.term != s.term
	s.mu.Unlock()
	if over {
		s.release(j, time.Time{})
		return
	}
	s.release(j, time.Now())
}

// send makes the call.
func (s *Sender) send(ctx context.Context, j *job) (json.RawMessage, error) {
	if j.drawn == nil {
		return s.cfg.Client.Call(ctx, j.row.Method, j.row.Params)
	}
	field := "photo"
	if j.row.Method == methodFile {
		field = "document"
	}
	params := j.row.Params
	if j.row.Method == methodMedia {
		media, err := mediaParams(params)
		if err != nil {
			return nil, err
		}
		params = media
	}
	return s.cfg.Client.Upload(ctx, j.row.Method, params, field, j.drawn.name, j.drawn.body)
}

// mediaParams puts the caption into the description of the picture that takes
// the place of another one.
func mediaParams(from map[string]string) (map[string]string, error) {
	media, err := json.Marshal(map[string]string{"type": "photo", "media": "attach://photo",
		"caption": from["caption"], "parse_mode": from["parse_mode"]})
	if err != nil {
		return nil, fmt.Errorf("encode media: %w", err)
	}
	params := map[string]string{"chat_id": from["chat_id"], "message_id": from["message_id"], "media": string(media)}
	if buttons := from["reply_markup"]; buttons != "" {
		params["reply_markup"] = buttons
	}
	return params, nil
}

// captionOnly turns a picture into a message with its caption; of a picture that
// is on show already the caption alone is edited. Of a file the person is told
// that it is missing: its caption speaks of what is in it.
func captionOnly(row *dialog.Outgoing, missing string) {
	if row.Method == methodMedia {
		row.Method, row.Picture = methodCaption, nil
		return
	}
	params := make(map[string]string, len(row.Params))
	for k, v := range row.Params {
		params[k] = v
	}
	params["text"] = params["caption"]
	if row.Method == methodFile && missing != "" {
		params["text"] += "\n\n" + missing
	}
	delete(params, "caption")
	row.Method, row.Params, row.Picture = methodSend, params, nil
}

// note counts and reports an outcome.
func (s *Sender) note(j *job, v Verdict, err error) {
	switch {
	case v.State == dialog.StateSent:
		s.stats.sent.Add(1)
		s.cfg.Meter.Sent(j.row.Lane == dialog.LaneBulk, time.Since(j.since))
	case v.Unknown:
		s.stats.unknown.Add(1)
		if v.State == dialog.StateNew {
			s.stats.resent.Add(1)
		}
	case v.State == dialog.StateNew && v.Pause == 0:
		s.stats.retried.Add(1)
	}
	if v.Alarm {
		s.log.Error("telegram refuses a message", "row", j.row.ID, "template", j.row.Template, "cause", v.Cause, "err", err)
	}
}

// flood obeys a 429: nobody calls for that long, after a restart neither. What was made
// at its claim goes back to the table meanwhile: it may be paused, cancelled or corrected
// before the silence is over.
func (s *Sender) flood(ctx context.Context, j *job, d time.Duration, done chan struct{}) {
	s.stats.flood.Add(1)
	s.log.Warn("telegram asks for a pause", "seconds", d.Seconds())
	until := time.Now().Add(d)
	s.marks.storePause(until)
	s.mu.Lock()
	s.q.limit.pause(until)
	made := s.q.takeComposed()
	s.more = s.more || len(made) > 0
	s.mu.Unlock()
	s.giveBack(made, d)
	if j.row.Compose != nil {
		s.takeBack(ctx, j, d, done)
		return
	}
	s.release(j, until)
}

// retry keeps a row in front of its chat, or gives it and all behind it back to
// the table when the wait is long.
func (s *Sender) retry(ctx context.Context, j *job, done chan struct{}) {
	now := time.Now()
	if now.Sub(j.since) > maxAge {
		s.stats.expired.Add(1)
		s.end(ctx, j, dialog.Mark{ID: j.row.ID, State: dialog.StateExpired, Cause: "undeliverable"}, done)
		return
	}
	if j.row.Compose != nil {
		s.takeBack(ctx, j, backoff(max(0, j.row.Attempts-1), retryFirst, retryLimit), done)
		return
	}
	s.mu.Lock()
	wait := backoff(s.q.fail(j), retryFirst, retryLimit)
	s.mu.Unlock()
	if wait <= keepRetry {
		s.release(j, now.Add(wait))
		return
	}
	s.mu.Lock()
	behind := s.q.takeChat(j.row.ChatID, now.Add(wait+restLonger))
	s.mu.Unlock()
	s.giveBack(behind, wait)
	s.stats.givenBack.Add(1)
	s.end(ctx, j, dialog.Mark{ID: j.row.ID, State: dialog.StateNew, RetryIn: wait}, done)
}

// finish settles a row for good.
func (s *Sender) finish(ctx context.Context, j *job, v Verdict, message int, done chan struct{}) {
	if v.State == dialog.StateFailed {
		s.stats.failed.Add(1)
	}
	var behind []*job
	s.mu.Lock()
	s.q.well(j)
	switch {
	case j.row.Method == methodMarkup, j.row.Method == methodDelete:
		s.q.shown.forget(j.row.ChatID, message)
	case v.State == dialog.StateSent && message != 0:
		s.q.shown.note(j.row, message)
	}
	if v.Unreachable {
		behind = s.q.takeChat(j.row.ChatID, time.Time{})
	}
	// What Telegram has taken keeps nothing of its chat back, only its slot. A message that
	// is made at its claim does: the next one is made of what the table tells of this one.
	landed := v.State == dialog.StateSent && j.row.Compose == nil && j.row.Lane == dialog.LaneReply
	if landed {
		s.q.done(j, time.Now())
	}
	s.mu.Unlock()
	if landed {
		s.pump()
	}
	if v.Unreachable {
		s.stats.unreachable.Add(1)
		s.settle(behind, dialog.StateCancelled, v.Cause)
	}
	mark := dialog.Mark{ID: j.row.ID, State: v.State, MessageID: message, At: s.cfg.Now(), Cause: v.Cause, Unreachable: v.Unreachable}
	if landed {
		s.commit(ctx, j, mark, done)
		s.vacate()
		return
	}
	s.end(ctx, j, mark, done)
}

// end waits until the outcome is committed and frees chat and slot.
func (s *Sender) end(ctx context.Context, j *job, mark dialog.Mark, done chan struct{}) {
	s.commit(ctx, j, mark, done)
	s.release(j, time.Time{})
}

// commit waits until the outcome is committed, or ctx ends.
func (s *Sender) commit(ctx context.Context, j *job, mark dialog.Mark, done chan struct{}) {
	s.marks.add(pending{term: j.term, mark: mark, done: done})
	s.mu.Lock()
	awaited := s.free == 0 || s.q.behind(j.row.ChatID) || s.landing != nil
	s.mu.Unlock()
	if awaited {
		s.marks.hurry()
	}
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// apply changes a row as the remedy asks; false = there is nothing to change.
func apply(j *job, v Verdict) bool {
	row := &j.row
	params := make(map[string]string, len(row.Params))
	for k, val := range row.Params {
		params[k] = val
	}
	switch v.Remedy {
	case RemedyPlain, RemedyBare:
		delete(params, "parse_mode")
		for field, limit := range map[string]int{"text": maxMessage, "caption": maxCaption} {
			if text, ok := params[field]; ok {
				params[field] = measure.First(dialog.PlainText(text), limit)
			}
		}
		if v.Remedy == RemedyBare {
			delete(params, "reply_markup")
		}
	case RemedyFresh:
		switch row.Method {
		case methodEdit:
			row.Method = methodSend
		case methodMedia:
			row.Method = methodPhoto
		case methodCaption:
			row.Method, params["text"] = methodSend, params["caption"]
			delete(params, "caption")
		default:
			return false
		}
		row.EditOf, params[protect] = 0, "true" // what is edited in place is private
		delete(params, "message_id")
		if params["reply_markup"] == noButtons {
			delete(params, "reply_markup")
		}
	case RemedyMigrate:
		params["chat_id"] = strconv.FormatInt(v.MigrateTo, 10)
	}
	row.Params = params
	return true
}

// messageID is the number of the message that a call made or changed; 0 = the
// call makes none.
func messageID(j *job, result json.RawMessage) int {
	if j.edits() {
		return j.row.EditOf
	}
	const first = `{"message_id":` // Telegram writes it first
	if len(result) > len(first) && string(result[:len(first)]) == first {
		n, i := 0, len(first)
		for ; i < len(result) && result[i] >= '0' && result[i] <= '9' && n < 1<<40; i++ {
			n = n*10 + int(result[i]-'0')
		}
		if i < len(result) && (result[i] == ',' || result[i] == '}') {
			return n
		}
	}
	var message struct {
		ID int `json:"message_id"`
	}
	if len(result) == 0 || result[0] != '{' || json.Unmarshal(result, &message) != nil {
		return 0
	}
	return message.ID
}

// panicError makes an error of a recovered panic. The value may hold anything
// of a person, so only the messages of the runtime are kept.
func panicError(r any) error {
	if err, ok := r.(interface {
		error
		RuntimeError()
	}); ok {
		return fmt.Errorf("panic: %w", err)
	}
	return fmt.Errorf("panic: %T", r)
}
