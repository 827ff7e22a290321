package training

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/report"
	"bangkom/internal/sheet"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// DossierFile is the kind of file that holds the papers of a batch (berkas kegiatan): what
// was planned, who took part by which letters and was there, the signed lists, and what
// participants said of it.
const DossierFile = "training_dossier"

// dossierOf names the batch, and when and in which chat the file was asked for. When it is
// made, that chat has to belong to somebody of the personnel office.
type dossierOf struct {
	Batch int64     `json:"batch"`
	Chat  int64     `json:"chat"`
	At    time.Time `json:"at"`
}

// dossier sends the papers of a batch to the personnel office, for whoever checks them.
func (e *env) dossier(ctx context.Context, a dialog.Action, _ int) error {
	b, err := e.tx.Batch(ctx, a.Ref)
	if err != nil {
		return err
	}
	data, err := json.Marshal(dossierOf{Batch: b.ID, Chat: e.Session.ChatID, At: e.Now})
	if err != nil {
		return fmt.Errorf("encode dossier: %w", err)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "dossier.head", Shareable: true, Text: e.T("dossier.head", text.Args{"judul": b.Name, "kapan": e.desk().spanOf(b)}),
		Picture: &dialog.Picture{Kind: DossierFile, Data: data, File: true}})
	return nil
}

// papers are what a dossier is made of.
type papers struct {
	batch  training.Batch
	people []training.Participant
	rolls  map[int64][]training.Attendee // by session
	more   []feature.Papers              // of other features: the evaluation
	at     time.Time
}

func (p *desk) drawDossier(ctx context.Context, data json.RawMessage) ([]byte, error) {
	var of dossierOf
	if err := json.Unmarshal(data, &of); err != nil {
		return nil, err
	}
	all := papers{rolls: map[int64][]training.Attendee{}, at: of.At}
	err := p.inTx(ctx, func(tx Tx) (err error) {
		office, err := tx.OfficeChat(ctx, of.Chat)
		if err == nil && !office {
			err = dialog.ErrNotFound
		}
		if err != nil {
			return err
		}
		if all.batch, err = tx.Batch(ctx, of.Batch); err != nil {
			return err
		}
		if all.people, err = tx.Participants(ctx, personnel.Area{All: true}, of.Batch); err != nil {
			return err
		}
		for _, s := range all.batch.Sessions {
			if all.rolls[s.ID], err = tx.Roll(ctx, s.ID); err != nil {
				return err
			}
		}
		all.more, err = p.Papers(ctx, tx.(feature.Tx), of.Batch, of.At)
		return err
	})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	missing, err := p.pack(ctx, z, all)
	if err != nil {
		return nil, fmt.Errorf("pack dossier: %w", err)
	}
	if err := p.cover(z, all, missing); err != nil {
		return nil, fmt.Errorf("pack dossier: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack dossier: %w", err)
	}
	return out.Bytes(), nil
}

// pack adds the list of participants and, for each session, the list to sign and the
// signed one. It returns the sessions whose signed list Telegram does not give any more.
func (p *desk) pack(ctx context.Context, z *zip.Writer, all papers) (missing []int, err error) {
	if err := p.add(z, all, "peserta.xlsx", func(w io.Writer) error {
		return sheet.Write(w, p.Cfg.Text.Plain("sheet.people", nil), p.dossierRows(all))
	}); err != nil {
		return nil, err
	}
	for _, s := range all.batch.Sessions {
		t := p.signsTable(all.batch, s, all.rolls[s.ID])
		if err := p.add(z, all, fmt.Sprintf("daftar-hadir-%d.pdf", s.N), func(w io.Writer) error { return report.WriteTable(w, t) }); err != nil {
			return nil, err
		}
		media, id, ok := strings.Cut(s.Sheet, " ")
		if !ok {
			continue
		}
		body, err := p.Cfg.Fetch(ctx, id)
		if err != nil { // the rest of the papers is of use without it
			missing = append(missing, s.N)
			continue
		}
		name := fmt.Sprintf("bertanda-tangan-%d", s.N)
		if media == "photo" {
			name += ".jpg"
		} else if bytes.HasPrefix(body, []byte("%PDF")) {
			name += ".pdf"
		}
		if err := p.add(z, all, name, func(w io.Writer) error { _, err := w.Write(body); return err }); err != nil {
			return nil, err
		}
	}
	for _, more := range all.more {
		if more.Name == "" {
			continue
		}
		if err := p.add(z, all, more.Name, func(w io.Writer) error { _, err := w.Write(more.Body); return err }); err != nil {
			return nil, err
		}
	}
	return missing, nil
}

