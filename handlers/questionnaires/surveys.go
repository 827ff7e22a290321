package questionnaires

import (
	"context"
	"strconv"
	"strings"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/questionnaire"
	"bangkom/internal/survey"
	"bangkom/internal/text"
)

// The buttons about surveys; their refs are surveys.
const (
	surveysStep = "survei"
	widenStep   = "surveisemua"
	widenYes    = "surveisemuaya"
	exportStep  = "surveiberkas"
	stopStep    = "surveihenti"
	stopYes     = "surveihentiya"
	signStep    = "surveiteken"
	refuseStep  = "surveitolak"
	groupsStep  = "surveikelompok"
	groupStep   = "surveikelompoksatu" // the value is the group
)

// stoppedAfter is after how long without a press somebody counts as having left.
const stoppedAfter = 24 * time.Hour

// surveys lists the newest surveys, those of which somebody waits for an answer first named.
func (e *env) surveys(ctx context.Context, _ dialog.Action, message int) error {
	all, err := e.tx.Surveys(ctx, e.Now)
	if err != nil {
		return err
	}
	lines, key := []string{e.T("survey.list", nil), ""}, "survey.list"
	var numbers []dialog.Button
	for i, s := range all {
		lines = append(lines, e.T("survey.line", text.Args{"no": i + 1, "judul": s.Name, "keadaan": e.Cfg.Text.Plain(standing(s, e.Now), text.Args{"tanggal": e.Cfg.Text.Date(s.ReportBy), "batas": e.Cfg.Text.Date(s.Closes.AddDate(0, 0, -1).In(e.Cfg.Location))})}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(i + 1), Action: e.MenuAction(survey.CardStep, s.ID)})
	}
	if len(all) == 0 {
		lines, key = []string{e.T("survey.none", nil)}, "survey.none"
	}
	rows := append(feature.Grid(feature.Numbers, numbers), []dialog.Button{{Label: e.Label("back"), Action: e.MenuAction(listStep, 0)}})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Edit: message, Text: strings.Join(lines, "\n"), Rows: rows})
	return nil
}

// standing is the key of the words for where a survey stands.
func standing(s survey.Survey, now time.Time) string {
	switch {
	case s.Overdue(now):
		return "survey.state_overdue"
	case !s.Reported.IsZero():
		return "survey.state_reported"
	case !s.Open(now):
		return "survey.state_closed"
	case s.Widened.IsZero():
		return "survey.state_ring"
	}
	return "survey.state_open"
}

func (e *env) survey(ctx context.Context, a dialog.Action, message int) error {
	card, err := e.surveyCard(ctx, a.Ref)
	card.Edit = message
	e.Out.Replies = append(e.Out.Replies, card)
	return err
}

// surveyCard is what the personnel office knows of a survey: how many, where people stop,
// what is left out, and after the close what was said.
func (e *env) surveyCard(ctx context.Context, id int64) (dialog.Reply, error) {
	s, err := e.tx.SurveyByID(ctx, id, e.Now)
	if err != nil {
		return dialog.Reply{}, err
	}
	n, err := e.countsOf(ctx, s)
	if err != nil {
		return dialog.Reply{}, err
	}
	cat := e.Cfg.Text
	args := text.Args{"judul": s.Name, "versi": s.Version, "siapa": text.HTML(s.Says(cat)), "pemilik": s.OwnerName, "guna": s.Use, "orang": cat.Number(n.People),
		"ditanya": cat.Number(n.Asked), "mulai": cat.Number(n.Began), "jawab": e.sentOf(s, n), "dilewati": cat.Number(n.LeftOut),
		"batas": cat.Deadline(s.Closes.In(e.Cfg.Location)), "kabar": cat.Date(s.ReportBy)}
	args["keadaan"] = cat.Plain(standing(s, e.Now), text.Args{"tanggal": cat.Date(s.ReportBy), "batas": cat.Date(s.Closes.AddDate(0, 0, -1).In(e.Cfg.Location))})
	lines := []string{e.T(cardKey(s, n), args)}
	if n.LeftOut > 0 {
		lines = append(lines, e.T("survey.card_left_out", args))
	}
	if s.Stopped() {
		lines = append(lines, e.T("survey.card_stopped", text.Args{"tanggal": cat.Date(s.Closed.In(e.Cfg.Location))}))
	}
	if s.Manner.HasNames() {
		items, err := e.itemLines(ctx, s, n)
		if err != nil {
			return dialog.Reply{}, err
		}
		lines = append(lines, items...)
	}
	if s.Report != "" {
		lines = append(lines, "", e.T("survey.card_report", text.Args{"isi": s.Report}))
	}
	return dialog.Reply{Template: "survey.card", Text: strings.Join(lines, "\n"), Rows: e.surveyRows(s, n)}, nil
}

