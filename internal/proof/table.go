package proof

import (
	"fmt"
	"strconv"
	"strings"
)

// Command is the command line that repeats a drill.
func (r Result) Command() string {
	line := fmt.Sprintf("bangkom drill %s --seed %d", r.Name, r.Options.Seed)
	if r.Options.Long {
		line += " --long"
	}
	if r.Options.Rounds > 0 {
		line += " --rounds " + strconv.Itoa(r.Options.Rounds)
	}
	if r.Options.Together > 0 {
		line += " --together " + strconv.Itoa(r.Options.Together)
	}
	return line
}

// DrillHeader is the head of the table whose lines Row returns.
func DrillHeader() string {
	columns := []string{"Command", "What happened", "Took", "People", "Answers", "Lost", "Twice", "Pressed again (unasked)",
		"Repeated (allowed)", "p50", "p99", "Longest", "Verdict"}
	return "| " + strings.Join(columns, " | ") + " |\n|" + strings.Repeat(" --- |", len(columns))
}

// Row is the line of a drill in a Markdown table.
func (r Result) Row() string {
	verdict := "holds"
	if !r.OK() {
		verdict = "**broken**"
	}
	cells := []string{"`" + r.Command() + "`", strings.Join(r.Happened, ", "), short(r.Took), thousands(r.People), thousands(r.Answers),
		strconv.Itoa(r.Lost), strconv.Itoa(r.Double), fmt.Sprintf("%d (%d)", r.PressedAgain, r.Unasked),
		fmt.Sprintf("%d (%d)", r.Repeated, r.Allowed), short(r.P50), short(r.P99), short(r.Worst), verdict}
	return "| " + strings.Join(cells, " | ") + " |"
}

// thousands writes 1800 as 1,800.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
