// Package dialog is the conversation engine: what a person did (Update), what
// the bot answers (Reply, Outgoing) and typed forms that lead from one to the
// other (Form, Record). It is pure: it knows neither Telegram nor the database
// nor the clock, so that a whole conversation can be played in a test.
package dialog
