// Package received is the room of those whom announcements (pengumuman) are for: they
// read, acknowledge and ask, and officers of units see who has not got them.
package received

import (
	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/mailing"
	"cmp"
)

// Feature is announcements as they are received.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "received",
		Conversations: []feature.Conversation[*env]{
			{Name: askFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).askForm() }, Transcript: "pengumuman"},
			{Name: archiveFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).archiveForm() }, Transcript: "pengumuman"},
		},
		Commands: []feature.Command[*env]{{Name: "pengumuman", Place: 35, Run: (*env).archive, Transcript: "pengumuman"}},
		Buttons: []feature.Button[*env]{
			{Step: mailing.ReadStep, Run: (*env).read},
			{Step: mailing.FileStep, Run: (*env).attachment},
			{Step: mailing.AskStep, Run: (*env).ask},
			{Step: showStep, Run: (*env).open},
			{Step: archiveStep, Run: (*env).archivePage},
			{Step: answersStep, Run: (*env).answers},
			{Step: unitStep, Who: feature.Officer, Run: (*env).unitList},
			{Step: peopleStep, Who: feature.Officer, Run: (*env).unitPeople},
			{Step: tellStep, Who: feature.Officer, Run: (*env).tell},
			{Step: restStep, Who: feature.Officer, Run: (*env).tellRest},
			{Step: bodyStep, Who: feature.Officer, Run: (*env).unitBody},
		},
		Menu:  []feature.MenuLine{{Row: 9, Column: 1, Label: "ann_menu", Opens: "pengumuman"}},
		Copy:  []feature.CopyPart{{Key: "pengumuman", Read: ownCopy}},
		Hooks: feature.Hooks[*env]{Replied: (*env).replied, Unit: (*env).unitLine},
	})
}

// env is what the room works with while one update is decided.
type env struct {
	*feature.Env
	desk *desk
	tx   Tx
}

// on is the room's view of an update.
func on(e *feature.Env) *env { return &env{Env: e, desk: at(e.Desk), tx: e.Tx.(Tx)} }

// desk is what the room works with when there is no update.
type desk struct{ *feature.Desk }

// at is the room's view of the desk.
func at(d *feature.Desk) *desk { return &desk{Desk: d} }

// writer writes what recipients read.
func (d *desk) writer() mailing.Writer {
	return mailing.Writer{Text: d.Cfg.Text, Location: d.Cfg.Location, Agency: cmp.Or(d.Cfg.Agency.ShortName, d.Cfg.Agency.Name)}
}
