package pop3

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
)

// encrypt puts TLS over the connection.
func (s *Session) encrypt(o Options) error {
	t, err := s.wire.secure(o.tlsConfig())
	if err != nil {
		return s.handshakeFault("set up TLS with "+o.address(), err)
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
	}
	if len(o.Fingerprint) > 0 {
		config.InsecureSkipVerify = true
		config.VerifyConnection = func(state tls.ConnectionState) error {
			return pinned(o.Fingerprint, state.PeerCertificates)
		}
	}
	return config
}

// allCipherSuites are those that old servers know, too.
func allCipherSuites() []uint16 {
	var ids []uint16
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		ids = append(ids, suite.ID)
	}
	return ids
}

// mismatch is a certificate other than the pinned one.
type mismatch struct{ seen []byte }

func (m *mismatch) Error() string {
	return fmt.Sprintf("the certificate is not the pinned one; its SHA-256 fingerprint is %x", m.seen)
}

// pinned tells whether the certificate is the one with the fingerprint.
func pinned(fingerprint []byte, chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return errors.New("the server has no certificate")
	}
	if seen := sha256.Sum256(chain[0].Raw); !bytes.Equal(seen[:], fingerprint) {
		return &mismatch{seen[:]}
	}
	return nil
}

// handshakeFault tells a connection that broke from a server that is not
// trusted.
func (s *Session) handshakeFault(op string, err error) error {
	_, other := errors.AsType[*mismatch](err)
	unverified, ok := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case other:
		return &Error{Kind: Certificate, Op: op, Err: err}
	case ok && len(unverified.UnverifiedCertificates) > 0:
		seen := sha256.Sum256(unverified.UnverifiedCertificates[0].Raw)
		return &Error{Kind: Certificate, Op: op,
			Err: fmt.Errorf("%w; the certificate's SHA-256 fingerprint is %x", err, seen)}
	case s.wire.guard.err != nil || s.wire.interrupted.Load() != nil:
		return s.fault(op, err)
	default:
		return &Error{Kind: Certificate, Op: op, Err: err}
	}
}
