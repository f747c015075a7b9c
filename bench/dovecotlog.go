package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"regexp"
	"time"
)

// dovecotStamps has Dovecot write the time of each log line with microseconds.
const dovecotStamps = "log_timestamp = \"%Y-%m-%d %H:%M:%S.%{usecs} \"\n"

// A login is logged as it is answered, and so is QUIT. Both name the session.
var (
	dovecotLogin = regexp.MustCompile(`^(\S+ \S+) pop3-login: Info: Login: .*session=<([^>]+)>`)
	dovecotLeave = regexp.MustCompile(`^(\S+ \S+) pop3\([^)]*\)<\d+><([^>]+)>: Info: Disconnected`)
)

// dovecotHeld is for how long sessions had their mailboxes, from login to end,
// and how many they were, by Dovecot's own log with dovecotStamps. Those that
// began before from don't count.
func dovecotHeld(log []byte, from time.Time) (held time.Duration, sessions int, err error) {
	open := map[string]time.Time{}
	for lines := bufio.NewScanner(bytes.NewReader(log)); lines.Scan(); {
		if m := dovecotLogin.FindSubmatch(lines.Bytes()); m != nil {
			at, err := dovecotTime(m[1])
			if err != nil {
				return 0, 0, err
			}
			if !at.Before(from) {
				open[string(m[2])] = at
			}
		}
		m := dovecotLeave.FindSubmatch(lines.Bytes())
		if m == nil {
			continue
		}
		at, err := dovecotTime(m[1])
		if err != nil {
			return 0, 0, err
		}
		if began, counts := open[string(m[2])]; counts {
			held += at.Sub(began)
			sessions++
			delete(open, string(m[2]))
		}
	}
	if sessions+len(open) == 0 {
		return 0, 0, fmt.Errorf("read dovecot's log: no session has begun")
	}
	if len(open) > 0 {
		return 0, 0, fmt.Errorf("read dovecot's log: %d sessions haven't ended", len(open))
	}
	return held, sessions, nil
}

// awaitDovecot is dovecotHeld of a log file, once all sessions in it have
// ended: their clients are gone before that is logged.
func awaitDovecot(path string, from time.Time) (held time.Duration, sessions int, err error) {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		log, err := os.ReadFile(path)
		if err != nil {
			return 0, 0, fmt.Errorf("read dovecot's log: %w", err)
		}
		held, sessions, err = dovecotHeld(log, from)
		if err == nil || time.Now().After(deadline) {
			return held, sessions, err
		}
	}
}

// dovecotTime reads a time of the log, which is local.
func dovecotTime(stamp []byte) (time.Time, error) {
	t, err := time.ParseInLocation("2006-01-02 15:04:05.000000", string(stamp), time.Local)
	if err != nil {
		return t, fmt.Errorf("read dovecot's log: %w", err)
	}
	return t, nil
}
