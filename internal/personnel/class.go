package personnel

import (
	"regexp"
	"strings"
	"unicode"
)

// The classes of positions that a title, an echelon or a kind can tell. Which
// level each requires is reference data (Permenpan RB 38/2017).
const (
	ClassJPTPratama    = "JPT_PRATAMA"
	ClassAdministrator = "ADMINISTRATOR"
	ClassPengawas      = "PENGAWAS"
	ClassPelaksana     = "PELAKSANA"
)

// Position is what a register says of a post (jabatan).
type Position struct {
	Title   string // JABATAN, with Plt. or Plh. as it stands
	Echelon string // ESELON: "III.a", "IV/b", "32"; "" or "-" for none
	Kind    string // JENIS JABATAN: "Fungsional", "Pelaksana", "4" ...
}

// Class returns the class of a position, "" when nothing tells it. The order:
// the echelon; the grade at the end of the title; the agency's own table of
// titles (key: TitleKey); the kind of position.
func (p Position) Class(table map[string]string) string {
	if c := echelonClass(p.Echelon); c != "" {
		return c
	}
	words := strings.Fields(TitleKey(p.Title))
	if c := gradeClass(words, isFunctional(p.Kind)); c != "" {
		return c
	}
	if c := table[strings.Join(words, " ")]; c != "" {
		return c
	}
	switch TitleKey(p.Kind) {
	case "pelaksana", "fungsional umum", "jabatan pelaksana", "jabatan fungsional umum", "jfu", "4":
		return ClassPelaksana
	}
	return ""
}

var (
	roman = regexp.MustCompile(`^(IV|III|II)\s*[./\- ]?\s*[ABab]?$`)
	siasn = regexp.MustCompile(`^([234])[12]$`) // ids: 21 = II.a, 42 = IV.b
)

// echelonClass knows echelons II to IV; a regency has no other.
func echelonClass(raw string) string {
	raw = strings.TrimSpace(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(raw)), "ESELON"))
	number := ""
	if m := roman.FindStringSubmatch(raw); m != nil {
		number = m[1]
	} else if m := siasn.FindStringSubmatch(raw); m != nil {
		number = map[string]string{"2": "II", "3": "III", "4": "IV"}[m[1]]
	}
	return map[string]string{"II": ClassJPTPratama, "III": ClassAdministrator, "IV": ClassPengawas}[number]
}

// gradeClass reads the grade (jenjang) of a functional position from the end
// of its title. A grade that is an everyday word counts only behind "Ahli", or
// when the register calls the position functional: titles of before 2019 leave
// "Ahli" out.
func gradeClass(words []string, functional bool) string {
	if len(words) == 0 {
		return ""
	}
	last := words[len(words)-1]
	expert := len(words) > 1 && words[len(words)-2] == "ahli"
	switch last {
	case "madya", "muda", "pertama":
		if expert || functional {
			return "JF_" + strings.ToUpper(last)
		}
	case "utama":
		if expert {
			return "JF_UTAMA"
		}
	case "penyelia", "mahir", "terampil", "pemula":
		return "JF_" + strings.ToUpper(last)
	}
	return ""
}

func isFunctional(kind string) bool {
	switch TitleKey(kind) {
	case "fungsional", "fungsional tertentu", "jabatan fungsional", "jabatan fungsional tertentu", "jft", "jf", "2":
		return true
	}
	return false
}

// Acting tells whether somebody holds a post for another (Plt., Plh.).
func Acting(title string) bool {
	words := strings.Fields(letters(title))
	return len(words) > 0 && isActing(words)
}

func isActing(words []string) bool {
	switch words[0] {
	case "plt", "plh", "pj", "pjs":
		return true
	case "pelaksana":
		return len(words) > 1 && (words[1] == "tugas" || words[1] == "harian")
	}
	return false
}

// TitleKey makes titles comparable: lower case, letters and digits only, one
// blank between words, without Plt. and Plh. in front.
func TitleKey(title string) string {
	words := strings.Fields(letters(title))
	for len(words) > 0 && isActing(words) {
		n := 1
		if words[0] == "pelaksana" {
			n = 2
		}
		words = words[n:]
	}
	return strings.Join(words, " ")
}

var gradeEnd = regexp.MustCompile(`( ahli)? (utama|madya|muda|pertama)$| (penyelia|mahir|terampil|pemula)$`)

// FunctionalKey is the name of a functional position (jabatan fungsional) without its
// grade, in comparable form: of "Pranata Komputer Ahli Muda" it is "pranata komputer".
func FunctionalKey(title string) string { return gradeEnd.ReplaceAllString(TitleKey(title), "") }

// IsFunctionalClass tells whether a class of positions is one of functional positions.
func IsFunctionalClass(code string) bool { return strings.HasPrefix(code, "JF_") }

// letters keeps letters and digits in lower case and turns the rest to blanks.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return ' '
	}, text)
}
