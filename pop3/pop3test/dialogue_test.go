package pop3test_test

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestDialogue(t *testing.T) {
	s := start(t, pop3test.Options{}, "Subject: 1\r\n\r\none\r\n", "Subject: 2\r\n\r\nline\r\nline\r\n")
	c := dial(t, s).hear("+OK pop3test ready")
	c.say("STAT").hear("-ERR…")
	c.say("user " + user).hear("+OK…").say("pass " + password).hear("+OK 2 messages")
	c.say("NOOP").hear("+OK")
	c.say("STAT").hear("+OK 2 45")
	c.say("LIST").hear("+OK…", "1 19", "2 26", ".")
	c.say("UIDL").hear("+OK…", "1 u1", "2 u2", ".")
	c.say("LIST 2").hear("+OK 2 26").say("UIDL 2").hear("+OK 2 u2")
	c.say("TOP 2 0").hear("+OK…", "Subject: 2", "", ".")
	c.say("TOP 2 1").hear("+OK…", "Subject: 2", "", "line", ".")
	c.say("TOP 2 9").hear("+OK…", "Subject: 2", "", "line", "line", ".")
	c.say("RETR 1").hear("+OK 19 octets", "Subject: 1", "", "one", ".")
	c.say("DELE 1").hear("+OK…").say("STAT").hear("+OK 1 26")
	c.say("UIDL").hear("+OK…", "2 u2", ".")
	for _, command := range []string{"RETR 1", "DELE 1", "LIST 1", "UIDL 1", "TOP 1 0"} {
		c.say(command).hear("-ERR message 1 is deleted")
	}
	c.say("RSET").hear("+OK").say("STAT").hear("+OK 2 45")
	for _, command := range []string{"RETR 0", "RETR 3", "RETR -1", "RETR x", "RETR", "TOP 1", "TOP 1 -1", "XYZ", "", "USER a", "STLS", "APOP a b"} {
		c.say(command).hear("-ERR…")
	}
	c.say("DELE 2").hear("+OK…").say("QUIT").hear("+OK bye")
	if rest, err := c.end(); rest != "" || err != nil {
		t.Errorf("after QUIT: %q, %v", rest, err)
	}
	if got := s.Mailbox(user).UIDs(); !slices.Equal(got, []string{"u1"}) {
		t.Errorf("left: %q", got)
	}
}

func TestOnlyQuitCommits(t *testing.T) {
	s := start(t, pop3test.Options{}, "1\r\n", "2\r\n")
	dial(t, s).login().say("DELE 1").hear("+OK…").conn.Close()
	waitIdle(t, s)
	if got := s.Mailbox(user).UIDs(); len(got) != 2 {
		t.Errorf("left after a cut: %q", got)
	}
}

func TestSessionsSeeTheMailboxOfTheirLogin(t *testing.T) {
	s := start(t, pop3test.Options{}, "1\r\n", "2\r\n", "3\r\n")
	box := s.Mailbox(user)
	a, b := dial(t, s).login(), dial(t, s).login()
	box.Add("u4", []byte("4\r\n"))
	box.RenumberAll(func(_ int, old string) string { return "new-" + old })
	a.say("DELE 1", "QUIT").hear("+OK…", "+OK…")
	b.say("UIDL").hear("+OK…", "1 u1", "2 u2", "3 u3", ".")
	b.say("DELE 1", "DELE 3", "QUIT").hear("+OK…", "+OK…", "+OK…")
	if got := box.UIDs(); !slices.Equal(got, []string{"new-u2", "new-u4"}) {
		t.Errorf("left: %q", got)
	}
}

