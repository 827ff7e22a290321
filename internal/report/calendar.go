package report

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// Event is one entry of a calendar file. All texts come from the caller.
type Event struct {
	ID     string // the same for ever, so that a file that is opened again changes the entry
	Title  string
	Place  string // "" = none
	Note   string // "" = none
	Starts time.Time
	Ends   time.Time
}

// WriteCalendar writes events as the calendars of phones read them (RFC 5545). made is
// when the file was made.
func WriteCalendar(w io.Writer, events []Event, made time.Time) error {
	lines := []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bangkom//ID", "METHOD:PUBLISH"}
	for _, e := range events {
		lines = append(lines, "BEGIN:VEVENT", "UID:"+e.ID+"@bangkom", "DTSTAMP:"+instant(made), "DTSTART:"+instant(e.Starts), "DTEND:"+instant(e.Ends),
			"SUMMARY:"+escaped(e.Title))
		if e.Place != "" {
			lines = append(lines, "LOCATION:"+escaped(e.Place))
		}
		if e.Note != "" {
			lines = append(lines, "DESCRIPTION:"+escaped(e.Note))
		}
		lines = append(lines, "END:VEVENT")
	}
	for _, line := range append(lines, "END:VCALENDAR") {
		if _, err := io.WriteString(w, folded(line)+"\r\n"); err != nil {
			return fmt.Errorf("write calendar: %w", err)
		}
	}
	return nil
}

// instant writes a moment in UTC, so that no zone has to be described.
func instant(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escaped takes their meaning from the characters that have one in a value.
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(s)
}

// folded breaks a line after at most 75 bytes, never inside a letter; a further line
// begins with a blank.
func folded(line string) string {
	const most = 75
	var b strings.Builder
	room := most
	for _, r := range line {
		if n := utf8.RuneLen(r); n > room {
			b.WriteString("\r\n ")
			room = most - 1 - n
		} else {
			room -= n
		}
		b.WriteRune(r)
	}
	return b.String()
}
