package app_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/internal/app"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/provider"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// newcomer is a person who sets popbridge up, with a provider and nothing in
// the home folder.
type newcomer struct {
	t        *testing.T
	home     string
	pop      *pop3test.Server
	gmail    *gmailtest.Server
	terminal bool
	out, err bytes.Buffer
	// turns are what the person expects to be asked, and answers.
	turns []asked
	shown int // of err
	// stdin is for commands without a terminal.
	stdin     string
	providers fakeProviders
	// meanwhile happens before the last answer.
	meanwhile func()
	// interrupt ends the dialogue at the last question.
	interrupt context.CancelCauseFunc
}

// asked is a question and its answer; "^D" ends the input, "^C" interrupts.
type asked struct{ question, answer string }

// fakeProviders know what a test has them know.
type fakeProviders struct {
	known, found, named map[string]provider.Settings
	asked               []string
}

func (f *fakeProviders) Known(address string) (provider.Settings, bool) {
	s, ok := f.known[address]
	return s, ok
}

func (f *fakeProviders) Find(_ context.Context, address string) (provider.Settings, error) {
	f.asked = append(f.asked, address)
	if s, ok := f.found[address]; ok {
		return s, nil
	}
	return provider.Settings{}, provider.ErrUnknown
}

func (f *fakeProviders) ByName(name string) (provider.Settings, bool) {
	s, ok := f.named[name]
	return s, ok
}

const (
	officeAddress  = "office@example.org"
	officePassword = `it's "a" \ pass-word für alle`
)

func newNewcomer(t *testing.T, o pop3test.Options, turns ...asked) *newcomer {
	t.Helper()
	n := &newcomer{t: t, home: t.TempDir(), terminal: len(turns) > 0, turns: turns}
	var err error
	if n.pop, err = pop3test.Start(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.pop.Close() })
	box := n.pop.AddMailbox(officeAddress, officePassword)
	for _, uid := range []string{"a", "b", "c"} {
		box.Add(uid, []byte("Subject: "+uid+"\r\n\r\nbody\r\n"))
	}
	if n.gmail, err = gmailtest.Start(gmailtest.Options{Addresses: []string{"shop@example.org"}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.gmail.Close)
	return n
}

// settings are those of the provider's server, as if it were known.
func (n *newcomer) settings(tls string) provider.Settings {
	return provider.Settings{Provider: "Example Mail", Host: n.pop.Host(), Port: n.pop.Port(), TLS: tls,
		User: "%EMAILADDRESS%", Origin: "the table of providers", Secure: true}
}

// know has the server known for the address.
func (n *newcomer) know(s provider.Settings) {
	n.providers.known = map[string]provider.Settings{officeAddress: s}
}

func (n *newcomer) path(parts ...string) string {
	return filepath.Join(append([]string{n.home}, parts...)...)
}

func (n *newcomer) config() string { return n.path(".config", "popbridge", "config.toml") }

func (n *newcomer) write(path string, content []byte, mode os.FileMode) {
	n.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		n.t.Fatal(err)
	}
	if err := os.WriteFile(path, content, mode); err != nil {
		n.t.Fatal(err)
	}
}

// client puts the OAuth client where browsers put it.
func (n *newcomer) client() string {
	file := n.path("Downloads", "client_secret_123.json")
	n.write(file, n.gmail.ClientJSON(), 0o644)
	return file
}

// ca gives the flags for the server's certificate to be trusted.
func (n *newcomer) ca() []string {
	n.write(n.path("ca.pem"), n.pop.CertificatePEM(), 0o644)
	return []string{"--tls-ca", n.path("ca.pem")}
}

// reply gives the answer to what was just asked.
func (n *newcomer) reply() (string, error) {
	said := n.err.String()[n.shown:]
	n.shown = n.err.Len()
	if len(n.turns) == 0 {
		n.t.Errorf("one question more than expected:\n%s", said)
		return "", io.EOF
	}
	next := n.turns[0]
	n.turns = n.turns[1:]
	if prompt := said[strings.LastIndexByte(said, '\n')+1:]; !strings.HasPrefix(prompt, next.question) {
		n.t.Errorf("asked %q, expected %q", prompt, next.question)
	}
	if len(n.turns) == 0 && n.meanwhile != nil {
		n.meanwhile()
	}
	switch next.answer {
	case "^D":
		return "", io.EOF
	case "^C":
		n.interrupt(app.Signalled{Signal: os.Interrupt})
		<-n.t.Context().Done() // nobody types any more
		return "", io.EOF
	}
	return next.answer, nil
}

// Read is the terminal, a line at a time.
func (n *newcomer) Read(p []byte) (int, error) {
	line, err := n.reply()
	if err != nil {
		return 0, err
	}
	return copy(p, line+"\n"), nil
}

// init runs popbridge init and gives its exit code.
func (n *newcomer) init(args ...string) int {
	n.t.Helper()
	ctx, cancel := context.WithCancelCause(n.t.Context())
	defer cancel(nil)
	n.interrupt = cancel
	n.out.Reset()
	n.err.Reset()
	n.shown = 0
	w := app.World{Stdin: strings.NewReader(n.stdin), Stdout: &n.out, Stderr: &n.err, Home: n.home, GOOS: "linux",
		Getenv: func(key string) string { return map[string]string{"MAIL_PASSWORD": officePassword}[key] },
		Now:    func() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }, Providers: &n.providers}
	if n.terminal {
		w.Stdin, w.ReadSecret = n, n.reply
	}
	return app.Main(ctx, append([]string{"popbridge", "init"}, args...), w)
}

// expect runs popbridge init, which is to end with a code and to have asked
// all that was expected.
func (n *newcomer) expect(code int, args ...string) {
	n.t.Helper()
	if got := n.init(args...); got != code {
		n.t.Fatalf("exit %d, want %d\nstdout: %s\nstderr: %s", got, code, &n.out, &n.err)
	}
	if len(n.turns) > 0 {
		n.t.Errorf("never asked %q\n%s", n.turns, &n.err)
	}
	if text := n.out.String() + n.err.String(); strings.Contains(text, officePassword) {
		n.t.Errorf("the password is shown:\n%s", text)
	}
}

// says wants texts in what was said.
func (n *newcomer) says(texts ...string) {
	n.t.Helper()
	said := n.out.String() + n.err.String()
	for _, text := range texts {
		if !strings.Contains(said, text) {
			n.t.Errorf("%q isn't in\n%s", text, said)
		}
	}
}

// wrote loads what was written.
func (n *newcomer) wrote() (config.Gmail, config.POP3) {
	n.t.Helper()
	c, err := config.Load(n.config(), config.Env{Home: n.home, GOOS: "linux"})
	if err != nil {
		n.t.Fatal(err)
	}
	return c.Gmail[0], c.POP3[0]
}

// wroteNothing wants no file in the home folder but those that were there.
func (n *newcomer) wroteNothing() {
	n.t.Helper()
	if _, err := os.Stat(n.path(".config")); err == nil {
		files, _ := filepath.Glob(n.path(".config", "popbridge", "*"))
		n.t.Errorf("something was written: %q", files)
	}
}

// password reads the password of what was written, from where it says.
func (n *newcomer) password(a config.POP3) string {
	n.t.Helper()
	text, err := a.ReadPassword(n.t.Context(), config.Env{Home: n.home, GOOS: "linux",
		Getenv: func(string) string { return officePassword }})
	if err != nil {
		n.t.Fatal(err)
	}
	return text
}
