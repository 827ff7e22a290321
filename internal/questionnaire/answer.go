package questionnaire

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Errors of ParseAnswer. ErrTooLongAnswer is an ErrNotAnAnswer as well.
var (
	ErrNotAnAnswer   = errors.New("not an answer to this question")
	ErrTooLongAnswer = fmt.Errorf("%w: text is too long", ErrNotAnAnswer)
)

// ParseAnswer turns what a person typed into the value to store. It accepts
// the usual ways to say one answer ("3", "3.", "tiga", "level 3", "jawaban:
// 3", "belum", a choice's label, value or number), and "lewati" for an
// optional item, which gives Skipped. Whatever could mean two things ("33",
// "3-4", "3 atau 4", "belum tahu", "tidak 3") or uses other than ASCII digits
// is refused with ErrNotAnAnswer; nothing is guessed.
func (i Item) ParseAnswer(typed string) (value string, err error) {
	if !utf8.ValidString(typed) {
		return "", ErrNotAnAnswer
	}
	if i.Optional {
		switch fold(typed) {
		case "lewati", "lewat", "dilewati":
			return Skipped, nil
		}
	}
	switch i.Type {
	case Level:
		lowest := 1
		if i.Zero != "" {
			lowest = 0
		}
		if n, ok := parseNumber(typed); ok && n >= lowest && n <= len(i.Levels) {
			return strconv.Itoa(n), nil
		}
	case Pick:
		return i.parseChoice(typed)
	case Text:
		return i.parseText(typed)
	}
	return "", ErrNotAnAnswer
}

func (i Item) parseChoice(typed string) (string, error) {
	said := fold(typed)
	for _, c := range i.Choices {
		if said == fold(c.Label) || said == fold(c.Value) {
			return c.Value, nil
		}
	}
	if n, ok := parseNumber(typed); ok && n >= 1 && n <= len(i.Choices) {
		return i.Choices[n-1].Value, nil
	}
	return "", ErrNotAnAnswer
}

// parseText drops what a jsonb column refuses and blank space at the ends. A
// lone dash, the usual way to write "nothing", is Skipped.
func (i Item) parseText(typed string) (string, error) {
	text := strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, typed))
	switch {
	case text == Skipped && i.Optional:
		return Skipped, nil
	case text == "" || text == Skipped:
		return "", ErrNotAnAnswer
	case runes(text) > i.MaxLength:
		return "", ErrTooLongAnswer
	}
	return text, nil
}

// Valid tells whether value can be stored for the item.
func (i Item) Valid(value string) bool {
	if value == Skipped {
		return i.Optional
	}
	switch i.Type {
	case Level:
		if value == "0" {
			return i.Zero != ""
		}
		return len(value) == 1 && value[0] >= '1' && int(value[0]-'0') <= len(i.Levels)
	case Pick:
		for _, c := range i.Choices {
			if c.Value == value {
				return true
			}
		}
	case Text:
		text, err := i.parseText(value)
		return err == nil && text == value
	}
	return false
}

// LevelOf returns the level that a stored value of a level item means; ok is
// false for Skipped, an empty value and everything else that is no level.
func (i Item) LevelOf(value string) (level int, ok bool) {
	if i.Type != Level || value == Skipped || !i.Valid(value) {
		return 0, false
	}
	return int(value[0] - '0'), true
}

// parseNumber reads one number from 0 to 9 with the words that people put around
// it. Every word must be known, so that a negation, a doubt or a second number is
// never missed; the same number twice ("3 (tiga)") is one.
func parseNumber(typed string) (n int, ok bool) {
	for _, word := range words(typed) {
		if fillers[word] {
			continue
		}
		m, known := numberWord(word)
		if !known || ok && m != n {
			return 0, false
		}
		n, ok = m, true
	}
	return n, ok
}

// separators are what may stand around a word. A dash, plus or slash is not
// among them: they join or change numbers. Nor is a question mark: it doubts.
const separators = ".,:;()[]\"'!*_=#\u201c\u201d\u2018\u2019"

// invisible are the parts of keycap emoji and the marks that keyboards and
// copied texts bring along.
const invisible = "\ufe0f\u20e3\u200b\u200c\u200d\u2060\ufeff"

// words splits typed into lower-case words; a digit beside a letter begins a
// new word ("level3"). A decimal number ("3.5", "3,0") stays whole and is
// thereby unknown.
func words(typed string) []string {
	var out []string
	var last rune
	rs := []rune(strings.ToLower(typed))
	for at, r := range rs {
		decimal := (r == '.' || r == ',') && isDigit(last) && at+1 < len(rs) && isDigit(rs[at+1])
		switch {
		case strings.ContainsRune(invisible, r):
			continue
		case unicode.IsSpace(r) || strings.ContainsRune(separators, r) && !decimal:
			last = 0
			continue
		}
		if last == 0 || isDigit(last) && unicode.IsLetter(r) || unicode.IsLetter(last) && isDigit(r) {
			out = append(out, "")
		}
		out[len(out)-1] += string(r)
		last = r
	}
	return out
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// fold is the form in which labels and short replies are compared: lower
// case, single spaces, no mark at the end.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.TrimRight(strings.ToLower(s), separators+" \t\r\n")), " ")
}

// fillers are the words that may stand beside a number without changing it.
var fillers = map[string]bool{
	"level": true, "tingkat": true, "nomor": true, "nomer": true, "no": true, "nmr": true, "angka": true,
	"nilai": true, "skor": true, "pernyataan": true, "jawaban": true, "jawabannya": true, "jawab": true,
	"jawabku": true, "pilihan": true, "pilih": true, "memilih": true, "saya": true, "yang": true,
}

// numberWord knows cardinal and ordinal words and single ASCII digits.
func numberWord(word string) (n int, known bool) {
	if len(word) == 1 && isDigit(rune(word[0])) {
		return int(word[0] - '0'), true
	}
	switch word {
	case "belum", "nol":
		return 0, true
	case "satu", "kesatu", "pertama":
		return 1, true
	case "dua", "kedua":
		return 2, true
	case "tiga", "ketiga":
		return 3, true
	case "empat", "keempat":
		return 4, true
	case "lima", "kelima":
		return 5, true
	case "enam":
		return 6, true
	case "tujuh":
		return 7, true
	case "delapan":
		return 8, true
	case "sembilan":
		return 9, true
	}
	return 0, false
}
