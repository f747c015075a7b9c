package dovecottest

import (
	"bytes"
	"crypto/sha256"
)

// Host is the address that the server listens on.
func (s *Server) Host() string { return "127.0.0.1" }

// POP3Port is the port for POP3, with STLS (RFC 2595).
func (s *Server) POP3Port() int { return s.pop3 }

// POP3SPort is the port for POP3 with TLS from the start (RFC 8314).
func (s *Server) POP3SPort() int { return s.pop3s }

// CertificatePEM is the server's self-signed certificate.
func (s *Server) CertificatePEM() []byte { return bytes.Clone(s.cert.pem) }

// Fingerprint is the SHA-256 of the certificate in DER.
func (s *Server) Fingerprint() [sha256.Size]byte { return s.cert.fingerprint }

// LogPath is the file that Dovecot logs to.
func (s *Server) LogPath() string { return s.log }

// Stop ends the server, waits until it is gone, and removes its mail. Further
// calls give the same result.
func (s *Server) Stop() error { return s.stop() }
