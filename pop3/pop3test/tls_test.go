package pop3test_test

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestImplicitTLS(t *testing.T) {
	s := start(t, pop3test.Options{TLS: pop3test.ImplicitTLS}, "1\r\n")
	conn, err := tls.Dial("tcp", s.Addr(), trusting(t, s))
	if err != nil {
		t.Fatal(err)
	}
	c := wrap(t, conn).login().say("RETR 1", "QUIT").hear("+OK…", "1", ".", "+OK bye")
	if rest, err := c.end(); rest != "" || err != nil {
		t.Errorf("after QUIT: %q, %v", rest, err)
	}
	if sha256.Sum256(conn.ConnectionState().PeerCertificates[0].Raw) != s.Fingerprint() {
		t.Error("the fingerprint is not the certificate's")
	}
}

func TestSTLS(t *testing.T) {
	s := start(t, pop3test.Options{TLS: pop3test.STLS})
	c := dial(t, s).hear("+OK…")
	c.say("CAPA")
	if !slices.Contains(capabilities(c), "STLS") {
		t.Error("STLS isn't announced")
	}
	c.say("USER " + user).hear("+OK…").say("STLS").hear("+OK…")
	conn := tls.Client(c.conn, trusting(t, s))
	if err := conn.Handshake(); err != nil {
		t.Fatal(err)
	}
	c = wrap(t, conn).say("CAPA")
	if slices.Contains(capabilities(c), "STLS") {
		t.Error("STLS is still announced")
	}
	c.say("STLS").hear("-ERR…")
	c.say("PASS " + password).hear("-ERR USER first") // what was said in the clear is forgotten
	c.say("USER "+user, "PASS "+password).hear("+OK…", "+OK…")
}

func capabilities(c *client) []string {
	c.t.Helper()
	c.hear("+OK…")
	var lines []string
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			c.t.Fatal(err)
		}
		if line == ".\r\n" {
			return lines
		}
		lines = append(lines, strings.TrimSpace(line))
	}
}

func TestSTLSRefusesWhatWasSentAhead(t *testing.T) {
	c := dial(t, start(t, pop3test.Options{TLS: pop3test.STLS})).hear("+OK…")
	c.say("STLS", "USER "+user).hear("-ERR…")
	if rest, err := c.end(); rest != "" || err != nil {
		t.Errorf("after the refusal: %q, %v", rest, err)
	}
}

func TestMaxTLS(t *testing.T) {
	s := start(t, pop3test.Options{TLS: pop3test.ImplicitTLS, MaxTLS: tls.VersionTLS10})
	config := trusting(t, s)
	if conn, err := tls.Dial("tcp", s.Addr(), config); err == nil {
		conn.Close()
		t.Error("spoke a newer TLS")
	}
	config.MinVersion = tls.VersionTLS10
	conn, err := tls.Dial("tcp", s.Addr(), config)
	if err != nil {
		t.Fatal(err)
	}
	wrap(t, conn).login()
}

func TestACutInTLS(t *testing.T) {
	opts := faulty("RETR", pop3test.Fault{Kind: pop3test.Cut, N: 10})
	opts.TLS = pop3test.ImplicitTLS
	s := start(t, opts, "1\r\n")
	conn, err := tls.Dial("tcp", s.Addr(), trusting(t, s))
	if err != nil {
		t.Fatal(err)
	}
	got, err := wrap(t, conn).login().say("RETR 1").end()
	// crypto/tls takes the end of the connection between records for an end.
	if got != "+OK 3 octe" || err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestFaultsBeforeTheHandshake(t *testing.T) {
	for _, kind := range []pop3test.FaultKind{pop3test.Close, pop3test.Reset, pop3test.Garble} {
		opts := faulty("tls", pop3test.Fault{Kind: kind})
		opts.TLS = pop3test.ImplicitTLS
		s := start(t, opts)
		if conn, err := tls.Dial("tcp", s.Addr(), trusting(t, s)); err == nil {
			conn.Close()
			t.Errorf("kind %d: the handshake went well", kind)
		}
	}
}

func TestAnEmptyCertificateIsRefused(t *testing.T) {
	s, err := pop3test.Start(pop3test.Options{TLS: pop3test.STLS, Certificate: new(tls.Certificate)})
	if err == nil {
		s.Close()
		t.Error("no error")
	}
}

func TestHandshakeMayBreakOff(t *testing.T) {
	for name, test := range map[string]struct {
		fault pop3test.Fault
		want  error
	}{
		"cut":    {pop3test.Fault{Kind: pop3test.Cut, N: 50}, io.ErrUnexpectedEOF},
		"reset":  {pop3test.Fault{Kind: pop3test.Cut, N: 50, RST: true}, syscall.ECONNRESET},
		"freeze": {pop3test.Fault{Kind: pop3test.Freeze, N: 50}, context.DeadlineExceeded},
	} {
		opts := faulty("tls", test.fault)
		opts.TLS = pop3test.ImplicitTLS
		s := start(t, opts)
		dialer := net.Dialer{}
		if test.fault.Kind == pop3test.Freeze {
			dialer.Timeout = 200 * time.Millisecond
		}
		if _, err := tls.DialWithDialer(&dialer, "tcp", s.Addr(), trusting(t, s)); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
