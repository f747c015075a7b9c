package reliability_test

import (
	"math/rand/v2"
	"sync"
	"time"
)

// trap says when a process is to be killed: at a moment, or when the servers
// see an event for the nth time.
type trap struct {
	after time.Duration
	event string
	nth   int
	// aimed: the server goes on only once the process is dead, so that what
	// the event announces comes after its death. Otherwise it is killed
	// while the server goes on, after another little pause.
	aimed bool
	pause time.Duration
	// arrivalAt is the event, counted from 1, at which new mail arrives; 0 is
	// none.
	arrivalAt int
}

// popEvents and gmailEvents are those that a kill is aimed at, each as often as
// it is named here. Of a real provider none are seen.
var (
	popEvents = []string{
		"pop3 connect", "pop3 tls", "pop3 CAPA", "pop3 PASS", "pop3 STAT", "pop3 UIDL", "pop3 LIST", "pop3 TOP", "pop3 TOP",
		"pop3 RETR", "pop3 RETR", "pop3 DELE", "pop3 DELE", "pop3 DELE", "pop3 QUIT", "pop3 QUIT", "pop3 QUIT",
	}
	gmailEvents = []string{
		"messages.import before", "messages.import body", "messages.import commit", "messages.import commit",
		"messages.import answer", "messages.import answer", "messages.import answer", "messages.import answer",
		"messages.insert commit", "messages.insert answer", "messages.insert answer",
		"messages.list answer", "messages.get answer", "labels.list answer", "labels.create answer", "oauth.token answer",
	}
)

// setTrap chooses a moment. A whole run takes about usual.
func setTrap(random *rand.Rand, usual time.Duration, events []string) trap {
	tr := trap{after: time.Duration(random.Float64() * 1.1 * float64(usual))}
	if random.IntN(4) == 0 {
		tr.arrivalAt = 1 + random.IntN(60)
	}
	if random.IntN(5) < 2 {
		tr.after = 0
		tr.event = events[random.IntN(len(events))]
		tr.nth = 1 + random.IntN(3)
		tr.aimed = random.IntN(2) == 0
		tr.pause = time.Duration(random.IntN(3000)) * time.Microsecond
	}
	return tr
}

// watch follows one process by what the servers see of it, and springs its
// trap.
type watch struct {
	child *child
	trap  trap
	// arrive delivers new mail.
	arrive func()

	mu     sync.Mutex
	events int
	hits   int
	last   string
}

func newWatch(c *child, tr trap, arrive func()) *watch {
	w := &watch{child: c, trap: tr, arrive: arrive, last: "nothing yet"}
	if tr.after > 0 {
		time.AfterFunc(tr.after, c.kill)
	}
	return w
}

// pass is called by a server before it carries out the event.
func (w *watch) pass(event string) {
	w.mu.Lock()
	select {
	case <-w.child.ended: // what it had sent before
		w.mu.Unlock()
		return
	default:
	}
	w.events++
	w.last = event
	arrives := w.events == w.trap.arrivalAt
	if event == w.trap.event {
		w.hits++
	}
	hit := event == w.trap.event && w.hits == w.trap.nth
	w.mu.Unlock()
	if arrives {
		w.arrive()
	}
	if hit {
		w.spring()
	}
}

func (w *watch) spring() {
	if w.trap.aimed {
		w.child.kill()
		<-w.child.ended
		return
	}
	time.AfterFunc(w.trap.pause, w.child.kill)
}

// lastSeen is the last event while the process lived.
func (w *watch) lastSeen() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}
