package storage

import (
	"context"
	"errors"
	"testing"
	"time"

	"bangkom/internal/announcement"
	"bangkom/internal/devdb/devdbtest"
)

// goes with the others when it is old.
func TestDiscardedDraftWaitsForNoFile(t *testing.T) {
	devdbtest.Long(t, "an odd event of announcements")
	o := newMailroom(t, 2)
	o.tx(func(ctx context.Context, tx *Tx) error {
		id, err := tx.AddAnnouncement(ctx, announcement.Announcement{Author: o.people[0], Body: "Konsep"}, o.now)
		if err != nil {
			return err
		}
		if err := tx.AwaitNIPs(ctx, announcement.NIPFile{Announcement: id, ChatID: o.people[0], FileID: "berkas"}, o.now); err != nil {
			return err
		}
		return tx.DiscardAnnouncement(ctx, id, o.people[0], o.now)
	})
	if n := o.count(`SELECT count(*) FROM announcement_nips`); n != 0 {
		t.Errorf("%d files wait for a draft that is gone", n)
	}
	o.exec(`UPDATE announcement SET changed_at = now() - interval '2 years'`)
	if n := o.count(`SELECT prune_announcement()`); n != 1 {
		t.Errorf("%d rows were pruned, want the draft", n)
	}
}

// puts another text into it.
func TestApprovedTextIsWhatGoes(t *testing.T) {
	o := newMailroom(t, 3)
	o.tx(func(ctx context.Context, tx *Tx) (err error) {
		o.id, err = tx.AddAnnouncement(ctx, announcement.Announcement{Author: o.people[0], Body: "Disetujui", SendAt: o.now.Add(time.Hour), Expires: o.now.AddDate(0, 0, 3)}, o.now)
		if err != nil {
			return err
		}
		if err := tx.AskAnnouncement(ctx, o.id, o.people[0], 1, o.now.Add(time.Hour), o.now); err != nil {
			return err
		}
		_, err = tx.ApproveAnnouncement(ctx, o.id, o.people[1], 1, o.now)
		return err
	})
	if _, err := o.correct(announcement.Small, 1, "Diganti"); !errors.Is(err, ErrNotFound) {
		t.Errorf("another text before it begins = %v", err)
	}
	o.now = o.now.Add(time.Hour)
	o.work()
	if _, err := o.correct(announcement.Small, 1, "Diralat"); err != nil {
		t.Errorf("a correction of what goes = %v", err)
	}
}

// The chat of somebody who is not of the personnel office any more is none of the office.
func TestChatOfTheOffice(t *testing.T) {
	o := newMailroom(t, 2)
	hr := o.people[0]
	for _, tt := range []struct {
		when, change string
		want         bool
	}{
		{"before the role", `SELECT $1::bigint`, false},
		{"with the role", `INSERT INTO role_grant (employee_id, role, granted_at) VALUES ($1, 'hr', now())`, true},
		{"of somebody else by now", `UPDATE chat SET employee_id = NULL WHERE employee_id = $1`, false},
		{"linked again", `UPDATE chat SET employee_id = $1 WHERE id = $1`, true},
		{"without the role", `UPDATE role_grant SET revoked_at = now() WHERE employee_id = $1`, false},
	} {
		o.exec(tt.change, hr)
		o.tx(func(ctx context.Context, tx *Tx) error {
			got, err := tx.OfficeChat(ctx, hr)
			if got != tt.want {
				t.Errorf("%s: %t", tt.when, got)
			}
			return err
		})
	}
}
