package bot

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"bangkom/internal/dialog"
)

// How pictures and files are made ready.
const (
	pictureWorkers = 2 // drawn in milliseconds from what stands in the row
	fileWorkers    = 2 // read from the database, or from Telegram
	pictureRoom    = 8 // of a lane: ready and not sent yet, those under work included
	fileRoom       = 3
	pictureLimit   = 30 * time.Second
	fileLimit      = 3 * time.Minute
	reportLimit    = time.Minute
	// After a report no other one is begun for restShare times as long as it took, restMost at
	// most: so reports of up to five seconds take no more than a third of one processor from
	// those who answer.
	restShare = 2
	restMost  = 10 * time.Second
	makeTries = 4 // while Telegram or its network fails
	makeAgain = 2 * time.Second
	// holdText is for how long what stands behind a row of the same chat waits for
	// its picture or file, unless Config.HoldText says otherwise; then it goes ahead.
	holdText = time.Second
)

var (
	errTooSlow  = errors.New("it was not ready in time")
	errNoDrawer = errors.New("there is nobody to draw")
)

// drawing is a picture or file that is ready to be sent.
type drawing struct {
	name string
	body []byte
}

// workshop makes pictures and files before they are sent, so that no slot of the
// sender is taken by what is not ready. Pictures and files have workers of their
// own; of files, one of a kind is made at a time, because a spreadsheet of some
// size fills memory. What is ready and not sent yet is bounded too, for each
// lane, so that bulk that waits its turn never keeps a person's picture back.
type workshop struct {
	drawer Drawer
	log    *slog.Logger
	// ready is told without any lock held; d is nil when it could not be made, and late
	// when it is a report whose time was up.
	ready func(row int64, d *drawing, late bool)

	mu      sync.Mutex
	benches [2]bench
	wake    [2]chan struct{}
}

// bench is where things of one sort are made.
type bench struct {
	waiting [2][]*order // by lane, as they came
	taken   [2]int      // under work, or ready and not sent
	making  map[int64]*order
	kinds   map[string]bool // of which one is being made and no other may (oneOf)
}

// order is one picture or file to be made.
type order struct {
	shop  *workshop
	bench int
	lane  dialog.Lane
	row   int64
	what  dialog.Picture
	tries int
	held  bool // counts in taken
	gone  bool // nobody wants it any more
}

// benchOf tells where something is made: 0 pictures, 1 files.
func benchOf(p dialog.Picture) int {
	if p.File {
		return 1
	}
	return 0
}

// oneOf is what only one is made of at a time: a kind of file, or a report of whatever kind.
func oneOf(p dialog.Picture) string {
	if p.Report {
		return "\x00report" // no kind is called so
	}
	return p.Kind
}

// limitOf is for how long something is worked on.
func limitOf(p dialog.Picture) time.Duration {
	switch {
	case p.Report:
		return reportLimit
	case p.File:
		return fileLimit
	}
	return pictureLimit
}

func newWorkshop(drawer Drawer, log *slog.Logger, ready func(row int64, d *drawing, late bool)) *workshop {
	w := &workshop{drawer: drawer, log: log, ready: ready}
	for i := range w.benches {
		w.benches[i].making, w.benches[i].kinds = map[int64]*order{}, map[string]bool{}
		w.wake[i] = make(chan struct{}, 1)
	}
	return w
}

// order asks for what a row shows. If it is being made for that row already,
// under a term that has ended, it is not begun a second time.
func (w *workshop) order(row dialog.Outgoing) *order {
	w.mu.Lock()
	defer w.mu.Unlock()
	o := &order{shop: w, bench: benchOf(*row.Picture), lane: row.Lane & 1, row: row.ID, what: *row.Picture}
	b := &w.benches[o.bench]
	if under := b.making[o.row]; under != nil {
		if under.gone {
			under.gone, under.held = false, true
			b.taken[under.lane]++
		}
		return under
	}
	b.waiting[o.lane] = append(b.waiting[o.lane], o)
	poke(w.wake[o.bench])
	return o
}

// drop says that the row is sent, or is no longer in memory. It may be said twice.
func (o *order) drop() {
	w := o.shop
	w.mu.Lock()
	defer w.mu.Unlock()
	o.gone = true
	if o.held {
		o.held = false
		w.benches[o.bench].taken[o.lane]--
		poke(w.wake[o.bench])
	}
}

// run works until ctx ends. It does not wait for what is under work then: nobody
// would send it.
func (w *workshop) run(ctx context.Context) {
	for i, n := range [2]int{pictureWorkers, fileWorkers} {
		for range n {
			go w.work(ctx, i)
		}
	}
	<-ctx.Done()
}

