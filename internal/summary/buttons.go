package summary

import (
	"unicode/utf8"

	"bangkom/internal/courier"
	"bangkom/internal/dialog"
	"bangkom/internal/text"
)

// buttons are the actions: what helps first, of each person and of all; then to
// hand over and to excuse, and the way back from that. Those of one sort stand
// together, so that short ones share a row.
func (w Writer) buttons(c Card) (rows [][]dialog.Button) {
	button := func(label string, k int, step string, ref int64) dialog.Button {
		return dialog.Button{Label: w.Text.Plain(label, text.Args{"n": k}), Action: c.Action(step, ref, "", w.Location)}
	}
	last := []dialog.Button{button("label.sum_setting", 0, SettingStep, 0)}
	if f := c.Facts; f.Owing() {
		if n := f.Permits.N; n > 0 {
			rows = append(rows, []dialog.Button{button("label.permit_all", n, PermitStep, 0)})
		}
		if n := f.Signoffs.N; n > 0 {
			rows = append(rows, []dialog.Button{button("label.sum_sign", n, SignStep, 0)})
		}
		if n := f.Follow.N; n > 0 {
			rows = append(rows, []dialog.Button{button("label.sum_follow", n, FollowUpStep, 0)})
		}
		var rate, share, talk, excuse []dialog.Button
		for i, n := range f.Needs {
			switch k := i + 1; n.Why {
			case Talk:
				talk = append(talk, button("label.sum_talk", k, TalkStep, n.Task))
			case Rate:
				rate = append(rate, button("label.sum_rate", k, RateStep, n.Task))
				if n.Own {
					share = append(share, button("label.sum_share", k, ShareStep, n.Task))
				}
			default:
				excuse = append(excuse, button("label.sum_excuse", k, ExcuseStep, n.Person.ID))
			}
		}
		if len(rate)+len(share) <= 3 { // one row holds them
			rate, share = append(rate, share...), nil
		}
		rows = append(append(rows, inRows(rate)...), inRows(talk)...)
		if n := len(f.Remindable(c.Now)); n > 0 {
			rows = append(rows, []dialog.Button{button("label.sum_remind", n, RemindStep, 0)})
		}
		if n := len(f.Askable(c.Now)); n > 0 {
			rows = append(rows, []dialog.Button{button("label.sum_codes", n, CodesStep, 0)})
		}
		rows = append(append(rows, inRows(share)...), inRows(excuse)...)
		if f.Ratings.Left() > 0 {
			last = append([]dialog.Button{button("label.rate_team", 0, TeamStep, 0)}, last...)
		}
	}
	if c.Facts.Self.Excused > 0 {
		rows = append(rows, []dialog.Button{button("label.unexcuse", 0, UnexcuseStep, c.Excused)})
	}
	rows = append(rows, last)
	if c.Why != 0 {
		rows = append(rows, []dialog.Button{{Label: w.Text.Plain("label.why", nil),
			Action: dialog.Action{Flow: "m", Step: courier.WhyStep, Ref: c.Why, Verb: dialog.Resume}}})
	}
	return rows
}

// inRows puts two or three buttons into a row, as far as their labels are not cut
// there on a telephone, and about as many into each.
func inRows(all []dialog.Button) (rows [][]dialog.Button) {
	longest := 0
	for _, b := range all {
		longest = max(longest, utf8.RuneCountInString(b.Label))
	}
	most := 1
	switch {
	case longest <= 9:
		most = 3
	case longest <= 14:
		most = 2
	}
	for left := (len(all) + most - 1) / most; left > 0; left-- {
		n := (len(all) + left - 1) / left
		rows, all = append(rows, all[:n:n]), all[n:]
	}
	return rows
}
