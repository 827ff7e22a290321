package evaluation

import "time"

// Standing is where the evaluation of a batch stands, for who runs it.
type Standing struct {
	Batch      int64
	Name       string
	State      State     // "" = not opened yet
	Closes     time.Time // zero while it is not opened
	Unread     bool      // there are comments that the personnel office has not read
	OwesReport bool      // what was done is promised and not said yet
	Promised   time.Time // by which day
}

// Result is what is shown of a batch.
type Result struct {
	Evaluation
	Starts  time.Time // of the first session; zero = there was none
	Ends    time.Time // of the last one
	House   string    // the partner who held it; "" = the agency itself
	Persons int       // of the group with which it is shown
	Batches int       // of which that group is
	Cells   []Cell
	Remarks []Remark
	Report  Report
}

// Remark is one comment as the personnel office reads it.
type Remark struct {
	N     int    `db:"n"`
	Text  string `db:"text"`
	Read  bool   `db:"read"`  // it was decided what others read of it
	Shown string `db:"shown"` // that; "" = nothing
}

// Report is what the agency says it has done (tindak lanjut masukan). The zero Report is
// not promised.
type Report struct {
	Promised time.Time // by which day
	Body     string
	Given    time.Time // zero = not yet
}

// Remark returns a comment by its number; ok is false when there is none.
func (r Result) Remark(n int) (m Remark, ok bool) {
	for _, m := range r.Remarks {
		if m.N == n {
			return m, true
		}
	}
	return m, false
}

// Readable are the comments that others than the personnel office may read.
func (r Result) Readable() (texts []string) {
	for _, m := range r.Remarks {
		if m.Read && m.Shown != "" {
			texts = append(texts, m.Shown)
		}
	}
	return texts
}
