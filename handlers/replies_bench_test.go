package handlers_test

import (
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
)

// What BenchmarkRepliesMeanwhile plays: by turns without reports and with them, because what else
// the machine does changes meanwhile; and how long after a press the next one comes at least.
const (
	replyTurns   = 6
	replyPresses = 100
	replyPace    = 40 * time.Millisecond
)

// BenchmarkRepliesMeanwhile measures what people who answer notice of reports, in an agency of
// 10,000 people whose period is frozen: the median from a press to the changed question, while
// nothing else is asked for, and while somebody of the personnel office gets the heat map, the
// spreadsheet of the analysis, the one page and demand, one after the other without a pause,
// through the chat. replies-ratio shall be at most 1.2. One run is enough: -benchtime 1x.
func BenchmarkRepliesMeanwhile(b *testing.B) {
	w := reportingWorld(b)
	rina, sari := account("Rina"), account("Sari")
	var took [2][]time.Duration
	reports := 0
	var making time.Duration
	for b.Loop() {
		for turn := range 2 * replyTurns {
			with := turn % 2
			stop, done := make(chan struct{}), make(chan error, 1)
			begun := time.Now()
			if with == 1 {
				go func() { done <- w.reportsUntil(sari, stop, &reports) }()
			}
			all, err := w.presses(rina)
			close(stop)
			if with == 1 && err == nil {
				err = <-done
				making += time.Since(begun)
			}
			if err != nil {
				b.Fatal(err)
			}
			took[with] = append(took[with], all...)
		}
	}
	without, with := medianOf(took[0]), medianOf(took[1])
	b.ReportMetric(float64(without.Microseconds())/1000, "ms-without")
	b.ReportMetric(float64(with.Microseconds())/1000, "ms-with")
	b.ReportMetric(float64(with)/float64(without), "replies-ratio")
	b.ReportMetric(float64(making.Milliseconds())/float64(max(1, reports)), "ms/report")
}

// medianOf is the middle one.
func medianOf(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}

// reportingWorld is the stage with a bot: Rina is asked, Sari is of the personnel office, and
// reports have a connection of their own.
func reportingWorld(b *testing.B) *world {
	b.Helper()
	w := newWorld(b, func(w *world) {
		w.prepare = func(url, owner string) {
			own, err := sql.Open("postgres", owner)
			if err != nil {
				b.Fatal(err)
			}
			defer own.Close()
			for _, q := range append(stageOf(10_000), `VACUUM ANALYZE`) {
				if _, err := own.ExecContext(b.Context(), q); err != nil {
					b.Fatalf("%s: %v", q, err)
				}
			}
			w.reports = reportsDB(b, url)
		}
	})
	w.grant("Sari", personnel.RoleHR, false)
	for _, name := range []string{"Rina", "Sari"} {
		w.linkStraight(w.ids[name], account(name), name)
	}
	w.openPeriod("Tahun 2027", w.clock.Now().AddDate(0, 0, 20))
	w.say(account("Rina"), "/asesmen")
	return w
}

// presses answers the first question and goes back to it, at a steady pace, and tells how long each
// press took until the message had changed.
func (w *world) presses(who int64) (took []time.Duration, err error) {
	for i := range replyPresses {
		label := []string{"3", "‹ Kembali"}[i%2]
		next, before, begun := time.After(replyPace), w.newestText(who), time.Now()
		if _, _, err := w.fake.PressLabel(who, label); err != nil {
			return nil, fmt.Errorf("%w; on show: %s", err, w.onShow(who))
		}
		if err := w.comes(func() bool { return w.newestText(who) != before }); err != nil {
			return nil, err
		}
		took = append(took, time.Since(begun))
		<-next
	}
	return took, nil
}

// reportsUntil gets one report after the other, and counts them.
func (w *world) reportsUntil(who int64, stop <-chan struct{}, n *int) error {
	for {
		for _, step := range []string{"/laporan", "Berkas XLSX", "Satu halaman", "Kebutuhan dan usulan", "Berkas XLSX"} {
			select {
			case <-stop:
				return nil
			default:
			}
			before := w.lastMessage(who)
			if step[0] == '/' {
				w.fake.SendText(who, step)
			} else if _, _, err := w.fake.PressLabel(who, step); err != nil {
				return fmt.Errorf("%w; on show: %s", err, w.onShow(who))
			}
			wants := map[string]string{"/laporan": "photo", "Kebutuhan dan usulan": ""}
			media, ok := wants[step]
			if !ok {
				media = "document"
			}
			if err := w.comes(func() bool {
				m := w.lastMessage(who)
				return m.ID > before.ID && m.FromBot && m.Media == media
			}); err != nil {
				return fmt.Errorf("%s: %w; last: %q", step, err, w.lastMessage(who).Text)
			}
			if media != "" {
				*n++
			}
		}
	}
}

func (w *world) lastMessage(who int64) faketelegram.Message {
	all := w.fake.Messages(who)
	return all[len(all)-1]
}

func (w *world) newestText(who int64) string { return w.lastMessage(who).Text }
