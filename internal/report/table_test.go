package report

import (
	"bytes"
	"fmt"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

func signList(rows int) Table {
	t := Table{Title: "Daftar hadir", Letter: []string{"PEMERINTAH KABUPATEN TIRTA RAYA", "Badan Kepegawaian Daerah"},
		Head:    []string{"<b>DAFTAR HADIR</b>", "Pengolahan Data, sesi 1, Selasa, 13 April 2027"},
		Columns: []Column{{"No", 12}, {"Nama", 61}, {"NIP", 45}, {"Pangkat/Gol.", 30}, {"Jabatan", 45}, {"Unit Kerja", 45}, {"Tanda Tangan", 35}},
		Empty:   10, Foot: []string{"Tirta Raya,", "Panitia", "Nama:", "NIP:"}, Page: "Halaman"}
	for i := range rows {
		t.Rows = append(t.Rows, []string{fmt.Sprint(i + 1), "Pegawai dengan Nama yang Panjang Sekali sampai Dua Baris", "198703152010011999", "Penata Muda / III.a",
			"Pengelola Layanan Operasional", "Kecamatan Muara Indah", ""})
	}
	return t
}

// Every person has a row, on as many pages as it takes, and no page is left out.
func TestTable(t *testing.T) {
	wide := 0.0
	for _, c := range signList(0).Columns {
		wide += c.Wide
	}
	if wide != TableWide {
		t.Errorf("the columns are %v wide together, want %v", wide, TableWide)
	}
	for rows, pages := range map[int]int{0: 1, 4: 2, 40: 4, 200: 16} {
		var b bytes.Buffer
		if err := WriteTable(&b, signList(rows)); err != nil {
			t.Fatal(err)
		}
		if got := len(regexp.MustCompile(`/Type /Page\b`).FindAll(b.Bytes(), -1)); !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) || got != pages {
			t.Errorf("%d rows on %d pages, want %d", rows, got, pages)
		}
	}
}

// What is shown on a projector is read by another library, from the whole picture.
func TestCodeCardCanBeScanned(t *testing.T) {
	for _, link := range []string{"https://t.me/bangkom_lampung_selatan_bot?start=h-zzzz-417203", "https://t.me/b?start=h-1-000000"} {
		raw, err := CodeCard{Title: strings.Repeat("Pengolahan Data dengan Lembar Kerja ", 3), Subtitle: "Sesi 1", Code: "417 203", Until: "Berlaku sampai pukul 08.50 WIB", QR: link}.PNG()
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
		if err != nil {
			t.Fatal(err)
		}
		got, err := qrcode.NewQRCodeReader().Decode(bitmap, nil)
		if err != nil {
			t.Fatalf("%s: %v", link, err)
		}
		if got.GetText() != link {
			t.Errorf("the code says %q, want %q", got.GetText(), link)
		}
	}
}
