package report

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCalendar(t *testing.T) {
	wib := time.FixedZone("WIB", 7*60*60)
	starts := time.Date(2027, 4, 13, 8, 30, 0, 0, wib)
	var b bytes.Buffer
	err := WriteCalendar(&b, []Event{{ID: "sesi-7", Title: "Pengolahan Data, angkatan 1", Place: "Aula BKD; lantai 2", Note: `Bawa laptop\n`, Starts: starts, Ends: starts.Add(7 * time.Hour)}}, starts)
	want := strings.Join([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bangkom//ID", "METHOD:PUBLISH", "BEGIN:VEVENT", "UID:sesi-7@bangkom",
		"DTSTAMP:20270413T013000Z", "DTSTART:20270413T013000Z", "DTEND:20270413T083000Z", `SUMMARY:Pengolahan Data\, angkatan 1`, `LOCATION:Aula BKD\; lantai 2`,
		`DESCRIPTION:Bawa laptop\\n`, "END:VEVENT", "END:VCALENDAR", ""}, "\r\n")
	if err != nil || b.String() != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, b.String(), want)
	}
}

// Whatever a title holds, no line is longer than 75 bytes, no letter is broken, nothing
// begins a line of its own, and the title can be read back.
func TestCalendarLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		title := strings.ToValidUTF8(rapid.String().Draw(t, "title"), "?")
		var b bytes.Buffer
		if err := WriteCalendar(&b, []Event{{ID: "x", Title: title}}, time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(b.String(), "\r\n") {
			if len(line) > 75 || !utf8.ValidString(line) {
				t.Fatalf("line %q of %d bytes", line, len(line))
			}
		}
		whole := strings.ReplaceAll(b.String(), "\r\n ", "")
		_, rest, _ := strings.Cut(whole, "SUMMARY:")
		value, _, _ := strings.Cut(rest, "\r\nEND:VEVENT")
		read := strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n").Replace(value)
		if kept := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(title); read != kept {
			t.Fatalf("title %q is read as %q", kept, read)
		}
	})
}
