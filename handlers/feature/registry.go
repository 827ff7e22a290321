package feature

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"bangkom/internal/dialog"
	"bangkom/internal/intake"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// Registry is what the features are together, by name. It never changes.
type Registry struct {
	Features      []Feature[*Env]
	Conversations map[string]Conversation[*Env]
	Commands      []Command[*Env]          // in the order of their places
	Names         map[string]Command[*Env] // aliases too
	Buttons       map[string]Button[*Env]
	menu          []MenuLine // in the order of their places
	tasks         map[task.Kind]TaskKind[*Env]
	Imports       map[string]Import
	Copies        []CopyPart
	Files         map[string]File
	links         map[Way]Link
	hooks         Hooks[*Env] // of which there is one: Contact, Code, Media, Replied, Summary
	OfTask, Moves []string
}

// NewRegistry puts features together. What is there twice, or leads nowhere, is an
// error that names it: the program does not start with it.
func NewRegistry(all []Feature[*Env]) (*Registry, error) {
	r := &Registry{Features: all, Conversations: map[string]Conversation[*Env]{}, Names: map[string]Command[*Env]{}, Buttons: map[string]Button[*Env]{},
		tasks: map[task.Kind]TaskKind[*Env]{}, Imports: map[string]Import{}, Files: map[string]File{}, links: map[Way]Link{}}
	seen := &claims{owner: map[string]string{}}
	for _, f := range all {
		seen.claim("feature", f.Name, f.Name)
		r.addTalk(f, seen)
		r.addKinds(f, seen)
		r.addHooks(f, seen)
	}
	slices.SortStableFunc(r.Commands, func(a, b Command[*Env]) int { return a.Place - b.Place })
	slices.SortStableFunc(r.menu, func(a, b MenuLine) int { return cmp.Or(a.Row-b.Row, a.Column-b.Column) })
	r.checkTasks(seen)
	r.checkImports(seen)
	r.checkWays(seen)
	return r, errors.Join(seen.wrong...)
}

// claims remember which feature has what, and everything that is wrong.
type claims struct {
	owner map[string]string
	wrong []error
}

// claim notes that a feature has something of which there must be one.
func (c *claims) claim(what, name, feature string) {
	key := what + " " + strconv.Quote(name)
	if other, twice := c.owner[key]; twice {
		c.add("%s is registered twice: by %s and by %s", key, other, feature)
	}
	c.owner[key] = feature
}

func (c *claims) add(format string, args ...any) {
	c.wrong = append(c.wrong, fmt.Errorf(format, args...))
}

// addTalk takes over what people say and press. Commands and buttons share their
// names: a button of the menu stands for a command.
func (r *Registry) addTalk(f Feature[*Env], seen *claims) {
	opens := map[string]bool{}
	for _, c := range f.Conversations {
		seen.claim("conversation", c.Name, f.Name)
		r.Conversations[c.Name] = c
		if c.OfTask {
			r.OfTask = append(r.OfTask, c.Name)
		}
		if c.Moves {
			r.Moves = append(r.Moves, c.Name)
		}
	}
	for _, c := range f.Commands {
		seen.claim("command place", strconv.Itoa(c.Place), f.Name)
		for _, name := range append([]string{c.Name}, c.Aliases...) {
			seen.claim("command or button", name, f.Name)
			r.Names[name], opens[name] = c, true
		}
		r.Commands = append(r.Commands, c)
	}
	for _, b := range f.Buttons {
		seen.claim("command or button", b.Step, f.Name)
		r.Buttons[b.Step], opens[b.Step] = b, true
	}
	for _, m := range f.Menu {
		seen.claim("menu place", fmt.Sprintf("%d.%d", m.Row, m.Column), f.Name)
		if !opens[m.Opens] {
			seen.add("menu line %q of %s opens %q, which is no command or button of it", m.Label, f.Name, m.Opens)
		}
		r.menu = append(r.menu, m)
	}
	for _, c := range f.Conversations {
		if c.Discard != "" && !opens[c.Discard] {
			seen.add("conversation %q of %s is discarded by %q, which is no button of it", c.Name, f.Name, c.Discard)
		}
	}
}

