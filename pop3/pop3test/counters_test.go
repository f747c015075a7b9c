package pop3test_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestCommandsHideSecrets(t *testing.T) {
	s := start(t, pop3test.Options{})
	c := dial(t, s).hear("+OK…")
	c.say("AUTH PLAIN c2VjcmV0").hear("-ERR…").say("AUTH").hear("-ERR…").say("apop a secret").hear("-ERR…")
	c.say("USER "+user, "pass "+password, "noop", "QUIT").hear("+OK…", "+OK…", "+OK", "+OK…")
	want := []string{"AUTH ***", "AUTH", "APOP ***", "USER " + user, "PASS ***", "noop", "QUIT"}
	if got := s.Commands(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestCounters(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := start(t, pop3test.Options{Now: func() time.Time { return now }})
	c := dial(t, s).hear("+OK…").say("NOOP").hear("-ERR…")
	now = now.Add(time.Hour) // before the login doesn't count
	c.say("USER "+user, "PASS "+password).hear("+OK…", "+OK…")
	now = now.Add(time.Minute)
	if got := s.LockedFor(); got != time.Minute {
		t.Errorf("locked for %v while open", got)
	}
	c.say("NOOP", "NOOP", "QUIT").hear("+OK", "+OK", "+OK…")
	now = now.Add(time.Hour)
	if got := s.LockedFor(); got != time.Minute {
		t.Errorf("locked for %v", got)
	}
	if s.RoundTrips() != 3 || s.Sessions() != 1 {
		t.Errorf("%d round trips, %d sessions", s.RoundTrips(), s.Sessions())
	}
	s.ResetCounters()
	if s.RoundTrips() != 0 || s.Sessions() != 0 || s.LockedFor() != 0 || len(s.Commands()) != 0 {
		t.Error("counters are not reset")
	}
}

func TestPipelinedCommandsAreAnsweredInOneGo(t *testing.T) {
	s := start(t, pop3test.Options{Pipelining: true}, strings.Repeat("x\r\n", 1000))
	c := dial(t, s).login()
	s.ResetCounters()
	var lines []string
	for range 500 {
		lines = append(lines, "LIST 1")
	}
	c.say(lines...)
	for range lines {
		c.hear("+OK 1 3000")
	}
	if got := s.RoundTrips(); got > 5 { // one, or some more if they came in pieces
		t.Errorf("%d round trips", got)
	}
}

func TestHalfACommandWaitsForTheRest(t *testing.T) {
	s := start(t, pop3test.Options{})
	c := dial(t, s).hear("+OK…")
	fmt.Fprint(c.conn, "NOOP\r\nNO")
	c.hear("-ERR…")
	fmt.Fprint(c.conn, "OP\nQUIT\r\n")
	c.hear("-ERR…", "+OK bye")
}

func TestDelayIsPaidOnceByCommandsSentTogether(t *testing.T) {
	const delay = 60 * time.Millisecond
	s := start(t, pop3test.Options{Delay: delay}, "1\r\n")
	c := dial(t, s).login()

	begin := time.Now()
	for range 5 {
		c.say("LIST 1").hear("+OK 1 3")
	}
	if took := time.Since(begin); took < 5*delay {
		t.Errorf("five round trips took %v", took)
	}
	// A window that slides: each reply lets another command go.
	begin = time.Now()
	for range 10 {
		c.say("LIST 1")
	}
	for range 30 {
		c.hear("+OK 1 3").say("LIST 1")
	}
	for range 10 {
		c.hear("+OK 1 3")
	}
	if took := time.Since(begin); took < 4*delay || took > 20*delay {
		t.Errorf("40 commands in a window of 10 took %v", took)
	}
}

func TestCloseEndsSessions(t *testing.T) {
	for name, opts := range map[string]pop3test.Options{
		"idle":     {},
		"delayed":  {Delay: time.Millisecond},
		"stalled":  faulty("NOOP", pop3test.Fault{Kind: pop3test.Stall}),
		"trickles": faulty("NOOP", pop3test.Fault{Kind: pop3test.Trickle, Interval: time.Hour}),
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, opts, "1\r\n")
			c := dial(t, s).login().say("DELE 1").hear("+OK…").say("NOOP")
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			_, _ = c.end() // an error or not: that it ends is what counts
			if len(s.Mailbox(user).UIDs()) != 1 {
				t.Error("the deletion was committed")
			}
		})
	}
}
