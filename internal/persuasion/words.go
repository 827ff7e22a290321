package persuasion

import (
	"regexp"
	"strings"

	"bangkom/internal/text"
)

// Limits of a sentence that the personnel office writes, in characters.
const (
	MinWritten = 15
	MaxWritten = 200
)

// Sentence is what a pattern says to somebody, as HTML; "" for no pattern.
func Sentence(cat *text.Catalogue, p Pattern, f Facts, w Words) string {
	left := max(f.Items-f.Done, 0)
	args := text.Args{"sapaan": f.Salutation, "unit": f.Unit, "isi": w.Written[p], "persen": 10 * f.normTenths(),
		"menit": minutes(f, left), "menit_langkah": minutes(f, smallStep), "terisi": f.Done, "jumlah": f.Items, "sisa": left}
	switch p {
	case "":
		return ""
	case Reason:
		if w.Written[p] == "" {
			return cat.T("persuade.why", args)
		}
	case Service:
		for i, name := range []string{"a", "b"} {
			s := f.Surveys[i]
			year, letter, n := s.Period.Parts()
			args[name], args["periode_"+name] = s.Index.Points(), cat.Period(year, letter, n)
		}
	}
	return cat.T(p.Traits().Says, args)
}

// minutes is about how long some of the questions take.
func minutes(f Facts, questions int) int {
	if f.Items == 0 {
		return max(f.Minutes, 1)
	}
	return max((f.Minutes*questions+f.Items-1)/f.Items, 1)
}

// pressing are words that threaten, rank or shame, or give an order. What the personnel office
// writes is refused with one of them.
var pressing = regexp.MustCompile(`(?i)\b(sanksi|hukum\w*|dihukum|teguran|ditegur|wajib|harus|segera|terlambat|malas|memalukan|malu|terendah|terburuk|peringkat|ranking|rangking|tertinggal|potong\w*|dipotong|penundaan|ancam\w*|pelanggaran|indisipliner)\b`)

// Pressing returns the first word of a sentence that threatens, ranks or shames, as it stands
// there; "" = there is none. It is a reminder for who writes, not a proof: the second reader is
// whoever looks at the preview.
func Pressing(written string) string { return strings.ToLower(pressing.FindString(written)) }
