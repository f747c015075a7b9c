package pop3_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3"
)

// RFC 1939, section 7, has this stamp, and "tanstaaf" for a password.
const (
	stamp  = "<1896.697170952@dbc.mtview.ca.us>"
	digest = "c4c9334bac560ecc979e58001b3e22fb"
)

// answersTo is a transcript up to the login.
func answersTo(greeting string, login ...string) []string {
	return append([]string{"S: " + greeting, "C: CAPA", "S: +OK", "S: USER", "S: PIPELINING", "S: ."}, login...)
}

func TestWaysToLogIn(t *testing.T) {
	withStamp := "+OK POP3 " + stamp
	plainly := []string{"C: USER mrose", "S: +OK", "C: PASS tanstaaf", "S: +OK"}
	byAPOP := "C: APOP mrose " + digest
	for _, test := range []struct {
		name       string
		auth       pop3.AuthMode
		transcript []string
		fails      pop3.Kind
	}{
		{"APOP where it is offered", "", answersTo(withStamp, byAPOP, "S: +OK"), 0},
		{"plain without a stamp", "", answersTo("+OK <not a stamp>", plainly...), 0},
		{"plain with a stamp of odd octets", "", answersTo("+OK <1\xff@example.org>", plainly...), 0},
		{"plain after APOP was refused", "", answersTo(withStamp, append([]string{byAPOP, "S: -ERR no"}, plainly...)...), 0},
		{"no second try after [AUTH]", "", answersTo(withStamp, byAPOP, "S: -ERR [AUTH] no"), pop3.Auth},
		{"no second try after a lock", "", answersTo(withStamp, byAPOP, "S: -ERR mailbox locked"), pop3.Locked},
		{"no second try after [SYS/TEMP]", "", answersTo(withStamp, byAPOP, "S: -ERR [SYS/TEMP] no"), pop3.Temporary},
		{"plain on demand", pop3.AuthPlain, answersTo(withStamp, plainly...), 0},
		{"APOP on demand", pop3.AuthAPOP, answersTo(withStamp, byAPOP, "S: +OK"), 0},
		{"only APOP on demand", pop3.AuthAPOP, answersTo(withStamp, byAPOP, "S: -ERR no"), pop3.Auth},
		{"no APOP to be had", pop3.AuthAPOP, answersTo("+OK"), pop3.Permanent},
		{"the user is refused", "", answersTo("+OK", "C: USER mrose", "S: -ERR no such user"), pop3.Auth},
		{"the password is refused", "", answersTo("+OK", "C: USER mrose", "S: +OK", "C: PASS tanstaaf", "S: -ERR"), pop3.Auth},
		{"the mailbox is locked", "", answersTo("+OK", "C: USER mrose", "S: +OK", "C: PASS tanstaaf", "S: -ERR [IN-USE] no"), pop3.Locked},
		{"the connection is cut", "", answersTo("+OK", "C: USER mrose", "S: +OK", "C: PASS tanstaaf", "CLOSE"), pop3.Unreachable},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := play(t, test.transcript...)
			o.User, o.Password, o.Auth = "mrose", "tanstaaf", test.auth
			if test.fails == 0 {
				dial(t, o)
				return
			}
			_, err := pop3.Dial(t.Context(), o)
			wantKind(t, err, test.fails)
		})
	}
}

func TestPasswordIsNotTold(t *testing.T) {
	var log bytes.Buffer
	o := play(t, answersTo("+OK", "C: USER me", "S: +OK", "C: PASS secret", "S: -ERR secret is wrong")...)
	o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	_, err := pop3.Dial(t.Context(), o)
	if e := wantKind(t, err, pop3.Auth); e.Reply != "*** is wrong" {
		t.Errorf("reply is %q", e.Reply)
	}
	if strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "PASS ***") {
		t.Errorf("log reads %s", log.String())
	}

	o = play(t, answersTo("+OK", "C: USER me", "S: +OK", "C: PASS secret", "S: what is secret")...)
	_, err = pop3.Dial(t.Context(), o)
	wantKind(t, err, pop3.Protocol)
}

// through lets a connection seem to go elsewhere, as through a proxy on this
// machine.
func through(o pop3.Options) pop3.Options {
	here := net.JoinHostPort(o.Host, strconv.Itoa(o.Port))
	o.Host, o.Port = "mail.example.org", 110
	o.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, here)
	}
	return o
}

func TestCredentialsDoNotLeaveInTheClear(t *testing.T) {
	for _, auth := range []pop3.AuthMode{pop3.AuthAuto, pop3.AuthPlain, pop3.AuthAPOP} {
		o := through(play(t, "S: +OK "+stamp))
		o.Auth = auth
		_, err := pop3.Dial(t.Context(), o)
		wantKind(t, err, pop3.Permanent)
	}
	o := through(play(t, opened()...))
	o.AllowPlaintext = true
	dial(t, o)
}
