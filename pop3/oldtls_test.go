package pop3_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3"
)

// TestOldServers shakes hands with servers that know one version and one
// cipher suite: as popbridge is by default, which refuses them and says why,
// and with the oldest version allowed.
func TestOldServers(t *testing.T) {
	byRSA := newCertificate(rsa.GenerateKey(rand.Reader, 2048))
	short := newCertificate(rsa.GenerateKey(rand.Reader, 1024)) // as in old days
	const (
		older = "the server speaks older versions of TLS only; at least TLS 1.2 is wanted"
		suite = "the server has no cipher suite of today's, as old ones have not; at least TLS 1.2 is wanted"
	)
	for _, test := range []struct {
		name    string
		version uint16
		suite   uint16
		with    tls.Certificate
		says    string
	}{
		{"TLS 1.0, RSA, AES", tls.VersionTLS10, tls.TLS_RSA_WITH_AES_128_CBC_SHA, byRSA, older},
		{"TLS 1.0, RSA, 3DES", tls.VersionTLS10, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, byRSA, older},
		{"TLS 1.0, RSA of 1024 bits, RC4", tls.VersionTLS10, tls.TLS_RSA_WITH_RC4_128_SHA, short, older},
		{"TLS 1.0, ECDHE, AES", tls.VersionTLS10, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, certificate, older},
		{"TLS 1.0, ECDHE, 3DES", tls.VersionTLS10, tls.TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA, byRSA, older},
		{"TLS 1.1, RSA, AES", tls.VersionTLS11, tls.TLS_RSA_WITH_AES_256_CBC_SHA, byRSA, older},
		{"TLS 1.1, RSA, 3DES", tls.VersionTLS11, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, short, older},
		{"TLS 1.2, RSA, AES", tls.VersionTLS12, tls.TLS_RSA_WITH_AES_128_GCM_SHA256, byRSA, suite},
		{"TLS 1.2, RSA, 3DES", tls.VersionTLS12, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, byRSA, suite},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := func() pop3.Options {
				o := trusting(listener(t, func(c net.Conn) {
					bulk(t, tls.Server(c, &tls.Config{
						Certificates: []tls.Certificate{test.with}, CipherSuites: []uint16{test.suite},
						MinVersion: test.version, MaxVersion: test.version,
					}), 1)
				}), pop3.TLSImplicit)
				o.Fingerprint = fingerprintOf(test.with)
				return o
			}
			_, err := pop3.Dial(t.Context(), server())
			if e := wantKind(t, err, pop3.Certificate); !errors.Is(err, pop3.ErrOldTLS) || !strings.HasSuffix(e.Error(), ": "+test.says) {
				t.Errorf("%v, want that %s", err, test.says)
			}
			o := server()
			o.MinVersion = tls.VersionTLS10
			if state, _ := dial(t, o).TLSState(); state.Version != test.version || state.CipherSuite != test.suite {
				t.Errorf("spoke %s, %s", tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite))
			}
		})
	}
}

// serverHello is of a server that answers in a version of its own, and no
// other (RFC 5246, section 7.4.1.3).
func serverHello(minor byte) string {
	const random, noSession, suite, uncompressed = 32, "\x00", "\x00\x2f", "\x00"
	body := "\x03" + string(minor) + strings.Repeat("r", random) + noSession + suite + uncompressed
	return "\x16\x03" + string(minor) + "\x00" + string(byte(len(body)+4)) + "\x02\x00\x00" + string(byte(len(body))) + body
}

// TestOldTLSByAnswer has servers say how old they are as others than Go's do.
func TestOldTLSByAnswer(t *testing.T) {
	const (
		fatal  = "\x15\x03\x01\x00\x02\x02"
		wanted = "at least TLS 1.2 is wanted"
		suite  = "the server has no cipher suite of today's, as old ones have not; "
	)
	for _, test := range []struct {
		name   string
		answer string
		least  uint16
		old    string // what is said of it; empty where it isn't old
	}{
		{"TLS 1.0", serverHello(1), 0, "the server speaks TLS 1.0 only; " + wanted},
		{"TLS 1.1", serverHello(2), 0, "the server speaks TLS 1.1 only; " + wanted},
		{"TLS 1.1 for 1.3", serverHello(2), tls.VersionTLS13, "the server speaks TLS 1.1 only; at least TLS 1.3 is wanted"},
		{"TLS 1.2 for 1.3", serverHello(3), tls.VersionTLS13, "the server speaks TLS 1.2 only; at least TLS 1.3 is wanted"},
		{"TLS 1.0 for 1.1", serverHello(1), tls.VersionTLS11, "the server speaks TLS 1.0 only; at least TLS 1.1 is wanted"},
		{"SSL 3.0", serverHello(0), 0, "the server speaks SSLv3 only; " + wanted},
		{"protocol_version", fatal + "\x46", 0, "the server speaks older versions of TLS only; " + wanted},
		{"handshake_failure", fatal + "\x28", 0, suite + wanted},
		{"insufficient_security", fatal + "\x47", 0, suite + wanted},
		{"handshake_failure with all suites", fatal + "\x28", tls.VersionTLS10, ""},
		{"unrecognized_name", fatal + "\x70", 0, ""},
		{"internal_error", fatal + "\x50", 0, ""},
		{"POP3 in the clear", "+OK ready\r\n", 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := trusting(listener(t, func(c net.Conn) {
				io.WriteString(c, test.answer)
				io.Copy(io.Discard, c)
			}), pop3.TLSImplicit)
			o.MinVersion = test.least
			_, err := pop3.Dial(t.Context(), o)
			wantKind(t, err, pop3.Certificate)
			if errors.Is(err, pop3.ErrOldTLS) != (test.old != "") || !strings.HasSuffix(err.Error(), test.old) {
				t.Errorf("%v, want that %q", err, test.old)
			}
		})
	}
}
