package handlers

import (
	"context"
	"slices"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// Arriving reads chats for updates that are not stored yet, without a lock, and stores the
// updates with what was decided; same = false when a chat is not as it was read, or somebody is
// at it: nothing was stored.
type Arriving interface {
	Load(ctx context.Context, botID int64, list []dialog.Arrived, now time.Time, ofTask []string,
		each func(s dialog.Session, e personnel.Employee, tasks []task.Task)) error
	Save(ctx context.Context, list []dialog.Decision, rest []dialog.RawUpdate) (same bool, err error)
}

// Arrive decides, as ProcessTogether would, the first update of each chat in which nothing
// waits, but of no more than most chats, and stores all updates with what was decided in one
// statement. Where nothing is done after all, or after an error, nothing is known to be
// stored; the updates may be given to the inbox.
func (p *Processor) Arrive(ctx context.Context, rows []dialog.RawUpdate, most int) (stored dialog.Stored, err error) {
	begin := time.Now()
	first := firstOfChats(rows, most)
	if len(first) == 0 {
		return stored, nil
	}
	term := p.cfg.Sender.Accepting()
	var list []decided
	var alone []int64
	same := false
	err = p.cfg.Store.Arriving(ctx, func(a Arriving) error {
		err := a.Load(ctx, p.cfg.BotID, first, p.clock(), p.Reg.OfTask,
			func(s dialog.Session, emp personnel.Employee, tasks []task.Task) {
				if d, err := p.inMemory(ctx, s, emp, tasks, term); err == nil {
					list = append(list, d)
				} else {
					alone = append(alone, s.ChatID)
				}
			})
		if err == nil && len(list) > 0 {
			same, err = a.Save(ctx, decisions(list), apart(&stored, rows, list))
		}
		return err
	})
	if err != nil && len(list) > 0 && list[0].rows.Term != 0 && p.cfg.Store.Unavailable(err) {
		p.cfg.Sender.CommitUnknown()
	}
	if err != nil || !same {
		return dialog.Stored{Alone: alone}, err
	}
	stored.Alone = alone
	p.offerAll(list)
	for _, d := range list {
		p.settle(ctx, d, begin)
	}
	return stored, nil
}

// decisions are what a transaction stores of several.
func decisions(list []decided) []dialog.Decision {
	rows := make([]dialog.Decision, len(list))
	for i, d := range list {
		rows[i] = d.rows
	}
	return rows
}

// firstOfChats are the first update of each chat, of the first chats.
func firstOfChats(rows []dialog.RawUpdate, most int) (first []dialog.Arrived) {
	at := map[int64]int{}
	for _, r := range rows {
		if r.Lane == 0 || r.Failed != "" {
			continue
		}
		if i, known := at[r.Lane]; known {
			if i >= 0 {
				first[i].More = true
			}
			continue
		}
		if len(first) == most {
			at[r.Lane] = -1
			continue
		}
		at[r.Lane] = len(first)
		first = append(first, dialog.Arrived{RawUpdate: r})
	}
	return first
}

// apart notes in stored which updates were decided and which chats wait; rest are the
// updates that were not.
func apart(stored *dialog.Stored, rows []dialog.RawUpdate, list []decided) (rest []dialog.RawUpdate) {
	stored.Done = make(map[int64]bool, len(list))
	for _, d := range list {
		stored.Done[d.rows.UpdateID] = true
	}
	for _, r := range rows {
		if stored.Done[r.ID] {
			continue
		}
		rest = append(rest, r)
		if r.Lane != 0 && r.Failed == "" && !slices.Contains(stored.Lanes, r.Lane) {
			stored.Lanes = append(stored.Lanes, r.Lane)
		}
	}
	return rest
}