func TestBytesAreServedAsTheyAre(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for name, tc := range map[string]struct{ raw, wire string }{
		"dots":          {".\r\n..\r\n.a\r\nb.\r\n", "..\r\n...\r\n..a\r\nb.\r\n"},
		"bare LF":       {"a\n.\nb\r\n", "a\n.\nb\r\n"},
		"bare CR":       {"a\r.\rb\r\n", "a\r.\rb\r\n"},
		"no final CRLF": {"a\r\n.b", "a\r\n..b\r\n"},
		"final LF":      {"a\n", "a\n\r\n"},
		"empty":         {"", ""},
		"every octet":   {string(all) + "\r\n", string(all) + "\r\n"},
		"long line":     {strings.Repeat("x", 200_000) + "\r\n", strings.Repeat("x", 200_000) + "\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, start(t, pop3test.Options{}, tc.raw)).login()
			c.say("RETR 1", "QUIT").hear("+OK…")
			if got, err := c.end(); got != tc.wire+".\r\n+OK bye\r\n" || err != nil {
				t.Errorf("got %.300q, %v", got, err)
			}
		})
	}
}

func TestStuffBareLF(t *testing.T) {
	c := dial(t, start(t, pop3test.Options{StuffBareLF: true}, "a\n.\nb\r\n")).login()
	c.say("RETR 1", "QUIT").hear("+OK…")
	if got, err := c.end(); got != "a\n..\nb\r\n.\r\n+OK bye\r\n" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestSizesAndTopMayLie(t *testing.T) {
	s := start(t, pop3test.Options{}, "no end")
	size := int64(1000)
	s.Mailbox(user).AddMessage(pop3test.Message{
		UID: "lies", Raw: []byte("A: b\n\nbody\r\n"), ListSize: &size, TopHeader: []byte("A: c\r\nX: y\r\n\r\n"),
	})
	c := dial(t, s).login()
	c.say("LIST").hear("+OK…", "1 8", "2 1000", ".").say("STAT").hear("+OK 2 1008")
	c.say("TOP 2 1").hear("+OK…", "A: c", "X: y", "", "body", ".")
	c.say("TOP 1 0").hear("+OK…", "no end", ".")
	if got := s.Mailbox(user).Octets(); got != 1008 {
		t.Errorf("octets: %d", got)
	}
}

func TestEditListing(t *testing.T) {
	s := start(t, pop3test.Options{}, "1\r\n", "2\r\n")
	s.Mailbox(user).EditListing(func(kind string, lines []string) []string {
		return append(slices.Clone(lines), kind)
	})
	c := dial(t, s).login()
	c.say("STAT").hear("+OK 2 6 STAT")
	c.say("LIST").hear("+OK…", "1 3", "2 3", "LIST", ".")
	c.say("UIDL").hear("+OK…", "1 u1", "2 u2", "UIDL", ".")
	c.say("UIDL 1").hear("+OK 1 u1 UIDL")
	s.Mailbox(user).EditListing(nil)
	c.say("STAT").hear("+OK 2 6")
}

func TestMailbox(t *testing.T) {
	s := start(t, pop3test.Options{}, "1\r\n", "2\r\n", "3\r\n")
	box := s.Mailbox(user)
	if s.Mailbox("nobody") != nil || box != s.AddMailbox(user, password) || box.User() != user {
		t.Error("mailboxes are mixed up")
	}
	if box.Remove("nope") || !box.Remove("u2") || box.SetUID("nope", "x") || !box.SetUID("u3", "u1") {
		t.Error("what is found is wrong")
	}
	messages := box.Messages()
	messages[0].Raw[0] = 'X'
	if got := box.Messages(); len(got) != 2 || !bytes.Equal(got[0].Raw, []byte("1\r\n")) || got[1].UID != "u1" {
		t.Errorf("got %+v", got)
	}
	box.Clear()
	if len(box.UIDs()) != 0 {
		t.Error("cleared, and not empty")
	}
}

func TestCapabilities(t *testing.T) {
	c := dial(t, start(t, pop3test.Options{
		Pipelining: true, NoTOP: true, Expire: "60 USER", LoginDelay: 90 * time.Second,
		ExtraCapabilities: []string{"SASL XOAUTH2"},
	})).hear("+OK…")
	c.say("CAPA").hear("+OK…", "USER", "RESP-CODES", "AUTH-RESP-CODE", "UIDL", "PIPELINING",
		"EXPIRE 60 USER", "LOGIN-DELAY 90", "SASL XOAUTH2", "IMPLEMENTATION pop3test", ".")

	c = dial(t, start(t, pop3test.Options{NoCAPA: true, NoUIDL: true, NoTOP: true}, "1\r\n")).login()
	for _, command := range []string{"CAPA", "UIDL", "UIDL 1", "TOP 1 0"} {
		c.say(command).hear("-ERR unknown command")
	}
}

func TestLogin(t *testing.T) {
	s := start(t, pop3test.Options{APOP: true}, "1\r\n")
	c := dial(t, s)
	greeting, err := c.r.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	stamp := strings.TrimSpace(greeting[strings.IndexByte(greeting, '<'):])
	c.say("PASS " + password).hear("-ERR USER first")
	c.say("USER "+user, "PASS wrong").hear("+OK…", "-ERR [AUTH]…")
	c.say("USER nobody", "PASS "+password).hear("+OK…", "-ERR [AUTH]…")
	c.say("APOP " + user + " 0123").hear("-ERR [AUTH]…").say("APOP nobody 0123").hear("-ERR [AUTH]…")
	sum := md5.Sum([]byte(stamp + password))
	c.say("APOP " + user + " " + hex.EncodeToString(sum[:])).hear("+OK 1 messages")

	s.AddMailbox(user, "changed")
	c = dial(t, s).hear("+OK…")
	c.say("USER "+user, "PASS "+password).hear("+OK…", "-ERR [AUTH]…")
	c.say("USER "+user, "PASS changed").hear("+OK…", "+OK…")
}

func TestLockMailbox(t *testing.T) {
	s := start(t, pop3test.Options{LockMailbox: true})
	first := dial(t, s).login()
	second := dial(t, s).hear("+OK…")
	second.say("USER "+user, "PASS "+password).hear("+OK…", "-ERR [IN-USE]…")
	first.say("QUIT").hear("+OK…")
	second.say("USER "+user, "PASS "+password).hear("+OK…", "+OK…")
	second.conn.Close()
	waitIdle(t, s)
	dial(t, s).login()
}

func TestLoginDelay(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := start(t, pop3test.Options{LoginDelay: time.Minute, Now: func() time.Time { return now }})
	dial(t, s).login().say("QUIT").hear("+OK…")
	c := dial(t, s).hear("+OK…")
	c.say("USER "+user, "PASS "+password).hear("+OK…", "-ERR [LOGIN-DELAY]…")
	now = now.Add(time.Minute)
	c.say("USER "+user, "PASS "+password).hear("+OK…", "+OK…")
}

func TestExpireZeroRemovesWhatWasRetrieved(t *testing.T) {
	s := start(t, pop3test.Options{Expire: "0"}, "1\r\n", "2\r\n")
	c := dial(t, s).login().say("RETR 2").hear("+OK…", "2", ".")
	c.conn.Close()
	waitIdle(t, s)
	if got := s.Mailbox(user).UIDs(); len(got) != 2 {
		t.Errorf("left after a cut: %q", got)
	}
	dial(t, s).login().say("RETR 2", "QUIT").hear("+OK…", "2", ".", "+OK…")
	if got := s.Mailbox(user).UIDs(); !slices.Equal(got, []string{"u1"}) {
		t.Errorf("left after QUIT: %q", got)
	}
}

func TestGreeting(t *testing.T) {
	c := dial(t, start(t, pop3test.Options{Greeting: "+OK"})).hear("+OK")
	c.say("NOOP").hear("-ERR…")
	c = dial(t, start(t, pop3test.Options{Greeting: "-ERR [SYS/TEMP] later"})).hear("-ERR [SYS/TEMP] later")
	if rest, err := c.end(); rest != "" || err != nil {
		t.Errorf("after the greeting: %q, %v", rest, err)
	}
}
