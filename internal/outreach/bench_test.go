package outreach

import "testing"

func BenchmarkLadder(b *testing.B) {
	g, o, now := shipped(), january(did(StepInvitation, "2027-01-11 08:30")), at("2027-01-13 08:00")
	for b.Loop() {
		g.Ladder(o, Diary{}, now)
	}
}

func BenchmarkDecide(b *testing.B) {
	g, now := shipped(), at("2027-01-12 09:00")
	p := linked(sent(Prompt, Nudge, "2027-01-11 09:00"), sent(Broadcast, Announcement, "2027-01-08 09:00"))
	for b.Loop() {
		g.Decide(p, prompt(Reminder), now)
	}
}
