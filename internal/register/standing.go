package register

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"bangkom/internal/sheet"
)

// gone are the words that say that somebody is out of service, wherever they
// stand in KEDUDUKAN or KET. A phrase is its words in this order.
func gone() [][]string {
	var out [][]string
	for _, phrase := range []string{"pensiun", "pensiunan", "meninggal", "wafat", "almarhum", "almarhumah", "alm", "almh", "ptdh",
		"berhenti", "diberhentikan", "pemberhentian", "mengundurkan diri", "nonaktif", "non aktif", "tidak aktif", "mencapai bup",
		"mutasi keluar", "pindah keluar", "pindah instansi", "pindah antar instansi", "perpindahan antar instansi", "pembatalan nip"} {
		out = append(out, strings.Fields(phrase))
	}
	return out
}

// stays are words beside which the ones above mean something else: a suspension,
// a plan, or the death of a relative.
func stays() []string {
	return strings.Fields("sementara akan menjelang persiapan mpp belum batal bukan cuti istri suami anak ayah ibu bapak orang mertua")
}

// whole are standings that say so only when nothing else is written.
func whole() []string { return []string{"pindah", "bup"} }

var yearInText = regexp.MustCompile(`\b20\d{2}\b`)

var dayInText = regexp.MustCompile(`\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{4}-\d{1,2}-\d{1,2}|\d{1,2} \p{L}{3,9} \d{4}`)

// inactive tells whether a standing (kedudukan hukum) or remark (keterangan)
// says that somebody is not in service any more on the civil date today.
func inactive(standing string, today time.Time) bool {
	lower := strings.ToLower(squeeze(standing))
	words := strings.FieldsFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if slices.Contains(whole(), strings.Join(words, " ")) {
		return true
	}
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(stays(), w) }) {
		return false
	}
	for _, year := range yearInText.FindAllString(lower, -1) {
		if n, err := strconv.Atoi(year); err == nil && n > today.Year() {
			return false
		}
	}
	for _, day := range dayInText.FindAllString(lower, -1) {
		if d, ok := date(sheet.Cell{Text: day}); ok && d.After(today) { // told in advance
			return false
		}
	}
	for _, phrase := range gone() {
		for i := range words {
			if slices.Equal(words[i:min(len(words), i+len(phrase))], phrase) {
				return true
			}
		}
	}
	return false
}
