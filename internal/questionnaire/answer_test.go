package questionnaire

import (
	"errors"
	"strings"
	"testing"
)

var (
	levelItem = Item{Code: "M.03", Type: Level, Levels: []string{"a", "b", "c", "d", "e"}, Zero: "z"}
	skippable = Item{Code: "T.LD", Type: Level, Levels: []string{"a", "b", "c", "d", "e"}, Zero: "z", Optional: true}
	noZero    = Item{Code: "X", Type: Level, Levels: []string{"a", "b", "c", "d", "e"}}
	pickItem  = Item{Code: "MINAT", Type: Pick, Optional: true, Choices: []Choice{
		{Value: "aplikasi_perkantoran", Label: "Aplikasi perkantoran"}, {Value: "kearsipan_digital", Label: "Kearsipan digital"},
		{Value: "pelayanan_publik", Label: "Pelayanan publik"}, {Value: "lainnya", Label: "Lainnya"},
	}}
	textItem = Item{Code: "SARAN", Type: Text, Optional: true, MaxLength: 10}
)

func TestParseAnswerAccepts(t *testing.T) {
	tests := []struct {
		item  Item
		typed string
		want  string
	}{
		{levelItem, "3", "3"}, {levelItem, "3.", "3"}, {levelItem, " 3 ", "3"}, {levelItem, "tiga", "3"},
		{levelItem, "Tiga", "3"}, {levelItem, "TIGA.", "3"}, {levelItem, "level 3", "3"},
		{levelItem, "Level3", "3"}, {levelItem, "tingkat 3", "3"}, {levelItem, "nomor tiga", "3"},
		{levelItem, "no 3", "3"}, {levelItem, "no.3", "3"}, {levelItem, "No. 3", "3"},
		{levelItem, "jawaban: 3", "3"}, {levelItem, "Jawaban saya 3", "3"}, {levelItem, "saya pilih yang 3", "3"},
		{levelItem, "(3)", "3"}, {levelItem, "3)", "3"}, {levelItem, "\"3\"", "3"}, {levelItem, "3 (tiga)", "3"},
		{levelItem, "yang ketiga", "3"}, {levelItem, "3\ufe0f\u20e3", "3"}, {levelItem, "\u00a03\n", "3"},
		{levelItem, "1", "1"}, {levelItem, "satu", "1"}, {levelItem, "dua", "2"}, {levelItem, "empat", "4"},
		{levelItem, "5", "5"}, {levelItem, "lima", "5"},
		{levelItem, "belum", "0"}, {levelItem, "Belum.", "0"}, {levelItem, "saya belum", "0"},
		{levelItem, "0", "0"}, {levelItem, "nol", "0"},
		{skippable, "Lewati", Skipped}, {skippable, "lewati.", Skipped}, {skippable, "4", "4"},
		{pickItem, "kearsipan digital", "kearsipan_digital"}, {pickItem, "Kearsipan  Digital.", "kearsipan_digital"},
		{pickItem, "kearsipan_digital", "kearsipan_digital"}, {pickItem, "2", "kearsipan_digital"},
		{pickItem, "nomor dua", "kearsipan_digital"}, {pickItem, "LAINNYA", "lainnya"}, {pickItem, "lewati", Skipped},
		{textItem, "  baik ", "baik"}, {textItem, "a\x00b", "ab"}, {textItem, "-", Skipped},
		{textItem, "sepuluhhuf", "sepuluhhuf"}, {textItem, "Lewati", Skipped},
	}
	for _, tt := range tests {
		got, err := tt.item.ParseAnswer(tt.typed)
		if err != nil || got != tt.want {
			t.Errorf("%s.ParseAnswer(%q) = %q, %v, want %q", tt.item.Code, tt.typed, got, err, tt.want)
		}
	}
}

