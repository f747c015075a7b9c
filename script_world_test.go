package main_test

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/internal/deviceflow/devicetest"
	"github.com/popbridge/popbridge/pop3/dovecottest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// address is the Gmail mailbox of all scripts.
const address = "shop@example.org"

// longest is how long a script waits for something that must happen.
const longest = 30 * time.Second

// world is what a script has around it.
type world struct {
	env        *testscript.Env
	dir, state string
	conf       configuration
	pop        *pop3test.Server
	popAddr    string
	gmail      *gmailtest.Server
	device     *devicetest.Server
	dovecot    *dovecottest.Server
	processes  map[string]*process
	locks      map[string]*flock.Flock
	// sent is what servers send of each message that was ever put into a
	// mailbox, by user and UID.
	sent map[string]map[string][]byte
	// secrets are what no output may show.
	secrets []string

	watch
	popFault    popFault
	gmailFault  gmailFault
	popEvents   map[string]int
	gmailEvents map[string]int
}

type worldKey struct{}

func newWorld(env *testscript.Env) *world {
	return &world{
		env: env, dir: filepath.Join(env.WorkDir, "popbridge"),
		state:     filepath.Join(env.WorkDir, "state", "popbridge", "state.db"),
		processes: map[string]*process{}, locks: map[string]*flock.Flock{},
		sent:  map[string]map[string][]byte{},
		watch: watch{changed: make(chan struct{})}, popEvents: map[string]int{}, gmailEvents: map[string]int{},
	}
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

func (w *world) write(ts *testscript.TestScript, name string, content []byte) {
	ts.Check(os.WriteFile(w.path(name), content, 0o600))
	ts.Check(os.Chmod(w.path(name), 0o600))
}

// close ends what the script left running.
func (w *world) close() {
	for _, p := range w.processes {
		p.kill()
	}
	for _, l := range w.locks {
		_ = l.Unlock() // its file goes with the folder
	}
	if w.pop != nil {
		_ = w.pop.Close() // it has nothing to say
	}
	if w.gmail != nil {
		w.gmail.Close()
	}
	if w.device != nil {
		w.device.Close()
	}
	if w.dovecot != nil {
		_ = w.dovecot.Stop()
	}
}

// watch lets one goroutine wait for what others do.
type watch struct {
	mu      sync.Mutex
	changed chan struct{}
}

// change does something that others may be waiting for.
func (w *watch) change(do func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	do()
	close(w.changed)
	w.changed = make(chan struct{})
}

// until waits until it is so. False is for one that didn't come.
func (w *watch) until(isSo func() bool) bool {
	timeout := time.After(longest)
	for {
		w.mu.Lock()
		changed, so := w.changed, isSo()
		w.mu.Unlock()
		if so {
			return true
		}
		select {
		case <-changed:
		case <-timeout:
			return false
		}
	}
}

// subcommand runs the one that the first argument names.
func subcommand(ts *testscript.TestScript, neg bool, args []string, table map[string]func(call)) {
	if len(args) == 0 || table[args[0]] == nil {
		ts.Fatalf("no such command: %q", args)
	}
	ts.Stdout() // what it prints, be it nothing, is the last output
	table[args[0]](call{TestScript: ts, w: worldOf(ts), neg: neg, name: args[0], args: args[1:]})
}

// call is one line of a script.
type call struct {
	*testscript.TestScript
	w    *world
	neg  bool
	name string
	args []string
}

// need wants at least as many arguments as words of usage.
func (c call) need(usage ...string) {
	if len(c.args) < len(usage) {
		c.Fatalf("usage: %s %q", c.name, usage)
	}
}

func (c call) number(arg string) int {
	n, err := strconv.Atoi(arg)
	c.Check(err)
	return n
}

// verify fails unless so is what the line wants, which ! turns around.
func (c call) verify(so bool, format string, args ...any) {
	if so == c.neg {
		c.Fatalf(format, args...)
	}
}
