package command

import (
	"context"
	"fmt"

	"bangkom/storage"
)

// byCommand is who stops and restarts here: no person.
const byCommand = -1

// stop stops all that the bot starts by itself, at once: reminders, summaries,
// announcements. Answers still go.
func (a *console) stop(ctx context.Context, args []string) error {
	fs := a.flags("stop")
	path := fs.String("config", "", "configuration `FILE`")
	if err := a.parse(fs, args); err != nil {
		return err
	}
	db, _, err := a.open(ctx, *path, nil)
	if err != nil {
		return err
	}
	defer db.Close()
	changed := false
	if err := db.InTx(ctx, func(tx *storage.Tx) (err error) {
		changed, err = tx.Stop(ctx, byCommand, a.now())
		return err
	}); err != nil {
		return err
	}
	if !changed {
		fmt.Fprintln(a.stderr, "it was stopped before; nothing was changed")
		return nil
	}
	fmt.Fprintln(a.stderr, "stopped: the bot answers, and starts nothing by itself until `bangkom resume --apply`")
	return nil
}
