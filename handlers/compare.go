package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"bangkom/internal/competency"
	"bangkom/internal/dialog"
	"bangkom/internal/outreach"
	"bangkom/internal/personnel"
	"bangkom/internal/rating"
	"bangkom/internal/report"
	"bangkom/internal/task"
	"bangkom/internal/text"
)

// combine works out what two views give together, against the standard of the
// person's position.
func (e *env) combine(ctx context.Context, p rating.Pair) (rating.Result, error) {
	if err := e.ensureDefinitions(ctx, p.Task); err != nil {
		return rating.Result{}, err
	}
	standard, err := e.tx.Standard(ctx, p.Subject.ClassCode)
	if err != nil {
		return rating.Result{}, err
	}
	required := make(map[string]competency.Level, len(standard))
	for code, level := range standard {
		required[code] = competency.Level(level)
	}
	return p.Combine(e.definitionOf(p.Task), required), nil
}

// openText says that both views are open, and nothing of what they are.
func (e *env) openText(dialogs int, args text.Args) string {
	key := "rating.open_superior"
	if dialogs > 0 {
		key, args["n"] = "rating.dialog_superior", e.cfg.Text.Count(dialogs)
	}
	return e.t(key, args)
}

func (e *env) openButtons(id int64, talk bool) [][]dialog.Button {
	rows := [][]dialog.Button{{{Label: e.label("compare"), Action: e.menuAction("banding", id)}}}
	if talk {
		rows = append(rows, []dialog.Button{{Label: e.label("talk"), Action: dialog.Action{Flow: talkFlow, Ref: id, Verb: dialog.Resume}}})
	}
	return rows
}

// openNote is the message that both views are open, for one who may see them:
// it holds no level.
func (e *env) openNote(ctx context.Context, id int64, who personnel.Employee) (dialog.Reply, error) {
	pair, err := e.tx.Pair(ctx, id, who.ID, e.now)
	if err != nil {
		return dialog.Reply{}, err
	}
	result, err := e.combine(ctx, pair)
	if err != nil {
		return dialog.Reply{}, err
	}
	args := text.Args{"sapaan": who.Salutation(), "alamat": pair.Subject.Address(), "n": e.cfg.Text.Count(result.Dialogs)}
	if who.ID != pair.Subject.ID {
		rows := append(e.openButtons(id, result.Dialogs > 0), []dialog.Button{{Label: e.label("later"), Action: e.menuAction("bandingnanti", id)}})
		return dialog.Reply{Template: "rating.open_superior", Text: e.openText(result.Dialogs, args), Rows: rows}, nil
	}
	key := "rating.open_self"
	if result.Dialogs > 0 {
		key = "rating.dialog_self"
	}
	args["alamat"] = pair.Superior.Address()
	return dialog.Reply{Template: key, Text: e.t(key, args), Rows: e.openButtons(id, false)}, nil
}

// tellOpen sends that message to somebody else, once.
func (e *env) tellOpen(ctx context.Context, id, employee int64) error {
	if employee == e.employee.ID {
		return nil
	}
	who, err := e.tx.Employee(ctx, employee)
	if err != nil {
		return err
	}
	note, err := e.openNote(ctx, id, who)
	if errors.Is(err, dialog.ErrNotFound) {
		return nil
	}
	if err == nil {
		e.notify(employee, fmt.Sprintf("pair:%d:%d", id, employee), outreach.Opened, note)
	}
	return err
}

// selfOpens is called after a self-assessment was sent: when the rating is there
// already, both views are open. It tells the superior's side the first time and
// returns the rating, 0 = not yet.
func (e *env) selfOpens(ctx context.Context, of task.Task) (id int64, err error) {
	if of.Kind != task.SelfAssessment {
		return 0, nil
	}
	id, err = e.tx.OpenPair(ctx, of.EmployeeID, of.PeriodID, of.EmployeeID, e.now)
	if errors.Is(err, dialog.ErrNotFound) {
		return 0, nil
	}
	if err != nil || of.Revision > 1 {
		return id, err
	}
	rater, err := e.tx.RatedBy(ctx, id)
	if err != nil {
		return id, err
	}
	if _, err := e.tx.Pair(ctx, id, rater, e.now); errors.Is(err, dialog.ErrNotFound) { // a former superior, a helper
		subject, err := e.tx.Employee(ctx, of.EmployeeID)
		if err != nil || subject.SupervisorID == nil {
			return id, err
		}
		rater = *subject.SupervisorID
	} else if err != nil {
		return id, err
	}
	return id, e.tellOpen(ctx, id, rater)
}

// laterCompare puts the message that both views are open off.
func (e *env) laterCompare(_ context.Context, a dialog.Action, message int) error {
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "rating.open_later", Text: e.t("rating.open_later", nil), Edit: message,
		Rows: e.openButtons(a.Ref, false)})
	return nil
}

