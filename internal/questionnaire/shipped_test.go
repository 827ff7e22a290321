package questionnaire

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func byCode(t *testing.T) map[string]Definition {
	t.Helper()
	ds, err := Shipped()
	if err != nil {
		t.Fatalf("Shipped() = %v", err)
	}
	m := make(map[string]Definition)
	for _, d := range ds {
		m[d.Code] = d
	}
	if len(ds) != 7 || len(m) != 7 {
		t.Fatalf("Shipped() has %d questionnaires with %d codes, want 7", len(ds), len(m))
	}
	return m
}

// TestShippedStatements compares every statement with a second copy that was
// not typed in: testdata/statements.tsv (code, level, text).
func TestShippedStatements(t *testing.T) {
	f, err := os.Open("testdata/statements.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := map[string][]string{}
	for s := bufio.NewScanner(f); s.Scan(); {
		code, rest, _ := strings.Cut(s.Text(), "\t")
		_, text, _ := strings.Cut(rest, "\t")
		want[code] = append(want[code], text)
	}
	got, gotSupervisor, wantSupervisor := map[string][]string{}, map[string][]string{}, map[string][]string{}
	for _, d := range byCode(t) {
		for _, i := range d.Items {
			if i.Type == Level && (d.Kind == SelfAssessment || d.Kind == SelfAssessmentTechnical) {
				got[i.Code], gotSupervisor[i.Code] = i.Levels, i.SupervisorLevels
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements differ (-want +got):\n%s", diff)
	}
	// The supervisor's statement has no subject and "-nya" for "saya".
	own := regexp.MustCompile(` saya\b`)
	for code, texts := range want {
		for _, text := range texts {
			text = own.ReplaceAllString(strings.TrimPrefix(text, "Saya "), "nya")
			wantSupervisor[code] = append(wantSupervisor[code], strings.ToUpper(text[:1])+text[1:])
		}
	}
	if diff := cmp.Diff(wantSupervisor, gotSupervisor); diff != "" {
		t.Errorf("supervisor statements differ (-want +got):\n%s", diff)
	}
	if len(want) != 17 {
		t.Errorf("testdata has %d competencies, want 17", len(want))
	}
}

func TestShippedOrderAndTitles(t *testing.T) {
	type row struct {
		Code, Title string
		Optional    bool
	}
	want := map[string][]row{
		"penilaian-mandiri": {
			{"M.04", "Orientasi pada Hasil", false}, {"M.02", "Kerja Sama", false}, {"M.03", "Komunikasi", false},
			{"M.05", "Pelayanan Publik", false}, {"M.06", "Pengembangan Diri dan Orang Lain", false},
			{"M.07", "Mengelola Perubahan", false}, {"M.08", "Pengambilan Keputusan", false},
			{"SK.01", "Perekat Bangsa", false}, {"M.01", "Integritas", false},
		},
		"penilaian-teknis": {
			{"T.LD", "Literasi Digital & Keamanan Informasi", true}, {"T.PD", "Pengelolaan Data & Pelaporan", true},
			{"T.MP", "Manajemen Proyek/Kegiatan", true}, {"T.PZ", "Pelayanan Perizinan", true},
			{"T.BJ", "Pengadaan Barang/Jasa", true}, {"T.KD", "Pengelolaan Keuangan Daerah", true},
			{"T.AR", "Kearsipan & Tata Naskah Digital", true}, {"T.PG", "Penanganan Pengaduan Masyarakat", true},
		},
		"minat-belajar": {{"MINAT", "Minat Belajar", true}, {"MINAT.LAIN", "Minat Lainnya", true}},
		"evaluasi-pelatihan": {
			{"R1", "Materi", false}, {"R2", "Pengajar", false}, {"R3", "Praktik dan diskusi", false}, {"R4", "Panitia", false},
			{"K1", "Kemampuan sebelum pelatihan", false}, {"K2", "Kemampuan sekarang", false}, {"S", "Saran", true},
		},
		"penerapan-pelatihan": {{"K", "Kemampuan", false}, {"F", "Seberapa sering dipakai", false}, {"H", "Yang paling diperlukan", false}, {"S", "Catatan", true}},
		"kesiapan-perubahan": {
			{"C1", "Alasan perubahan", false}, {"C2", "Ketepatan", false}, {"C3", "Manfaat", false}, {"C4", "Dukungan pimpinan", false},
			{"C5", "Langkah yang diketahui", false}, {"C6", "Kemampuan", false}, {"C7", "Penghargaan", false}, {"C8", "Menambah beban", false},
		},
		"penerapan-atasan": {{"A", "Kemampuan", false}, {"T", "Tugas diberikan", false}},
	}
	got := map[string][]row{}
	for code, d := range byCode(t) {
		for _, i := range d.Items {
			got[code] = append(got[code], row{i.Code, i.Title, i.Optional})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items differ (-want +got):\n%s", diff)
	}
}

func TestShippedWording(t *testing.T) {
	ds := byCode(t)
	self := ds["penilaian-mandiri"]
	for _, code := range []string{"penilaian-mandiri", "penilaian-teknis"} {
		d := ds[code]
		if !d.Review || d.Minutes != 3 || !strings.HasPrefix(d.Intro, "Ini bukan ujian dan bukan Sasaran Kinerja Pegawai. ") {
			t.Errorf("%s: review %v, minutes %d, intro %q", code, d.Review, d.Minutes, d.Intro)
		}
		for _, i := range d.Items {
			got := []string{Address(i.Prompt, "Bapak"), i.Zero, i.SupervisorZero}
			want := []string{
				"Pilih satu pernyataan yang paling menggambarkan Bapak dalam enam bulan terakhir.",
				"Saya masih memerlukan bimbingan untuk pernyataan 1.",
				"Masih memerlukan bimbingan untuk pernyataan 1.",
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", i.Code, diff)
			}
		}
	}
	if self.Title != "Penilaian Mandiri Kompetensi" {
		t.Errorf("title = %q", self.Title)
	}
	interest := ds["minat-belajar"]
	if interest.Review {
		t.Error("minat-belajar has a review card, want none")
	}
	item := interest.Items[0]
	var labels []string
	for _, c := range item.Fitting("pelaksana").Choices {
		labels = append(labels, c.Label)
	}
	if diff := cmp.Diff([]string{"Aplikasi perkantoran", "Kearsipan digital", "Pelayanan publik", "Lainnya"}, labels); diff != "" {
		t.Errorf("minat-belajar of a pelaksana (-want +got):\n%s", diff)
	}
	if got := interest.Applicable(Answers{"MINAT": "lainnya"}); len(got) != 2 {
		t.Errorf("after Lainnya %d items are asked, want 2", len(got))
	}
	if got := interest.Applicable(Answers{"MINAT": "memimpin_tim"}); len(got) != 1 {
		t.Errorf("after another choice %d items are asked, want 1", len(got))
	}
}

// TestShippedVersionsAreLocked fails when a text or the form of the hash
// changes. Once a version was released the answer is a new version, not a new
// hash here.
func TestShippedVersionsAreLocked(t *testing.T) {
	want := map[string]string{
		"penilaian-mandiri":   "6a87ed55a485c67e0758d617797c7ec0029afe681db863007193155a0947fc30",
		"penilaian-teknis":    "ba86a6c5e54dda07e1cbc3d9786273c2cfbd7679b47418e9ca9b34d5ee8770c5",
		"evaluasi-pelatihan":  "d914c8408daff004f1d41ceb69fe4b0768e53ec2fd47b2d0abfc0a71a1fb21f4",
		"penerapan-pelatihan": "dfaec80df440204515b017a9ad451269a9a0bafff301eab4b5cad7cbf057ffa5",
		"penerapan-atasan":    "8d5aa44af0fb3c4f0507aa82a55e4daec2422d7005609dcf1312a442b9bda9b7",
		"kesiapan-perubahan":  "6f02a0ccbd3cf86a0c68c36660bf4e7360bd5aa86e79f71f306ff1f6c50c2e5e",
		"minat-belajar":       "f5ffd9d9c192ac86a3de243123ae70ae47fcc2a85adb21a2664f3708212f5a4a",
	}
	got := map[string]string{}
	for code, d := range byCode(t) {
		h, err := d.Hash()
		if err != nil {
			t.Fatal(err)
		}
		got[code] = h
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back Definition
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d, back); diff != "" {
			t.Errorf("%s after JSON (-want +got):\n%s", code, diff)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hashes (-want +got):\n%s", diff)
	}
}
