package attention

import (
	"context"
	"strings"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/reminder"
	"bangkom/internal/text"
)

// why answers `Alasan pesan ini`: what a message is about, which rule let it go at
// that time, and how to have fewer.
func (e *env) why(ctx context.Context, a dialog.Action, _ int) error {
	n, err := e.tx.NotificationOf(ctx, a.Ref, e.Employee.ID)
	if err != nil {
		return err
	}
	if err := e.tx.MarkRead(ctx, n.ID, e.Employee.ID, e.Now); err != nil {
		return err
	}
	caps := e.Cfg.Courier.Caps()
	lines := []string{e.whyKind(n), e.whyReason(n), e.T("attention.rule", text.Args{"hari": caps.Day, "pekan": caps.Week, "batas": caps.DeadlineWeek})}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "attention.rule", Text: strings.Join(lines, "\n"),
		Rows: [][]dialog.Button{{{Label: e.Label("attention"), Action: e.MenuAction("pengingat", 0)}},
			{{Label: e.Label("attention_stop"), Action: e.preferenceAction(reminder.Stop)}}}})
	return nil
}

// whyKind says what a message is.
func (e *env) whyKind(n courier.Notification) string {
	key, known := map[outreach.Kind]string{
		outreach.Invitation: "attention.why_invitation", outreach.Reminder: "attention.why_reminder", outreach.Nudge: "attention.why_nudge",
		outreach.Note: "attention.why_note", outreach.Summary: "attention.why_summary", outreach.Snoozed: "attention.why_snoozed",
		outreach.Announcement: "attention.why_announcement", outreach.Alert: "attention.why_alert", outreach.Opened: "attention.why_opened", outreach.Replied: "attention.why_replied",
		outreach.Shared: "attention.why_shared", outreach.Unshared: "attention.why_unshared", outreach.Excusal: "attention.why_excusal", outreach.Codes: "attention.why_codes", outreach.Acting: "attention.why_acting", outreach.Answered: "attention.why_answered",
		outreach.Superior: "attention.why_superior", outreach.Training: "attention.why_training", outreach.SeatOffer: "attention.why_seat_offer",
		outreach.Session: "attention.why_session", outreach.Extended: "attention.why_extended", outreach.Permits: "attention.why_permits",
		outreach.EvaluationReminder: "attention.why_evaluation_reminder", outreach.FollowUp: "attention.why_follow_up", outreach.FollowUpReminder: "attention.why_follow_up", outreach.Resolve: "attention.why_resolve",
		outreach.Survey: "attention.why_survey", outreach.SurveyReminder: "attention.why_survey", outreach.SurveyReport: "attention.why_survey_report", outreach.SurveyNews: "attention.why_survey_news",
		outreach.Plan: "attention.why_plan", outreach.PlanReminder: "attention.why_plan_reminder", outreach.PlanMonth: "attention.why_plan_month", outreach.Plans: "attention.why_plans",
		outreach.Campaign: "attention.why_campaign", outreach.Help: "attention.why_help",
	}[n.Kind]
	if !known {
		key = "attention.why_other"
	}
	return e.T(key, text.Args{"paling": e.Cfg.Courier.Caps().Reminders})
}

// whyReason puts the stored code into words.
func (e *env) whyReason(n courier.Notification) string { return e.T("reason."+string(n.Reason), nil) }

// kindWord is the short word for what is planned.
func kindWord(k outreach.Kind) string {
	word, known := map[outreach.Kind]string{
		outreach.Invitation: "attention.word_invitation", outreach.Reminder: "attention.word_reminder", outreach.Nudge: "attention.word_reminder",
		outreach.Note: "attention.word_note", outreach.Summary: "attention.word_summary", outreach.Snoozed: "attention.word_snoozed",
		outreach.EvaluationReminder: "attention.word_reminder", outreach.FollowUpReminder: "attention.word_reminder", outreach.SurveyReminder: "attention.word_reminder",
		outreach.PlanReminder: "attention.word_plan_reminder", outreach.PlanMonth: "attention.word_plan_month", outreach.Campaign: "attention.word_reminder",
	}[k]
	if !known {
		return "attention.word_other"
	}
	return word
}
