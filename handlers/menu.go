package handlers

import (
	"context"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/measure"
	"bangkom/internal/task"
	"bangkom/internal/text"
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

// menuPress answers a button of a card.
func (e *env) menuPress(ctx context.Context, a dialog.Action, message int) error {
	if c, ok := e.Reg.Names[a.Step]; ok {
		return e.command(ctx, c.Name, "")
	}
	if !e.Linked() {
		return e.stalePress(ctx)
	}
	b, ok := e.Reg.Buttons[a.Step]
	if !ok || b.Who != nil && !b.Who(e.Employee.Rights) {
		return e.stalePress(ctx)
	}
	return gone(b.Run(e.Env, ctx, a, message))
}

// menu shows all that a person may do as buttons.
func (e *env) menu(_ context.Context, _ string) error {
	e.KeepNote()
	e.MenuCard("menu.title")
	return nil
}

// nearCommands says which commands of the person are written nearly like one that is
// not known; nothing when none is near.
func (e *env) nearCommands(typed string) []string {
	if len(typed) > longestCommand {
		return nil
	}
	var near []string
	best := reach(typed)
	for _, c := range e.Reg.Commands {
		if !c.May(e.Employee.Rights) || !c.Unlinked && !e.Linked() {
			continue
		}
		switch d := measure.Distance(typed, c.Name); {
		case d < best || d == best && near == nil:
			best, near = d, []string{"/" + c.Name}
		case d == best:
			near = append(near, "/"+c.Name)
		}
	}
	if near == nil {
		return nil
	}
	return []string{e.T("menu.near_command", text.Args{"daftar": strings.Join(near, ", ")})}
}

// longestCommand is how long a command of Telegram can be.
const longestCommand = 32

// reach is how many letters of a command may be wrong: one of a short one.
func reach(typed string) int {
	if len(typed) <= 4 {
		return 1
	}
	return 2
}

// help names the commands that this person has, in the words of the command
// menu, so that both say the same of one command.
func (e *env) help(_ context.Context, _ string) error {
	e.KeepNote()
	lines := []string{e.T("help.head", nil)}
	for _, c := range e.Reg.Commands {
		has := c.May(e.Employee.Rights)
		if !e.Linked() {
			has = c.Unlinked
		}
		if !has || c.Help == feature.HelpNone || c.Help == feature.HelpUnlinked && e.Linked() {
			continue
		}
		use := e.T("menu."+c.Name, nil)
		lines = append(lines, e.T("help.line", text.Args{"perintah": c.Name, "guna": strings.ToLower(use[:1]) + use[1:]}))
	}
	hint := "help.unlinked"
	if e.Linked() {
		hint = "help.answer"
	}
	lines = append(lines, "", e.T(hint, nil), e.T("help.foot", e.Helpdesk()))
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "help", Text: strings.Join(lines, "\n"), Shareable: true})
	return nil
}

// cancel leaves the form that is running. A draft that is kept can be deleted
// with a button of its own.
func (e *env) cancel(_ context.Context, _ string) error {
	rec, ok := e.Session.Draft(e.Session.ActiveForm, e.Session.ActiveRef)
	if !ok {
		rec, ok = e.parked()
	}
	if !ok || !e.Linked() {
		e.Say("form.nothing_to_cancel", nil)
		return nil
	}
	e.Session.ActiveForm, e.Session.ActiveRef = rec.Form, rec.Ref
	e.KeepNote()
	c := e.Reg.Conversations[rec.Form]
	kept := c.Interrupted == feature.Kept
	switch {
	case c.Note == nil && kept:
		e.Say("form.paused", nil)
	case c.Note == nil:
		e.Say("form.cancelled", nil)
	}
	if c.Discards != nil && !c.Discards(e.Env, rec) {
		return nil
	}
	last := &e.Out.Replies[len(e.Out.Replies)-1]
	if kept || c.Discard != "" {
		last.Rows = [][]dialog.Button{{{Label: e.Label("resume"), Action: dialog.Action{Flow: rec.Form, Ref: rec.Ref, Verb: dialog.Resume}}}}
	}
	if c.Discard != "" {
		last.Rows = append(last.Rows, []dialog.Button{{Label: e.Label("delete_draft"), Action: e.MenuAction(c.Discard, rec.Ref)}})
	}
	return nil
}

// parked is a draft about a task that was left before and can be gone on with: /tugas
// shows it too.
func (e *env) parked() (dialog.Record, bool) {
	for _, rec := range e.Session.Drafts {
		for _, t := range e.Tasks {
			if e.Reg.Conversations[rec.Form].OfTask && t.ID == rec.Ref && t.Availability(e.Now) == task.Available {
				return rec, true
			}
		}
	}
	return dialog.Record{}, false
}
