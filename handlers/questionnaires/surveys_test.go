package questionnaires

import (
	"context"
	"errors"
	"testing"

	"bangkom/internal/dialog"
	"bangkom/internal/questionnaire"
)

// Who answers reads no code: a question without a title of its own stands for it, in short.
func TestCalled(t *testing.T) {
	for _, tt := range []struct{ code, title, prompt, want string }{
		{"KAPAN", "Waktu", "Kapan {sapaan} belajar?", "Waktu"},
		{"KAPAN", "KAPAN", "Kapan {sapaan} belajar?\nPilih satu.", "Kapan Ibu belajar"},
		{"PERLU", "PERLU", "Apa yang paling diperlukan agar {sapaan} dapat belajar bersama setiap pekan?", "Apa yang paling diperlukan agar Ibu dapat belajar bersama s…"},
	} {
		if got := called(questionnaire.Item{Code: tt.code, Title: tt.title, Prompt: tt.prompt}, "Ibu"); got != tt.want {
			t.Errorf("%s is called %q, want %q", tt.title, got, tt.want)
		}
	}
}

// listed answers one question of a room: which questionnaires there are.
type listed struct {
	Tx
	all []questionnaire.Definition
}

func (l *listed) Questionnaires(context.Context) ([]questionnaire.Definition, error) {
	return l.all, nil
}

// A button opens the questionnaire that it named, also when the list has changed since.
func TestButtonsNameTheirQuestionnaire(t *testing.T) {
	tx := &listed{all: []questionnaire.Definition{{Code: "b", Version: 1}, {Code: "c", Version: 1}}}
	e := &env{tx: tx}
	ref := refOf("b")
	tx.all = []questionnaire.Definition{{Code: "a", Version: 1}, {Code: "b", Version: 1}, {Code: "b", Version: 2}, {Code: "c", Version: 1}}
	if d, err := e.one(t.Context(), ref); err != nil || d.Code != "b" || d.Version != 2 {
		t.Errorf("the button of b opens %s, version %d: %v", d.Code, d.Version, err)
	}
	tx.all = tx.all[3:]
	if d, err := e.one(t.Context(), ref); !errors.Is(err, dialog.ErrNotFound) {
		t.Errorf("the button of b, which is gone, opens %s: %v", d.Code, err)
	}
}
