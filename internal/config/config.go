// Package config loads the one configuration of the program: defaults, then a
// YAML file, then the environment. It is strict: an unknown key is an error
// that names the nearest known one, and every problem is reported at once.
package config

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Config is the whole configuration. Its zero value is not usable: Load fills
// in the defaults.
type Config struct {
	Telegram Telegram `koanf:"telegram"`
	Limits   Limits   `koanf:"limits"`
	Database Database `koanf:"database"`
	Agency   Agency   `koanf:"agency"`
	Identity Identity `koanf:"identity"`

	Announcements Announcements `koanf:"announcements"`
	Planning      Planning      `koanf:"planning"`
	Surveys       Surveys       `koanf:"surveys"`
	FollowUps     FollowUps     `koanf:"follow_ups"`
	Exports       Exports       `koanf:"exports"`

	HTTP HTTP `koanf:"http"`
	Log  Log  `koanf:"log"`

	Operator Operator `koanf:"operator"`

	location *time.Location
}

// Telegram tells how to reach the Bot API.
type Telegram struct {
	Token         Secret `koanf:"token"`
	APIEndpoint   string `koanf:"api_endpoint"`   // format with two %s: token, method
	FileEndpoint  string `koanf:"file_endpoint"`  // the same for downloads
	Mode          string `koanf:"mode"`           // "polling" or "webhook"
	WebhookURL    string `koanf:"webhook_url"`    // public address to which Telegram delivers
	WebhookListen string `koanf:"webhook_listen"` // where this process takes what arrives there
	// WebhookSecret is what Telegram proves itself with; "" = derived from the
	// key of the codes. "NEW,OLD" accepts both while it is being changed.
	WebhookSecret Secret `koanf:"webhook_secret"`
	BotUsername   string `koanf:"bot_username"` // "" = as the last `serve` learned it
	// RatePerSecond is how many calls a second are sent; 0 = no limit.
	RatePerSecond float64 `koanf:"rate_per_second"`
	// ChatRatePerSecond is how many new messages a second go to one chat, with
	// bursts of 5; 0 = no limit.
	ChatRatePerSecond float64       `koanf:"chat_rate_per_second"`
	InFlight          int           `koanf:"in_flight"` // calls at a time, 1 to 64
	PollTimeout       time.Duration `koanf:"poll_timeout"`
	Lease             time.Duration `koanf:"lease"` // how long a silent process keeps polling and sending to itself
}

// Limits bound what is taken in at a time.
type Limits struct {
	Workers int `koanf:"workers"` // people handled at a time
	// DecideTogether is of how many people updates are decided in one transaction at
	// most while many wait; 1 = each in its own.
	DecideTogether int `koanf:"decide_together"`
	// PersonUpdatesPer10s is how many updates of one person are read in ten
	// seconds; 0 = any number.
	PersonUpdatesPer10s int `koanf:"person_updates_per_10s"`
	// PersonUpdatesPerHour is the same in an hour, four times as many for who
	// leads people or looks after them; 0 = any number. PerHour is what holds.
	PersonUpdatesPerHour int `koanf:"person_updates_per_hour"`
	// DoublePress is how soon after a press another one on the same message, on a
	// card that nobody can have read by then, does nothing; 0 = it always counts.
	DoublePress time.Duration `koanf:"double_press"`
}

// perHour is the default of PersonUpdatesPerHour.
const perHour = 300

// PerHour is the limit of an hour that holds. Whoever has turned the limit of ten
// seconds off, as for a load test, has turned the default of the hour off too.
func (l Limits) PerHour() int {
	if l.PersonUpdatesPer10s == 0 && l.PersonUpdatesPerHour == perHour {
		return 0
	}
	return l.PersonUpdatesPerHour
}

// Database tells how to reach Postgres.
type Database struct {
	URL              Secret        `koanf:"url"`
	OwnerURL         Secret        `koanf:"owner_url"`
	MaxOpen          int           `koanf:"max_open"` // connections
	StatementTimeout time.Duration `koanf:"statement_timeout"`
	IOTimeout        time.Duration `koanf:"io_timeout"` // silence of the server after which a connection is given up
}

// Owner is the address with which the schema is changed: OwnerURL, or URL when
// that is empty.
func (d Database) Owner() Secret {
	if d.OwnerURL != "" {
		return d.OwnerURL
	}
	return d.URL
}

// Agency describes whose bot it is, in the words that people read.
type Agency struct {
	Name      string `koanf:"name"`
	ShortName string `koanf:"short_name"`
	// Office is the personnel office in short, as buttons and sentences name it (BKD, BKPSDM).
	Office   string `koanf:"office"`
	TimeZone string `koanf:"time_zone"`
	// CountryCode is that of phone numbers, without a plus: a person's own
	// number counts only in this country.
	CountryCode int    `koanf:"country_code"`
	Mandate     string `koanf:"mandate"`     // legal basis
	Promise     string `koanf:"promise"`     // printed only when the agency signed it
	Helpdesk    string `koanf:"helpdesk"`    // last line of every dead end
	Recognition string `koanf:"recognition"` // the words on the slip and in the first message (kata pengenal)
	// Letterhead (kop surat) is what stands above papers, with semicolons between its lines;
	// "" = the name alone.
	Letterhead string `koanf:"letterhead"`
	Place      string `koanf:"place"` // where papers are signed; "" = it is written by hand
}

// LongestOffice is how many characters the personnel office in short may have: with "Ditanggung"
// it has to fit on a button.
const LongestOffice = 9

// MaxLetterhead and LongestLetterhead bound it: it has to fit above a page.
const (
	MaxLetterhead     = 5
	LongestLetterhead = 100
)

