package app_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/dovecottest"
)

// startDovecot starts a real Dovecot, or skips the test where there is none.
func startDovecot(t *testing.T, o dovecottest.Options) *dovecottest.Server {
	t.Helper()
	d, err := dovecottest.Start(t.TempDir(), o)
	if errors.Is(err, dovecottest.ErrMissing) && os.Getenv("POPBRIDGE_REQUIRE_DOVECOT") != "1" {
		t.Skip("Dovecot is not installed: apt-get install dovecot-pop3d")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Stop(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// dovecotAccount adds an account on Dovecot.
func (h *harness) dovecotAccount(d *dovecottest.Server, user, password, mode string, keys ...string) {
	h.t.Helper()
	port := d.POP3SPort()
	if mode != "implicit" {
		port = d.POP3Port()
	}
	h.write("dovecot.pem", d.CertificatePEM())
	h.tables = append(h.tables, fmt.Sprintf("[[pop3]]\nname = %q\nhost = %q\nport = %d\ntls = %q\ntls_ca = \"dovecot.pem\"\nuser = %q\npassword = %q\n%s\n",
		user, d.Host(), port, mode, user, password, strings.Join(keys, "\n")))
	h.configure()
}

// fetchAll reads a Dovecot mailbox by hand, so that what popbridge brings to
// Gmail is held against what the server sends, and not against itself.
func fetchAll(t *testing.T, d *dovecottest.Server, user, password string) (messages [][]byte) {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(d.CertificatePEM())
	c, err := tls.Dial("tcp", net.JoinHostPort(d.Host(), strconv.Itoa(d.POP3SPort())), &tls.Config{RootCAs: pool, ServerName: d.Host()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	line := func() string {
		var b []byte
		for one := make([]byte, 1); !bytes.HasSuffix(b, []byte("\r\n")); b = append(b, one...) {
			if _, err := io.ReadFull(c, one); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.HasPrefix(b, []byte("+OK")) {
			t.Fatalf("Dovecot says %q", b)
		}
		return string(b)
	}
	ask := func(command string) string {
		if _, err := io.WriteString(c, command+"\r\n"); err != nil {
			t.Fatal(err)
		}
		return line()
	}
	line()
	ask("USER " + user)
	ask("PASS " + password)
	count, err := strconv.Atoi(strings.Fields(ask("STAT"))[1])
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= count; n++ {
		ask(fmt.Sprintf("RETR %d", n))
		var body []byte
		for one := make([]byte, 1); !bytes.HasSuffix(body, []byte("\r\n.\r\n")) && string(body) != ".\r\n"; body = append(body, one...) {
			if _, err := io.ReadFull(c, one); err != nil {
				t.Fatal(err)
			}
		}
		body = bytes.TrimSuffix(body, []byte(".\r\n"))
		body = bytes.TrimPrefix(bytes.ReplaceAll(append([]byte("\r\n"), body...), []byte("\r\n.."), []byte("\r\n.")), []byte("\r\n"))
		messages = append(messages, body)
	}
	ask("QUIT")
	return messages
}

func TestSampleMailFromDovecot(t *testing.T) {
	d := startDovecot(t, dovecottest.Options{Users: map[string]string{"shop": "open sesame"}})
	samples, content := corpus(t)
	h := newHarness(t)
	h.dovecotAccount(d, "shop", "open sesame", "starttls", `retention = "14d"`)
	refusedCount := 0
	for _, s := range samples {
		h.must(d.Deliver("shop", content[s.File]))
		if s.Refused {
			refusedCount++
		}
	}
	want := map[[32]byte]bool{}
	for _, m := range fetchAll(t, d, "shop", "open sesame") {
		want[sha256.Sum256(m)] = true
	}
	h.expect(65, "run")
	got := h.arrived()
	if len(got) != len(samples)-refusedCount {
		t.Errorf("Gmail has %d messages, want %d\n%s", len(got), len(samples)-refusedCount, &h.err)
	}
	for _, m := range got {
		if !want[m.Digest] {
			t.Errorf("Gmail has a message that Dovecot did not send: %s", m.MessageID)
		}
	}
	h.expect(0, "run")
	h.expectSilence()
	h.expectNotices(refusedCount)
	h.advance(15 * 24 * time.Hour)
	h.expect(0, "run")
	// Of one message, Dovecot's TOP gives another header than its RETR, which
	// shows in the first of these runs and is known in the second.
	h.expect(0, "run")
	left, err := d.Messages("shop")
	h.must(err)
	if len(left) != refusedCount {
		h.run("run", "--dry-run", "-v")
		t.Errorf("%d messages are left past the retention, want the %d refused ones\n%s%s", len(left), refusedCount, &h.out, &h.err)
	}
}

func TestDovecotChangesUIDs(t *testing.T) {
	d := startDovecot(t, dovecottest.Options{Users: map[string]string{"shop": "open sesame"}})
	h := newHarness(t)
	h.dovecotAccount(d, "shop", "open sesame", "implicit", `retention = "14d"`)
	for i := range 30 {
		h.must(d.Deliver("shop", mail(fmt.Sprintf("d%d", i), strings.Repeat("y", i)+"\r\n")))
	}
	h.expect(0, "run")
	h.must(d.ChangeUIDs("shop"))
	h.must(d.Deliver("shop", mail("after", "after\r\n")))
	h.expect(0, "run")
	h.expectInGmail(31)
}
