package mailing

import (
	"context"
	"slices"
)

// brokenAtMost is how many people of one transaction may be left out. Of more it is no
// fault of theirs.
const brokenAtMost = 20

// apart does something for many people at once. Where that fails, it does it for one half
// and then for the other, until those are found for whom it fails: nobody else waits for
// them. When it succeeds for nobody of several, or fails for many, the announcement waits
// as a whole.
func (m *Mailer) apart(ctx context.Context, tx Tx, id int64, people []int64, do func(part []int64) error) (broken []int64, err error) {
	served := 0
	var last error
	for parts := [][]int64{people}; len(parts) > 0; {
		part := parts[0]
		parts = parts[1:]
		failed, err := tx.Part(ctx, func() error { return do(part) })
		switch {
		case err != nil:
			return nil, err
		case failed == nil:
			served += len(part)
		case len(part) > 1:
			last = failed
			parts = slices.Insert(parts, 0, part[:len(part)/2], part[len(part)/2:])
		default:
			if broken, last = append(broken, part[0]), failed; len(broken) > brokenAtMost {
				return nil, failed
			}
			if m.Broken != nil {
				m.Broken(id, part[0], failed)
			}
		}
	}
	if served == 0 && len(broken) > 1 {
		return nil, last
	}
	return broken, nil
}
