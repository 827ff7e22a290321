// Command bangkom runs the Telegram bot for the civil servants of one agency.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"bangkom/internal/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command.Run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
