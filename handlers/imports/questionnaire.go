package imports

import (
	"strings"

	"bangkom/handlers/feature"
	"bangkom/internal/intake"
	"bangkom/internal/measure"
	"bangkom/internal/questionnaire"
	"bangkom/internal/text"
)

// ignoredShown is how many of the rows and columns that were left out are named.
const ignoredShown = 10

// versionLines say what becomes of a questionnaire; "" for another kind of file.
func (p *desk) versionLines(r intake.Report) string {
	v := r.Version
	if v == nil {
		return ""
	}
	args := text.Args{"judul": v.Title, "lama": v.Former, "baru": v.New}
	if v.New == v.Former {
		return "\n" + p.Cfg.Text.T("questionnaires.same", args)
	}
	key, foot := "questionnaires.next", "questionnaires.drafts"
	if v.Former == 0 {
		key, foot = "questionnaires.first", "questionnaires.first_foot"
	}
	lines := []string{"", p.Cfg.Text.T(key, args)}
	for _, d := range v.Differences {
		lines = append(lines, p.Cfg.Text.T(differenceKey(d), text.Args{"kode": d.Item, "dulu": measure.Cut(d.Was, feature.LongName), "kini": measure.Cut(d.Is, feature.LongName)}))
	}
	if len(v.Ignored) > 0 {
		var names []string
		for _, i := range v.Ignored[:min(len(v.Ignored), ignoredShown)] {
			names = append(names, i.What+" ("+i.Cell+")")
		}
		key := "questionnaires.ignored"
		if len(v.Ignored) > ignoredShown {
			key = "questionnaires.ignored_many"
		}
		lines = append(lines, p.Cfg.Text.T(key, text.Args{"daftar": strings.Join(names, ", "), "n": len(v.Ignored) - len(names)}))
	}
	return strings.Join(append(lines, p.Cfg.Text.T(foot, nil)), "\n")
}

// differenceKey is the sentence for one difference.
func differenceKey(d questionnaire.Difference) string {
	switch {
	case d.Item == "":
		return "questionnaires.changed_whole"
	case d.What == "added":
		return "questionnaires.added"
	case d.What == "removed":
		return "questionnaires.removed"
	case d.What == "moved":
		return "questionnaires.moved"
	case d.Was != "" && d.Is != "":
		return "questionnaires.reworded"
	}
	return "questionnaires.changed"
}

// versionNow says which version a questionnaire that was applied has; "" for another kind.
func (p *desk) versionNow(r intake.Report) string {
	if r.Version == nil {
		return ""
	}
	return "\n" + p.Cfg.Text.T("questionnaires.now", text.Args{"judul": r.Version.Title, "baru": r.Version.New})
}

// faultRoom is how much of a message is for what has to be mended, in UTF-16 units.
const faultRoom = 2000

// faultLines name what has to be mended in a questionnaire, each with its cell, as many as
// fit; whole tells whether all did, otherwise the file of what is refused has all. "" when
// nothing has.
func (p *desk) faultLines(r intake.Report) (body string, whole bool) {
	if len(r.Refused) == 0 {
		return "", true
	}
	var lines []string
	for _, f := range r.Refused {
		key, args := "questionnaires.fault", text.Args{"sel": f.Cells[0], "sebab": p.Cfg.Text.Plain("refused."+strings.ToLower(f.Code), nil)}
		if f.Cells[1] != "" {
			key, args["isi"] = "questionnaires.fault_at", f.Cells[1]
		}
		lines = append(lines, p.Cfg.Text.T(key, args))
	}
	shown, n := feature.Joined(lines, faultRoom)
	if rest := len(lines) - n; rest > 0 {
		shown += "\n" + p.Cfg.Text.T("import.losses_more", text.Args{"n": p.Cfg.Text.Number(rest)})
	}
	return "\n" + p.Cfg.Text.T("questionnaires.refused", text.Args{"n": p.Cfg.Text.Number(len(lines))}) + "\n" + shown, n == len(lines)
}
