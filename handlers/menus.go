package handlers

import (
	"context"
	"fmt"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

const (
	menusAtATime = 200
	// leastSlice is how many chats are compared with the rights of their people
	// at a time; menuTicks is in how many times all are, within one minute.
	leastSlice  = 2000
	menuTicks   = 25
	toldAtATime = 100
)

// menuCursor remembers how far the chats were compared. Only the worker uses it.
type menuCursor struct {
	after int64 // the last chat
	seen  int   // in this round
	slice int   // 0 = leastSlice
}

// advance goes behind the chat `last`, or begins a new round at the end.
func (c *menuCursor) advance(last int64, read int, end bool) {
	c.after, c.seen = last, c.seen+read
	if end {
		*c = menuCursor{slice: max(leastSlice, c.seen/menuTicks)}
	}
}

// freshMenus queues the command menu of every chat whose person has other
// rights than when it was set.
func (p *Processor) freshMenus(ctx context.Context) error {
	n := 0
	next := p.menus
	err := p.cfg.Store.InTx(ctx, func(tx Tx) error {
		next = p.menus
		slice := max(leastSlice, next.slice)
		stale, last, read, err := tx.StaleMenus(ctx, p.cfg.Now().In(p.cfg.Location), next.after, slice)
		if err != nil {
			return err
		}
		if len(stale) > menusAtATime { // the rest of the slice comes next
			stale = stale[:menusAtATime]
			next.advance(stale[menusAtATime-1].ChatID, 0, false)
		} else {
			next.advance(last, read, read < slice)
		}
		n = len(stale)
		for _, m := range stale {
			var menu []MenuEntry
			if m.Key != "" {
				menu = Menu(p.cfg.Text, personnel.ParseRights(m.Key))
			}
			row, err := p.cfg.RenderMenu(m.ChatID, menu)
			if err != nil {
				return fmt.Errorf("render menu: %w", err)
			}
			row.Key = fmt.Sprintf("menu:%d:%s:%d", m.ChatID, m.Key, p.cfg.Now().UnixNano())
			if err := tx.Enqueue(ctx, []dialog.Outgoing{row}); err != nil {
				return err
			}
			if err := tx.SetMenu(ctx, m.ChatID, m.Key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.menus = next
	if n > 0 {
		p.cfg.Sender.Wake()
	}
	return nil
}

// tellDepartures tells chats once that their person has left the service, or is
// back. From the next update on they are treated so, told or not.
func (p *Processor) tellDepartures(ctx context.Context) error {
	told := false
	err := p.cfg.Store.InTx(ctx, func(tx Tx) error {
		list, err := tx.Untold(ctx, toldAtATime)
		if err != nil {
			return err
		}
		for _, d := range list {
			first, err := tx.Tell(ctx, d)
			if err != nil {
				return err
			}
			if !first {
				continue
			}
			key := "notice.back"
			if d.Gone {
				key = "notice.left"
			}
			row, err := p.cfg.Render(d.ChatID, dialog.Reply{Template: key, Text: p.cfg.Text.T(key, text.Args{"bantuan": p.cfg.Agency.Helpdesk})})
			if err != nil {
				return fmt.Errorf("render %s: %w", key, err)
			}
			row.Key = fmt.Sprintf("%s:%d:%d", key, d.ChatID, p.cfg.Now().UnixNano())
			if err := tx.Enqueue(ctx, []dialog.Outgoing{row}); err != nil {
				return err
			}
			told = true
		}
		return nil
	})
	if err == nil && told {
		p.cfg.Sender.Wake()
	}
	return err
}
