package command

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"log/slog"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"bangkom/bot"
	"bangkom/internal/app"
	"bangkom/internal/config"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
	"bangkom/internal/proof"
	"bangkom/storage"
)

// scanned is somebody whose data must not be written anywhere.
type scanned struct {
	account                int64
	id                     int64
	name, nip, phone, code string
}

func scannedPeople() []*scanned {
	return []*scanned{
		{account: 6_400_000_001, name: "Zakuzar", nip: "198507202010012301", phone: "+6285711122233", code: "9X01KQ7MZ001"},
		{account: 6_400_000_002, name: "Vexovim", nip: "198608212011022308", phone: "+6285744455566", code: "9X02KQ7MZ002"},
		{account: 6_400_000_003, name: "Qirivox", nip: "197901022005011315", phone: "+6285777788899", code: "9X03KQ7MZ003"},
	}
}

const (
	typedAnswer  = "catatan rahasia tentang atasan saya keliru"
	importedNIP  = "199503142019031901"
	importedName = "Xobawyz"
	wrongCode    = "7K2MQ9TX4HBD"
	hookSecret   = "rahasia-webhook-0123456789"
)

// scanner finds what guarantee G9 keeps out of everything that is written.
type scanner struct {
	words    map[string]string // what, by how it is called
	accounts map[string]string
}

func newScanner(people []*scanned) scanner {
	s := scanner{words: map[string]string{}, accounts: map[string]string{}}
	_, secret, _ := strings.Cut(faketelegram.DefaultToken, ":")
	add := func(kind, word string) { s.words[strings.ToLower(word)] = kind }
	add("the bot token", secret)
	add("an answer", typedAnswer)
	add("an answer", "rahasia tentang")
	add("the secret of the webhook", hookSecret)
	add("a name", importedName)
	add("a code", wrongCode)
	add("a code", personnel.FormatCode(wrongCode))
	for _, p := range people {
		add("a name", p.name)
		add("a phone number", p.phone[3:])
		add("a code", p.code)
		add("a code", personnel.FormatCode(p.code))
		s.accounts[fmt.Sprint(p.account)] = "the number of an account"
	}
	return s
}

// nipLike is any number that has the length of a NIP.
var nipLike = regexp.MustCompile(`(?:^|\D)(\d{18})(?:\D|$)`)

// updateNumber is what an update is called; one that came without a number gets
// a long one made of its text.
var updateNumber = regexp.MustCompile(`update_id=-?\d+`)

// find tells what is in a text that must not be there, and where.
func (s scanner) find(text string) (found []string) {
	for line := range strings.Lines(updateNumber.ReplaceAllString(text, "update_id=n")) {
		lower := strings.ToLower(line)
		for word, kind := range s.words {
			if strings.Contains(lower, word) {
				found = append(found, kind+" in "+line)
			}
		}
		for account, kind := range s.accounts {
			if strings.Contains(line, account) {
				found = append(found, kind+" in "+line)
			}
		}
		if nipLike.MatchString(strings.NewReplacer(" ", "", "-", "").Replace(line)) || nipLike.MatchString(line) {
			found = append(found, "a NIP in "+line)
		}
	}
	return found
}

// The scanner finds each thing that is planted.
func TestScannerFindsWhatIsPlanted(t *testing.T) {
	people := scannedPeople()
	s := newScanner(people)
	p := people[1]
	for _, planted := range []string{p.nip, importedNIP, "err=\"key (nip)=(" + p.nip + ") exists\"", p.phone, p.phone[1:], p.name, strings.ToUpper(p.name),
		p.code, personnel.FormatCode(p.code), strings.ToLower(p.code), typedAnswer, faketelegram.DefaultToken, fmt.Sprint(p.account), hookSecret} {
		if len(s.find("level=DEBUG msg=\"update decided\" x="+planted+"\n")) == 0 {
			t.Errorf("the scan does not find %q", planted)
		}
	}
	for _, clean := range []string{"level=DEBUG update_id=123456789 chat=0a1b2c3d duration=1.5ms", "time=2027-01-11T08:00:00.000Z row=17"} {
		if found := s.find(clean); len(found) > 0 {
			t.Errorf("the scan finds %v in a clean line", found)
		}
	}
}

// panicky lets one update panic, with a value that holds what a person wrote.
type panicky struct {
	bot.Processor
	armed *atomic.Bool
}

