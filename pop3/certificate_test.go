package pop3_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"time"
)

// certificate is for 127.0.0.1 and mail.example.org, and signed by itself.
var certificate = newCertificate(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))

// newCertificate makes one for the key.
func newCertificate(key crypto.Signer, err error) tls.Certificate {
	return newCertificateFrom(time.Now().Add(-time.Hour), key, err)
}

// newCertificateFrom makes one that is good for a day.
func newCertificateFrom(begin time.Time, key crypto.Signer, err error) tls.Certificate {
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "mail.example.org"},
		NotBefore:    begin,
		NotAfter:     begin.Add(24 * time.Hour),
		IsCA:         true, BasicConstraintsValid: true,
		DNSNames:    []string{"mail.example.org"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// roots trusts the certificate.
func roots() *x509.CertPool {
	parsed, err := x509.ParseCertificate(certificate.Certificate[0])
	if err != nil {
		panic(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return pool
}

// fingerprint is the certificate's.
func fingerprint() []byte { return fingerprintOf(certificate) }

func fingerprintOf(c tls.Certificate) []byte {
	sum := sha256.Sum256(c.Certificate[0])
	return sum[:]
}
