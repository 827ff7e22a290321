package command

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestPeriodTimes(t *testing.T) {
	wib := time.FixedZone("WIB", 7*60*60)
	now := time.Date(2027, 1, 8, 9, 30, 0, 0, wib)
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2027, month, day, hour, minute, 0, 0, wib)
	}
	tests := []struct {
		name               string
		args               periodArgs
		opens, due, rating time.Time
		wantErr            string
	}{
		{name: "a date is the whole day", args: periodArgs{until: "2027-01-22"},
			opens: now, due: at(1, 23, 0, 0), rating: at(1, 30, 0, 0)},
		{name: "a time is exact", args: periodArgs{until: "2027-01-22 15:30"},
			opens: now, due: at(1, 22, 15, 30), rating: at(1, 29, 15, 30)},
		{name: "with a T", args: periodArgs{until: "2027-01-22T15:30"},
			opens: now, due: at(1, 22, 15, 30), rating: at(1, 29, 15, 30)},
		{name: "the last day of a month", args: periodArgs{until: "2027-01-31"},
			opens: now, due: at(2, 1, 0, 0), rating: at(2, 8, 0, 0)},
		{name: "from is the start of the day", args: periodArgs{from: "2027-01-11", until: "2027-01-22"},
			opens: at(1, 11, 0, 0), due: at(1, 23, 0, 0), rating: at(1, 30, 0, 0)},
		{name: "rating until", args: periodArgs{until: "2027-01-22", ratingUntil: "2027-02-05"},
			opens: now, due: at(1, 23, 0, 0), rating: at(2, 6, 0, 0)},
		{name: "one day", args: periodArgs{from: "2027-01-11", until: "2027-01-11"},
			opens: at(1, 11, 0, 0), due: at(1, 12, 0, 0), rating: at(1, 19, 0, 0)},
		{name: "no date", args: periodArgs{until: "besok"}, wantErr: "--until"},
		{name: "no such day", args: periodArgs{until: "2027-02-30"}, wantErr: "--until"},
		{name: "Indonesian order", args: periodArgs{until: "22-01-2027"}, wantErr: "--until"},
		{name: "wrong from", args: periodArgs{from: "x", until: "2027-01-22"}, wantErr: "--from"},
		{name: "wrong rating", args: periodArgs{until: "2027-01-22", ratingUntil: "x"}, wantErr: "--rating-until"},
		{name: "over already", args: periodArgs{until: "2027-01-07"}, wantErr: "passed"},
		{name: "end before start", args: periodArgs{from: "2027-02-01", until: "2027-01-22"}, wantErr: "not after --from"},
		{name: "rating before the end", args: periodArgs{until: "2027-01-22", ratingUntil: "2027-01-20"}, wantErr: "before --until"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.args.name = " Penilaian 2027 "
			got, err := tt.args.period(now, wib)
			if tt.wantErr != "" {
				var wrong usageError
				if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.wantErr) {
					t.Errorf("period(%+v) error = %v, want wrong usage about %q", tt.args, err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatalf("period(%+v): %v", tt.args, err)
			}
			if got.Name != "Penilaian 2027" {
				t.Errorf("name = %q, want it without blanks around", got.Name)
			}
			for _, f := range []struct {
				what      string
				got, want time.Time
			}{{"opens", got.OpensAt, tt.opens}, {"due", got.DueAt, tt.due}, {"rating due", got.RatingDueAt, tt.rating}} {
				if !f.got.Equal(f.want) {
					t.Errorf("period(%+v): %s = %v, want %v", tt.args, f.what, f.got, f.want)
				}
			}
		})
	}
}
