// Package personnel knows the people of the register: the employee number
// (NIP), names as they may be shown, and the forms of address. It is pure.
package personnel

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// NIPCode names the rule that a number breaks. The rules are tried in the
// order of the constants and the first one that is broken is reported.
type NIPCode string

// The codes of NIPError. Structure of the number: Peraturan Kepala BKN 22/2007
// and 43/2007; a PPPK number has a contract code in place of the month.
const (
	NIPSci    NIPCode = "NIP_SCI"    // a spreadsheet wrote it as 1.98703E+17
	NIPChar   NIPCode = "NIP_CHAR"   // something else than digits
	NIPLen    NIPCode = "NIP_LEN"    // not 18 digits
	NIPBirth  NIPCode = "NIP_BIRTH"  // digits 1-8 are no possible birth date
	NIPYear   NIPCode = "NIP_YEAR"   // digits 9-12 are no possible year of appointment
	NIPMonth  NIPCode = "NIP_MONTH"  // digits 13-14 are neither a month nor a contract code
	NIPAge    NIPCode = "NIP_AGE"    // younger than 16 when appointed
	NIPSex    NIPCode = "NIP_SEX"    // digit 15 is neither 1 nor 2
	NIPSerial NIPCode = "NIP_SERIAL" // digits 16-18 are 000: a spreadsheet rounded the number
)

// NIPError says why a text is no NIP. It never holds the text itself, so it
// may be logged.
type NIPError struct {
	Code   NIPCode
	Digits int // how many digits were found; only with NIPLen
}

// Error names the rule only.
func (e *NIPError) Error() string { return "not a NIP: " + string(e.Code) }

// Is makes errors.Is compare by Code alone.
func (e *NIPError) Is(target error) bool {
	t, ok := target.(*NIPError)
	return ok && t.Code == e.Code
}

// Limits of the number. The years are those of a person in service today.
const (
	nipLength        = 18
	firstBirthYear   = 1940
	firstAppointment = 1960
	minimumAge       = 16 // years, at appointment and today
	unusualAgeBelow  = 18
	unusualAgeAbove  = 58
)

// Kind is the kind of civil servant that a number belongs to.
type Kind string

// The kinds, told apart by digits 13-14: 01-12 a month, 21-99 a contract code.
const (
	PNS  Kind = "PNS"
	PPPK Kind = "PPPK"
)

// Sex is digit 15 of the number.
type Sex string

// The values of Sex; SexUnknown is what a register without the column gives.
const (
	SexUnknown Sex = ""
	Male       Sex = "male"
	Female     Sex = "female"
)

// NIP is a number that has the right shape; whether it exists, only the
// register knows. It prints masked everywhere (fmt, slog, JSON), because its
// first digits are a birth date; Reveal gives the digits. NIPs are comparable.
// The zero NIP is no number.
//
// A NIP is no secret and may change (a new PPPK contract): never use it alone
// to recognise a person and never as the key of one.
//
// The digits are kept as a number under a veil, because fmt prints a NIP in
// an unexported field of another struct without asking its methods. The veil
// hides nothing from anyone who looks for it; it stops accidents.
type NIP struct{ veiled uint64 }

// veil is above every number of 18 digits, so that no NIP is veiled to zero.
const veil = 0xb5ad_4ece_da1c_e2a9

// newNIP takes 18 ASCII digits.
func newNIP(digits string) NIP {
	var v uint64
	for _, r := range digits {
		v = 10*v + uint64(r-'0')
	}
	return NIP{v ^ veil}
}

var scientific = regexp.MustCompile(`^[0-9]+([.,][0-9]+)?[eE][+]?[0-9]+$`)

// ParseNIP reads a number as it is typed or exported: spaces, dots, dashes, a
// leading apostrophe, the quoting ="..." of spreadsheets and invisible marks
// are dropped. today is the civil date of the agency. The error is always a
// *NIPError.
func ParseNIP(raw string, today time.Time) (NIP, error) {
	raw = unquote(raw)
	if scientific.MatchString(raw) {
		return NIP{}, &NIPError{Code: NIPSci}
	}
	s, ok := digitsOf(raw)
	if !ok {
		return NIP{}, &NIPError{Code: NIPChar}
	}
	if len(s) != nipLength {
		return NIP{}, &NIPError{Code: NIPLen, Digits: len(s)}
	}
	if code := check(s, today); code != "" {
		return NIP{}, &NIPError{Code: code}
	}
	return newNIP(s), nil
}

// RestoreNIP takes back what Reveal gave. It checks the shape only, so that a
// number which was accepted once can always be read again.
func RestoreNIP(digits string) (NIP, error) {
	s, ok := digitsOf(digits)
	switch {
	case !ok || s != digits:
		return NIP{}, &NIPError{Code: NIPChar}
	case len(s) != nipLength:
		return NIP{}, &NIPError{Code: NIPLen, Digits: len(s)}
	}
	return newNIP(s), nil
}

