package pop3_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/popbridge/popbridge/pop3"
)

// echo serves a session that repeats what it got, in whatever way say does,
// from the first line of the login on, and prompts before that.
func echo(capabilities string, say func(line string) string) func(net.Conn) {
	return func(c net.Conn) {
		in := bufio.NewReader(c)
		io.WriteString(c, "+OK\r\n")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			switch line = strings.TrimSpace(line); line {
			case "CAPA":
				io.WriteString(c, "+OK\r\n"+capabilities+"\r\n.\r\n")
			case "AUTH XOAUTH2", "AUTH LOGIN", "AUTH PLAIN", encodedMe:
				io.WriteString(c, "+\r\n")
			case "USER me":
				io.WriteString(c, "+OK\r\n")
			default:
				io.WriteString(c, say(line)+"\r\n")
			}
		}
	}
}

// TestSecretsAreNotTold has servers repeat what they were sent, whole, in
// part and decoded: neither errors nor the log may.
func TestSecretsAreNotTold(t *testing.T) {
	kept := []string{"secret", oauthToken, bearer, plainly, encodedPwd, oauthToken[:14], bearer[4:30], plainly[:12]}
	for name, say := range map[string]func(line string) string{
		"refused":             func(line string) string { return "-ERR what is " + line + "?" },
		"refused, in quotes":  func(line string) string { return `-ERR "` + line + `" is unknown` },
		"cut short":           func(line string) string { return "-ERR unknown: " + line[:len(line)*2/3] + "..." },
		"without its head":    func(line string) string { return "-ERR unknown: ..." + line[len(line)/3:] },
		"challenged":          func(line string) string { return "+ " + line },
		"a status":            func(line string) string { return "+ " + encode(`{"status":"`+line+`"}`) },
		"decoded":             func(string) string { return "-ERR no " + oauthToken + " secret" },
		"decoded, cut short":  func(string) string { return "-ERR no " + oauthToken[:20] + " secret" },
		"decoded in a status": func(string) string { return "+ " + encode(`{"status":"`+oauthToken+` secret"}`) },
		"not POP3":            func(line string) string { return line },
	} {
		for capabilities, auth := range map[string]pop3.AuthMode{
			"SASL PLAIN": "", "SASL LOGIN": "", "USER": "", "SASL XOAUTH2": pop3.AuthXOAUTH2,
		} {
			var log bytes.Buffer
			o := listener(t, echo(capabilities, say))
			o.Auth, o.Token = auth, oauthToken
			o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			_, err := pop3.Dial(t.Context(), o)
			if err == nil {
				t.Fatalf("%s, %s: no error", name, capabilities)
			}
			told := fmt.Sprintf("%v\n%+v\n%s", err, err, log.String())
			for _, secret := range kept {
				if strings.Contains(told, secret) {
					t.Errorf("%s, %s: tells %q:\n%s", name, capabilities, secret, told)
				}
			}
			if !strings.Contains(log.String(), "***") {
				t.Errorf("%s, %s: the log reads %s", name, capabilities, log.String())
			}
		}
	}
}

// TestEndlessChallenges: a login has so many answers, and no more.
func TestEndlessChallenges(t *testing.T) {
	for _, challenge := range []string{"+", "+ ", "+ " + failure, "+ " + strings.Repeat("A", 4000)} {
		for capabilities, auth := range map[string]pop3.AuthMode{
			"SASL PLAIN": "", "SASL LOGIN": "", "SASL XOAUTH2": pop3.AuthXOAUTH2,
		} {
			var sent atomic.Int32
			o := listener(t, echo(capabilities, func(string) string { sent.Add(1); return challenge }))
			o.Auth, o.Token = auth, oauthToken
			s, err := pop3.Dial(t.Context(), o)
			if wantKind(t, err, pop3.Protocol); s != nil || sent.Load() > 2 {
				t.Errorf("%s, %q: answered %d times", capabilities, challenge, sent.Load())
			}
		}
	}
	flood := listener(t, func(c net.Conn) {
		io.WriteString(c, "+OK\r\n-ERR\r\n")
		for err := error(nil); err == nil; {
			_, err = io.WriteString(c, strings.Repeat("+\r\n", 1000))
		}
	})
	flood.Auth, flood.Token = pop3.AuthXOAUTH2, oauthToken
	_, err := pop3.Dial(t.Context(), flood)
	wantKind(t, err, pop3.Protocol)

	long := play(t, capable("SASL XOAUTH2", "C: AUTH XOAUTH2", "R: + "+strings.Repeat("A", 9000)+"\r\n")...)
	long.Auth, long.Token = pop3.AuthXOAUTH2, oauthToken
	_, err = pop3.Dial(t.Context(), long)
	wantKind(t, err, pop3.Protocol)
}
