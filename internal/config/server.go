package config

import (
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// server reads where the mailbox is, and how the way there is secured.
func (t *table) server(p *POP3) {
	t.need("host")
	p.Host = t.host("host")
	p.TLS = t.choice("tls", "implicit", "starttls", "none")
	p.Port = t.port(p.TLS)
	p.AllowPlaintext = t.flag("allow_plaintext")
	p.TLSMin = parsed(t, "tls_min", tls.VersionTLS12, parseTLSVersion)
	p.TLSCA = t.file("tls_ca")
	p.TLSFingerprint = parsed(t, "tls_fingerprint", nil, parseFingerprint)
	p.ServerName = t.host("server_name")
	if p.TLS == "none" {
		t.plaintext(p)
	}
}

// port has a default by the kind of TLS (RFC 8314, section 7.3; RFC 1939).
func (t *table) port(security string) int {
	const pop3s, pop3 = 995, 110
	otherwise := pop3s
	if security != "implicit" {
		otherwise = pop3
	}
	return t.number("port", otherwise, 1, 65535)
}

// plaintext refuses a password in the clear off this machine, and keys that
// promise a security there is not.
func (t *table) plaintext(p *POP3) {
	if p.Host != "" && !loopback(p.Host) && !p.AllowPlaintext {
		t.fail("tls", `"none" sends the password in the clear to `+plain(p.Host),
			`use tls = "implicit" or tls = "starttls"; where that can't be, set allow_plaintext = true`)
	}
	for _, key := range []string{"tls_min", "tls_ca", "tls_fingerprint", "server_name"} {
		if t.has(key) {
			t.fail(key, `does nothing with tls = "none"`, "")
		}
	}
}

// host reads a name or an address without port.
func (t *table) host(key string) string {
	s, ok := t.printable(key)
	if !ok {
		return ""
	}
	if _, err := netip.ParseAddr(s); err != nil && strings.ContainsAny(s, " :/[]@") {
		t.fail(key, quote(s)+": write a host name or an address alone", "")
		return ""
	}
	return s
}

func parseTLSVersion(s string) (uint16, error) {
	switch s {
	case "1.0":
		return tls.VersionTLS10, nil
	case "1.1":
		return tls.VersionTLS11, nil
	case "1.2":
		return tls.VersionTLS12, nil
	case "1.3":
		return tls.VersionTLS13, nil
	}
	return 0, errors.New(`must be "1.0", "1.1", "1.2" or "1.3"`)
}

// parseFingerprint reads the SHA-256 of a certificate, as
// openssl x509 -noout -fingerprint -sha256 prints it after the "=".
func parseFingerprint(s string) ([]byte, error) {
	const size = 32
	octets, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil {
		return nil, errors.New("write the certificate's SHA-256 in hexadecimal, with colons or without")
	}
	if len(octets) != size {
		return nil, fmt.Errorf("a SHA-256 has %d octets, not %d", size, len(octets))
	}
	return octets, nil
}
