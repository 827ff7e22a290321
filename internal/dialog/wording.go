package dialog

// Wording is the part of the catalogue that every form shares.
type Wording struct {
	Back, Skip, Later, Submit string          // button labels
	Saved                     string          // toast after an accepted answer
	Stale                     string          // above the present state, after an old button
	Required                  string          // Skip where it is not allowed
	Unfinished                string          // Submit while a question is unanswered
	Changed, ChangedLines     string          // Submit when the review card reads otherwise than it did, and above the lines that are new
	Words                     map[string]Verb // what people type instead of pressing
	ReviewHint                string          // typed text on the review card that is no word
}
