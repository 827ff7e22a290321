package app

import (
	"bangkom/internal/config"
	"bangkom/internal/followup"
)

// FollowUpRules are what the configuration says about follow-ups of trainings.
func FollowUpRules(c config.FollowUps) followup.Rules {
	days, _ := config.DayList(c.Days) // Load has refused what cannot be read
	managerial, _ := config.DayList(c.ManagerialDays)
	return followup.Rules{Days: days, Managerial: managerial, FromJP: c.FromJP, OpenDays: c.OpenDays, PerSuperior: c.PerSuperior}
}
