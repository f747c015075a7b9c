package pop3

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// wire is the connection that go-pop3 is given. It hands over one status
// line, and only while one is awaited: go-pop3 reads ahead, and what follows
// a status line is not its to read.
type wire struct {
	net.Conn
	guard *guard
	in    *bufio.Reader

	awaited bool
	sasl    bool   // what is awaited may be a challenge
	line    []byte // what go-pop3 has still to read of the status line
	reply   reply
	err     error // why there is no reply

	unanswered  bool // something was written since the last read
	stats       Stats
	interrupted atomic.Pointer[error]
}

func newWire(raw net.Conn, timeout time.Duration) *wire {
	g := &guard{Conn: raw, timeout: timeout}
	g.renew()
	w := &wire{Conn: g, guard: g}
	w.in = bufio.NewReaderSize(source{w}, bufferSize)
	return w
}

// secure puts TLS over the connection. Nothing may be buffered.
func (w *wire) secure(config *tls.Config) (*tls.Conn, error) {
	w.guard.renew()
	t := tls.Client(w.guard, config)
	if err := t.Handshake(); err != nil {
		return nil, err
	}
	w.Conn = t
	return t, nil
}

// source reads the connection as it is at the time, and counts.
type source struct{ w *wire }

func (s source) Read(p []byte) (int, error) {
	if s.w.unanswered {
		s.w.unanswered = false
		s.w.stats.RoundTrips++
	}
	n, err := s.w.Conn.Read(p)
	s.w.stats.BytesIn += int64(n)
	return n, err
}

// await lets go-pop3 read one status line.
func (w *wire) await() {
	w.awaited, w.line, w.reply, w.err = true, nil, reply{}, nil
	w.guard.renew()
}

// Read gives go-pop3 the status line that is awaited.
func (w *wire) Read(p []byte) (int, error) {
	if len(w.line) == 0 {
		if !w.awaited {
			return 0, errors.New("no status line is awaited")
		}
		w.awaited = false
		if w.reply, w.err = w.readReply(); w.err != nil {
			return 0, w.err
		}
		w.line = w.reply.canonical()
	}
	n := copy(p, w.line)
	w.line = w.line[n:]
	return n, nil
}

// Write sends commands.
func (w *wire) Write(p []byte) (int, error) {
	w.unanswered = true
	return w.Conn.Write(p)
}

func (w *wire) readReply() (reply, error) {
	line, err := readLine(w.in)
	if err != nil {
		return reply{}, err
	}
	w.guard.renew() // what follows has an allowance of its own
	if w.sasl {
		if r, ok := parseChallenge(string(line)); ok {
			return r, nil
		}
	}
	return parseReply(string(line))
}

// readLine reads a line that ends with CRLF, and gives it without. It is
// valid until the next read.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull), err == nil && len(line) > maxLine:
		return nil, violation("a line is longer than %d octets", maxLine)
	case err != nil:
		return nil, err
	}
	line, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok {
		return nil, violation("a line ends without CRLF")
	}
	return line, nil
}

// watch cuts the connection when the context is done, until stop is called;
// stop then tells whether that was in time.
func (w *wire) watch(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		err := ctx.Err()
		w.interrupted.Store(&err)
		w.cut()
	})
}

// cut closes the connection at once. It may be called at any time.
func (w *wire) cut() error { return w.guard.Conn.Close() }

// fault makes an error of the connection an *Error, whose Op is missing and
// whose Reply is as the server sent it.
func (w *wire) fault(err error) *Error {
	interrupted := w.interrupted.Load()
	ours, isOurs := errors.AsType[*Error](err)
	switch {
	case interrupted != nil:
		err = *interrupted
	case isOurs:
		return ours
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fmt.Errorf("no progress within %v: %w", w.guard.timeout, err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("the server closed the connection: %w", io.ErrUnexpectedEOF)
	}
	return &Error{Kind: Unreachable, Err: err}
}

// violation says how the server breaks the protocol or a limit.
func violation(format string, args ...any) *Error {
	return &Error{Kind: Protocol, Err: fmt.Errorf(format, args...)}
}