// addKinds takes over what a feature knows of tasks, spreadsheets and files.
func (r *Registry) addKinds(f Feature[*Env], seen *claims) {
	for _, k := range f.Tasks {
		seen.claim("task kind", string(k.Kind), f.Name)
		r.tasks[k.Kind] = k
	}
	for _, i := range f.Imports {
		seen.claim("import kind", i.Kind, f.Name)
		r.Imports[i.Kind] = i
	}
	for _, c := range f.Copy {
		seen.claim("part of the own copy", c.Key, f.Name)
		r.Copies = append(r.Copies, c)
	}
	for _, one := range f.Files {
		seen.claim("kind of file", one.Kind, f.Name)
		r.Files[one.Kind] = one
	}
	for _, l := range f.Links {
		seen.claim("link", string(l.To), f.Name)
		r.links[l.To] = l
	}
}

// addHooks takes over the hooks of which there is one.
func (r *Registry) addHooks(f Feature[*Env], seen *claims) {
	if f.Contact != nil {
		seen.claim("hook", "contact", f.Name)
		r.hooks.Contact = f.Contact
	}
	if f.Code != nil {
		seen.claim("hook", "code", f.Name)
		r.hooks.Code = f.Code
	}
	if f.Media != nil {
		seen.claim("hook", "media", f.Name)
		r.hooks.Media = f.Media
	}
	if f.Replied != nil {
		seen.claim("hook", "replied", f.Name)
		r.hooks.Replied = f.Replied
	}
	if f.Summary != nil {
		seen.claim("hook", "summary", f.Name)
		r.hooks.Summary = f.Summary
	}
}

// checkTasks compares the kinds of tasks with the table of kinds.
func (r *Registry) checkTasks(seen *claims) {
	for kind := range r.tasks {
		if err := task.Check(kind, ""); err != nil {
			seen.wrong = append(seen.wrong, err)
		}
	}
	for _, row := range task.Table() {
		k, known := r.tasks[row.Kind]
		if !known {
			seen.add("task kind %q belongs to no feature", row.Kind)
			continue
		}
		if k.Begin == nil {
			continue
		}
		if flow := k.Begin(task.Task{}).Flow; row.Anonymous != dialog.Sealed(flow) {
			seen.add("task kind %q has answers without names: %t, and its conversation %q is sealed: %t", row.Kind, row.Anonymous, flow, dialog.Sealed(flow))
		}
	}
}

// checkImports compares the kinds of spreadsheets with those that can be read.
func (r *Registry) checkImports(seen *claims) {
	kinds := intake.Kinds()
	for kind := range r.Imports {
		if !slices.Contains(kinds, kind) {
			seen.add("import kind %q has no template", kind)
		}
	}
	for _, kind := range kinds {
		if _, known := r.Imports[kind]; !known {
			seen.add("import kind %q belongs to no feature", kind)
		}
	}
}

// checkWays looks whether every way leads somewhere, and every hook is there.
func (r *Registry) checkWays(seen *claims) {
	for _, to := range ways() {
		if _, ok := r.links[to]; !ok {
			seen.add("no feature opens the way %q", to)
		}
	}
	for name, missing := range map[string]bool{"contact": r.hooks.Contact == nil, "code": r.hooks.Code == nil, "media": r.hooks.Media == nil,
		"replied": r.hooks.Replied == nil, "summary": r.hooks.Summary == nil} {
		if missing {
			seen.add("no feature has the hook %q", name)
		}
	}
}

// may tells whether somebody with these rights has the command or button of a name.
func (r *Registry) may(name string, rights personnel.Rights) bool {
	if c, ok := r.Names[name]; ok {
		return c.May(rights)
	}
	who := r.Buttons[name].Who
	return who == nil || who(rights)
}

// Copied are the conversations whose drafts stand in the own copy: those about a task of
// the person, but for those whose answers have no name.
func (r *Registry) Copied() (names []string) {
	for _, name := range r.OfTask {
		if !dialog.Sealed(name) {
			names = append(names, name)
		}
	}
	return names
}

// Listed are the kinds of tasks that stand in /tugas.
func (r *Registry) Listed() (kinds []task.Kind) {
	for _, f := range r.Features {
		for _, k := range f.Tasks {
			if k.List {
				kinds = append(kinds, k.Kind)
			}
		}
	}
	return kinds
}
