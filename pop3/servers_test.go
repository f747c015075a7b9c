package pop3_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"net"
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

// TestRoundTrips is what a run with nothing to do costs.
func TestRoundTrips(t *testing.T) {
	server := startPop3test(t, pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true})
	server.AddMailbox("me", "secret")
	s := dial(t, pop3.Options{
		Host: server.Host(), Port: server.Port(), RootCAs: pool(server.CertificatePEM()),
		User: "me", Password: "secret", Pipelining: true,
	})
	if _, err := s.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Quit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := s.Stats(); st.Commands != 7 || st.RoundTrips != 4 {
		t.Errorf("stats are %+v, want 7 commands in 4 round trips", st)
	}
	if n := len(server.Commands()); n != 7 {
		t.Errorf("the server got %d commands: %q", n, server.Commands())
	}
}
