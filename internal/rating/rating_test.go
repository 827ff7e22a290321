package rating_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"bangkom/internal/competency"
	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/standard"
)

func selfAssessment(t *testing.T) questionnaire.Definition {
	t.Helper()
	all, err := questionnaire.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(d questionnaire.Definition) bool { return d.Kind == questionnaire.SelfAssessment })
	return all[i]
}

// answers writes nine values in the order of the questionnaire.
func answers(d questionnaire.Definition, values string) questionnaire.Answers {
	out := questionnaire.Answers{}
	for i, v := range strings.Fields(values) {
		out[d.Items[i].Code] = v
	}
	return out
}

func required(d questionnaire.Definition, level competency.Level) (out standard.Standard) {
	for _, item := range d.Items {
		out = append(out, standard.Requirement{Code: item.Code, Level: level})
	}
	return out
}

// The cases of the domain reference, with weights of three to one.
func TestCombine(t *testing.T) {
	d := selfAssessment(t)
	for _, tt := range []struct {
		name, self, rated string
		required          competency.Level
		final             string // levels
		jpm, jpmBand      string
		bands             string // of the first competencies, as far as told
		dialogs           int
	}{
		{name: "eight ones and one Belum", self: "1 1 1 1 1 1 1 1 0", rated: "1 1 1 1 1 1 1 1 0", required: 1,
			final: "1 1 1 1 1 1 1 1 0", jpm: "88,89", jpmBand: "Cukup Optimal", bands: "Memenuhi"},
		{name: "superior Belum, self 1", self: "1 1 1 1 1 1 1 1 1", rated: "0 1 1 1 1 1 1 1 1", required: 1,
			final: "0,25 1 1 1 1 1 1 1 1", jpm: "91,67", jpmBand: "Optimal", bands: "Rendah Memenuhi"},
		{name: "every band", self: "2 2 2 2 0 0 2 2 2", rated: "2 1 0 5 0 0 2 2 2", required: 3,
			final: "2 1,25 0,5 4,25 0 0 2 2 2", jpm: "47,22", jpmBand: "Kurang Optimal",
			bands: "Rendah Sedang Tinggi Memenuhi Tinggi", dialogs: 2},
		{name: "a surplus hides nothing", self: "2 2 2 2 5 1 2 2 2", rated: "2 2 1 2 5 1 2 2 2", required: 2,
			final: "2 2 1,25 2 5 1 2 2 2", jpm: "90,28", jpmBand: "Optimal", bands: "Memenuhi Memenuhi Rendah"},
		{name: "Belum tahu has no level and no weight", self: "1 1 1 1 1 1 1 1 1", rated: "- 1 1 1 1 1 1 1 1", required: 1,
			final: "- 1 1 1 1 1 1 1 1", jpm: "100", jpmBand: "Optimal"},
		{name: "no standard", self: "1 1 1 1 1 1 1 1 1", rated: "3 1 1 1 1 1 1 1 1", required: 0,
			final: "2,5 1 1 1 1 1 1 1 1", dialogs: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := rating.Pair{Self: answers(d, tt.self), Rated: answers(d, tt.rated), Weights: competency.Weights{Supervisor: 75, Self: 25}}
			r := p.Combine(d, required(d, tt.required))
			var final, bands []string
			for _, row := range r.Rows {
				level := row.Level.String()
				if row.Skipped {
					level = "-"
				}
				final, bands = append(final, level), append(bands, row.Band)
			}
			if got := strings.Join(final, " "); got != tt.final {
				t.Errorf("levels %s, want %s", got, tt.final)
			}
			if !strings.HasPrefix(strings.Join(bands, " "), tt.bands) {
				t.Errorf("bands %s, want %s", bands, tt.bands)
			}
			if tt.jpmBand == "" && r.JPMBand != "" || tt.jpmBand != "" && (r.JPM.String() != tt.jpm || r.JPMBand != tt.jpmBand) {
				t.Errorf("JPM %s %s, want %s %s", r.JPM, r.JPMBand, tt.jpm, tt.jpmBand)
			}
			if r.Dialogs != tt.dialogs {
				t.Errorf("%d to talk about, want %d", r.Dialogs, tt.dialogs)
			}
		})
	}
}

// Weights are data: others give other levels.
func TestWeights(t *testing.T) {
	d := selfAssessment(t)
	p := rating.Pair{Self: answers(d, "4 4 4 4 4 4 4 4 4"), Rated: answers(d, "2 2 2 2 2 2 2 2 2"), Weights: competency.Weights{Supervisor: 1, Self: 1}}
	if got := p.Combine(d, required(d, 2)).Rows[0].Level.String(); got != "3" {
		t.Errorf("level %s, want 3", got)
	}
}

// A talk is owed about every competency that differs by two levels or more, once.
func TestOpenTalks(t *testing.T) {
	d := selfAssessment(t)
	p := rating.Pair{Self: answers(d, "1 1 1 1 1 1 1 1 1"), Rated: answers(d, "3 2 4 - 1 1 1 1 1"), Weights: competency.DefaultWeights()}
	codes := func() (out []string) {
		for _, item := range p.Open(p.Combine(d, nil)) {
			out = append(out, item.Code)
		}
		return out
	}
	if got, want := codes(), []string{d.Items[0].Code, d.Items[2].Code}; !slices.Equal(got, want) {
		t.Errorf("to talk about: %v, want %v", got, want)
	}
	p.Talks = []rating.Talk{{Item: d.Items[0].Code, Agreed: rating.NotAgreed}}
	if got := len(codes()); got != 1 {
		t.Errorf("%s left after one talk, want 1", strconv.Itoa(got))
	}
}