func TestParseAnswerRefuses(t *testing.T) {
	tests := []struct {
		why   string
		item  Item
		typed []string
	}{
		{"nothing said", levelItem, []string{"", "   ", ".", "nomor", "saya pilih", "no"}},
		{"out of range", levelItem, []string{"6", "9", "enam", "33", "10", "007"}},
		{"two answers", levelItem, []string{"3-4", "3 - 4", "3 atau 4", "3 4", "3,4", "3/4", "tiga empat", "belum 3", "1.2"}},
		{"no whole number", levelItem, []string{"3,5", "3.0", "-3", "+3", "3%", "3+"}},
		{"negated or doubted", levelItem, []string{"tidak 3", "bukan tiga", "3?", "belum tahu", "belum yakin", "hampir 3"}},
		{"other digits", levelItem, []string{"３", "٣", "३", "³", "③", "Ⅲ"}},
		{"something else", levelItem, []string{"/menu", "l3vel", "3x", "tigaa", "halo", "ya", "\xff3"}},
		{"level 0 is not offered", noZero, []string{"0", "belum", "nol"}},
		{"may not be left out", levelItem, []string{"lewati", Skipped}},
		{"no such choice", pickItem, []string{"0", "5", "kearsipan", "belum", "22", ""}},
		{"no text", textItem, []string{"", " \n", "\x00"}},
	}
	for _, tt := range tests {
		for _, typed := range tt.typed {
			if got, err := tt.item.ParseAnswer(typed); !errors.Is(err, ErrNotAnAnswer) {
				t.Errorf("%s: %s.ParseAnswer(%q) = %q, %v, want ErrNotAnAnswer", tt.why, tt.item.Code, typed, got, err)
			}
		}
	}
	_, err := textItem.ParseAnswer(strings.Repeat("é", 11))
	if !errors.Is(err, ErrTooLongAnswer) || !errors.Is(err, ErrNotAnAnswer) {
		t.Errorf("ParseAnswer(11 characters of 10) = %v, want ErrTooLongAnswer that is an ErrNotAnAnswer", err)
	}
}

func TestValidAndLevelOf(t *testing.T) {
	tests := []struct {
		item      Item
		value     string
		wantValid bool
		wantLevel int
		wantOK    bool
	}{
		{levelItem, "0", true, 0, true}, {levelItem, "5", true, 5, true}, {levelItem, "6", false, 0, false},
		{levelItem, "", false, 0, false}, {levelItem, "03", false, 0, false}, {levelItem, Skipped, false, 0, false},
		{skippable, Skipped, true, 0, false}, {noZero, "0", false, 0, false},
		{pickItem, "lainnya", true, 0, false}, {pickItem, "Lainnya", false, 0, false}, {pickItem, "4", false, 0, false},
		{textItem, "baik", true, 0, false}, {textItem, " baik", false, 0, false}, {textItem, "", false, 0, false},
	}
	for _, tt := range tests {
		if got := tt.item.Valid(tt.value); got != tt.wantValid {
			t.Errorf("%s.Valid(%q) = %v, want %v", tt.item.Code, tt.value, got, tt.wantValid)
		}
		level, ok := tt.item.LevelOf(tt.value)
		if level != tt.wantLevel || ok != tt.wantOK {
			t.Errorf("%s.LevelOf(%q) = %d, %v, want %d, %v", tt.item.Code, tt.value, level, ok, tt.wantLevel, tt.wantOK)
		}
	}
}

// FuzzParseAnswer promises that nothing is ever accepted that Valid refuses.
func FuzzParseAnswer(f *testing.F) {
	for _, seed := range []string{"3", "level 3", "3-4", "belum", "３", "lewati", "2.", "\xff", "a\u0000", "- "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for _, i := range []Item{levelItem, skippable, noZero, pickItem, textItem} {
			value, err := i.ParseAnswer(typed)
			if err == nil && !i.Valid(value) {
				t.Errorf("%s.ParseAnswer(%q) = %q, which is not Valid", i.Code, typed, value)
			}
			if err != nil && (value != "" || !errors.Is(err, ErrNotAnAnswer)) {
				t.Errorf("%s.ParseAnswer(%q) = %q, %v, want no value and ErrNotAnAnswer", i.Code, typed, value, err)
			}
		}
	})
}
