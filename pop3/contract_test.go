package pop3_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3"
)

// mailboxServer is what a server has to offer for the contract: an empty
// mailbox that opens with User and "secret", for sessions from this machine.
type mailboxServer interface {
	User() string
	Host() string
	// Port is where to connect for the kind of encryption.
	Port(pop3.TLSMode) int
	// Roots trusts the certificate, which is for Host, and has Fingerprint.
	Roots() *x509.CertPool
	Fingerprint() []byte
	// Token opens the mailbox until then by XOAUTH2.
	Token(until time.Time) string
	Add(raw []byte)
	Clear()
	// Contents are the messages as RETR has to give them. No session may be
	// open.
	Contents() [][]byte
}

// contract is what the client must do with every server. Servers with one
// kind of encryption start one for the mode.
func contract(t *testing.T, start func(*testing.T, pop3.TLSMode) mailboxServer) {
	for _, mode := range []pop3.TLSMode{pop3.TLSImplicit, pop3.TLSStart, pop3.TLSNone} {
		t.Run(string(mode), func(t *testing.T) {
			for name, test := range map[string]func(*testing.T, fixture){
				"trust":     contractTrust,
				"login":     contractLogin,
				"AUTH":      contractMechanisms,
				"empty":     contractEmpty,
				"odd":       contractOddMessages,
				"top":       contractTop,
				"delete":    contractDelete,
				"abort":     contractAbort,
				"pipeline":  contractPipeline,
				"cancelled": contractCancel,
			} {
				t.Run(name, func(t *testing.T) {
					test(t, fixture{start(t, mode), mode})
				})
			}
		})
	}
}

// fixture is a server, and how to connect to it.
type fixture struct {
	mailboxServer
	mode pop3.TLSMode
}

func (f fixture) options() pop3.Options {
	return pop3.Options{
		Host: f.Host(), Port: f.Port(f.mode), TLS: f.mode, RootCAs: f.Roots(),
		User: f.User(), Password: "secret", Pipelining: true,
	}
}

// list is a session and its listing, which has to be of n messages.
func (f fixture) list(t *testing.T, n int) (*pop3.Session, pop3.Listing) {
	t.Helper()
	s := dial(t, f.options())
	l, err := s.List(t.Context())
	if err != nil || l.Flaw != "" || !l.HasUIDL || len(l.Entries) != n {
		t.Fatalf("listing has %d entries, want %d (flaw %q, error %v)", len(l.Entries), n, l.Flaw, err)
	}
	return s, l
}

func contractTrust(t *testing.T, f fixture) {
	if f.mode == pop3.TLSNone {
		if _, encrypted := dial(t, f.options()).TLSState(); encrypted {
			t.Error("the session is encrypted")
		}
		return
	}
	pinned := f.options()
	pinned.RootCAs, pinned.ServerName, pinned.Fingerprint = nil, "mail.example.com", f.Fingerprint()
	for _, o := range []pop3.Options{f.options(), pinned} {
		if _, encrypted := dial(t, o).TLSState(); !encrypted {
			t.Error("the session is not encrypted")
		}
	}
	for name, change := range map[string]func(*pop3.Options){
		"authority":   func(o *pop3.Options) { o.RootCAs = roots() },
		"name":        func(o *pop3.Options) { o.ServerName = "mail.example.com" },
		"fingerprint": func(o *pop3.Options) { o.Fingerprint = fingerprint() },
	} {
		o := f.options()
		change(&o)
		_, err := pop3.Dial(t.Context(), o)
		if e := wantKind(t, err, pop3.Certificate); !strings.Contains(e.Error(), fmt.Sprintf("%x", f.Fingerprint())) {
			t.Errorf("wrong %s: error does not tell the fingerprint: %v", name, e)
		}
	}
}

func contractLogin(t *testing.T, f fixture) {
	o := f.options()
	o.Password = "wrong"
	_, err := pop3.Dial(t.Context(), o)
	wantKind(t, err, pop3.Auth)
	if got := dial(t, f.options()).LoginMethod(); got != "USER" {
		t.Errorf("logged in by %s, want USER where CAPA has it", got)
	}
}

func contractEmpty(t *testing.T, f fixture) {
	s, _ := f.list(t, 0)
	if err := s.Quit(t.Context()); err != nil {
		t.Error(err)
	}
	f.Add([]byte("Subject: there\r\n\r\n"))
	s, _ = f.list(t, 1)
	if err := s.Quit(t.Context()); err != nil {
		t.Error(err)
	}
	f.Clear()
	f.list(t, 0)
}

