package pop3

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
)

// Untrusted is a certificate that is not trusted, and why. An *Error of the
// kind Certificate wraps it.
type Untrusted struct {
	// Certificate is the server's own.
	Certificate *x509.Certificate
	Err         error
}

// Error gives the reason and the fingerprint.
func (u *Untrusted) Error() string {
	whose := "the certificate's"
	if u.Err == errNotPinned {
		whose = "its"
	}
	return u.Err.Error() + "; " + whose + " SHA-256 fingerprint is " + u.Fingerprint()
}

// Unwrap gives the reason.
func (u *Untrusted) Unwrap() error { return u.Err }

// Fingerprint is the SHA-256 of the certificate in DER, in lower-case
// hexadecimal.
func (u *Untrusted) Fingerprint() string { return Fingerprint(u.Certificate) }

// Fingerprint is the SHA-256 of a certificate in DER, in lower-case
// hexadecimal: what Options.Fingerprint pins.
func Fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}
