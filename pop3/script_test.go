package pop3_test

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3"
)

// play starts a server that follows a transcript in its one session:
//
//	"S: text"  it sends a line
//	"R: text"  it sends text without a CRLF
//	"C: text"  it expects a line
//	"TLS"      it shakes hands
//	"CLOSE"    it closes the connection
//
// At the end it expects that the client closes without another word. It
// returns options that log in to it as user "me", password "secret".
func play(t *testing.T, transcript ...string) pop3.Options {
	t.Helper()
	return listener(t, func(conn net.Conn) {
		(&player{t: t, conn: conn, in: bufio.NewReader(conn)}).play(transcript)
	})
}

type player struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func (p *player) play(transcript []string) {
	for _, step := range transcript {
		text := ""
		if len(step) > 3 {
			text = step[3:]
		}
		switch {
		case strings.HasPrefix(step, "S: "):
			io.WriteString(p.conn, text+"\r\n")
		case strings.HasPrefix(step, "R: "):
			io.WriteString(p.conn, text)
		case strings.HasPrefix(step, "C: "):
			line, err := p.in.ReadString('\n')
			if line != text+"\r\n" {
				p.t.Errorf("client sent %q (%v), want %q", line, err, text+"\r\n")
				return
			}
		case step == "TLS":
			p.conn = tls.Server(p.conn, &tls.Config{Certificates: []tls.Certificate{certificate}})
			p.in = bufio.NewReader(p.conn)
		case step == "CLOSE":
			return
		default:
			p.t.Errorf("no such step: %q", step)
		}
	}
	rest, err := io.ReadAll(p.in)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		p.t.Error("client did not close the connection")
	}
	if len(rest) > 0 {
		p.t.Errorf("client sent %q after the end", rest)
	}
}

// opened is a transcript of a login, followed by more. The server pipelines.
func opened(more ...string) []string {
	return append([]string{
		"S: +OK ready", "C: CAPA", "S: +OK", "S: UIDL", "S: TOP", "S: USER", "S: PIPELINING", "S: .",
		"C: USER me", "S: +OK", "C: PASS secret", "S: +OK",
	}, more...)
}

// dial opens a session, which the test ends with Abort at the latest.
func dial(t *testing.T, o pop3.Options) *pop3.Session {
	t.Helper()
	s, err := pop3.Dial(t.Context(), o)
	if err != nil {
		t.Fatalf("Dial: %v", err)
	}
	t.Cleanup(func() { s.Abort() })
	return s
}

// wantKind fails the test unless err is an *Error of the kind.
func wantKind(t *testing.T, err error, kind pop3.Kind) *pop3.Error {
	t.Helper()
	e, ok := errors.AsType[*pop3.Error](err)
	if !ok || e.Kind != kind {
		t.Fatalf("error is %v (%+v), want kind %d", err, e, kind)
	}
	if e.Op == "" || e.Err == nil {
		t.Errorf("error lacks its operation or its cause: %+v", e)
	}
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("error tells the password: %v", err)
	}
	return e
}
