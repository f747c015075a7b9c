package pop3_test

import (
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// saslServer starts a server with a mailbox of one message that opens by
// password and token, and returns options for it.
func saslServer(t *testing.T, o pop3test.Options) (*pop3test.Server, pop3.Options) {
	t.Helper()
	o.TLS = pop3test.ImplicitTLS
	s := startPop3test(t, o)
	s.AddMailbox("me", "secret").Add("u1", []byte("Subject: a\r\n\r\nb\r\n"))
	s.AddToken("me", oauthToken)
	return s, pop3.Options{
		Host: s.Host(), Port: s.Port(), RootCAs: pool(s.CertificatePEM()), Timeout: 10 * time.Second,
		User: "me", Password: "secret", Token: oauthToken, Pipelining: true, ListAhead: true,
	}
}

// TestSASLRoundTrips is what each way to log in costs a run with nothing to
// do.
func TestSASLRoundTrips(t *testing.T) {
	for _, test := range []struct {
		server   pop3test.Options
		auth     pop3.AuthMode
		method   string
		commands string
		trips    int
	}{
		{pop3test.Options{Pipelining: true, NoUSER: true, SASL: []string{"PLAIN"}}, "",
			"AUTH PLAIN", "CAPA|AUTH PLAIN|***|STAT|UIDL|LIST|QUIT", 4},
		{pop3test.Options{Pipelining: true, NoUSER: true, SASL: []string{"PLAIN"}, NoInitialResponse: true}, "",
			"AUTH PLAIN", "CAPA|AUTH PLAIN|***|STAT|UIDL|LIST|QUIT", 4},
		{pop3test.Options{Pipelining: true, NoUSER: true, SASL: []string{"LOGIN"}}, pop3.AuthPlain,
			"AUTH LOGIN", "CAPA|AUTH LOGIN|***|***|STAT|UIDL|LIST|QUIT", 5},
		{pop3test.Options{Pipelining: true, SASL: []string{"PLAIN", "XOAUTH2"}, NoInitialResponse: true}, pop3.AuthXOAUTH2,
			"AUTH XOAUTH2", "CAPA|AUTH XOAUTH2|***|STAT|UIDL|LIST|QUIT", 4},
		{pop3test.Options{SASL: []string{"PLAIN", "XOAUTH2"}, NoInitialResponse: true}, pop3.AuthXOAUTH2,
			"AUTH XOAUTH2", "CAPA|AUTH XOAUTH2|***|STAT|UIDL|LIST|QUIT", 7},
		{pop3test.Options{Pipelining: true, SASL: []string{"PLAIN", "LOGIN"}}, "",
			"USER", "CAPA|USER me|PASS ***|STAT|UIDL|LIST|QUIT", 3},
		{pop3test.Options{Pipelining: true, NoCAPA: true, APOP: true}, pop3.AuthAPOP,
			"APOP", "CAPA|APOP ***|STAT|UIDL|LIST|QUIT", 6},
	} {
		server, o := saslServer(t, test.server)
		o.Auth = test.auth
		s := dial(t, o)
		if l, err := s.List(t.Context()); err != nil || len(l.Entries) != 1 {
			t.Fatalf("%s: %+v, %v", test.method, l, err)
		}
		if err := s.Quit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s.LoginMethod() != test.method || s.Stats().RoundTrips != test.trips {
			t.Errorf("by %q in %d round trips, want %q in %d", s.LoginMethod(), s.Stats().RoundTrips, test.method, test.trips)
		}
		if got := strings.Join(server.Commands(), "|"); got != test.commands {
			t.Errorf("the server got %s, want %s", got, test.commands)
		}
	}
}

// TestSASLRefused has every server refuse, with and without pipelining, in
// whatever way it does.
func TestSASLRefused(t *testing.T) {
	for name, test := range map[string]struct {
		server pop3test.Options
		change func(*pop3.Options)
	}{
		"PLAIN":                 {pop3test.Options{NoUSER: true, SASL: []string{"PLAIN"}}, nil},
		"LOGIN":                 {pop3test.Options{NoUSER: true, SASL: []string{"LOGIN"}}, nil},
		"token":                 {pop3test.Options{SASL: []string{"XOAUTH2"}}, oauth},
		"token, at once":        {pop3test.Options{SASL: []string{"XOAUTH2"}, BareRefusal: true}, oauth},
		"token, cut thereafter": {pop3test.Options{SASL: []string{"XOAUTH2"}, NeedsEmptyLine: true}, oauth},
	} {
		for _, pipelining := range []bool{false, true} {
			test.server.Pipelining = pipelining
			server, o := saslServer(t, test.server)
			server.AddMailbox("me", "another secret")
			server.RemoveToken("me", oauthToken)
			if test.change != nil {
				test.change(&o)
			}
			_, err := pop3.Dial(t.Context(), o)
			wantKind(t, err, pop3.Auth)
			attempts := 0
			for _, c := range server.Commands() {
				if strings.HasPrefix(c, "AUTH") || strings.HasPrefix(c, "PASS") {
					attempts++
				}
			}
			if attempts != 1 {
				t.Errorf("%s: %d attempts: %q", name, attempts, server.Commands())
			}
		}
	}
}

func oauth(o *pop3.Options) { o.Auth = pop3.AuthXOAUTH2 }

// TestSASLCut cuts the connection at each octet of each of the answers to a
// login, or has the server fall silent there. Neither is a refusal.
func TestSASLCut(t *testing.T) {
	var at atomic.Pointer[func(pop3test.Event) pop3test.Fault]
	fault := func(e pop3test.Event) pop3test.Fault { return (*at.Load())(e) }
	byPlain := pop3test.Options{NoUSER: true, SASL: []string{"PLAIN"}, Fault: fault}
	byLogin := pop3test.Options{NoUSER: true, SASL: []string{"LOGIN"}, Fault: fault}
	byToken := pop3test.Options{SASL: []string{"XOAUTH2"}, Fault: fault}
	for _, test := range []struct {
		server pop3test.Options
		auth   pop3.AuthMode
		step   string
		number int
		answer string
	}{
		{byPlain, "", "AUTH", 0, "+ \r\n"},
		{byPlain, "", "response", 1, "+OK 1 messages\r\n"},
		{byLogin, "", "AUTH", 0, "+ VXNlcm5hbWU6\r\n"},
		{byLogin, "", "response", 1, "+ UGFzc3dvcmQ6\r\n"},
		{byLogin, "", "response", 2, "+OK 1 messages\r\n"},
		{byToken, pop3.AuthXOAUTH2, "AUTH", 0, "+ \r\n"},
		{byToken, pop3.AuthXOAUTH2, "response", 1, "+OK 1 messages\r\n"},
	} {
		_, o := saslServer(t, test.server)
		o.Auth = test.auth
		try := func(f pop3test.Fault) error {
			at.Store(new(func(e pop3test.Event) pop3test.Fault {
				if e.Command == test.step && e.Number == test.number {
					return f
				}
				return pop3test.Fault{}
			}))
			_, err := pop3.Dial(t.Context(), o)
			return err
		}
		for n := range test.answer {
			wantKind(t, try(pop3test.Fault{Kind: pop3test.Cut, N: n, RST: n%2 == 0}), pop3.Unreachable)
		}
		o.Timeout = 100 * time.Millisecond
		wantKind(t, try(pop3test.Fault{Kind: pop3test.Freeze, N: len(test.answer) - 1}), pop3.Unreachable)
		if err := try(pop3test.Fault{Kind: pop3test.Cut, N: len(test.answer)}); test.answer[1] == 'O' && err != nil {
			t.Errorf("%q was said, and yet %v", test.answer, err)
		}
	}
}

// TestSASLServerLosesAhead: a server that loses what goes along with the
// login falls silent after it, at STAT, and not at the login.
func TestSASLServerLosesAhead(t *testing.T) {
	for _, test := range []struct {
		server pop3test.Options
		change func(*pop3.Options)
	}{
		{pop3test.Options{NoUSER: true, SASL: []string{"PLAIN"}}, func(*pop3.Options) {}},
		{pop3test.Options{SASL: []string{"XOAUTH2"}}, oauth},
	} {
		test.server.Pipelining, test.server.LosesAtLogin = true, true
		_, o := saslServer(t, test.server)
		test.change(&o)
		o.Timeout = 300 * time.Millisecond
		_, err := dial(t, o).List(t.Context())
		if e := wantKind(t, err, pop3.Unreachable); e.Op != "STAT" || errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%v", err)
		}
	}
}
