package disclosure

import "testing"

func TestJoinMeans(t *testing.T) {
	mean := func(n, tenths int) ShownMean { return ShownMean{n, Mean{Tenths: tenths}} }
	low := func(n int) ShownMean { return ShownMean{n, Mean{Low: true}} }
	tests := []struct {
		groups []ShownMean
		want   Joint
	}{
		{nil, Joint{}},
		{[]ShownMean{mean(5, 35), mean(5, 30)}, Joint{10, 32, 32}},                 // 3.25, by 0.2
		{[]ShownMean{mean(5, 35), mean(20, 30)}, Joint{25, 31, 31}},                // weighed
		{[]ShownMean{low(5), low(20)}, Joint{25, 10, 20}},                          // low
		{[]ShownMean{low(10), mean(10, 40)}, Joint{20, 25, 30}},                    // between
		{[]ShownMean{low(18), mean(5, 40)}, Joint{23, 17, 24}},                     // from below 2
		{[]ShownMean{mean(30, 40), mean(30, 40), mean(30, 40)}, Joint{90, 40, 40}}, // the best
	}
	for _, tt := range tests {
		if got := JoinMeans(tt.groups); got != tt.want {
			t.Errorf("JoinMeans(%+v) = %+v, want %+v", tt.groups, got, tt.want)
		}
	}
	if !(Joint{25, 10, 20}).Low() || (Joint{23, 17, 24}).Low() || (Joint{25, 20, 20}).Low() {
		t.Error("Low tells a mean that may be 2 from one that is below it wrongly")
	}
}

// What is said of groups together is true whatever was rounded away.
func TestJoinShares(t *testing.T) {
	for n := AtomPersons; n <= 12; n++ {
		for m := AtomPersons; m <= 30; m += 5 {
			for a := range n + 1 {
				for b := range m + 1 {
					j := JoinShares([]ShownShare{{n, RoundShare(a, n)}, {m, RoundShare(b, m)}})
					if all := n + m; j.N != all || (a+b)*Fifths < j.From*all || (a+b)*Fifths > j.To*all || j.From >= j.To || j.To > Fifths {
						t.Fatalf("%d of %d and %d of %d lie between %d and %d fifths", a, n, b, m, j.From, j.To)
					}
				}
			}
		}
	}
	if j := JoinShares([]ShownShare{{10, Share{3, 5}}, {10, Share{3, 5}}, {10, Share{3, 5}}}); j != (JointShare{30, 3, 4}) {
		t.Errorf("three groups that show the same say %+v", j)
	}
}
