package proof

import (
	"time"

	"bangkom/internal/faketelegram"
)

// drills are all drills, in the order in which they run.
func drills() []drill {
	list := []drill{killDrill(), leaderDrill("leader", false), leaderDrill("leader-webhook", true)}
	list = append(list, postgresDrills()...)
	list = append(list, telegramDrills()...)
	list = append(list, pausesDrill(), tapsDrill(), filesDrill(), announcementDrill(), seatsDrill())
	list = append(list, clockDrills()...)
	return append(list, poolerDrill(), schemaDrill())
}

// everyday is what goes wrong on an ordinary bad day.
func everyday() faketelegram.Faults {
	return faketelegram.Faults{DuplicateUpdates: 0.05, TooMany: 0.02, RetryAfter: 1, ServerError: 0.02, ResetAfter: 0.01}
}

// killDrill lets every process work for a random while before it is killed. A
// process is there only now and then, and everybody waits for it.
func killDrill() drill {
	return drill{
		name: "kill", what: "people answer while the process is killed at random instants, on a bad network",
		short:    size{people: 100, together: 100, rounds: 15},
		long:     size{people: 200, together: 200, rounds: 100},
		lease:    time.Second,
		inFlight: 8,
		faults:   everyday(),
		struck:   []string{"duplicate", "too_many", "server_error", "reset_after"},
		script:   killAtRandom,
	}
}

// leaderDrill has a second process that takes over.
func leaderDrill(name string, webhook bool) drill {
	what := "of two processes the one that holds the lease is killed again and again under steady load"
	if webhook {
		what += "; updates come by webhook through one address"
	}
	return drill{
		name: name, what: what,
		short:    size{people: 500, together: 60, rate: 15, rounds: 3, every: 7 * time.Second},
		long:     size{people: 8000, together: 500, rate: 100, rounds: 10, every: time.Minute},
		replicas: 2,
		webhook:  webhook,
		faults:   faketelegram.Faults{DuplicateUpdates: 0.02},
		struck:   []string{"duplicate"},
		slowest:  3500 * time.Millisecond,
		script:   killTheHolder,
	}
}

// postgresDrills take the database away.
func postgresDrills() []drill {
	return []drill{
		{
			name: "postgres-restart", what: "Postgres is restarted under load, by turns in order and as after a crash",
			short:    size{people: 400, together: 50, rate: 15, rounds: 4, every: 2 * time.Second},
			long:     size{people: 4000, together: 400, rate: 100, rounds: 20, every: 10 * time.Second},
			replicas: 2,
			script:   restartPostgres,
		},
		{
			name: "postgres-away", what: "Postgres is halted for a while, and then frozen so that connections hang",
			short:    size{people: 400, together: 50, rate: 15, away: 3 * time.Second, every: 2 * time.Second},
			long:     size{people: 4000, together: 300, rate: 40, away: 10 * time.Minute, every: 30 * time.Second},
			replicas: 2,
			script:   takePostgresAway,
		},
		{
			name: "postgres-away-webhook", what: "the same while updates come by webhook through one address",
			short:    size{people: 400, together: 30, rate: 15, away: 2 * time.Second, every: time.Second},
			long:     size{people: 4000, together: 300, rate: 40, away: 10 * time.Minute, every: 30 * time.Second},
			replicas: 2,
			webhook:  true,
			script:   takePostgresAway,
		},
		{
			name: "holder-cut-off", what: "the database is away for the process that holds the lease, and for nobody else",
			short:    size{people: 400, together: 30, rate: 15, rounds: 2, away: 2 * time.Second, every: time.Second},
			long:     size{people: 4000, together: 300, rate: 40, rounds: 10, away: 20 * time.Second, every: 15 * time.Second},
			replicas: 2,
			lines:    true,
			lease:    time.Second,
			script:   cutOffHolder,
		},
		{
			name: "replies-lost", what: "Postgres commits, and the reply to the commit gets lost together with its connection",
			short:    size{people: 400, together: 30, rate: 15, rounds: 4, every: 2 * time.Second},
			long:     size{people: 4000, together: 300, rate: 40, rounds: 120, every: 5 * time.Second},
			replicas: 2,
			lines:    true,
			lease:    time.Second,
			script:   loseReplies,
		},
	}
}

