package handlers

import (
	"context"

	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

// conversation is one registered form. Routing, resume, stale buttons and the
// transcript test read this list; a new conversation is one line here.
type conversation struct {
	flow       dialog.Flow[*env]
	transcript string // its golden transcript in testdata
}

func conversations(p *Processor) []conversation {
	return []conversation{
		{flow: p.linkForm(), transcript: "link"},
		{flow: p.questionnaireForm(), transcript: "asesmen"},
	}
}

// command is one slash command. Help, the command menu and routing read the list.
type command struct {
	name       string
	aliases    []string
	unlinked   bool // works before the account is linked
	hidden     bool // not in Telegram's command menu
	run        func(e *env, ctx context.Context, arg string) error
	transcript string
}

func commands() []command {
	return []command{
		{name: "start", unlinked: true, run: (*env).start, transcript: "link"},
		{name: "menu", unlinked: true, run: (*env).menu, transcript: "menu"},
		{name: "tugas", run: (*env).listTasks, transcript: "tugas"},
		{name: "asesmen", aliases: []string{"penilaian"}, run: (*env).assessment, transcript: "asesmen"},
		{name: "privasi", unlinked: true, run: (*env).privacy, transcript: "menu"},
		{name: "bantuan", aliases: []string{"help"}, unlinked: true, run: (*env).help, transcript: "menu"},
		{name: "batal", unlinked: true, run: (*env).cancel, transcript: "batal"},
	}
}

func findCommand(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
		for _, a := range c.aliases {
			if a == name {
				return c, true
			}
		}
	}
	return command{}, false
}

// MenuEntry is one line of Telegram's command menu.
type MenuEntry struct{ Command, Description string }

// Menu returns the command menu of every private chat.
func Menu(cat *text.Catalogue) []MenuEntry {
	var entries []MenuEntry
	for _, c := range commands() {
		if !c.hidden {
			entries = append(entries, MenuEntry{Command: c.name, Description: cat.Plain("menu."+c.name, nil)})
		}
	}
	return entries
}
