package plan

import (
	"context"
	"encoding/json"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/plan"
)

// Tx is what the room asks of the open transaction. A method that says ErrNotFound (of dialog)
// says it for everything that the asker may not see, too.
type Tx interface {
	own
	superior
	// PlanForHR reads a plan for the personnel office, without what was never submitted, and
	// records the reason; ErrNotFound when there is nothing.
	PlanForHR(ctx context.Context, employee int64, year int, by int64, reason string, now time.Time) (plan.Plan, error)
	Person(ctx context.Context, a personnel.Area, id int64) (personnel.Member, error)
	// CopyPlans is what is stored of the plans of the person of a chat; nil = nothing.
	CopyPlans(ctx context.Context, chatID int64) (json.RawMessage, error)
}

// own is what people do with their own plans.
type own interface {
	// Plan reads somebody's plan of a year; the zero Plan when there is none.
	Plan(ctx context.Context, employee int64, year int) (plan.Plan, error)
	PlanYears(ctx context.Context, employee int64) ([]int, error)
	// PlanWants lists what could be done, in the order of plan.Order, without wishes.
	PlanWants(ctx context.Context, employee int64, year int, now time.Time) ([]plan.Want, error)
	PlanWish(ctx context.Context, employee int64) ([]plan.Answer, error)
	PlanLine(ctx context.Context, employee, id int64) (plan.Line, error)
	ChooseLine(ctx context.Context, employee int64, l plan.Line, now time.Time) (stored bool, err error)
	DropLine(ctx context.Context, employee int64, l plan.Line, why plan.Reason, now time.Time) error
	FinishLine(ctx context.Context, employee, id int64, now time.Time) error
	UnfinishLine(ctx context.Context, employee, id int64) error
	RemindLine(ctx context.Context, employee, id int64, day time.Time) error
	SubmitPlan(ctx context.Context, employee int64, year int, now time.Time) (bool, error)
	Employee(ctx context.Context, id int64) (personnel.Employee, error)
}

// superior is what superiors, and those who stand in for them, do with the plans of their
// teams.
type superior interface {
	PlansWaiting(ctx context.Context, superior int64, now time.Time) ([]plan.Waiting, error)
	AgreePlans(ctx context.Context, superior int64, shown []plan.Waiting, now time.Time) ([]plan.Waiting, error)
	Team(ctx context.Context, superior int64, now time.Time) ([]personnel.Member, error)
	// TeamProgress counts the lines of people's plans that were submitted, by person.
	TeamProgress(ctx context.Context, people []int64, year int) (map[int64]plan.Progress, error)
	// PlanForSuperior reads the plan of somebody of the team, without what was never
	// submitted, and records that; ErrNotFound.
	PlanForSuperior(ctx context.Context, employee int64, year int, by int64, now time.Time) (plan.Plan, personnel.Member, error)
}
