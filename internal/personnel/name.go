package personnel

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Salutation returns "Bapak" or "Ibu", and "Bapak/Ibu" while the sex is not
// known.
func Salutation(sex Sex) string {
	switch sex {
	case Male:
		return "Bapak"
	case Female:
		return "Ibu"
	}
	return "Bapak/Ibu"
}

// DisplayName returns a name without degrees, in title case when it is written
// in capitals or small letters alone: "SUYATNO, S.Sos., M.M." gives "Suyatno",
// "dr. RATNA DEWI, Sp.A" gives "Ratna Dewi", and "Robert McDonald" stays. Dropped
// are what follows a comma, degrees at the end and academic, professional and
// religious titles in front (Drs., dr., Ir., H.); initials stay ("Drs.
// M.YUSUF" gives "M. Yusuf"). A name of nothing but titles keeps them.
func DisplayName(name string) string {
	plain := strings.Map(plainRune, name)
	for part := range strings.SplitSeq(plain, ",") { // more than one: "Ir., BUDI"
		words := dropFront(splitInitials(dropDegrees(strings.Fields(part))))
		if len(words) == 0 {
			continue
		}
		if shown := strings.Join(words, " "); mixedCase(shown) {
			return shown
		}
		for i, w := range words {
			words[i] = titleCase(w, i == 0)
		}
		return strings.Join(words, " ")
	}
	return strings.Join(strings.Fields(plain), " ")
}

// MaskedName shows the first letter of each word of the displayed name and a
// dot for each other character: "SUYATNO, S.Sos." gives "S••••••".
func MaskedName(name string) string {
	words := strings.Fields(DisplayName(name))
	for i, w := range words {
		first, size := utf8.DecodeRuneInString(w)
		words[i] = string(first) + strings.Repeat("•", utf8.RuneCountInString(w[size:]))
	}
	return strings.Join(words, " ")
}

// plainRune makes every blank a space and every apostrophe the plain one, and
// drops invisible characters.
func plainRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.Is(unicode.Cf, r) || unicode.IsControl(r):
		return -1
	case strings.ContainsRune("\u2018\u2019\u02bc`\u00b4", r):
		return '\''
	}
	return r
}

// dropDegrees drops degrees from the end ("SITI AMINAH S.Pd.").
func dropDegrees(words []string) []string {
	for len(words) > 0 && isDegree(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return words
}

// isDegree tells a degree from initials ("A.R.") and from a name glued to an
// initial ("M.YUSUF") by the usual abbreviations of Indonesian degrees.
func isDegree(word string) bool {
	word = strings.ToLower(strings.TrimRight(word, "."))
	first, rest, dotted := strings.Cut(word, ".")
	if !dotted {
		return bareDegrees[word]
	}
	switch first {
	case "sp": // specialists: Sp.A, Sp.OG, Sp.PD
		return true
	case "s", "m", "a", "d", "b", "ph", "sst", "dipl":
		for part := range strings.SplitSeq(rest, ".") {
			if !degreeParts[part] {
				return false
			}
		}
		return true
	}
	return false
}

// bareDegrees are degrees that are written without full stops and are no names.
var bareDegrees = map[string]bool{
	"se": true, "sh": true, "st": true, "mm": true, "mh": true, "mt": true, "skm": true, "sst": true, "spd": true,
	"ssos": true, "skom": true, "skep": true, "msi": true, "mkes": true, "mpd": true, "amd": true, "sip": true,
}

// degreeParts follow the first letter of a degree: S.Sos, A.Md.Keb, M.M.
var degreeParts = set(`e h t p s m d sos pd pdi sd aud sdi kom kep kes km gz farm si hum ag ip ikom i.kom stat psi
	hut pt pi tp tr ak akt md ma ap an ab ars sn st sc th fil keb pel tra par or ft ling biomed epid kn eng phil
	ked trans ger rad far kl p3k ud us i k ip stp pn han mar adm bus tek`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// splitInitials puts a space after full stops inside a word: "Drs.H.M.YUSUF".
func splitInitials(words []string) []string {
	var out []string
	for _, w := range words {
		for piece := range strings.SplitAfterSeq(w, ".") {
			if strings.Trim(piece, ".") != "" {
				out = append(out, piece)
			}
		}
	}
	return out
}

// dropFront drops the titles in front. Those that could be initials or names
// need their full stop.
func dropFront(words []string) []string {
	for len(words) > 0 {
		title, stop := strings.CutSuffix(strings.ToLower(words[0]), ".")
		switch title {
		case "dr", "drs", "dra", "drg", "drh", "prof", "hj", "kh", "ir", "h":
		case "apt", "ns", "bdn":
			if !stop {
				return words
			}
		default:
			return words
		}
		words = words[1:]
	}
	return words
}

// mixedCase tells whether somebody has written a name with care: with capitals
// and small letters.
func mixedCase(name string) bool {
	return strings.ContainsFunc(name, unicode.IsUpper) && strings.ContainsFunc(name, unicode.IsLower)
}

// titleCase writes a word with one capital, and one after each dash. An
// apostrophe begins nothing ("Ma'ruf"); "bin" and "binti" stay small inside a
// name and Roman numbers large.
func titleCase(word string, first bool) string {
	lower := strings.ToLower(word)
	switch lower {
	case "bin", "binti":
		if !first {
			return lower
		}
	case "ii", "iii", "iv":
		if !first {
			return strings.ToUpper(word)
		}
	}
	start := true
	return strings.Map(func(r rune) rune {
		switch {
		case r == '-':
			start = true
		case start && unicode.IsLetter(r):
			start = false
			return unicode.ToUpper(r)
		}
		return r
	}, lower)
}