// droppable are the characters around a number that carry no meaning: blank
// space with NBSP, zero-width characters and the byte order mark.
func droppable(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// dashes are the plain dash and what editors make of it.
const dashes = "-\u2010\u2011\u2012\u2013\u2014\u2212"

// unquote drops what marks a cell as text: a leading apostrophe or ="...".
func unquote(raw string) string {
	raw = strings.TrimFunc(raw, droppable)
	if inner, found := strings.CutPrefix(raw, `="`); found {
		raw = strings.TrimSuffix(inner, `"`)
	}
	return strings.TrimFunc(strings.TrimLeft(raw, "'\u2018\u2019"), droppable)
}

// digitsOf returns the ASCII digits of raw; ok is false if anything is there
// that may not stand between them.
func digitsOf(raw string) (s string, ok bool) {
	var b strings.Builder
	for _, r := range raw {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !droppable(r) && r != '.' && !strings.ContainsRune(dashes, r):
			return "", false
		}
	}
	return b.String(), true
}

// check tries rules 4 to 9 on 18 ASCII digits.
func check(s string, today time.Time) NIPCode {
	born, err := time.Parse("20060102", s[:8])
	if err != nil || born.Year() < firstBirthYear || born.AddDate(minimumAge, 0, 0).After(civil(today)) {
		return NIPBirth
	}
	year := number(s[8:12])
	if year < firstAppointment || year > today.Year()+1 {
		return NIPYear
	}
	month := number(s[12:14])
	if month < 1 || month > 12 && month < 21 {
		return NIPMonth
	}
	if ageAtAppointment(s) < minimumAge {
		return NIPAge
	}
	if s[14] != '1' && s[14] != '2' {
		return NIPSex
	}
	if s[15:] == "000" {
		return NIPSerial
	}
	return ""
}

// ageAtAppointment is in full years; appointments begin on the first of a
// month, and a PPPK number only tells the year, so its last day counts.
func ageAtAppointment(s string) int {
	age := number(s[8:12]) - number(s[:4])
	month := number(s[12:14])
	if month <= 12 && (month < number(s[4:6]) || month == number(s[4:6]) && s[6:8] != "01") {
		age--
	}
	return age
}

// number reads up to four ASCII digits.
func number(s string) (n int) {
	for _, r := range s {
		n = 10*n + int(r-'0')
	}
	return n
}

// civil drops the time of day and the zone.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// IsZero tells whether there is no number.
func (n NIP) IsZero() bool { return n.veiled == 0 }

// Reveal returns the 18 digits, an empty string for the zero NIP. Call it only
// for the owner, for storage and for exports to HR.
func (n NIP) Reveal() string {
	if n.IsZero() {
		return ""
	}
	return fmt.Sprintf("%018d", n.veiled^veil)
}

// Printed returns the digits as letters have them, with blanks between date of birth,
// appointment, sex and serial; an empty string for the zero NIP. What holds for Reveal holds
// here, and for the place to sign of a paper.
func (n NIP) Printed() string {
	if n.IsZero() {
		return ""
	}
	all := n.Reveal()
	return all[:8] + " " + all[8:14] + " " + all[14:15] + " " + all[15:]
}

// Masked returns fourteen dots and the last four digits, an empty string for
// the zero NIP.
func (n NIP) Masked() string {
	if n.IsZero() {
		return ""
	}
	return strings.Repeat("•", nipLength-4) + n.Last4()
}

// Last4 returns the last four digits, an empty string for the zero NIP.
func (n NIP) Last4() string {
	if n.IsZero() {
		return ""
	}
	return n.Reveal()[nipLength-4:]
}

// Kind tells PNS from PPPK; the zero NIP has none.
func (n NIP) Kind() Kind {
	switch {
	case n.IsZero():
		return ""
	case number(n.Reveal()[12:14]) <= 12:
		return PNS
	}
	return PPPK
}

// Sex is the sex by digit 15; SexUnknown for the zero NIP.
func (n NIP) Sex() Sex {
	switch {
	case n.IsZero():
		return SexUnknown
	case n.Reveal()[14] == '1':
		return Male
	}
	return Female
}

// BirthDate returns the date in digits 1-8 at midnight UTC, the zero time for
// the zero NIP. It may differ from the register when birth data were corrected
// later; that is worth a warning, not an error.
func (n NIP) BirthDate() time.Time {
	born, err := time.Parse("20060102", n.Reveal()[:min(8, len(n.Reveal()))])
	if err != nil {
		return time.Time{}
	}
	return born
}

// Unusual tells whether the age at appointment is below 18 or above 58 years:
// possible, but worth a look by HR.
func (n NIP) Unusual() bool {
	if n.IsZero() {
		return false
	}
	age := ageAtAppointment(n.Reveal())
	return age < unusualAgeBelow || age > unusualAgeAbove
}

// String returns the masked number.
func (n NIP) String() string { return n.Masked() }

// GoString returns the masked number.
func (n NIP) GoString() string { return "personnel.NIP(" + n.Masked() + ")" }

// Format writes the masked number for every verb of fmt.
func (n NIP) Format(f fmt.State, verb rune) {
	text := n.Masked()
	if verb == 'v' && f.Flag('#') {
		text = n.GoString()
	}
	io.WriteString(f, text)
}

// LogValue returns the masked number.
func (n NIP) LogValue() slog.Value { return slog.StringValue(n.Masked()) }

// MarshalText returns the masked number; a NIP is stored with Reveal.
func (n NIP) MarshalText() ([]byte, error) { return []byte(n.Masked()), nil }