// cardKey is the sentence of a survey's card.
func cardKey(s survey.Survey, n survey.Counts) string {
	switch {
	case s.Manner != survey.Anonymous:
		return "survey.card"
	case s.Figures == nil:
		return "survey.card_sealed"
	case n.Sent == 0:
		return "survey.card_none"
	}
	return "survey.card_groups"
}

// surveyRows are what can be done with a survey now.
func (e *env) surveyRows(s survey.Survey, n survey.Counts) (rows [][]dialog.Button) {
	row := func(label string, a dialog.Action) {
		rows = append(rows, []dialog.Button{{Label: e.Label(label), Action: a}})
	}
	if s.Open(e.Now) && s.Widened.IsZero() && n.Others() > 0 {
		row("survey_widen", e.MenuAction(widenStep, s.ID))
	}
	if s.Open(e.Now) && n.LeftOut > 0 && s.Decided.IsZero() {
		row("survey_exception", dialog.Action{Flow: exceptionFlow, Ref: s.ID, Verb: dialog.Resume})
	}
	if !s.Closed.IsZero() && s.Reported.IsZero() {
		row("survey_report", dialog.Action{Flow: reportFlow, Ref: s.ID, Verb: dialog.Resume})
	}
	if s.Export() == "" && n.Sent > 0 {
		rows = append(rows, []dialog.Button{e.exportButton(s)})
	}
	if s.Open(e.Now) && s.Manner.HasNames() {
		row("survey_stop", e.MenuAction(stopStep, s.ID))
	}
	if s.Manner == survey.Anonymous && s.Figures != nil && n.Sent > 0 {
		row("survey_groups", e.MenuAction(groupsStep, s.ID))
	}
	row("survey_again", e.MenuAction(survey.CardStep, s.ID))
	row("back", e.MenuAction(surveysStep, 0))
	return rows
}

// itemLines say where people stop and what they leave out; of fewer than survey.FromBegan
// nothing but that.
func (e *env) itemLines(ctx context.Context, s survey.Survey, n survey.Counts) ([]string, error) {
	if n.Began < survey.FromBegan {
		return []string{"", e.T("survey.too_few", text.Args{"n": survey.FromBegan})}, nil
	}
	versions, err := e.versions(ctx, s)
	if err != nil {
		return nil, err
	}
	var stops []survey.Dropped
	if s.Figures != nil {
		stops = s.Figures.Stops
	} else {
		left, err := e.tx.SurveyStops(ctx, s.ID, e.Now.Add(-stoppedAfter))
		if err != nil {
			return nil, err
		}
		stops = survey.DropOff(left, versions, n.Began)
	}
	lines := e.stopLines(stops, versions, n.Began)
	if s.Figures != nil {
		for _, k := range s.Figures.Skips {
			if k.Tenths > 0 {
				lines = append(lines, e.T("survey.skips", text.Args{"judul": titleOf(versions, k.Of), "n": k.Tenths}))
			}
		}
	}
	if len(lines) == 0 {
		lines = []string{e.T("survey.no_stops", nil)}
	}
	return append(append([]string{"", e.T("survey.items", nil)}, lines...), e.saidLines(s, versions)...), nil
}

// stopLines say where people stop.
func (e *env) stopLines(stops []survey.Dropped, versions []questionnaire.Definition, began int) (lines []string) {
	for _, d := range stops {
		tenths, _ := survey.Tenths(d.Stopped, began)
		if tenths == 0 {
			continue
		}
		key := "survey.stops"
		if d.Flagged {
			key = "survey.stops_many"
		}
		lines = append(lines, e.T(key, text.Args{"judul": titleOf(versions, d.Item), "n": tenths}))
	}
	return lines
}

// countsOf counts the people of a survey; from its close on nothing moves.
func (e *env) countsOf(ctx context.Context, s survey.Survey) (survey.Counts, error) {
	if s.Figures != nil {
		return s.Figures.Counts, nil
	}
	return e.tx.SurveyCounts(ctx, s.ID)
}

// sentOf says how many have sent: exactly after the close, in steps before; that nobody can have
// who has not begun, the card says already.
func (e *env) sentOf(s survey.Survey, n survey.Counts) string {
	if s.Figures != nil || n.Began == 0 {
		return e.Cfg.Text.Number(n.Sent)
	}
	tens, ok := survey.Steps(n.Sent)
	if !ok {
		return e.Cfg.Text.Plain("survey.fewer_than", text.Args{"n": survey.FromBegan})
	}
	return e.Cfg.Text.Plain("survey.at_least", text.Args{"n": e.Cfg.Text.Number(tens)})
}

// versions are those of the questionnaire of a survey, the oldest first.
func (e *env) versions(ctx context.Context, s survey.Survey) (out []questionnaire.Definition, err error) {
	all, err := e.tx.Questionnaires(ctx)
	return survey.VersionsOf(s, all), err
}

