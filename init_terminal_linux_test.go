package main_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// console is a terminal with the real program at it.
type console struct {
	t *testing.T
	watch
	screen, keyboard *os.File // the two ends of a pseudo-terminal
	shown            strings.Builder
	read             int // of shown
	cmd              *exec.Cmd
	home             string
}

// openConsole starts the program at a new terminal, in an empty home folder.
func openConsole(t *testing.T, args ...string) *console {
	t.Helper()
	return openConsoleAt(t, t.TempDir(), nil, args...)
}

// openConsoleAt starts it in a home folder, with more of an environment.
func openConsoleAt(t *testing.T, home string, env []string, args ...string) *console {
	t.Helper()
	c := &console{t: t, watch: watch{changed: make(chan struct{})}, home: home}
	var err error
	if c.screen, c.keyboard, err = openTerminal(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.screen.Close() })
	t.Cleanup(func() { _ = c.keyboard.Close() })
	c.cmd = exec.Command("popbridge", args...)
	c.cmd.Env = append([]string{"HOME=" + c.home, "PATH=" + os.Getenv("PATH"), "TERM=xterm",
		"GORACE=atexit_sleep_ms=0", "GOCOVERDIR=" + os.Getenv("GOCOVERDIR")}, env...)
	c.cmd.Dir = c.home
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = c.keyboard, c.keyboard, c.keyboard
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() }) // it may be over
	go c.look()
	return c
}

// look keeps what is shown.
func (c *console) look() {
	buffer := make([]byte, 4096)
	for {
		n, err := c.screen.Read(buffer)
		c.change(func() { c.shown.Write(buffer[:n]) })
		if err != nil {
			return
		}
	}
}

// await waits until a text is shown after what was awaited before.
func (c *console) await(text string) {
	c.t.Helper()
	if !c.until(func() bool {
		i := strings.Index(c.shown.String()[c.read:], text)
		if i >= 0 {
			c.read += i + len(text)
		}
		return i >= 0
	}) {
		c.t.Fatalf("%q was never shown after\n%s", text, c.text())
	}
}

func (c *console) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shown.String()
}

func (c *console) press(keys string) {
	c.t.Helper()
	if _, err := io.WriteString(c.screen, keys); err != nil {
		c.t.Fatal(err)
	}
}

// echoes tells whether the terminal shows what is typed.
func (c *console) echoes() bool {
	c.t.Helper()
	mode, err := unix.IoctlGetTermios(int(c.keyboard.Fd()), unix.TCGETS)
	if err != nil {
		c.t.Fatal(err)
	}
	return mode.Lflag&unix.ECHO != 0
}

// awaitHidden waits until what is typed isn't shown. Nothing tells of that but
// the terminal's mode.
func (c *console) awaitHidden() {
	c.t.Helper()
	for deadline := time.Now().Add(longest); c.echoes(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			c.t.Fatal("a password would be shown")
		}
	}
}

// atTheEnd is shown after all that the program has to show.
const atTheEnd = "\x00"

// ends wants the program to end with a code, and the terminal as it was.
func (c *console) ends(code int) {
	c.t.Helper()
	got, err := exitCode(c.cmd.Wait())
	if err != nil || got != code {
		c.t.Fatalf("exit code %d, %v, want %d\n%s", got, err, code, c.text())
	}
	// What follows the program's last words shows that they have all come.
	if _, err := io.WriteString(c.keyboard, atTheEnd); err != nil {
		c.t.Fatal(err)
	}
	c.until(func() bool { return strings.HasSuffix(c.shown.String(), atTheEnd) })
	if !c.echoes() {
		c.t.Error("the terminal doesn't show any more what is typed")
	}
}

const typedPassword = `pass "word" \ ß`

// provider is a mailbox with two messages, and its server's certificate.
func provider(t *testing.T) (address string, flags []string) {
	t.Helper()
	pop, err := pop3test.Start(pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pop.Close() })
	box := pop.AddMailbox("office@localhost", typedPassword)
	box.Add("one", []byte("Subject: one\r\n\r\none\r\n"))
	box.Add("two", []byte("Subject: two\r\n\r\ntwo\r\n"))
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pop.CertificatePEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	return pop.Addr(), []string{"--tls-ca", ca}
}

func TestInitAtATerminal(t *testing.T) {
	server, flags := provider(t)
	gmail, err := gmailtest.Start(gmailtest.Options{Addresses: []string{address}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(gmail.Close)
	c := openConsole(t, append([]string{"init", "--endpoint", gmail.URL()}, flags...)...)
	client := filepath.Join(c.home, "client_secret_1.json")
	if err := os.WriteFile(client, gmail.ClientJSON(), 0o644); err != nil {
		t.Fatal(err)
	}
	c.await("Address: ")
	c.press("office@localhost\r")
	c.await("POP3 server: ")
	c.press(server + "\r")
	c.await("User name [office@localhost]: ")
	c.press("\r")
	c.await("Password")
	c.awaitHidden()
	c.press("wrong\r")
	c.await("Type the password again")
	c.await("Password")
	c.awaitHidden()
	c.press(typedPassword + "\r")
	c.await("logged in: 2 messages, ")
	c.await("Gmail address: ")
	c.press(address + "\r")
	c.await("Look messages up in Gmail [no]: ")
	c.press("\r")
	c.await("[" + client + "]: ")
	c.press("\r")
	c.await("Labels [INBOX, UNREAD]: ")
	c.press("Büro, INBOX\r")
	c.await("Days [14]: ")
	c.press("never\r")
	c.await("popbridge adopt localhost")
	c.await("run\r\n")
	c.ends(0)
	if text := c.text(); strings.Contains(text, typedPassword) || strings.Contains(text, "wrong") {
		t.Errorf("a password was shown:\n%s", text)
	}
	c.works()
}

// works has a dry run use what was written.
func (c *console) works() {
	c.t.Helper()
	cmd := exec.Command("popbridge", "run", "--dry-run")
	cmd.Env = c.cmd.Env
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "would import 2\n") {
		c.t.Errorf("%v: %s", err, out)
	}
}

// TestInitInterruptedAtATerminal: at each kind of question, and with the
// terminal as it was.
func TestInitInterruptedAtATerminal(t *testing.T) {
	_, flags := provider(t)
	for _, question := range []string{"Address: ", "Password"} {
		args := append([]string{"init", "--host", "127.0.0.1", "--no-login"}, flags...)
		if question == "Password" {
			args = append(args, "--address", "office@localhost", "--user", "office")
		}
		c := openConsole(t, args...)
		c.await(question)
		if question == "Password" {
			c.awaitHidden()
		}
		c.press("half an ans\x03")
		c.ends(130)
		if left, err := os.ReadDir(c.home); err != nil || len(left) > 0 {
			t.Errorf("it left %v, %v", left, err)
		}
	}
}

// Ctrl-D is no answer, be the question hidden or not.
func TestInitEndOfInputAtATerminal(t *testing.T) {
	c := openConsole(t, "init")
	c.await("Address: ")
	c.press("\x04")
	c.ends(64)
	c.await("popbridge: the input ended at: Address\r\nhint: popbridge init")

	c = openConsole(t, "init", "--address", "office@localhost", "--host", "127.0.0.1", "--user", "office", "--no-login")
	c.await("Password")
	c.awaitHidden()
	c.press("\x04")
	c.ends(64)
	c.await("popbridge: the input ended at: Password")
}
