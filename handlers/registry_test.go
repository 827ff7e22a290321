package handlers

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"bangkom/handlers/account"
	"bangkom/handlers/feature"
	"bangkom/internal/courier"
	"bangkom/internal/personnel"
	"bangkom/internal/reminder"
)

// bound is a feature as the registry holds it.
type bound = feature.Feature[*feature.Env]

func TestFeaturesFitTogether(t *testing.T) {
	if _, err := feature.NewRegistry(features()); err != nil {
		t.Error(err)
	}
}

// What is registered twice or leads nowhere stops the start with a sentence that
// names it.
func TestRegistryRefuses(t *testing.T) {
	clock := bound{Name: "clock"}
	with := func(change func(*bound)) bound {
		f := clock
		change(&f)
		return f
	}
	tests := []struct {
		name string
		more bound
		want string
	}{
		{"a feature twice", bound{Name: "office"}, `feature "office" is registered twice: by office and by office`},
		{"a conversation twice", with(func(f *bound) { f.Conversations = []feature.Conversation[*feature.Env]{{Name: "q"}} }),
			`conversation "q" is registered twice: by assessment and by clock`},
		{"a command twice", with(func(f *bound) { f.Commands = []feature.Command[*feature.Env]{{Name: "tim", Place: 1000}} }),
			`command or button "tim" is registered twice: by team and by clock`},
		{"an alias twice", with(func(f *bound) {
			f.Commands = []feature.Command[*feature.Env]{{Name: "jam2", Aliases: []string{"help"}, Place: 1000}}
		}),
			`command or button "help" is registered twice: by general and by clock`},
		{"a command place twice", with(func(f *bound) { f.Commands = []feature.Command[*feature.Env]{{Name: "jam2", Place: 50}} }),
			`command place "50" is registered twice: by team and by clock`},
		{"a button twice", with(func(f *bound) { f.Buttons = []feature.Button[*feature.Env]{{Step: "hasil"}} }),
			`command or button "hasil" is registered twice: by assessment and by clock`},
		{"a button like a command", with(func(f *bound) { f.Buttons = []feature.Button[*feature.Env]{{Step: "tugas"}} }),
			`command or button "tugas" is registered twice: by assessment and by clock`},
		{"a menu place twice", with(func(f *bound) {
			f.Buttons, f.Menu = []feature.Button[*feature.Env]{{Step: "jam2"}}, []feature.MenuLine{{Row: 9, Column: 2, Label: "x", Opens: "jam2"}}
		}), `menu place "9.2" is registered twice: by assessment and by clock`},
		{"a menu line to another feature", with(func(f *bound) { f.Menu = []feature.MenuLine{{Row: 99, Label: "x", Opens: "tim"}} }),
			`menu line "x" of clock opens "tim", which is no command or button of it`},
		{"a draft discarded by nothing", with(func(f *bound) {
			f.Conversations = []feature.Conversation[*feature.Env]{{Name: "clock", Discard: "hapus"}}
		}),
			`conversation "clock" of clock is discarded by "hapus", which is no button of it`},
		{"a task kind twice", with(func(f *bound) { f.Tasks = []feature.TaskKind[*feature.Env]{{Kind: "rating"}} }),
			`task kind "rating" is registered twice: by team and by clock`},
		{"a task kind without a row", with(func(f *bound) { f.Tasks = []feature.TaskKind[*feature.Env]{{Kind: "exam"}} }),
			`the kind of task "exam" has no row in the table of kinds (internal/task): nobody would know who owes it and when it ends`},
		{"an import kind twice", with(func(f *bound) { f.Imports = []feature.Import{{Kind: "leave"}} }),
			`import kind "leave" is registered twice: by imports and by clock`},
		{"an import kind without a template", with(func(f *bound) { f.Imports = []feature.Import{{Kind: "clocks"}} }),
			`import kind "clocks" has no template`},
		{"a part of the copy twice", with(func(f *bound) { f.Copy = feature.OwnKeys("hak") }),
			`part of the own copy "hak" is registered twice: by account and by clock`},
		{"a kind of file twice", with(func(f *bound) { f.Files = []feature.File{{Kind: account.CopyFile}} }),
			`kind of file "copy" is registered twice: by account and by clock`},
		{"a link twice", with(func(f *bound) { f.Links = []feature.Link{{To: feature.ToLater}} }),
			`link "later" is registered twice: by attention and by clock`},
		{"a hook twice", with(func(f *bound) { f.Code = func(*feature.Env, context.Context, string) error { return nil } }),
			`hook "code" is registered twice: by account and by clock`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := feature.NewRegistry(append(features(), tt.more))
			if err == nil || err.Error() != tt.want {
				t.Errorf("feature.NewRegistry = %v\nwant %s", err, tt.want)
			}
		})
	}
}

// A feature that is left out is missed by name.
func TestRegistryMisses(t *testing.T) {
	for left, want := range map[string]string{
		"account":   `no feature has the hook "contact"`,
		"received":  `no feature has the hook "replied"`,
		"team":      `task kind "rating" belongs to no feature`,
		"imports":   `import kind "holidays" belongs to no feature`,
		"attention": `no feature opens the way "pauses"`,
		"summary":   `no feature has the hook "summary"`,
	} {
		rest := slices.DeleteFunc(features(), func(f bound) bool { return f.Name == left })
		if _, err := feature.NewRegistry(rest); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: %v\nwant %s", left, err, want)
		}
	}
}

// The buttons below messages that the bot starts are known.
func TestButtonsOfTheCourierAreKnown(t *testing.T) {
	r := built()
	for _, step := range []string{reminder.SnoozeStep, reminder.BarrierStep, courier.WhyStep} {
		if r.Buttons[step].Run == nil {
			t.Errorf("no feature has the button %q", step)
		}
	}
	if !r.Conversations[reminder.TaskFlow].OfTask {
		t.Errorf("%q is no conversation about a task", reminder.TaskFlow)
	}
}

// Whatever is stored about a person is a part of the copy of exactly one feature.
func TestEveryPartOfTheCopyHasAFeature(t *testing.T) {
	raw, err := json.Marshal(personnel.Copy{})
	if err != nil {
		t.Fatal(err)
	}
	var known map[string]json.RawMessage
	if err := json.Unmarshal(raw, &known); err != nil {
		t.Fatal(err)
	}
	for _, c := range built().Copies {
		_, told := known[c.Key]
		if told == (c.Read != nil) {
			t.Errorf("part %q: in personnel.Copy %t, read by its feature %t, want one of both", c.Key, told, c.Read != nil)
		}
		delete(known, c.Key)
	}
	if len(known) > 0 {
		t.Errorf("no feature has %q", slices.Sorted(maps.Keys(known)))
	}
}
