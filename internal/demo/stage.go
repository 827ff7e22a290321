package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"

	"bangkom/internal/devdb"
)

// stage is the address at which one demo after the other is shown: "Mulai ulang" ends
// the present one and begins the next. It is safe for concurrent use.
type stage struct {
	address string
	shown   atomic.Pointer[http.Handler] // nil = between two
}

// ServeHTTP serves the demo that is shown.
func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h := s.shown.Load(); h != nil {
		(*h).ServeHTTP(w, r)
		return
	}
	http.Error(w, "Ruang coba sedang disiapkan. Muat ulang halaman ini sebentar lagi.", http.StatusServiceUnavailable)
}

// restart is the wish of a visitor that everything begins anew.
type restart struct {
	wanted chan struct{} // one wish
	done   chan struct{} // closed when the next demo is shown
}

func newRestart() *restart { return &restart{make(chan struct{}, 1), make(chan struct{})} }

// ask makes the wish and waits until it is fulfilled.
func (r *restart) ask(ctx context.Context) error {
	select {
	case r.wanted <- struct{}{}:
	default: // somebody else was faster
	}
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// play shows demos until ctx ends.
func (s *stage) play(ctx context.Context, o Options, cluster *devdb.Cluster, log *slog.Logger) error {
	var before *restart
	for {
		d := &demo{address: s.address, log: log, clock: NewClock(o.Now), restart: newRestart()}
		if err := d.prepare(ctx, cluster); err != nil {
			return err
		}
		again, err := s.show(ctx, d, func() {
			if before == nil {
				tell(o, d)
				return
			}
			close(before.done)
		})
		if err := errors.Join(err, d.db.Close()); err != nil || !again {
			return err
		}
		if err := cluster.DropDatabase(ctx, demoDatabase); err != nil {
			return err
		}
		before = d.restart
	}
}

// show runs one demo until ctx ends or somebody wants it to begin anew.
func (s *stage) show(ctx context.Context, d *demo, ready func()) (again bool, err error) {
	playing, end := context.WithCancel(ctx)
	defer end()
	ended := make(chan error, 1)
	go func() {
		ended <- d.run(playing, func() {
			h := d.handler()
			s.shown.Store(&h)
			ready()
		})
	}()
	select {
	case err = <-ended:
		return false, err
	case <-d.restart.wanted:
		s.shown.Store(nil)
		end()
		return true, <-ended
	}
}

// tell prints the address, and what to try.
func tell(o Options, d *demo) {
	fmt.Fprintf(o.Stdout, "Buka http://%s/ di peramban.\n", d.address)
	for _, hint := range Hints() {
		fmt.Fprintln(o.Stdout, "-", hint)
	}
	if d.kept {
		fmt.Fprintln(o.Stderr, keptNote)
	}
}

// keptNote says what a kept demo does not keep.
const keptNote = "Data dari waktu lalu dilanjutkan, tetapi percakapannya tidak disimpan: tiap percakapan mulai kosong, /menu menunjukkan keadaannya."
