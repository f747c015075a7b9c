package pop3test_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

const (
	user     = "someone@example.org"
	password = "a pass word"
)

// start runs a server with one mailbox that holds the raw messages, with unique
// ids u1, u2 and so on.
func start(t *testing.T, opts pop3test.Options, raws ...string) *pop3test.Server {
	t.Helper()
	s, err := pop3test.Start(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	box := s.AddMailbox(user, password)
	for i, raw := range raws {
		box.Add(fmt.Sprintf("u%d", i+1), []byte(raw))
	}
	return s
}

// client is a session that reads like a transcript: what is sent, and what
// must come.
type client struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

func wrap(t *testing.T, conn net.Conn) *client {
	t.Helper()
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return &client{t: t, conn: conn, r: bufio.NewReader(conn)}
}

func dial(t *testing.T, s *pop3test.Server) *client {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	return wrap(t, conn)
}

// say sends lines, a CRLF after each, in one write.
func (c *client) say(lines ...string) *client {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, strings.Join(lines, "\r\n")+"\r\n"); err != nil {
		c.t.Fatal(err)
	}
	return c
}

// hear reads exactly these lines, a CRLF after each; one that ends in "…" is a
// beginning.
func (c *client) hear(lines ...string) *client {
	c.t.Helper()
	for _, want := range lines {
		got, err := c.r.ReadString('\n')
		if err != nil {
			c.t.Fatalf("got %q and %v, want %q", got, err, want)
		}
		beginning, open := strings.CutSuffix(want, "…")
		if !open && got != want+"\r\n" || open && !strings.HasPrefix(got, beginning) {
			c.t.Fatalf("got %q, want %q", got, want)
		}
	}
	return c
}

// end asks for the end of the connection, and gives what came before.
func (c *client) end() (string, error) {
	c.t.Helper()
	rest, err := io.ReadAll(c.r)
	return string(rest), err
}

func (c *client) login() *client {
	c.t.Helper()
	c.hear("+OK…")
	return c.say("USER " + user).hear("+OK…").say("PASS " + password).hear("+OK…")
}

func waitIdle(t *testing.T, s *pop3test.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.WaitIdle(ctx); err != nil {
		t.Fatal(err)
	}
}

func trusting(t *testing.T, s *pop3test.Server) *tls.Config {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(s.CertificatePEM()) {
		t.Fatal("no certificate in the PEM")
	}
	return &tls.Config{RootCAs: roots, ServerName: "localhost"}
}

// faulty puts f in the way of one command, each time it comes.
func faulty(command string, f pop3test.Fault) pop3test.Options {
	return pop3test.Options{Fault: func(e pop3test.Event) pop3test.Fault {
		if e.Command == command {
			return f
		}
		return pop3test.Fault{}
	}}
}
