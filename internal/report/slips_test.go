package report

import (
	"bytes"
	"fmt"
	"image/png"
	"regexp"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

const link = "https://t.me/bangkom_lampung_selatan_bot?start=7K2MQ9TX4HBD"

// What is printed cannot be corrected any more, so another library reads it.
func TestQRCodeCanBeRead(t *testing.T) {
	for _, want := range []string{link, "x", "https://t.me/b?start=000000000000"} {
		body, err := qrPNG(want)
		if err != nil {
			t.Fatal(err)
		}
		small, err := png.Decode(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		bitmap, err := gozxing.NewBinaryBitmapFromImage(small)
		if err != nil {
			t.Fatal(err)
		}
		got, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if got.GetText() != want {
			t.Errorf("the code says %q, want %q", got.GetText(), want)
		}
	}
}

func slipsOf(n int) []Slip {
	out := make([]Slip, n)
	for i := range out {
		out[i] = Slip{QR: link, Lines: []string{"Pemerintah Kabupaten Tirta Raya", "<b>Bangkom</b>, layanan",
			fmt.Sprintf("Untuk: <b>Pegawai %d</b>, NIP berakhiran 1999, Kecamatan Muara Indah", i)}}
	}
	return out
}

func TestSlips(t *testing.T) {
	for n, pages := range map[int]int{0: 1, 1: 1, 3: 1, 4: 2, 7: 3} {
		var b bytes.Buffer
		if err := WriteSlips(&b, "Lembar undangan", slipsOf(n)); err != nil {
			t.Fatal(err)
		}
		if got := len(regexp.MustCompile(`/Type /Page\b`).FindAll(b.Bytes(), -1)); !bytes.HasPrefix(b.Bytes(), []byte("%PDF-")) || got != pages {
			t.Errorf("%d slips on %d pages, want %d", n, got, pages)
		}
	}
	if _, err := qrPNG(string(bytes.Repeat([]byte("x"), 5000))); err == nil {
		t.Error("a code that holds too much was drawn")
	}
}

func BenchmarkSlips10000(b *testing.B) {
	for b.Loop() {
		var out bytes.Buffer
		if err := WriteSlips(&out, "Lembar undangan", slipsOf(10_000)); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.Len())/1e6, "MB")
	}
}

// A long questionnaire goes over several pages, and an empty one has a page.
func TestForm(t *testing.T) {
	question := PaperQuestion{Title: "Komunikasi", Prompt: "Pilih satu.", Options: []string{"1  Saya menyimak.", "2  Saya menjelaskan.", "Belum  Belum."}}
	for n, pages := range map[int]int{0: 1, 1: 1, 30: 3} {
		f := PaperForm{Title: "Penilaian", Head: []string{"<b>Penilaian</b>"}, Foot: "Bantuan"}
		for range n {
			f.Questions = append(f.Questions, question, PaperQuestion{Title: "Saran"})
		}
		var b bytes.Buffer
		if err := WriteForm(&b, f); err != nil {
			t.Fatal(err)
		}
		if got := len(regexp.MustCompile(`/Type /Page\b`).FindAll(b.Bytes(), -1)); got < pages || n <= 1 && got != pages {
			t.Errorf("%d questions on %d pages, want %d", n, got, pages)
		}
	}
}
