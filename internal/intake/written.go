package intake

import (
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"

	"bangkom/internal/register"
	"bangkom/internal/sheet"
)

// WriteRefused writes the refused rows as a spreadsheet that can be mended and
// imported. why tells the cause of a code in words. The file holds whole NIPs.
func WriteRefused(w io.Writer, r Report, why func(code string) string) error {
	rows := [][]string{append(slices.Clone(r.Headings), "BARIS", "SEBAB")}
	for _, f := range r.Refused {
		rows = append(rows, append(slices.Clone(f.Cells), strconv.Itoa(f.Row), why(strings.ToLower(f.Code))))
	}
	return sheet.Write(w, "Ditolak", rows)
}

// MaxBytes is how large a file may be.
const MaxBytes = sheet.MaxBytes

// WriteSuperiors writes whose superior an import changes as a spreadsheet. Of NIPs
// it holds the last four digits. noOne stands for nobody, waits for what somebody
// else has to approve.
func WriteSuperiors(w io.Writer, list []register.NewSuperior, noOne, waits string) error {
	rows := [][]string{{"NAMA", "NIP BERAKHIRAN", "UNIT KERJA", "ATASAN LAMA", "ATASAN BARU", "KETERANGAN"}}
	for _, s := range list {
		note := ""
		if s.Waits {
			note = waits
		}
		rows = append(rows, []string{s.Name, s.NIP4, s.Unit, cmp.Or(s.Old, noOne), cmp.Or(s.New, noOne), note})
	}
	return sheet.Write(w, "Atasan", rows)
}

// WriteLosses writes whom an import takes out of service and who loses the superior
// as a spreadsheet, each with what happens: the words for both are given.
func WriteLosses(w io.Writer, l register.Losses, left, bereft string) error {
	rows := [][]string{{"NAMA", "NIP BERAKHIRAN", "UNIT KERJA", "YANG TERJADI", "ATASAN SAMPAI SEKARANG"}}
	for _, part := range []struct {
		list []register.Loss
		what string
	}{{l.Left, left}, {l.Bereft, bereft}} {
		for _, one := range part.list {
			rows = append(rows, []string{one.Name, one.NIP4, one.Unit, part.what, one.Superior})
		}
	}
	return sheet.Write(w, "Terdampak", rows)
}
