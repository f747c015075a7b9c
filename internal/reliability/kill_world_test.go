package reliability_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/state"
)

// killAddress is the Gmail mailbox of a killWorld.
const killAddress = "shop@example.org"

// killSetup says what kind of world it is.
type killSetup struct {
	name string
	// share is how many of a hundred kills fall on it.
	share int
	// verify lets popbridge look messages up.
	verify bool
	gmail  gmailtest.Options
	// open starts the providers.
	open func(*killWorld) []*killAccount
	// events are those that kills are aimed at.
	events []string
}

// killWorld is providers and a Gmail, which stay, and a popbridge that gets
// killed.
type killWorld struct {
	killSetup
	t        *testing.T
	home     string
	random   *rand.Rand
	composer *composer
	gmail    *gmailtest.Server
	front    *front
	accounts []*killAccount
	// settled waits until the providers have dealt with what they were sent.
	settled []func()
	// leftBehind tells that the last process was killed, and that a provider
	// may still be committing what it asked for: Dovecot can't be waited for.
	leftBehind bool
	// offset is how far time was advanced.
	offset atomic.Int64
	// watch follows the process that runs now.
	watch atomic.Pointer[watch]
	// usual is how long a run takes that isn't killed.
	usual time.Duration
	label int

	ledger
	figures killFigures
}

// killAccount is a mailbox at a provider, and its table in the configuration.
type killAccount struct {
	name string
	box  postbox
	port int
	keys string
	// shared tells that another device deletes from it, since popbridge does
	// not.
	shared bool
}

// postbox is a provider's mailbox, seen from the provider's side.
type postbox interface {
	// put delivers a message.
	put(m *mailing)
	// present counts the messages in the mailbox.
	present() map[*mailing]int
}

func newKillWorld(t *testing.T, s killSetup, seed int64) *killWorld {
	t.Helper()
	w := &killWorld{killSetup: s, t: t, home: t.TempDir(), usual: 100 * time.Millisecond}
	w.random = rand.New(rand.NewPCG(uint64(seed), uint64(len(s.name))))
	w.composer = &composer{random: w.random, world: strings.Fields(s.name)[0]}
	w.ledger = ledger{mail: map[[32]byte]*mailing{}, stored: map[string][32]byte{}}
	s.gmail.Addresses, s.gmail.Now, s.gmail.Latency = []string{killAddress}, w.now, time.Millisecond
	var err error
	w.gmail, err = gmailtest.Start(s.gmail)
	w.must(err)
	t.Cleanup(w.gmail.Close)
	w.gmail.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		w.pass(r.Kind + " " + string(r.Stage))
		return nil
	})
	w.front = startFront(t, w.gmail.Handler())
	w.accounts = s.open(w)
	w.authorise()
	w.configure()
	return w
}

func (w *killWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *killWorld) now() time.Time { return time.Now().Add(time.Duration(w.offset.Load())) }

// pass tells the watch of an event, while a process is watched.
func (w *killWorld) pass(event string) {
	if watch := w.watch.Load(); watch != nil {
		watch.pass(event)
	}
}

func (w *killWorld) write(name string, content []byte) {
	w.t.Helper()
	path := filepath.Join(w.home, "config", "popbridge", name)
	w.must(os.MkdirAll(filepath.Dir(path), 0o700))
	w.must(os.WriteFile(path, content, 0o600))
}

func (w *killWorld) authorise() {
	scopes := []string{gmailtest.ScopeInsert, gmailtest.ScopeLabels}
	if w.verify {
		scopes = append(scopes, gmailtest.ScopeReadonly)
	}
	w.write("client.json", w.gmail.ClientJSON())
	w.write("token.json", w.gmail.TokenJSON(killAddress, scopes...))
}

// configure writes the configuration. A new label has to be made first.
func (w *killWorld) configure() {
	access := "insert"
	if w.verify {
		access = "verify"
	}
	var text strings.Builder
	fmt.Fprintf(&text, "[[gmail]]\naddress = %q\nclient = \"client.json\"\ntoken = \"token.json\"\nendpoint = %q\naccess = %q\nunits_per_minute = 0\n",
		killAddress, w.front.url(), access)
	for _, a := range w.accounts {
		fmt.Fprintf(&text, "\n[[pop3]]\nname = %q\nuser = %[1]q\npassword = %q\nlabels = [\"INBOX\", \"Box/%d\"]\n%s\n",
			a.name, "secret of "+a.name, w.label, a.keys)
	}
	w.write("config.toml", []byte(text.String()))
}

// state is the path of the state file.
func (w *killWorld) state() string { return filepath.Join(w.home, "state", "popbridge", "state.db") }

// quiet waits until the servers have dealt with all that came.
func (w *killWorld) quiet() {
	w.t.Helper()
	w.front.quiet(w.t)
	for _, settled := range w.settled {
		settled()
	}
}

// run runs the program, kills it by the trap, and books what that led to.
func (w *killWorld) run(tr trap) *child {
	w.t.Helper()
	c := startChild(w.t, w.home, nil, "run")
	at := w.accounts[w.random.IntN(len(w.accounts))]
	arrival := w.composer.plain()
	watch := newWatch(c, tr, func() { w.deliver(at, arrival) })
	w.watch.Store(watch)
	c.gone(w.t)
	w.quiet()
	w.watch.Store(nil)
	w.figures.count(c, watch)
	if !c.killed() {
		w.usual = (3*w.usual + c.took) / 4
		w.expectHealthy(c)
	}
	w.balance(c)
	w.leftBehind = c.killed() && len(w.settled) == 0
	return c
}

// expectHealthy looks at a run that ended by itself: nothing is wrong, so
// nothing is said. A doubt that hasn't settled, and what waits for it, is 75.
func (w *killWorld) expectHealthy(c *child) {
	w.t.Helper()
	if code := c.code(); code != 0 && code != 75 || c.stdout.Len()+c.stderr.Len() > 0 {
		w.t.Fatalf("a run that wasn't killed: exit %d\nstdout: %s\nstderr: %s", c.code(), &c.stdout, &c.stderr)
	}
}

func (w *killWorld) deliver(a *killAccount, m *mailing) {
	w.book(m)
	a.box.put(m)
}

// readRows reads all rows of the state; none where there is no state yet.
func (w *killWorld) readRows() (map[string][]state.Record, error) {
	return readRows(w.state(), w.accounts)
}
