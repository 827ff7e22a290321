package personnel

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestDisplayName(t *testing.T) {
	tests := []struct{ name, want string }{
		{"SUYATNO", "Suyatno"},
		{"SUYATNO, S.Sos., M.M.", "Suyatno"},
		{"dr. RATNA DEWI, Sp.A", "Ratna Dewi"},
		{"H. AHMAD", "Ahmad"},
		{"H AHMAD FAUZI", "Ahmad Fauzi"},
		{"Drs. M. YUSUF", "M. Yusuf"},
		{"Drs.H.M.YUSUF,M.Pd", "M. Yusuf"},
		{"Dr. Ir. H. BUDI SANTOSO, M.Si., Ph.D.", "Budi Santoso"},
		{"Dra. Hj. SITI AMINAH", "Siti Aminah"},
		{"Prof. Dr. WIBOWO", "Wibowo"},
		{"SITI AMINAH S.Pd.", "Siti Aminah"},
		{"SITI AMINAH S.Pd.I M.Pd", "Siti Aminah"},
		{"SITI AMINAH A.Md.Keb", "Siti Aminah"},
		{"BUDI SE MM", "Budi"},
		{"Bdn. SRI WAHYUNI, S.Tr.Keb", "Sri Wahyuni"},
		{"apt. LINA, S.Farm", "Lina"},
		{"Ir., BUDI", "Budi"},
		{"MA'RUF AMIN", "Ma'ruf Amin"},
		{"NUR’AINI", "Nur'aini"},
		{"A'AN", "A'an"},
		{"'AISYAH", "'Aisyah"},
		{"ABDUL-RAHMAN", "Abdul-Rahman"},
		{"I GUSTI NGURAH RAI", "I Gusti Ngurah Rai"},
		{"AHMAD BIN ALI", "Ahmad bin Ali"},
		{"SITI BINTI UMAR", "Siti binti Umar"},
		{"BINTI", "Binti"},
		{"RADEN MAS SAID II", "Raden Mas Said II"},
		{"A.R. HAKIM", "A. R. Hakim"},
		{"HAKIM A.R.", "Hakim A. R."},
		{"ahmad m.yusuf", "Ahmad M. Yusuf"},
		{"MUH. ALI", "Muh. Ali"},
		{"  RATNA \u00a0 DEWI\u200b ", "Ratna Dewi"},
		{"ÉMILE", "Émile"},
		{"IRA HERAWATI", "Ira Herawati"},
		{"DRAJAT", "Drajat"},
		{"Ratna Dewi", "Ratna Dewi"},
		{"Nur'aini O'Uji, S.Pd.", "Nur'aini O'Uji"},
		{"Drs. Robert McDonald", "Robert McDonald"},
		{"ROBERT MCDONALD", "Robert Mcdonald"},
		{"Drs.", "Drs."},
		{"", ""},
		{", S.Sos", ", S.Sos"},
	}
	for _, tt := range tests {
		if got := DisplayName(tt.name); got != tt.want {
			t.Errorf("DisplayName(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMaskedName(t *testing.T) {
	for name, want := range map[string]string{
		"Suyatno": "S••••••", "SUYATNO, S.Sos.": "S••••••", "dr. RATNA DEWI, Sp.A": "R•••• D•••",
		"M. YUSUF": "M• Y••••", "A'AN": "A•••", "ÉMILE": "É••••", "": "",
	} {
		if got := MaskedName(name); got != want {
			t.Errorf("MaskedName(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestAddress(t *testing.T) {
	for sex, want := range map[Sex]string{Male: "Bapak Suyatno", Female: "Ibu Suyatno", SexUnknown: "Bapak/Ibu Suyatno", "x": "Bapak/Ibu Suyatno"} {
		if got := (Employee{Name: "SUYATNO, S.Sos.", Sex: sex}).Address(); got != want {
			t.Errorf("Address() of sex %q = %q, want %q", sex, got, want)
		}
	}
}

// TestNameProperties promises that showing a shown name changes nothing, that
// a name never vanishes, and that the mask keeps the length.
func TestNameProperties(t *testing.T) {
	word := rapid.OneOf(
		rapid.SampledFrom([]string{"H.", "Drs.", "dr.", "SITI", "M.", "S.Pd", "M.M.", "bin", "II", "A'AN", "M.YUSUF", ",", "Ir"}),
		rapid.StringMatching(`[A-Za-z'.,-]{1,8}`), rapid.StringN(1, 4, -1),
	)
	rapid.Check(t, func(t *rapid.T) {
		name := ""
		for _, w := range rapid.SliceOfN(word, 0, 5).Draw(t, "words") {
			name += w + " "
		}
		shown := DisplayName(name)
		if again := DisplayName(shown); again != shown {
			t.Fatalf("DisplayName(%q) = %q, shown again %q", name, shown, again)
		}
		if utf8.RuneCountInString(MaskedName(name)) != utf8.RuneCountInString(shown) {
			t.Fatalf("MaskedName(%q) = %q, shown is %q", name, MaskedName(name), shown)
		}
	})
}
