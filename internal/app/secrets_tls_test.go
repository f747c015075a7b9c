package app_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// certificate is one for a name and an address, good between two moments.
func certificate(t *testing.T, name string, address net.IP, from, until time.Time) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, DNSNames: []string{name}, IPAddresses: []net.IP{address}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestCredentialsWaitForTheRightServer: whatever is wrong with the way to the
// server, it never hears of user and password, and a person is told.
func TestCredentialsWaitForTheRightServer(t *testing.T) {
	now, day, here := time.Now(), 24*time.Hour, net.IPv4(127, 0, 0, 1)
	good := certificate(t, "mail.example.org", here, now.Add(-day), now.Add(day))
	other := certificate(t, "mail.example.org", here, now.Add(-day), now.Add(day))
	reply := func(raw string) func(pop3test.Event) pop3test.Fault {
		return strike("STLS", "", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte(raw)})
	}
	both, stls := []pop3test.TLSMode{pop3test.ImplicitTLS, pop3test.STLS}, []pop3test.TLSMode{pop3test.STLS}
	trusted, pinned := `tls_ca = "ca.pem"`, "tls_fingerprint = \""+digestOf(good.Certificate[0])+"\""
	for _, row := range []struct {
		name   string
		modes  []pop3test.TLSMode
		shown  *tls.Certificate
		keys   string
		fault  func(pop3test.Event) pop3test.Fault
		served pop3test.TLSMode // where it isn't what is wanted
		exit   int
	}{
		{"expired", both, certificate(t, "mail.example.org", here, now.Add(-2*day), now.Add(-day)), trusted, nil, 0, 77},
		{"not yet good", both, certificate(t, "mail.example.org", here, now.Add(day), now.Add(2*day)), trusted, nil, 0, 77},
		{"another address", both, certificate(t, "mail.example.org", net.IPv4(127, 0, 0, 2), now.Add(-day), now.Add(day)), trusted, nil, 0, 77},
		{"another name", both, good, trusted + "\nserver_name = \"mail.example.com\"", nil, 0, 77},
		{"a name that steers terminals", both, certificate(t, "\x1b[31mmail.example.org\x7f", here, now.Add(-day), now.Add(day)),
			trusted + "\nserver_name = \"mail.example.com\"", nil, 0, 77},
		{"unknown authority", both, other, "", nil, 0, 77},
		{"another pinned", both, other, pinned, nil, 0, 77},
		{"STLS taken out of CAPA and refused", stls, good, trusted, reply("-ERR unknown command\r\n"), 0, 77},
		{"STLS refused with a code", stls, good, trusted, reply("-ERR [AUTH] no\r\n"), 0, 77},
		{"no TLS at all", stls, nil, trusted, nil, pop3test.NoTLS, 77},
		{"answers smuggled in with the consent", stls, good, trusted, reply("+OK begin\r\n+OK\r\nUSER\r\n.\r\n+OK\r\n+OK\r\n+OK 0 0\r\n"), 0, 69},
		{"no TLS where it is to begin with", []pop3test.TLSMode{pop3test.ImplicitTLS}, nil, trusted, nil, pop3test.NoTLS, 77},
	} {
		for _, mode := range row.modes {
			h := newHarness(t)
			o := pop3test.Options{TLS: mode, Certificate: row.shown, Fault: h.fault, Pipelining: true}
			if row.shown == nil {
				o.TLS = row.served
			}
			h.startPOP(o)
			if row.shown != nil {
				h.write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: row.shown.Certificate[0]}))
			} else {
				h.write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: good.Certificate[0]}))
			}
			h.pop.AddMailbox("canary-user", "canary-word").Add("u", mail("u", "x\r\n"))
			h.tables = append(h.tables, fmt.Sprintf("[[pop3]]\nname = \"shop\"\nhost = \"127.0.0.1\"\nport = %d\nuser = \"canary-user\"\npassword = \"canary-word\"\ntls = %q\ntimeout = \"2s\"\n%s\n",
				h.pop.Port(), map[pop3test.TLSMode]string{pop3test.ImplicitTLS: "implicit", pop3test.STLS: "starttls"}[mode], row.keys))
			h.configure()
			h.setPOPFault(row.fault)
			code := h.run("run", "-v")
			checkPrintable(t, row.name, h.err.String())
			if code != row.exit {
				t.Errorf("%s, mode %d: exit %d, want %d\n%s", row.name, mode, code, row.exit, &h.err)
			}
			commands := h.pop.Commands()
			credentials := func(c string) bool {
				return strings.HasPrefix(c, "USER") || strings.HasPrefix(c, "PASS") || strings.HasPrefix(c, "APOP") || strings.HasPrefix(c, "AUTH")
			}
			if slices.ContainsFunc(commands, credentials) || strings.Contains(fmt.Sprint(commands), "canary") {
				t.Errorf("%s, mode %d: the server heard %q", row.name, mode, commands)
			}
			h.expectInGmail(0)
		}
	}
}

// TestConsentWithoutTLS: what follows the consent to STLS is a handshake, or
// nothing, in the same breath or later.
func TestConsentWithoutTLS(t *testing.T) {
	for name, more := range map[string]string{"answers": "+OK\r\nUSER\r\n.\r\n+OK\r\n+OK\r\n+OK 0 0\r\n", "no handshake": "\x15\x03\x01\x00\x02\x02\x28", "the end": ""} {
		h := newHarness(t)
		heard := make(chan string, 16) // in one session each
		r := startRogue(t, map[string]answer{"STLS": func(w io.Writer) error {
			if err := says("+OK begin\r\n")(w); err != nil {
				return err
			}
			conn := w.(counting).w.(*net.TCPConn)
			// What begins a handshake is sent after the look at what came with the consent.
			first := make([]byte, 1)
			_, err := io.ReadFull(conn, first)
			err = errors.Join(err, says(more)(w), conn.CloseWrite())
			rest, _ := io.ReadAll(conn) // until the client gives up, however it does
			heard <- string(first) + string(rest)
			return errors.Join(err, io.EOF)
		}})
		h.tables = append(h.tables, fmt.Sprintf("[[pop3]]\nname = \"shop\"\nhost = \"127.0.0.1\"\nport = %d\nuser = \"canary\"\npassword = \"canary\"\ntls = \"starttls\"\n", r.port()))
		h.configure()
		if code := h.run("run", "-v"); code != 77 && code != 69 {
			t.Errorf("%s: exit %d\n%s", name, code, &h.err)
		}
		h.must(r.listener.Close())
		r.sessions.Wait()
		close(heard)
		sessions := 0
		for got := range heard {
			sessions++
			if !strings.HasPrefix(got, "\x16") || strings.Contains(got, "canary") {
				t.Errorf("%s: after the consent the server heard %q", name, got)
			}
		}
		if sessions == 0 {
			t.Errorf("%s: nobody asked for TLS", name)
		}
	}
}
