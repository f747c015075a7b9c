package pop3_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/pop3/dovecottest"
)

func TestContractWithDovecot(t *testing.T) {
	// Each test has a user of its own: a session that was cut lives on in
	// Dovecot for a moment, and moves mail about.
	users := make(map[string]string)
	for i := range 40 {
		users[fmt.Sprintf("user%d", i)] = "secret"
	}
	s, err := dovecottest.Start(t.TempDir(), dovecottest.Options{Users: users, OAuth: true})
	if errors.Is(err, dovecottest.ErrMissing) && os.Getenv("POPBRIDGE_REQUIRE_DOVECOT") != "1" {
		t.Skipf("Dovecot with POP3 is not installed: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	next := 0
	contract(t, func(t *testing.T, _ pop3.TLSMode) mailboxServer {
		next++
		return dovecot{t, s, fmt.Sprintf("user%d", next)}
	})
}

// dovecot is the real one.
type dovecot struct {
	t      *testing.T
	server *dovecottest.Server
	user   string
}

func (d dovecot) User() string                 { return d.user }
func (d dovecot) Host() string                 { return d.server.Host() }
func (d dovecot) Roots() *x509.CertPool        { return pool(d.server.CertificatePEM()) }
func (d dovecot) Token(until time.Time) string { return d.server.Token(d.user, until) }

func (d dovecot) Port(mode pop3.TLSMode) int {
	if mode == pop3.TLSImplicit {
		return d.server.POP3SPort()
	}
	return d.server.POP3Port()
}

func (d dovecot) Fingerprint() []byte {
	f := d.server.Fingerprint()
	return f[:]
}

func (d dovecot) Add(raw []byte) {
	d.t.Helper()
	if err := d.server.Deliver(d.user, raw); err != nil {
		d.t.Fatal(err)
	}
}

func (d dovecot) Clear() {
	d.t.Helper()
	if err := d.server.Clear(d.user); err != nil {
		d.t.Fatal(err)
	}
}

func (d dovecot) Contents() [][]byte {
	d.t.Helper()
	messages, err := d.server.Messages(d.user)
	if err != nil {
		d.t.Fatal(err)
	}
	for i, raw := range messages {
		messages[i] = asDovecotServes(raw)
	}
	return messages
}

// asDovecotServes ends lines with CRLF, the last one, too.
func asDovecotServes(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	raw = bytes.ReplaceAll(raw, []byte("\n"), []byte("\r\n"))
	if !bytes.HasSuffix(raw, []byte("\r\n")) {
		raw = append(raw, "\r\n"...)
	}
	return raw
}