func (w *workshop) work(ctx context.Context, bench int) {
	for {
		o := w.next(bench)
		if o == nil {
			select {
			case <-w.wake[bench]:
				continue
			case <-ctx.Done():
				return
			}
		}
		w.make(ctx, o)
		if ctx.Err() != nil {
			return
		}
	}
}

// next takes what is to be made now, replies before bulk; nil = nothing may be.
func (w *workshop) next(bench int) *order {
	w.mu.Lock()
	defer w.mu.Unlock()
	b, room := &w.benches[bench], pictureRoom
	if bench == 1 {
		room = fileRoom
	}
	for lane := range b.waiting {
		kept := b.waiting[lane][:0]
		var found *order
		for _, o := range b.waiting[lane] {
			switch {
			case o.gone:
			case found == nil && b.taken[lane] < room && !b.kinds[oneOf(o.what)]:
				found = o
			default:
				kept = append(kept, o)
			}
		}
		clear(b.waiting[lane][len(kept):])
		b.waiting[lane] = kept
		if found != nil {
			found.held = true
			b.taken[lane]++
			b.making[found.row] = found
			b.kinds[oneOf(found.what)] = bench == 1
			poke(w.wake[bench]) // another worker may be idle
			return found
		}
	}
	return nil
}

// make makes one thing and hands it over. When its time is up the row goes
// without it, and the worker is free again as soon as the drawer returns.
func (w *workshop) make(ctx context.Context, o *order) {
	limit := limitOf(o.what)
	call, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	late := time.AfterFunc(limit, func() {
		w.over(o) // its row, should it come again, is not to wait for this one
		w.hand(o, nil, errTooSlow)
	})
	begin := time.Now()
	name, body, err := w.draw(call, o.what)
	intime := late.Stop()
	w.over(o)
	w.allow(o, time.Since(begin))
	switch {
	case !intime || ctx.Err() != nil:
	case err != nil && w.again(o, err):
	case err != nil:
		w.hand(o, nil, err)
	default:
		w.hand(o, &drawing{name, body}, nil)
	}
}

// allow lets the next one of a kind be made; took is how long this one has.
func (w *workshop) allow(o *order, took time.Duration) {
	next := func() {
		w.mu.Lock()
		delete(w.benches[o.bench].kinds, oneOf(o.what))
		w.mu.Unlock()
		poke(w.wake[o.bench])
	}
	if !o.what.Report {
		next()
		return
	}
	time.AfterFunc(min(restShare*took, restMost), next)
}

// over gives up an order that is being made: what still comes of it is thrown
// away.
func (w *workshop) over(o *order) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if b := &w.benches[o.bench]; b.making[o.row] == o {
		delete(b.making, o.row)
	}
}

// hand gives the sender what was made, unless nobody wants it any more.
func (w *workshop) hand(o *order, d *drawing, err error) {
	w.mu.Lock()
	gone := o.gone
	w.mu.Unlock()
	if err != nil && !gone {
		w.log.Error("picture not drawn", "row", o.row, "kind", o.what.Kind, "err", err)
	}
	if d == nil {
		o.drop()
	}
	if !gone {
		w.ready(o.row, d, o.what.Report && (errors.Is(err, errTooSlow) || errors.Is(err, context.DeadlineExceeded)))
	}
}

// again tells whether something is made once more a little later, because
// Telegram did not give what it is made of.
func (w *workshop) again(o *order, err error) bool {
	var transient *TransientError
	asked := askedPause(err)
	if asked == 0 && !errors.As(err, &transient) && !errors.Is(err, ErrUnknownOutcome) {
		return false
	}
	wait := max(makeAgain<<o.tries, asked)
	w.mu.Lock()
	defer w.mu.Unlock()
	if o.tries++; o.tries >= makeTries || o.gone {
		return o.gone
	}
	b := &w.benches[o.bench]
	o.held = false
	b.taken[o.lane]--
	time.AfterFunc(wait, func() {
		w.mu.Lock()
		b.waiting[o.lane] = append(b.waiting[o.lane], o)
		w.mu.Unlock()
		poke(w.wake[o.bench])
	})
	return true
}

func (w *workshop) draw(ctx context.Context, p dialog.Picture) (name string, body []byte, err error) {
	if w.drawer == nil {
		return "", nil, errNoDrawer
	}
	defer func() {
		if r := recover(); r != nil {
			err = panicError(r)
		}
	}()
	return w.drawer.Draw(ctx, p)
}