func (p panicky) Process(ctx context.Context, lane int64) (bool, error) {
	if p.armed.CompareAndSwap(true, false) {
		panic(fmt.Sprintf("%s %s %d", typedAnswer, importedNIP, lane))
	}
	return p.Processor.Process(ctx, lane)
}

// scanPlay is a play of everything that can happen, with everything that is
// written meanwhile.
type scanPlay struct {
	t      *testing.T
	fake   *faketelegram.Server
	owner  *sql.DB
	people []*scanned
	log    *lockedBuffer
	logger *slog.Logger
	armed  atomic.Bool
	env    []string // the configuration
	stop   func()   // the bot
}

// TestNothingPersonalIsWritten plays with log level debug and looks through all
// that was logged, through the standard error, and through what the inbox and
// the outbox keep (guarantee G9).
func TestNothingPersonalIsWritten(t *testing.T) {
	devdbtest.Heavy(t, "everything is played at debug level")
	p := newScanPlay(t)
	p.everything()
	p.byWebhook()
	s := newScanner(p.people)
	text := p.log.tail(1 << 30)
	for _, found := range s.find(text) {
		t.Errorf("written: %s", found)
	}
	p.everyUpdateHasALine(text)
	p.tablesAreEmpty(s)
	p.logger.Debug("planted", "nip", p.people[0].nip)
	if found := s.find(p.log.tail(1 << 30)[len(text):]); len(found) != 1 {
		t.Errorf("of a planted NIP the scan finds %q", found)
	}
	for _, want := range []string{"level=DEBUG", "update set aside", "postgres 23514", "panic", "cannot be read", "asks for a pause",
		"sends too fast", "is not read", "webhook registered"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q: that failure did not happen; log:\n%s", want, text[max(0, len(text)-6000):])
		}
	}
}

func newScanPlay(t *testing.T) *scanPlay {
	t.Helper()
	url, owner := devdbtest.Database(t, migrateForTests)
	direct, err := sql.Open("postgres", owner)
	if err != nil {
		t.Fatal(err)
	}
	p := &scanPlay{t: t, owner: direct, people: scannedPeople(), log: &lockedBuffer{}, fake: faketelegram.New(faketelegram.Config{})}
	p.register(url)
	server := httptest.NewServer(p.fake.APIHandler())
	p.env = []string{"BANGKOM_TELEGRAM_TOKEN=" + faketelegram.DefaultToken, "BANGKOM_TELEGRAM_API_ENDPOINT=" + server.URL + "/bot%s/%s",
		"BANGKOM_TELEGRAM_FILE_ENDPOINT=" + server.URL + "/file/bot%s/%s", "BANGKOM_TELEGRAM_RATE_PER_SECOND=0",
		"BANGKOM_TELEGRAM_CHAT_RATE_PER_SECOND=0", "BANGKOM_LIMITS_DOUBLE_PRESS=0", "BANGKOM_LOG_LEVEL=debug",
		"BANGKOM_DATABASE_URL=" + url, "BANGKOM_IDENTITY_CODE_KEY=" + proof.CodeKey}
	release := captureStderr(t, p.log)
	p.serve()
	t.Cleanup(func() {
		p.stop()
		release()
		p.fake.Close()
		server.Close()
		_ = direct.Close()
	})
	return p
}

// serve runs the bot as `bangkom serve` does, but for the panic.
func (p *scanPlay) serve(more ...string) {
	p.t.Helper()
	cfg, err := config.Load("", append(slices.Clone(p.env), more...))
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.logger = app.NewLog(p.log, cfg.Log)
	db, err := app.OpenDatabase(ctx, cfg.Database, cfg.Database.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	svc, err := app.New(ctx, cfg, db, p.logger, time.Now)
	if err != nil {
		p.t.Fatal(err)
	}
	var parts sync.WaitGroup
	for _, part := range []func() error{
		func() error { return svc.Telegram.Run(ctx, panicky{svc.Processor, &p.armed}) },
		func() error { return svc.Processor.Work(ctx) },
		func() error { return svc.Scheduler.Run(ctx) },
	} {
		parts.Go(func() {
			if err := part(); err != nil && !errors.Is(err, context.Canceled) {
				p.t.Error(err)
			}
		})
	}
	p.stop = func() {
		cancel()
		parts.Wait()
		db.Close()
	}
}

// captureStderr sends what this process writes to the standard error, and what
// goes to the standard logger, to out as well.
func captureStderr(t *testing.T, out io.Writer) (release func()) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stderr
	os.Stderr = w
	stdlog.SetOutput(w)
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.MultiWriter(out, before), r)
		close(done)
	}()
	return func() {
		os.Stderr = before
		stdlog.SetOutput(before)
		_ = w.Close()
		<-done
		_ = r.Close()
	}
}

