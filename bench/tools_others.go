package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
)

// client is one of the others: a folder with its configuration, and one with
// what it keeps and delivers. Where this program runs as root it gives up root
// for the client, since getmail won't deliver mail otherwise.
type client struct {
	dir, host, port string
	account
}

// newClient makes the folder of a tool, with its configuration rc.
func (b *bench) newClient(name string, a account, rc func(client) string) (client, error) {
	dir, err := b.folder(name)
	if err != nil {
		return client{}, err
	}
	c := client{dir: dir, account: a}
	if c.host, c.port, err = net.SplitHostPort(a.Addr); err != nil {
		return c, fmt.Errorf("configure %s: %w", name, err)
	}
	if err := os.WriteFile(c.path("ca.pem"), a.CA, 0o600); err != nil {
		return c, fmt.Errorf("configure %s: %w", name, err)
	}
	if err := os.WriteFile(c.path("rc"), []byte(rc(c)), 0o600); err != nil {
		return c, fmt.Errorf("configure %s: %w", name, err)
	}
	return c, nil
}

func (c client) path(name string) string { return filepath.Join(c.dir, name) }

func (c client) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.dir
	becomeNobody(cmd)
	cmd.Env = []string{"HOME=" + c.dir, "PATH=" + os.Getenv("PATH"), "FETCHMAILHOME=" + c.path("data")}
	return cmd
}

// fresh has the data folder hold nothing but an empty Maildir.
func (c client) fresh() error {
	if err := os.RemoveAll(c.path("data")); err != nil {
		return err
	}
	for _, f := range []string{"data", "data/mail", "data/mail/cur", "data/mail/new", "data/mail/tmp"} {
		if err := os.Mkdir(c.path(f), 0o700); err != nil {
			return err
		}
	}
	return giveToNobody(c.dir)
}

// inMaildir counts the messages delivered.
func (c client) inMaildir() (int, error) {
	entries, err := os.ReadDir(c.path("data/mail/new"))
	if err != nil {
		return 0, fmt.Errorf("count the mail: %w", err)
	}
	return len(entries), nil
}

// mpop delivers to a Maildir.
func (b *bench) mpop(a account) (tool, error) {
	c, err := b.newClient("mpop", a, func(c client) string {
		return fmt.Sprintf(`account default
host %s
port %s
user %q
password %q
tls on
tls_starttls off
tls_trust_file %q
keep on
pipelining auto
uidls_file %q
delivery maildir %q
`, c.host, c.port, c.Name, c.Password, c.path("ca.pem"), c.path("data/uidls"), c.path("data/mail"))
	})
	return tool{name: "mpop", fresh: c.fresh, delivered: c.inMaildir,
		command: func() *exec.Cmd { return c.command("mpop", "--file="+c.path("rc"), "--quiet") }}, err
}

// getmail delivers to a Maildir. It misses the end of its own delivery
// process now and then, when that is the faster one, and fails after the timeout.
func (b *bench) getmail(a account) (tool, error) {
	c, err := b.newClient("getmail", a, func(c client) string {
		return fmt.Sprintf(`[retriever]
type = SimplePOP3SSLRetriever
server = %s
port = %s
username = %s
password = %s
ca_certs = %s
timeout = 10
[destination]
type = Maildir
path = %s/
[options]
read_all = false
delete = false
verbose = 0
`, c.host, c.port, c.Name, c.Password, c.path("ca.pem"), c.path("data/mail"))
	})
	return tool{name: "getmail", fresh: c.fresh, delivered: c.inMaildir, flaky: 4,
		command: func() *exec.Cmd {
			return c.command("getmail", "--getmaildir="+c.path("data"), "--rcfile="+c.path("rc"))
		}}, err
}

// fetchmail has no delivery of its own: it starts a command for each message.
// The cheapest that still writes mail to disk appends it to one file.
func (b *bench) fetchmail(a account) (tool, error) {
	c, err := b.newClient("fetchmail", a, func(c client) string {
		return fmt.Sprintf(`set no bouncemail
poll %s with protocol POP3 and port %s uidl:
  user %q there with password %q
  ssl sslcertck sslcertfile %q sslcommonname "localhost"
  keep
  mda "exec cat >>%s"
`, c.host, c.port, c.Name, c.Password, c.path("ca.pem"), c.path("data/mbox"))
	})
	return tool{name: "fetchmail", fresh: c.fresh,
		delivered: func() (int, error) { return countMessageIDs(c.path("data/mbox")) },
		fine:      []int{1}, // there was no new mail
		command: func() *exec.Cmd {
			return c.command("fetchmail", "--fetchmailrc", c.path("rc"), "--silent", "--nodetach")
		}}, err
}

// countMessageIDs counts the header fields of that name in a file of messages.
func countMessageIDs(path string) (int, error) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return 0, nil
	}
	return bytes.Count(data, []byte("\nMessage-ID: <")), err
}
