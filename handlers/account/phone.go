package account

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// proofLife is how long a typed NIP waits for the phone number, and the number
// for Setuju.
const proofLife = 15 * time.Minute

// shortestNIP is how many digits make a typed number an attempt at a NIP; a
// code has 12.
const shortestNIP = 14

// phoneProof is the stored state of somebody who links by NIP and phone number;
// the number itself is never kept. Employee is 0 when nobody has the NIP: the
// conversation then goes on in the same way, so that it does not tell.
type phoneProof struct {
	Employee int64     `json:"employee"`
	Until    time.Time `json:"until"`
	Proved   bool      `json:"proved"`
}

// nipLike returns the digits of a text that is meant as a NIP.
func nipLike(typed string) (digits string, ok bool) {
	for _, r := range typed {
		switch {
		case r >= '0' && r <= '9':
			digits += string(r)
		case !strings.ContainsRune(" .-\u00a0", r):
			return "", false
		}
	}
	return digits, len(digits) >= shortestNIP
}

// tryNIP asks for the phone number, whether or not anybody has the NIP.
func (e *env) tryNIP(ctx context.Context, digits string) error {
	nip, err := personnel.ParseNIP(digits, e.Now)
	if bad := (*personnel.NIPError)(nil); errors.As(err, &bad) {
		if bad.Code == personnel.NIPLen {
			e.Say("phone.nip_length", text.Args{"n": len(digits), "bantuan": e.Cfg.Agency.Helpdesk})
		} else {
			e.Say("phone.nip_wrong", e.Helpdesk())
		}
		return nil
	} else if err != nil {
		return err
	}
	id, err := e.tx.EmployeeByNIP(ctx, nip)
	if err != nil && !errors.Is(err, dialog.ErrNotFound) {
		return err
	}
	if err := e.keepProof(phoneProof{Employee: id, Until: e.Now.Add(proofLife)}); err != nil {
		return err
	}
	e.askPhone("phone.ask")
	return nil
}

func (e *env) keepProof(p phoneProof) error {
	state, err := json.Marshal(notice{Phone: &p})
	if err != nil {
		return fmt.Errorf("encode proof: %w", err)
	}
	rec := dialog.Record{Form: phoneFlow, State: state}
	e.Session.Drafts = []dialog.Record{rec}
	e.Out.Draft = &rec
	return nil
}

func (e *env) askPhone(key string) {
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Text: e.T(key, nil), AskContact: e.Label("share_phone")})
}

// contact answers a shared phone number. Only the sender's own counts, which
// Telegram vouches for.
func (e *env) contact(ctx context.Context, c dialog.Contact) error {
	if e.Linked() {
		e.Say("odd.media", nil)
		return nil
	}
	if closed, err := e.closedDoor(ctx); err != nil {
		return err
	} else if !closed.until.IsZero() {
		e.dropKeyboard("start.locked", e.lockedArgs(closed))
		return nil
	}
	rec, ok := e.Session.Draft(phoneFlow, 0)
	var n notice
	if ok && json.Unmarshal(rec.State, &n) != nil || !ok || n.Phone == nil || !e.Now.Before(n.Phone.Until) {
		e.dropKeyboard("start.no_code", e.Helpdesk())
		return nil
	}
	if !c.Own {
		e.askPhone("phone.not_own")
		return nil
	}
	belongs, err := e.tx.PhoneBelongs(ctx, n.Phone.Employee, personnel.SharedPhone(c.Phone, e.Cfg.Agency.Country))
	if err != nil {
		return err
	}
	if !belongs {
		rec.Done = true
		e.Out.Draft = &rec
		return e.wrongTry(ctx, "phone.no_match")
	}
	if err := e.keepProof(phoneProof{Employee: n.Phone.Employee, Until: e.Now.Add(proofLife), Proved: true}); err != nil {
		return err
	}
	e.dropKeyboard("phone.matches", nil)
	return e.RunFlow(ctx, phoneFlow, 0, dialog.Input{Verb: dialog.Resume})
}
