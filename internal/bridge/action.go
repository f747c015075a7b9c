package bridge

import "time"

// Verb is what a run does with a message of the listing.
type Verb string

// The verbs of a plan.
const (
	Import Verb = "import"
	Delete Verb = "delete"
	Keep   Verb = "keep"
	Refuse Verb = "refuse"
	Skip   Verb = "skip"
)

// Reason says why a message gets its verb.
type Reason string

// The reasons of a plan, by the verbs they go with.
const (
	// Import.
	New             Reason = "new"
	NewOrRenumbered Reason = "new-or-renumbered"
	Retry           Reason = "retry"
	Changed         Reason = "changed"
	// Delete.
	Retention    Reason = "retention"
	KeepMessages Reason = "keep_messages"
	KeepSize     Reason = "keep_size"
	Dropped      Reason = "dropped"
	// Keep.
	WithinRetention Reason = "within-retention"
	Never           Reason = "never"
	// Refuse.
	TooLarge Reason = "too-large"
	// Skip.
	Adopted  Reason = "adopted"
	Refused  Reason = "refused"
	InDoubt  Reason = "in-doubt"
	SetAside Reason = "set-aside"
)

// Action is what a plan says of one listed message.
type Action struct {
	// Number is the message number in the session that was planned for.
	Number int
	// UID is raw; see state.EscapeUID.
	UID string
	// Size is in octets, as listed.
	Size   int64
	Verb   Verb
	Reason Reason
	// Due is when retention lets the message go; zero where it never does.
	Due time.Time
	// From is the UID under which the message was known before the provider
	// gave it another; empty where it is not a renumbered one.
	From string
	// Proof tells of a Delete that the message's identity is still to be
	// proven by its whole digest, because TOP can't.
	Proof bool
	// TopHeader is the header digest that TOP gave, where it is another than
	// the recorded one.
	TopHeader string
	// Same tells that a header proved the known message, whose listed size
	// has changed or which had vanished.
	Same bool
}
