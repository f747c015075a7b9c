package pop3_test

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3"
)

// What CAPA says of ways to log in.
var (
	userLine = regexp.MustCompile(`^USER\r\n$`)
	saslLine = regexp.MustCompile(`^SASL .*\r\n$`)
)

// offering has the server's CAPA offer one mechanism and nothing else, which
// few servers can be made to. What the client and the server say otherwise goes
// through as it is.
func (f fixture) offering(t *testing.T, mechanism string) pop3.Options {
	t.Helper()
	behind := f.options()
	o := listener(t, func(c net.Conn) {
		server, err := net.Dial("tcp", net.JoinHostPort(behind.Host, strconv.Itoa(behind.Port)))
		if err != nil {
			t.Error(err)
			return
		}
		defer server.Close()
		if f.mode == pop3.TLSImplicit {
			c = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certificate}})
			server = tls.Client(server, &tls.Config{RootCAs: f.Roots(), ServerName: f.Host()})
		}
		go func() {
			io.Copy(server, c)
			server.Close()
		}()
		for in := bufio.NewReader(server); ; {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			line = userLine.ReplaceAllString(line, "")
			io.WriteString(c, saslLine.ReplaceAllString(line, "SASL "+mechanism+"\r\n"))
		}
	})
	o.TLS, o.RootCAs, o.ListAhead = f.mode, roots(), true
	o.User, o.Password = behind.User, behind.Password
	return o
}

// contractMechanisms logs in in each way that AUTH has, rightly and wrongly.
func contractMechanisms(t *testing.T, f fixture) {
	if f.mode == pop3.TLSStart {
		return // nobody can stand between
	}
	f.Add([]byte("Subject: there\r\n\r\n"))
	for _, mechanism := range []string{"PLAIN", "LOGIN", "XOAUTH2"} {
		right, wrong := f.offering(t, mechanism), f.offering(t, mechanism)
		wrong.Password = "wrong"
		if mechanism == "XOAUTH2" {
			right.Auth, right.Token = pop3.AuthXOAUTH2, f.Token(time.Now().Add(time.Hour))
			wrong.Auth, wrong.Token = pop3.AuthXOAUTH2, f.Token(time.Now().Add(-time.Minute))
		}
		s := dial(t, right)
		if l, err := s.List(t.Context()); err != nil || len(l.Entries) != 1 || s.LoginMethod() != "AUTH "+mechanism {
			t.Errorf("by %s: %+v, %v, want one message by %s", s.LoginMethod(), l, err, mechanism)
		}
		if err := s.Quit(t.Context()); err != nil {
			t.Error(err)
		}
		_, err := pop3.Dial(t.Context(), wrong)
		if e := wantKind(t, err, pop3.Auth); e.Code != "AUTH" || e.Op != "AUTH "+mechanism {
			t.Errorf("%+v", e)
		}
	}
}
