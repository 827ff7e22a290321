package reminder

import (
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/text"
)

// The names of buttons that handlers answer.
const (
	SnoozeStep  = "nanti"   // asks when to come back; ref: the task
	BarrierStep = "kendala" // asks what is in the way; ref: the task
	MuteStep    = "hening"  // changes what a person wants; its value is Stop for silence
	// Stop is the value of MuteStep that ends all reminders.
	Stop = "henti"
	// TaskFlow is the conversation that fills in a task; ref: the task.
	TaskFlow = "q"
)

// sentences are the keys of a message about a task: for who has begun, and for
// who has not.
type sentences struct{ begun, fresh string }

// stepWords gives each step another first line.
func stepWords(s outreach.Step) sentences {
	switch s {
	case outreach.StepInvitation:
		return sentences{"reminder.invitation", "reminder.invitation"}
	case outreach.StepFirst:
		return sentences{"reminder.first", "reminder.first_new"}
	case outreach.StepSecond:
		return sentences{"reminder.second", "reminder.second"}
	}
	return sentences{"reminder.last", "reminder.last_new"}
}

// message is the message of a rung: each step has another first line.
func (w *climbing) message(l Climb, r outreach.Rung) courier.Message {
	reply := w.taskReply(l, stepWords(r.Step), w.now)
	reply.Silent = r.Silent
	if r.Step == outreach.StepLast {
		reply.Rows = append(reply.Rows[:1], []dialog.Button{w.button("barrier", BarrierStep, l.Task), w.button("later", SnoozeStep, l.Task)})
	}
	return courier.Message{Employee: l.Employee.ID, Candidate: r.Candidate(l.Task), Key: ladderKey(l.Task, r.Step), Step: r.Step, Reply: reply}
}

// taskReply is a message about a task with the buttons that lead on.
func (r *Reminder) taskReply(l Climb, words sentences, now time.Time) dialog.Reply {
	label, sentence := "resume_filling", words.begun
	if l.Answered == 0 {
		label, sentence = "start", words.fresh
	}
	return dialog.Reply{Template: sentence, Text: r.cfg.Text.T(sentence, r.taskArgs(l, now)), Rows: [][]dialog.Button{
		{{Label: r.cfg.Text.Plain("label."+label, nil), Action: dialog.Action{Flow: TaskFlow, Ref: l.Task, Verb: dialog.Resume}}},
		{r.button("later", SnoozeStep, l.Task)},
	}}
}

func (r *Reminder) button(label, step string, ref int64) dialog.Button {
	return dialog.Button{Label: r.cfg.Text.Plain("label."+label, nil),
		Action: dialog.Action{Flow: "m", Step: step, Ref: ref, Verb: dialog.Resume}}
}

func (r *Reminder) taskArgs(l Climb, now time.Time) text.Args {
	left := max(l.Items-l.Answered, 0)
	return text.Args{"sapaan": l.Employee.Salutation(), "nama": l.Employee.DisplayName(), "judul": l.Title, "jumlah": l.Items,
		"terisi": l.Answered, "sisa": left, "menit": minutes(l, l.Items), "menit_sisa": minutes(l, left),
		"batas": r.until(l.Due, now)}
}

// minutes is about how long some of the questions take.
func minutes(l Climb, questions int) int {
	if l.Items == 0 {
		return max(l.Minutes, 1)
	}
	return max((l.Minutes*questions+l.Items-1)/l.Items, 1)
}

// until writes a deadline; today's and tomorrow's by these words.
func (r *Reminder) until(due, now time.Time) string {
	due = due.In(r.cfg.Location)
	return r.cfg.Text.Soon(r.cfg.Text.Deadline(due), due, now)
}
