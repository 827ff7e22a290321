package handlers_test

import (
	"regexp"
	"slices"
	"strings"

	"bangkom/internal/faketelegram"
)

// shareable are the kinds of messages that may be copied and passed on. A new
// one is private until somebody has thought about it and writes it here: it says
// nothing about a person, or its file is made to be worked with.
var shareable = []string{"help", "import.help", "import.refused", "import.refused_rows", "paper.sheet", "announce.nips_wrong", "nominate.file_head", "attend.file_head", "dossier.head", "join.calendar", "received.file", "ledger.caption", "evaluation.sheet", "evaluation.page", "evaluation.compare_file_programmes", "evaluation.compare_file_partners", "progress.file", "slips.file", "needs.file", "needs.page_file", "demand.file", "demand.partner_file", "coverage.file", "hcdp.file", "evaluation.partner_page", "demand.calendar_file", "demand.year_caption", "signoff.recap", "skm.sample", "questionnaires.sheet", "questionnaires.form"}

// personal is what no message that may be passed on says in its text: a NIP, a
// one-time code, a level.
var personal = regexp.MustCompile(`[0-9]{18}|\bNIP berakhiran|\b[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}\b|[Tt]ingkat(nya)? [0-9]|(mandiri|atasan)\)? [0-5](,[0-9])?\b`)

// staysHere tells of messages that can be copied, saved or passed on and should
// not: each kind that is not listed, each with a button, because a press may put
// something private in its place, and whatever the kind, one that reads like
// something private.
func (p *play) staysHere() {
	p.t.Helper()
	for _, f := range cast() {
		for _, m := range p.fake.Messages(account(f.name)) {
			if !m.FromBot || m.Protected {
				continue
			}
			if kind := p.kindOf(account(f.name), m); !slices.Contains(shareable, kind) {
				p.t.Errorf("a message of the kind %q to %s can be passed on:\n%s", kind, f.name, m.Text)
			}
			if len(m.Inline) > 0 {
				p.t.Errorf("a message with buttons to %s can be passed on:\n%s", f.name, m.Text)
			}
			if personal.MatchString(m.Text) || m.Document != nil && strings.HasSuffix(m.Document.Name, ".json") {
				p.t.Errorf("something private to %s can be passed on:\n%s", f.name, m.Text)
			}
		}
	}
}

// kindOf is the template of a message; "" when the bot has forgotten it.
func (p *play) kindOf(chat int64, m faketelegram.Message) (template string) {
	p.t.Helper()
	const kind = `SELECT COALESCE((SELECT template FROM outbox WHERE chat_id = $1 AND message_id = $2 AND edit_of = 0), '')`
	if err := p.sql.QueryRow(kind, chat, m.ID).Scan(&template); err != nil {
		p.t.Fatal(err)
	}
	return template
}
