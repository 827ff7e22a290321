package register_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/sheet"
)

var today = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

func read(t *testing.T, body string) (register.Register, error) {
	t.Helper()
	tables, err := sheet.Open(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	return register.Read(tables[0].Rows(), register.Agency{Today: today, Titles: map[string]string{"camat": "ADMINISTRATOR"}, Country: personnel.Indonesia})
}

// summary writes a register as short lines.
func summary(r register.Register) []string {
	var out []string
	for _, p := range r.People {
		boss := ""
		if p.Supervisor != (personnel.NIP{}) {
			boss = p.Supervisor.Last4()
		}
		out = append(out, fmt.Sprintf("%d %s %s|%s|%s|%s|%s|%s", p.Row, p.NIP.Last4(), p.Name, p.Class, p.UnitKey, p.Parent, p.Phone, boss))
	}
	for _, f := range r.Refused {
		out = append(out, fmt.Sprintf("%d %s", f.Row, f.Code))
	}
	return append(out, fmt.Sprintf("inactive %d, repeated %d", r.Inactive, r.Repeated))
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"titles above, a total below", `DAFTAR PEGAWAI NEGERI SIPIL
KABUPATEN TIRTA RAYA

NO;NAMA;NIP;JABATAN;ESELON;UNIT KERJA;NO HP
1;BUDI SANTOSO, S.Sos.;198703152010011999;Kepala Seksi;IV.a;Kec. Natar;0812-3456-7890
2;Ani;199211082019032998;Guru Ahli Muda;-;SMPN 1;81234567890

;JUMLAH;;;;;2
`, []string{"5 1999 BUDI SANTOSO, S.Sos.|PENGAWAS|kecamatan natar||+6281234567890|",
			"6 2998 Ani|JF_MUDA|smpn 1||+6281234567890|", "inactive 0, repeated 0"}},
		{"the export of SIASN", `PNS ID,NIP BARU,NIP LAMA,NIK,NAMA,GELAR DEPAN,GELAR BELAKANG,AGAMA ID,KEDUDUKAN HUKUM ID,JENIS JABATAN ID,JABATAN NAMA,UNOR NAMA,UNOR INDUK,NOMOR HP
x,199004272023212997,,123,SITI,dr.,Sp.A,1,Aktif,4,Operator Layanan,Puskesmas,Dinas Kesehatan,+62 812 0000 0001
x,198703152010011999,,123,TONO,,,1,Pensiun,4,Operator Layanan,Puskesmas,Dinas Kesehatan,
`, []string{"2 2997 dr. SITI, Sp.A|PELAKSANA|puskesmas|Dinas Kesehatan|+6281200000001|", "inactive 1, repeated 0"}},
		{"damaged numbers", `NIP;NAMA;JABATAN;UNIT KERJA
1.98703E+17;a;Camat;u
198703152010011000;b;Camat;u
19870315201001199;c;Camat;u
198713152010011999;d;Camat;u
199211082019152998;e;Camat;u
198703152010013999;f;Camat;u
1987O3152010011999;g;Camat;u
="198703152010011999";h;Camat;u
'199211082019032998;i;Camat;u
1990 0427 202321 2 997;j;Camat;u
`, []string{"9 1999 h|ADMINISTRATOR|u|||", "10 2998 i|ADMINISTRATOR|u|||", "11 2997 j|ADMINISTRATOR|u|||",
			"2 NIP_SCI", "3 NIP_SERIAL", "4 NIP_LEN", "5 NIP_BIRTH", "6 NIP_MONTH", "7 NIP_SEX", "8 NIP_CHAR", "inactive 0, repeated 0"}},
		{"one person twice", `NIP;NAMA;JABATAN;UNIT KERJA
198703152010011999;Budi;Kasi;Natar
198703152010011999;Budi;Plt. Camat;Kalianda
199211082019032998;Ani;Plh. Camat;Natar
199211082019032998;Ani;Guru Ahli Muda;SMP
199004272023212997;Siti;Lama;A
199004272023212997;Siti;Baru;B
`, []string{"2 1999 Budi||natar|||", "5 2998 Ani|JF_MUDA|smp|||", "7 2997 Siti||b|||", "inactive 0, repeated 3"}},
		{"a heading of two rows", `NO;NAMA;NIP;JABATAN;;UNIT KERJA
;;;NAMA JABATAN;ESELON;
1;Budi;198703152010011999;Kabid;III.b;Dinas
`, []string{"3 1999 Budi|ADMINISTRATOR|dinas|||", "inactive 0, repeated 0"}},
		{"the heading again in the middle", `NIP;NAMA;JABATAN;UNIT KERJA
198703152010011999;Budi;Camat;u
NIP;NAMA;JABATAN;UNIT KERJA
199211082019032998;Ani;Camat;u
`, []string{"2 1999 Budi|ADMINISTRATOR|u|||", "4 2998 Ani|ADMINISTRATOR|u|||", "3 NIP_CHAR", "inactive 0, repeated 0"}},
		{"missing cells", `NIP;NAMA;JABATAN;UNIT KERJA;NIP ATASAN
198703152010011999;;Camat;u;
199211082019032998;Ani;Camat;-;
199004272023212997;Siti;;u;198703152010011999
`, []string{"4 2997 Siti||u|||1999", "2 NAME_EMPTY", "3 UNIT_EMPTY", "inactive 0, repeated 0"}},
		{"synonyms and a row that numbers the columns", `NO;NIP BARU;NAMA LENGKAP;JABATAN TERAKHIR;UNIT KERJA;PERANGKAT DAERAH;NO. TELP
(1);(2);(3);(4);(5);(6);(7)
1;198703152010011999;Budi;Perawat Terampil;Puskesmas Natar;Dinas Kesehatan;081234567890
`, []string{"3 1999 Budi|JF_TERAMPIL|puskesmas natar|Dinas Kesehatan|+6281234567890|", "inactive 0, repeated 0"}},
		{"numbers below a heading of two rows", `NIP;NAMA;JABATAN;;UNIT KERJA
;;NAMA JABATAN;ESELON;
1;2;3;4;5
198703152010011999;Budi;Camat;;Kec. Natar
`, []string{"4 1999 Budi|ADMINISTRATOR|kecamatan natar|||", "inactive 0, repeated 0"}},
		{"nobody", "NIP;NAMA;JABATAN;UNIT KERJA\n", []string{"inactive 0, repeated 0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := read(t, tt.body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, summary(got)); diff != "" {
				t.Errorf("register (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRefusesTables(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		want       error
	}{
		{"no heading", "a;b;c\n1;2;3\n", register.ErrNoHeader},
		{"no NIP", "NO;NAMA;JABATAN;UNIT KERJA\n1;a;b;c\n", register.ErrNoNIP},
		{"no name", "NIP;JABATAN;UNIT KERJA\n1;a;b\n", register.ErrNoColumn},
		{"an empty sheet", "\n\n", register.ErrNoHeader},
	} {
		if _, err := read(t, tt.body); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// Every row with anything in the NIP column is counted exactly once.
func TestEveryRowIsCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nips := []string{"198703152010011999", "199211082019032998", "199004272023212997", "1.9E+17", "x", "", "198703152010011000", "123"}
		var b strings.Builder
		b.WriteString("NIP;NAMA;JABATAN;UNIT KERJA;KET\n")
		want := 0
		for range rapid.IntRange(0, 60).Draw(t, "rows") {
			nip := rapid.SampledFrom(nips).Draw(t, "nip")
			if nip != "" {
				want++
			}
			fmt.Fprintf(&b, "%s;%s;%s;%s;%s\n", nip, rapid.SampledFrom([]string{"A", ""}).Draw(t, "name"),
				rapid.SampledFrom([]string{"Camat", "Plt. Camat", ""}).Draw(t, "title"),
				rapid.SampledFrom([]string{"U", "", "-"}).Draw(t, "unit"), rapid.SampledFrom([]string{"", "Pensiun", "Aktif"}).Draw(t, "ket"))
		}
		body := b.String()
		tables, err := sheet.Open(strings.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		r, err := register.Read(tables[0].Rows(), register.Agency{Today: today, Country: personnel.Indonesia})
		if err != nil {
			t.Fatal(err)
		}
		if got := len(r.People) + len(r.Refused) + r.Inactive + r.Repeated; got != want {
			t.Errorf("accepted %d + refused %d + inactive %d + repeated %d = %d, want %d of\n%s",
				len(r.People), len(r.Refused), r.Inactive, r.Repeated, got, want, body)
		}
	})
}

func TestUnitKey(t *testing.T) {
	for _, names := range [][]string{{"Kec. Natar", "KECAMATAN NATAR", "kec natar", " Kecamatan  Natar "}, {"Dis. Kesehatan", "Dinas Kesehatan"}} {
		for _, name := range names[1:] {
			if register.UnitKey(name) != register.UnitKey(names[0]) {
				t.Errorf("%q and %q have the keys %q and %q, want one", names[0], name, register.UnitKey(names[0]), register.UnitKey(name))
			}
		}
	}
}

// What comes back for mending holds the columns that are read and no other,
// and is read again once it is mended; so is the template.
func TestRefusedRowsComeBack(t *testing.T) {
	r, err := read(t, `NO;NIP BARU;NIK;NAMA LENGKAP;AGAMA ID;JABATAN NAMA;UNOR NAMA
1;19870315201001199;3601;Budi;1;Camat;Natar
`)
	if err != nil || len(r.Refused) != 1 {
		t.Fatal(r.Refused, err)
	}
	if diff := cmp.Diff([]string{"NIP", "NAMA", "JABATAN", "UNIT KERJA"}, r.Headings); diff != "" {
		t.Errorf("headings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"19870315201001199", "Budi", "Camat", "Natar"}, r.Refused[0].Cells); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	mended := slices.Clone(r.Refused[0].Cells)
	mended[0] = "198703152010011999"
	for _, head := range [][]string{r.Headings, register.Template()} {
		again, err := read(t, strings.Join(head, ";")+"\n"+strings.Join(mended, ";")+"\n")
		if err != nil || len(again.People)+len(again.Refused) != 1 {
			t.Errorf("heading %q: %+v, %v, want one row", head, again, err)
		}
	}
}
