package announcement

// The limits of a question, in characters, and of how many of one person may wait for
// an answer to one announcement.
const (
	ShortestQuestion = 3
	LongestQuestion  = 500
	QuestionsWaiting = 3
)
