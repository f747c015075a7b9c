package app_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestInitPinsACertificateOnlyByConsent(t *testing.T) {
	n := known(t, implicit, begin(officePassword), []asked{{"Pin it [no]: ", ""},
		{"server, user, password, again or write [server]: ", "again"}, {"Pin it", "y"}, {"Pin it", "yes"}}, rest())
	n.expect(0)
	seen := n.pop.Fingerprint()
	n.says("certificate signed by unknown authority", "\n  "+hex.EncodeToString(seen[:])+"\n",
		"No password was sent", "accept this one certificate and no other", "type yes in full, or no")
	if _, a := n.wrote(); hex.EncodeToString(a.TLSFingerprint) != hex.EncodeToString(seen[:]) {
		t.Errorf("wrote %x", a.TLSFingerprint)
	}
}

// names are a certificate for other names than the server's address, and an
// authority by itself.
func names(t *testing.T, all ...string) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: all, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// A certificate of the hosting provider's, that is good for another name, is no
// reason to pin it.
func TestInitOffersTheNameOfACertificateForAnother(t *testing.T) {
	const question = "Take it as that server's [no]: "
	for _, c := range []struct {
		names []string
		turns []asked
		want  string
		says  string
	}{
		{[]string{"localhost"}, []asked{{question, "y"}, {question, "yes"}}, "localhost", "good, but for localhost, not for 127.0.0.1."},
		{[]string{"mail.example.jp", "mail.example.net"}, []asked{{question, "yes"}}, "mail.example.jp", "It is for mail.example.jp, mail.example.net: "},
		{[]string{"mail.example.jp", "*.example.net"}, []asked{{question, "a.example.com"}, {question, "pop.example.net"}}, "pop.example.net", "type yes in full, no, or one of"},
	} {
		o := implicit
		o.Certificate = names(t, c.names...)
		n := known(t, o, begin(officePassword), c.turns, rest())
		n.expect(0, n.ca()...)
		n.says(c.says, "No password was sent")
		if _, a := n.wrote(); a.ServerName != c.want || a.Host != n.pop.Host() || len(a.TLSFingerprint) > 0 {
			t.Errorf("wrote %+v", a)
		}
		if strings.Contains(n.err.String(), "Pin it") {
			t.Errorf("it offers a pin:\n%s", &n.err)
		}
	}
}

// Who wants another server is asked for it, and a consent to the name of the
// one before doesn't come along.
func TestInitTakesNoOtherNameWithoutConsent(t *testing.T) {
	o := implicit
	o.Certificate = names(t, "localhost")
	n := known(t, o, begin(officePassword), []asked{{"Take it as that server's [no]: ", ""}, {"server, user, password, again or write [server]: ", ""}})
	n.turns = append(append(n.turns, asked{"POP3 server [" + n.pop.Addr() + "]: ", "localhost:" + portOf(n)}), rest()...)
	n.expect(0, n.ca()...)
	if _, a := n.wrote(); a.Host != "localhost" || a.Port != n.pop.Port() || a.ServerName != "" {
		t.Errorf("wrote %+v", a)
	}
}

func TestInitNamesTheFlagForAnotherName(t *testing.T) {
	o := implicit
	o.Certificate = names(t, "mail.example.jp")
	n := newNewcomer(t, o)
	n.stdin = officePassword
	flags := append(n.ca(), n.answers()...)
	n.expect(77, flags...)
	n.says("popbridge: the certificate is good, but for mail.example.jp, not for 127.0.0.1\n", "popbridge init --server-name mail.example.jp\n")
	n.wroteNothing()
	n.expect(0, append(flags, "--server-name", "mail.example.jp")...)
	if _, a := n.wrote(); a.ServerName != "mail.example.jp" {
		t.Errorf("wrote %+v", a)
	}

	// Its name is the least that is wrong with a certificate that isn't trusted.
	n = newNewcomer(t, o)
	n.stdin = officePassword
	n.expect(77, n.answers()...)
	n.says("popbridge init --tls-fingerprint")
}

func TestInitAllowsOldTLSOnlyByConsent(t *testing.T) {
	o := implicit
	o.MaxTLS = tls.VersionTLS10
	n := known(t, o, begin(officePassword), []asked{{"Allow it [no]: ", ""},
		{"server, user, password, again or write [server]: ", "again"}, {"Allow it", "yes"}}, rest())
	n.expect(0, n.ca()...)
	if _, a := n.wrote(); a.TLSMin != tls.VersionTLS10 {
		t.Errorf("wrote %x", a.TLSMin)
	}

	n = newNewcomer(t, o)
	n.stdin = officePassword + "\n"
	flags := append(n.ca(), n.answers()...)
	n.expect(77, flags...)
	n.says("popbridge init --tls-min 1.0")
	n.wroteNothing()
	n.expect(0, append(flags, "--tls-min", "1.0")...)
}

func TestInitRefusesAnUntrustedCertificateWhereNobodyCanBeAsked(t *testing.T) {
	n := newNewcomer(t, implicit)
	n.stdin = officePassword + "\n"
	n.expect(77, n.answers()...)
	n.says("fingerprint is ", "hint: ", "popbridge init --tls-fingerprint")
	n.wroteNothing()
	seen := n.pop.Fingerprint()
	n.expect(0, append(n.answers(), "--tls-fingerprint", hex.EncodeToString(seen[:]))...)
}

// Off this machine a password goes readable only where a person says so.
func TestInitAsksBeforePlaintextLeavesTheMachine(t *testing.T) {
	n := newNewcomer(t, pop3test.Options{})
	n.terminal = true
	n.turns = []asked{{"Use it all the same [no]: ", "no"}, {"POP3 server: ", n.pop.Addr()}}
	n.turns = append(n.turns, append([]asked{{"User name", ""}, {"Password", officePassword}}, rest()...)...)
	n.expect(0, "--address", officeAddress, "--host", "192.0.2.1", "--port", "110", "--tls", "none")
	if _, a := n.wrote(); a.AllowPlaintext || a.Host != n.pop.Host() {
		t.Errorf("wrote %+v", a)
	}

	n = newNewcomer(t, pop3test.Options{})
	flags := []string{"--address", officeAddress, "--host", "192.0.2.1", "--tls", "none", "--no-login", "--password-env", "MAIL_PASSWORD", "--gmail", "shop@example.org"}
	n.expect(64, flags...)
	n.says("--tls none: ", "--allow-plaintext")
	n.expect(0, append(flags, "--allow-plaintext")...)
	if _, a := n.wrote(); !a.AllowPlaintext || a.Port != 110 {
		t.Errorf("wrote %+v", a)
	}
}
