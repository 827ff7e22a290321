package proof

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"bangkom/internal/faketelegram"
)

// officers is how many people of the personnel office ask for a large file at
// the same moment: more than the sender has slots.
const officers = 10

// filesDrill lets large files be drawn, of which Telegram gives slowly what they
// are made of, while strangers answer. Rounds is thousands of rows.
func filesDrill() drill {
	return drill{
		name: "files", what: "ten large files are fetched slowly, drawn and sent while strangers answer",
		short:    size{people: 600, together: 30, rate: 10, rounds: 3, away: time.Second},
		long:     size{people: 3000, together: 60, rate: 15, rounds: 20, away: 8 * time.Second},
		replicas: 1,
		slowest:  time.Second,
		struck:   []string{"slow"},
		script:   askForFiles,
	}
}

// askForFiles makes ten people members of the personnel office, who upload a
// file each and then ask for its refused rows at once.
func askForFiles(ctx context.Context, r *run) error {
	first, err := len(r.codes)-officers, error(nil)
	r.crowd.mu.Lock()
	r.crowd.codes = r.codes[:first] // the last ones are the clerks
	r.crowd.mu.Unlock()
	body := refusedRows(r.rounds * 1000)
	clerks := make([]*person, officers)
	for i := range clerks {
		clerks[i] = &person{crowd: r.crowd, account: int64(firstAccount + first + i)}
		if err := clerks[i].clerkEnters(ctx, r.codes[first+i]); err != nil {
			return err
		}
		if err := r.ledger.Appoint(ctx, first+i); err != nil { // only now: a role closes the codes
			return err
		}
		r.fake.SendDocument(clerks[i].account, "pegawai.csv", body)
	}
	shown := make([]faketelegram.Message, officers)
	for i, p := range clerks {
		if shown[i], err = p.find(ctx, "Lihat "); err != nil {
			return err
		}
	}
	slow := faketelegram.Faults{Slow: 1, SlowFor: r.away, Methods: []string{"getFile", "download"}}
	r.fake.SetFaults(slow)
	begin := time.Now()
	var waiting sync.WaitGroup
	for i, p := range clerks {
		waiting.Go(func() {
			_, _ = r.fake.Press(p.account, shown[i].ID, labelled(shown[i], "Lihat ").Data)
			p.until(ctx, func() bool { return r.fake.HasMedia(p.account, "document") })
		})
	}
	waiting.Wait()
	r.fake.SetFaults(r.faults)
	r.notef("%d files of %s rows came after %s at the latest", officers, thousands(r.rounds*1000), short(time.Since(begin)))
	return r.pause(ctx, time.Second)
}

// clerkEnters links a person with a one-time code.
func (p *person) clerkEnters(ctx context.Context, code string) error {
	p.crowd.fake.AddUser(faketelegram.User{ID: p.account, FirstName: "P"})
	p.crowd.fake.SendText(p.account, "/start "+code)
	shown, err := p.find(ctx, "Setuju")
	if err != nil {
		return err
	}
	if _, err := p.crowd.fake.Press(p.account, shown.ID, labelled(shown, "Setuju").Data); err != nil {
		return err
	}
	_, err = p.find(ctx, "Mulai")
	return err
}

// find waits for a message with a button whose label begins so.
func (p *person) find(ctx context.Context, label string) (found faketelegram.Message, err error) {
	limited, cancel := context.WithTimeout(ctx, findLimit)
	defer cancel()
	ok := p.until(limited, func() bool {
		for _, m := range p.crowd.fake.Messages(p.account) {
			if labelled(m, label).Data != "" {
				found = m
				return true
			}
		}
		return false
	})
	if !ok {
		last, _ := p.crowd.fake.Last(p.account)
		return found, fmt.Errorf("account %d sees no button %q within %s, but %q", p.account, label, findLimit, last.Text)
	}
	return found, nil
}

// findLimit is how long a clerk waits for a message at most: ten files are read, one
// after the other.
const findLimit = 10 * time.Minute

// labelled is the first button whose label begins so; the zero value = none.
func labelled(m faketelegram.Message, label string) faketelegram.Button {
	for _, row := range m.Inline {
		for _, b := range row {
			if strings.HasPrefix(b.Text, label) {
				return b
			}
		}
	}
	return faketelegram.Button{}
}

// refusedRows is a register of that many people whose numbers are too short, and
// one that is right.
func refusedRows(n int) []byte {
	var b bytes.Buffer
	b.WriteString("NIP;NAMA;UNIT KERJA;JABATAN\n")
	b.WriteString("199001012020121001;Pegawai Contoh;Unit;Pengadministrasi\n")
	for i := range n {
		fmt.Fprintf(&b, "1990010120201%04d;Pegawai Nomor %d;Unit;Pengadministrasi Perkantoran\n", i%10000, i)
	}
	return b.Bytes()
}
