package pop3test_test

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

const raw = "Subject: x\r\n\r\n.body\r\n"

// TestFaults has one fault each in the way of a RETR, and pipelines a NOOP
// behind it.
func TestFaults(t *testing.T) {
	const (
		status = "+OK 21 octets\r\n"
		body   = "Subject: x\r\n\r\n..body\r\n"
		dot    = ".\r\n"
		noop   = "+OK\r\n+OK bye\r\n"
	)
	for name, tc := range map[string]struct {
		fault pop3test.Fault
		want  string
	}{
		"none":          {pop3test.Fault{}, status + body + dot + noop},
		"close":         {pop3test.Fault{Kind: pop3test.Close}, ""},
		"-ERR":          {pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [SYS/TEMP] x\r\n")}, "-ERR [SYS/TEMP] x\r\n" + noop},
		"+OK":           {pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("+OK\r\nx\r\n.\r\n")}, "+OK\r\nx\r\n.\r\n" + noop},
		"-ERR, close":   {pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR\r\n"), Close: true}, "-ERR\r\n"},
		"cut at once":   {pop3test.Fault{Kind: pop3test.Cut}, ""},
		"cut":           {pop3test.Fault{Kind: pop3test.Cut, N: len(status) + 5}, status + body[:5]},
		"cut too late":  {pop3test.Fault{Kind: pop3test.Cut, N: 1000}, status + body + dot},
		"truncate":      {pop3test.Fault{Kind: pop3test.Truncate, N: 3}, status + "Sub\r\n" + dot + noop},
		"truncate line": {pop3test.Fault{Kind: pop3test.Truncate, N: 12}, status + body[:12] + dot + noop},
		"truncate all":  {pop3test.Fault{Kind: pop3test.Truncate}, status + dot + noop},
		"no final dot":  {pop3test.Fault{Kind: pop3test.NoFinalDot, Close: true}, status + body},
		"done, close":   {pop3test.Fault{Kind: pop3test.DoneClose}, ""},
		"trickle":       {pop3test.Fault{Kind: pop3test.Trickle, N: 7, Interval: time.Millisecond}, status + body + dot + noop},
		"insert":        {pop3test.Fault{Kind: pop3test.Insert, N: 1, Raw: []byte("x\r\n")}, status + "x\r\n" + body + dot + noop},
		"insert late":   {pop3test.Fault{Kind: pop3test.Insert, N: 9, Raw: []byte("x")}, status + body + dot + "x" + noop},
		"insert, close": {pop3test.Fault{Kind: pop3test.Insert, Raw: []byte("x\r\n"), Close: true}, "x\r\n" + status + body + dot},
		"garble":        {pop3test.Fault{Kind: pop3test.Garble, N: 2}, "\x80\x81\r\n" + noop},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, start(t, faulty("RETR", tc.fault), raw)).login()
			if got, err := c.say("RETR 1", "NOOP", "QUIT").end(); got != tc.want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, tc.want)
			}
		})
	}
}

