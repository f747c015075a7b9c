package pop3_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3"
)

// expired is a certificate that was good a year ago, and an authority by
// itself.
func expired(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	c := newCertificateFrom(time.Now().AddDate(-2, 0, 0), key, err)
	parsed, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AddCert(parsed)
	return c, trusted
}

// as tells whether an error is, or wraps, a T.
func as[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// TestUntrusted: whatever is wrong with a certificate, the error has it, and
// says what.
func TestUntrusted(t *testing.T) {
	old, oldRoots := expired(t)
	for _, test := range []struct {
		name   string
		with   tls.Certificate
		change func(*pop3.Options)
		reason func(error) bool
		says   string
	}{
		{"unknown authority", certificate, func(o *pop3.Options) { o.RootCAs = x509.NewCertPool() },
			as[x509.UnknownAuthorityError], "signed by unknown authority; the certificate's SHA-256 fingerprint is "},
		{"another name", certificate, func(o *pop3.Options) { o.ServerName = "mail.example.com" },
			as[x509.HostnameError], "not mail.example.com; the certificate's SHA-256 fingerprint is "},
		{"expired", old, func(o *pop3.Options) { o.RootCAs = oldRoots },
			as[x509.CertificateInvalidError], "; the certificate's SHA-256 fingerprint is "},
		{"not the pinned one", certificate, func(o *pop3.Options) { o.Fingerprint = make([]byte, 32) },
			as[*pop3.Untrusted], ": the certificate is not the pinned one; its SHA-256 fingerprint is "},
	} {
		for _, mode := range []pop3.TLSMode{pop3.TLSImplicit, pop3.TLSStart} {
			t.Run(test.name+", "+string(mode), func(t *testing.T) {
				o := trusting(listener(t, func(c net.Conn) {
					if mode == pop3.TLSStart {
						c.Write([]byte("+OK\r\n"))
						c.Read(make([]byte, len("STLS\r\n")))
						c.Write([]byte("+OK\r\n"))
					}
					tls.Server(c, &tls.Config{Certificates: []tls.Certificate{test.with}}).Handshake()
				}), mode)
				test.change(&o)
				_, err := pop3.Dial(t.Context(), o)
				e := wantKind(t, err, pop3.Certificate)
				hexed := hex.EncodeToString(fingerprintOf(test.with))
				if !test.reason(err) || !strings.HasSuffix(e.Error(), test.says+hexed) || errors.Is(err, pop3.ErrOldTLS) {
					t.Errorf("%v, want that %s%s", err, test.says, hexed)
				}
				u, ok := errors.AsType[*pop3.Untrusted](err)
				if !ok || u.Fingerprint() != hexed || pop3.Fingerprint(u.Certificate) != hexed || u.Certificate.Subject.CommonName != "mail.example.org" {
					t.Fatalf("%v has %+v", err, u)
				}
				// What it tells is what pins it.
				o = trusting(listener(t, func(c net.Conn) {
					bulk(t, tls.Server(c, &tls.Config{Certificates: []tls.Certificate{test.with}}), 1)
				}), pop3.TLSImplicit)
				test.change(&o)
				if o.Fingerprint, err = hex.DecodeString(u.Fingerprint()); err != nil {
					t.Fatal(err)
				}
				dial(t, o)
			})
		}
	}
}
