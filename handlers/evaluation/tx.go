package evaluation

import (
	"context"
	"time"

	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/task"
	"bangkom/internal/training"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	Partner(ctx context.Context, id int64) (training.Partner, error)
	Evaluation(ctx context.Context, batch int64) (evaluation.Evaluation, error)
	EvaluationForm(ctx context.Context) (questionnaire.Definition, error)
	StartSealed(ctx context.Context, taskID int64) error
	HoldAnswer(ctx context.Context, of task.Task, a disclosure.Answers, now time.Time) error
	MyEvaluations(ctx context.Context, employee int64, now time.Time) ([]task.Task, error)
	OpenEvaluation(ctx context.Context, batch, by int64, now time.Time) (bool, error)
	RunsEvaluation(ctx context.Context, batch int64, who personnel.Employee, now time.Time) (bool, error)
	EvaluationsRun(ctx context.Context, who personnel.Employee, now time.Time, skip, limit int) ([]evaluation.Standing, int, error)
	EvaluationResult(ctx context.Context, batch int64) (evaluation.Result, error)
	EvaluationOpened(ctx context.Context, batch int64) (bool, error)
	PublishedResults(ctx context.Context, from, until time.Time) ([]evaluation.Shown, error)
	ReportsOverdue(ctx context.Context, now time.Time) (int, error)
	OfficeChat(ctx context.Context, chat int64) (bool, error)
	ReadRemark(ctx context.Context, atom int64, n int, text string, by int64, now time.Time) (bool, error)
	GiveReport(ctx context.Context, batch int64, body string, by int64, now time.Time) (bool, error)
	EvaluationAsked(ctx context.Context, batch int64, kind string) ([]int64, error)
}
