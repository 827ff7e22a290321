package storage

import (
	"github.com/lib/pq"

	"bangkom/internal/outreach"
	"bangkom/internal/task"
	"bangkom/storage/pg"
)

// What is known about kinds of tasks and messages stands in the tables of the
// packages task and outreach. A statement about all kinds of some sort gets their
// list as a parameter. A statement that is about one kind alone is put together
// here from the constant of that kind (pg.OfKind): the indexes of single kinds (task_rating,
// notice_summary) cannot serve for a parameter, because plans are kept.

// isSelf and isRating are true of the two tasks that a period owes.
func isSelf(of string) string   { return pg.OfKind(of, task.SelfAssessment) }
func isRating(of string) string { return pg.OfKind(of, task.Rating) }

// isCounted is true of tasks of the kind that a count of the weekly summary is of.
func isCounted(of string, c task.Count) string { return pg.OfKind(of, counted(c)) }

// counted is the kind of a count. There is one: people are counted, not tasks.
func counted(c task.Count) task.Kind {
	return task.Kinds(func(k task.Traits) bool { return k.Summary == c })[0]
}

// isSummary, isNudge and isSnoozed are true of notifications of these kinds.
func isSummary(of string) string { return pg.OfKind(of, outreach.Summary) }
func isSnoozed(of string) string { return pg.OfKind(of, outreach.Snoozed) }
func isNudge(of string) string   { return pg.OfKind(of, outreach.Nudge) }

// taskKinds is the list of the kinds whose row has what is asked for, as a
// parameter.
func taskKinds(has func(task.Traits) bool) any { return kindArray(task.Kinds(has)) }

// messageKinds is taskKinds of the kinds of messages.
func messageKinds(has func(outreach.Traits) bool) any { return kindArray(outreach.Kinds(has)) }

// reminds is for messageKinds: what counts as a reminder after the invitation.
func reminds(k outreach.Traits) bool { return k.Reminds }

func kindArray[K ~string](kinds []K) any {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = string(k)
	}
	return pq.Array(out)
}
