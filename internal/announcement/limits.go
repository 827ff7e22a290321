package announcement

import (
	"net/url"
	"strings"
	"time"

	"bangkom/internal/measure"
)

// How long a text may be, in UTF-16 units and after its entities, as Telegram counts
// (Bot API, sendMessage and sendPhoto).
const (
	MaxText    = 4096 // of a message
	MaxCaption = 1024 // below a picture or a file
)

// NeedsSecond tells whether a second person has to approve what goes to so many people,
// of an author whose announcements have gone to today people on this civil day.
func NeedsSecond(today, now, from int) bool { return now > 0 && today+now >= from }

const firstWords = 60 // UTF-16 units by which one announcement is told from another

// Opening is the first line of a text, cut if it is long, by which people know an
// announcement again. It is plain.
func Opening(body string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(body), "\n")
	return measure.Cut(line, firstWords)
}

// shareBudget is how long an address may be that a button carries and a phone hands to
// WhatsApp, in bytes.
const shareBudget = 1800

// ShareURL opens WhatsApp with a text to pass on, and below behind it. A long text is
// cut: the whole of it is in the chat.
func ShareURL(body, below string) string {
	const to = "https://wa.me/?text="
	for most := measure.Units(body); ; most -= max(1, most/8) {
		shown := body
		if most < measure.Units(body) {
			shown = strings.TrimSpace(measure.First(body, most)) + "…"
		}
		// WhatsApp reads a plus as a plus.
		if link := to + strings.ReplaceAll(url.QueryEscape(shown+below), "+", "%20"); len(link) <= shareBudget || most <= 1 {
			return link
		}
	}
}

// NIPFile is a file of NIPs that waits to be read for the audience of a draft.
type NIPFile struct {
	Announcement int64
	ChatID       int64 // whose answer it is
	FileID       string
	AskedAt      time.Time
	Tries        int // to read it, this one included
}
