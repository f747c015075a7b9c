package bridge

import (
	"context"
	"sync"
	"time"
)

// Activity is what a run is at with an account, in words for a person. The
// empty one is nothing worth a word.
type Activity string

// The activities.
const (
	Connecting Activity = "connecting"
	Locked     Activity = "waiting for the mailbox (locked)"
	Listing    Activity = "listing"
	Deleting   Activity = "deleting"
	Fetching   Activity = "fetching"
	Importing  Activity = "importing"
	// LookingUp: Gmail is asked what it has.
	LookingUp Activity = "looking into Gmail"
	// AwaitingRoom: what was fetched before, be it for other accounts, has
	// yet to go.
	AwaitingRoom Activity = "waiting for room in the spool"
	// AwaitingTurn: others go to the same destination first.
	AwaitingTurn  Activity = "waiting for its turn at Gmail"
	AwaitingQuota Activity = "waiting for Gmail's quota"
	// AwaitingRetry is the pause after a failure, as long as Gmail asked for
	// or longer.
	AwaitingRetry Activity = "waiting to try Gmail again"
)

// Progress is how far a run has come with an account.
type Progress struct {
	Doing Activity
	// Wanted are the messages to import in this run as far as its listings
	// have told, with their octets by LIST.
	Wanted       int
	WantedOctets int64
	// Fetched are those the provider has answered for. The octets of the one
	// that is coming count already.
	Fetched       int
	FetchedOctets int64
	// Done are those imported or refused, durably, and those that proved to
	// be recorded before.
	Done       int
	DoneOctets int64
	// Pause is how long AwaitingRetry was going to last as it began.
	Pause time.Duration
}

// watch follows a run. A nil watch follows nothing.
type watch struct {
	mu   sync.Mutex
	tell func(Progress)
	p    Progress
	// session is what goes on with the provider.
	session Activity
	// coming are the octets of the message that is being received.
	coming int64
	// deliveries counts those that are at each step.
	deliveries [steps]int
}

// step is where a delivery is; one can be at several.
type step int

const (
	begun   step = iota
	itsTurn      // it has one of the destination's slots
	quotaWait
	retryWait
	steps
)

// comingStep is how many octets of a message go by between two reports.
const comingStep = 1 << 20

// change reports a change. What it calls is called one at a time.
func (w *watch) change(do func()) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
	if w.p.Doing = w.doing(); w.p.Doing != AwaitingRetry {
		w.p.Pause = 0
	}
	w.tell(w.p)
}

// doing chooses the one activity that tells the most.
func (w *watch) doing() Activity {
	n := w.deliveries
	switch {
	case n[retryWait] > 0:
		return AwaitingRetry
	case w.session != "" && w.session != AwaitingRoom:
		return w.session
	case n[quotaWait] > 0:
		return AwaitingQuota
	case n[itsTurn] > 0:
		return Importing
	case n[begun] > 0:
		return AwaitingTurn
	default:
		return w.session
	}
}

// at says what goes on with the provider.
func (w *watch) at(a Activity) { w.change(func() { w.session = a }) }

// plan says what is to be fetched still.
func (w *watch) plan(want []Action) {
	w.change(func() {
		w.drop()
		w.p.Wanted, w.p.WantedOctets = w.p.Fetched+len(want), w.p.FetchedOctets
		for _, a := range want {
			w.p.WantedOctets += a.Size
		}
	})
}

// drop takes back the octets of the message that was coming.
func (w *watch) drop() {
	w.p.FetchedOctets -= w.coming
	w.coming = 0
}

// received counts octets of the message that is coming.
func (w *watch) received(n int) {
	w.mu.Lock()
	before := w.coming / comingStep
	w.coming += int64(n)
	w.p.FetchedOctets += int64(n)
	more := w.coming/comingStep > before
	w.mu.Unlock()
	if more {
		w.change(func() {})
	}
}

// fetched counts a message that the provider has answered for; -1 takes one
// back.
func (w *watch) fetched(a Action, n int) {
	w.change(func() {
		w.drop()
		w.p.Fetched += n
		w.p.FetchedOctets += int64(n) * a.Size
	})
}

// done counts a message for which nothing is left to do.
func (w *watch) done(a Action) {
	w.change(func() {
		w.p.Done++
		w.p.DoneOctets += a.Size
	})
}

// during counts a delivery at a step until the returned function is called.
func (w *watch) during(s step) (over func()) {
	w.change(func() { w.deliveries[s]++ })
	return func() { w.change(func() { w.deliveries[s]-- }) }
}

type watchKey struct{}

// watched lets what is done under a context be followed.
func watched(ctx context.Context, w *watch) context.Context {
	return context.WithValue(ctx, watchKey{}, w)
}

// watching gives the watch of a context, or nil.
func watching(ctx context.Context) *watch {
	w, _ := ctx.Value(watchKey{}).(*watch)
	return w
}

// waitFor sleeps and says what for.
func waitFor(ctx context.Context, what step, d time.Duration, sleep func(context.Context, time.Duration) error) error {
	if d > 0 {
		w := watching(ctx)
		defer w.during(what)()
		if what == retryWait {
			w.change(func() { w.p.Pause = d })
		}
	}
	return sleep(ctx, d)
}
