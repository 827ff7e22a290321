package assessment

import (
	"context"
	"time"

	"bangkom/internal/needs"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/standard"
	"bangkom/internal/task"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	Task(ctx context.Context, id, employeeID int64) (task.Task, error)
	StartTask(ctx context.Context, id int64, now time.Time) error
	UnstartTask(ctx context.Context, id int64) error
	OfferTask(ctx context.Context, of int64, kind task.Kind) (int64, error)
	Submit(ctx context.Context, of task.Task, answers questionnaire.Answers, now time.Time) error
	SubmitPaper(ctx context.Context, of task.Task, answers questionnaire.Answers, by int64, now time.Time) error
	PaperTask(ctx context.Context, employeeID int64) (task.Task, error)
	Answers(ctx context.Context, taskID int64) (questionnaire.Answers, error)
	NeedPeriods(ctx context.Context) ([]needs.Period, error)
	NeedWishes(ctx context.Context, period int64) ([]needs.Wish, error)
	Standard(ctx context.Context, employee int64) (standard.Standard, error)
	RatingUntil(ctx context.Context, occasion, subject int64) (until time.Time, asked bool, err error)
	Employee(ctx context.Context, id int64) (personnel.Employee, error)
	Person(ctx context.Context, a personnel.Area, id int64) (personnel.Member, error)
}
