package planning

import (
	"context"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
	"bangkom/internal/training"
)

// onPage is how many batches or programmes stand on one card.
const onPage = 10

// batches lists all batches: what is ahead first.
func (e *env) batches(ctx context.Context, a dialog.Action, message int) error {
	n, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	list, total, err := e.tx.BatchesRun(ctx, e.Employee, e.Now, n*onPage, onPage)
	if err != nil {
		return err
	}
	if len(list) == 0 && n > 0 { // the list has become shorter
		return e.batches(ctx, dialog.Action{}, message)
	}
	heading := e.T("plan.list", text.Args{"n": total})
	if total == 0 {
		heading = e.T("plan.list_none", nil)
	}
	lines := []string{heading}
	var numbers []dialog.Button
	for i, b := range list {
		k := n*onPage + i + 1
		lines = append(lines, e.T("plan.line", text.Args{"k": k, "judul": feature.Clip(b.Name, feature.LongName), "kapan": e.days(b),
			"keadaan": e.state(b), "terisi": b.Counts.Seated, "tempat": b.Seats}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: e.MenuAction(cardStep, b.ID)})
	}
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(listStep, 0, n, onPage, total)...)
	rows = append(rows, e.step("plan_programmes", programmesStep, 0, ""), []dialog.Button{e.Link(feature.ToDesk, "back", 0)})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "plan.list", Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
	return nil
}

// days writes the first and the last day of a batch.
func (e *env) days(b training.Batch) string {
	if b.Starts().IsZero() {
		return e.Cfg.Text.Plain("plan.no_day", nil)
	}
	first, last := e.Cfg.Text.ShortDate(b.Starts().In(e.Cfg.Location)), e.Cfg.Text.ShortDate(b.Ends().In(e.Cfg.Location))
	if first == last {
		return first
	}
	return e.Cfg.Text.Plain("seat.days", text.Args{"dari": first, "sampai": last})
}

// state says where a batch stands.
func (e *env) state(b training.Batch) string {
	key := map[training.State]string{training.Planned: "plan.is_planned", training.Open: "plan.is_open", training.Closed: "plan.is_closed",
		training.Running: "plan.is_running", training.Done: "plan.is_done", training.Cancelled: "plan.is_cancelled"}[b.At(e.Now)]
	return e.Cfg.Text.Plain(key, nil)
}

// wayIn says how the seats of a programme are filled.
func (p *desk) wayIn(w training.WayIn) string {
	key := map[training.WayIn]string{training.ByNomination: "plan.by_nomination", training.InOrder: "plan.by_order", training.Ranked: "plan.by_rank"}[w]
	return p.Cfg.Text.Plain(key, nil)
}

// programmes lists all programmes by title.
func (e *env) programmes(ctx context.Context, a dialog.Action, message int) error {
	n, err := feature.PageOf(a.Value)
	if err != nil {
		return err
	}
	all, err := e.tx.Programmes(ctx)
	if err != nil {
		return err
	}
	list := all[min(n*onPage, len(all)):min((n+1)*onPage, len(all))]
	heading := e.T("plan.programmes", text.Args{"n": len(all)})
	if len(all) == 0 {
		heading = e.T("plan.no_programmes", nil)
	}
	lines := []string{heading}
	var numbers []dialog.Button
	for i, p := range list {
		k := n*onPage + i + 1
		lines = append(lines, e.T("plan.programme_line", text.Args{"k": k, "judul": feature.Clip(p.Title, feature.LongName), "kode": p.Code, "jp": p.JP}))
		numbers = append(numbers, dialog.Button{Label: strconv.Itoa(k), Action: e.MenuAction(programmeStep, p.ID)})
	}
	rows := append(feature.Grid(feature.Numbers, numbers), e.Pages(programmesStep, 0, n, onPage, len(all))...)
	rows = append(rows, e.start("plan_programme", programmeFlow, 0), e.step("plan_back", listStep, 0, ""))
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "plan.programmes", Text: strings.Join(lines, "\n"), Rows: rows, Edit: message})
	return nil
}

// programme shows one programme.
func (e *env) programme(ctx context.Context, a dialog.Action, message int) error {
	p, err := e.tx.Programme(ctx, a.Ref)
	if err != nil {
		return err
	}
	e.showProgramme(p, "", message)
	return nil
}

// showProgramme shows a programme below a sentence, "" = none.
func (e *env) showProgramme(p training.Programme, above string, message int) {
	lines := []string{e.T("plan.programme", text.Args{"judul": p.Title, "kode": p.Code, "tujuan": feature.OrDash(p.Aim), "kemampuan": p.Ability, "bentuk": p.Form, "jp": p.JP,
		"cara": e.desk().wayIn(p.WayIn), "hadir": p.Share})}
	for _, a := range p.Aims {
		lines = append(lines, e.T("plan.programme_aim", text.Args{"nama": a.Name, "tingkat": a.Level}))
	}
	if p.Partner.ID != 0 {
		lines = append(lines, e.partnerLine(p.Partner))
	}
	if above != "" {
		lines = append([]string{above, ""}, lines...)
	}
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "plan.programme", Text: strings.Join(lines, "\n"), Edit: message,
		Rows: [][]dialog.Button{e.start("plan_new", batchFlow, p.ID), e.start("plan_change", editFlow, p.ID), e.step("plan_all_programmes", programmesStep, 0, "")}})
}

// partnerLine names a partner and until when the agreement with it lasts.
func (e *env) partnerLine(p training.Partner) string {
	if p.Until.IsZero() {
		return e.T("plan.partner", text.Args{"mitra": p.Name})
	}
	return e.T("plan.partner_until", text.Args{"mitra": p.Name, "nomor": feature.OrDash(p.Agreement), "sampai": e.Cfg.Text.ShortDate(p.Until)})
}

// lackingNamed is how many batches of a sort are named on /kelola.
const lackingNamed = 3

// officeLine says on /kelola which batches are short of registrations a week before the
// close, and which have free seats that nobody can register for any more; "" = none.
func (e *env) officeLine(ctx context.Context) (string, error) {
	all, err := e.tx.LackingTrainings(ctx, e.Now)
	if err != nil {
		return "", err
	}
	var out []string
	for _, short := range []bool{true, false} {
		var names []string
		n, free := 0, 0
		for _, b := range all {
			if b.Short != short {
				continue
			}
			if n++; n <= lackingNamed {
				names = append(names, e.Cfg.Text.Plain(lackingKey(short, "plan.lacking_short_one", "plan.lacking_empty_one"),
					text.Args{"judul": feature.Clip(b.Name, feature.LongName), "n": b.People, "kosong": b.Seats - b.Taken, "tempat": b.Seats}))
			}
			free += b.Seats - b.Taken
		}
		if n == 0 {
			continue
		}
		if n > lackingNamed {
			names = append(names, e.Cfg.Text.Plain("plan.lacking_more", text.Args{"n": n - lackingNamed}))
		}
		out = append(out, e.T(lackingKey(short, "plan.lacking_short", "plan.lacking_empty"), text.Args{"n": n, "kosong": free, "daftar": strings.Join(names, "; ")}))
	}
	return strings.Join(out, "\n"), nil
}

func lackingKey(short bool, ofShort, ofEmpty string) string {
	if short {
		return ofShort
	}
	return ofEmpty
}
