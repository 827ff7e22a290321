package handlers

import (
	"context"
	"slices"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// Arrive stores updates and decides in the same statement, as ProcessTogether would, the
// first of each chat in which nothing waits, but of no more than most chats. After an error
// nothing of it is known to be stored; the updates may be given to the inbox.
func (p *Processor) Arrive(ctx context.Context, rows []dialog.RawUpdate, most int) (stored dialog.Stored, err error) {
	begin := time.Now()
	first := firstOfChats(rows, most)
	if len(first) == 0 {
		return stored, nil
	}
	term := p.cfg.Sender.Accepting()
	var list []decided
	err = p.cfg.Store.LoadArrived(ctx, p.cfg.BotID, first, p.clock(), p.Reg.OfTask,
		func(s dialog.Session, emp personnel.Employee, tasks []task.Task) {
			if d, err := p.inMemory(ctx, s, emp, tasks, term); err == nil {
				list = append(list, d)
			} else {
				stored.Alone = append(stored.Alone, s.ChatID)
			}
		})
	if err != nil || len(list) == 0 {
		return stored, err
	}
	if err := p.cfg.Store.SaveArrived(ctx, decisions(list), apart(&stored, rows, list)); err != nil {
		if list[0].rows.Term != 0 && p.cfg.Store.Unavailable(err) {
			p.cfg.Sender.CommitUnknown()
		}
		return dialog.Stored{}, err
	}
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
