package storage

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/announcement"
)

// Six people in three units: 1 leads 2 and 3 in Dinas, 4 leads 5 in Bidang below it and is
// led by 1, 6 is alone elsewhere and on leave.
func audienceOffice(t *testing.T) *mailroom {
	o := newMailroom(t, 6)
	p := o.people
	o.exec(`INSERT INTO unit (code, name, parent_id) VALUES ('BID', 'Bidang Satu', (SELECT id FROM unit WHERE code = 'DPT')), ('LAIN', 'Dinas Lain', NULL)`)
	o.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'BID') WHERE id IN ($1, $2)`, p[3], p[4])
	o.exec(`UPDATE employee SET unit_id = (SELECT id FROM unit WHERE code = 'LAIN'), position_title = 'Kasubbag Umum', class_code = 'PENGAWAS',
		nip = '198507202021211001' WHERE id = $1`, p[5])
	o.exec(`UPDATE employee SET supervisor_id = $1 WHERE id IN ($2, $3, $4)`, p[0], p[1], p[2], p[3])
	o.exec(`UPDATE employee SET supervisor_id = $1 WHERE id = $2`, p[3], p[4])
	o.exec(`INSERT INTO absence (employee_id, starts_on, ends_on, kind) VALUES ($1, '2027-01-10', '2027-01-12', 'leave')`, p[5])
	o.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) VALUES ($1, 'officer', (SELECT id FROM unit WHERE code = 'DPT'), now())`, p[1])
	return o
}

func TestAudience(t *testing.T) {
	o := audienceOffice(t)
	unit := func(code string) []int64 { return []int64{int64(o.count(`SELECT id FROM unit WHERE code = $1`, code))} }
	o.openPeriod("2027")
	o.exec(`UPDATE task SET state = 'done' WHERE kind = 'self_assessment' AND employee_id <> $1`, o.people[2])
	for _, tt := range []struct {
		name string
		a    announcement.Audience
		want string
	}{
		{"everybody", announcement.Audience{}, "1 2 3 4 5 6"},
		{"a unit with what is below it", announcement.Audience{Units: unit("DPT")}, "1 2 3 4 5"},
		{"a unit below", announcement.Audience{Units: unit("BID")}, "4 5"},
		{"two units", announcement.Audience{Units: append(unit("BID"), unit("LAIN")...)}, "4 5 6"},
		{"a position", announcement.Audience{Titles: []string{"Kasubbag Umum"}}, "6"},
		{"a class", announcement.Audience{Classes: []string{"PENGAWAS"}}, "6"},
		{"PPPK", announcement.Audience{Status: "PPPK"}, "6"},
		{"PNS", announcement.Audience{Status: "PNS"}, "1 2 3 4 5"},
		{"superiors", announcement.Audience{Superiors: true}, "1 4"},
		{"heads of units", announcement.Audience{Heads: true}, "1 4"},
		{"officers", announcement.Audience{Officers: true}, "2"},
		{"superiors and officers", announcement.Audience{Superiors: true, Officers: true}, "1 2 4"},
		{"superiors of a unit", announcement.Audience{Superiors: true, Units: unit("BID")}, "4"},
		{"not yet assessed", announcement.Audience{Unassessed: true}, "3"},
		{"from a file", announcement.Audience{People: []int64{o.people[1], o.people[5], 999}}, "2 6"},
		{"without who is on leave", announcement.Audience{Minus: announcement.Minus{OnLeave: true}}, "1 2 3 4 5"},
		{"nobody", announcement.Audience{Units: unit("BID"), Status: "PPPK"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o.tx(func(ctx context.Context, tx *Tx) error {
				ids, err := tx.AudiencePeople(ctx, tt.a, o.now)
				if err != nil {
					return err
				}
				got := ""
				for _, id := range ids {
					got += fmt.Sprint(" ", id-o.people[0]+1)
				}
				if want := tt.want; got != "" && got[1:] != want || got == "" && want != "" {
					t.Errorf("the audience is%s, want %s", got, want)
				}
				n, err := tx.CountAudience(ctx, tt.a, o.now)
				if n != len(ids) {
					t.Errorf("%d are counted, %d listed", n, len(ids))
				}
				return err
			})
		})
	}
	o.approve(func(d *announcement.Announcement) { d.Audience.People = o.people[:2] })
	o.work()
	o.tx(func(ctx context.Context, tx *Tx) error {
		for name, at := range map[string]struct {
			now  time.Time
			want int
		}{"that week": {o.now.AddDate(0, 0, 3), 4}, "from Monday on": {o.now.AddDate(0, 0, 6), 6}} {
			o.exec(`UPDATE announcement_recipient SET state = 'sent', sent_at = $1`, o.now)
			if n, err := tx.CountAudience(ctx, announcement.Audience{Minus: announcement.Minus{ThisWeek: true}}, at.now); n != at.want || err != nil {
				t.Errorf("%s, without who had one this week: %d, %v; want %d", name, n, err, at.want)
			}
		}
		return nil
	})
}

// The forecast asks the gate about everybody and stores nothing.
func TestForecast(t *testing.T) {
	o := newMailroom(t, 12)
	p := o.people
	o.exec(`DELETE FROM chat WHERE employee_id = $1`, p[0])
	o.exec(`UPDATE chat SET reachable = false WHERE employee_id = $1`, p[1])
	o.exec(`INSERT INTO attention (employee_id, muted_until, mute_all, changed_at) SELECT id, $2, true, now() FROM employee WHERE id BETWEEN $1::bigint AND $1::bigint + 3`,
		p[2], o.now.AddDate(1, 0, 0))
	o.exec(`INSERT INTO absence (employee_id, starts_on, ends_on, kind) VALUES ($1, '2027-01-12', '2027-01-12', 'leave'), ($2, '2027-01-12', '2027-02-12', 'leave')`, p[6], p[7])
	a := announcement.Announcement{Expires: o.now.AddDate(0, 0, 7)}
	ask := func() (f announcement.Forecast) {
		o.tx(func(ctx context.Context, tx *Tx) (err error) {
			f, err = o.mailer.Forecast(ctx, tx, a, o.now)
			return err
		})
		return f
	}
	want := announcement.Forecast{Total: 12, Now: 4, Held: 1, Until: time.Date(2027, 1, 13, 7, 45, 0, 0, zone), Expired: 1, Unlinked: 1, Unreachable: 5}
	got := ask()
	if got.Until.Equal(want.Until) {
		got.Until = want.Until
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("forecast (-want +got):\n%s", diff)
	}
	if n := o.count(`SELECT count(*) FROM notice`); n != 0 {
		t.Errorf("the forecast has stored %d decisions", n)
	}
	o.exec(`INSERT INTO attention (employee_id, muted_until, mute_all, changed_at) VALUES ($1, $2, true, now())`, p[8], o.now.AddDate(1, 0, 0))
	if f := ask(); f.Unreachable != 6 || f.Silent != 5 {
		t.Errorf("with five silent ones the forecast is %+v", f)
	}
	o.now = time.Date(2027, 1, 12, 15, 50, 0, 0, zone) // an event tomorrow at seven, after the hours of announcements
	a = announcement.Announcement{Kind: announcement.Near, EventAt: time.Date(2027, 1, 13, 7, 0, 0, 0, zone)}
	if f := ask(); f.Now != 10 || f.Late != 0 {
		t.Errorf("of a near event the forecast is %+v", f)
	}
	a.Kind, a.Expires = announcement.Ordinary, a.EventAt
	if f := ask(); f.Now != 0 || f.Expired == 0 {
		t.Errorf("of an ordinary one the forecast is %+v", f)
	}
}
