package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/pop3"
)

// distrust says why the way to the server can't be used, and what mends it.
func (c *accountCheck) distrust(ctx context.Context, err error) *bridge.Failure {
	f := c.failure(err)
	var pe *pop3.Error
	if !errors.As(err, &pe) {
		return f
	}
	chain := presented(err)
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case chain != nil:
		said := c.untrusted(ctx, chain)
		f.Err, f.Hint = errors.New(said.text), said.hint
	case notTLS:
		f.Err = errors.New("the server doesn't speak TLS there")
		f.Hint = fmt.Sprintf("correct port of account %s (995 is usual), or set tls = \"starttls\" (port 110)", c.account.Name)
	case strings.HasPrefix(pe.Op, "set up TLS") && !errors.Is(err, os.ErrDeadlineExceeded):
		if said, old := c.old(ctx); old {
			*f = bridge.Failure{Class: bridge.Person, Err: errors.New(said.text), Hint: said.hint}
		} else if pe.Kind == pop3.Certificate {
			f.Hint = fmt.Sprintf("the server broke off before its certificate was looked at: check host, port and server_name of account %s; if they are right, ask the provider", c.account.Name)
		}
	case pe.Op == "STLS" && pe.Kind == pop3.Permanent:
		f.Hint = fmt.Sprintf("the server offers no STLS: set tls = \"implicit\" and port = 995 for account %s, if the provider has that", c.account.Name)
	case pe.Op == "read the greeting" && errors.Is(err, os.ErrDeadlineExceeded):
		f.Hint = fmt.Sprintf("if the server wants TLS from the start, as on port 995, set tls = \"implicit\" for account %s", c.account.Name)
	}
	return f
}

// presented is the chain of a certificate that isn't trusted, its own first;
// nil where that isn't what is wrong.
func presented(err error) []*x509.Certificate {
	if unverified, ok := errors.AsType[*tls.CertificateVerificationError](err); ok && len(unverified.UnverifiedCertificates) > 0 {
		return unverified.UnverifiedCertificates
	}
	if u, ok := errors.AsType[*pop3.Untrusted](err); ok {
		return []*x509.Certificate{u.Certificate}
	}
	return nil
}

// old finds out, after a handshake that failed, whether the server is too old
// for tls_min. Such servers refuse in one of several ways, or hang up.
func (c *accountCheck) old(ctx context.Context) (said advice, is bool) {
	lax := c.account
	if lax.TLSMin = tls.VersionTLS10; lax.TLSMin == c.account.TLSMin {
		return advice{}, false
	}
	state, err := c.probe(ctx, lax)
	text, least, newer := "", "1.0", "a newer server"
	switch {
	case err != nil && presented(err) == nil:
		return advice{}, false
	case err != nil: // it came further
		text = "the server is too old for " + tls.VersionName(c.account.TLSMin)
	case state.Version < c.account.TLSMin:
		text = "the server can do no more than " + tls.VersionName(state.Version)
		least = strings.TrimPrefix(tls.VersionName(state.Version), "TLS ")
	case !goodSuite(state.CipherSuite):
		text, least, newer = "the server has only old cipher suites", "1.1", "cipher suites of today"
	default: // it failed by chance
		return advice{}, false
	}
	return advice{text, fmt.Sprintf("ask the provider for %s; until then set tls_min = %q for account %s", newer, least, c.account.Name)}, true
}

// untrusted says what is wrong with a certificate.
func (c *accountCheck) untrusted(ctx context.Context, chain []*x509.Certificate) advice {
	leaf, now := chain[0], time.Now() // as package tls looks at it
	switch {
	case len(c.account.TLSFingerprint) > 0:
		return c.unpinned(ctx, leaf)
	case now.After(leaf.NotAfter):
		return advice{fmt.Sprintf("the certificate of %s ended on %s, %s ago", bearer(leaf), leaf.NotAfter.UTC().Format(day), days(now.Sub(leaf.NotAfter))),
			"ask the provider to renew it; or, if this machine's clock is wrong, set it"}
	case now.Before(leaf.NotBefore):
		return advice{fmt.Sprintf("the certificate of %s begins on %s only", bearer(leaf), leaf.NotBefore.UTC().Format(day)),
			"set this machine's clock if it is wrong, or else ask the provider"}
	case c.verify(chain, "") == nil:
		return c.misnamed(leaf)
	}
	why := "issued by " + leaf.Issuer.String() + ", which this machine doesn't trust"
	if bytes.Equal(leaf.RawIssuer, leaf.RawSubject) {
		why = "self-signed"
	}
	return c.pinnable(leaf, fmt.Sprintf("the certificate of %s is %s", bearer(leaf), why))
}

// pinnable tells of a certificate that nothing but a pin would let pass.
func (c *accountCheck) pinnable(leaf *x509.Certificate, why string) advice {
	return advice{fmt.Sprintf("%s; its SHA-256 fingerprint is %s\n%s", why, pop3.Fingerprint(leaf), c.pinning()),
		fmt.Sprintf("if it is the provider's, set tls_fingerprint = %q for account %s", pop3.Fingerprint(leaf), c.account.Name)}
}

// pinning says what it means to pin a certificate, and how to find out
// whether it is the right one.
func (c *accountCheck) pinning() string {
	starttls := ""
	if c.account.TLS == "starttls" {
		starttls = " -starttls pop3"
	}
	address := net.JoinHostPort(c.account.Host, strconv.Itoa(c.account.Port))
	return "to pin it means: this certificate alone is trusted, whatever name and end it has, and a renewed one stops the account\n" +
		"compare the fingerprint with one that the provider publishes or tells you, or look from another network:\n" +
		"openssl s_client -connect " + address + starttls + " </dev/null | openssl x509 -noout -fingerprint -sha256"
}

// unpinned is another certificate than the pinned one.
func (c *accountCheck) unpinned(ctx context.Context, leaf *x509.Certificate) advice {
	free := c.account
	free.TLSFingerprint = nil
	if _, err := c.probe(ctx, free); err == nil {
		return advice{fmt.Sprintf("the certificate is not the pinned one; but it is trusted without a pin (of %s, until %s)",
			bearer(leaf), leaf.NotAfter.UTC().Format(day)), "leave out tls_fingerprint of account " + c.account.Name}
	}
	return c.pinnable(leaf, "the certificate is not the pinned one: it was renewed, or someone is on the way")
}

// misnamed is a good certificate of another name.
func (c *accountCheck) misnamed(leaf *x509.Certificate) advice {
	wanted := serverName(c.account)
	if len(leaf.DNSNames) == 0 {
		return c.pinnable(leaf, fmt.Sprintf("the certificate is of %s, not of %s", bearer(leaf), wanted))
	}
	return advice{fmt.Sprintf("the certificate is of %s, not of %s", strings.Join(leaf.DNSNames, ", "), wanted),
		fmt.Sprintf("if that is the provider's, set server_name = %q for account %s", nearestName(leaf.DNSNames, wanted), c.account.Name)}
}
