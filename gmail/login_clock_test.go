package gmail_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"golang.org/x/oauth2"
)

// TestLoginByACertificateOfAnotherTime: by a clock that is far off, no
// certificate is valid.
func TestLoginByACertificateOfAnotherTime(t *testing.T) {
	for name, begin := range map[string]time.Duration{"past": -48 * time.Hour, "to come": 24 * time.Hour} {
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		certificate, pool := certificateFrom(t, time.Now().Add(begin))
		server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		defer server.Close()
		reader, writer := io.Pipe()
		_, err := gmail.RunLogin(t.Context(), gmail.LoginOptions{
			Config:  &oauth2.Config{ClientID: "id", Endpoint: oauth2.Endpoint{AuthURL: server.URL, TokenURL: server.URL}},
			Address: address, Scopes: gmail.Scopes(false), Prompt: io.Discard, Paste: reader,
			HTTPClient: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}},
			OpenBrowser: func(page string) error {
				_, state, _ := strings.Cut(page, "state=")
				_, err := fmt.Fprintf(writer, "code=c&state=%s\n", state)
				return err
			},
		})
		e := loginFailure(t, err, gmail.LoginClock)
		if !strings.Contains(e.Error(), "the server's certificate isn't valid at the time of this machine's clock: x509: ") || e.Hint != "set this machine's clock" {
			t.Errorf("%s: %q, hint %q", name, e, e.Hint)
		}
	}
}

// certificateFrom makes one for loopback that is valid for a day.
func certificateFrom(t *testing.T, begin time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: begin, NotAfter: begin.Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