// Letter is the letterhead line by line, at least the name.
func (a Agency) Letter() []string {
	if list := lines(a.Letterhead); len(list) > 0 {
		return list
	}
	return []string{a.Name}
}

// wrong tells whether the letterhead fits above no page.
func (a Agency) wrong() bool {
	list := lines(a.Letterhead)
	return len(list) > MaxLetterhead || slices.ContainsFunc(list, func(one string) bool { return utf8.RuneCountInString(one) > LongestLetterhead })
}

// wrongOffice tells whether the personnel office in short is no word for a button.
func (a Agency) wrongOffice() bool {
	n := utf8.RuneCountInString(a.Office)
	return n < 2 || n > LongestOffice || strings.TrimSpace(a.Office) != a.Office
}

// Identity concerns the one-time codes (kode sekali pakai).
type Identity struct {
	CodeDays int `koanf:"code_days"` // how long a code lives
	// CodeKey is the secret with which stored codes are hashed and buttons are
	// signed, at least 32 characters; "" = that of CodeKeyFile.
	CodeKey     Secret `koanf:"code_key"`
	CodeKeyPath string `koanf:"code_key_path"` // made at the first start when it is missing
}

// Announcements concerns what the personnel office sends to many (pengumuman).
type Announcements struct {
	// ApprovalFrom is from how many recipients of one author on one civil day a second
	// person of the personnel office has to approve; 1 = always.
	ApprovalFrom int `koanf:"approval_from"`
}

// Planning concerns what units propose for a plan year (usulan unit).
type Planning struct {
	// Reasons are what may demand a training, as buttons, with semicolons between them.
	// The program knows no regulation: the agency says which apply to it.
	Reasons string `koanf:"reasons"`
	// Topics say which competency a topic of the question about interests develops, for
	// example "pelayanan_publik: M.05; memimpin_tim: M.06".
	Topics string `koanf:"topics"`
}

// TopicList is the competencies by the value of the topic; ok is false when they cannot be read.
func (p Planning) TopicList() (list map[string]string, ok bool) {
	list = map[string]string{}
	for _, one := range lines(p.Topics) {
		topic, code, _ := strings.Cut(one, ":")
		if topic, code = strings.TrimSpace(topic), strings.TrimSpace(code); topic == "" || code == "" || strings.ContainsAny(topic+code, " :") {
			return nil, false
		}
		list[topic] = code
	}
	return list, true
}

// MaxReasons and LongestReason bound the buttons: they have to be read on a telephone.
const (
	MaxReasons    = 8
	LongestReason = 20
)

// List is the reasons one by one.
func (p Planning) List() []string { return lines(p.Reasons) }

// lines parts a value at its semicolons, without blanks.
func lines(of string) (list []string) {
	for _, one := range strings.Split(of, ";") {
		if one = strings.Join(strings.Fields(one), " "); one != "" {
			list = append(list, one)
		}
	}
	return list
}

// wrongTopics tells whether the competencies of topics cannot be read.
func (p Planning) wrongTopics() bool {
	_, ok := p.TopicList()
	return !ok
}

// wrong tells whether the buttons cannot be made.
func (p Planning) wrong() bool {
	list := p.List()
	return len(list) > MaxReasons || slices.ContainsFunc(list, func(one string) bool {
		n := utf8.RuneCountInString(one)
		return n < 3 || n > LongestReason
	})
}

// HTTP concerns the operator's listener.
type HTTP struct {
	Listen string `koanf:"listen"` // of /healthz, /readyz and /metrics; "" = off
}

// Log concerns the program's messages on standard error.
type Log struct {
	Level  string `koanf:"level"`  // debug, info, warn or error
	Format string `koanf:"format"` // text or json
}

// Operator concerns what is said to whoever runs the program.
type Operator struct {
	Language string `koanf:"language"` // of the sentences of `check`: en or id
}

// defaults is what holds where neither file nor environment says anything.
func defaults() Config {
	return Config{
		Telegram: Telegram{
			APIEndpoint:  "https://api.telegram.org/bot%s/%s",
			FileEndpoint: "https://api.telegram.org/file/bot%s/%s",
			Mode:         "polling", RatePerSecond: 30, ChatRatePerSecond: 1, InFlight: 8,
			PollTimeout: 25 * time.Second, Lease: 3 * time.Second,
		},
		Limits:   Limits{Workers: 16, DecideTogether: 32, PersonUpdatesPer10s: 20, PersonUpdatesPerHour: perHour, DoublePress: 600 * time.Millisecond},
		Database: Database{MaxOpen: 20, StatementTimeout: 10 * time.Second, IOTimeout: 15 * time.Second},
		Agency:   Agency{Office: "BKD", TimeZone: "Asia/Jakarta", CountryCode: 62},
		Identity: Identity{CodeDays: 21, CodeKeyPath: "bangkom.key"},
		Log:      Log{Level: "info", Format: "text"},

		Announcements: Announcements{ApprovalFrom: 200},
		Planning:      Planning{Reasons: "Tugas bendahara; Tugas pengadaan; Tugas gawat darurat", Topics: "pelayanan_publik: M.05; memimpin_tim: M.06"},
		Surveys:       Surveys{TrainedShare: 50, Competencies: "U6: M.05, M.03; U7: M.05, M.03; U9: T.PG"},
		FollowUps:     FollowUps{Days: "30; 90", ManagerialDays: "90; 365", FromJP: 16, OpenDays: 14, PerSuperior: 10},
		Operator:      Operator{Language: "en"},
	}
}

// Location is the agency's time zone; UTC before Load.
func (c Config) Location() *time.Location {
	if c.location == nil {
		return time.UTC
	}
	return c.location
}
