package config

import (
	"regexp"
	"strings"
)

// Surveys concerns what citizens say of units (Survei Kepuasan Masyarakat).
type Surveys struct {
	// TrainedShare is per cent of a unit's people: with so many who attended between two
	// surveys it is a trained unit. A comparison keeps the share with which it was named.
	TrainedShare int `koanf:"trained_share"`
	// Competencies are what is proposed where an element is among the lowest of a unit, for
	// example "U6: M.05, M.03; U7: M.05". U8 is sarana, U9 pengaduan.
	Competencies string `koanf:"competencies"`
}

var elementForm = regexp.MustCompile(`^U([1-9])$`)

// List is the proposals by the number of the element, from 1; ok is false when they cannot
// be read.
func (s Surveys) List() (list map[int][]string, ok bool) {
	list = map[int][]string{}
	for _, one := range strings.Split(s.Competencies, ";") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		element, codes, _ := strings.Cut(one, ":")
		m := elementForm.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(element)))
		if m == nil || strings.TrimSpace(codes) == "" {
			return nil, false
		}
		for _, code := range strings.Split(codes, ",") {
			if code = strings.TrimSpace(code); code == "" || strings.Contains(code, " ") {
				return nil, false
			}
			list[int(m[1][0]-'0')] = append(list[int(m[1][0]-'0')], code)
		}
	}
	return list, true
}

// wrong tells whether the proposals cannot be read.
func (s Surveys) wrong() bool {
	_, ok := s.List()
	return !ok
}
