// Package handlers decides what the bot does with an update. It performs no
// I/O but through its Tx interface: everything that one update changes is
// decided inside one transaction and stored by it, together with the messages
// that answer it. What people see stands in the rooms below, each of which gives
// its features as one value; they are listed in features.go. A room knows package
// feature and the domain, never another room.
package handlers
