package pop3_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"slices"
	"testing"

	"github.com/popbridge/popbridge/pop3"
)

func numbers(n ...int) iter.Seq[int] { return slices.Values(n) }

// collect writes each message, its number before it, or its error.
func collect(to *bytes.Buffer) pop3.Receive {
	return func(number int, message io.Reader, err error) error {
		if err != nil {
			fmt.Fprintf(to, "[%d %v]", number, err)
			return nil
		}
		fmt.Fprintf(to, "[%d]", number)
		_, err = io.Copy(to, message)
		return err
	}
}

func TestRetr(t *testing.T) {
	s := dial(t, play(t, opened("C: RETR 1", "C: RETR 2", "C: RETR 7", "S: +OK", "R: a\r\n..b\n.\nc\r\n.\r\n",
		"S: -ERR [SYS/TEMP] gone", "S: +OK 0 octets", "S: .", "C: QUIT", "S: +OK")...))
	before := s.Stats()
	var got bytes.Buffer
	if err := s.Retr(t.Context(), numbers(1, 2, 7), collect(&got)); err != nil {
		t.Fatal(err)
	}
	want := "[1]a\r\n.b\n.\nc\r\n" + `[2 RETR 2: refused by the server: server said "gone"][7]`
	if got.String() != want {
		t.Errorf("received %q, want %q", got.String(), want)
	}
	if st := s.Stats(); st.Commands-before.Commands != 3 || st.RoundTrips-before.RoundTrips != 1 {
		t.Errorf("stats went from %+v to %+v, want 3 commands in a round trip", before, st)
	}
	if err := s.Quit(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTop(t *testing.T) {
	o := play(t, opened("C: TOP 1 0", "S: +OK", "S: A: b", "S: ", "S: .", "C: TOP 2 0", "S: -ERR no")...)
	o.Pipelining = false
	var refused error
	var got bytes.Buffer
	err := dial(t, o).Top(t.Context(), numbers(1, 2), func(number int, header io.Reader, err error) error {
		if number == 2 {
			refused = err
			return nil
		}
		_, err = io.Copy(&got, header)
		return err
	})
	if err != nil || got.String() != "A: b\r\n\r\n" {
		t.Errorf("received %q, %v", got.String(), err)
	}
	wantKind(t, refused, pop3.Refused)
}

func TestUnreadMessagesAreSkipped(t *testing.T) {
	s := dial(t, play(t, opened("C: RETR 1", "C: RETR 2", "S: +OK", "S: a", "S: +OK smuggled", "S: .", "S: +OK", "S: b", "S: .")...))
	var kept io.Reader
	var got bytes.Buffer
	err := s.Retr(t.Context(), numbers(1, 2), func(number int, message io.Reader, err error) error {
		if number == 1 {
			kept = message
			return err
		}
		if _, err := kept.Read(make([]byte, 9)); err == nil || err == io.EOF {
			t.Errorf("reading a message that was handed back: %v", err)
		}
		_, err = io.Copy(&got, message)
		return err
	})
	if err != nil || got.String() != "b\r\n" {
		t.Errorf("received %q, %v", got.String(), err)
	}
}

// A reply too many, or one without its message: what comes is another message
// than the one that was asked for.
func TestAnswersOutOfStepAreNoMessages(t *testing.T) {
	for name, second := range map[string]string{
		"a reply without its message": "S: +OK 180 octets",
		"a reply too many":            "S: +OK",
		"a refusal too many":          "S: -ERR no such message",
	} {
		t.Run(name, func(t *testing.T) {
			s := dial(t, play(t, opened("C: RETR 1", "C: RETR 2", "S: +OK send PASS", second, "S: A: b", "S: .")...))
			err := s.Retr(t.Context(), numbers(1, 2), func(_ int, message io.Reader, _ error) error {
				got, err := io.ReadAll(message)
				t.Errorf("received %q, %v", got, err)
				return err
			})
			wantKind(t, err, pop3.Protocol)
		})
	}
}

func TestReceiverThatFails(t *testing.T) {
	full := errors.New("disk full")
	s := dial(t, play(t, opened("C: RETR 1", "C: RETR 2", "S: +OK", "S: a", "S: .", "S: +OK", "S: b", "S: .")...))
	err := s.Retr(t.Context(), numbers(1, 2), func(int, io.Reader, error) error { return full })
	if err != full {
		t.Errorf("Retr: %v, want %v", err, full)
	}
	if err := s.Quit(t.Context()); !errors.Is(err, full) {
		t.Errorf("Quit: %v, want a refusal that tells the cause", err)
	}
}

func TestReceiverThatPanics(t *testing.T) {
	s := dial(t, play(t, opened("C: RETR 1", "S: +OK", "S: a", "S: .")...))
	func() {
		defer func() { recover() }()
		s.Retr(t.Context(), numbers(1), func(_ int, message io.Reader, _ error) error {
			io.Copy(io.Discard, message)
			panic("oops")
		})
	}()
	if err := s.Quit(t.Context()); err == nil {
		t.Error("QUIT after a panic")
	}
}

func TestReceiverThatCallsTheSession(t *testing.T) {
	s := dial(t, play(t, opened("C: RETR 1", "S: +OK", "S: a", "S: .")...))
	err := s.Retr(t.Context(), numbers(1), func(int, io.Reader, error) error {
		_, err := s.List(t.Context())
		wantKind(t, err, pop3.Protocol)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCutInMidMessage(t *testing.T) {
	// Neither silence of the receiver nor another error may hide it.
	for sent, returned := range map[string]error{
		"R: +OK\r\nhalf a li": nil, "R: +OK\r\na\r\n.": errors.New("no good"), "R: +OK\r\na\r\n.\r": nil, "R: +O": nil,
	} {
		s := dial(t, play(t, opened("C: RETR 1", sent, "CLOSE")...))
		err := s.Retr(t.Context(), numbers(1), func(_ int, message io.Reader, _ error) error {
			_, err := io.ReadAll(message)
			if wantKind(t, err, pop3.Unreachable); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("reading gives %v", err)
			}
			return returned
		})
		if wantKind(t, err, pop3.Unreachable); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Retr: %v", err)
		}
		if err := s.Quit(t.Context()); err == nil {
			t.Error("QUIT after a doubt")
		}
	}
}

func TestTooLargeMessage(t *testing.T) {
	o := play(t, opened("C: RETR 1", "S: +OK", "S: 12345678", "S: .")...)
	o.MaxMessage = 9
	s := dial(t, o)
	err := s.Retr(t.Context(), numbers(1), func(int, io.Reader, error) error { return nil })
	wantKind(t, err, pop3.Protocol)
}

func TestWindow(t *testing.T) {
	const messages = 300
	s := dial(t, listener(t, func(c net.Conn) { bulk(t, c, messages) }))
	pulled, received, ahead, toppedUp := 0, 0, 0, 0
	sequence := func(yield func(int) bool) {
		for n := 1; n <= messages && yield(n); n++ {
			pulled++
			ahead = max(ahead, pulled-received)
			if n == 129 {
				toppedUp = received
			}
		}
	}
	before := s.Stats()
	err := s.Retr(t.Context(), sequence, func(number int, message io.Reader, err error) error {
		received++
		if got, err := io.ReadAll(message); err != nil || string(got) != fmt.Sprintf("message %d\r\n", number) || number != received {
			return fmt.Errorf("number %d, %q, %w", number, got, err)
		}
		return err
	})
	if err != nil || received != messages {
		t.Fatalf("received %d messages, %v", received, err)
	}
	if ahead > 128 {
		t.Errorf("numbers were pulled %d ahead, want 128 at most", ahead)
	}
	if toppedUp != 64 {
		t.Errorf("the window was topped up after %d messages, want 64", toppedUp)
	}
	if trips := s.Stats().RoundTrips - before.RoundTrips; trips > 6 {
		t.Errorf("took %d round trips for %d messages", trips, messages)
	}
}

func TestSequenceThatStops(t *testing.T) {
	s := dial(t, listener(t, func(c net.Conn) { bulk(t, c, 10) }))
	for range 2 { // the session goes on
		var got bytes.Buffer
		if err := s.Retr(t.Context(), numbers(3), collect(&got)); err != nil || got.String() != "[3]message 3\r\n" {
			t.Errorf("received %q, %v", got.String(), err)
		}
		if err := s.Retr(t.Context(), numbers(), collect(&got)); err != nil {
			t.Error(err)
		}
	}
}
