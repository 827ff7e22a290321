package handlers

import (
	"context"
	"strings"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// why answers `Alasan pesan ini`: what a message is about, which rule let it go at
// that time, and how to have fewer.
func (e *env) why(ctx context.Context, a dialog.Action, _ int) error {
	n, err := e.tx.NoticeOf(ctx, a.Ref, e.employee.ID)
	if err != nil {
		return err
	}
	if err := e.tx.MarkRead(ctx, n.ID, e.employee.ID, e.now); err != nil {
		return err
	}
	caps := e.cfg.Courier.Caps()
	lines := []string{e.whyKind(n), e.whyReason(n), e.t("attention.rule", text.Args{"hari": caps.Day, "pekan": caps.Week, "batas": caps.DeadlineWeek})}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "attention.rule", Text: strings.Join(lines, "\n"),
		Rows: [][]dialog.Button{{{Label: e.label("attention"), Action: e.menuAction("pengingat", 0)}},
			{{Label: e.label("attention_stop"), Action: e.wishAction("henti")}}}})
	return nil
}

// whyKind says what a message is.
func (e *env) whyKind(n courier.Notice) string {
	args := text.Args{"paling": e.cfg.Courier.Caps().Reminders}
	switch n.Kind {
	case outreach.Invitation:
		return e.t("attention.why_invitation", args)
	case outreach.Reminder:
		return e.t("attention.why_reminder", args)
	case outreach.Nudge:
		return e.t("attention.why_nudge", args)
	case outreach.Note:
		return e.t("attention.why_note", args)
	case outreach.Summary:
		return e.t("attention.why_summary", args)
	case outreach.Snoozed:
		return e.t("attention.why_snoozed", args)
	case outreach.Announcement:
		return e.t("attention.why_announcement", args)
	case outreach.Alert:
		return e.t("attention.why_alert", args)
	case outreach.Opened:
		return e.t("attention.why_opened", args)
	case outreach.Shared:
		return e.t("attention.why_shared", args)
	case outreach.Excusal:
		return e.t("attention.why_excusal", args)
	case outreach.Acting:
		return e.t("attention.why_acting", args)
	}
	return e.t("attention.why_other", args)
}

// whyReason puts the stored code into words.
func (e *env) whyReason(n courier.Notice) string { return e.t("reason."+string(n.Reason), nil) }

// kindWord is the short word for what is planned.
func kindWord(k outreach.Kind) string {
	switch k {
	case outreach.Invitation:
		return "attention.word_invitation"
	case outreach.Reminder, outreach.Nudge:
		return "attention.word_reminder"
	case outreach.Note:
		return "attention.word_note"
	case outreach.Summary:
		return "attention.word_summary"
	case outreach.Snoozed:
		return "attention.word_snoozed"
	}
	return "attention.word_other"
}
