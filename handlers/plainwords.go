package handlers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/personnel"
)

// plain is what somebody means who writes words and no command; "" = it is not known.
type plain string

const (
	plainMenu   plain = "menu"
	plainHelp   plain = "bantuan"
	plainCancel plain = "batal"
	plainStop   plain = "berhenti"
	plainThanks plain = "terima kasih"
	plainAnswer plain = "jawaban"
)

// plainWords are the ways to say it, without courtesies.
var plainWords = map[plain][]string{
	plainMenu: {"menu", "menu utama", "buka menu", "lihat menu", "kembali ke menu", "halo", "hallo", "hai", "pagi", "siang", "sore", "malam",
		"selamat pagi", "selamat siang", "selamat sore", "selamat malam", "assalamualaikum", "assalamu'alaikum"},
	plainHelp:   {"bantuan", "bantu", "help", "minta bantuan", "butuh bantuan", "bingung", "tidak paham", "belum paham", "cara pakai", "bagaimana caranya", "caranya bagaimana"},
	plainCancel: {"batal", "batalkan", "tidak jadi", "keluar"},
	plainStop:   {"berhenti", "stop", "mau berhenti", "ingin berhenti", "berhenti berlangganan", "jangan kirim lagi", "jangan kirim pesan lagi"},
	plainThanks: {"terima kasih", "terimakasih", "trima kasih", "makasih", "makasi", "thanks", "tks", "terima kasih banyak", "ok terima kasih", "oke terima kasih",
		"baik terima kasih", "siap terima kasih", "sudah terima kasih"},
	plainAnswer: {"ya", "iya", "y", "ok", "oke", "okey", "baik", "siap", "setuju", "tidak", "tdk", "enggak", "nggak", "kirim", "simpan", "lanjut", "lanjutkan",
		"terapkan", "setujui", "tolak", "hapus", "hadir", "siap hadir", "ikut", "sudah", "sudah baca", "sudah dibaca"},
}

// courtesies are left out wherever they stand.
var courtesies = []string{"tolong", "mohon", "maaf", "saya", "pak", "bu", "bapak", "ibu", "min", "admin", "ya", "dong", "dulu", "saja", "kak", "izin"}

// plainWord reads what somebody means.
func plainWord(typed string) plain {
	words := strings.FieldsFunc(strings.ToLower(typed), func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(".,!?;:/", r) })
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(courtesies, w) })
	for _, said := range []string{strings.Join(words, " "), strings.Join(kept, " ")} {
		for meant, ways := range plainWords {
			if slices.Contains(ways, said) {
				return meant
			}
		}
	}
	if len(kept) == 0 && slices.Contains(words, "ya") { // ya, Pak
		return plainAnswer
	}
	return ""
}

// overForm tells whether a word goes before the question on show. Where answers to a task
// are given these three are no answer; elsewhere the question may take them, such as Batal
// of a short one.
func (e *env) overForm(word plain) bool {
	switch word {
	case plainMenu, plainHelp:
		return true
	case plainCancel:
		return e.Reg.Conversations[e.Session.ActiveForm].OfTask
	}
	return false
}

// answered gives a text to the question on show. One that means something else is given
// weakly: the question takes it only if it is an answer.
func (e *env) answered(ctx context.Context, u dialog.Update, word plain) error {
	in := dialog.Input{Verb: dialog.Answer, Value: u.Text, Typed: true, Content: &u.Content, Weak: word != "" && word != plainAnswer}
	err := e.RunFlow(ctx, e.Session.ActiveForm, e.Session.ActiveRef, in)
	if errors.Is(err, feature.ErrNotTaken) {
		return e.understood(ctx, word)
	}
	return gone(err)
}

// understood does what plain words mean.
func (e *env) understood(ctx context.Context, word plain) error {
	switch word {
	case plainMenu, plainHelp, plainCancel:
		return e.command(ctx, string(word), "")
	case plainThanks:
		if !e.Linked() {
			e.Say("menu.thanks_unlinked", nil)
			return nil
		}
		e.Say("menu.thanks", e.Person(nil))
	case plainStop:
		e.stopCard()
	case plainAnswer: // of which card it is meant nobody knows
		e.Say("menu.press", nil)
	}
	return nil
}

// stopCard asks what is meant by "I want to stop". Nothing is changed by it, and the
// question on show stays.
func (e *env) stopCard() {
	if !e.Linked() {
		e.Say("menu.stop_unlinked", e.Helpdesk())
		return
	}
	var rows [][]dialog.Button
	if _, ok := e.Session.Draft(e.Session.ActiveForm, e.Session.ActiveRef); ok {
		rows = append(rows, []dialog.Button{{Label: e.Label("stop_filling"), Action: e.MenuAction("batal", 0)}})
	}
	rows = append(rows, []dialog.Button{{Label: e.Label("attention"), Action: e.MenuAction("pengingat", 0)}},
		[]dialog.Button{e.Link(feature.ToLeave, "unlink", 0)})
	e.Out.Replies = append(e.Out.Replies, dialog.Reply{Template: "menu.stop", Text: e.T("menu.stop", e.Person(nil)), Rows: rows})
}

// unasked answers a text of somebody with an account that no question waits for.
func (e *env) unasked(ctx context.Context, typed string, word plain) error {
	name := strings.ToLower(strings.TrimSpace(typed))
	if c, ok := e.Reg.Names[name]; ok && c.May(e.Employee.Rights) && name != "start" { // a command without its stroke
		return e.command(ctx, name, "")
	}
	switch {
	case word != "":
		return e.understood(ctx, word)
	case personnel.CodeInside(typed) != "":
		return e.OnCode(ctx, typed)
	case personnel.NIPInside(typed) != "" && feature.LooksAfter(e.Employee.Rights):
		e.MenuCard("menu.nip_search")
	case personnel.NIPInside(typed) != "":
		e.MenuCard("menu.nip")
	default:
		e.MenuCard("menu.unknown_text")
	}
	return nil
}
