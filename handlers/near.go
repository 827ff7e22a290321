package handlers

import (
	"strings"

	"bangkom/internal/text"
)

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
		switch d := distance(typed, c.Name); {
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

// distance is how many letters have to be put in, taken away or changed to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
