package pop3_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3"
)

// impatient has a timeout that a test can wait for.
func impatient(o pop3.Options) pop3.Options {
	o.Timeout = 200 * time.Millisecond
	return o
}

func TestSilentServer(t *testing.T) {
	for name, o := range map[string]pop3.Options{
		"greeting":  play(t),
		"CAPA":      play(t, "S: +OK", "C: CAPA", "S: +OK", "S: UIDL"),
		"handshake": trusting(listener(t, func(c net.Conn) { io.Copy(io.Discard, c) }), pop3.TLSImplicit),
	} {
		_, err := pop3.Dial(t.Context(), impatient(o))
		if wantKind(t, err, pop3.Unreachable); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %v, want a time-out", name, err)
		}
	}
}

// trickle sends begin at once, and then an octet now and then for ever.
func trickle(c net.Conn, begin string) {
	_, err := io.WriteString(c, begin)
	for err == nil {
		time.Sleep(10 * time.Millisecond) // what is tested is time
		_, err = io.WriteString(c, "x")
	}
}

func TestTrickle(t *testing.T) {
	_, err := pop3.Dial(t.Context(), impatient(listener(t, func(c net.Conn) { trickle(c, "+OK ") })))
	if wantKind(t, err, pop3.Unreachable); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("greeting: %v, want a time-out", err)
	}

	s := dial(t, impatient(listener(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		io.WriteString(c, "+OK\r\n")
		for _, answer := range []string{"-ERR", "+OK", "+OK"} { // CAPA, USER, PASS
			in.ReadString('\n')
			io.WriteString(c, answer+"\r\n")
		}
		in.ReadString('\n') // RETR
		trickle(c, "+OK\r\n")
	})))
	var got bytes.Buffer
	err = s.Retr(t.Context(), numbers(1), collect(&got))
	if wantKind(t, err, pop3.Unreachable); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("message: %v, want a time-out", err)
	}
}

// TestSlowServer has pauses that together are longer than the timeout.
func TestSlowServer(t *testing.T) {
	t.Parallel()
	const pause = 600 * time.Millisecond
	o := listener(t, func(c net.Conn) {
		time.Sleep(pause)
		io.WriteString(c, "+OK\r\n")
		bufio.NewReader(c).ReadString('\n') // CAPA
		time.Sleep(pause)
		io.WriteString(c, "+OK\r\n")
		time.Sleep(pause)
		io.WriteString(c, ".\r\n+OK\r\n") // out of turn, which ends it
	})
	o.Timeout = time.Second
	_, err := pop3.Dial(t.Context(), o)
	wantKind(t, err, pop3.Protocol)
}

func TestSlowReceiverIsNoTimeout(t *testing.T) {
	s := dial(t, impatient(play(t, opened("C: RETR 1", "S: +OK", "S: "+strings.Repeat("x", 200<<10), "S: .")...)))
	err := s.Retr(t.Context(), numbers(1), func(_ int, message io.Reader, _ error) error {
		if _, err := io.ReadFull(message, make([]byte, 10)); err != nil {
			return err
		}
		time.Sleep(300 * time.Millisecond) // a slow disk, longer than the timeout
		_, err := io.Copy(io.Discard, message)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCancelInMidMessage(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := dial(t, play(t, opened("C: RETR 1", "S: +OK", "S: half")...))
	err := s.Retr(ctx, numbers(1), func(_ int, message io.Reader, _ error) error {
		if _, err := io.ReadFull(message, make([]byte, 6)); err != nil {
			return err
		}
		cancel()
		_, err := message.Read(make([]byte, 1))
		return err
	})
	if wantKind(t, err, pop3.Unreachable); !errors.Is(err, context.Canceled) {
		t.Errorf("Retr: %v, want that the context is done", err)
	}
	if err := s.Quit(t.Context()); err == nil {
		t.Error("QUIT after a doubt")
	}
}

func TestCancelWhileDialing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := listener(t, func(c net.Conn) {
		io.WriteString(c, "+OK\r\n")
		c.Read(make([]byte, 9))
		cancel()
		io.Copy(io.Discard, c)
	})
	_, err := pop3.Dial(ctx, o)
	if wantKind(t, err, pop3.Unreachable); !errors.Is(err, context.Canceled) {
		t.Errorf("Dial: %v, want that the context is done", err)
	}
}