// telegramDrills make Telegram difficult.
func telegramDrills() []drill {
	return []drill{
		{
			name: "telegram-away", what: "Telegram cuts every call for a while",
			short:    size{people: 400, together: 50, rate: 15, away: 4 * time.Second, every: 2 * time.Second},
			long:     size{people: 4000, together: 300, rate: 40, away: 10 * time.Minute, every: 30 * time.Second},
			replicas: 2,
			struck:   []string{"unavailable"},
			script:   takeTelegramAway,
		},
		{
			name: "flood", what: "Telegram answers 429 with a long pause, and the process is killed in the middle of one",
			short:    size{people: 400, together: 50, rate: 15, rounds: 2, away: 4 * time.Second, every: 2 * time.Second},
			long:     size{people: 4000, together: 400, rate: 40, rounds: 3, away: 75 * time.Second, every: 15 * time.Second},
			replicas: 2,
			lease:    time.Second,
			struck:   []string{"too_many"},
			script:   flood,
		},
		{
			name: "repeat", what: "half of all updates come twice, neighbours change places, buttons are tapped twice, people ask for help in between",
			short:    size{people: 400, together: 30, rate: 20, away: 8 * time.Second},
			long:     size{people: 6000, together: 100, rate: 80, away: 5 * time.Minute},
			replicas: 2,
			faults:   faketelegram.Faults{DuplicateUpdates: 0.5, ReorderUpdates: 0.5},
			manners:  manners{twice: 0.3, chatty: 0.3},
			struck:   []string{"duplicate", "reorder"},
			script:   justAnswer,
		},
	}
}

// clockDrills step clocks.
func clockDrills() []drill {
	return []drill{
		{
			name: "clock", what: "the clock of the program is stepped by an hour and a day, forth and back, under load",
			short:     size{people: 400, together: 30, rate: 15, every: 1500 * time.Millisecond},
			long:      size{people: 6000, together: 100, rate: 80, every: 30 * time.Second},
			inProcess: true,
			overtakes: true,
			script:    stepClock,
		},
		{
			name: "clock-database", what: "the clock of Postgres is set back by an hour: the lease and a pause end far in the future, and their holder is killed",
			short:    size{people: 400, together: 50, rate: 15, rounds: 2, every: 2 * time.Second, away: 2 * time.Second},
			long:     size{people: 4000, together: 300, rate: 80, rounds: 8, every: 20 * time.Second, away: 2 * time.Second},
			replicas: 2,
			lease:    time.Second,
			script:   stepDatabaseClock,
		},
	}
}

// poolerDrill puts pgbouncer between the program and Postgres.
func poolerDrill() drill {
	return drill{
		name: "pgbouncer", what: "pgbouncer in transaction mode stands before Postgres, and the holder of the lease is killed",
		short:    size{people: 400, together: 50, rate: 15, rounds: 3, every: 3 * time.Second},
		long:     size{people: 8000, together: 400, rate: 100, rounds: 10, every: 20 * time.Second},
		replicas: 2,
		pooled:   true,
		lease:    time.Second,
		faults:   faketelegram.Faults{DuplicateUpdates: 0.05, ServerError: 0.02, ResetAfter: 0.02},
		struck:   []string{"duplicate", "server_error", "reset_after"},
		script:   killTheHolder,
	}
}

// schemaDrill takes the tables away as a migration does that did not wait for the
// processes of the former version. The lease is a long one, so that it is some time
// before its holder looks at the schema: updates fail meanwhile.
func schemaDrill() drill {
	return drill{
		name: "newer-schema", what: "a newer version changes the schema while processes that do not know it are answering; then it takes their place",
		short:    size{people: 400, together: 50, rate: 15, rounds: 2, away: 5 * time.Second, every: 2 * time.Second},
		long:     size{people: 4000, together: 400, rate: 80, rounds: 10, away: 10 * time.Second, every: 15 * time.Second},
		replicas: 2,
		lease:    10 * time.Second,
		script:   outgrow,
	}
}
