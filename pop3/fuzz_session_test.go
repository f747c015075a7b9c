package pop3

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// recording is a connection whose server says what it has to say, whatever
// the client sends.
type recording struct {
	server *bytes.Reader
	sent   bytes.Buffer
	closed bool
}

func (r *recording) Read(p []byte) (int, error) {
	if r.closed {
		return 0, net.ErrClosed
	}
	return r.server.Read(p)
}

func (r *recording) Write(p []byte) (int, error) {
	if r.closed {
		return 0, net.ErrClosed
	}
	return r.sent.Write(p)
}

func (r *recording) Close() error                     { r.closed = true; return nil }
func (r *recording) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (r *recording) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (r *recording) SetDeadline(time.Time) error      { return nil }
func (r *recording) SetReadDeadline(time.Time) error  { return nil }
func (r *recording) SetWriteDeadline(time.Time) error { return nil }

// What a client may send: one command, or response of SASL, a line, and nothing
// before it.
var command = regexp.MustCompile(`^(CAPA|USER me|PASS canary-7f3a|APOP me [0-9a-f]{32}|AUTH LOGIN|AUTH PLAIN( AG1lAGNhbmFyeS03ZjNh)?|AG1lAGNhbmFyeS03ZjNh|bWU=|Y2FuYXJ5LTdmM2E=|STAT|UIDL|LIST|TOP [0-9]+ 0|(RETR|DELE) [0-9]+|QUIT)$`)

// FuzzSession is a whole session with a server that says anything. It tells
// no secret, sends nothing but commands, and commits only what went well. A
// server that can't do TLS never gets to see the credentials.
func FuzzSession(f *testing.F) {
	f.Fuzz(func(t *testing.T, server []byte, starttls, pipelining, apop bool) {
		r := &recording{server: bytes.NewReader(server)}
		o := Options{Host: "127.0.0.1", User: "me", Password: "canary-7f3a", TLS: TLSNone, Pipelining: pipelining,
			Dial: func(context.Context, string, string) (net.Conn, error) { return r, nil }}
		if starttls {
			o.TLS = TLSStart
		}
		if apop {
			o.Auth = AuthAPOP
		}
		listed, failed := wholeSession(t, o, len(server))
		sent := r.sent.String()
		if !r.closed {
			t.Error("the connection is left open")
		}
		if starttls {
			if hello, ok := strings.CutPrefix(sent, "STLS\r\n"); sent != "" && !ok || hello != "" && hello[0] != 0x16 {
				t.Errorf("sent in the clear: %q", sent)
			}
			return
		}
		checkCommands(t, sent, listed, failed)
	})
}

func checkCommands(t *testing.T, sent string, listed Listing, failed bool) {
	for line := range strings.SplitSeq(strings.TrimSuffix(sent, "\r\n"), "\r\n") {
		if sent != "" && !command.MatchString(line) {
			t.Errorf("sent %q", sent)
		}
		if line == "QUIT" && failed {
			t.Errorf("QUIT after a failure: %q", sent)
		}
		var number int
		if n, ok := strings.CutPrefix(line, "DELE "); ok {
			for _, digit := range n {
				number = 10*number + int(digit-'0')
			}
			if !slices.ContainsFunc(listed.Entries, func(e Entry) bool { return e.Number == number }) {
				t.Errorf("DELE %d of %+v", number, listed)
			}
		}
	}
}

// wholeSession does everything once, and tells whether something before QUIT
// failed. Most is how many octets the server has to say.
func wholeSession(t *testing.T, o Options, most int) (l Listing, failed bool) {
	ctx := context.Background()
	s, err := Dial(ctx, o)
	if checkError(t, err) {
		return l, true
	}
	defer s.Quit(ctx) // ends it, should the listing have failed; else it is over
	if l, err = s.List(ctx); checkError(t, err) {
		return l, true
	}
	var numbers []int
	for _, e := range l.Entries {
		numbers = append(numbers, e.Number)
	}
	received := func(_ int, message io.Reader, err error) error {
		if checkError(t, err) {
			return nil // the message is refused, the session goes on
		}
		n, err := io.Copy(io.Discard, message)
		if n > int64(most) {
			t.Errorf("%d octets of %d", n, most)
		}
		checkError(t, err)
		return err
	}
	for _, fetch := range []func() error{
		func() error { return s.Top(ctx, slices.Values(numbers), received) },
		func() error { return s.Retr(ctx, slices.Values(numbers), received) },
		func() error { _, err := s.Dele(ctx, numbers); return err },
	} {
		if checkError(t, fetch()) {
			return l, true
		}
	}
	checkError(t, s.Quit(ctx))
	return l, false
}

// checkError tells whether there is an error, which has to be fit to be shown.
func checkError(t *testing.T, err error) bool {
	t.Helper()
	if err == nil {
		return false
	}
	var e *Error
	if !errors.As(err, &e) || e.Kind < Unreachable || e.Kind > Refused {
		t.Errorf("%#v is no error of a session", err)
	}
	checkPrintable(t, err.Error())
	if strings.Contains(err.Error(), "canary-7f3a") {
		t.Errorf("%q tells the password", err)
	}
	return true
}
