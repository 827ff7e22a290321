package handlers

import (
	"context"
	"maps"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
	"bangkom/internal/summary"
	"bangkom/internal/text"
)

// conversation is one registered form. Routing, resume, stale buttons and the
// transcript test read this list; a new conversation is one line here.
type conversation struct {
	flow       dialog.Flow[*env]
	transcript string // its golden transcript in testdata
}

func conversations(p *Processor) []conversation {
	return []conversation{
		{flow: p.linkForm(), transcript: "link"},
		{flow: p.phoneForm(), transcript: "nip"},
		{flow: p.questionnaireForm(), transcript: "asesmen"},
		{flow: p.paperForm(), transcript: "kertas"},
		{flow: p.ticketForm(), transcript: "privasi"},
		{flow: p.delegationForm(), transcript: "delegasi"},
		{flow: p.searchForm(), transcript: "unit"},
		{flow: p.leaveForm(), transcript: "unit"},
		{flow: p.superiorForm(), transcript: "unit"},
		{flow: p.periodForm(), transcript: "kelola"},
		{flow: p.ratingForm(), transcript: "menilai"},
		{flow: p.talkForm(), transcript: "menilai"},
		{flow: p.reasonForm(), transcript: "menilai"},
		{flow: p.coRaterForm(), transcript: "berbagi"},
		{flow: p.shareOneForm(), transcript: "ringkasan"},
		{flow: p.muteForm(), transcript: "pengingat"},
	}
}

// command is one slash command. Help, the command menu and routing read the list.
type command struct {
	name       string
	aliases    []string
	unlinked   bool                        // works before the account is linked
	who        func(personnel.Rights) bool // nil = everybody
	run        func(e *env, ctx context.Context, arg string) error
	transcript string
}

func commands() []command {
	return []command{
		{name: "start", unlinked: true, run: (*env).start, transcript: "link"},
		{name: "menu", unlinked: true, run: (*env).menu, transcript: "menu"},
		{name: "tugas", run: (*env).listTasks, transcript: "tugas"},
		{name: "asesmen", aliases: []string{"penilaian"}, run: (*env).assessment, transcript: "asesmen"},
		{name: "tim", who: rates, run: (*env).team, transcript: "tim"},
		{name: "ringkasan", who: supervises, run: (*env).summarize, transcript: "ringkasan"},
		{name: "delegasi", who: supervises, run: (*env).delegations, transcript: "delegasi"},
		{name: "unit", who: officer, run: (*env).unitBoard, transcript: "unit"},
		{name: "impor", who: hr, run: (*env).importHelp, transcript: "impor"},
		{name: "kelola", who: hr, run: (*env).manage, transcript: "kelola"},
		{name: "pengingat", run: (*env).attention, transcript: "pengingat"},
		{name: "privasi", unlinked: true, run: (*env).privacy, transcript: "privasi"},
		{name: "bantuan", aliases: []string{"help"}, unlinked: true, run: (*env).help, transcript: "menu"},
		{name: "batal", unlinked: true, run: (*env).cancel, transcript: "batal"},
	}
}

func supervises(r personnel.Rights) bool { return r.Supervises }
func rates(r personnel.Rights) bool      { return r.Supervises || r.Rates }
func officer(r personnel.Rights) bool    { return r.Officer }
func hr(r personnel.Rights) bool         { return r.HR }

// may tells whether somebody with these rights has the command at all.
func (c command) may(r personnel.Rights) bool { return c.who == nil || c.who(r) }

func findCommand(name string) (command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return c, true
		}
		for _, a := range c.aliases {
			if a == name {
				return c, true
			}
		}
	}
	return command{}, false
}

// MenuEntry is one line of Telegram's command menu.
type MenuEntry struct{ Command, Description string }

// Menu returns the command menu of people with these rights. The zero rights
// give the menu of every private chat.
func Menu(cat *text.Catalogue, rights personnel.Rights) []MenuEntry {
	var entries []MenuEntry
	for _, c := range commands() {
		if c.may(rights) {
			entries = append(entries, MenuEntry{Command: c.name, Description: cat.Plain("menu."+c.name, nil)})
		}
	}
	return entries
}

// action is what a button of a card does.
type action struct {
	who func(personnel.Rights) bool // nil = everybody who is linked
	run func(e *env, ctx context.Context, a dialog.Action, message int) error
}

// actions are the buttons of cards that are neither a command nor a form. Every
// one is checked against the rights of whoever presses it, at that moment.
func actions() map[string]action {
	all := ownActions()
	for _, more := range []map[string]action{teamActions(), attentionActions()} {
		maps.Copy(all, more)
	}
	return all
}

