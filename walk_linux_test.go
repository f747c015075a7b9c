package main_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// TestWalk goes the way of a new user at a terminal, from an empty home folder
// to the first imported message, with the OAuth client's file among the
// downloads as a browser leaves it. docs/moving.md has the figures, which -v
// prints.
func TestWalk(t *testing.T) {
	t.Run("found by its domain", func(t *testing.T) {
		w := newWalk(t, "office@example.com")
		w.command("init", "--endpoint", w.gmail.URL())
		w.answer("Address: ", w.address)
		w.fromPassword()
		w.shownInReadme()
		w.counts(4, 7, 4)
	})
	t.Run("typed", func(t *testing.T) {
		w := newWalk(t, "office@localhost") // of which nobody is asked
		w.command("init", "--endpoint", w.gmail.URL())
		w.answer("Address: ", w.address)
		w.answer("POP3 server: ", w.pop.Addr())
		w.answer("User name ["+w.address+"]: ", "")
		w.fromPassword()
		w.counts(4, 9, 5)
	})
}

// fromPassword is the way from where the server is known.
func (w *walk) fromPassword() {
	w.t.Helper()
	w.answer("Password", typedPassword)
	w.answer("Gmail address: ", address)
	w.answer("Look messages up in Gmail [no]: ", "")
	w.answer(`Its file, or "later" [`, "")
	w.answer("Labels [INBOX, UNREAD]: ", "")
	w.answer("Days [14]: ", "")
	w.ends()

	w.command("login")
	w.allow()
	w.ends()

	w.command("check")
	w.console.await("all well")
	w.ends()

	w.command("run")
	w.console.await("2 messages imported")
	w.ends()
	if n := len(w.gmail.Messages(address)); n != 2 {
		w.t.Errorf("Gmail has %d messages", n)
	}
}

// counts holds the walk to the figures that the documents have.
func (w *walk) counts(commands, questions, entered int) {
	w.t.Helper()
	if w.commands != commands || w.questions != questions || w.entered != entered {
		w.t.Errorf("want %d commands, %d questions and %d answers by Enter", commands, questions, entered)
	}
	w.t.Logf("%d commands, %d questions (%d of them answered by Enter alone), %.1f s besides reading and typing",
		w.commands, w.questions, w.entered, w.took.Seconds())
}

// shownInReadme holds the README's transcripts to what the walk shows.
func (w *walk) shownInReadme() {
	w.t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, command := range []string{"init", "login", "check"} {
		_, rest, found := strings.Cut(string(readme), "       $ popbridge "+command+"\n")
		if !found {
			w.t.Errorf("the README doesn't show popbridge %s", command)
		}
		for line := range strings.Lines(rest) {
			text, isShown := strings.CutPrefix(strings.TrimRight(line, "\n"), "       ")
			if !isShown && text != "" {
				break
			}
			for part := range strings.SplitSeq(text, "[...]") {
				if !strings.Contains(w.shown.String(), strings.TrimSpace(part)) {
					w.t.Errorf("the walk doesn't show %q, which the README has for popbridge %s", part, command)
				}
			}
		}
	}
}

// colour is what a terminal takes for colours.
var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// walk is a new user's way, counted.
type walk struct {
	t       *testing.T
	home    string
	env     []string
	address string // at the provider
	pop     *pop3test.Server
	gmail   *gmailtest.Server
	console *console
	began   time.Time

	shown                        strings.Builder // as text
	commands, questions, entered int
	took                         time.Duration
}

func newWalk(t *testing.T, from string) *walk {
	w := &walk{t: t, home: t.TempDir(), address: from}
	pop, err := pop3test.Start(pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pop.Close() })
	box := pop.AddMailbox(from, typedPassword)
	box.Add("one", []byte("From: a@example.net\r\nSubject: one\r\n\r\none\r\n"))
	box.Add("two", []byte("From: a@example.net\r\nSubject: two\r\n\r\ntwo\r\n"))
	if w.gmail, err = gmailtest.Start(gmailtest.Options{Addresses: []string{address}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.gmail.Close)
	w.pop = pop
	w.domain(pop)
	downloads := filepath.Join(w.home, "Downloads")
	if err := os.Mkdir(downloads, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(downloads, "client_secret_1.json"), w.gmail.ClientJSON(), 0o644); err != nil {
		t.Fatal(err)
	}
	return w
}

// domain has example.com say where its POP3 server is, and the program trust
// what a real domain and a real provider are trusted for.
func (w *walk) domain(pop *pop3test.Server) {
	w.t.Helper()
	site := httptest.NewTLSServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(out, `<clientConfig version="1.1"><emailProvider id="example.com"><domain>example.com</domain>
			<displayName>Example Hosting</displayName><incomingServer type="pop3"><hostname>localhost</hostname><port>%d</port>
			<socketType>SSL</socketType><username>%%EMAILADDRESS%%</username><authentication>password-cleartext</authentication>
			</incomingServer></emailProvider></clientConfig>`, pop.Port())
	}))
	w.t.Cleanup(site.Close)
	proxy := httptest.NewServer(leadTo(site.Listener.Addr().String()))
	w.t.Cleanup(proxy.Close)
	roots := filepath.Join(w.t.TempDir(), "roots.pem")
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: site.Certificate().Raw})
	if err := os.WriteFile(roots, append(own, pop.CertificatePEM()...), 0o600); err != nil {
		w.t.Fatal(err)
	}
	// Nothing on the PATH: no browser opens on the desktop of who runs this.
	w.env = []string{"PATH=" + w.t.TempDir(), "SSL_CERT_FILE=" + roots, "HTTPS_PROXY=" + proxy.URL, "HTTP_PROXY=" + proxy.URL}
}

// leadTo is a proxy that leads every CONNECT to one server.
func leadTo(server string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		up, err := new(net.Dialer).DialContext(r.Context(), "tcp", server)
		if err != nil || r.Method != http.MethodConnect {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		defer up.Close()
		down, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer down.Close()
		_, _ = io.WriteString(down, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(up, down); up.Close() }()
		_, _ = io.Copy(down, up)
	}
}

// command types a command.
func (w *walk) command(args ...string) {
	w.t.Helper()
	w.commands++
	w.began = time.Now()
	w.console = openConsoleAt(w.t, w.home, w.env, args...)
}

func (w *walk) ends() {
	w.t.Helper()
	w.console.ends(0)
	w.took += time.Since(w.began)
	text := strings.ReplaceAll(colour.ReplaceAllString(w.console.text(), ""), "\r\n", "\n")
	w.shown.WriteString(text)
	w.t.Logf("$ %s\n%s", strings.Join(w.console.cmd.Args, " "), text)
}

// answer waits for a question and answers it.
func (w *walk) answer(question, text string) {
	w.t.Helper()
	w.console.await(question)
	if strings.HasPrefix(question, "Password") {
		w.console.awaitHidden()
	}
	w.questions++
	if text == "" {
		w.entered++
	}
	w.console.press(text + "\r")
}

// allow does in a browser on another machine what login asks for, and pastes
// the address of the last page.
func (w *walk) allow() {
	w.t.Helper()
	w.console.await("paste the address of that page here")
	page := regexp.MustCompile(`http://\S+/o/oauth2/auth\?\S+`).FindString(w.console.text())
	ctx, cancel := context.WithTimeout(w.t.Context(), longest)
	defer cancel()
	redirect, err := w.gmail.Authorize(ctx, page)
	if err != nil {
		w.t.Fatal(err)
	}
	w.console.press(redirect + "\r")
}