// compare shows both views to whoever may see them, from the moment when both
// were sent: a picture, and a text that says the same.
func (e *env) compare(ctx context.Context, id int64) error {
	pair, err := e.tx.Pair(ctx, id, e.employee.ID, e.now)
	if err != nil {
		return err
	}
	return e.showPair(ctx, pair, e.employee.ID != pair.Subject.ID)
}

// showPair shows both views; superior tells whether the reader is that side.
func (e *env) showPair(ctx context.Context, pair rating.Pair, superior bool) error {
	result, err := e.combine(ctx, pair)
	if err != nil {
		return err
	}
	data, err := json.Marshal(e.pairChart(pair, result))
	if err != nil {
		return fmt.Errorf("encode picture: %w", err)
	}
	reply := dialog.Reply{Template: "rating.pair_list", Text: e.pairText(pair, result)}
	if superior {
		if len(pair.Open(result)) > 0 {
			reply.Rows = append(reply.Rows, e.openButtons(pair.Task.ID, true)[1])
		}
		reply.Rows = append(reply.Rows, []dialog.Button{{Label: e.label("team_back"), Action: e.teamBack()}})
	}
	e.out.replies = append(e.out.replies, dialog.Reply{Template: "rating.pair_head", Text: strings.Join(e.pairFindings(pair, result), "\n"),
		Picture: &dialog.Picture{Kind: GapPicture, Data: data}}, reply)
	return nil
}

// pairFindings is what the picture says, in words.
func (e *env) pairFindings(pair rating.Pair, r rating.Result) []string {
	lines := []string{e.t("rating.pair_head", text.Args{"alamat": pair.Subject.Address(), "periode": pair.Task.PeriodName})}
	if r.JPMBand == "" {
		return append(lines, e.t("result.no_standard", nil))
	}
	lines = append(lines, e.t("rating.jpm", text.Args{"jpm": r.JPM.String(), "kelas": r.JPMBand}))
	def := e.definitionOf(pair.Task)
	if names := titles(def, r.Profile.Strengths); names != "" {
		lines = append(lines, e.t("result.strengths", text.Args{"daftar": names}))
	}
	if len(r.Profile.Areas) == 0 {
		return append(lines, e.t("result.no_areas", nil))
	}
	return append(lines, e.t("result.areas", text.Args{"daftar": titles(def, r.Profile.Areas)}))
}

// pairText lists both levels of each competency and the final one.
func (e *env) pairText(pair rating.Pair, r rating.Result) string {
	lines := []string{e.t("rating.pair_list", text.Args{"alamat": pair.Subject.Address(),
		"atasan": pair.Weights.Supervisor, "mandiri": pair.Weights.Self}), ""}
	for _, row := range r.Rows {
		args := text.Args{"nama": row.Item.Title, "mandiri": e.levelWord(row.Self, row.SelfKnown), "atasan": e.levelWord(row.Rated, row.RatedKnown),
			"akhir": row.Level.String(), "standar": int(row.Required), "kelas": row.Band}
		key := "rating.row"
		switch {
		case row.Skipped:
			key = "rating.row_unknown"
		case !row.Compared:
			key = "rating.row_no_standard"
		}
		line := e.t(key, args)
		if row.Dialog {
			line += " · " + e.t("rating.row_dialog", nil)
		}
		lines = append(lines, line)
	}
	if pair.SelfChanged {
		lines = append(lines, "", e.t("rating.self_changed", nil))
	}
	if pair.RatedChanged {
		lines = append(lines, "", e.t("rating.rated_changed", nil))
	}
	if len(pair.Talks) > 0 {
		lines = append(lines, "", e.t("talk.head", nil))
	}
	for _, k := range pair.Talks {
		lines = append(lines, e.talkLine(pair, k))
	}
	return strings.Join(lines, "\n")
}

// levelWord is a level as it is read, without decimals.
func (p *Processor) levelWord(l competency.Level, known bool) string {
	if !known {
		return strings.ToLower(p.cfg.Text.Plain("label.unknown", nil))
	}
	return p.ratedAs(fmt.Sprint(int(l)))
}

// pairChart draws the final level; the two views stand beside the name.
func (e *env) pairChart(pair rating.Pair, r rating.Result) report.GapChart {
	plain := e.cfg.Text.Plain
	c := report.GapChart{Title: plain("picture.pair_title", nil),
		Subtitle: plain("picture.pair_subtitle", text.Args{"alamat": pair.Subject.Address(), "periode": pair.Task.PeriodName}),
		Legend: report.GapLegend{Level: plain("picture.pair_level", nil), Standard: plain("picture.standard", nil),
			Zero: plain("picture.belum", nil), Skipped: plain("picture.pair_unknown", nil)}}
	for _, row := range r.Rows {
		g := report.GapRow{Level: row.Level.Float(), Skipped: row.Skipped,
			Name: plain("picture.pair_row", text.Args{"nama": row.Item.Title, "mandiri": e.levelWord(row.Self, row.SelfKnown),
				"atasan": e.levelWord(row.Rated, row.RatedKnown)})}
		if row.Compared {
			g.Required = int(row.Required)
		}
		c.Rows = append(c.Rows, g)
	}
	return c
}
