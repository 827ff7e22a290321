package evaluation

import (
	"strings"
	"testing"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
)

// The minutes that the invitation tells are those of the shipped questions as they are
// read and tapped: what is added to them makes the invitation say more.
func TestMinutesOfAnEvaluation(t *testing.T) {
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	all, err := questionnaire.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if d.Kind != questionnaire.TrainingEvaluation {
			continue
		}
		asked := Asked{Name: "Pengolahan Data, angkatan 1", Trainers: 1, Person: personnel.Employee{Name: "Rina", Sex: personnel.Female}}
		says := func(want string) {
			t.Helper()
			if body := Card(cat, "evaluation.intro", d, asked, time.UTC).Text; !strings.Contains(body, want) {
				t.Errorf("%d trainers, %d items: %s, want %s", asked.Trainers, len(d.Items), body, want)
			}
		}
		says("6 pertanyaan dan satu saran, sekitar 2 menit.")
		more := d.Items[0]
		more.Prompt = strings.Repeat("kata ", 2*wordsInMinute)
		d.Items = append(d.Items, more)
		says("7 pertanyaan dan satu saran, sekitar 4 menit.")
	}
}

func TestMinutes(t *testing.T) {
	item := func(words int) Question {
		return Question{Item: questionnaire.Item{Prompt: strings.Repeat("kata ", words)}}
	}
	for _, tt := range []struct {
		name      string
		card      string
		questions []Question
		want      int
	}{
		{"two taps", "", nil, 1},
		{"a minute of reading, and two taps", strings.Repeat("kata ", wordsInMinute), nil, 2},
		{"fifteen taps and no word", "", make([]Question, 13), 1},
		{"sixteen taps", "", make([]Question, 14), 2},
		{"what stands there twice is read once", "", []Question{item(140), item(140)}, 1},
	} {
		if got := minutes(tt.card, tt.questions); got != tt.want {
			t.Errorf("%s: %d minutes, want %d", tt.name, got, tt.want)
		}
	}
}
