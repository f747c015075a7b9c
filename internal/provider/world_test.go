package provider_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/provider"
)

// world is the Internet: whatever is asked of port 443 or 80 of any host is
// answered by one of two servers on loopback.
type world struct {
	https, http *httptest.Server
	ca          *x509.Certificate
	mx          []*net.MX

	mu sync.Mutex
	// pages answer by scheme, host and path; others are 404.
	pages map[string]http.HandlerFunc
	asked []string
	heads []http.Header
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{pages: map[string]http.HandlerFunc{}}
	w.http = httptest.NewServer(w.handler("http://"))
	w.https = httptest.NewUnstartedServer(w.handler("https://"))
	var pair tls.Certificate
	w.ca, pair = certificate(t)
	w.https.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	w.https.StartTLS()
	t.Cleanup(func() { w.http.Close(); w.https.Close() })
	return w
}

func (w *world) handler(scheme string) http.HandlerFunc {
	return func(out http.ResponseWriter, req *http.Request) {
		w.mu.Lock()
		w.asked = append(w.asked, scheme+req.Host+req.URL.String())
		w.heads = append(w.heads, req.Header)
		page := w.pages[scheme+req.Host+req.URL.Path]
		w.mu.Unlock()
		if page == nil {
			page = http.NotFound
		}
		page(out, req)
	}
}

// serve puts a text at a place.
func (w *world) serve(place, text string) {
	w.pages[place] = func(out http.ResponseWriter, _ *http.Request) { _, _ = out.Write([]byte(text)) }
}

func (w *world) finder() provider.Finder {
	roots := x509.NewCertPool()
	roots.AddCert(w.ca)
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		to := w.http
		if strings.HasSuffix(address, ":443") {
			to = w.https
		}
		return new(net.Dialer).DialContext(ctx, network, to.Listener.Addr().String())
	}
	return provider.Finder{
		HTTP: &http.Client{Transport: &http.Transport{
			DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true,
		}},
		MX: func(context.Context, string) ([]*net.MX, error) { return w.mx, nil },
	}
}

// certificate is one for the hosts of these tests, its own authority.
func certificate(t *testing.T) (*x509.Certificate, tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "popbridge test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"example.org", "*.example.org", "elsewhere.example.net", "autoconfig.thunderbird.net",
			"xn--bcher-kva.example", "autoconfig.xn--bcher-kva.example"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return parsed, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// config is a config file with one POP3 server.
func config(host, socket string) string {
	port := map[string]string{"SSL": "995", "STARTTLS": "110", "plain": "110"}[socket]
	return `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1">
  <emailProvider id="example.org">
    <domain>example.org</domain>
    <displayName>Example Mail</displayName>
    <incomingServer type="imap">
      <hostname>imap.example.org</hostname><port>993</port><socketType>SSL</socketType>
    </incomingServer>
    <incomingServer type="pop3">
      <hostname>` + host + `</hostname><port>` + port + `</port><socketType>` + socket + `</socketType>
      <username>%EMAILADDRESS%</username>
      <authentication>password-cleartext</authentication>
    </incomingServer>
    <enable visiturl="https://example.org/help"><instruction>Switch on POP3.</instruction></enable>
  </emailProvider>
</clientConfig>
`
}
