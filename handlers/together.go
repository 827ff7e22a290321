package handlers

import (
	"context"
	"errors"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/task"
)

// Under load many chats wait at once, and each update costs a transaction. So the updates
// of several chats are decided in one: all are loaded in one statement, decided in memory
// and saved in one statement. It is a short cut and no other way of deciding: whatever is
// not as plain as an answer to a question leaves the batch as if it had never been in it,
// and is decided alone, by Process.

// errAlone says that an update has to be decided alone.
var errAlone = errors.New("this update is decided alone")

// inMemory is the Tx of an update that is decided with others. It has nothing to call:
// every method but Writes panics, and that ends the attempt.
type inMemory struct{ Tx }

// Writes is 0: nothing was written.
func (inMemory) Writes() int { return 0 }

// decidedTogether marks the context of what is decided with others.
type decidedTogether struct{}

// noOtherWay panics where an update that is decided with others would reach for a
// transaction or a file besides its Tx: the chats of all would be held until it came, and
// what it wrote would stay when the update leaves the batch.
func noOtherWay(ctx context.Context) {
	if ctx.Value(decidedTogether{}) != nil {
		panic(errAlone)
	}
}

// ProcessTogether decides the oldest waiting update of several chats in one transaction.
// more holds the chats that are done with, and whether to call again; every other one is
// to be given to Process. Nothing is counted as a failure here, and nobody waits for a
// chat that somebody else is at.
func (p *Processor) ProcessTogether(ctx context.Context, lanes []int64) (more map[int64]bool) {
	begin := time.Now()
	var list []decided
	var empty []int64
	err := p.cfg.Store.InTxOnce(ctx, func(tx Tx) error {
		term := p.cfg.Sender.Accepting()
		err := tx.LoadTogether(ctx, p.cfg.BotID, lanes, p.clock(), p.Reg.OfTask,
			func(s dialog.Session, emp personnel.Employee, tasks []task.Task, waiting bool, err error) {
				if err == nil && !waiting {
					empty = append(empty, s.ChatID)
				}
				if err != nil || !waiting {
					return
				}
				if d, err := p.inMemory(ctx, s, emp, tasks, term); err == nil {
					list = append(list, d)
				}
			})
		if err != nil || len(list) == 0 {
			return err
		}
		return tx.SaveTogether(ctx, decisions(list))
	})
	if err != nil {
		if len(list) > 0 && list[0].rows.Term != 0 && p.cfg.Store.Unavailable(err) {
			p.cfg.Sender.CommitUnknown()
		}
		p.spoiled(len(lanes), err)
		return nil
	}
	p.failing.Store(0)
	p.offerAll(list) // before anything else: another process may answer the next update of one of them
	more = make(map[int64]bool, len(lanes))
	for _, id := range empty {
		more[id] = false
	}
	for _, d := range list {
		p.settle(ctx, d, begin)
		more[d.env.Session.ChatID] = d.env.Session.More
	}
	return more
}

// Away tells whether an update was not decided because the database was away, which is no
// fault of the update.
func (p *Processor) Away(err error) bool { return p.cfg.Store.Unavailable(err) }

// manyInARow is after how many batches that failed one after the other something must be
// wrong with batches themselves.
const manyInARow = 20

// spoiled notes that a batch failed. One is nothing; many in a row double the work.
func (p *Processor) spoiled(updates int, err error) {
	p.cfg.Log.Debug("updates are decided one by one", "updates", updates, "err", err)
	if !p.cfg.Store.Unavailable(err) && p.failing.Add(1) == manyInARow {
		p.cfg.Log.Warn("no batch of updates succeeds: each update is decided twice; limits.decide_together 1 ends that", "err", err)
	}
}

// offerAll hands the rows of a batch to the sender.
func (p *Processor) offerAll(list []decided) {
	var rows []dialog.Outgoing
	for _, d := range list {
		rows = append(rows, d.rows.Rows...)
	}
	p.offer(rows)
}

// inMemory decides one update without a transaction of its own. The error says no more than
// that it has to be decided alone.
func (p *Processor) inMemory(ctx context.Context, s dialog.Session, emp personnel.Employee, tasks []task.Task, term int64) (d decided, err error) {
	defer func() {
		if recover() != nil { // it needs the database, or has an error of its own, which comes out when it is alone
			err = errAlone
		}
	}()
	ctx = context.WithValue(ctx, decidedTogether{}, true)
	e := p.begin(inMemory{}, s, emp, tasks)
	d.env, d.raw = e, s.Update
	if d.update, err = p.cfg.Decode(d.raw.Body); err != nil {
		return d, errAlone
	}
	e.Update = d.update
	if e.withinHour(d.update) && !e.hasty(d.update) {
		if err := e.decide(ctx, d.update); err != nil {
			return d, errAlone
		}
	}
	if d.rows, err = e.decision(); err != nil {
		return d, errAlone
	}
	out := &e.Out
	if d.rows.Term != term || d.rows.Forget || d.rows.Spent != "" || len(out.Loose)+len(out.Started)+len(out.Outside) > 0 {
		return d, errAlone
	}
	return d, nil
}
