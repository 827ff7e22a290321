// Package summary is the summary that superiors get each week: what can be done
// from it, and when it comes.
package summary

import (
	"context"
	"encoding/json"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/report"
	"bangkom/internal/summary"
)

// Feature is the summary that superiors get each week: what can be done from it
// and when it comes.
func Feature() feature.Feature[*feature.Env] {
	return feature.Bind(on, feature.Feature[*env]{
		Name:     "summary",
		Commands: []feature.Command[*env]{{Name: "ringkasan", Place: 60, Who: feature.Supervises, Run: (*env).summarize, Transcript: "ringkasan"}},
		Buttons: []feature.Button[*env]{
			{Step: summary.ShowStep, Run: below((*env).showAgain)},
			{Step: summary.RemindStep, Run: below((*env).askRemind)},
			{Step: summary.SendStep, Run: below((*env).sendRemind)},
			{Step: summary.ExcuseStep, Run: below((*env).excuseOnSummary)},
			{Step: summary.CodesStep, Run: below((*env).codesOnSummary)},
			{Step: summary.UnexcuseStep, Run: below((*env).unexcuseOnSummary)},
			{Step: summary.SettingStep, Run: below((*env).summarySettings)},
		},
		Menu: []feature.MenuLine{{Row: 4, Column: 1, Label: "summary", Opens: "ringkasan"}},
		Files: []feature.File{{Kind: summary.TeamPicture, Name: "tim.png", Draw: func(_ *feature.Desk, _ context.Context, data json.RawMessage) ([]byte, error) {
			return feature.DrawChart[report.TeamChart](data)
		}}},
		Hooks: feature.Hooks[*env]{Coming: (*env).summaryLine, Fresh: (*env).freshSummary, Summary: (*env).summaryPress},
	})
}

// below is a button below a summary.
func below(run func(e *env, ctx context.Context, a dialog.Action, at summary.Stamp, message int) (string, bool, error)) func(*env, context.Context, dialog.Action, int) error {
	return func(e *env, ctx context.Context, a dialog.Action, message int) error {
		return e.OnSummary(ctx, a, message, func(at summary.Stamp) (string, bool, error) { return run(e, ctx, a, at, message) })
	}
}
