package app_test

import (
	"crypto/tls"
	"encoding/pem"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// TestCheckReadsCertificates: what is wrong with a certificate is said with
// what mends it, and whoever shows a bad one hears of no password.
func TestCheckReadsCertificates(t *testing.T) {
	now, day, here := time.Now(), 24*time.Hour, net.IPv4(127, 0, 0, 1)
	const trusted = `tls_ca = "ca.pem"`
	for _, row := range []struct {
		name  string
		shown *tls.Certificate
		keys  string
		exit  int
		words []string
	}{
		{"good", certificate(t, "pop.example.org", here, now.Add(-day), now.Add(100*day+time.Hour)), trusted, 0,
			[]string{"certificate of pop.example.org until ", "(100 days left)\n", "all well\n"}},
		{"expired", certificate(t, "pop.example.org", here, now.Add(-9*day), now.Add(-3*day)), trusted, 77,
			[]string{"failed   the certificate of pop.example.org ended on ", ", 3 days ago\n        hint: ask the provider to renew it"}},
		{"not yet good", certificate(t, "pop.example.org", here, now.Add(day), now.Add(9*day)), trusted, 77,
			[]string{"failed   the certificate of pop.example.org begins on ", "hint: set this machine's clock"}},
		{"ends soon", certificate(t, "pop.example.org", here, now.Add(-day), now.Add(9*day+time.Hour)), trusted, 0,
			[]string{"warning  TLS 1.3, ", "(9 days left); the certificate ends soon\n        hint: if it isn't renewed"}},
		{"another name", certificate(t, "*.mail.example.net", here, now.Add(-day), now.Add(99*day)), trusted + "\nserver_name = \"pop.example.net\"", 77,
			[]string{"failed   the certificate is of *.mail.example.net, not of pop.example.net\n", `set server_name = "pop.mail.example.net" for account shop`}},
		{"another address", certificate(t, "pop.example.org", net.IPv4(127, 0, 0, 9), now.Add(-day), now.Add(99*day)), trusted, 77,
			[]string{"failed   the certificate is of pop.example.org, not of 127.0.0.1\n", `set server_name = "pop.example.org" for account shop`}},
		{"by server_name alone", certificate(t, "pop.example.org", net.IPv4(127, 0, 0, 9), now.Add(-day), now.Add(99*day)), trusted + "\nserver_name = \"pop.example.org\"", 0,
			[]string{"; it counts for 127.0.0.1 by server_name alone\n        hint: if pop.example.org leads to the same server"}},
		{"another name and unknown", certificate(t, "pop.example.net", here, now.Add(-day), now.Add(99*day)), "server_name = \"pop.example.org\"", 77,
			[]string{"failed   the certificate of pop.example.net is self-signed; its SHA-256 fingerprint is "}},
		{"a name that steers terminals", certificate(t, "\x1b[31mpop.example.org\x7f", here, now.Add(-day), now.Add(99*day)),
			trusted + "\nserver_name = \"pop.example.com\"", 77, []string{"failed   the certificate"}},
	} {
		for _, mode := range []pop3test.TLSMode{pop3test.ImplicitTLS, pop3test.STLS} {
			h := newHarness(t)
			h.startPOP(pop3test.Options{TLS: mode, Certificate: row.shown})
			h.write("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: row.shown.Certificate[0]}))
			h.remoteAccount(mode, row.keys)
			t.Log(row.name, mode)
			h.expectChecks(row.exit, row.words...)
			heard := strings.Join(h.pop.Commands(), "\n")
			if strings.Contains(heard, "USER") != (row.exit == 0) {
				t.Errorf("%s: the server heard %q", row.name, heard)
			}
		}
	}
}

// remoteAccount is one whose trust in its server is a test's own matter.
func (h *harness) remoteAccount(mode pop3test.TLSMode, keys string) {
	h.t.Helper()
	h.pop.AddMailbox("shop", "secret of shop")
	h.table("shop", `password = "secret of shop"`, keys, `tls = "`+map[pop3test.TLSMode]string{
		pop3test.ImplicitTLS: "implicit", pop3test.STLS: "starttls"}[mode]+`"`)
	h.tables[0] = strings.Replace(h.tables[0], "tls_ca = \"ca.pem\"\n", "", 1)
	h.configure()
}

// TestCheckDoesNotTakeChanceForAge: a handshake that broke once says nothing
// of tls_min, and one that breaks always neither.
func TestCheckDoesNotTakeChanceForAge(t *testing.T) {
	for _, times := range []int{1, -1} {
		h := newHarness(t)
		h.account("shop")
		h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
			if e.Command != "tls" || times == 0 {
				return pop3test.Fault{}
			}
			times--
			return pop3test.Fault{Kind: pop3test.Close}
		})
		h.expectChecks(69, "shop: TLS           failed   set up TLS with 127.0.0.1:", "hint: if it lasts, check the network")
	}
}

