// Package faketelegram is a strict stand-in for Telegram's Bot API, with a chat
// page in the browser. Tests and `bangkom demo` use it in place of
// api.telegram.org.
//
// It refuses what Telegram refuses, with Telegram's codes and descriptions, and
// more: a parameter that the Bot API does not know is refused as well, where
// Telegram would silently ignore it. Every call is recorded. On request it
// fails as networks and Telegram do (Faults). People are played from Go
// (SendText, Press, ShareContact ...) or from the page (PageHandler).
//
// The facts about methods, parameters and limits follow the public
// documentation of Bot API 10.1 (https://core.telegram.org/bots/api) and the
// source of tdlib/telegram-bot-api.
package faketelegram

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Config sets up a Server. The zero value works: the token is then
// DefaultToken, and no limit is applied.
type Config struct {
	// Token is the only bot token that is accepted; every other gets 401.
	Token string
	// BotName and BotUsername are what getMe answers.
	BotName, BotUsername string
	// RatePerSecond is Telegram's overall limit: a token bucket of that size,
	// filled at that rate. 0 turns the limit off.
	RatePerSecond float64
	// ChatRatePerSecond is the limit per private chat: a bucket of ChatBurst,
	// filled at that rate. Groups get 20 a minute. Edits, deletions and chat
	// actions count towards the overall limit only, callback answers towards
	// neither. 0 turns both off.
	ChatRatePerSecond float64
	// Now is the clock of dates, limits and expiries; nil means time.Now. The
	// waiting of a long poll is always real time.
	Now func() time.Time
	// HTTP delivers updates to a webhook; nil means a client with a limit of one
	// minute per request. Unlike Telegram, http addresses are accepted too.
	HTTP *http.Client
	// Seed makes identifiers and faults repeatable.
	Seed uint64
	// Lean keeps of the calls only those that Breaches returns, and of a press
	// nothing once it is answered: a benchmark would otherwise measure memory.
	Lean bool
}

// DefaultToken is the bot token when Config names none.
const DefaultToken = "7000000001:AAFakeTokenForTestsAndDemoOnly-0000"

// ChatBurst is how many messages one private chat takes at once before the
// limit of Config.ChatRatePerSecond is felt.
const ChatBurst = 5

// botID is the user id of the bot itself.
const botID int64 = 7000000001

// Server is one bot's Telegram: chats, people, updates and files. All methods
// may be called from many goroutines. Make it with New.
type Server struct {
	cfg  Config
	now  func() time.Time
	done chan struct{}
	key  string // secret of the chat page

	mu      sync.Mutex
	closed  bool
	rng     *rand.Rand
	rev     int64         // counts every change
	changed chan struct{} // closed at the next change; nil while nobody waits
	calls   []Call
	made    int // calls since the start or the last ResetCalls, kept or not
	chats   map[int64]*chat
	people  map[int64]*person
	files   map[string]*file
	fileSeq int
	queries map[string]*query
	queue   queue
	overall bucket
	profile profile
	faults  Faults
	counts  map[string]int
	hook    *webhook
}

// New returns a Server that is ready for use. It starts no goroutine.
func New(cfg Config) *Server {
	if cfg.Token == "" {
		cfg.Token = DefaultToken
	}
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Timeout: time.Minute}
	}
	if cfg.BotName == "" {
		cfg.BotName = "Bangkom"
	}
	if cfg.BotUsername == "" {
		cfg.BotUsername = "bangkom_bot"
	}
	s := &Server{
		cfg:     cfg,
		now:     cfg.Now,
		done:    make(chan struct{}),
		key:     randomKey(),
		rng:     rand.New(rand.NewPCG(cfg.Seed, 0x62616e676b6f6d)),
		chats:   map[int64]*chat{},
		people:  map[int64]*person{},
		files:   map[string]*file{},
		queries: map[string]*query{},
		counts:  map[string]int{},
		overall: bucket{rate: cfg.RatePerSecond, size: cfg.RatePerSecond},
		profile: newProfile(cfg.BotName),
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.queue.next = 100_000_000 + s.rng.Int64N(800_000_000)
	s.queue.arrived = make(chan struct{})
	return s
}

// Close ends long polls, event streams and webhook deliveries; later calls are
// cut. It may be called twice.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	s.endWebhook()
	close(s.done)
}

// Changed returns a channel that is closed at the next change of a chat, a call
// or the queue. To await a condition, take the channel first, then look, then
// wait.
func (s *Server) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// touch notes a change and returns its number. The caller holds s.mu.
func (s *Server) touch() int64 {
	s.rev++
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
	return s.rev
}
