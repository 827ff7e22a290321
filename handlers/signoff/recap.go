package signoff

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/personnel"
	"bangkom/internal/report"
	"bangkom/internal/text"
)

// recapOf says of which sign-off a recap is wanted, by whom, in which chat.
type recapOf struct {
	ID     int64 `json:"id"`
	Reader int64 `json:"reader"`
	Chat   int64 `json:"chat"`
}

// recap sends what is signed as a PDF. It is made to be printed and signed.
func (e *env) recap(ctx context.Context, a dialog.Action, _ int) error {
	s, err := e.signoff(ctx, a.Ref)
	if err != nil {
		return err
	}
	if s.Stage == needs.Unprepared {
		return e.showCard(ctx, s.ID, 0, e.T("signoff.early_recap", nil))
	}
	if err := e.tx.RecordExport(ctx, recapFile, e.Cfg.Text.Plain("demand.own_office", nil), e.Employee.ID, e.Now); err != nil {
		return err
	}
	data, err := json.Marshal(recapOf{ID: s.ID, Reader: e.Employee.ID, Chat: e.Session.ChatID})
	if err != nil {
		return fmt.Errorf("encode recap: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "signoff.recap", Shareable: true, Picture: &dialog.Picture{Kind: recapFile, Data: data, File: true, Report: true},
		Text: e.T("signoff.recap", text.Args{"unit": s.UnitName, "tahun": strconv.Itoa(s.Year)})})
	return nil
}

// draw makes the PDF as its reader may see it. Whoever has lost the right, or the chat, since
// then gets none, nor does anybody when it was given back.
func (p *desk) draw(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of recapOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	var v screen
	var by needs.Signatory
	err := p.Cfg.Reports.InTx(ctx, func(open feature.Tx) error {
		tx := open.(Tx)
		held, err := tx.HeldBy(ctx, of.Chat, of.Reader)
		if err != nil {
			return err
		}
		office, err := tx.OfficeChat(ctx, of.Chat)
		if err != nil {
			return err
		}
		s, err := tx.Signoff(ctx, of.ID, office, of.Reader, p.Today())
		if err != nil {
			return err
		}
		if !held || s.Stage == needs.Unprepared {
			return dialog.ErrNotFound
		}
		if v, err = p.read(ctx, tx, s, p.Today()); err != nil {
			return err
		}
		by, err = tx.Signatory(ctx, s.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = p.recapOf(v, by).WritePDF(&b)
	return b.Bytes(), err
}

// recapOf fills the form.
func (p *desk) recapOf(v screen, by needs.Signatory) report.Recap {
	plain := func(key string) string { return p.Cfg.Text.Plain(key, nil) }
	year := text.Args{"tahun": strconv.Itoa(v.Year)}
	r := report.Recap{Letterhead: p.Cfg.Agency.Letter, Title: p.Cfg.Text.Plain("signoff.recap_title", year), Unit: v.UnitName, Facts: p.recapFacts(v),
		NeedsTitle: plain("signoff.recap_needs"), Head: []string{plain("signoff.recap_no"), plain("signoff.recap_competency"), plain("signoff.recap_lack"), plain("signoff.recap_share"), plain("signoff.recap_n"), plain("signoff.recap_moved")},
		ProposalTitle: plain("signoff.recap_proposals"), ProposalHead: []string{plain("signoff.recap_no"), plain("signoff.recap_training"), plain("signoff.recap_people"), plain("signoff.recap_reason")},
		Notes: []string{plain("signoff.recap_source"), plain("signoff.recap_hidden"), plain("signoff.recap_status")},
		Sign:  p.signBlock(v, by), Page: plain("sheet.page")}
	for i, n := range v.content.Needs {
		none := plain("signoff.recap_none")
		row := []string{strconv.Itoa(i + 1), n.Name, plain("signoff.recap_not_shown"), none, none, n.Reason}
		if n.Shown() {
			row = []string{row[0], n.Name, p.LackWord(n.Value), p.ShareWord(n.Share), p.Cfg.Text.Number(n.N), n.Reason}
		}
		r.Needs = append(r.Needs, row)
	}
	for i, one := range v.content.Proposals {
		r.Proposals = append(r.Proposals, []string{strconv.Itoa(i + 1), one.Title, p.Cfg.Text.Number(one.People), p.reason(one)})
	}
	return r
}

// signBlock is the place to sign, as letters of the agency have it. What is not known is a
// line to write on.
func (p *desk) signBlock(v screen, by needs.Signatory) report.SignBlock {
	plain := func(key string, args text.Args) string { return p.Cfg.Text.Plain(key, args) }
	b := report.SignBlock{Place: plain("signoff.sign_anywhere", nil), Title: plain("signoff.sign_head", text.Args{"unit": v.HeadName}), Name: by.Name,
		Rank: plain("signoff.sign_no_rank", nil), NIP: plain("signoff.sign_no_nip", nil)}
	if p.Cfg.Agency.Place != "" {
		b.Place = plain("signoff.sign_place", text.Args{"tempat": p.Cfg.Agency.Place})
	}
	if by.Name == "" {
		return b
	}
	if by.Title != "" {
		key := "signoff.sign_title"
		if v.For != 0 {
			key = "signoff.sign_acting"
		}
		b.Title = plain(key, text.Args{"jabatan": by.Title})
	}
	if b.Rank = by.Grade; b.Rank == "" && by.NIP.Kind() == personnel.PNS {
		b.Rank = plain("signoff.sign_no_rank", nil)
	}
	key := "signoff.sign_nip"
	if by.NIP.Kind() == personnel.PPPK {
		key = "signoff.sign_nip_pppk"
	}
	b.NIP = plain(key, text.Args{"nip": by.NIP.Printed()})
	return b
}

// recapFacts say of how many people it is, and who has done what in Bangkom.
func (p *desk) recapFacts(v screen) [][2]string {
	plain := func(key string) string { return p.Cfg.Text.Plain(key, nil) }
	c, num := v.content, p.Cfg.Text.Number
	of := func(n int) string {
		return p.Cfg.Text.Plain("signoff.recap_of", text.Args{"n": num(n), "jumlah": num(c.People)})
	}
	facts := [][2]string{{plain("signoff.recap_period"), v.round.Period.Name}, {plain("signoff.recap_filled"), of(c.Filled)}, {plain("signoff.recap_rated"), of(c.Rated)}}
	if len(v.small) > 0 {
		facts = append(facts, [2]string{plain("signoff.recap_small"), strconv.Itoa(len(v.small))})
	}
	facts = append(facts, [2]string{plain("signoff.recap_prepared"), p.day(v.Prepared.At)})
	if s := v.Approved; s.ID != 0 {
		facts = append(facts, [2]string{plain("signoff.recap_approved"), p.Cfg.Text.Plain("signoff.recap_by", text.Args{"nama": s.Name, "tanggal": p.day(s.At)})})
	}
	if v.Validated.ID != 0 {
		facts = append(facts, [2]string{plain("signoff.recap_validated"), p.day(v.Validated.At)})
	}
	return facts
}

// day writes a civil day of the agency.
func (p *desk) day(t time.Time) string { return p.Cfg.Text.ShortDate(t.In(p.Cfg.Location)) }