// TestCheckFindsOldServers: which tls_min it takes is found out, and warned of
// once it is set.
func TestCheckFindsOldServers(t *testing.T) {
	old := []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256}
	for _, row := range []struct {
		newest uint16
		suites []uint16
		keys   string
		exit   int
		words  []string
	}{
		{tls.VersionTLS12, old, "", 77, []string{"failed   the server has only old cipher suites\n",
			`hint: ask the provider for cipher suites of today; until then set tls_min = "1.1" for account shop`}},
		{tls.VersionTLS12, old, `tls_min = "1.1"`, 0, []string{"; its cipher suites are old ones, which can be broken: ",
			"hint: ask the provider for cipher suites of today, and then leave out tls_min"}},
		{tls.VersionTLS10, nil, "", 77, []string{"failed   the server can do no more than TLS 1.0\n", `set tls_min = "1.0" for account shop`}},
		{tls.VersionTLS11, nil, "", 77, []string{"failed   the server can do no more than TLS 1.1\n", `set tls_min = "1.1" for account shop`}},
		{tls.VersionTLS12, nil, `tls_min = "1.3"`, 77, []string{"failed   the server can do no more than TLS 1.2\n", `set tls_min = "1.2" for account shop`}},
		{tls.VersionTLS10, nil, `tls_min = "1.0"`, 0, []string{"warning  TLS 1.0, certificate of localhost until ", "; what is as old as that can be broken"}},
		{tls.VersionTLS12, nil, `tls_min = "1.0"`, 0, []string{"warning  TLS 1.2, ", "; the server can do TLS 1.2: tls_min isn't needed\n"}},
		{tls.VersionTLS12, nil, "", 0, []string{"ok       TLS 1.2, ", "all well\n"}},
	} {
		h := newHarness(t, func(s *setup) { s.pop.MaxTLS, s.pop.CipherSuites = row.newest, row.suites })
		h.account("shop", row.keys)
		h.expectChecks(row.exit, row.words...)
	}
}

// TestCheckBlamesNoCertificateThatWasNeverShown: with tls_min set, a handshake
// that is refused isn't a matter of age, nor of a pin.
func TestCheckBlamesNoCertificateThatWasNeverShown(t *testing.T) {
	h := newHarness(t, func(s *setup) {
		s.pop.MaxTLS, s.pop.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256} // the key is none of RSA
	})
	h.account("shop", `tls_min = "1.0"`)
	h.expectChecks(77, "remote error: tls: handshake failure\n        hint: the server broke off before its certificate was looked at: "+
		"check host, port and server_name of account shop; if they are right, ask the provider\n")
}

func TestCheckSaysWhichRootsCantBeRead(t *testing.T) {
	h := newHarness(t)
	h.account("shop")
	h.tables[0] = strings.Replace(h.tables[0], `tls_ca = "ca.pem"`, `tls_ca = "none.pem"`, 1)
	h.configure()
	h.expectChecks(78, "read tls_ca: open ", "no such file or directory\n        hint: correct tls_ca of account shop in the configuration: ")
}
