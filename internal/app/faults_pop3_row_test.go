package app_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// phase is when something goes wrong.
type phase int

const (
	// phaseFirst: at the first contact, each time.
	phaseFirst phase = 1 << iota
	// phaseAlways: later, each time.
	phaseAlways
	// phaseOnce: later, the first time only.
	phaseOnce

	afterwards = phaseAlways | phaseOnce
)

// popRow is an account at which one thing goes wrong.
type popRow struct {
	name, account string
	step          popStep
	pipelining    string
	// next is the phase after the first.
	next phase
	popFault
	server *pop3test.Server
	box    *pop3test.Mailbox
	phase  phase // the one under way
	// letters are the digests of all mail that ever came, by UID, in batches
	// of the same age.
	letters []map[string][32]byte

	mu            sync.Mutex
	armed         phase
	struck        int
	session, seen int // the latest, and how much of the command it had
	sessions      int
}

// ask gives the fault of a step, where it is the row's.
func (r *popRow) ask(e pop3test.Event) pop3test.Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.armed == 0 || e.Command != r.step.command {
		return pop3test.Fault{}
	}
	if e.Session != r.session {
		r.session, r.seen = e.Session, 0
		r.sessions++
	}
	r.seen++
	if r.seen <= r.step.nth {
		return pop3test.Fault{}
	}
	r.struck++
	if r.armed == phaseOnce {
		r.armed = 0
	}
	f := r.fault
	if r.vary && f.Kind == pop3test.Truncate {
		f.N += r.sessions
	} else if r.vary {
		f.Raw = []byte(strings.ReplaceAll(string(f.Raw), "100", fmt.Sprint(100+r.sessions)))
	}
	return f
}

// arm has the fault happen from now on, if the step comes in this phase.
func (r *popRow) arm() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.armed, r.struck = r.phase&r.phases(), 0
}

func (r *popRow) disarm() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.armed = 0
}

func (r *popRow) phases() phase {
	switch {
	case r.fault.Kind == pop3test.NoFault:
		return 0
	case r.step.phases == 0:
		return phaseFirst | afterwards
	default:
		return r.step.phases
	}
}

// table is the row's part of the configuration.
func (r *popRow) table(timeout string) string {
	keys := []string{`retention = "14d"`, r.step.key, fmt.Sprintf("pipelining = %q", r.pipelining)}
	if r.waits {
		keys = append(keys, fmt.Sprintf("timeout = %q", timeout))
	}
	if r.step.server.TLS == pop3test.NoTLS {
		keys = append(keys, `tls = "none"`)
	} else {
		keys = append(keys, fmt.Sprintf(`tls_ca = "ca%d.pem"`, r.server.Port()))
	}
	return fmt.Sprintf("[[pop3]]\nname = %q\nhost = %q\nport = %d\nuser = %q\npassword = %q\n%s\n",
		r.account, r.server.Host(), r.server.Port(), r.account, "secret of "+r.account, strings.Join(keys, "\n"))
}

// outcome is what run --json says of an account.
type outcome struct {
	Name, Error, Hint string
	Exit              int
}

// due is how many batches, the oldest, may be gone from the provider.
func (r *popRow) due() int { return max(0, len(r.letters)-2) }

// judge says what is wrong with the outcome of a run in which things went
// wrong.
func (r *popRow) judge(o outcome, stderr string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	want := []int{r.exit}
	if r.exit == either {
		want = []int{0, 69}
	}
	p := r.phase
	armed := p&r.phases() != 0
	switch {
	case !armed:
		want = []int{0}
	case p == phaseOnce:
		want = append(want, 0)
	}
	heard := strings.Contains(stderr, "popbridge: "+r.account+": "+o.Error+"\n")
	hinted := o.Hint != "" && strings.Contains(stderr, "\nhint: "+o.Hint+"\n")
	// On a machine that is busy, a timeout may strike sooner than the fault.
	slow := r.waits && o.Exit == 69 && strings.Contains(o.Error, "i/o timeout")
	switch {
	case armed && r.struck == 0 && !slow:
		return "it never came to the step"
	case !slices.Contains(want, o.Exit) && !slow:
		return fmt.Sprintf("exit %d, want %d: %s", o.Exit, want, o.Error)
	case (o.Exit == 77 || o.Exit == 69) && o.Hint == "":
		return "no hint: " + o.Error
	case (o.Exit == 77 || o.Exit == 69 && p == phaseFirst) && !(heard && hinted):
		return "it isn't said: " + o.Error
	case (o.Exit == 75 || o.Exit == 69 && p != phaseFirst) && heard:
		return "it is said at once: " + o.Error
	}
	return ""
}

// missing tells of mail that is nowhere, or gone from the provider too early.
func (r *popRow) missing(have map[[32]byte]int) string {
	left := r.box.UIDs()
	for i, batch := range r.letters {
		for uid, digest := range batch {
			switch {
			case slices.Contains(left, uid):
			case have[digest] == 0:
				return uid + " is lost"
			case i >= r.due():
				return uid + " was deleted early"
			}
		}
	}
	return ""
}

// unsettled tells of mail that isn't in Gmail, or should be gone.
func (r *popRow) unsettled(have map[[32]byte]int) string {
	left := r.box.UIDs()
	for i, batch := range r.letters {
		for uid, digest := range batch {
			switch {
			case have[digest] == 0:
				return uid + " isn't in Gmail"
			case i < r.due() && slices.Contains(left, uid):
				return uid + " wasn't deleted"
			}
		}
	}
	return ""
}
