package personnel_test

import (
	"testing"

	"bangkom/internal/personnel"
)

func TestClass(t *testing.T) {
	table := map[string]string{"camat": "ADMINISTRATOR", "kepala puskesmas": "JF_MADYA", "sopir": "PELAKSANA", "lurah": "PENGAWAS"}
	tests := []struct{ title, echelon, kind, want string }{
		// The echelon decides first.
		{"Sekretaris Daerah", "II.a", "", "JPT_PRATAMA"},
		{"Kepala Dinas Pendidikan", "II/b", "Struktural", "JPT_PRATAMA"},
		{"Kepala Badan Kepegawaian Daerah", "II b", "1", "JPT_PRATAMA"},
		{"Asisten Administrasi Umum", "Eselon II.b", "", "JPT_PRATAMA"},
		{"Sekretaris Dinas", "III.a", "", "ADMINISTRATOR"},
		{"Camat Natar", "III.a", "", "ADMINISTRATOR"},
		{"Kepala Bidang Mutasi", "iii.b", "", "ADMINISTRATOR"},
		{"Kepala Bagian Hukum", "31", "", "ADMINISTRATOR"},
		{"Sekretaris Kecamatan", "III-b", "", "ADMINISTRATOR"},
		{"Kepala Subbagian Umum", "IV.a", "", "PENGAWAS"},
		{"Kepala Seksi Pemerintahan", "IV a", "", "PENGAWAS"},
		{"Lurah Way Urang", "IVa", "", "PENGAWAS"},
		{"Kepala Subbagian Tata Usaha", "42", "", "PENGAWAS"},
		{"Plt. Kepala Bidang Anggaran", "III.b", "", "ADMINISTRATOR"},
		// Then the grade at the end of the title.
		{"Dokter Ahli Utama", "", "", "JF_UTAMA"},
		{"Dokter Ahli Madya", "-", "Fungsional", "JF_MADYA"},
		{"Guru Ahli Madya", "", "2", "JF_MADYA"},
		{"Guru Ahli Muda", "", "", "JF_MUDA"},
		{"GURU AHLI MUDA", "", "", "JF_MUDA"},
		{"Analis SDM Aparatur Ahli Muda", "99", "", "JF_MUDA"},
		{"Perencana Ahli Muda", "", "", "JF_MUDA"},
		{"Auditor Ahli Pertama", "", "", "JF_PERTAMA"},
		{"Guru - Ahli Pertama", "", "", "JF_PERTAMA"},
		{"Penyuluh Pertanian Ahli Pertama", "Non Eselon", "", "JF_PERTAMA"},
		{"Pengawas Sekolah Ahli Madya", "", "", "JF_MADYA"},
		{"Apoteker Ahli Muda ", "", "", "JF_MUDA"},
		{"Perawat Penyelia", "", "", "JF_PENYELIA"},
		{"Bidan Penyelia", "", "", "JF_PENYELIA"},
		{"Perawat Mahir", "", "", "JF_MAHIR"},
		{"Bidan Mahir", "", "", "JF_MAHIR"},
		{"Perawat Terampil", "", "", "JF_TERAMPIL"},
		{"Pranata Komputer Terampil", "", "", "JF_TERAMPIL"},
		{"Arsiparis Terampil", "", "", "JF_TERAMPIL"},
		{"Sanitarian Terampil", "", "", "JF_TERAMPIL"},
		{"Penyuluh Keluarga Berencana Terampil", "", "", "JF_TERAMPIL"},
		{"Polisi Pamong Praja Pemula", "", "", "JF_PEMULA"},
		{"Plt. Perencana Ahli Muda", "", "", "JF_MUDA"},
		{"Plh Analis Kebijakan Ahli Madya", "", "", "JF_MADYA"},
		// Titles of before 2019 leave "Ahli" out.
		{"Guru Madya", "", "Fungsional", "JF_MADYA"},
		{"Guru Muda", "", "Jabatan Fungsional", "JF_MUDA"},
		{"Guru Pertama", "", "JFT", "JF_PERTAMA"},
		{"Guru Madya", "", "", ""},
		{"Penyuluh Generasi Muda", "", "Pelaksana", "PELAKSANA"},
		{"Sekretaris Utama", "", "Fungsional", ""},
		// Then the agency's table.
		{"Camat", "", "", "ADMINISTRATOR"},
		{"CAMAT.", "", "Struktural", "ADMINISTRATOR"},
		{"Plt. Camat", "", "", "ADMINISTRATOR"},
		{"Pelaksana Tugas Camat", "", "", "ADMINISTRATOR"},
		{"Kepala  Puskesmas", "", "Fungsional", "JF_MADYA"},
		{"Sopir", "", "", "PELAKSANA"},
		{"Lurah", "", "", "PENGAWAS"},
		// Then the kind.
		{"Pengelola Layanan Operasional", "", "Pelaksana", "PELAKSANA"},
		{"Pengadministrasi Perkantoran", "", "4", "PELAKSANA"},
		{"Operator Layanan", "", "Fungsional Umum", "PELAKSANA"},
		{"Penata Layanan Operasional", "", "JFU", "PELAKSANA"},
		{"Penelaah Teknis Kebijakan", "", "Jabatan Pelaksana", "PELAKSANA"},
		{"Bendahara", "-", "pelaksana", "PELAKSANA"},
		{"Juru Mudi", "", "Jabatan Fungsional Umum", "PELAKSANA"},
		// Nothing tells.
		{"Petugas Khusus", "", "", ""},
		{"Kepala Sekolah", "", "Fungsional", ""},
		{"Staf", "", "Struktural", ""},
		{"Direktur RSUD", "V.a", "", ""},
		{"", "", "", ""},
		{"Plt.", "", "", ""},
	}
	for _, tt := range tests {
		p := personnel.Position{Title: tt.title, Echelon: tt.echelon, Kind: tt.kind}
		if got := p.Class(table); got != tt.want {
			t.Errorf("Class(%+v) = %q, want %q", p, got, tt.want)
		}
	}
	if len(tests) < 60 {
		t.Errorf("%d titles, want at least 60", len(tests))
	}
}

func TestActing(t *testing.T) {
	for title, want := range map[string]bool{"Plt. Camat": true, "PLH Kepala Dinas": true, "Plt Camat": true, "Pj. Sekda": true,
		"Pelaksana Tugas Camat": true, "Pelaksana Harian Kabid": true, "Pelaksana": false, "Camat": false, "": false, "Pltu": false} {
		if got := personnel.Acting(title); got != want {
			t.Errorf("Acting(%q) = %t, want %t", title, got, want)
		}
	}
}
