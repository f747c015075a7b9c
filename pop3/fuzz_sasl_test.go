package pop3

import (
	"bytes"
	"context"
	"encoding/base64"
	"log/slog"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// What a client may send until it has logged in.
var loginLine = regexp.MustCompile(`^(CAPA|USER me|PASS canary-7f3a|AUTH (PLAIN|LOGIN|XOAUTH2)|AUTH PLAIN [A-Za-z0-9+/=]+|[A-Za-z0-9+/=]*)$`)

// FuzzSASL logs in to a server that says anything, with a password or a token.
// A token goes on its own line and once, after a prompt alone; it takes a +OK
// to log in; and nothing secret is told.
func FuzzSASL(f *testing.F) {
	failure := "+ " + base64.StdEncoding.EncodeToString([]byte(`{"status":"401"}`)) + "\r\n"
	for _, login := range []string{
		"+\r\n+OK\r\n", "+ \r\n" + failure + "-ERR [AUTH] no\r\n", "+\r\n-ERR [SYS/TEMP]\r\n", "+\r\n+\r\n+\r\n+\r\n",
		"+OK\r\n", "-ERR\r\n+OK\r\n", "+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n+OK\r\n", "+\r\n" + failure, "+OK\x00\r\n", "+X\r\n", "+\n",
	} {
		for _, sasl := range []string{"PLAIN", "LOGIN", "XOAUTH2", "PLAIN\r\nUSER"} {
			f.Add([]byte("+OK\r\n+OK\r\nSASL "+sasl+"\r\n.\r\n"+login), sasl == "XOAUTH2")
		}
	}
	f.Fuzz(func(t *testing.T, server []byte, oauth bool) {
		var log bytes.Buffer
		r := &recording{server: bytes.NewReader(server)}
		o := Options{Host: "127.0.0.1", User: "me", Password: "canary-7f3a", TLS: TLSNone,
			Dial:   func(context.Context, string, string) (net.Conn, error) { return r, nil },
			Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
		if oauth {
			o.Auth, o.Token = AuthXOAUTH2, "canary-token-0123456789"
		}
		s, err := Dial(t.Context(), o)
		checkLogin(t, o, r.sent.String())
		if told := log.String(); checkError(t, err) {
			for _, secret := range append(encodedSecrets(o), o.Password) {
				if strings.Contains(err.Error(), secret) || strings.Contains(told, secret) {
					t.Errorf("%q is told: %v\n%s", secret, err, told)
				}
			}
		} else if !bytes.Contains(bytes.ToUpper(server), []byte("\n+OK")) || s.LoginMethod() == "" {
			t.Errorf("logged in by %q after %q", s.LoginMethod(), server)
		}
	})
}

// checkLogin looks at what was sent for a login.
func checkLogin(t *testing.T, o Options, sent string) {
	lines := strings.Split(strings.TrimSuffix(sent, "\r\n"), "\r\n")
	for _, line := range lines {
		if !loginLine.MatchString(line) {
			t.Errorf("sent %q", sent)
		}
	}
	if o.Auth != AuthXOAUTH2 {
		return
	}
	response := xoauth2(o).responses[0]
	at := slices.Index(lines, response)
	if strings.Contains(sent, o.Password) || strings.Count(sent, response) > 1 || at >= 0 && (at == 0 || lines[at-1] != "AUTH XOAUTH2") {
		t.Errorf("sent %q", sent)
	}
}
