package dovecottest_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3/dovecottest"
)

func TestMessagesAreListedInTheOrderOfDelivery(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{})
	for n := 1; n <= 30; n++ {
		deliver(t, s, mail(n))
	}
	c := dial(t, s).login()
	c.send("STAT", "+OK 30 ")
	for n := 1; n <= 30; n++ {
		want := strings.Split(strings.TrimSuffix(mail(n), "\r\n"), "\r\n")
		if got := c.multi(fmt.Sprintf("RETR %d", n)); !slices.Equal(got, want) {
			t.Errorf("RETR %d: got %q", n, got)
		}
	}
	c.send("QUIT", "+OK")
}

func TestDeletionsCommitAtQuitOnly(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{})
	deliver(t, s, mail(1), mail(2), mail(3))

	cut := dial(t, s).login()
	cut.send("DELE 1", "+OK")
	cut.conn.Close()
	quit := dial(t, s).login()
	quit.send("STAT", "+OK 3 ")
	quit.send("DELE 2", "+OK")
	quit.send("QUIT", "+OK")

	got, err := s.Messages(user)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || string(got[0]) != mail(1) || string(got[1]) != mail(3) {
		t.Errorf("left on the server: %q", got)
	}
}

func TestClear(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{})
	deliver(t, s, mail(1), mail(2))
	c := dial(t, s).login()
	before := c.uids()
	c.send("QUIT", "+OK")
	if err := s.Clear(user); err != nil {
		t.Fatal(err)
	}
	deliver(t, s, mail(3))
	c = dial(t, s).login()
	after := c.uids()
	if len(after) != 1 || slices.Contains(before, after[0]) {
		t.Errorf("UIDs before %q, after %q", before, after)
	}
}

func TestChangeUIDs(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{})
	deliver(t, s, mail(1), mail(2))
	c := dial(t, s).login()
	before := c.uids()
	c.send("QUIT", "+OK")
	for range 3 { // within one second, which is what UID validity counts in
		if err := s.ChangeUIDs(user); err != nil {
			t.Fatal(err)
		}
		c := dial(t, s).login()
		after := c.uids()
		c.send("QUIT", "+OK")
		if len(after) != 2 || after[0] == before[0] || after[1] == before[1] {
			t.Errorf("UIDs before %q, after %q", before, after)
		}
		before = after
	}
}

func TestUIDLFormat(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{UIDLFormat: "%f"})
	if err := s.DeliverNamed(user, "5.named.localhost", []byte(mail(1))); err != nil {
		t.Fatal(err)
	}
	c := dial(t, s).login()
	if got := c.uids(); !slices.Equal(got, []string{"5.named.localhost"}) {
		t.Errorf("UIDs: %q", got)
	}
}

func TestDeliverNamedMayLieAboutTheSize(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{})
	if err := s.DeliverNamed(user, "5.named.localhost,S=999,W=1010", []byte(mail(1))); err != nil {
		t.Fatal(err)
	}
	c := dial(t, s).login()
	if got := c.multi("LIST"); !slices.Equal(got, []string{"1 1010"}) {
		t.Errorf("LIST: %q", got)
	}
}

func TestAPOP(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{APOP: true})
	c := dial(t, s)
	greeting := c.line("+OK")
	stamp := greeting[strings.Index(greeting, "<"):]
	sum := md5.Sum([]byte(stamp + password))
	c.send("APOP "+user+" "+hex.EncodeToString(sum[:]), "+OK")
}

func TestOAuth(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{OAuth: true})
	for token, want := range map[string]string{
		s.Token(user, time.Now().Add(time.Hour)):                  "+OK",
		s.Token(user, time.Now().Add(-time.Hour)):                 "+ ",
		s.Token("another@example.org", time.Now().Add(time.Hour)): "+ ",
		password: "+ ",
	} {
		c := dial(t, s)
		c.line("+OK")
		c.send("AUTH XOAUTH2", "+ ")
		c.send(base64.StdEncoding.EncodeToString([]byte("user="+user+"\x01auth=Bearer "+token+"\x01\x01")), want)
		if want == "+ " {
			c.send("", "-ERR [AUTH]")
		}
		c.conn.Close()
	}
	if got := start(t, dovecottest.Options{}).Token(user, time.Now()); got != "" {
		t.Errorf("a token without OAuth: %q", got)
	}
}

