package handlers

import (
	"sync"

	"bangkom/handlers/account"
	"bangkom/handlers/announcement"
	"bangkom/handlers/assessment"
	"bangkom/handlers/attention"
	"bangkom/handlers/campaign"
	"bangkom/handlers/demand"
	"bangkom/handlers/evaluation"
	"bangkom/handlers/feature"
	"bangkom/handlers/followup"
	"bangkom/handlers/imports"
	"bangkom/handlers/needs"
	"bangkom/handlers/office"
	"bangkom/handlers/partners"
	"bangkom/handlers/plan"
	"bangkom/handlers/planning"
	"bangkom/handlers/progress"
	"bangkom/handlers/questionnaires"
	"bangkom/handlers/received"
	"bangkom/handlers/resolve"
	"bangkom/handlers/satisfaction"
	"bangkom/handlers/signoff"
	"bangkom/handlers/standards"
	"bangkom/handlers/summary"
	"bangkom/handlers/team"
	"bangkom/handlers/training"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// features are all that Bangkom can do. The order decides only which of two lines
// of one place comes first.
func features() []feature.Feature[*feature.Env] {
	return []feature.Feature[*feature.Env]{general(), account.Feature(), assessment.Feature(), team.Feature(), summary.Feature(), attention.Feature(), office.Feature(), progress.Feature(), needs.Feature(), demand.Feature(), partners.Feature(), imports.Feature(),
		announcement.Feature(), received.Feature(), training.Feature(), planning.Feature(), evaluation.Feature(), followup.Feature(), resolve.Feature(), standards.Feature(), signoff.Feature(), satisfaction.Feature(), questionnaires.Feature(), plan.Feature(), campaign.Feature()}
}

// registry is what the features are together, put together once: menus are drawn by it
// for hundreds of chats at a time.
var registry = sync.OnceValues(func() (*feature.Registry, error) { return feature.NewRegistry(features()) })

// built is the registry of this program, without its checks: New makes them.
func built() *feature.Registry {
	r, _ := registry()
	return r
}

// TaskForms are the names of the conversations whose ref is a task of the person.
// A draft of theirs says how much of the task is answered.
func TaskForms() []string { return built().OfTask }

// MenuEntry is one line of Telegram's command menu.
type MenuEntry struct{ Command, Description string }

// Menu returns the command menu of people with these rights. The zero rights
// give the menu of every private chat.
func Menu(cat *text.Catalogue, rights personnel.Rights) []MenuEntry {
	var entries []MenuEntry
	for _, c := range built().Commands {
		if c.May(rights) {
			entries = append(entries, MenuEntry{Command: c.Name, Description: cat.Plain("menu."+c.Name, nil)})
		}
	}
	return entries
}
