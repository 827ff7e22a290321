package feature

import (
	"bangkom/internal/competency"
	"bangkom/internal/disclosure"
	"bangkom/internal/needs"
	"bangkom/internal/text"
)

// Tenths writes a number in tenths, with no zero at its end: "0,5", "-1,2", "1".
func Tenths(n int) string { return competency.Hundredths(10 * n).String() }

// LackWord writes what is lacking of a group: "0,5", or that it is that much or more.
func (p *Desk) LackWord(v needs.Value) string {
	if v.Lack == needs.MostLack {
		return p.Cfg.Text.Plain("needs.or_more", text.Args{"n": Tenths(v.Lack)})
	}
	return Tenths(v.Lack)
}

// ShareWord says in words how many lack something: never that all or none do.
func (p *Desk) ShareWord(s disclosure.Share) string {
	words := []string{"needs.fifth_0", "needs.fifth_1", "needs.fifth_2", "needs.fifth_3", "needs.fifth_4"}
	if s.Of == 3 {
		words = []string{"needs.third_0", "needs.third_1", "needs.third_2"}
	}
	return p.Cfg.Text.Plain(words[s.Part], nil)
}
