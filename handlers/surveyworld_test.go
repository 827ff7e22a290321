package handlers_test

import (
	"context"
	"fmt"
	"regexp"
	"strconv"

	"bangkom/internal/disclosure"
	"bangkom/internal/task"
	"bangkom/storage"
)

var (
	crewLinks   = regexp.MustCompile(`^pegawai lain terhubung$`)
	crewAnswers = regexp.MustCompile(`^(\d+) pegawai lain mengisi survei: (.+)$`)
	itemValue   = regexp.MustCompile(`(\w+)=(\S+)`)
)

// surveyEvent plays what people do who are not in the cast, in surveys without names:
//
//	~ pegawai lain terhubung
//	~ 6 pegawai lain mengisi survei: C1=4 C2=3
func (p *play) surveyEvent(what string) bool {
	p.t.Helper()
	if crewLinks.MatchString(what) {
		const unlinked = `FROM employee e WHERE e.name LIKE 'Zulkifli%' AND NOT EXISTS (SELECT FROM chat c WHERE c.employee_id = e.id)`
		for p.count(`SELECT count(*) `+unlinked) > 0 {
			id := int64(p.count(`SELECT min(e.id) ` + unlinked))
			p.linkStraight(id, 900_000+id, "Zulkifli")
		}
		return true
	}
	m := crewAnswers.FindStringSubmatch(what)
	if m == nil {
		return false
	}
	n, _ := strconv.Atoi(m[1])
	answers := disclosure.Answers{}
	for _, pair := range itemValue.FindAllStringSubmatch(m[2], -1) {
		answers[pair[1]] = pair[2]
	}
	p.tx(func(ctx context.Context, tx *storage.Tx) error {
		for i := range n {
			id := int64(p.count(`SELECT t.id FROM task t JOIN employee e ON e.id = t.employee_id WHERE t.kind = 'anonymous_survey' AND t.state = 'open' AND e.name LIKE 'Zulkifli%' ORDER BY t.occasion_id DESC, t.employee_id OFFSET $1 LIMIT 1`, i))
			person := int64(p.count(`SELECT employee_id FROM task WHERE id = $1`, id))
			occasion := int64(p.count(`SELECT occasion_id FROM task WHERE id = $1`, id))
			of := task.Task{ID: id, EmployeeID: person, Occasion: task.Occasion{ID: occasion}}
			if err := tx.HoldSurveyAnswer(ctx, of, answers, p.clock.Now()); err != nil {
				return fmt.Errorf("answer of %d: %w", person, err)
			}
		}
		return nil
	})
	return true
}
