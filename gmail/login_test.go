package gmail_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
	"golang.org/x/oauth2"
)

// prompt is a terminal that is written to and read at the same time.
type prompt struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *prompt) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *prompt) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// loginOptions are those of a person who allows all in the browser.
func loginOptions(t *testing.T, s *gmailtest.Server) gmail.LoginOptions {
	t.Helper()
	config, err := gmail.LoadClient(s.ClientJSON())
	if err != nil {
		t.Fatal(err)
	}
	return gmail.LoginOptions{
		Config: config, Address: address, Scopes: gmail.Scopes(true), Prompt: new(prompt),
		OpenBrowser: func(page string) error { return visit(s.Authorize(t.Context(), page)) },
	}
}

// visit goes where the browser is sent.
func visit(address string, err error) error {
	if err != nil {
		return err
	}
	resp, err := http.Get(address)
	if err != nil {
		return err
	}
	page, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !bytes.Contains(page, []byte("is authorised</h1>")) {
		return fmt.Errorf("HTTP %d: %s, %v", resp.StatusCode, page, err)
	}
	return nil
}

// loginFailure gives the *gmail.LoginError of an error.
func loginFailure(t *testing.T, err error, kind gmail.LoginKind) *gmail.LoginError {
	t.Helper()
	var e *gmail.LoginError
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("error is %v, want a *gmail.LoginError of kind %d", err, kind)
	}
	if !strings.HasPrefix(e.Error(), "log in: ") {
		t.Errorf("text is %q", e)
	}
	return e
}

// TestLoginByBrowser: what it gives makes a token file that works.
func TestLoginByBrowser(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	o := loginOptions(t, s)
	o.Address = "User@Example.org"
	visited := make(chan error, 1)
	browse := o.OpenBrowser
	o.OpenBrowser = func(page string) error {
		visited <- browse(page)
		return errors.New("no browser") // which doesn't matter any more
	}
	token, err := gmail.RunLogin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-visited; err != nil {
		t.Errorf("in the browser: %v", err)
	}
	path := tokenFile(t, nil)
	if err := gmail.SaveToken(path, token); err != nil {
		t.Fatal(err)
	}
	client := newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: source(t, s, path, o.Scopes...)})
	if _, err := client.Upload(t.Context(), message{"login", 1000}.upload()); err != nil {
		t.Error(err)
	}
}

// TestWhatCanNotBeKept is no login, and the browser is told.
func TestWhatCanNotBeKept(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	o := loginOptions(t, s)
	full := errors.New("the disk is full")
	o.Keep = func(token gmail.Token) error {
		if token.RefreshToken == "" {
			t.Error("no token")
		}
		return full
	}
	browse, visited := o.OpenBrowser, make(chan error, 1)
	o.OpenBrowser = func(page string) error { visited <- browse(page); return nil }
	token, err := gmail.RunLogin(t.Context(), o)
	if !errors.Is(err, full) || token.RefreshToken != "" {
		t.Errorf("%v", err)
	}
	if err := <-visited; err == nil || !strings.Contains(err.Error(), "popbridge is not authorised") || !strings.Contains(err.Error(), full.Error()) {
		t.Errorf("in the browser: %v", err)
	}
}

// TestLoginPage checks what is asked of the authorisation server.
func TestLoginPage(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	o := loginOptions(t, s)
	pages := make(chan string, 1)
	ctx, cancel := context.WithCancel(t.Context())
	o.OpenBrowser = func(page string) error { pages <- page; cancel(); return nil }
	if _, err := gmail.RunLogin(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("%v is no context.Canceled", err)
	}
	page := <-pages
	if text := o.Prompt.(*prompt).String(); !strings.Contains(text, page) {
		t.Errorf("the page isn't in %q", text)
	}
	u, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for name, want := range map[string]string{
		"access_type": "offline", "prompt": "consent", "login_hint": address, "response_type": "code",
		"code_challenge_method": "S256", "scope": strings.Join(gmail.Scopes(true), " "),
	} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	redirect, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || redirect.Hostname() != "127.0.0.1" || redirect.Port() == "0" || len(q.Get("state")) < 20 {
		t.Errorf("redirect %v, state %q, %v", redirect, q.Get("state"), err)
	}
	if conn, err := net.Dial("tcp", redirect.Host); err == nil {
		conn.Close()
		t.Error("still listening")
	}
}