// letters are the letters by which people took part: nominations, written permissions and
// surat tugas, each once with how many it names, and how many have no surat tugas.
func (p *desk) letters(people []training.Participant) (lines []string) {
	kinds := []struct {
		key string
		of  func(training.Participant) string
	}{
		{"dossier.nomination", func(n training.Participant) string { return p.dated(n.Nomination, n.NominationDate) }},
		{"dossier.permission", func(n training.Participant) string { return n.PermissionLetter }},
		{"dossier.assignment", func(n training.Participant) string { return p.dated(n.Assignment, n.AssignmentDate) }},
	}
	for _, k := range kinds {
		named := map[string]int{}
		for _, n := range people {
			if letter := k.of(n); letter != "" {
				named[letter]++
			}
		}
		for _, letter := range slices.Sorted(maps.Keys(named)) {
			lines = append(lines, p.Cfg.Text.Plain(k.key, text.Args{"surat": letter, "n": named[letter]}))
		}
	}
	bare := 0
	for _, n := range people {
		if n.Standing == training.Seated && n.Assignment == "" {
			bare++
		}
	}
	if bare > 0 {
		lines = append(lines, p.Cfg.Text.Plain("dossier.bare", text.Args{"n": bare}))
	}
	return lines
}

func (p *desk) add(z *zip.Writer, all papers, name string, write func(io.Writer) error) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: all.at})
	if err != nil {
		return err
	}
	return write(w)
}

// cover adds a page that says what the papers are about, in plain text.
func (p *desk) cover(z *zip.Writer, all papers, missing []int) error {
	t, b := p.Cfg.Text, all.batch
	lines := []string{t.Plain("dossier.title", text.Args{"judul": b.Name}), t.Plain("dossier.days", text.Args{"kapan": p.spanOf(b)}),
		t.Plain("dossier.letter", text.Args{"surat": feature.OrDash(b.Letter)}), t.Plain("dossier.seats", text.Args{"tempat": b.Seats, "n": b.Counts.Seated, "tambahan": b.Counts.WalkIns})}
	if b.CancelledFor != "" {
		lines = append(lines, t.Plain("dossier.cancelled", text.Args{"alasan": b.CancelledFor}))
	}
	for _, s := range b.Sessions {
		h := training.Count(all.rolls[s.ID])
		lines = append(lines, t.Plain("dossier.session", text.Args{"n": s.N, "kapan": p.span(s.Starts, s.Ends), "hadir": h.Present, "absen": h.Absent, "tamu": s.Guests,
			"pengajar": feature.OrDash(strings.Join(s.Trainers, ", "))}))
	}
	lines = append(lines, p.letters(all.people)...)
	for _, more := range all.more {
		lines = append(lines, more.Line)
	}
	for _, n := range missing {
		lines = append(lines, t.Plain("dossier.missing", text.Args{"n": n}))
	}
	lines = append(lines, t.Plain("sheet.as_of", text.Args{"tanggal": p.day(all.at)}))
	return p.add(z, all, "kegiatan.txt", func(w io.Writer) error {
		_, err := io.WriteString(w, strings.Join(lines, "\r\n")+"\r\n")
		return err
	})
}

// dossierRows are everybody who was or wanted to be in a batch, with the letters, the
// permission and where they were.
func (p *desk) dossierRows(all papers) [][]string {
	t := p.Cfg.Text
	head := p.headings("sheet.way", "sheet.state", "sheet.nomination", "sheet.permission", "sheet.letter")
	for _, s := range all.batch.Sessions {
		head = append(head, t.Plain("sheet.session", text.Args{"n": s.N}))
	}
	rows := [][]string{head}
	for i, one := range all.people {
		who := one.Person
		row := []string{strconv.Itoa(i + 1), who.Name, who.NIP.Reveal(), one.Grade, who.PositionTitle, who.UnitName, t.Plain("stored.t_"+string(one.Way), nil), p.standing(one.Enrolment),
			p.dated(one.Nomination, one.NominationDate), p.permissionWord(one.Enrolment), p.dated(one.Assignment, one.AssignmentDate)}
		for _, s := range all.batch.Sessions {
			row = append(row, p.presence(all.rolls[s.ID], who.ID))
		}
		rows = append(rows, row)
	}
	return rows
}

// dated is a letter with its day.
func (p *desk) dated(number string, day time.Time) string {
	if number == "" || day.IsZero() {
		return number
	}
	return number + ", " + p.Cfg.Text.ShortDate(day.In(p.Cfg.Location))
}

func (p *desk) permissionWord(n training.Enrolment) string {
	if n.Permission == training.Written {
		return n.PermissionLetter
	}
	return p.Cfg.Text.Plain("stored.t_"+string(n.Permission), nil)
}

// presence tells whether somebody was in a session; "" = nothing is marked.
func (p *desk) presence(roll []training.Attendee, who int64) string {
	for _, a := range roll {
		switch {
		case a.Person.ID != who || !a.Marked:
		case a.Present:
			return p.Cfg.Text.Plain("sheet.present", nil)
		default:
			return p.Cfg.Text.Plain("sheet.absent", nil)
		}
	}
	return ""
}
