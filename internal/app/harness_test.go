package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/internal/app"
	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// harness is a popbridge with a POP3 server and a stand-in for Gmail, a
// configuration between them, and a clock of its own.
type harness struct {
	t          *testing.T
	dir        string
	address    string
	pop        *pop3test.Server
	gmail      *gmailtest.Server
	popFault   atomic.Pointer[func(pop3test.Event) pop3test.Fault]
	offset     atomic.Int64
	tables     []string
	out        bytes.Buffer
	err        bytes.Buffer
	stdin      string
	top        string
	gmailExtra string
	// began is when the clock was right, and speed how many times as fast as
	// time it goes.
	began time.Time
	speed time.Duration
	// backoff replaces the pauses after Gmail's failures.
	backoff bridge.Backoff
	// progress is told how runs get on.
	progress func(account string, p bridge.Progress)
	// terminal is standard error, if there is one.
	terminal *app.Terminal
}

type setup struct {
	pop   pop3test.Options
	gmail gmailtest.Options
	speed time.Duration
}

func newHarness(t *testing.T, change ...func(*setup)) *harness {
	t.Helper()
	h := &harness{t: t, dir: filepath.Join(t.TempDir(), "popbridge"), address: "shop@example.org", began: time.Now()}
	h.must(os.Mkdir(h.dir, 0o700))
	s := setup{
		pop:   pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true, Now: h.now, Fault: h.fault},
		gmail: gmailtest.Options{Addresses: []string{h.address}, Fold: true, Now: h.now},
		speed: 1,
	}
	for _, c := range change {
		c(&s)
	}
	h.speed = s.speed
	h.startPOP(s.pop)
	var err error
	if h.gmail, err = gmailtest.Start(s.gmail); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.gmail.Close() })
	h.write("client.json", h.gmail.ClientJSON())
	h.authorise()
	h.gmailExtra = "units_per_minute = 0"
	return h
}

// startPOP starts the provider's server, or the one that it moved to.
func (h *harness) startPOP(o pop3test.Options) {
	h.t.Helper()
	pop, err := pop3test.Start(o)
	h.must(err)
	h.t.Cleanup(func() { h.must(pop.Close()) })
	h.pop = pop
	h.write("ca.pem", pop.CertificatePEM())
}

// authorise gives popbridge a new token.
func (h *harness) authorise() {
	h.t.Helper()
	h.write("token.json", h.gmail.TokenJSON(h.address, gmailtest.ScopeInsert, gmailtest.ScopeLabels, gmailtest.ScopeReadonly))
}

// setPOPFault makes fn decide what goes wrong with POP3 from now on; nil ends
// all faults.
func (h *harness) setPOPFault(fn func(pop3test.Event) pop3test.Fault) {
	if fn == nil {
		h.popFault.Store(nil)
		return
	}
	h.popFault.Store(&fn)
}

func (h *harness) fault(e pop3test.Event) pop3test.Fault {
	if fn := h.popFault.Load(); fn != nil {
		return (*fn)(e)
	}
	return pop3test.Fault{}
}

// strike lets a command of one message go wrong each time.
func strike(command, uid string, f pop3test.Fault) func(pop3test.Event) pop3test.Fault {
	return func(e pop3test.Event) pop3test.Fault {
		if e.Command == command && e.UID == uid {
			return f
		}
		return pop3test.Fault{}
	}
}

func (h *harness) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) now() time.Time {
	return time.Now().Add(time.Since(h.began)*(h.speed-1) + time.Duration(h.offset.Load()))
}

// sleep waits for a time of the harness's clock.
func (h *harness) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d / h.speed)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func (h *harness) advance(d time.Duration) { h.offset.Add(int64(d)) }

func (h *harness) path(name string) string { return filepath.Join(h.dir, name) }

func (h *harness) write(name string, content []byte) {
	h.t.Helper()
	h.must(os.WriteFile(h.path(name), content, 0o600))
}

// account adds a mailbox and its table, with further keys.
func (h *harness) account(name string, keys ...string) *pop3test.Mailbox {
	h.t.Helper()
	box := h.pop.AddMailbox(name, "secret of "+name)
	h.table(name, fmt.Sprintf("password = %q", "secret of "+name), keys...)
	return box
}

func (h *harness) table(name, password string, keys ...string) {
	h.t.Helper()
	mode := "tls_ca = \"ca.pem\""
	h.tables = append(h.tables, fmt.Sprintf("[[pop3]]\nname = %q\nhost = %q\nport = %d\nuser = %q\n%s\n%s\n%s\n",
		name, h.pop.Host(), h.pop.Port(), name, password, mode, strings.Join(keys, "\n")))
	h.configure()
}

// configure writes the configuration anew.
func (h *harness) configure() {
	h.t.Helper()
	text := h.top + "\nstate = \"state/state.db\"\n[[gmail]]\naddress = \"" + h.address + "\"\nclient = \"client.json\"\ntoken = \"token.json\"\nendpoint = \"" +
		h.gmail.URL() + "\"\n" + h.gmailExtra + "\n" + strings.Join(h.tables, "\n")
	h.write("config.toml", []byte(text))
}

// run runs a command and gives its exit code.
func (h *harness) run(args ...string) int {
	h.t.Helper()
	return h.runWith(h.t.Context(), &h.out, args...)
}

// runWith runs a command that can be interrupted, or whose results go
// elsewhere.
func (h *harness) runWith(ctx context.Context, stdout io.Writer, args ...string) int {
	h.out.Reset()
	h.err.Reset()
	w := app.World{Stdin: strings.NewReader(h.stdin), Stdout: stdout, Stderr: &h.err,
		Getenv: h.getenv, Home: h.dir, GOOS: "linux", Now: h.now, Sleep: h.sleep, Backoff: h.backoff,
		Mail: os.DirFS("../../testdata/mail"), OpenBrowser: func(string) error { return os.ErrNotExist },
		Progress: h.progress}
	if h.terminal != nil {
		w.Stderr, w.StderrIsTerminal = h.terminal, true
	}
	return app.Main(ctx, append([]string{"popbridge"}, args...), w)
}

// getenv has the configuration found without a flag.
func (h *harness) getenv(key string) string {
	switch {
	case key == "XDG_CONFIG_HOME":
		return filepath.Dir(h.dir)
	case key == "TERM" && h.terminal != nil:
		return "xterm"
	default:
		return ""
	}
}

// expect runs a command that is to end with a code.
func (h *harness) expect(code int, args ...string) {
	h.t.Helper()
	if got := h.run(args...); got != code {
		h.t.Fatalf("popbridge %s: exit %d, want %d\nstdout: %s\nstderr: %s", strings.Join(args, " "), got, code, &h.out, &h.err)
	}
}

func (h *harness) expectSilence() {
	h.t.Helper()
	if h.out.Len()+h.err.Len() > 0 {
		h.t.Fatalf("it was not silent\nstdout: %s\nstderr: %s", &h.out, &h.err)
	}
}
