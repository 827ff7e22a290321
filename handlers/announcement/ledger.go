package announcement

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/dialog"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
)

// LedgerFile is the kind of file that holds the ledger of an announcement.
const LedgerFile = "announcement_ledger"

// ledgerOf says which ledger is wanted, and in which chat. When the file is made, the
// chat has to belong to somebody of the personnel office.
type ledgerOf struct {
	Announcement int64 `json:"announcement"`
	Chat         int64 `json:"chat"`
}

// ledger sends the ledger as a spreadsheet (laporan XLSX). It is made to be worked with
// outside the chat.
func (e *env) ledger(ctx context.Context, a dialog.Action, _ int) error {
	l, err := e.tx.Ledger(ctx, a.Ref, e.Session.ChatID)
	if err != nil {
		return err
	}
	data, err := json.Marshal(ledgerOf{Announcement: a.Ref, Chat: e.Session.ChatID})
	if err != nil {
		return fmt.Errorf("encode ledger: %w", err)
	}
	at := e.Now.In(e.Cfg.Location)
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "ledger.caption", Shareable: true, Picture: &dialog.Picture{Kind: LedgerFile, Data: data, File: true},
		Text: e.T("ledger.caption", text.Args{"judul": e.desk.writer().Title(l.Title), "n": e.Cfg.Text.Number(len(l.Rows)), "tanggal": e.Cfg.Text.Date(at), "jam": e.Cfg.Text.Clock(at)})})
	return nil
}

// drawLedger makes the file.
func (d *desk) drawLedger(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of ledgerOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var l announcement.Ledger
	err := d.inTx(ctx, func(tx Tx) (err error) {
		l, err = tx.Ledger(ctx, of.Announcement, of.Chat)
		return err
	})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = sheet.WriteBook(&b, sheet.Page{Name: d.plain("ledger.sheet"), Rows: d.ledgerRows(l)}, sheet.Page{Name: d.plain("ledger.sums"), Rows: d.ledgerSums(l)})
	return b.Bytes(), err
}

func (d *desk) plain(key string) string { return d.Cfg.Text.Plain(key, nil) }

// stateKeys are the words for where an announcement stands for somebody.
var stateKeys = map[announcement.Delivery]string{
	announcement.Sent: "ledger.state_sent", announcement.Unknown: "ledger.state_unknown", announcement.Failed: "ledger.state_failed",
	announcement.Waiting: "ledger.state_waiting", announcement.Queued: "ledger.state_queued", announcement.Held: "ledger.state_held",
	announcement.Unlinked: "ledger.state_unlinked", announcement.Unreachable: "ledger.state_unreachable", announcement.Expired: "ledger.state_expired",
	announcement.Left: "ledger.state_left", announcement.Stopped: "ledger.state_cancelled", announcement.Withdrawn: "ledger.state_withdrawn",
}

// ledgerRows has a row for each person. Who is silent by own wish is not reached like
// others: no row tells why.
func (d *desk) ledgerRows(l announcement.Ledger) [][]string {
	rows := [][]string{{d.plain("ledger.name"), d.plain("ledger.unit"), d.plain("ledger.state"), d.plain("ledger.sent"), d.plain("ledger.read"),
		d.plain("ledger.told"), d.plain("ledger.told_by"), d.plain("ledger.text")}}
	for _, r := range l.Rows {
		read := d.stamp(r.ReadAt)
		if r.Old {
			read = d.Cfg.Text.Plain("ledger.old", text.Args{"waktu": read})
		}
		rows = append(rows, []string{r.Name, r.Unit, d.plain(stateKeys[r.Delivery]), d.stamp(r.SentAt), read, d.stamp(r.ToldAt), r.ToldBy, d.shownText(r, l.Version)})
	}
	return rows
}

// shownText says which text the message of somebody shows, and whether Telegram has
// refused to change it; "" = there is no message.
func (d *desk) shownText(r announcement.LedgerRow, version int) string {
	switch {
	case r.Shows == 0 || r.Delivery == announcement.Withdrawn:
		return ""
	case r.Patch == announcement.PatchRefused:
		return d.plain("ledger.text_refused")
	case r.Shows < version:
		return d.plain("ledger.text_old")
	}
	return d.plain("ledger.text_new")
}

// ledgerSums counts the rows by state; the states add up to all people. Read and told
// are counted beside that.
func (d *desk) ledgerSums(l announcement.Ledger) [][]string {
	by := map[announcement.Delivery]int{}
	read, old, told := 0, 0, 0
	for _, r := range l.Rows {
		by[r.Delivery]++
		switch {
		case r.Old:
			old++
		case !r.ReadAt.IsZero():
			read++
		}
		if !r.ToldAt.IsZero() {
			told++
		}
	}
	rows := [][]string{{d.plain("ledger.state"), d.plain("ledger.people")}}
	count := func(key string, n int) { rows = append(rows, []string{d.plain(key), fmt.Sprint(n)}) }
	for _, one := range announcement.Deliveries() {
		if by[one] == 0 {
			continue
		}
		count(stateKeys[one], by[one])
		if one == announcement.Unreachable && l.Silent >= announcement.SilentAlone {
			count("ledger.silent", l.Silent)
		}
	}
	count("ledger.total", len(l.Rows))
	count("ledger.read_now", read)
	count("ledger.read_old", old)
	count("ledger.told", told)
	return rows
}

// stamp writes a time as spreadsheets sort it; "" = there is none.
func (d *desk) stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(d.Cfg.Location).Format("2006-01-02 15:04")
}

// officeLine is what the personnel office sees in /kelola: what has gone wrong and what
// waits; "" = nothing.
func (e *env) officeLine(ctx context.Context) (string, error) {
	b, err := e.tx.AnnouncementBoard(ctx, e.Now)
	if err != nil || b == (announcement.Board{}) {
		return "", err
	}
	n := e.Cfg.Text.Number
	return e.T("ledger.board", text.Args{"gagal": n(b.Failed), "tidak_pasti": n(b.Unknown), "terlambat": n(b.Overdue), "tanya": n(b.Questions)}), nil
}
