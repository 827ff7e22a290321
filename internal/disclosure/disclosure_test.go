package disclosure

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSealing(t *testing.T) {
	s, other := NewSealer([]byte("one secret of the tests")), NewSealer([]byte("another secret of them"))
	short, err := s.Seal(AnswersOf(7), "11", []byte("Baik"))
	if err != nil {
		t.Fatal(err)
	}
	long, err := s.Seal(AnswersOf(7), "12", []byte(strings.Repeat("Sangat Baik ", 80)))
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Seal(AnswersOf(7), "11", []byte("Baik"))
	if err != nil {
		t.Fatal(err)
	}
	if len(short) != len(long) {
		t.Errorf("sealed lengths %d and %d tell the answers apart", len(short), len(long))
	}
	if bytes.Equal(short, again) {
		t.Error("the same answer is sealed to the same bytes: equal answers can be seen")
	}
	if bytes.Contains(long, []byte("Baik")) {
		t.Error("the text stands in what is sealed")
	}
	if plain, err := s.Open(AnswersOf(7), "11", short); err != nil || string(plain) != "Baik" {
		t.Errorf("Open = %q, %v", plain, err)
	}
	changed := bytes.Clone(short)
	changed[len(changed)/2] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"of another task":     func() ([]byte, error) { return s.Open(AnswersOf(7), "12", short) },
		"of another occasion": func() ([]byte, error) { return s.Open(AnswersOf(8), "11", short) },
		"for another purpose": func() ([]byte, error) { return s.Open(Draft, "11", short) },
		"with another key":    func() ([]byte, error) { return other.Open(AnswersOf(7), "11", short) },
		"changed":             func() ([]byte, error) { return s.Open(AnswersOf(7), "11", changed) },
		"cut":                 func() ([]byte, error) { return s.Open(AnswersOf(7), "11", short[:20]) },
		"empty":               func() ([]byte, error) { return s.Open(AnswersOf(7), "11", nil) },
	} {
		if plain, err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: opened %q, %v", name, plain, err)
		}
	}
}

func TestSealedTexts(t *testing.T) {
	s := NewSealer([]byte("one secret of the tests"))
	sealed, err := s.SealText(Update, "1 2", `{"text":"saran"}`)
	if err != nil || !IsSealed(sealed) || strings.Contains(sealed, "saran") {
		t.Fatalf("SealText = %q, %v", sealed, err)
	}
	if plain, err := s.OpenText(Update, "1 2", sealed); err != nil || plain != `{"text":"saran"}` {
		t.Errorf("OpenText = %q, %v", plain, err)
	}
	if plain, err := s.OpenText(Update, "1 2", `{"text":"old"}`); err != nil || plain != `{"text":"old"}` {
		t.Errorf("a text that was never sealed = %q, %v", plain, err)
	}
	if _, err := s.OpenText(Update, "1 2", textMark+"%%%"); !errors.Is(err, ErrSealed) {
		t.Errorf("a broken text: %v", err)
	}
}

func TestRoundMean(t *testing.T) {
	tests := []struct {
		sum, n int
		want   string
	}{
		{5, 5, "low"}, {9, 5, "low"}, {10, 5, "2,0"}, {11, 5, "2,0"}, {12, 5, "2,5"}, {17, 5, "3,5"}, {18, 5, "3,5"}, {19, 5, "4,0"}, {20, 5, "4,0"},
		{30, 8, "4,0"}, {29, 8, "3,5"}, {25, 5, "5,0"}, {24, 5, "5,0"},
		{19, 10, "low"}, {20, 10, "2,0"}, {21, 10, "2,2"}, {38, 10, "3,8"}, {39, 10, "4,0"}, {40, 10, "4,0"},
		{79, 20, "4,0"}, {78, 20, "3,9"}, {77, 20, "3,9"}, {130, 38, "3,4"},
	}
	for _, tt := range tests {
		if got := RoundMean(tt.sum, tt.n).Write("low"); got != tt.want {
			t.Errorf("RoundMean(%d, %d) = %s, want %s", tt.sum, tt.n, got, tt.want)
		}
	}
}

// Every value that is shown of a mean or a share stands for two counts at least: nothing
// says that all or none have given an answer.
func TestNothingSaysAllOrNone(t *testing.T) {
	for n := AtomPersons; n <= 120; n++ {
		shares := map[Share]int{}
		for count := 0; count <= n; count++ {
			s := RoundShare(count, n)
			if s.Part < 0 || s.Part >= s.Of || s.Of != 3 && s.Of != 5 || (s.Of == 3) != (n < 10) {
				t.Fatalf("RoundShare(%d, %d) = %+v", count, n, s)
			}
			shares[s]++
		}
		for s, counts := range shares {
			if counts < 2 {
				t.Errorf("of %d persons the share %+v says exactly how many", n, s)
			}
		}
		for _, top := range []int{4, 5} {
			means := map[Mean]int{}
			for sum := n; sum <= top*n; sum++ {
				means[RoundMean(sum, n)]++
			}
			for _, alike := range []int{n, top * n} { // all the worst, all the best
				if m := RoundMean(alike, n); means[m] < 2 {
					t.Errorf("the mean %+v of %d persons says that all answered alike", m, n)
				}
			}
		}
	}
}

var testItems = []Item{{Code: "R1", Form: Scale, Top: 4}, {Code: "K", Form: Pair, Top: 5, From: 3}, {Code: "S", Form: Comment}}