// ownActions are about the person's own matters, and those of a unit or agency.
func ownActions() map[string]action {
	either := func(r personnel.Rights) bool { return r.HR || r.Officer }
	return map[string]action{
		"riwayat":      {run: func(e *env, ctx context.Context, _ dialog.Action, _ int) error { return e.history(ctx) }},
		"hasil":        {run: func(e *env, ctx context.Context, a dialog.Action, _ int) error { return e.showResult(ctx, a.Ref) }},
		"teknis":       {run: func(e *env, ctx context.Context, a dialog.Action, _ int) error { return e.technical(ctx, a.Ref) }},
		"hapus":        {run: (*env).deleteDraft},
		"hapusya":      {run: (*env).deleteDraft},
		"hapustdk":     {run: (*env).deleteDraft},
		"pindah":       {run: (*env).decideTakeover},
		"tolakpindah":  {run: (*env).decideTakeover},
		"salinan":      {run: (*env).sendCopy},
		"lepas":        {run: (*env).unlinkSelf},
		"lepasya":      {run: (*env).unlinkSelf},
		"lepashapus":   {run: (*env).unlinkSelf},
		"lepastdk":     {run: (*env).unlinkSelf},
		"belum":        {who: either, run: (*env).lacking},
		"orang":        {who: either, run: (*env).personCard},
		"kode":         {who: either, run: (*env).newCode},
		"copot":        {who: either, run: (*env).unlinkOther},
		"copotya":      {who: either, run: (*env).unlinkOther},
		"copotminta":   {who: either, run: (*env).unlinkOther},
		"tolakcopot":   {run: (*env).objectUnlink},
		"copottdk":     {who: either, run: (*env).unlinkOther},
		"plt":          {who: either, run: (*env).waitingDelegations},
		"pltya":        {who: either, run: (*env).checkDelegation},
		"plttdk":       {who: either, run: (*env).checkDelegation},
		"lembar":       {who: either, run: (*env).paperSheet},
		"kelas":        {who: hr, run: (*env).chooseClass},
		"kelasya":      {who: hr, run: (*env).setClass},
		"mandiri":      {who: hr, run: (*env).setSelfOnly},
		"tiket":        {who: hr, run: (*env).tickets},
		"tiketya":      {who: hr, run: (*env).closeTicket},
		"hapusdata":    {who: hr, run: (*env).eraseData},
		"hapusdataya":  {who: hr, run: (*env).eraseData},
		"hapusdatatdk": {who: hr, run: (*env).closeTicket},
		"periode":      {who: hr, run: (*env).periods},
		"tutup":        {who: hr, run: (*env).closePeriod},
		"tutupya":      {who: hr, run: (*env).closePeriod},
		"terapkan":     {who: hr, run: (*env).applyUpload},
		"lihatditolak": {who: hr, run: (*env).sendRefused},
		"batalimpor":   {who: hr, run: (*env).cancelUpload},
	}
}

// teamActions are about those whom somebody leads.
func teamActions() map[string]action {
	return map[string]action{
		"timbenar":          {who: supervises, run: (*env).teamRight},
		"periksa":           {who: rates, run: (*env).openRating},
		"kirimnilai":        {who: rates, run: (*env).sendComplete},
		"nilainanti":        {who: rates, run: (*env).laterRating},
		"lepastugas":        {who: supervises, run: (*env).excuse},
		"nilaisendiri":      {who: supervises, run: (*env).rateSelf},
		"bagi":              {who: supervises, run: (*env).coRaters},
		"bagihal":           {who: supervises, run: (*env).chooseRated},
		"bagiya":            {who: supervises, run: (*env).chooseRated},
		"banding":           {run: func(e *env, ctx context.Context, a dialog.Action, _ int) error { return e.compare(ctx, a.Ref) }},
		"bandingnanti":      {run: (*env).laterCompare},
		"timhal":            {who: rates, run: (*env).teamPage},
		"anggota":           {who: supervises, run: (*env).teamMember},
		summary.ShowStep:    {run: summaryPress((*env).showAgain)},
		summary.RemindStep:  {run: summaryPress((*env).askRemind)},
		summary.SendStep:    {run: summaryPress((*env).sendRemind)},
		summary.ExcuseStep:  {run: summaryPress((*env).excuseOnSummary)},
		summary.TalkStep:    {run: summaryPress((*env).talkOnSummary)},
		summary.RateStep:    {run: summaryPress((*env).rateOnSummary)},
		summary.TeamStep:    {run: summaryPress((*env).rateAllOnSummary)},
		summary.ShareStep:   {run: summaryPress((*env).shareOnSummary)},
		summary.SettingStep: {run: summaryPress((*env).summarySettings)},
		"akhiri":            {who: supervises, run: (*env).endDelegation},
	}
}

// attentionActions are about what the bot starts by itself.
func attentionActions() map[string]action {
	return map[string]action{
		"nanti":   {run: (*env).askLater},
		"tunda":   {run: (*env).putOff},
		"kendala": {run: (*env).barrierCard},
		"sebab":   {run: (*env).barrierHelp},
		"alasan":  {run: (*env).why},
		"jam":     {run: (*env).hourCard},
		"jamya":   {run: (*env).setHour},
		"hening":  {run: (*env).setMute},
		"jeda":    {who: hr, run: (*env).pausedUnits},
		"jedaya":  {who: hr, run: (*env).resumeUnit},
	}
}
