package reminder

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// AgreementTx is what the news about agreements asks of the open transaction.
type AgreementTx interface {
	courier.Tx
	Partners(ctx context.Context) ([]training.Partner, error)
	// Holders returns who has a role and an account.
	Holders(ctx context.Context, role personnel.Role) ([]personnel.Employee, error)
}

// agreementStep is the step at which an agreement stands that ends in so many days: the
// nearest one that was reached; 0 = none was, or it is over.
func agreementStep(left int) (step int) {
	for _, s := range training.AgreementSteps() {
		if left >= 0 && left <= s {
			step = s
		}
	}
	return step
}

// Agreements tells everybody of the personnel office that the agreement with a partner ends
// in 90, 30 and 7 days, each once; a step that was missed is made up for until the next one.
// An agreement whose end is moved begins anew. Nothing is said of partners with whom nothing
// is planned any more, nor after the end: that stands on /kelola and in the weekly roll-up.
func (r *Reminder) Agreements(ctx context.Context, tx AgreementTx, now time.Time) (told int, err error) {
	list, err := tx.Partners(ctx)
	if err != nil {
		return 0, err
	}
	office, err := tx.Holders(ctx, personnel.RoleHR)
	if err != nil {
		return 0, err
	}
	today := now.In(r.cfg.Location)
	var messages []courier.Message
	for _, p := range list {
		if p.Removed || p.Until.IsZero() {
			continue
		}
		step := agreementStep(p.DaysLeft(today))
		if step == 0 {
			continue
		}
		last := outreach.NewDay(p.Until.Year(), p.Until.Month(), p.Until.Day())
		reply := dialog.Reply{Template: "partner.ends", Rows: [][]dialog.Button{{r.button("partner_open", "mitrakartu", p.ID)}},
			Text: r.cfg.Text.T("partner.ends", text.Args{"mitra": p.Name, "nomor": p.Agreement, "sampai": r.cfg.Text.Date(p.Until), "hari": p.DaysLeft(today)})}
		for _, who := range office {
			messages = append(messages, courier.Message{Employee: who.ID, Key: fmt.Sprintf("agreement:%d:%s:%d:%d", p.ID, last, step, who.ID), Reply: reply,
				Candidate: outreach.Candidate{Class: outreach.Prompt, Kind: outreach.Agreement, Expires: (last + 1).Start(r.cfg.Location)}})
		}
	}
	_, err = r.cfg.Courier.SendAll(ctx, tx, now, messages)
	return len(messages), err
}
