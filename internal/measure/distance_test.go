package measure

import "testing"

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"asesmen", "asesmen", 0}, {"asesmn", "asesmen", 1}, {"assesmen", "asesmen", 1}, {"tm", "tim", 1}, {"privacy", "privasi", 2}, {"", "tim", 3}, {"kelola", "tim", 6}, {"tugsa", "tugas", 2}} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
		if got := Distance(c.b, c.a); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.b, c.a, got, c.want)
		}
	}
}
