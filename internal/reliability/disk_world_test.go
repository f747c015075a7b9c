package reliability_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// gmailAddress is the Gmail mailbox of a diskWorld.
const gmailAddress = "shop@example.org"

// diskWorld is a provider, a Gmail, and a configuration for the real program,
// whose disk the test has a hand in.
type diskWorld struct {
	t     *testing.T
	dir   string
	state string
	pop   *pop3test.Server
	gmail *gmailtest.Server
	// endpoint is where Gmail is, token the token file; destination are
	// further keys of [[gmail]].
	endpoint, token, destination string
	tables                       map[string]string
	// sent is what was ever put into a mailbox, by user and UID.
	sent map[string]map[string][]byte
	// wrap is put before each command: what confines the program.
	wrap []string
	// stdin is what the next command reads.
	stdin string
	// heard is all that was said on standard error.
	heard string
}

// diskOptions are those of a world that differ from test to test.
type diskOptions struct {
	gmail  gmailtest.Options
	verify bool
	// state is the state file; empty is one in the world's folder.
	state string
}

// newDiskWorld starts the servers. With verify, Gmail may be asked.
func newDiskWorld(t *testing.T, o diskOptions) *diskWorld {
	t.Helper()
	w := &diskWorld{t: t, dir: t.TempDir(), tables: map[string]string{}, sent: map[string]map[string][]byte{}}
	w.state = o.state
	if w.state == "" {
		w.state = filepath.Join(w.dir, "state", "state.db")
	}
	var err error
	w.pop, err = pop3test.Start(pop3test.Options{Pipelining: true})
	w.must(err)
	t.Cleanup(func() { w.must(w.pop.Close()) })
	o.gmail.Addresses = []string{gmailAddress}
	w.gmail, err = gmailtest.Start(o.gmail)
	w.must(err)
	t.Cleanup(w.gmail.Close)
	scopes := []string{gmailtest.ScopeInsert, gmailtest.ScopeLabels}
	w.destination = "units_per_minute = 0"
	w.token, w.endpoint = w.path("token.json"), w.gmail.URL()
	if o.verify {
		scopes = append(scopes, gmailtest.ScopeReadonly)
		w.destination += "\naccess = \"verify\""
	}
	w.write("client.json", w.gmail.ClientJSON())
	w.write("token.json", w.gmail.TokenJSON(gmailAddress, scopes...))
	return w
}

func (w *diskWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *diskWorld) path(name string) string { return filepath.Join(w.dir, name) }

func (w *diskWorld) write(name string, content []byte) {
	w.t.Helper()
	w.must(os.WriteFile(w.path(name), content, 0o600))
}

// account adds a mailbox and its table, with further keys.
func (w *diskWorld) account(name string, keys ...string) {
	w.pop.AddMailbox(name, "secret of "+name)
	w.sent[name] = map[string][]byte{}
	w.tables[name] = fmt.Sprintf("name = %q\nhost = %q\nport = %d\ntls = \"none\"\nuser = %q\npassword = %q\n%s\n",
		name, w.pop.Host(), w.pop.Port(), name, "secret of "+name, strings.Join(keys, "\n"))
	w.configure()
}

// configure writes the configuration anew.
func (w *diskWorld) configure() {
	w.t.Helper()
	var text strings.Builder
	if w.state != "" {
		fmt.Fprintf(&text, "state = %q\n", w.state)
	}
	fmt.Fprintf(&text, "[[gmail]]\naddress = %q\nclient = \"client.json\"\ntoken = %q\nendpoint = %q\n%s\n",
		gmailAddress, w.token, w.endpoint, w.destination)
	for _, table := range w.tables {
		text.WriteString("[[pop3]]\n" + table)
	}
	w.write("config.toml", []byte(text.String()))
}

// letter is a message like no other, but for its Message-ID.
func letter(messageID, body string) []byte {
	return []byte("From: orders@example.com\r\nTo: shop@example.org\r\nDate: Sun, 22 Nov 2026 06:00:00 +0000\r\nMessage-ID: <" +
		messageID + "@example.com>\r\n\r\n" + body + "\r\n")
}

// post puts messages into a mailbox, named by their UIDs.
func (w *diskWorld) post(user string, uids ...string) {
	for _, uid := range uids {
		w.postRaw(user, uid, letter(user+"."+uid, "the body of "+uid))
	}
}

func (w *diskWorld) postRaw(user, uid string, raw []byte) {
	w.sent[user][uid] = raw
	w.pop.Mailbox(user).Add(uid, raw)
}

// command is the program with this world's configuration.
func (w *diskWorld) command(args ...string) *exec.Cmd {
	line := append(append([]string{}, w.wrap...), program, "--config", w.path("config.toml"))
	line = append(line, args...)
	cmd := exec.CommandContext(w.t.Context(), line[0], line[1:]...)
	cmd.Dir = w.dir
	cmd.Env = []string{"HOME=" + w.dir, "PATH=" + os.Getenv("PATH")}
	return cmd
}

// outcome is how a command ended and what it said.
type outcome struct {
	code           int
	stdout, stderr string
}

func (o outcome) String() string {
	return fmt.Sprintf("exit %d\nstdout: %s\nstderr: %s", o.code, o.stdout, o.stderr)
}

func (w *diskWorld) run(args ...string) outcome {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := w.command(args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(w.stdin), &stdout, &stderr
	w.stdin = ""
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	w.heard += stderr.String()
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// expect runs a command that is to end with a code.
func (w *diskWorld) expect(code int, args ...string) outcome {
	w.t.Helper()
	o := w.run(args...)
	if o.code != code {
		w.t.Fatalf("popbridge %s: want exit %d, got %s", strings.Join(args, " "), code, o)
	}
	return o
}

// expectSilence runs the job, which is to go well.
func (w *diskWorld) expectSilence() {
	w.t.Helper()
	if o := w.expect(0, "run"); o.stdout+o.stderr != "" {
		w.t.Fatalf("it was not silent: %s", o)
	}
}