// retr fetches all messages of a listing.
func retr(t *testing.T, s *pop3.Session, l pop3.Listing) (got [][]byte) {
	t.Helper()
	err := s.Retr(t.Context(), entryNumbers(l), func(number int, message io.Reader, err error) error {
		if err != nil {
			return err
		}
		raw, err := io.ReadAll(message)
		got = append(got, raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func entryNumbers(l pop3.Listing) func(func(int) bool) {
	return func(yield func(int) bool) {
		for _, e := range l.Entries {
			if !yield(e.Number) {
				return
			}
		}
	}
}

// same fails the test unless the messages are those that the mailbox had.
func same(t *testing.T, got, want [][]byte) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("received %d messages, want %d", len(got), len(want))
	}
	for i := range want {
		if !bytes.Equal(got[i], want[i]) {
			t.Errorf("message %d is %.200q, want %.200q", i+1, got[i], want[i])
		}
	}
}

func contractOddMessages(t *testing.T, f fixture) {
	const header = "From: a@example.org\r\nSubject: odd\r\n\r\n"
	for _, text := range []string{
		"plain\r\n",
		".\r\n..\r\n.a\r\na.\r\n...\r\n",
		"a\n.\nb\r\n",
		"a\n.\r\nb\n..\nc\r\n.\n",
		"a\rb\r\r\nc\r\n",
		"\x00NUL\x00\r\n",
		"\xe4\xf6\xfc\xff\x80\r\n",
		"no line end",
		"ends with a dot\r\n.",
		"",
		"\r\n\r\n\r\n",
		strings.Repeat("x", 300<<10) + "\r\n",
		strings.Repeat("line\r\n.", 50<<10) + "\r\n",
	} {
		f.Add([]byte(header + text))
	}
	want := f.Contents()
	s, l := f.list(t, 13)
	same(t, retr(t, s, l), want)
	if err := s.Quit(t.Context()); err != nil {
		t.Error(err)
	}
}

func contractTop(t *testing.T, f fixture) {
	f.Add([]byte("From: a@example.org\r\nSubject: one\r\n\r\nbody\r\n"))
	f.Add([]byte("Subject: two\r\n\r\n.\r\nbody\r\n"))
	s, l := f.list(t, 2)
	var got []string
	err := s.Top(t.Context(), entryNumbers(l), func(_ int, header io.Reader, err error) error {
		if err != nil {
			return err
		}
		text, err := io.ReadAll(header)
		got = append(got, string(text))
		return err
	})
	want := []string{"From: a@example.org\r\nSubject: one\r\n\r\n", "Subject: two\r\n\r\n"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("headers are %q, %v; want %q", got, err, want)
	}
	refused := 0
	err = s.Top(t.Context(), numbers(3), func(_ int, _ io.Reader, err error) error {
		wantKind(t, err, pop3.Refused)
		refused++
		return nil
	})
	if err != nil || refused != 1 {
		t.Errorf("a message that isn't there was refused %d times, %v", refused, err)
	}
}

func contractDelete(t *testing.T, f fixture) {
	for i := range 3 {
		f.Add(fmt.Appendf(nil, "Subject: %d\r\n\r\nbody\r\n", i))
	}
	left := f.Contents()[1]
	s, before := f.list(t, 3)
	failed, err := s.Dele(t.Context(), []int{1, 3, 9})
	if err != nil || len(failed) != 1 || failed[9] == nil {
		t.Fatalf("failed: %v, %v", failed, err)
	}
	if err := s.Quit(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, after := f.list(t, 1)
	if after.Entries[0].UID != before.Entries[1].UID {
		t.Errorf("left is %q, want %q", after.Entries[0].UID, before.Entries[1].UID)
	}
	if got := retr(t, s, after); !bytes.Equal(got[0], left) {
		t.Errorf("left is %q, want %q", got[0], left)
	}
}

func contractAbort(t *testing.T, f fixture) {
	f.Add([]byte("Subject: kept\r\n\r\n"))
	s, _ := f.list(t, 1)
	if failed, err := s.Dele(t.Context(), []int{1}); err != nil || len(failed) > 0 {
		t.Fatalf("failed: %v, %v", failed, err)
	}
	if err := s.Abort(); err != nil {
		t.Error(err)
	}
	f.list(t, 1)
}

func contractPipeline(t *testing.T, f fixture) {
	const messages = 300
	for i := range messages {
		f.Add(fmt.Appendf(nil, "Subject: %d\r\n\r\n%s\r\n", i, strings.Repeat("x", i*7)))
	}
	want := f.Contents()
	s, l := f.list(t, messages)
	if !s.Capabilities().Pipelining {
		t.Fatal("the server does not pipeline")
	}
	before := s.Stats()
	same(t, retr(t, s, l), want)
	if trips := s.Stats().RoundTrips - before.RoundTrips; trips > 6 {
		t.Errorf("took %d round trips for %d messages", trips, messages)
	}
	if err := s.Quit(t.Context()); err != nil {
		t.Error(err)
	}
}

func contractCancel(t *testing.T, f fixture) {
	f.Add([]byte("Subject: long\r\n\r\n" + strings.Repeat("a line\r\n", 2<<20)))
	s, _ := f.list(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Retr(ctx, numbers(1), func(_ int, message io.Reader, err error) error {
		if err != nil {
			return err
		}
		if _, err := io.ReadFull(message, make([]byte, 99)); err != nil {
			return err
		}
		cancel()
		_, err = io.Copy(io.Discard, message)
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Retr: %v, want that the context is done", err)
	}
	if err := s.Quit(t.Context()); err == nil {
		t.Error("QUIT after a doubt")
	}
	f.list(t, 1)
}
