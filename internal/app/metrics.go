package app

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"bangkom/bot"
	"bangkom/handlers"
	"bangkom/storage"
)

// backlogLimit is how long a scrape waits for the database.
const backlogLimit = 2 * time.Second

// meter measures how long people wait. It is safe for concurrent use.
type meter struct {
	handled prometheus.Histogram
	waited  *prometheus.HistogramVec
}

func newMeter() *meter {
	buckets := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
	return &meter{
		handled: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "bangkom_update_handling_seconds",
			Help: "How long the transaction of one update took.", Buckets: buckets}),
		waited: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "bangkom_message_seconds",
			Help: "From the decision to send a message to Telegram's answer.", Buckets: buckets}, []string{"lane"}),
	}
}

// Handled notes one update.
func (m *meter) Handled(d time.Duration) { m.handled.Observe(d.Seconds()) }

// Sent notes one message that Telegram accepted.
func (m *meter) Sent(bulk bool, d time.Duration) {
	lane := "reply"
	if bulk {
		lane = "bulk"
	}
	m.waited.WithLabelValues(lane).Observe(d.Seconds())
}

// gauges reads the state of the program and of its tables when it is asked.
type gauges struct {
	telegram *bot.Telegram
	decided  *handlers.Processor
	db       *storage.DB
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("bangkom_"+name, help, labels, nil)
}

var (
	descUp      = desc("database_up", "1 = the database answered the scrape.")
	descReady   = desc("ready", "1 = this process works, or another does.")
	descHeld    = desc("sending_held", "1 = nothing is sent from this database until `bangkom resume`.", "reason")
	descStopped = desc("sending_stopped", "1 = all that the bot starts by itself is stopped, by `bangkom stop` or by the personnel office.")
	descTerm    = desc("lease_term", "Term of the lease to poll and send; 0 = another process has it.")
	descOthers  = desc("replicas_others", "Other processes of this bot seen in the last ten seconds.")
	descWaiting = desc("inbox_waiting", "Updates that are stored and not decided.")
	descOldest  = desc("inbox_oldest_seconds", "Age of the oldest of them; 0 = none.")
	descAside   = desc("inbox_set_aside", "Updates of the last three days that failed three times or cannot be read.")
	descOutbox  = desc("outbox_open", "Messages that are not sent yet.", "lane")
	descDue     = desc("outbox_oldest_due_seconds", "How long the oldest message that may go waits; 0 = none.")
	descUnknown = desc("outbox_unknown", "Messages of which nobody knows whether they arrived.")
	descProofs  = desc("proofs_failed_hour", "Wrong codes and phone numbers of the last hour, of all accounts.")
	descPaused  = desc("paused_seconds", "How long Telegram has asked to wait still.")
	descCalls   = desc("telegram_calls_total", "Calls of the sender by outcome.", "outcome")
	descIgnored = desc("updates_ignored_total", "Updates that were not read because one person sent too many.")
	descFlying  = desc("telegram_calls_in_flight", "Calls under way.")
	descPool    = desc("database_connections", "Connections of the pool.", "state")
	descWaits   = desc("database_waits_total", "How often a connection had to be waited for.")
)

// Describe lists nothing: what there is depends on the database.
func (g gauges) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(g, ch) }

// Collect reads everything once.
func (g gauges) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v int64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	ctx, cancel := context.WithTimeout(context.Background(), backlogLimit)
	defer cancel()
	b, err := g.db.Backlog(ctx)
	gauge(descUp, one(err == nil))
	if err == nil {
		gauge(descWaiting, float64(b.Waiting))
		gauge(descOldest, b.OldestSeconds)
		gauge(descAside, float64(b.Aside))
		gauge(descOutbox, float64(b.Replies), "reply")
		gauge(descOutbox, float64(b.Bulk), "bulk")
		gauge(descDue, b.DueSeconds)
		gauge(descUnknown, float64(b.Unknown))
		gauge(descProofs, float64(b.FailedProofs))
		gauge(descPaused, b.PausedSeconds)
		gauge(descStopped, one(b.Stopped))
	}
	pool := g.db.Pool()
	gauge(descPool, float64(pool.InUse), "in_use")
	gauge(descPool, float64(pool.Idle), "idle")
	count(descWaits, pool.Waits)
	gauge(descReady, one(g.telegram.Ready() == nil))
	s := g.telegram.Stats()
	gauge(descHeld, one(s.Hold != ""), string(s.Hold))
	gauge(descTerm, float64(s.Term))
	gauge(descOthers, float64(s.Others))
	gauge(descFlying, float64(s.InFlight))
	count(descIgnored, s.Ignored+g.decided.Ignored())
	for outcome, n := range map[string]int64{"sent": s.Sent, "retried": s.Retried, "unknown": s.Unknown, "flood": s.Flood,
		"unreachable": s.Unreachable, "failed": s.Failed, "expired": s.Expired, "superseded": s.Superseded} {
		count(descCalls, n, outcome)
	}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// metrics serves everything in the format of Prometheus. Nothing in it is about
// a person.
func metrics(telegram *bot.Telegram, p *handlers.Processor, db *storage.DB, m *meter) http.Handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(gauges{telegram, p, db}, m.handled, m.waited, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
}