// register stores the people; the third is of the personnel office.
func (p *scanPlay) register(url string) {
	p.t.Helper()
	db, err := storage.Open(storage.Options{URL: url, StatementTimeout: devdbtest.Statement, IOTimeout: devdbtest.Silence})
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	k, now, ctx := app.DeriveKeys([]byte(proof.CodeKey)), time.Now(), p.t.Context()
	err = db.InTx(ctx, func(tx *storage.Tx) error {
		unit, err := tx.PutUnit(ctx, "U", "Unit")
		if err != nil {
			return err
		}
		for i, one := range p.people {
			nip, err := personnel.ParseNIP(one.nip, now)
			if err != nil {
				return err
			}
			one.id, err = tx.PutEmployee(ctx, personnel.Employee{NIP: nip, Name: "Siti " + one.name, Sex: nip.Sex(), UnitID: unit, ClassCode: "PELAKSANA"})
			if err != nil {
				return err
			}
			if i == 2 { // before the code, which a grant would end
				if _, err := tx.Grant(ctx, nip, personnel.RoleHR, nil, false, now); err != nil {
					return err
				}
			}
			if err := tx.AddCode(ctx, k.HashCode(one.code), one.id, now, now.AddDate(0, 0, 9)); err != nil {
				return err
			}
		}
		_, err = tx.OpenPeriod(ctx, storage.Period{Name: "Uji", OpensAt: now.Add(-time.Hour), DueAt: now.AddDate(0, 0, 7), RatingDueAt: now.AddDate(0, 0, 14)}, now)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	for _, one := range p.people {
		p.exec(`UPDATE employee SET phone = $2 WHERE id = $1`, one.id, one.phone)
	}
}

func (p *scanPlay) exec(query string, args ...any) {
	p.t.Helper()
	if _, err := p.owner.Exec(query, args...); err != nil {
		p.t.Fatal(err)
	}
}

// everyUpdateHasALine compares the log with the updates that were stored.
func (p *scanPlay) everyUpdateHasALine(text string) {
	p.t.Helper()
	rows, err := p.owner.Query(`SELECT update_id FROM inbox ORDER BY update_id`)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			p.t.Fatal(err)
		}
		n++
		if !regexp.MustCompile(fmt.Sprintf(`update_id=%d\b`, id)).MatchString(text) {
			p.t.Errorf("the log has no line about update %d", id)
		}
	}
	if err := rows.Err(); err != nil || n < 40 {
		p.t.Errorf("%d updates were looked at, %v", n, err)
	}
	p.t.Logf("%d updates, %d lines", n, strings.Count(text, "\n"))
}

// tablesAreEmpty looks at what inbox and outbox keep once all is done.
func (p *scanPlay) tablesAreEmpty(s scanner) {
	p.t.Helper()
	s.accounts = nil // the number of the chat is what a row of the outbox is for
	for _, table := range []string{"inbox", "outbox"} {
		rows, err := p.owner.Query(`SELECT row_to_json(x) FROM ` + table + ` x`)
		if err != nil {
			p.t.Fatal(err)
		}
		for rows.Next() {
			var line []byte
			var row map[string]any
			if err := rows.Scan(&line); err != nil {
				p.t.Fatal(err)
			}
			if err := json.Unmarshal(line, &row); err != nil {
				p.t.Fatal(err)
			}
			if row["body"] != nil || row["payload"] != nil {
				p.t.Errorf("%s keeps the content of a row that is done: %s", table, line)
			}
			delete(row, "update_id") // one without a number gets a long one made of its text
			rest, _ := json.Marshal(slices.Collect(valuesOf(row)))
			for _, found := range s.find(string(rest)) {
				p.t.Errorf("%s keeps %s", table, found)
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			p.t.Fatal(err)
		}
	}
}
