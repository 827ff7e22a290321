package handlers

import (
	"context"
	"time"

	"bangkom/handlers/account"
	"bangkom/handlers/announcement"
	"bangkom/handlers/assessment"
	"bangkom/handlers/attention"
	"bangkom/handlers/campaign"
	"bangkom/handlers/demand"
	"bangkom/handlers/evaluation"
	"bangkom/handlers/feature"
	"bangkom/handlers/followup"
	"bangkom/handlers/imports"
	"bangkom/handlers/needs"
	"bangkom/handlers/office"
	"bangkom/handlers/partners"
	"bangkom/handlers/plan"
	"bangkom/handlers/planning"
	"bangkom/handlers/progress"
	"bangkom/handlers/questionnaires"
	"bangkom/handlers/received"
	"bangkom/handlers/resolve"
	"bangkom/handlers/satisfaction"
	"bangkom/handlers/signoff"
	"bangkom/handlers/standards"
	"bangkom/handlers/summary"
	"bangkom/handlers/team"
	"bangkom/handlers/training"
	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// Tx is what deciding an update may ask of the open transaction: the sum of what the
// rooms ask, and what the processor itself needs.
type Tx interface {
	feature.Tx
	account.Tx
	assessment.Tx
	attention.Tx
	imports.Tx
	office.Tx
	team.Tx
	summary.Tx
	evaluation.Tx
	followup.Tx
	announcement.Tx
	received.Tx
	training.Tx
	planning.Tx
	progress.Tx
	needs.Tx
	standards.Tx
	questionnaires.Tx
	demand.Tx
	partners.Tx
	signoff.Tx
	satisfaction.Tx
	resolve.Tx
	plan.Tx
	campaign.Tx
	courier.Tx
	Load(ctx context.Context, botID, chatID int64, now time.Time, ofTask []string) (dialog.Session, personnel.Employee, []task.Task, bool, error)
	LoadTogether(ctx context.Context, botID int64, chats []int64, now time.Time, ofTask []string,
		each func(s dialog.Session, e personnel.Employee, tasks []task.Task, waiting bool, err error)) error
	Save(ctx context.Context, d dialog.Decision) error
	SaveTogether(ctx context.Context, list []dialog.Decision) error
	Untold(ctx context.Context, limit int) ([]personnel.Departure, error)
	Tell(ctx context.Context, d personnel.Departure) (bool, error)
	StaleMenus(ctx context.Context, today time.Time, after int64, slice int) (stale []personnel.ChatMenu, last int64, read int, err error)
	SetMenu(ctx context.Context, chatID int64, key string) error
}

// The compiler checks that each room gets what it asks for.
var (
	_ feature.Tx        = Tx(nil)
	_ account.Tx        = Tx(nil)
	_ assessment.Tx     = Tx(nil)
	_ attention.Tx      = Tx(nil)
	_ campaign.Tx       = Tx(nil)
	_ imports.Tx        = Tx(nil)
	_ office.Tx         = Tx(nil)
	_ team.Tx           = Tx(nil)
	_ summary.Tx        = Tx(nil)
	_ announcement.Tx   = Tx(nil)
	_ received.Tx       = Tx(nil)
	_ training.Tx       = Tx(nil)
	_ planning.Tx       = Tx(nil)
	_ progress.Tx       = Tx(nil)
	_ demand.Tx         = Tx(nil)
	_ partners.Tx       = Tx(nil)
	_ needs.Tx          = Tx(nil)
	_ standards.Tx      = Tx(nil)
	_ questionnaires.Tx = Tx(nil)
	_ signoff.Tx        = Tx(nil)
	_ evaluation.Tx     = Tx(nil)
	_ followup.Tx       = Tx(nil)
	_ satisfaction.Tx   = Tx(nil)
	_ resolve.Tx        = Tx(nil)
	_ plan.Tx           = Tx(nil)
)