// titleOf is how an item is called in the newest version that has it; one that has no title
// of its own by its question, in short.
func titleOf(versions []questionnaire.Definition, code string) string {
	for i := len(versions) - 1; i >= 0; i-- {
		if item, ok := versions[i].Item(code); ok {
			return called(item, personnel.Employee{}.Salutation())
		}
	}
	return code
}

// saidLines are the answers of a survey that is closed, in fifths.
func (e *env) saidLines(s survey.Survey, versions []questionnaire.Definition) (lines []string) {
	if s.Figures == nil || len(versions) == 0 {
		return nil
	}
	for _, said := range s.Figures.Said {
		item, _ := versions[len(versions)-1].Item(said.Item)
		var shares []string
		for _, k := range said.Shares {
			shares = append(shares, e.Cfg.Text.Plain("survey.share", text.Args{"jawaban": e.Shown(item, k.Of), "n": k.Tenths}))
		}
		lines = append(lines, e.T("survey.said", text.Args{"judul": titleOf(versions, said.Item), "daftar": strings.Join(shares, "; ")}))
	}
	if len(lines) > 0 {
		lines = append([]string{"", e.T("survey.answers", nil)}, lines...)
	}
	return lines
}

// widen asks once more before everybody is asked, and does it with the version that was shown;
// when there is another one by now, it asks again.
func (e *env) widen(ctx context.Context, a dialog.Action, message int) error {
	s, err := e.tx.SurveyByID(ctx, a.Ref, e.Now)
	if err != nil {
		return err
	}
	d, err := e.one(ctx, refOf(s.Questionnaire))
	if err != nil {
		return err
	}
	version := strconv.Itoa(d.Version)
	if a.Step == widenYes && a.Value == version {
		if err := e.tx.WidenSurvey(ctx, a.Ref, d.Version, e.Employee.ID, e.Now); err != nil {
			return err
		}
		return e.survey(ctx, dialog.Action{Ref: a.Ref}, message)
	}
	if a.Step == widenYes && !(s.Open(e.Now) && s.Widened.IsZero()) {
		return dialog.ErrNotFound
	}
	n, err := e.tx.SurveyCounts(ctx, a.Ref)
	if err != nil {
		return err
	}
	yes := e.MenuAction(widenYes, a.Ref)
	yes.Value = version
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "survey.widen", Edit: message,
		Text: e.T("survey.widen", text.Args{"judul": s.Name, "n": e.Cfg.Text.Number(n.Others()), "versi": d.Version}),
		Rows: [][]dialog.Button{{{Label: e.Label("survey_widen_yes"), Action: yes}}, {{Label: e.Label("cancel"), Action: e.MenuAction(survey.CardStep, a.Ref)}}}})
	return nil
}

// stop asks once more before a survey ends early, and ends it.
func (e *env) stop(ctx context.Context, a dialog.Action, message int) error {
	if a.Step == stopYes {
		if err := e.tx.StopSurvey(ctx, a.Ref, e.Employee.ID, e.Now); err != nil {
			return err
		}
		return e.survey(ctx, dialog.Action{Ref: a.Ref}, message)
	}
	s, err := e.tx.SurveyByID(ctx, a.Ref, e.Now)
	if err != nil {
		return err
	}
	if !s.Open(e.Now) || !s.Manner.HasNames() {
		return dialog.ErrNotFound
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "survey.stop", Edit: message,
		Text: e.T("survey.stop", text.Args{"judul": s.Name, "kabar": e.Cfg.Text.Date(s.ReportBy)}),
		Rows: [][]dialog.Button{{{Label: e.Label("survey_stop_yes"), Action: e.MenuAction(stopYes, a.Ref)}}, {{Label: e.Label("cancel"), Action: e.MenuAction(survey.CardStep, a.Ref)}}}})
	return nil
}

// decide is the decision of the head of the agency about who was left out.
func (e *env) decide(ctx context.Context, a dialog.Action, message int) error {
	s, err := e.tx.SurveyByID(ctx, a.Ref, e.Now)
	if err != nil {
		return err
	}
	key, news := "survey.refused", "survey.refused_news"
	if a.Step == signStep {
		key, news = "survey.signed", "survey.signed_news"
	}
	decided, err := e.Attempt(func() error { return e.tx.DecideException(ctx, a.Ref, a.Step == signStep, e.Employee.ID, e.Now) })
	if err != nil {
		return err
	}
	if !decided {
		key = "survey.decided_before"
	}
	args := text.Args{"judul": s.Name, "kantor": e.Cfg.Agency.Office}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: key, Edit: message, Text: e.T(key, args)})
	if decided {
		e.Notify(s.Owner, "survey-decided:"+strconv.FormatInt(s.ID, 10), surveyNews, dialog.Reply{Template: news, Text: e.T(news, args),
			Rows: [][]dialog.Button{{{Label: e.Label("survey_open"), Action: e.MenuAction(survey.CardStep, s.ID)}}}})
	}
	return nil
}