func TestWhatEndsMayEndWithAReset(t *testing.T) {
	for name, f := range map[string]pop3test.Fault{
		"cut":          {Kind: pop3test.Cut, N: 3, RST: true},
		"done, close":  {Kind: pop3test.DoneClose, RST: true},
		"no final dot": {Kind: pop3test.NoFinalDot, Close: true, RST: true},
		"-ERR":         {Kind: pop3test.Reply, Raw: []byte("-ERR\r\n"), Close: true, RST: true},
	} {
		if got, err := dial(t, start(t, faulty("RETR", f), raw)).login().say("RETR 1").end(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func TestResetIsNoEnd(t *testing.T) {
	s := start(t, faulty("RETR", pop3test.Fault{Kind: pop3test.Reset}), raw)
	got, err := dial(t, s).login().say("RETR 1").end()
	if got != "" || !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("got %q, %v", got, err)
	}

	s = start(t, faulty("connect", pop3test.Fault{Kind: pop3test.Reset}))
	conn, err := net.Dial("tcp", s.Addr()) // which may be too late already
	if err == nil {
		_, err = wrap(t, conn).end()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("at connect: %v", err)
	}
}

func TestStallsLastUntilTheClientCloses(t *testing.T) {
	for name, f := range map[string]pop3test.Fault{
		"stall":        {Kind: pop3test.Stall},
		"no final dot": {Kind: pop3test.NoFinalDot},
		"freeze":       {Kind: pop3test.Freeze, N: 24},
	} {
		t.Run(name, func(t *testing.T) {
			opts := faulty("RETR", f)
			opts.LockMailbox = true
			s := start(t, opts, raw)
			stalled := dial(t, s).login().say("NOOP", "RETR 1").hear("+OK")
			switch f.Kind {
			case pop3test.NoFinalDot:
				stalled.hear("+OK…", "Subject: x", "", "..body")
			case pop3test.Freeze:
				stalled.hear("+OK…")
			}
			other := dial(t, s).hear("+OK…")
			other.say("USER "+user, "PASS "+password).hear("+OK…", "-ERR [IN-USE]…")
			other.say("QUIT").hear("+OK…")
			stalled.conn.Close()
			waitIdle(t, s)
			dial(t, s).login()
		})
	}
}

// TestFaultsAtQuit: whether the mail is gone is what the kinds differ in.
func TestFaultsAtQuit(t *testing.T) {
	for name, tc := range map[string]struct {
		fault pop3test.Fault
		left  int
	}{
		"close":       {pop3test.Fault{Kind: pop3test.Close}, 1},
		"reset":       {pop3test.Fault{Kind: pop3test.Reset}, 1},
		"garble":      {pop3test.Fault{Kind: pop3test.Garble, Close: true}, 1},
		"-ERR":        {pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR\r\n"), Close: true}, 1},
		"+OK":         {pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("+OK\r\n")}, 0},
		"cut":         {pop3test.Fault{Kind: pop3test.Cut, N: 2}, 0},
		"done, close": {pop3test.Fault{Kind: pop3test.DoneClose}, 0},
		"done, reset": {pop3test.Fault{Kind: pop3test.DoneClose, RST: true}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, faulty("QUIT", tc.fault), raw)
			_, err := dial(t, s).login().say("DELE 1").hear("+OK…").say("QUIT").end()
			if (tc.fault.Kind == pop3test.Reset || tc.fault.RST) != (err != nil) {
				t.Errorf("the connection ended with %v", err)
			}
			waitIdle(t, s)
			if got := len(s.Mailbox(user).UIDs()); got != tc.left {
				t.Errorf("%d messages left, want %d", got, tc.left)
			}
		})
	}
}

func TestFaultsKeepPasswordAndDeleteFromTakingEffect(t *testing.T) {
	no := pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR no\r\n")}
	c := dial(t, start(t, faulty("PASS", no), raw)).hear("+OK…")
	c.say("USER "+user, "PASS "+password, "STAT").hear("+OK…", "-ERR no", "-ERR…")
	c = dial(t, start(t, faulty("DELE", no), raw)).login()
	c.say("DELE 1", "STAT").hear("-ERR no", "+OK 1 21")
}

func TestFaultsBeforeAndAtTheGreeting(t *testing.T) {
	c := dial(t, start(t, faulty("connect", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("hello\r\n")})))
	c.hear("hello", "+OK…")
	c = dial(t, start(t, faulty("greeting", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("+OK other\r\n")})))
	c.hear("+OK other").say("NOOP").hear("-ERR…")
	for _, step := range []string{"connect", "greeting"} {
		c = dial(t, start(t, faulty(step, pop3test.Fault{Kind: pop3test.Close})))
		if got, err := c.end(); got != "" || err != nil {
			t.Errorf("%s: got %q, %v", step, got, err)
		}
	}
}

func TestEvents(t *testing.T) {
	var got []string
	s := start(t, pop3test.Options{Fault: func(e pop3test.Event) pop3test.Fault {
		got = append(got, fmt.Sprintf("%d %s %s %d %s %s", e.Session, e.Command, e.Argument, e.Number, e.UID, e.User))
		return pop3test.Fault{}
	}}, raw)
	dial(t, s).login().say("top 1 0").hear("+OK…", "Subject: x", "", ".").say("retr 7").hear("-ERR…").say("QUIT").hear("+OK…")
	s.ResetCounters()
	dial(t, s).hear("+OK…").say("QUIT").hear("+OK…")
	want := []string{
		"1 connect  0  ", "1 greeting  0  ", "1 USER " + user + " 0  ", "1 PASS *** 0  ",
		"1 TOP 1 0 1 u1 " + user, "1 RETR 7 7  " + user, "1 QUIT  0  " + user,
		"2 connect  0  ", "2 greeting  0  ", "2 QUIT  0  ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAListingMayBeTruncated(t *testing.T) {
	opts := faulty("UIDL", pop3test.Fault{Kind: pop3test.Truncate, N: 7})
	c := dial(t, start(t, opts, raw, raw, raw)).login()
	c.say("UIDL", "NOOP").hear("+OK…", "1 u1", "2", ".", "+OK")
}
