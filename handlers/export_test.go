package handlers

import "bangkom/internal/text"

// Registered lists every conversation and command with its golden transcript.
func Registered(cat *text.Catalogue) map[string]string {
	all := map[string]string{}
	for _, c := range conversations(&Processor{cfg: Config{Text: cat}}) {
		all["conversation "+c.flow.Name()] = c.transcript
	}
	for _, c := range commands() {
		all["/"+c.name] = c.transcript
	}
	return all
}