// TestLoginByPaste: on a machine without a browser the person pastes, after
// some mistakes, the address of the page that failed to load.
func TestLoginByPaste(t *testing.T) {
	for name, clip := range map[string]func(u *url.URL) string{
		"address":          (*url.URL).String,
		"spaces around it": func(u *url.URL) string { return "  " + u.String() + "\t" },
		"query":            func(u *url.URL) string { return "?" + u.RawQuery },
		"bare query":       func(u *url.URL) string { return u.RawQuery },
	} {
		t.Run(name, func(t *testing.T) {
			s := standIn(t, gmailtest.Options{})
			o := loginOptions(t, s)
			reader, writer := io.Pipe()
			defer reader.Close()
			o.Paste = reader
			pasted := make(chan error, 1)
			o.OpenBrowser = func(page string) error {
				address, err := s.Authorize(t.Context(), page)
				u, _ := url.Parse(address)
				other := strings.Replace(address, "state=", "state=other", 1)
				fmt.Fprintf(writer, "\nhttp://127.0.0.1/\n%s\nhello there\n%s\n", other, clip(u))
				pasted <- err
				return nil
			}
			if _, err := gmail.RunLogin(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			if err := <-pasted; err != nil {
				t.Error(err)
			}
			text := o.Prompt.(*prompt).String()
			if n := strings.Count(text, "belongs to another login"); n != 1 {
				t.Errorf("%d foreign addresses were told of in %q", n, text)
			}
			if n := strings.Count(text, "this is no whole address"); n != 2 {
				t.Errorf("%d other mistakes were told of in %q", n, text)
			}
		})
	}
}

// TestForeignRedirect: a page that doesn't know the state can't log in.
func TestForeignRedirect(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	o := loginOptions(t, s)
	statuses := make(chan []int, 1)
	o.OpenBrowser = func(page string) error {
		u, _ := url.Parse(page)
		q := u.Query()
		own := q.Get("redirect_uri")
		var got []int
		for _, address := range []string{own + "?code=evil", own + "?code=evil&state=x", own + "favicon.ico",
			own + "?state=" + q.Get("state")} {
			resp, err := http.Get(address)
			if err != nil {
				return err
			}
			resp.Body.Close()
			got = append(got, resp.StatusCode)
		}
		statuses <- got
		return visit(s.Authorize(t.Context(), page))
	}
	if _, err := gmail.RunLogin(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(<-statuses); got != "[400 400 404 400]" {
		t.Errorf("answered %s", got)
	}
}

func TestLoginFails(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	o := loginOptions(t, s)
	o.OpenBrowser = func(page string) error { return visit(s.Deny(t.Context(), page)) }
	_, err := gmail.RunLogin(t.Context(), o)
	loginFailure(t, err, gmail.LoginDenied)

	s.WithholdScopes(gmailtest.ScopeReadonly)
	_, err = gmail.RunLogin(t.Context(), loginOptions(t, s))
	e := loginFailure(t, err, gmail.LoginScopesMissing)
	if fmt.Sprint(e.Missing) != "["+gmailtest.ScopeReadonly+"]" || !strings.Contains(e.Error(), "gmail.readonly") {
		t.Errorf("%q, missing %v", e, e.Missing)
	}

	s.WithholdScopes()
	s.LogInAs("other@example.org")
	_, err = gmail.RunLogin(t.Context(), loginOptions(t, s))
	e = loginFailure(t, err, gmail.LoginAddressMismatch)
	if e.Want != address || e.Got != "other@example.org" {
		t.Errorf("%q", e)
	}

	reader, writer := io.Pipe()
	o = loginOptions(t, s)
	o.Paste = reader
	o.OpenBrowser = func(page string) error {
		u, err := url.Parse(page)
		fmt.Fprintf(writer, "code=not-the-code&state=%s\n", u.Query().Get("state"))
		return err
	}
	_, err = gmail.RunLogin(t.Context(), o)
	if e = loginFailure(t, err, gmail.LoginRejected); e.Code != "invalid_grant" {
		t.Errorf("%q", e)
	}

	s.SetFault(gmailtest.Times(-1, gmailtest.KindToken, gmailtest.StageBefore, gmailtest.Unavailable()))
	s.LogInAs(address)
	_, err = gmail.RunLogin(t.Context(), loginOptions(t, s))
	failure(t, err, gmail.Passing)
}

// TestLoginChecksTheToken goes through what a token server may answer.
func TestLoginChecksTheToken(t *testing.T) {
	idToken := func(claims string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	good := idToken(`{"aud":"id","email":"` + address + `"}`)
	for _, c := range []struct {
		name, refresh, id string
		kind              gmail.LoginKind // 0 is success
	}{
		{"good", "r", good, 0},
		{"list of audiences", "r", idToken(`{"aud":["other","id"],"email":"USER@example.org"}`), 0},
		{"no refresh token", "", good, gmail.LoginNoRefreshToken},
		{"no id token", "r", "", gmail.LoginNoAddress},
		{"broken id token", "r", "a.b.c", gmail.LoginNoAddress},
		{"for another client", "r", idToken(`{"aud":"other","email":"` + address + `"}`), gmail.LoginNoAddress},
		{"no address", "r", idToken(`{"aud":"id"}`), gmail.LoginNoAddress},
		{"dots count", "r", idToken(`{"aud":"id","email":"us.er@example.org"}`), gmail.LoginAddressMismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				fmt.Fprintf(w, `{"access_token":"a","refresh_token":%q,"id_token":%q,"expires_in":3599}`, c.refresh, c.id)
			}))
			defer server.Close()
			reader, writer := io.Pipe()
			_, err := gmail.RunLogin(t.Context(), gmail.LoginOptions{
				Config:  &oauth2.Config{ClientID: "id", Endpoint: oauth2.Endpoint{AuthURL: server.URL, TokenURL: server.URL}},
				Address: address, Scopes: gmail.Scopes(false), Prompt: io.Discard, Paste: reader,
				OpenBrowser: func(page string) error {
					u, _ := url.Parse(page)
					_, err := fmt.Fprintf(writer, "code=c&state=%s\n", u.Query().Get("state"))
					return err
				},
			})
			if c.kind != 0 {
				loginFailure(t, err, c.kind)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// TestFixedRedirect: a web client has one, and it must be ours to listen on.
func TestFixedRedirect(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := loginOptions(t, s)
	o.Config.RedirectURL = "http://" + listener.Addr().String() + "/callback"
	if _, err := gmail.RunLogin(t.Context(), o); err == nil {
		t.Error("the port was taken")
	}
	listener.Close()
	if _, err := gmail.RunLogin(t.Context(), o); err != nil {
		t.Error(err)
	}
	o.Config.RedirectURL = "https://example.org/callback"
	if _, err := gmail.RunLogin(t.Context(), o); err == nil || !strings.Contains(err.Error(), "loopback") {
		t.Errorf("%v", err)
	}
}
