package config

import (
	"strconv"
	"strings"
)

// FollowUps concerns what is asked some weeks after a training (penerapan pelatihan).
type FollowUps struct {
	Days           string `koanf:"days"`            // after the end of a batch, with semicolons between them
	ManagerialDays string `koanf:"managerial_days"` // of managerial trainings
	FromJP         int    `koanf:"from_jp"`         // hours of training from which on it is asked
	OpenDays       int    `koanf:"open_days"`       // for how many days answers are taken
	PerSuperior    int    `koanf:"per_superior"`    // people about whom a superior is asked in a month
}

// MaxFollowUps bounds how often after a training somebody is asked.
const MaxFollowUps = 4

// DayList reads days with semicolons between them; ok is false when they cannot be read.
func DayList(days string) (list []int, ok bool) {
	for _, one := range strings.Split(days, ";") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		n, err := strconv.Atoi(one)
		if err != nil || n < 1 || n > 1000 || len(list) > 0 && n <= list[len(list)-1] {
			return nil, false
		}
		list = append(list, n)
	}
	return list, len(list) <= MaxFollowUps
}

// wrongDays tells whether the days of a list cannot be read.
func wrongDays(days string) bool {
	_, ok := DayList(days)
	return !ok
}
