package courier

// ChangeEndKey begins the key of the notification that nobody decided in time
// about another direct superior of somebody; it goes to whoever asked for that.
// The number of the request follows in the key. The notification is held from the
// beginning. Storage lets it go at once when another change comes in between, and
// drops it when the request is decided.
const ChangeEndKey = "superior-end:"
