package pop3_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// mailbox starts a server with a mailbox of one message, and returns options
// for it.
func mailbox(t *testing.T, o pop3test.Options, mode pop3.TLSMode) pop3.Options {
	t.Helper()
	s := startPop3test(t, o)
	s.AddMailbox("me", "secret").Add("u1", []byte("Subject: a\r\n\r\nb\r\n"))
	return pop3.Options{
		Host: s.Host(), Port: s.Port(), TLS: mode, RootCAs: pool(s.CertificatePEM()),
		User: "me", Password: "secret", Pipelining: true,
	}
}

func TestOldTLS(t *testing.T) {
	for _, mode := range []pop3.TLSMode{pop3.TLSImplicit, pop3.TLSStart} {
		server := pop3test.Options{TLS: pop3test.ImplicitTLS, MaxTLS: tls.VersionTLS10}
		if mode == pop3.TLSStart {
			server.TLS = pop3test.STLS
		}
		o := mailbox(t, server, mode)
		_, err := pop3.Dial(t.Context(), o)
		wantKind(t, err, pop3.Certificate)

		o.MinVersion = tls.VersionTLS10
		if state, ok := dial(t, o).TLSState(); !ok || state.Version != tls.VersionTLS10 {
			t.Errorf("TLS version is %#x, want 1.0", state.Version)
		}
	}
}

// TestOldCipher has a server that knows nothing but RSA key exchange with CBC,
// which Go offers on demand alone.
func TestOldCipher(t *testing.T) {
	old := newCertificate(rsa.GenerateKey(rand.Reader, 2048))
	o := trusting(listener(t, func(c net.Conn) {
		c = tls.Server(c, &tls.Config{
			Certificates: []tls.Certificate{old},
			MinVersion:   tls.VersionTLS10, MaxVersion: tls.VersionTLS12,
			CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA},
		})
		bulk(t, c, 1)
	}), pop3.TLSImplicit)
	o.MinVersion, o.Fingerprint = tls.VersionTLS11, fingerprintOf(old)
	if state, _ := dial(t, o).TLSState(); state.CipherSuite != tls.TLS_RSA_WITH_AES_128_CBC_SHA {
		t.Errorf("cipher suite is %#x", state.CipherSuite)
	}
}

func TestSTLSNotOffered(t *testing.T) {
	_, err := pop3.Dial(t.Context(), mailbox(t, pop3test.Options{}, pop3.TLSStart))
	wantKind(t, err, pop3.Permanent)
}

func TestServersThatLackSomething(t *testing.T) {
	for _, server := range []pop3test.Options{
		{NoUIDL: true},
		{NoUIDL: true, Pipelining: true},
		{NoCAPA: true},
		{NoCAPA: true, NoUIDL: true, NoTOP: true},
		{APOP: true},
	} {
		s := dial(t, mailbox(t, server, pop3.TLSNone))
		l, err := s.List(t.Context())
		if err != nil || len(l.Entries) != 1 || l.HasUIDL == server.NoUIDL || l.Flaw != "" {
			t.Errorf("%+v: listing is %+v, %v", server, l, err)
		}
		if err := s.Quit(t.Context()); err != nil {
			t.Errorf("%+v: %v", server, err)
		}
	}
}

func TestLockedMailbox(t *testing.T) {
	o := mailbox(t, pop3test.Options{LockMailbox: true}, pop3.TLSNone)
	dial(t, o)
	_, err := pop3.Dial(t.Context(), o)
	if e := wantKind(t, err, pop3.Locked); e.Code != "IN-USE" {
		t.Errorf("code is %q", e.Code)
	}

	o = mailbox(t, pop3test.Options{LoginDelay: time.Hour}, pop3.TLSNone)
	dial(t, o)
	_, err = pop3.Dial(t.Context(), o)
	wantKind(t, err, pop3.Locked)
}

// TestRoundTrips is what a run with nothing to do costs: CAPA, login with
// listing, QUIT. Without pipelining each command waits for its answer.
func TestRoundTrips(t *testing.T) {
	server := startPop3test(t, pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true})
	server.AddMailbox("me", "secret")
	for _, c := range []struct {
		pipelining, listAhead bool
		trips                 int
	}{{true, true, 4}, {true, false, 5}, {false, true, 8}} {
		server.ResetCounters()
		s := dial(t, pop3.Options{
			Host: server.Host(), Port: server.Port(), RootCAs: pool(server.CertificatePEM()),
			User: "me", Password: "secret", Pipelining: c.pipelining, ListAhead: c.listAhead,
		})
		if _, err := s.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Quit(t.Context()); err != nil {
			t.Fatal(err)
		}
		// The server sees no round trip for its greeting.
		if st := s.Stats(); st.Commands != 7 || st.RoundTrips != c.trips-1 {
			t.Errorf("%+v: stats are %+v", c, st)
		}
		if n := len(server.Commands()); n != 7 {
			t.Errorf("%+v: the server got %d commands: %q", c, n, server.Commands())
		}
	}
}

// TestListAhead: what was asked for at the login is what List gives.
func TestListAhead(t *testing.T) {
	open := func(t *testing.T, o pop3test.Options, password string) (*pop3.Session, *pop3test.Server, error) {
		t.Helper()
		o.TLS, o.Pipelining = pop3test.ImplicitTLS, true
		server := startPop3test(t, o)
		server.AddMailbox("me", "secret").Add("1", []byte("Subject: one\r\n\r\n"))
		s, err := pop3.Dial(t.Context(), pop3.Options{
			Host: server.Host(), Port: server.Port(), RootCAs: pool(server.CertificatePEM()),
			User: "me", Password: password, Pipelining: true, ListAhead: true, Timeout: 10 * time.Second,
		})
		if err == nil {
			t.Cleanup(func() { s.Abort() })
		}
		return s, server, err
	}
	t.Run("twice", func(t *testing.T) {
		s, _, err := open(t, pop3test.Options{}, "secret")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			l, err := s.List(t.Context())
			if err != nil || len(l.Entries) != 1 || l.Entries[0].UID != "1" {
				t.Fatalf("%+v, %v", l, err)
			}
		}
	})
	t.Run("another call first", func(t *testing.T) {
		s, _, err := open(t, pop3test.Options{}, "secret")
		if err != nil {
			t.Fatal(err)
		}
		wantKind(t, s.Quit(t.Context()), pop3.Protocol)
	})
	t.Run("wrong password", func(t *testing.T) {
		_, _, err := open(t, pop3test.Options{}, "wrong")
		wantKind(t, err, pop3.Auth)
	})
	t.Run("capabilities by user", func(t *testing.T) {
		// They are asked for again after the login, in the same round trip.
		s, server, err := open(t, pop3test.Options{Expire: "30 USER"}, "secret")
		if err != nil {
			t.Fatal(err)
		}
		if l, err := s.List(t.Context()); err != nil || len(l.Entries) != 1 {
			t.Fatalf("%+v, %v", l, err)
		}
		if trips := s.Stats().RoundTrips; trips != 2 {
			t.Errorf("%d round trips, want 2", trips)
		}
		if got := strings.Join(server.Commands(), " "); got != "CAPA USER me PASS *** CAPA STAT UIDL LIST" {
			t.Errorf("the server got %s", got)
		}
	})
}
