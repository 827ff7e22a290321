package questionnaires

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/announcement"
	"bangkom/internal/disclosure"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
	"bangkom/internal/task"
	"bangkom/internal/training"
)

// Tx is what the room asks of the open transaction.
type Tx interface {
	feature.Holders
	// Questionnaires returns all versions of all questionnaires, by code and version.
	Questionnaires(ctx context.Context) ([]questionnaire.Definition, error)
	StartTask(ctx context.Context, id int64, now time.Time) error
	Submit(ctx context.Context, of task.Task, answers questionnaire.Answers, now time.Time) error
	CountAudience(ctx context.Context, a announcement.Audience, now time.Time) (int, error)
	Units(ctx context.Context) ([]training.Unit, error)
	SurveyOwed(ctx context.Context, s survey.Survey, now time.Time) (int, error)
	StartSurvey(ctx context.Context, s survey.Survey, now time.Time) (int64, error)
	WidenSurvey(ctx context.Context, id int64, version int, by int64, now time.Time) error
	Surveys(ctx context.Context, now time.Time) ([]survey.Survey, error)
	SurveyByID(ctx context.Context, id int64, now time.Time) (survey.Survey, error)
	SurveyCounts(ctx context.Context, id int64) (survey.Counts, error)
	SurveyStops(ctx context.Context, id int64, since time.Time) ([]survey.Stop, error)
	StopSurvey(ctx context.Context, id, by int64, now time.Time) error
	OpenSurveyAnswers(ctx context.Context, o survey.Opening, now time.Time) (int, error)
	SurveyAnswers(ctx context.Context, id int64) ([]survey.Answered, error)
	SurveyVersions(ctx context.Context, id int64) ([]questionnaire.Definition, error)
	AskException(ctx context.Context, id int64, reason string, by int64, now time.Time) (heads []int64, err error)
	DecideException(ctx context.Context, id int64, signed bool, by int64, now time.Time) error
	GiveSurveyReport(ctx context.Context, id int64, report string, by int64, now time.Time) error
	OwnSurvey(ctx context.Context, taskID, employee int64, now time.Time) (survey.Own, error)
	MySurveys(ctx context.Context, employee int64, now time.Time) ([]survey.Mine, error)
	LockSurveyTask(ctx context.Context, taskID, employee int64, now time.Time) error
	StartSealed(ctx context.Context, taskID int64) error
	HoldSurveyAnswer(ctx context.Context, of task.Task, a disclosure.Answers, now time.Time) error
	SentSurveys(ctx context.Context, employee int64, now time.Time) ([]int64, error)
	SurveyReach(ctx context.Context, s survey.Survey, now time.Time) (survey.Reach, error)
	SurveyForm(ctx context.Context, s survey.Survey) (questionnaire.Definition, error)
	SurveyGroups(ctx context.Context, id int64) ([]survey.Told, error)
	UnitsReady(ctx context.Context, head int64, now time.Time) ([]survey.HeadOf, error)
	CopySurveys(ctx context.Context, chatID int64) (json.RawMessage, error)
	TriedQuestionnaire(ctx context.Context, upload, employee int64) (questionnaire.Definition, error)
}
