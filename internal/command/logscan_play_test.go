package command

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net"
	"strings"
	"time"

	"bangkom/internal/faketelegram"
)

func valuesOf(row map[string]any) iter.Seq[any] { return maps.Values(row) }

// await waits until ok.
func (p *scanPlay) await(what string, ok func() bool) {
	p.t.Helper()
	limit := time.After(4 * time.Minute) // half of the calls fail on purpose, and the waits between tries double up to a minute
	for !ok() {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-limit:
			text := p.log.tail(6000)
			p.t.Fatalf("%s: it did not come to that; log:\n%s", what, text)
		}
	}
}

// rest waits until everything is decided, and sent unless its hour has not come.
func (p *scanPlay) rest() {
	p.t.Helper()
	const open = `SELECT (SELECT count(*) FROM inbox WHERE done_at IS NULL)
		+ (SELECT count(*) FROM upload WHERE state IN ('received', 'applying'))
		+ (SELECT count(*) FROM outbox WHERE state IN ('new', 'sending') AND not_before <= now())`
	p.await("rest", func() bool {
		var n int
		return p.fake.Pending() == 0 && p.owner.QueryRow(open).Scan(&n) == nil && n == 0
	})
}

func (p *scanPlay) say(who *scanned, text string) {
	p.t.Helper()
	p.fake.SendText(who.account, text)
	p.rest()
}

func (p *scanPlay) press(who *scanned, label string) {
	p.t.Helper()
	if _, _, err := p.fake.PressLabel(who.account, label); err != nil {
		p.t.Fatal(err)
	}
	p.rest()
}

// everything is what people do and all that goes wrong.
func (p *scanPlay) everything() {
	p.t.Helper()
	first, second, hr := p.people[0], p.people[1], p.people[2]
	p.say(first, "/start "+first.code)
	p.press(first, "Setuju")
	p.press(first, "Mulai")
	for i := range 9 {
		if i%2 == 0 {
			p.press(first, "3")
		} else {
			p.say(first, "tiga")
		}
	}
	p.press(first, "Kirim")

	p.say(second, "/start "+wrongCode)
	p.say(second, second.nip)
	p.fake.ShareContact(second.account, faketelegram.Contact{Phone: first.phone, UserID: first.account})
	p.rest()
	p.fake.ShareContact(second.account, faketelegram.Contact{Phone: second.phone, FirstName: second.name, UserID: second.account})
	p.rest()
	p.press(second, "Setuju")
	p.say(second, "nama saya "+second.name+", NIP "+second.nip)

	p.say(hr, "/start "+hr.code)
	p.press(hr, "Setuju")
	p.fake.SendDocument(hr.account, importedName+".csv", []byte("NIP;NAMA;JABATAN;UNIT KERJA;NO HP\n"+importedNIP+";"+importedName+";Arsiparis;Dinas Arsip;"+first.phone+
		"\n1.98507E+17;"+second.name+";X;Y;\n"))
	p.rest()
	p.press(hr, "Terapkan")
	p.fake.SendDocument(hr.account, "rusak.xlsx", []byte("PK\x03\x04"+second.nip))
	p.rest()

	p.databaseFails(first)
	p.updatesFail(second)
	p.telegramFails(first)
}

// databaseFails lets a statement fail whose message holds what was typed, and
// cuts every connection.
func (p *scanPlay) databaseFails(who *scanned) {
	p.t.Helper()
	p.exec(`ALTER TABLE ticket ADD CONSTRAINT ticket_of_the_test CHECK (body !~ 'keliru')`)
	p.say(who, "/privasi")
	p.press(who, "Perbaiki data")
	p.say(who, typedAnswer+" "+who.nip+" "+who.phone)
	p.exec(`ALTER TABLE ticket DROP CONSTRAINT ticket_of_the_test`)
	p.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	p.say(who, "/batal")
	p.exec(`ALTER TABLE task RENAME TO task_gone`)
	p.fake.SendText(who.account, "/tugas")
	p.await("a table that is gone", func() bool { return strings.Contains(p.log.tail(1<<30), "42P01") })
	p.exec(`ALTER TABLE task_gone RENAME TO task`)
	p.rest()
}

// updatesFail sends what cannot be decoded, and lets one update panic.
func (p *scanPlay) updatesFail(who *scanned) {
	p.t.Helper()
	for _, raw := range []string{`{"message":{"chat":"` + who.nip + `","text":"` + typedAnswer + `"}}`, `{"callback_query":` + who.nip + `}`, `"` + typedAnswer + `"`,
		fmt.Sprintf(`{"message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":%q},"text":{"a":%q}}}`,
			who.account, who.account, who.name, typedAnswer)} {
		p.fake.InjectRaw(json.RawMessage(raw))
	}
	p.rest()
	p.armed.Store(true)
	p.say(who, typedAnswer)
	if p.armed.Load() {
		p.t.Error("nothing panicked")
	}
}

// telegramFails lets calls be refused, cut and slowed down.
func (p *scanPlay) telegramFails(who *scanned) {
	p.t.Helper()
	p.fake.SetFaults(faketelegram.Faults{TooMany: 1, RetryAfter: 1})
	p.fake.SendText(who.account, "/menu")
	p.await("429", func() bool { return strings.Contains(p.log.tail(1<<30), "asks for a pause") })
	for _, faults := range []faketelegram.Faults{{ServerError: 0.5}, {ResetBefore: 0.5}, {ResetAfter: 0.5}, {}} {
		p.fake.SetFaults(faults)
		p.say(who, "/privasi")
		p.say(who, typedAnswer)
	}
	data := ""
	for _, m := range p.fake.Messages(who.account) {
		for _, row := range m.Inline {
			if row[0].Text == "Lepas akun" {
				data = row[0].Data
			}
		}
	}
	p.fake.ForgePress(who.account, 1_000_000, data) // 400: the message is not there
	p.rest()
	p.fake.Block(who.account) // 403
	p.fake.ForgePress(who.account, 1, data)
	p.rest()
}

// tooFast lets somebody send more than is read.
func (p *scanPlay) tooFast(who *scanned) {
	p.t.Helper()
	for range 30 {
		p.fake.SendText(who.account, typedAnswer)
	}
	p.rest()
}

// byWebhook plays some of it again with updates that Telegram delivers.
func (p *scanPlay) byWebhook() {
	p.t.Helper()
	hr := p.people[2]
	p.tooFast(hr)
	p.stop()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	p.serve("BANGKOM_TELEGRAM_MODE=webhook", "BANGKOM_TELEGRAM_WEBHOOK_URL=http://"+address+"/telegram",
		"BANGKOM_TELEGRAM_WEBHOOK_LISTEN="+address, "BANGKOM_TELEGRAM_WEBHOOK_SECRET="+hookSecret)
	p.say(hr, "/menu")
	p.say(hr, typedAnswer+" "+hr.nip)
	p.fake.InjectRaw(json.RawMessage(`{"message":{"chat":"` + hr.nip + `","text":"` + typedAnswer + `"}}`))
	p.rest()
	p.tooFast(hr)
}
