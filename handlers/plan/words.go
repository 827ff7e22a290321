package plan

import (
	"hash/crc32"
	"strconv"
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/plan"
	"bangkom/internal/text"
)

// mark is a short name of what was shown, which says nothing by itself. It stands in buttons,
// where no answer and no name may.
func mark(parts ...string) string {
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(strings.Join(parts, "\x00")))), 36)
}

// way is how something is learnt, with the training that was chosen.
func (p *desk) way(f plan.Form, course string) string {
	if f == plan.Training && course != "" {
		return p.plain("idp.form_course", text.Args{"judul": feature.Clip(course, feature.LongName)})
	}
	return p.plain(f.Word(), nil)
}

// actionWay is how an action is called: with its day and the seats that are left.
func (p *desk) actionWay(a plan.Action) string {
	if c := a.Course; c.Batch != 0 {
		return p.plain("idp.form_batch", text.Args{"judul": feature.Clip(c.Title, feature.LongName), "tanggal": p.Cfg.Text.ShortDate(c.Starts.In(p.Cfg.Location)), "n": c.Free})
	}
	return p.way(a.Form, a.Course.Title)
}

// share says to which part of the mix of learning a form belongs.
func (p *desk) share(f plan.Form) string {
	n := f.Share()
	return p.plain("idp.share", text.Args{"n": n, "tempat": p.plain(f.Place(), nil)})
}

// lack says what is missing, and by whose word; or where a proposal comes from.
func (p *desk) lack(w plan.Want) string {
	switch w.Source {
	case plan.FromDuty:
		return p.plain("idp.duty", nil)
	case plan.FromUnit:
		return p.plain("idp.of_unit", nil)
	case plan.FromWish:
		return p.plain("idp.wish", nil)
	}
	key := "idp.short"
	if !w.Final {
		key = "idp.short_self"
	}
	return p.plain(key, text.Args{"selisih": (-w.Gap).String()})
}

// standing says where a line stands, for its person and the superior alike.
func (p *desk) standing(l plan.Line) string {
	var why string
	if l.Reason != "" {
		why = p.plain(l.Reason.Word(), nil)
	}
	said := p.plain(l.State.Word(), text.Args{"alasan": why})
	switch {
	case !l.State.Open():
		return said
	case l.Batch != 0 && l.Starts.IsZero():
		said += p.plain("idp.enrolled", text.Args{"judul": feature.Clip(l.BatchName, feature.LongName), "tanggal": p.Cfg.Text.Plain("join.no_day", nil)})
	case l.Batch != 0:
		said += p.plain("idp.enrolled", text.Args{"judul": feature.Clip(l.BatchName, feature.LongName), "tanggal": p.Cfg.Text.ShortDate(l.Starts.In(p.Cfg.Location))})
	case l.Cancelled != "":
		said += p.plain("idp.cancelled", text.Args{"judul": feature.Clip(l.Cancelled, feature.LongName)})
	}
	if l.Carried {
		said += p.plain("idp.carried", nil)
	}
	return said
}

// ownStanding is standing, with the reminder that only the person sees.
func (p *desk) ownStanding(l plan.Line) string {
	said := p.standing(l)
	if l.State.Open() && !l.RemindOn.IsZero() {
		said += p.plain("idp.reminded", text.Args{"tanggal": p.Cfg.Text.ShortDate(l.RemindOn)})
	}
	return said
}
