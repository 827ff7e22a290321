package handlers

import (
	"context"

	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
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
		{name: "tim", who: supervises, run: (*env).team, transcript: "tim"},
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
	either := func(r personnel.Rights) bool { return r.HR || r.Officer }
	return map[string]action{
		"riwayat":      {run: func(e *env, ctx context.Context, _ dialog.Action, _ int) error { return e.history(ctx) }},
		"hasil":        {run: func(e *env, ctx context.Context, a dialog.Action, _ int) error { return e.showResult(ctx, a.Ref) }},
		"teknis":       {run: func(e *env, ctx context.Context, a dialog.Action, _ int) error { return e.technical(ctx, a.Ref) }},
		"nanti":        {run: (*env).askLater},
		"tunda":        {run: (*env).putOff},
		"kendala":      {run: (*env).barrierCard},
		"sebab":        {run: (*env).barrierHelp},
		"alasan":       {run: (*env).why},
		"jam":          {run: (*env).hourCard},
		"jamya":        {run: (*env).setHour},
		"hening":       {run: (*env).setMute},
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
		"timhal":       {who: supervises, run: (*env).teamPage},
		"anggota":      {who: supervises, run: (*env).teamMember},
		"akhiri":       {who: supervises, run: (*env).endDelegation},
		"belum":        {who: either, run: (*env).lacking},
		"orang":        {who: either, run: (*env).personCard},
		"kode":         {who: either, run: (*env).newCode},
		"copot":        {who: either, run: (*env).unlinkOther},
		"copotya":      {who: either, run: (*env).unlinkOther},
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
		"periode":      {who: hr, run: (*env).periods},
		"tutup":        {who: hr, run: (*env).closePeriod},
		"tutupya":      {who: hr, run: (*env).closePeriod},
		"jeda":         {who: hr, run: (*env).pausedUnits},
		"jedaya":       {who: hr, run: (*env).resumeUnit},
		"terapkan":     {who: hr, run: (*env).applyUpload},
		"lihatditolak": {who: hr, run: (*env).sendRefused},
		"batalimpor":   {who: hr, run: (*env).cancelUpload},
	}
}
