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
	// minSlice is the smallest number of chats that one tick compares with the
	// rights of their people; menuTicks is in how many ticks all chats are
	// compared, which takes a minute.
	minSlice    = 2000
	menuTicks   = 25
	toldAtATime = 100
)

// menuCursor remembers how far the chats were compared. Only the worker uses it.
type menuCursor struct {
	after int64 // the last chat
	seen  int   // in this round
	slice int   // 0 = minSlice
}

// advance goes behind the chat `last`, or begins a new round at the end.
func (c *menuCursor) advance(last int64, read int, end bool) {
	c.after, c.seen = last, c.seen+read
	if end {
		*c = menuCursor{slice: max(minSlice, c.seen/menuTicks)}
	}
}

// freshMenus queues the command menu of every chat whose person has other
// rights than when it was set.
func (p *Processor) freshMenus(ctx context.Context) error {
	n := 0
	next := p.menus
	err := p.cfg.Store.InTx(ctx, func(tx Tx) error {
		next = p.menus
		slice := max(minSlice, next.slice)
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
			row.Key, row.Way = fmt.Sprintf("menu:%d:%s:%d", m.ChatID, m.Key, p.cfg.Now().UnixNano()), dialog.WayMenu
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

// tellDepartures tells a chat once that its person has left the service, or is
// back, in the hours in which services go. How the person is treated does not
// wait for that: it changes with the next update.
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
			now := p.cfg.Now()
			r := dialog.Reply{Template: key, Text: p.cfg.Text.T(key, text.Args{"bantuan": p.cfg.Agency.Helpdesk})}
			if err := p.cfg.Courier.SendOutside(ctx, tx, now, d.ChatID, fmt.Sprintf("%s:%d:%d", key, d.ChatID, now.UnixNano()), r); err != nil {
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
