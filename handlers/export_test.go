package handlers

import (
	"context"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
)

// Registered lists every conversation and command with its golden transcript.
func Registered() map[string]string {
	all := map[string]string{}
	for _, f := range features() {
		for _, c := range f.Conversations {
			all["conversation "+c.Name] = c.Transcript
		}
		for _, c := range f.Commands {
			all["/"+c.Name] = c.Transcript
		}
	}
	return all
}

// Aliases lists the other names of commands.
func Aliases() (names []string) {
	for _, f := range features() {
		for _, c := range f.Commands {
			names = append(names, c.Aliases...)
		}
	}
	return names
}

// LookNow lets the background work of features look at once whether there is something
// to do, as its clock does every two seconds.
func (p *Processor) LookNow() { p.wakeWorker() }

// WatchConversations tells of every input that a conversation took without a
// fault. It must be called before the first update is decided.
func (p *Processor) WatchConversations(entered func(name string)) {
	for name, flow := range p.Flows {
		p.Flows[name] = watched{flow, entered}
	}
}

type watched struct {
	dialog.Flow[*feature.Env]
	entered func(name string)
}

func (w watched) Handle(ctx context.Context, e *feature.Env, r dialog.Record, in dialog.Input) (dialog.Turn, error) {
	turn, err := w.Flow.Handle(ctx, e, r, in)
	if err == nil {
		w.entered(w.Name())
	}
	return turn, err
}
