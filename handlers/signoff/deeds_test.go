package signoff

import (
	"context"
	"strings"
	"testing"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/dialog"
	"bangkom/internal/needs"
	"bangkom/internal/personnel"
	"bangkom/internal/text"
)

// shelf is a database of one sign-off, of a unit without anything above it, in a period in which
// no unit has five people; what it is not asked for is not there.
type shelf struct {
	Tx
	one   needs.Signoff
	units []needs.Unit
}

func (s shelf) Signoff(context.Context, int64, bool, int64, time.Time) (needs.Signoff, error) {
	return s.one, nil
}
func (s shelf) UnitAbove(context.Context, int64) (int64, error) { return 0, nil }
func (s shelf) NeedPeriods(context.Context) ([]needs.Period, error) {
	return []needs.Period{{ID: 1, Name: "Januari"}}, nil
}
func (s shelf) Needs(context.Context, int64, int64) (needs.Frozen, error) {
	return needs.Frozen{Period: needs.Period{ID: 1}, Units: s.units}, nil
}
func (s shelf) StoodIn(_ context.Context, _, person int64, _ time.Time) (string, error) {
	if person == 7 {
		return "Bagian a", nil
	}
	return "", dialog.ErrNotFound
}

func deskEnv(t *testing.T, tx Tx, person int64) *env {
	t.Helper()
	cat, err := text.Indonesian()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	desk := &feature.Desk{Cfg: feature.Config{Text: cat, Location: time.UTC, Now: func() time.Time { return now }}}
	return &env{Env: &feature.Env{Desk: desk, Now: now, Employee: personnel.Employee{ID: person}}, tx: tx}
}

// Each thing that cannot be done to a sign-off has its sentence, which says how it stands, or
// what comes next, and nothing is stored.
func TestRefusalsHaveTheirSentence(t *testing.T) {
	all := needs.Actor{Person: 7, Officer: true, Head: true, Office: true}
	at := func(s needs.Stage, change func(*needs.Signoff)) needs.Signoff {
		one := needs.Signoff{ID: 1, Stage: s, Actor: all, Heads: 1, HeadName: "Bagian a", Revision: 3}
		if change != nil {
			change(&one)
		}
		return one
	}
	for name, c := range map[string]struct {
		of       needs.Signoff
		deed     needs.Deed
		revision int
		want     string
	}{
		"validate before the head":  {at(needs.Prepared, nil), needs.Validate, 3, "Validasi dilakukan setelah kepala unit menyetujui. Keadaan sekarang: menunggu kepala. Tidak ada yang diubah."},
		"return before the head":    {at(needs.Unprepared, nil), needs.Return, 3, "Validasi dilakukan setelah kepala unit menyetujui. Keadaan sekarang: belum disiapkan. Tidak ada yang diubah."},
		"attach before the head":    {at(needs.Prepared, nil), needs.Attach, 3, "Pindaian dilampirkan setelah kepala unit menyetujui. Keadaan sekarang: menunggu kepala. Tidak ada yang diubah."},
		"approve before the office": {at(needs.Unprepared, nil), needs.Approve, 3, "Kebutuhan unit disetujui setelah petugas menyiapkannya. Keadaan sekarang: belum disiapkan. Tidak ada yang diubah."},
		"no unit above": {at(needs.Unprepared, func(s *needs.Signoff) { s.Heads = 0 }), needs.Lift, 3,
			"Tidak ada unit di atas Bagian a. Kepala unit dibaca dari atasan langsung pegawainya; lengkapi lewat Tanpa atasan di /kelola. Tidak ada yang diubah."},
		"who has approved validates": {at(needs.Approved, func(s *needs.Signoff) { s.Approved.ID = 7 }), needs.Validate, 3,
			"Validasi dilakukan petugas kepegawaian lain, karena persetujuannya dari akun ini atau mewakili pemegang akun ini. Tidak ada yang diubah."},
		"who was stood in for validates": {at(needs.Approved, func(s *needs.Signoff) { s.For = 7 }), needs.Validate, 3,
			"Validasi dilakukan petugas kepegawaian lain, karena persetujuannya dari akun ini atau mewakili pemegang akun ini. Tidak ada yang diubah."},
		"the list has changed": {at(needs.Prepared, nil), needs.Approve, 2,
			"Isinya sudah berubah sejak tampil di layar ini, jadi belum disetujui. Periksa isinya yang terbaru di bawah; bila sudah sesuai, ketuk Setujui lagi."},
		"it is validated": {at(needs.Validated, nil), needs.Approve, 2,
			"Kebutuhan unit ini sudah disetujui. Keadaan sekarang: sudah divalidasi. Tidak ada yang diubah. Bila isinya perlu diperbaiki, minta petugas kepegawaian mengembalikannya."},
		"a head is there": {at(needs.Prepared, nil), needs.Lift, 3, "Bagian a sudah memiliki kepala di data kepegawaian. Tidak ada yang diubah."},
	} {
		e := deskEnv(t, shelf{one: c.of}, 7)
		if got, err := e.do(t.Context(), c.of, c.deed, c.revision, ""); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
}

// [Setujui] of somebody whose time as a stand-in is over says so, and what to do; to anybody else
// it means nothing.
func TestApproveOfAFormerStandIn(t *testing.T) {
	for person, want := range map[int64]string{7: "Tugas sebagai Plt./Plh. di Bagian a sudah berakhir", 8: ""} {
		e := deskEnv(t, shelf{one: needs.Signoff{ID: 1, Stage: needs.Prepared, Actor: needs.Actor{Person: person, Officer: true}, Revision: 3}}, person)
		err := does(needs.Approve)(e, t.Context(), dialog.Action{Ref: 1, Value: "3"}, 0)
		got := ""
		if len(e.Out.Replies) > 0 {
			got = e.Out.Replies[0].Text
		}
		if (err == nil) != (want != "") || !strings.HasPrefix(got, want) {
			t.Errorf("%d reads %q, %v", person, got, err)
		}
	}
}

// Where no unit has five people no round begins.
func TestNoRoundOfSmallUnits(t *testing.T) {
	e := deskEnv(t, shelf{units: []needs.Unit{{ID: 1, Name: "Loket", Counts: needs.Counts{People: 4, Filled: 4, Rated: 4, Both: 4}}}}, 7)
	got, err := e.openRound(t.Context(), opening{Year: 2028, Due: e.Now})
	if want := "Belum ada unit dengan sedikitnya 5 pegawai pada periode tersebut. Tidak ada yang dimulai."; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
}

// What a head approves is empty when nothing of it may be shown and nothing is proposed.
func TestEmptyContent(t *testing.T) {
	hidden, figure := []needs.SignedNeed{{}}, []needs.SignedNeed{{}, {Value: needs.Value{N: 9}}}
	for name, c := range map[string]struct {
		of   needs.Content
		want bool
	}{
		"nothing": {needs.Content{}, true}, "hidden": {needs.Content{Needs: hidden}, true}, "a figure": {needs.Content{Needs: figure}, false},
		"a proposal": {needs.Content{Needs: hidden, Proposals: []needs.SignedProposal{{Title: "Arsip"}}}, false},
	} {
		if got := (screen{content: c.of}).empty(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
