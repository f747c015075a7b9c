package pop3_test

import (
	"bytes"
	"crypto/x509"
	"strconv"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestContractWithPop3test(t *testing.T) {
	modes := map[pop3.TLSMode]pop3test.TLSMode{
		pop3.TLSImplicit: pop3test.ImplicitTLS, pop3.TLSStart: pop3test.STLS, pop3.TLSNone: pop3test.NoTLS,
	}
	contract(t, func(t *testing.T, mode pop3.TLSMode) mailboxServer {
		s := startPop3test(t, pop3test.Options{TLS: modes[mode], Pipelining: true, SASL: []string{"PLAIN", "LOGIN", "XOAUTH2"}, Token: inTime})
		return inProcess{s, s.AddMailbox("me", "secret")}
	})
}

// inTime takes a token that is the moment of its end.
func inTime(_, token string) bool {
	until, err := time.Parse(time.RFC3339, token)
	return err == nil && time.Now().Before(until)
}

func startPop3test(t *testing.T, o pop3test.Options) *pop3test.Server {
	t.Helper()
	s, err := pop3test.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// pool is the certificate as a CA; empty without one.
func pool(pem []byte) *x509.CertPool {
	p := x509.NewCertPool()
	p.AppendCertsFromPEM(pem)
	return p
}

// inProcess is pop3test, which keeps every octet.
type inProcess struct {
	server *pop3test.Server
	box    *pop3test.Mailbox
}

func (s inProcess) User() string          { return s.box.User() }
func (s inProcess) Host() string          { return s.server.Host() }
func (s inProcess) Port(pop3.TLSMode) int { return s.server.Port() }
func (s inProcess) Roots() *x509.CertPool { return pool(s.server.CertificatePEM()) }
func (s inProcess) Clear()                { s.box.Clear() }

func (s inProcess) Fingerprint() []byte {
	f := s.server.Fingerprint()
	return f[:]
}

func (s inProcess) Token(until time.Time) string { return until.Format(time.RFC3339) }

func (s inProcess) Add(raw []byte) {
	s.box.Add("u"+strconv.Itoa(len(s.box.UIDs())+1), raw)
}

func (s inProcess) Contents() [][]byte {
	var out [][]byte
	for _, m := range s.box.Messages() {
		if !bytes.HasSuffix(m.Raw, []byte("\r\n")) {
			m.Raw = append(m.Raw, "\r\n"...)
		}
		out = append(out, m.Raw)
	}
	return out
}
