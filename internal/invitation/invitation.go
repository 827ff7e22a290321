// Package invitation writes slips of invitation (lembar undangan): one for each person,
// with a one-time code and the words by which the service is recognised. The command line
// and the chat print the same slips.
package invitation

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

// Writer knows what every slip says. What is empty has no line.
type Writer struct {
	Text        *text.Catalogue
	Agency      string
	Mandate     string // legal basis
	Recognition string // words that the first message holds
	Helpdesk    string
	Bot         string // user name; "" = not known yet
	Location    *time.Location
}

// Slip is for whom a slip is, and with which code.
type Slip struct {
	Name, Unit string
	NIP        personnel.NIP
	Code       string // normalised
}

// Link is the deep link of a code; "" while the user name of the bot is not known.
func (w Writer) Link(code string) string {
	if w.Bot == "" {
		return ""
	}
	return "https://t.me/" + w.Bot + "?start=" + code
}

// Write writes a PDF with a slip for each, in their order; until is when the codes end.
func (w Writer) Write(out io.Writer, slips []Slip, until time.Time) error {
	pages := make([]report.Slip, len(slips))
	for i, s := range slips {
		args := text.Args{"badan": w.Agency, "nama": plainName(s.Name), "akhiran": s.NIP.Last4(), "unit": s.Unit, "dasar": w.Mandate, "bot": w.Bot,
			"kode": personnel.FormatCode(s.Code), "pengenal": w.Recognition, "batas": w.Text.Date(until.In(w.Location)), "bantuan": w.Helpdesk}
		for _, key := range w.lines() {
			pages[i].Lines = append(pages[i].Lines, w.Text.Plain(key, args))
		}
		pages[i].QR = w.Link(s.Code)
	}
	return report.WriteSlips(out, w.Text.Plain("slip.file", nil), pages)
}

// lines are the keys of the lines of a slip; what the agency has not told has none.
func (w Writer) lines() (keys []string) {
	scan := "slip.scan"
	if w.Bot == "" {
		scan = "slip.no_bot"
	}
	for _, one := range []struct {
		key   string
		shown bool
	}{
		{"slip.head", w.Agency != ""}, {"slip.title", true}, {"slip.for", true}, {"slip.basis", w.Mandate != ""},
		{"slip.install", true}, {scan, true}, {"slip.recognition", w.Recognition != ""}, {"slip.foot", true},
		{"slip.help", w.Helpdesk != ""},
	} {
		if one.shown {
			keys = append(keys, one.key)
		}
	}
	return keys
}

// plainName is a name as it is shown, without what a slip would read as bold.
func plainName(name string) string {
	return strings.NewReplacer("<", "", ">", "").Replace(personnel.DisplayName(name))
}

// Derived is the code of a person in a batch of slips that is printed through the chat. It
// follows from the number of the batch and the key behind hash, so that no code is stored
// on the way to the printer: what waits to be sent holds the number alone.
func Derived(hash func(string) []byte, batch string, employee int64) (string, error) {
	return personnel.NewCode(bytes.NewReader(hash(fmt.Sprintf("slip %s %d", batch, employee))))
}
