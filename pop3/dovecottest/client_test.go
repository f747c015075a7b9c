package dovecottest_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/dovecottest"
)

const (
	user     = "someone@example.org"
	password = "pass:word {with} space"
)

// start runs a Dovecot for the test, which it skips where there is none.
func start(t *testing.T, opts dovecottest.Options) *dovecottest.Server {
	t.Helper()
	if opts.Users == nil {
		opts.Users = map[string]string{user: password}
	}
	return startIn(t, t.TempDir(), opts)
}

func startIn(t *testing.T, dir string, opts dovecottest.Options) *dovecottest.Server {
	t.Helper()
	s, err := dovecottest.Start(dir, opts)
	skipIfMissing(t, err)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func skipIfMissing(t *testing.T, err error) {
	t.Helper()
	if errors.Is(err, dovecottest.ErrMissing) && os.Getenv("POPBRIDGE_REQUIRE_DOVECOT") != "1" {
		t.Skipf("needs Dovecot: %v", err)
	}
}

// client is a POP3 session that reads like a transcript.
type client struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

func dial(t *testing.T, s *dovecottest.Server) *client {
	t.Helper()
	conn, err := net.Dial("tcp", net.JoinHostPort(s.Host(), strconv.Itoa(s.POP3Port())))
	if err != nil {
		t.Fatal(err)
	}
	return wrap(t, conn)
}

func wrap(t *testing.T, conn net.Conn) *client {
	t.Helper()
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &client{t: t, conn: conn, r: bufio.NewReader(conn)}
}

// line reads a line, which must begin with prefix.
func (c *client) line(prefix string) string {
	c.t.Helper()
	got, err := c.r.ReadString('\n')
	if err != nil {
		c.t.Fatalf("read a line: %v", err)
	}
	if !strings.HasPrefix(got, prefix) {
		c.t.Fatalf("got %q, want %q", got, prefix)
	}
	return strings.TrimRight(got, "\r\n")
}

func (c *client) send(command, prefix string) string {
	c.t.Helper()
	if _, err := fmt.Fprintf(c.conn, "%s\r\n", command); err != nil {
		c.t.Fatal(err)
	}
	return c.line(prefix)
}

func (c *client) multi(command string) []string {
	c.t.Helper()
	c.send(command, "+OK")
	var lines []string
	for {
		line := c.line("")
		if line == "." {
			return lines
		}
		lines = append(lines, line)
	}
}

func (c *client) login() *client {
	c.t.Helper()
	c.line("+OK")
	c.send("USER "+user, "+OK")
	c.send("PASS "+password, "+OK")
	return c
}

func (c *client) uids() []string {
	c.t.Helper()
	var uids []string
	for _, line := range c.multi("UIDL") {
		_, uid, _ := strings.Cut(line, " ")
		uids = append(uids, uid)
	}
	return uids
}

func deliver(t *testing.T, s *dovecottest.Server, raws ...string) {
	t.Helper()
	for _, raw := range raws {
		if err := s.Deliver(user, []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
}

func mail(n int) string { return fmt.Sprintf("Subject: %d\r\n\r\nbody %d\r\n", n, n) }
