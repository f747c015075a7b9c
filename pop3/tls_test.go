package pop3_test

import (
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3"
)

// encrypted are the steps of a login once TLS is on, USER and PASS in one go.
func encrypted(more ...string) []string {
	return append([]string{
		"C: CAPA", "S: +OK", "S: USER", "S: PIPELINING", "S: .",
		"C: USER me", "C: PASS secret", "S: +OK", "S: +OK",
	}, more...)
}

func startTLS(more ...string) []string {
	return append([]string{"S: +OK", "C: STLS", "S: +OK", "TLS"}, more...)
}

// trusting has the options that let the test certificate pass.
func trusting(o pop3.Options, mode pop3.TLSMode) pop3.Options {
	o.TLS, o.RootCAs = mode, roots()
	return o
}

func TestImplicitTLS(t *testing.T) {
	transcript := append([]string{"TLS", "S: +OK"}, encrypted("C: QUIT", "S: +OK")...)
	s := dial(t, trusting(play(t, transcript...), pop3.TLSImplicit))
	if state, ok := s.TLSState(); !ok || !state.HandshakeComplete {
		t.Errorf("TLS state is %+v, %v", state, ok)
	}
	if err := s.Quit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st := s.Stats(); st.Commands != 4 || st.RoundTrips != 3 {
		t.Errorf("stats are %+v, want 4 commands in 3 round trips", st)
	}
}

func TestSTLS(t *testing.T) {
	s := dial(t, trusting(play(t, startTLS(encrypted()...)...), pop3.TLSStart))
	if _, ok := s.TLSState(); !ok {
		t.Error("the session is not encrypted")
	}
}

func TestAPOPOverTLS(t *testing.T) {
	o := trusting(play(t, "TLS", "S: +OK "+stamp, "C: CAPA", "S: +OK", "S: UIDL", "S: .",
		"C: APOP mrose "+digest, "S: +OK"), pop3.TLSImplicit)
	o.User, o.Password = "mrose", "tanstaaf"
	dial(t, o)

	// With USER among the capabilities, the password is safe as it is.
	transcript := append([]string{"TLS", "S: +OK " + stamp}, encrypted()...)
	dial(t, trusting(play(t, transcript...), pop3.TLSImplicit))
}

func TestSTLSRefused(t *testing.T) {
	for answer, want := range map[string]pop3.Kind{
		"S: -ERR unknown command":  pop3.Permanent,
		"S: -ERR [SYS/TEMP] no":    pop3.Temporary,
		"S: what?":                 pop3.Protocol,
		"R: +OK\r\n+OK\r\n+OK\r\n": pop3.Protocol, // an injection
		"R: +OK begin\r\n-":        pop3.Protocol,
		"CLOSE":                    pop3.Unreachable,
	} {
		_, err := pop3.Dial(t.Context(), trusting(play(t, "S: +OK", "C: STLS", answer), pop3.TLSStart))
		wantKind(t, err, want)
	}
}

func TestCertificates(t *testing.T) {
	name := func(o *pop3.Options) { o.ServerName = "mail.example.org" }
	for _, test := range []struct {
		name   string
		change func(*pop3.Options)
		fits   bool
	}{
		{"the address is in it", func(*pop3.Options) {}, true},
		{"the name is in it", name, true},
		{"another name", func(o *pop3.Options) { o.ServerName = "mail.example.com" }, false},
		{"unknown authority", func(o *pop3.Options) { o.RootCAs = x509.NewCertPool() }, false},
		{"pinned", func(o *pop3.Options) { o.RootCAs, o.Fingerprint = x509.NewCertPool(), fingerprint() }, true},
		{"pinned, another name", func(o *pop3.Options) { o.ServerName, o.Fingerprint = "mail.example.com", fingerprint() }, true},
		{"another one pinned", func(o *pop3.Options) { o.Fingerprint = make([]byte, 32) }, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			transcript := []string{"TLS"}
			if test.fits {
				transcript = append([]string{"TLS", "S: +OK"}, encrypted()...)
			}
			o := trusting(play(t, transcript...), pop3.TLSImplicit)
			test.change(&o)
			if test.fits {
				dial(t, o)
				return
			}
			_, err := pop3.Dial(t.Context(), o)
			if e := wantKind(t, err, pop3.Certificate); !strings.Contains(e.Error(), hex.EncodeToString(fingerprint())) {
				t.Errorf("error does not tell the fingerprint: %v", e)
			}
		})
	}
}

func TestHandshakeThatIsNone(t *testing.T) {
	_, err := pop3.Dial(t.Context(), trusting(listener(t, func(c net.Conn) {
		io.WriteString(c, "+OK POP3 ready\r\n")
		io.Copy(io.Discard, c)
	}), pop3.TLSImplicit))
	wantKind(t, err, pop3.Certificate)

	_, err = pop3.Dial(t.Context(), trusting(listener(t, func(c net.Conn) {
		c.Read(make([]byte, 1))
	}), pop3.TLSImplicit))
	wantKind(t, err, pop3.Unreachable)
}

func TestDisconnectedWithinTLS(t *testing.T) {
	transcript := append([]string{"TLS", "S: +OK"}, encrypted("C: RETR 1", "S: +OK", "S: half", "CLOSE")...)
	s := dial(t, trusting(play(t, transcript...), pop3.TLSImplicit))
	var got bytes.Buffer
	err := s.Retr(t.Context(), numbers(1), collect(&got))
	if wantKind(t, err, pop3.Unreachable); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error is %v", err)
	}
}
