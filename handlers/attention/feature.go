// Package attention is what the bot starts by itself, as a person may shape it:
// reminders, putting off, what is in the way, why a message came, paused units.
package attention

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/persuasion"
	"bangkom/internal/reminder"
)

// Feature is what the bot starts by itself, as a person may shape it: reminders,
// putting off, what is in the way, why a message came, and paused units.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name: "attention",
		Conversations: []feature.Conversation[*env]{
			{Name: muteFlow, Form: func(p *feature.Desk) dialog.Flow[*env] { return at(p).muteForm() }, Transcript: "pengingat"},
		},
		Commands: []feature.Command[*env]{{Name: "pengingat", Place: 110, Run: (*env).attention, Transcript: "pengingat"}},
		Buttons: []feature.Button[*env]{
			{Step: reminder.SnoozeStep, Run: (*env).askLater},
			{Step: reminderPutOff, Run: (*env).putOff},
			{Step: pauseTaken, Run: (*env).putOff},
			{Step: reminder.BarrierStep, Run: (*env).barrierCard},
			{Step: "sebab", Run: (*env).barrierHelp},
			{Step: courier.WhyStep, Run: (*env).why},
			{Step: persuasion.AskStep, Run: (*env).askHelp},
			{Step: persuasion.RequestStep, Run: (*env).requestCard},
			{Step: persuasion.DoneStep, Run: (*env).requestDone},
			{Step: helperList, Who: feature.HR, Run: (*env).helpers},
			{Step: helperPick, Who: feature.HR, Run: (*env).pickHelper},
			{Step: helperYes, Who: feature.HR, Run: (*env).nameHelper},
			{Step: helperEnds, Who: feature.HR, Run: (*env).endHelper},
			{Step: "jam", Run: (*env).hourCard},
			{Step: "jamya", Run: (*env).setHour},
			{Step: reminder.MuteStep, Run: (*env).setMute},
			{Step: "jeda", Who: feature.HR, Run: (*env).pausedUnits},
			{Step: "jedaya", Who: feature.HR, Run: (*env).resumeUnit},
		},
		Menu: []feature.MenuLine{{Row: 10, Column: 2, Label: "attention_short", Opens: "pengingat"}},
		Copy: []feature.CopyPart{{Key: "pengingat", Read: func(ctx context.Context, tx feature.Tx, chatID int64) (json.RawMessage, error) {
			return tx.(Tx).CopyReminders(ctx, chatID)
		}}, {Key: "pendampingan", Read: func(ctx context.Context, tx feature.Tx, chatID int64) (json.RawMessage, error) {
			return tx.(Tx).CopyHelp(ctx, chatID)
		}}},
		Person: []feature.PersonButtons[*env]{{Place: feature.AtTheEnd, Rows: (*env).helperButton}},
		Links:  []feature.Link{{To: feature.ToLater, Open: feature.Opens(reminder.SnoozeStep)}, {To: feature.ToPauses, Open: feature.Opens("jeda")}},
		Hooks:  feature.Hooks[*env]{Left: (*env).offerTimes},
	})
}
