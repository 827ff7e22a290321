// Package handlers decides what the bot does with an update. It performs no
// I/O but through its Tx interface: everything that one update changes is
// decided inside one transaction and stored by it, together with the messages
// that answer it. Conversations are listed in registry.go.
package handlers
