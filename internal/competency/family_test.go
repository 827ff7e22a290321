package competency_test

import (
	"testing"

	"bangkom/internal/competency"
)

func TestFamilyOf(t *testing.T) {
	for _, tt := range []struct{ class, title, want string }{
		{"PENGAWAS", "Kepala Seksi Pelayanan", competency.FamilyLeader},
		{"JPT_PRATAMA", "Kepala Dinas", competency.FamilyLeader},
		{"JF_MUDA", "Guru Ahli Muda", competency.FamilyTeacher},
		{"PELAKSANA", "Guru Kelas", competency.FamilyTeacher},
		{"JF_TERAMPIL", "Perawat Terampil", competency.FamilyHealth},
		{"JF_MUDA", "Analis Kebijakan Ahli Muda", competency.FamilyFunctional},
		{"PELAKSANA", "Pengelola Layanan", competency.FamilyStaff},
		{"", "Petugas Khusus", competency.FamilyStaff},
	} {
		if got := competency.FamilyOf(tt.class, tt.title); got != tt.want {
			t.Errorf("%s, %s: %s, want %s", tt.class, tt.title, got, tt.want)
		}
	}
}
