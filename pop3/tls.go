package pop3

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// encrypt puts TLS over the connection.
func (s *Session) encrypt(o Options) error {
	t, err := s.wire.secure(o.tlsConfig())
	if err != nil {
		return s.handshakeFault("set up TLS with "+o.address(), o, err)
	}
	s.tls = t
	if o.Encrypted == nil {
		return nil
	}
	if err := o.Encrypted(t.ConnectionState()); err != nil {
		return &Error{Kind: Permanent, Op: "begin the session", Err: err}
	}
	return nil
}

// startTLS asks for TLS (RFC 2595, section 4). Whatever came in the same
// breath as the consent came unencrypted, and from whom is unknown: taken for
// answers to later commands, it would be an injection.
func (s *Session) startTLS(o Options) error {
	r, err := s.ask("STLS", "STLS")
	if err != nil {
		return err
	}
	if !r.ok {
		return s.refusal("STLS", r, kindOfCode(r.code, Permanent))
	}
	if s.wire.in.Buffered() > 0 {
		return &Error{Kind: Protocol, Op: "STLS", Err: errOutOfTurn}
	}
	return s.encrypt(o)
}

// tlsConfig says which servers to trust.
func (o Options) tlsConfig() *tls.Config {
	config := &tls.Config{
		MinVersion: o.MinVersion,
		RootCAs:    o.RootCAs,
		ServerName: o.ServerName,
	}
	if o.MinVersion < tls.VersionTLS12 {
		config.CipherSuites = allCipherSuites()
		// Without post-quantum keys, which make a ClientHello too long for one
		// packet: old servers fail at that (https://tldr.fail).
		config.CurvePreferences = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
	}
	if len(o.Fingerprint) > 0 {
		config.InsecureSkipVerify = true
		config.VerifyConnection = func(state tls.ConnectionState) error {
			return pinned(o.Fingerprint, state.PeerCertificates)
		}
	}
	return config
}

// allCipherSuites are those that old servers know, too: key exchange by RSA,
// 3DES and RC4, which package tls offers on demand alone since Go 1.22 and 1.23.
func allCipherSuites() []uint16 {
	var ids []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, suite.ID)
	}
	return ids
}

// errNotPinned is the reason for a certificate that isn't the pinned one.
var errNotPinned = errors.New("the certificate is not the pinned one")

// pinned tells whether the certificate is the one with the fingerprint.
func pinned(fingerprint []byte, chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return errors.New("the server has no certificate")
	}
	if seen := sha256.Sum256(chain[0].Raw); !bytes.Equal(seen[:], fingerprint) {
		return &Untrusted{Certificate: chain[0], Err: errNotPinned}
	}
	return nil
}

// handshakeFault tells a connection that broke from a server that is not
// trusted, or too old.
func (s *Session) handshakeFault(op string, o Options, err error) error {
	_, untrusted := errors.AsType[*Untrusted](err)
	unverified, ok := errors.AsType[*tls.CertificateVerificationError](err)
	old := asOutdated(err, o.MinVersion)
	switch {
	case untrusted:
	case ok && len(unverified.UnverifiedCertificates) > 0:
		err = &Untrusted{Certificate: unverified.UnverifiedCertificates[0], Err: err}
	case old != nil:
		err = old
	case s.wire.guard.err != nil || s.wire.interrupted.Load() != nil:
		return s.fault(op, err)
	}
	return &Error{Kind: Certificate, Op: op, Err: err}
}
