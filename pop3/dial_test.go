package pop3_test

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3"
)

func TestDialInFewRoundTrips(t *testing.T) {
	s := dial(t, play(t, opened("C: QUIT", "S: +OK bye")...))
	if err := s.Quit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := s.Stats(); st.Commands != 4 || st.RoundTrips != 4 || st.BytesIn == 0 {
		t.Errorf("stats are %+v, want 4 commands in 4 round trips", st)
	}
	if _, ok := s.TLSState(); ok {
		t.Error("an unencrypted session has a TLS state")
	}
}

func TestCapabilities(t *testing.T) {
	s := dial(t, play(t, "S: +OK", "C: CAPA", "S: +OK here they are",
		"S: uidl", "S: TOP", "S: SASL PLAIN login", "S: EXPIRE 60", "S: LOGIN-DELAY 900", "S: X-ODD a b", "S: ", "S: STLS",
		"S: IMPLEMENTATION Some Thing\x1b 1.0", "S: .",
		"C: AUTH PLAIN", "S: +", "C: AG1lAHNlY3JldA==", "S: +OK"))
	c := s.Capabilities()
	if !c.Offered || !c.UIDL || !c.TOP || c.USER || c.Pipelining || !c.STLS {
		t.Errorf("capabilities are %+v", c)
	}
	if !slices.Equal(c.SASL, []string{"PLAIN", "LOGIN"}) || c.LoginDelay != 15*time.Minute || len(c.Raw) != 9 {
		t.Errorf("capabilities are %+v", c)
	}
	if !c.OffersSASL("LOGIN") || c.OffersSASL("XOAUTH2") || c.LoginDelayByUser || c.Implementation != `Some Thing\x1b 1.0` {
		t.Errorf("capabilities are %+v", c)
	}
	if want := (pop3.Expiry{Stated: true, Days: 60}); c.Expire != want {
		t.Errorf("expiry is %+v, want %+v", c.Expire, want)
	}
}

func TestExpiry(t *testing.T) {
	for line, want := range map[string]struct {
		expiry  pop3.Expiry
		deletes bool
	}{
		"EXPIRE NEVER": {pop3.Expiry{Stated: true, Never: true}, false},
		"expire 0":     {pop3.Expiry{Stated: true}, true},
		"EXPIRE 7":     {pop3.Expiry{Stated: true, Days: 7}, false},
		"EXPIRE":       {pop3.Expiry{}, false},
		"EXPIRE soon":  {pop3.Expiry{}, false},
		"EXPIRE -1":    {pop3.Expiry{}, false},
	} {
		s := dial(t, play(t, "S: +OK", "C: CAPA", "S: +OK", "S: "+line, "S: .",
			"C: USER me", "S: +OK", "C: PASS secret", "S: +OK"))
		if got := s.Capabilities().Expire; got != want.expiry || got.DeletesRetrieved() != want.deletes {
			t.Errorf("%s: %+v, deletes: %v; want %+v", line, got, got.DeletesRetrieved(), want)
		}
	}
}

func TestCapabilitiesByUserAreAskedForAgain(t *testing.T) {
	s := dial(t, play(t, "S: +OK", "C: CAPA", "S: +OK", "S: EXPIRE 30 USER", "S: .",
		"C: USER me", "S: +OK", "C: PASS secret", "S: +OK", "C: CAPA", "S: +OK", "S: EXPIRE 0", "S: ."))
	if !s.Capabilities().Expire.DeletesRetrieved() {
		t.Errorf("expiry is %+v, want the one after the login", s.Capabilities().Expire)
	}
}

func TestServerWithoutCAPA(t *testing.T) {
	s := dial(t, play(t, "S: +OK", "C: CAPA", "S: -ERR what?", "C: USER me", "S: +OK", "C: PASS secret", "S: +OK"))
	if s.Capabilities().Offered {
		t.Error("capabilities are offered, want none")
	}
}

func TestGreetings(t *testing.T) {
	for greeting, want := range map[string]pop3.Kind{
		"S: -ERR no":                           pop3.Temporary,
		"S: -ERR [IN-USE] no":                  pop3.Locked,
		"S: -ERR[SYS/PERM] closed":             pop3.Permanent,
		"S: ":                                  pop3.Protocol,
		"S: * OK IMAP4rev1":                    pop3.Protocol,
		"R: +OK bare\n":                        pop3.Protocol,
		"S: +OK " + strings.Repeat("x", 8<<10): pop3.Protocol,
		"R: +OK" + strings.Repeat("x", 70<<10): pop3.Protocol,
		"CLOSE":                                pop3.Unreachable,
	} {
		_, err := pop3.Dial(t.Context(), play(t, greeting))
		wantKind(t, err, want)
	}
	_, err := pop3.Dial(t.Context(), play(t, "R: +OK", "CLOSE"))
	if wantKind(t, err, pop3.Unreachable); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("half a greeting: %v", err)
	}
}

func TestServerThatTalksAhead(t *testing.T) {
	_, err := pop3.Dial(t.Context(), play(t, "R: +OK\r\n+OK\r\n"))
	wantKind(t, err, pop3.Protocol)
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	_, err = pop3.Dial(t.Context(), pop3.Options{Host: "127.0.0.1", Port: port, TLS: pop3.TLSNone, User: "me"})
	wantKind(t, err, pop3.Unreachable)
}

// unconnected fails the test when a connection is made.
func unconnected(t *testing.T) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, _, addr string) (net.Conn, error) {
		t.Errorf("connected to %s", addr)
		return nil, net.ErrClosed
	}
}

func TestOptionsThatCannotWork(t *testing.T) {
	for name, change := range map[string]func(*pop3.Options){
		"no host":               func(o *pop3.Options) { o.Host = "" },
		"no user":               func(o *pop3.Options) { o.User = "" },
		"CRLF in the host":      func(o *pop3.Options) { o.Host += "\r\n" },
		"CRLF in the user":      func(o *pop3.Options) { o.User = "me\r\nDELE 1" },
		"NUL in the password":   func(o *pop3.Options) { o.Password = "a\x00" },
		"port":                  func(o *pop3.Options) { o.Port = 70000 },
		"TLS mode":              func(o *pop3.Options) { o.TLS = "tls" },
		"authentication":        func(o *pop3.Options) { o.Auth = "ntlm" },
		"half of a fingerprint": func(o *pop3.Options) { o.Fingerprint = make([]byte, 16) },
	} {
		t.Run(name, func(t *testing.T) {
			o := pop3.Options{Host: "127.0.0.1", User: "me", Dial: unconnected(t)}
			change(&o)
			_, err := pop3.Dial(t.Context(), o)
			wantKind(t, err, pop3.Permanent)
		})
	}
}

func TestAddresses(t *testing.T) {
	for _, test := range []struct {
		o    pop3.Options
		want string
	}{
		{pop3.Options{Host: "::1", User: "me"}, "[::1]:995"},
		{pop3.Options{Host: "mail.example.org", User: "me", TLS: pop3.TLSStart}, "mail.example.org:110"},
		{pop3.Options{Host: "127.0.0.1", User: "me", TLS: pop3.TLSNone, Port: 1110}, "127.0.0.1:1110"},
	} {
		refused := errors.New("no way")
		var got string
		test.o.Dial = func(_ context.Context, _, addr string) (net.Conn, error) {
			got = addr
			return nil, refused
		}
		_, err := pop3.Dial(t.Context(), test.o)
		if wantKind(t, err, pop3.Unreachable); !errors.Is(err, refused) || got != test.want {
			t.Errorf("connects to %q (%v), want %q", got, err, test.want)
		}
	}
}
