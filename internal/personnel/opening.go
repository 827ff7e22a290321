package personnel

import "time"

// The actions of the audit log by which somebody's answers were opened by
// somebody else. A message that shows no level opens nothing.
const (
	OpenedByHR         = "answers.opened"     // the personnel office; the detail is the reason
	ComparedBySuperior = "answers.compared"   // the direct superior, or a stand-in
	PlanOpenedByHR     = "development.opened" // the development plan, by the personnel office; the detail is the reason
	PlanSeenBySuperior = "development.seen"   // the development plan, by the direct superior or a stand-in
)

// Opening is one time that somebody else opened a person's answers (pembukaan
// jawaban), as that person may read it.
type Opening struct {
	At      time.Time
	By      Employee // only name and sex are told
	Office  bool     // the personnel office, else a superior or a stand-in
	Plan    bool     // it was the development plan, which is no answer
	StandIn bool     // acted for the direct superior (Plt. or Plh.)
	Reason  string   // of the personnel office
}
