package handlers

import (
	"bangkom/handlers/feature"
)

// general is what belongs to no feature alone: the menu, the help, the way out.
func general() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "general",
		Commands: []feature.Command[*env]{
			{Name: "menu", Place: 20, Unlinked: true, Run: (*env).menu, Transcript: "menu"},
			{Name: "bantuan", Aliases: []string{"help"}, Place: 130, Unlinked: true, Run: (*env).help, Help: feature.HelpNone, Transcript: "menu"},
			{Name: "batal", Place: 140, Unlinked: true, Run: (*env).cancel, Transcript: "batal"},
		},
		Menu: []feature.MenuLine{{Row: 11, Column: 1, Label: "help", Opens: "bantuan", Unlinked: true}},
	})
}
