package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const dovecotSample = `2026-03-02 10:00:00.000000 master: Info: Dovecot v2.3.19.1 starting up for pop3
2026-03-02 10:00:01.100000 pop3-login: Info: Login: user=<shop>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=3, secured, session=<first/AAAB>
2026-03-02 10:00:02.900000 pop3-login: Info: Disconnected: Connection closed (no auth attempts in 0 secs): user=<>, secured, session=<other>
2026-03-02 10:00:03.350000 pop3(shop)<3><first/AAAB>: Info: Disconnected: Logged out top=0/0, retr=0/0, del=0/1, size=22
2026-03-02 10:00:05.000000 pop3-login: Info: Login: user=<shop>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=4, TLS, session=<second>
2026-03-02 10:00:05.000250 pop3-login: Info: Login: user=<shop>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=5, TLS, session=<third>
2026-03-02 10:00:05.500000 pop3(shop)<5><third>: Info: Disconnected: Logged out top=0/0, retr=0/0, del=0/1, size=22
2026-03-02 10:00:06.000000 pop3(shop)<4><second>: Info: Disconnected in TRANSACTION top=0/0, retr=0/0, del=0/1, size=22
`

func TestDovecotHeld(t *testing.T) {
	at := func(second int) time.Time { return time.Date(2026, 3, 2, 10, 0, second, 0, time.Local) }
	for name, test := range map[string]struct {
		log      string
		from     time.Time
		held     time.Duration
		sessions int
		fails    bool
	}{
		"all":                     {dovecotSample, at(0), 2250*time.Millisecond + time.Second + 499_750*time.Microsecond, 3, false},
		"later ones":              {dovecotSample, at(2), time.Second + 499_750*time.Microsecond, 2, false},
		"none":                    {dovecotSample, at(10), 0, 0, true},
		"one still open":          {strings.Join(strings.SplitAfter(dovecotSample, "\n")[:7], ""), at(0), 0, 0, true},
		"a stamp of another form": {strings.ReplaceAll(dovecotSample, "10:00:05.000000", "10:00:05"), at(0), 0, 0, true},
	} {
		held, sessions, err := dovecotHeld([]byte(test.log), test.from)
		if held != test.held || sessions != test.sessions || (err != nil) != test.fails {
			t.Errorf("%s: %v in %d sessions, %v", name, held, sessions, err)
		}
	}
}

func TestAwaitDovecotWaitsForTheEnd(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dovecot.log")
	lines := strings.SplitAfter(dovecotSample, "\n")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Error(err)
		}
	}
	write(lines[1])
	timer := time.AfterFunc(60*time.Millisecond, func() { write(lines[1] + lines[3]) })
	defer timer.Stop()
	held, sessions, err := awaitDovecot(path, time.Time{})
	if held != 2250*time.Millisecond || sessions != 1 || err != nil {
		t.Errorf("%v in %d sessions, %v", held, sessions, err)
	}
}
