package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/popbridge/popbridge/internal/config"
)

// certificateWarning is how long before its end a certificate is warned of.
const certificateWarning = 14 * 24 * time.Hour

// tls looks at the way to the server, without logging in.
func (c *accountCheck) tls(ctx context.Context) bool {
	if c.account.TLS == "none" {
		c.inTheClear()
		return true
	}
	state, err := c.probe(ctx, c.account)
	if err != nil {
		c.sheet.fail(onTLS, c.distrust(ctx, err))
		return false
	}
	leaf := state.PeerCertificates[0]
	facts := fmt.Sprintf("%s, certificate of %s until %s (%s)", tls.VersionName(state.Version), bearer(leaf),
		leaf.NotAfter.UTC().Format(day), c.daysLeft(leaf))
	c.report(onTLS, facts, slices.Concat(c.oldTLS(state), c.trust(state.PeerCertificates), c.ending(leaf)))
	return true
}

// inTheClear warns of a connection that others can listen to.
func (c *accountCheck) inTheClear() {
	if !slices.ContainsFunc(c.addresses, func(a netip.Addr) bool { return !a.IsLoopback() }) {
		c.fine(onTLS, "not encrypted, but it stays on this machine")
		return
	}
	c.report(onTLS, "not encrypted", []advice{{"whoever is on the way reads the password and the mail", fmt.Sprintf(
		`ask the provider for TLS, and set tls = "implicit" or tls = "starttls" for account %s`, c.account.Name)}})
}

// serverName is the name that the certificate has to bear.
func serverName(a config.POP3) string {
	if a.ServerName != "" {
		return a.ServerName
	}
	return a.Host
}

// bearer is what a certificate calls its server.
func bearer(leaf *x509.Certificate) string {
	switch {
	case len(leaf.DNSNames) > 0:
		return leaf.DNSNames[0]
	case len(leaf.IPAddresses) > 0:
		return leaf.IPAddresses[0].String()
	default:
		return leaf.Subject.CommonName
	}
}

func (c *accountCheck) daysLeft(leaf *x509.Certificate) string {
	left := leaf.NotAfter.Sub(c.Now())
	if left < 0 {
		return "ended " + days(-left) + " ago"
	}
	return days(left) + " left"
}

func days(d time.Duration) string { return counted(int(d/(24*time.Hour)), "day") }

// oldTLS warns of a tls_min that lets old servers in.
func (c *accountCheck) oldTLS(state tls.ConnectionState) []advice {
	switch {
	case c.account.TLSMin >= tls.VersionTLS12:
		return nil
	case state.Version >= tls.VersionTLS12 && goodSuite(state.CipherSuite):
		return []advice{{fmt.Sprintf("the server can do %s: tls_min isn't needed", tls.VersionName(state.Version)),
			"leave out tls_min of account " + c.account.Name}}
	case state.Version >= tls.VersionTLS12:
		return []advice{{"its cipher suites are old ones, which can be broken: who is on the way may read the mail",
			"ask the provider for cipher suites of today, and then leave out tls_min of account " + c.account.Name}}
	default:
		return []advice{{"what is as old as that can be broken: who is on the way may read the mail",
			"ask the provider for TLS 1.2 or newer, and then leave out tls_min of account " + c.account.Name}}
	}
}

// goodSuite tells whether a cipher suite is offered without tls_min, too.
func goodSuite(id uint16) bool {
	return !slices.ContainsFunc(tls.InsecureCipherSuites(), func(s *tls.CipherSuite) bool { return s.ID == id })
}

// trust warns of settings that loosen what a certificate has to be.
func (c *accountCheck) trust(chain []*x509.Certificate) (all []advice) {
	a := c.account
	switch {
	case len(a.TLSFingerprint) == 0:
	case c.verify(chain, serverName(a)) == nil:
		all = append(all, advice{"pinned, but the certificate is trusted without that: once it is renewed the pin stops the account",
			"leave out tls_fingerprint of account " + a.Name})
	default:
		all = append(all, advice{"pinned: chain, name and end of the certificate aren't checked, and a renewed one stops the account until it is set anew",
			"once it is renewed, compare its fingerprint with the provider's; to see it, type: popbridge check " + a.Name})
	}
	if a.ServerName == "" || a.ServerName == a.Host || len(a.TLSFingerprint) > 0 {
		return all
	}
	if c.verify(chain, a.Host) == nil {
		return append(all, advice{"the certificate is good for " + a.Host + ", too: server_name isn't needed",
			"leave out server_name of account " + a.Name})
	}
	return append(all, advice{fmt.Sprintf("it counts for %s by server_name alone", a.Host), fmt.Sprintf(
		"if %s leads to the same server, set host = %q for account %s and leave out server_name", a.ServerName, a.ServerName, a.Name)})
}

// ending warns of a certificate that ends soon.
func (c *accountCheck) ending(leaf *x509.Certificate) []advice {
	left := leaf.NotAfter.Sub(c.Now())
	if left < 0 || left > certificateWarning {
		return nil
	}
	hint := "if it isn't renewed soon, ask the provider"
	if len(c.account.TLSFingerprint) > 0 {
		hint = "once it is renewed, set tls_fingerprint of account " + c.account.Name + " anew"
	}
	return []advice{{"the certificate ends soon", hint}}
}

// verify holds a chain to the account's roots; without a name any will do.
func (c *accountCheck) verify(chain []*x509.Certificate, name string) error {
	return verifyChain(chain, c.account.TLSCA, name)
}
