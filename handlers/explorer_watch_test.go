package handlers_test

import (
	"context"
	"strings"
	"sync"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/faketelegram"
)

// watcher reads every call of the bot as it is made, judges it, and wakes
// whoever waits for an answer.
type watcher struct {
	e *explorer

	mu      sync.Mutex
	read    int                           // calls so far
	chats   map[int64][]faketelegram.Call // what was written, by chat
	old     map[int64][]shownButton       // every button that was ever on show
	acks    map[string]time.Time          // when a press was answered
	changed chan struct{}                 // closed after the next calls
	judge   func(c faketelegram.Call)     // about one that had its effect
	refused func(c faketelegram.Call)     // about one that broke a rule
}

func newWatcher(e *explorer) *watcher {
	return &watcher{e: e, chats: map[int64][]faketelegram.Call{}, old: map[int64][]shownButton{},
		acks: map[string]time.Time{}, changed: make(chan struct{}), judge: e.judge.call, refused: e.judge.refused}
}

// run reads until ctx ends.
func (w *watcher) run(ctx context.Context) {
	for {
		changed := w.e.fake.Changed()
		w.catchUp()
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// catchUp reads what has been called since.
func (w *watcher) catchUp() {
	w.mu.Lock()
	news := w.e.fake.CallsSince(w.read)
	w.read += len(news)
	for _, c := range news {
		switch {
		case !c.Accepted:
		case c.Method == "answerCallbackQuery":
			w.acks[c.Params["callback_query_id"]] = c.At
		case writes(c):
			w.chats[c.ChatID] = append(w.chats[c.ChatID], c)
			for _, b := range buttonsIn(c) {
				w.old[c.ChatID] = append(w.old[c.ChatID], shownButton{c.MessageID, b.Text, b.Data, c.At})
			}
		}
	}
	if len(news) > 0 {
		close(w.changed)
		w.changed = make(chan struct{})
	}
	w.mu.Unlock()
	for _, c := range news {
		if c.Class == faketelegram.ClassRule {
			w.refused(c)
		}
		if c.Accepted && writes(c) {
			w.judge(c)
		}
	}
}

// writes tells whether a call writes to a chat.
func writes(c faketelegram.Call) bool {
	switch c.Method {
	case "sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageCaption", "editMessageMedia":
		return true
	}
	return false
}

// until waits for ok, which is asked under the lock, no longer than patience
// lasts by the fair clock.
func (w *watcher) until(from time.Time, ok func() bool) bool {
	look := time.NewTicker(explorePatience / 20)
	defer look.Stop()
	for {
		w.mu.Lock()
		done, changed := ok(), w.changed
		w.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-changed:
		case <-look.C:
			if w.e.fair.between(from, time.Now()) <= explorePatience {
				continue
			}
			w.catchUp()
			w.mu.Lock()
			defer w.mu.Unlock()
			return ok()
		}
	}
}

// wrote tells whether anything was written to a chat since; the caller holds
// the lock.
func (w *watcher) wrote(chat int64, since time.Time) bool {
	list := w.chats[chat]
	return len(list) > 0 && !list[len(list)-1].At.Before(since)
}

// since is what was written to a chat since.
func (w *watcher) since(chat int64, since time.Time) string {
	var b strings.Builder
	for _, c := range w.calls(chat) {
		if !c.At.Before(since) {
			b.WriteString(visible(c) + "\n")
		}
	}
	return b.String()
}

// calls is what was written to a chat.
func (w *watcher) calls(chat int64) []faketelegram.Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]faketelegram.Call(nil), w.chats[chat]...)
}

// shownBefore are the buttons that were ever on show in a chat.
func (w *watcher) shownBefore(chat int64) []shownButton {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]shownButton(nil), w.old[chat]...)
}

// visible is the text of a message as a person reads it.
func visible(c faketelegram.Call) string {
	return dialog.PlainText(c.Params["text"] + c.Params["caption"])
}