func TestWrongPasswordsMakeNoneWaitLonger(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{})
	begin := time.Now()
	for range 3 {
		c := dial(t, s)
		c.line("+OK")
		c.send("USER "+user, "+OK")
		c.send("PASS wrong", "-ERR [AUTH]")
		c.conn.Close()
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("three wrong passwords took %v", took)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{})
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(s.CertificatePEM()) {
		t.Fatal("no certificate in the PEM")
	}
	config := &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
	check := func(t *testing.T, conn *tls.Conn) {
		t.Helper()
		if sha256.Sum256(conn.ConnectionState().PeerCertificates[0].Raw) != s.Fingerprint() {
			t.Error("the fingerprint is not the certificate's")
		}
	}

	t.Run("implicit", func(t *testing.T) {
		conn, err := tls.Dial("tcp", net.JoinHostPort(s.Host(), strconv.Itoa(s.POP3SPort())), config)
		if err != nil {
			t.Fatal(err)
		}
		wrap(t, conn).login().send("QUIT", "+OK")
		check(t, conn)
	})
	t.Run("STLS", func(t *testing.T) {
		c := dial(t, s)
		c.line("+OK")
		c.send("STLS", "+OK")
		conn := tls.Client(c.conn, config)
		if err := conn.Handshake(); err != nil {
			t.Fatal(err)
		}
		check(t, conn)
		c = wrap(t, conn)
		c.send("USER "+user, "+OK")
		c.send("PASS "+password, "+OK")
	})
}

func TestLockSession(t *testing.T) {
	t.Parallel()
	s := start(t, dovecottest.Options{LockSession: true})
	first := dial(t, s).login()
	second := dial(t, s)
	second.line("+OK")
	second.send("USER "+user, "+OK")
	first.send("QUIT", "+OK")
	second.send("PASS "+password, "+OK")
}

func TestInstancesAreApart(t *testing.T) {
	t.Parallel()
	a := start(t, dovecottest.Options{})
	b := start(t, dovecottest.Options{})
	deliver(t, a, mail(1))
	dial(t, a).login().send("STAT", "+OK 1 ")
	dial(t, b).login().send("STAT", "+OK 0 ")
	if err := a.Stop(); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.Dial("tcp", net.JoinHostPort(a.Host(), strconv.Itoa(a.POP3Port()))); err == nil {
		conn.Close()
		t.Error("a stopped server still takes connections")
	}
	dial(t, b).login().send("QUIT", "+OK")
}

func TestLongFolders(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 30))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := startIn(t, dir, dovecottest.Options{Users: map[string]string{user: password}})
	dial(t, s).login().send("QUIT", "+OK")
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(s.LogPath())
	if err != nil || !bytes.Contains(log, []byte(user)) {
		t.Errorf("the log is of no use: %v\n%s", err, log)
	}
}

func TestStartRefusesUsersThatAreNoFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "..", "a/b", "a:b", "a b", "a\nb"} {
		s, err := dovecottest.Start(t.TempDir(), dovecottest.Options{Users: map[string]string{name: "x"}})
		if err == nil {
			_ = s.Stop()
			t.Errorf("user %q: no error", name)
		}
	}
}

// TestFailedStartsSaySoAndLeaveNothing takes a port that Dovecot wants as well.
func TestFailedStartsSaySoAndLeaveNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().(*net.TCPAddr).Port
	for name, tc := range map[string]struct{ extra, want string }{
		"taken port": {fmt.Sprintf("service pop3-login {\n inet_listener x {\n port = %d\n }\n}", taken), "port is taken"},
		"bad config": {"nonsense = yes", "nonsense"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, temporary := t.TempDir(), t.TempDir()
			t.Setenv("TMPDIR", temporary)
			s, err := dovecottest.Start(dir, dovecottest.Options{Extra: tc.extra})
			skipIfMissing(t, err)
			if err == nil {
				_ = s.Stop()
			}
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v", err)
			}
			if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
