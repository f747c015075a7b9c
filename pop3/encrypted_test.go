package pop3_test

import (
	"crypto/tls"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// TestWhoeverIsToldOfTheEncryptionMayEndTheSession before anybody logs in.
func TestWhoeverIsToldOfTheEncryptionMayEndTheSession(t *testing.T) {
	enough := errors.New("enough")
	for client, server := range map[pop3.TLSMode]pop3test.TLSMode{
		pop3.TLSImplicit: pop3test.ImplicitTLS, pop3.TLSStart: pop3test.STLS} {
		s, err := pop3test.Start(pop3test.Options{TLS: server})
		if err != nil {
			t.Fatal(err)
		}
		s.AddMailbox("shop", "secret")
		fingerprint := s.Fingerprint()
		var seen []tls.ConnectionState
		o := pop3.Options{Host: s.Host(), Port: s.Port(), TLS: client, Fingerprint: fingerprint[:], User: "shop", Password: "secret",
			Encrypted: func(state tls.ConnectionState) error {
				seen = append(seen, state)
				return enough
			}}
		if _, err := pop3.Dial(t.Context(), o); !errors.Is(err, enough) {
			t.Errorf("%s: %v", client, err)
		}
		if len(seen) != 1 || seen[0].Version != tls.VersionTLS13 || len(seen[0].PeerCertificates) != 1 {
			t.Errorf("%s: it was told of %+v", client, seen)
		}
		if err := s.WaitIdle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if heard := s.Commands(); slices.ContainsFunc(heard, func(c string) bool { return strings.HasPrefix(c, "USER") }) {
			t.Errorf("%s: the server heard %q", client, heard)
		}
		o.Encrypted = func(tls.ConnectionState) error { return nil }
		session, err := pop3.Dial(t.Context(), o)
		if err != nil {
			t.Fatalf("%s: %v", client, err)
		}
		if err := errors.Join(session.Abort(), s.Close()); err != nil {
			t.Error(err)
		}
	}
}
