package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
)

// SealWith gives the database the key, which is not in it, under which answers without a
// name are stored until they are counted. Without one it refuses to store any.
func (d *DB) SealWith(s *disclosure.Sealer) { d.seal = s }

// errNoSealer says that a program without the key was asked to store an answer.
var errNoSealer = errors.New("an answer without a name can only be stored by a program that has the key")

// sealText seals a text of a row. about binds it to the row.
func sealText(s *disclosure.Sealer, p disclosure.Purpose, about, text string) (string, error) {
	if s == nil {
		return "", errNoSealer
	}
	return s.SealText(p, about, text)
}

// openText opens what sealText made and returns any other text as it is.
func openText(s *disclosure.Sealer, p disclosure.Purpose, about, text string) (string, error) {
	if !disclosure.IsSealed(text) {
		return text, nil
	}
	if s == nil {
		return "", errNoSealer
	}
	return s.OpenText(p, about, text)
}

// aboutUpdate binds an update to its bot and chat.
func aboutUpdate(botID, lane int64) string {
	return strconv.FormatInt(botID, 10) + " " + strconv.FormatInt(lane, 10)
}

// aboutDraft binds a draft to its chat and matter.
func aboutDraft(chat int64, form string, ref int64) string {
	return fmt.Sprintf("%d %s %d", chat, form, ref)
}

// sealedUpdates are updates as they are stored: what may be an answer is sealed. A
// program without the key takes in none of these.
func sealedUpdates(seal *disclosure.Sealer, botID int64, rows []dialog.RawUpdate) ([]dialog.RawUpdate, error) {
	out := rows
	for i, r := range rows {
		if !r.Sealed {
			continue
		}
		if &out[0] == &rows[0] {
			out = append([]dialog.RawUpdate(nil), rows...)
		}
		body, err := sealText(seal, disclosure.Update, aboutUpdate(botID, r.Lane), storable(r.Body))
		if err != nil {
			return nil, err
		}
		out[i].Body = body
	}
	return out, nil
}

// sealing opens what is read and seals what is written, with the key of the DB.
type sealing struct {
	seal *disclosure.Sealer // nil = there is no key; see SealWith
}

// sealedDraft is the state of a draft as it is stored.
func (t sealing) sealedDraft(chat int64, r dialog.Record) (dialog.Record, error) {
	if !dialog.Sealed(r.Form) || r.Done {
		return r, nil
	}
	state, err := sealText(t.seal, disclosure.Draft, aboutDraft(chat, r.Form, r.Ref), string(r.State))
	if err != nil {
		return r, err
	}
	r.State, err = json.Marshal(state)
	return r, err
}

// openDrafts opens the states of sealed drafts. One that cannot be opened any more is left
// out: its conversation begins anew, and the rest of the chat goes on.
func (t sealing) openDrafts(chat int64, drafts []dialog.Record) (open []dialog.Record, err error) {
	for _, r := range drafts {
		if !dialog.Sealed(r.Form) {
			open = append(open, r)
			continue
		}
		var text string
		if err := json.Unmarshal(r.State, &text); err != nil {
			return nil, fmt.Errorf("decode a sealed draft: %w", err)
		}
		state, err := openText(t.seal, disclosure.Draft, aboutDraft(chat, r.Form, r.Ref), text)
		if errors.Is(err, disclosure.ErrSealed) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("open a draft: %w", err)
		}
		r.State = json.RawMessage(state)
		open = append(open, r)
	}
	return open, nil
}

// sealedMethod stands in a sealed row for how it is sent.
const sealedMethod = "sealed"

// sealedPayload is what a sealed row holds: all that is told of it.
type sealedPayload struct {
	payload
	Method string `json:"method"`
	EditOf int    `json:"edit_of"`
}

// sealRow returns what a sealed row stores for its payload.
func sealRow(s *disclosure.Sealer, o dialog.Outgoing) (string, error) {
	raw, err := json.Marshal(sealedPayload{payload{o.Params, o.Picture}, o.Method, o.EditOf})
	if err != nil {
		return "", fmt.Errorf("encode message: %w", err)
	}
	return sealText(s, disclosure.Message, o.Key, string(raw))
}

// openRow fills in what a stored row holds.
func openRow(s *disclosure.Sealer, stored string, o *dialog.Outgoing) error {
	text, err := openText(s, disclosure.Message, o.Key, stored)
	if err != nil {
		return err
	}
	p := sealedPayload{Method: o.Method, EditOf: o.EditOf}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return fmt.Errorf("decode outbox row %d: %w", o.ID, err)
	}
	o.Params, o.Picture, o.Method, o.EditOf = p.Params, p.Picture, p.Method, p.EditOf
	return nil
}

// A sealed row that was needed to learn the number of its message is not needed any
// more. One that is still on its way goes when it has arrived.
const dropSpent = `
	WITH gone AS (
		DELETE FROM outbox WHERE key = ANY($1) AND sealed AND state NOT IN ('new', 'sending')
	)
	UPDATE outbox SET forget = true WHERE key = ANY($1) AND sealed AND state IN ('new', 'sending')`

const takeUndeleted = `
	WITH gone AS (DELETE FROM outbox WHERE sealed AND state = 'failed' RETURNING chat_id, cause)
	SELECT DISTINCT c.employee_id FROM gone g JOIN chat c ON c.id = g.chat_id
	WHERE g.cause = $1 AND c.employee_id IS NOT NULL ORDER BY 1`

// TakeUndeleted returns who has typed a comment that Telegram did not delete from the
// chat, each once, and forgets that it was so.
func (t *Tx) TakeUndeleted(ctx context.Context, _ time.Time) (people []int64, err error) {
	err = t.tx.SelectContext(ctx, &people, takeUndeleted, dialog.CauseKept)
	return people, safe("read comments that were not deleted", err)
}
