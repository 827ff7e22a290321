package register

import "testing"

func TestGrade(t *testing.T) {
	for _, tt := range []struct{ rank, group, want string }{
		{"Penata  Muda Tk. I", "III/b", "Penata Muda Tk. I (III/b)"}, {"", "III/b", "III/b"}, {"Pembina", "-", "Pembina"}, {"-", "", ""},
		{"Penata (III/c)", "III/c", "Penata (III/c)"}, {"", "IX", "IX"},
	} {
		if got := grade(tt.rank, tt.group); got != tt.want {
			t.Errorf("grade(%q, %q) = %q, want %q", tt.rank, tt.group, got, tt.want)
		}
	}
}
