package command

import (
	"fmt"
	"testing"
)

// BenchmarkReminders measures one run of the job that invites everybody, and the
// weekly notes to all of them a week later.
func BenchmarkReminders(b *testing.B) {
	for _, people := range []int{10_000, 50_000} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				o := newOffice(b, nil)
				o.people(people)
				o.open("Satu", at("2027-01-11 08:00"), "2027-01-31")
				o.exec(`ANALYZE`)
				b.StartTimer()
				for i := range (people + 19_999) / 20_000 { // what one run leaves, the next takes
					o.run(at(fmt.Sprintf("2027-01-11 08:%02d", 30+5*i)), "reminders")
				}
				b.StopTimer()
				if n := o.count(`SELECT count(*) FROM outbox`); n != people {
					b.Fatalf("%d invitations, want %d", n, people)
				}
				b.StartTimer()
			}
		})
	}
}
