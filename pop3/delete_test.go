package pop3_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"testing"

	"github.com/popbridge/popbridge/pop3"
)

func TestDele(t *testing.T) {
	s := dial(t, listener(t, func(c net.Conn) { bulk(t, c, 300) }))
	var all []int
	for n := range 300 {
		all = append(all, n+1)
	}
	failed, err := s.Dele(t.Context(), all)
	if err != nil || len(failed) != 3 {
		t.Fatalf("failed: %v, %v", failed, err)
	}
	for _, n := range []int{100, 200, 300} {
		wantKind(t, failed[n], pop3.Refused)
	}
	if err := s.Quit(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestDeleOneByOne(t *testing.T) {
	o := play(t, opened("C: DELE 2", "S: -ERR [IN-USE] no", "C: DELE 1", "S: +OK", "C: QUIT", "S: +OK")...)
	o.Pipelining = false
	s := dial(t, o)
	failed, err := s.Dele(t.Context(), []int{2, 1})
	if err != nil || len(failed) != 1 {
		t.Fatalf("failed: %v, %v", failed, err)
	}
	wantKind(t, failed[2], pop3.Locked)
	if err := s.Quit(t.Context()); err != nil {
		t.Error(err)
	}
}

// The one that broke the session is told apart from those after it, which are
// to be tried in another.
func TestDeleThatBreaksTheSessionIsNamed(t *testing.T) {
	for pipelining, answers := range map[bool][]string{
		true:  {"C: DELE 1", "C: DELE 2", "C: DELE 3", "S: +OK", "CLOSE"},
		false: {"C: DELE 1", "S: +OK", "C: DELE 2", "CLOSE"},
	} {
		o := play(t, opened(answers...)...)
		o.Pipelining = pipelining
		failed, err := dial(t, o).Dele(t.Context(), []int{1, 2, 3})
		wantKind(t, err, pop3.Unreachable)
		if len(failed) != 1 {
			t.Fatalf("failed: %v, want that of 2 alone", failed)
		}
		wantKind(t, failed[2], pop3.Unreachable)
	}
}

func TestQuit(t *testing.T) {
	for answer, want := range map[string]pop3.Kind{
		"S: -ERR some deleted messages not removed": pop3.Temporary,
		"S: -ERR [SYS/PERM] no":                     pop3.Permanent,
		"S: bye":                                    pop3.Protocol,
		"CLOSE":                                     pop3.Unreachable,
	} {
		s := dial(t, play(t, opened("C: QUIT", answer)...))
		wantKind(t, s.Quit(t.Context()), want)
		if err := s.Quit(t.Context()); err == nil {
			t.Error("a second QUIT")
		}
	}
}

func TestNothingGoesOnAfterTheEnd(t *testing.T) {
	s := dial(t, play(t, opened("C: QUIT", "S: +OK")...))
	if err := s.Quit(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := s.List(t.Context())
	wantKind(t, err, pop3.Unreachable)
	if err := s.Abort(); err != nil {
		t.Errorf("Abort after Quit: %v", err)
	}
}

func TestAbort(t *testing.T) {
	s := dial(t, play(t, opened("C: DELE 1", "S: +OK")...)) // and no QUIT
	if _, err := s.Dele(t.Context(), []int{1}); err != nil {
		t.Fatal(err)
	}
	if err := s.Abort(); err != nil {
		t.Error(err)
	}
	wantKind(t, s.Quit(t.Context()), pop3.Unreachable)
}

func TestCancelledBeforeTheCommand(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func(*pop3.Session) error{
		"QUIT": func(s *pop3.Session) error { return s.Quit(cancelled) },
		"DELE": func(s *pop3.Session) error {
			_, err := s.Dele(cancelled, []int{1})
			return err
		},
	} {
		s := dial(t, play(t, opened()...)) // and nothing more
		if err := call(s); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want that the context is done", name, err)
		}
		if err := s.Quit(t.Context()); err == nil {
			t.Errorf("%s: QUIT after a doubt", name)
		}
	}
}

func TestCancelledBetweenWrites(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := play(t, opened("C: RETR 1", "S: +OK", "S: a", "S: .")...) // and no RETR 2
	o.Pipelining = false
	var got bytes.Buffer
	err := dial(t, o).Retr(ctx, func(yield func(int) bool) {
		if yield(1) {
			cancel()
			yield(2)
		}
	}, collect(&got))
	if !errors.Is(err, context.Canceled) || got.String() != "[1]a\r\n" {
		t.Errorf("received %q, %v, want that the context is done", got.String(), err)
	}
}
