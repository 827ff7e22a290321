package handlers

import (
	"context"

	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

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

// Aliases lists the other names of commands.
func Aliases() (names []string) {
	for _, c := range commands() {
		names = append(names, c.aliases...)
	}
	return names
}

// WatchConversations tells of every input that a conversation took without a
// fault. It must be called before the first update is decided.
func (p *Processor) WatchConversations(entered func(name string)) {
	for name, flow := range p.flows {
		p.flows[name] = watched{flow, entered}
	}
}

type watched struct {
	dialog.Flow[*env]
	entered func(name string)
}

func (w watched) Handle(ctx context.Context, e *env, r dialog.Record, in dialog.Input) (dialog.Turn, error) {
	turn, err := w.Flow.Handle(ctx, e, r, in)
	if err == nil {
		w.entered(w.Name())
	}
	return turn, err
}
