package provider_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/provider"
)

// The environment's proxy is read once a process, so another process it is.
func TestFindHonoursProxyAndRootsOfTheEnvironment(t *testing.T) {
	if os.Getenv("POPBRIDGE_TEST_FIND") != "" {
		f := provider.Finder{MX: func(context.Context, string) ([]*net.MX, error) { return nil, nil }}
		s, err := f.Find(t.Context(), address)
		t.Logf("FOUND %q from %q, %v", s.Host, s.Origin, err)
		return
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("SSL_CERT_FILE is for other systems")
	}
	w := newWorld(t)
	w.serve(databaseOf, config("pop.example.org", "SSL"))
	roots := filepath.Join(t.TempDir(), "roots.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.ca.Raw})
	if err := os.WriteFile(roots, block, 0o600); err != nil {
		t.Fatal(err)
	}
	through := make(chan string, 16)
	proxy := httptest.NewServer(tunnel(w.https.Listener.Addr().String(), through))
	defer proxy.Close()

	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), "POPBRIDGE_TEST_FIND=1", "SSL_CERT_FILE="+roots,
		"HTTPS_PROXY="+proxy.URL, "HTTP_PROXY="+proxy.URL, "NO_PROXY=", "https_proxy=", "http_proxy=", "no_proxy=")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte(`FOUND "pop.example.org" from "`+databaseOf+`", <nil>`)) {
		t.Fatalf("%v\n%s", err, out)
	}
	if first := <-through; !strings.HasPrefix(first, "autoconfig.example.org:443") {
		t.Errorf("the proxy was asked for %s", first)
	}
}

// tunnel is a proxy that leads every CONNECT to one address.
func tunnel(to string, through chan<- string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		through <- r.Host
		server, err := net.Dial("tcp", to)
		if err != nil || r.Method != http.MethodConnect {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		defer server.Close()
		client, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer client.Close()
		_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(server, client); server.Close() }()
		_, _ = io.Copy(client, server)
	}
}
