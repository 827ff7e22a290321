package team

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/rating"
	"bangkom/internal/standard"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	Employee(ctx context.Context, id int64) (personnel.Employee, error)
	Answers(ctx context.Context, taskID int64) (questionnaire.Answers, error)
	Standard(ctx context.Context, employee int64) (standard.Standard, error)
	Ratings(ctx context.Context, rater int64, now time.Time) ([]rating.Ratable, error)
	StartRating(ctx context.Context, id int64, now time.Time) error
	SubmitRating(ctx context.Context, id, rater int64, answers questionnaire.Answers, now time.Time) (opened bool, err error)
	TeamChecked(ctx context.Context, employeeID int64) (bool, error)
	CheckTeam(ctx context.Context, employeeID int64, now time.Time) error
	Pair(ctx context.Context, id, viewer int64, now time.Time) (rating.Pair, error)
	PairNews(ctx context.Context, id, viewer int64, now time.Time) (rating.Pair, error)
	PairForHR(ctx context.Context, subject, by int64, reason string, now time.Time) (rating.Pair, error)
	OpenPair(ctx context.Context, subject, period, viewer int64, now time.Time) (int64, error)
	RatedBy(ctx context.Context, id int64) (int64, error)
	MissingSelves(ctx context.Context, ratings []int64, viewer int64, now time.Time) (awaited, closed int, err error)
	SetReply(ctx context.Context, id, subject int64, body string, now time.Time) error
	DropReply(ctx context.Context, id, subject int64) error
	AskReply(ctx context.Context, id, subject int64, now time.Time) (body string, err error)
	CopyReplies(ctx context.Context, chatID int64) (json.RawMessage, error)
	ChatOf(ctx context.Context, employeeID int64) (int64, error)
	AddTalk(ctx context.Context, id int64, k rating.Talk, by int64, now time.Time) error
	CoRaters(ctx context.Context, official int64) ([]rating.CoRater, error)
	NameCoRater(ctx context.Context, official, subject, rater int64, now time.Time) error
	CodeOfficers(ctx context.Context, people []int64, asker int64) ([]personnel.CodeOfficer, error)
	CodeAsked(ctx context.Context, person int64) (time.Time, error)
	Leads(ctx context.Context, superior, employee int64) (bool, error)
	RevokeCoRater(ctx context.Context, official, subject int64, now time.Time) error
	Team(ctx context.Context, superior int64, now time.Time) ([]personnel.Member, error)
	TeamMember(ctx context.Context, superior, employee int64, now time.Time) (personnel.Member, error)
	Person(ctx context.Context, a personnel.Area, id int64) (personnel.Member, error)
}
