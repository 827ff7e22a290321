package demo

import (
	"context"
	"fmt"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/training"
	"bangkom/storage"
)

// heldProgramme is the programme of the training that was held the year before.
const heldProgramme = "KLP-1"

// trainedUnits are the units of which half the people attended it. The others that citizens
// are asked about stand beside them in the comparison.
func trainedUnits() []string { return []string{"DPT", "KMI", "PKS", "KEL"} }

// fillHeld plays a batch of a training in the September before: seats, attendance, its end,
// and what was asked weeks after it. It lies between the survey that is stored and the one that the page offers as a file,
// so that a visitor of the personnel office can name a comparison and then import the figure
// after it.
func fillHeld(ctx context.Context, tx *storage.Tx, people []demoPerson, ids []int64, now time.Time) error {
	var seated []int64
	for _, unit := range trainedUnits() {
		var of []int64
		for i, p := range people {
			if p.unit == unit {
				of = append(of, ids[i])
			}
		}
		seated = append(seated, of[:(len(of)+1)/2]...)
	}
	planned := time.Date(now.Year()-1, time.July, 6, 9, 0, 0, 0, now.Location())
	day := midnight(planned, 60+int(time.Tuesday-midnight(planned, 60).Weekday()+7)%7)
	b, err := holdBatch(ctx, tx, heldProgramme, day, 2, seated)
	if err != nil {
		return err
	}
	return fillFollowed(ctx, tx, people, ids, b.ID)
}

// holdBatch plays a batch of so many days from a day on, in which these people have sat and were
// present: it was planned two months before.
func holdBatch(ctx context.Context, tx *storage.Tx, code string, day time.Time, days int, seated []int64) (b training.Batch, err error) {
	programme, err := programmeID(ctx, tx, code)
	if err != nil {
		return b, err
	}
	planned := day.AddDate(0, -2, 0)
	id, err := tx.AddBatch(ctx, training.Batch{Programme: training.Programme{ID: programme}, Seats: len(seated), Opens: midnight(day, -30),
		Closes: midnight(day, -10), PermissionUntil: midnight(day, -5), Funding: training.ByOffice, Journey: training.NoJourney,
		Contact: demoHelpdesk, Sessions: training.Timetable(day, day.AddDate(0, 0, days-1), 8*60+30, 15*60+30,
			training.Session{Place: "Aula Badan Kepegawaian Daerah", Trainers: []string{"Widyaiswara " + demoPartner}}, func(time.Time) bool { return true })}, 0, planned)
	if err != nil {
		return b, err
	}
	if b, err = tx.Batch(ctx, id); err != nil {
		return b, err
	}
	if _, err := tx.OpenBatch(ctx, id, b.Revision, 0, planned); err != nil {
		return b, err
	}
	for _, who := range seated {
		out, err := tx.Nominate(ctx, personnel.Area{All: true}, training.Nomination{Batch: id, Employee: who, Letter: "800/417/2026", Day: midnight(day, -14)}, midnight(day, -12))
		if err == nil && out.Verdict != training.Accepted {
			err = fmt.Errorf("sample batch: person %d: %s", who, out.Verdict)
		}
		if err != nil {
			return b, err
		}
	}
	for _, s := range b.Sessions {
		if _, err := tx.TakeAttendance(ctx, s.ID, nil, 0, s.Ends); err != nil {
			return b, err
		}
	}
	return b, nil
}

// programmeID finds a programme by its code.
func programmeID(ctx context.Context, tx *storage.Tx, code string) (int64, error) {
	all, err := tx.Programmes(ctx)
	if err != nil {
		return 0, err
	}
	for _, p := range all {
		if p.Code == code {
			return p.ID, nil
		}
	}
	return 0, storage.ErrNotFound
}