// people are answers of so many persons of a batch, which begin with the task.
func people(batch, task int64, n int, comment bool) (held []Held) {
	for i := range n {
		a := Answers{"R1": fmt.Sprint(1 + i%4), "K": PairOf(fmt.Sprint(1+i%3), fmt.Sprint(3+i%3))}
		if comment {
			a["S"] = fmt.Sprintf("Saran %02d", 50-i)
		}
		held = append(held, Held{Task: task + int64(i), Batch: batch, Person: 1000*batch + int64(i), Answers: a})
	}
	return held
}

// A group is shown from five distinct persons on; fewer wait for others of the programme.
func TestCloseFormsAtoms(t *testing.T) {
	same := people(2, 200, 2, false)
	same[0].Person, same[1].Person = 1000, 1001 // who answered for batch 1, too
	tests := []struct {
		name       string
		batch, own []Held
		want       int // persons of the group; 0 = nothing is shown
		of         int64
		gone       int
	}{
		{name: "five", batch: people(1, 100, 5, false), want: 5, of: 1, gone: 5},
		{name: "four", batch: people(1, 100, 4, false)},
		{name: "nobody"},
		{name: "five, and the pool is left alone", batch: people(2, 200, 5, false), own: people(1, 100, 4, false), want: 5, of: 2, gone: 5},
		{name: "four and one", batch: people(2, 200, 1, false), own: people(1, 100, 4, false), want: 5, gone: 5},
		{name: "three and one", batch: people(2, 200, 1, false), own: people(1, 100, 3, false)},
		{name: "the same two in both", batch: same, own: people(1, 100, 4, false)},
		{name: "the same two and one more", batch: append(slices.Clone(same), Held{Task: 300, Batch: 2, Person: 9, Answers: Answers{"R1": "1"}}),
			own: people(1, 100, 4, false), want: 5, gone: 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Close(testItems, tt.batch, tt.own)
			got, of := 0, int64(0)
			if c.Atom != nil {
				got, of = c.Atom.Persons, c.Atom.Batch
			}
			if got != tt.want || of != tt.of || len(c.Gone) != tt.gone {
				t.Errorf("a group of %d of batch %d, %d answers gone; want %d of %d, %d gone", got, of, len(c.Gone), tt.want, tt.of, tt.gone)
			}
		})
	}
}

// An item that fewer than five have answered is not counted at all, so that nothing of it
// is kept.
func TestItemsOfFewAreHidden(t *testing.T) {
	var all []Answers
	for i := range 9 {
		a := Answers{"R1": "3"}
		if i < 4 {
			a["K"] = "2>4"
		}
		all = append(all, a)
	}
	tallies := Count(testItems, all)
	if len(tallies) != 1 || tallies[0].Item != "R1" || tallies[0].Persons() != 9 {
		t.Errorf("tallies = %+v, want R1 of nine alone", tallies)
	}
	few := []Tally{{Item: "R1", Values: []Counted{{"3", 4}}}}
	if cells := Cells(testItems, few); len(cells) != 0 {
		t.Errorf("cells of four persons: %+v", cells)
	}
}

// Comments come from ten persons and five comments on, in alphabetical order, whatever
// the order of sending.
func TestComments(t *testing.T) {
	for _, tt := range []struct{ persons, comments, want int }{{9, 9, 0}, {10, 4, 0}, {10, 5, 5}, {12, 12, 12}} {
		var all []Answers
		for i, h := range people(1, 1, tt.persons, true) {
			if i >= tt.comments {
				h.Answers["S"] = " "
			}
			all = append(all, h.Answers)
		}
		got := Comments(testItems, all)
		if len(got) != tt.want || !slices.IsSorted(got) {
			t.Errorf("%d persons, %d comments: %q", tt.persons, tt.comments, got)
		}
	}
}

// What is stored of a group does not depend on the order in which people have sent.
func TestOrderLeavesNoTrace(t *testing.T) {
	held := people(3, 300, 14, true)
	want := fmt.Sprintf("%+v", *Close(testItems, held, nil).Atom)
	for seed := range 20 {
		mixed := slices.Clone(held)
		rand.New(rand.NewPCG(1, uint64(seed))).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if got := fmt.Sprintf("%+v", *Close(testItems, mixed, nil).Atom); got != want {
			t.Fatalf("another order of sending is counted otherwise:\n%s\n%s", got, want)
		}
	}
}

func TestStruck(t *testing.T) {
	tests := []struct{ text, words, want string }{
		{"Pak Budi, terlalu cepat.", "budi", "Pak …, terlalu cepat."},
		{"BUDI dan Budiman", "Budi", "… dan Budiman"},
		{"Ruang panas", "Budi", "Ruang panas"},
		{"(Budi) Budi!", "budi,", "(…) …!"},
		{"Ruang panas", " ", "Ruang panas"},
	}
	for _, tt := range tests {
		if got := Struck(tt.text, strings.Fields(tt.words)); got != tt.want {
			t.Errorf("Struck(%q, %q) = %q, want %q", tt.text, tt.words, got, tt.want)
		}
	}
}

func TestPoolEnds(t *testing.T) {
	closed := time.Date(2027, 4, 21, 0, 0, 0, 0, time.UTC)
	if got := PoolEnds(closed); !got.Equal(time.Date(2027, 10, 21, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("PoolEnds = %s", got)
	}
}
