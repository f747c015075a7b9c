package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// at has the usual ports answered by servers of a test, or refused.
func at(servers map[string]string) prober {
	return prober{dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, _ := net.SplitHostPort(address)
		if to, ok := servers[port]; ok {
			return new(net.Dialer).DialContext(ctx, network, to)
		}
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}}
}

func start(t *testing.T, o pop3test.Options) *pop3test.Server {
	t.Helper()
	s, err := pop3test.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestProbeFindsPortAndTLS(t *testing.T) {
	secure, stls := start(t, pop3test.Options{TLS: pop3test.ImplicitTLS}), start(t, pop3test.Options{TLS: pop3test.STLS})
	old := start(t, pop3test.Options{TLS: pop3test.ImplicitTLS, MaxTLS: 0x0301})
	plain, odd := start(t, pop3test.Options{}), start(t, pop3test.Options{Greeting: "220 smtp.example.org ESMTP"})
	for _, c := range []struct {
		name    string
		servers map[string]string
		port    int
		want    finding
		err     string
	}{
		{"TLS", map[string]string{"995": secure.Addr(), "110": stls.Addr()}, 0, finding{995, "implicit"}, ""},
		{"old TLS", map[string]string{"995": old.Addr()}, 0, finding{995, "implicit"}, ""},
		{"STLS", map[string]string{"110": stls.Addr()}, 0, finding{110, "starttls"}, ""},
		{"STLS, something else at 995", map[string]string{"995": plain.Addr(), "110": stls.Addr()}, 0, finding{110, "starttls"}, ""},
		{"plain", map[string]string{"110": plain.Addr()}, 0, finding{110, "none"}, ""},
		{"TLS at a port", map[string]string{"1995": secure.Addr()}, 1995, finding{1995, "implicit"}, ""},
		{"STLS at a port", map[string]string{"1995": stls.Addr()}, 1995, finding{1995, "starttls"}, ""},
		{"nothing", nil, 0, finding{}, "port 995: connection refused; port 110: connection refused"},
		{"nothing at a port", nil, 1995, finding{}, "port 1995: connection refused"},
		{"no POP3", map[string]string{"995": odd.Addr(), "110": odd.Addr()}, 0, finding{}, "port 995: no TLS there; port 110: what answers is no POP3 server"},
	} {
		got, err := at(c.servers).find(t.Context(), "pop.example.org", c.port)
		if got != c.want || c.err == "" && err != nil || c.err != "" && (err == nil || err.Error() != c.err) {
			t.Errorf("%s: found %+v, %v", c.name, got, err)
		}
	}
	for _, s := range []*pop3test.Server{secure, stls, old, plain, odd} {
		if sent := strings.Join(s.Commands(), " "); strings.Contains(sent, "USER") || strings.Contains(sent, "PASS") {
			t.Errorf("sent %q", sent)
		}
	}
}

// A server that accepts and says nothing is given up with the context.
func TestProbeEndsWithItsContext(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	begun := make(chan struct{})
	go func() {
		conn, err := l.Accept()
		if err == nil {
			defer conn.Close()
			_, _ = conn.Read(make([]byte, 1)) // the handshake has begun
		}
		close(begun)
	}()
	go func() {
		<-begun
		cancel()
	}()
	if _, err := at(map[string]string{"995": l.Addr().String()}).find(ctx, "pop.example.org", 0); err == nil {
		t.Error("it found a server")
	}
}

func TestNameOf(t *testing.T) {
	for text, want := range map[string]string{
		"Lolipop": "lolipop", "@nifty": "nifty", "Yahoo! JAPAN Mail": "yahoo-japan-mail", "ロリポップ": "", "a": "", "..": "",
		"xn--caf-dma": "xn--caf-dma", strings.Repeat("x", 70): strings.Repeat("x", 40), "Example é": "example",
	} {
		if got := nameOf(text); got != want {
			t.Errorf("of %q: %q", text, got)
		}
	}
	if got := firstLabel("[192.0.2.1]"); got != "" {
		t.Errorf("of an address: %q", got)
	}
}

func TestRetentionOf(t *testing.T) {
	for text, want := range map[string]string{"14": "14d", "30 days": "30d", "1day": "1d", "2w": "2w", "0": "0", "never": "never", "-3": "-3", "": ""} {
		if got := retentionOf(text); got != want {
			t.Errorf("of %q: %q", text, got)
		}
	}
}

// What a server or a file says can't steer the terminal.
func TestAskerShowsNothingThatSteersTheTerminal(t *testing.T) {
	var out bytes.Buffer
	(&asker{out: &out}).say("a\x1b[2J\u202eb\r\nc")
	if out.String() != "a\ufffd[2J\ufffdb\ufffd\nc\n" {
		t.Errorf("it shows %q", &out)
	}
}

// Some servers shake hands only with who names them.
func TestProbeNamesTheServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	asked := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		config := &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			asked <- hello.ServerName
			return nil, errors.New("that is all")
		}}
		_ = tls.Server(conn, config).Handshake()
	}()
	_, _ = at(map[string]string{"995": listener.Addr().String()}).find(t.Context(), "pop.example.org", 0)
	if name := <-asked; name != "pop.example.org" {
		t.Errorf("it asked for %q", name)
	}
}
