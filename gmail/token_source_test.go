package gmail_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
	"golang.org/x/oauth2"
)

// source gives the tokens of a file by a clock that stands at noon.
func source(t *testing.T, s *gmailtest.Server, path string, need ...string) gmail.TokenSource {
	t.Helper()
	config, err := gmail.LoadClient(s.ClientJSON())
	if err != nil {
		t.Fatal(err)
	}
	return gmail.NewFileTokenSource(gmail.TokenFile{Config: config, Path: path, Scopes: need,
		Now: func() time.Time { return noon }, Sleep: noSleep})
}

// noSleep is for where no other process is.
func noSleep(context.Context, time.Duration) error { return nil }

// savedToken writes a token of the stand-in with another expiry.
func savedToken(t *testing.T, s *gmailtest.Server, expiry time.Time, scopes ...string) string {
	t.Helper()
	path := tokenFile(t, s.TokenJSON(address, scopes...))
	token, err := gmail.LoadToken(path)
	if err != nil {
		t.Fatal(err)
	}
	token.Expiry = expiry
	if err := gmail.SaveToken(path, token); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRefreshByTheClock: a minute before its end a token is replaced, and the
// file with it.
func TestRefreshByTheClock(t *testing.T) {
	for _, c := range []struct {
		left      time.Duration
		refreshes int
	}{{time.Hour, 0}, {61 * time.Second, 0}, {60 * time.Second, 1}, {-48 * time.Hour, 1}} {
		for _, rotate := range []bool{false, true} {
			s := standIn(t, gmailtest.Options{RotateRefreshTokens: rotate})
			path := savedToken(t, s, noon.Add(c.left), gmail.Scopes(false)...)
			before, _ := gmail.LoadToken(path)
			tokens := source(t, s, path, gmail.Scopes(false)...)
			for range 3 {
				if _, err := tokens.Token(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if n := s.Counts()[gmailtest.KindToken]; n != c.refreshes {
				t.Errorf("%v left: %d refreshes, want %d", c.left, n, c.refreshes)
			}
			after, err := gmail.LoadToken(path)
			if err != nil {
				t.Fatal(err)
			}
			if changed := after.AccessToken != before.AccessToken; changed != (c.refreshes > 0) {
				t.Errorf("%v left: changed is %v", c.left, changed)
			}
			if rotated := after.RefreshToken != before.RefreshToken; rotated != (rotate && c.refreshes > 0) {
				t.Errorf("%v left: rotated is %v", c.left, rotated)
			}
			if c.refreshes > 0 && !after.Expiry.Equal(noon.Add(time.Hour)) {
				t.Errorf("expires %v", after.Expiry)
			}
		}
	}
}

// TestOneRefreshForAll: whoever comes meanwhile waits for it.
func TestOneRefreshForAll(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	tokens := source(t, s, savedToken(t, s, noon, gmail.Scopes(false)...))
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if _, err := tokens.Token(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := s.Counts()[gmailtest.KindToken]; n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

// TestRefreshedElsewhere: another process may have done it.
func TestRefreshedElsewhere(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	path := savedToken(t, s, noon.Add(time.Hour), gmail.Scopes(false)...)
	tokens := source(t, s, path)
	old, err := tokens.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	fresh, _ := gmail.LoadToken(path)
	fresh.AccessToken = "from-elsewhere"
	if err := gmail.SaveToken(path, fresh); err != nil {
		t.Fatal(err)
	}
	tokens.Invalidate(old)
	if got, err := tokens.Token(t.Context()); got != "from-elsewhere" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	if n := s.Counts()[gmailtest.KindToken]; n != 0 {
		t.Errorf("%d refreshes", n)
	}
	tokens.Invalidate("from-elsewhere")
	if got, err := tokens.Token(t.Context()); got == "from-elsewhere" || err != nil {
		t.Errorf("a refused token is given again, %v", err)
	}
}

// TestNeededScopes: broader ones count, and who doesn't say is believed.
func TestNeededScopes(t *testing.T) {
	const base = "https://www.googleapis.com/auth/gmail."
	for _, c := range []struct {
		granted string
		verify  bool
		ok      bool
	}{
		{base + "insert " + base + "labels openid " + gmailtest.ScopeEmail, false, true},
		{base + "insert " + base + "labels openid " + gmailtest.ScopeEmail, true, false},
		{base + "insert openid email", false, false},
		{base + "modify openid email", true, true},
		{"https://mail.google.com/ openid email", true, true},
		{base + "insertmore " + base + "labels openid email", false, false},
	} {
		for _, expiry := range []time.Time{noon.Add(time.Hour), noon} { // by the file, by the refresh
			s := standIn(t, gmailtest.Options{})
			path := savedToken(t, s, expiry, strings.Fields(c.granted)...)
			if expiry.Equal(noon) {
				token, _ := gmail.LoadToken(path)
				token.Scope = ""
				if err := gmail.SaveToken(path, token); err != nil {
					t.Fatal(err)
				}
			}
			tokens := source(t, s, path, gmail.Scopes(c.verify)...)
			_, err := tokens.Token(t.Context())
			if c.ok {
				if err != nil {
					t.Errorf("%s: %v", c.granted, err)
				}
				continue
			}
			e := failure(t, err, gmail.Unauthorised)
			if !strings.Contains(e.Error(), "not granted: "+base) || e.Hint != gmail.HintLogin {
				t.Errorf("%q, hint %q", e, e.Hint)
			}
		}
	}
	path := tokenFile(t, []byte(`{"access_token":"a","expiry":"2026-03-02T00:00:00Z"}`))
	s := standIn(t, gmailtest.Options{})
	if _, err := source(t, s, path, gmail.Scopes(true)...).Token(t.Context()); err != nil {
		t.Errorf("unchecked: %v", err)
	}
}

// TestLoginMendsTheSource: a process that goes on sees the new file.
func TestLoginMendsTheSource(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	path := filepath.Join(t.TempDir(), "token.json")
	tokens := source(t, s, path, gmail.Scopes(false)...)
	_, err := tokens.Token(t.Context())
	failure(t, err, gmail.Unauthorised)
	if err := os.WriteFile(path, s.TokenJSON(address, gmailtest.ScopeInsert), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = tokens.Token(t.Context())
	failure(t, err, gmail.Unauthorised)
	if err := os.WriteFile(path, s.TokenJSON(address, gmail.Scopes(false)...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = tokens.Token(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestInvalidGrant: a person must act, and is told why this happens.
func TestInvalidGrant(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	path := savedToken(t, s, noon, gmail.Scopes(false)...)
	before, _ := os.ReadFile(path)
	s.Revoke(address)
	client := newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: source(t, s, path)})
	_, err := client.Upload(t.Context(), message{"revoked", 1000}.upload())
	e := failure(t, err, gmail.Unauthorised)
	for _, word := range []string{"Testing", "seven days", "password", "six months", "withdrawn"} {
		if !strings.Contains(e.Error(), word) {
			t.Errorf("%q doesn't say %q", e, word)
		}
	}
	if strings.Contains(e.Error(), "\n") || e.Hint != gmail.HintLogin {
		t.Errorf("%q, hint %q", e, e.Hint)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the file was changed")
	}
	if n := s.Counts()[gmailtest.KindImport]; n != 0 {
		t.Errorf("%d imports without a token", n)
	}
}

// TestTokenServerFails: what it answers isn't quoted, as it may hold what was
// sent.
func TestTokenServerFails(t *testing.T) {
	elsewhere, asked := bystander(t)
	for _, c := range []struct {
		name   string
		status int
		body   string
		kind   gmail.Kind
	}{
		{"unavailable", 503, "secret-refresh", gmail.Passing},
		{"html", 200, "<html>secret-refresh</html>", gmail.Passing},
		{"no token", 200, `{"x":"secret-refresh"}`, gmail.Passing},
		{"too long", 200, `{"access_token":"` + strings.Repeat("x", 1<<20) + `"}`, gmail.Passing},
		{"no header value", 200, `{"access_token":"a\r\nX-Secret: b"}`, gmail.Passing},
		{"longer than a header", 200, `{"access_token":"` + strings.Repeat("x", 9<<10) + `"}`, gmail.Passing},
		{"no refresh token", 200, `{"access_token":"a","refresh_token":"secret refresh"}`, gmail.Passing},
		{"not JSON", 400, "secret-refresh", gmail.Passing},
		{"limited", 429, `{"error":"secret"}`, gmail.RateLimited},
		{"client deleted", 401, `{"error":"deleted_client","error_description":"secret-refresh"}`, gmail.Configuration},
		{"client wrong", 401, `{"error":"invalid_client","error_description":"secret-refresh"}`, gmail.Configuration},
		{"policy", 400, `{"error":"admin_policy_enforced","error_description":"secret-refresh"}`, gmail.Unauthorised},
		{"grant", 400, `{"error":"invalid_grant","error_description":"secret-refresh"}`, gmail.Unauthorised},
		{"error in 200", 200, `{"error":"invalid_grant"}`, gmail.Unauthorised},
		{"redirect", 307, "", gmail.Configuration},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Retry-After", "7")
				if c.status == 307 {
					w.Header().Set("Location", elsewhere)
				}
				w.WriteHeader(c.status)
				io.WriteString(w, c.body)
			}))
			defer server.Close()
			e := failure(t, refreshAt(t, t.Context(), server.URL), c.kind)
			if strings.Contains(e.Error(), "secret") {
				t.Errorf("%q quotes the answer", e)
			}
			if c.status == 503 && e.RetryAfter != 7*time.Second {
				t.Errorf("RetryAfter is %v", e.RetryAfter)
			}
		})
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}

// refreshAt refreshes at a token server.
func refreshAt(t *testing.T, ctx context.Context, url string) error {
	t.Helper()
	config := &oauth2.Config{ClientID: "id", Endpoint: oauth2.Endpoint{TokenURL: url, AuthStyle: oauth2.AuthStyleInParams}}
	token := someToken()
	token.Expiry, token.RefreshToken = noon, "secret-refresh"
	path := filepath.Join(t.TempDir(), "token.json")
	if err := gmail.SaveToken(path, token); err != nil {
		t.Fatal(err)
	}
	_, err := gmail.NewFileTokenSource(gmail.TokenFile{Config: config, Path: path, Now: func() time.Time { return noon }, Sleep: noSleep}).Token(ctx)
	return err
}

// TestTokenThatLivesForEver: the file stays readable, and there is a refresh
// some day.
func TestTokenThatLivesForEver(t *testing.T) {
	s := standIn(t, gmailtest.Options{ExpiresIn: 200 * 365 * 24 * time.Hour})
	path := savedToken(t, s, noon, gmail.CallScopes(false)...)
	if _, err := source(t, s, path).Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	token, err := gmail.LoadToken(path)
	if err != nil || token.Expiry.Sub(noon) != 24*time.Hour {
		t.Errorf("expires %v, %v", token.Expiry, err)
	}
}

// TestCheckTokenStalls: the time-out is for the token server, too.
func TestCheckTokenStalls(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	s.SetFault(gmailtest.Once(gmailtest.KindToken, gmailtest.StageBefore, gmailtest.Stall()))
	path := savedToken(t, s, noon, gmail.CallScopes(false)...)
	client := newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: source(t, s, path), Timeout: 200 * time.Millisecond})
	failure(t, client.CheckToken(t.Context()), gmail.Passing)

	s.SetFault(gmailtest.Once(gmailtest.KindToken, gmailtest.StageBefore, gmailtest.Stall()))
	_, err := client.ResolveLabels(t.Context(), []string{"Archive"})
	e := failure(t, err, gmail.Passing)
	if errors.Is(e, context.Canceled) || !strings.Contains(e.Error(), "no progress for 200ms") {
		t.Errorf("%v", e) // Canceled would say that a person interrupted
	}
}

// TestTokenServerAway: not being reached says nothing of the authorisation.
func TestTokenServerAway(t *testing.T) {
	server := httptest.NewServer(nil)
	server.Close()
	failure(t, refreshAt(t, t.Context(), server.URL), gmail.Passing)

	over := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	server = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { cancel(); <-over }))
	defer server.Close()
	defer close(over)
	err := refreshAt(t, ctx, server.URL)
	failure(t, err, gmail.Passing)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is no context.Canceled", err)
	}
}

// TestRotatedTokenMustBeSaved: lost, it would lock the user out.
func TestRotatedTokenMustBeSaved(t *testing.T) {
	for _, rotate := range []bool{false, true} {
		s := standIn(t, gmailtest.Options{RotateRefreshTokens: rotate})
		path := savedToken(t, s, noon, gmail.Scopes(false)...)
		s.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
			if r.Kind == gmailtest.KindToken && r.Stage == gmailtest.StageAnswer {
				os.RemoveAll(filepath.Dir(path))
			}
			return nil
		})
		tokens := source(t, s, path)
		for range 2 {
			_, err := tokens.Token(t.Context())
			if rotate {
				failure(t, err, gmail.Unsaved)
			} else if err != nil {
				t.Error(err)
			}
		}
		// Once there is room it is saved, without another refresh.
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		access, err := tokens.Token(t.Context())
		if err != nil || s.Counts()[gmailtest.KindToken] != 1 {
			t.Errorf("%v, after %d refreshes", err, s.Counts()[gmailtest.KindToken])
		}
		if kept, err := gmail.LoadToken(path); rotate && (err != nil || kept.AccessToken != access) {
			t.Errorf("it was not saved: %v", err)
		}
	}
}

// TestLoginDuringARefresh: what someone allowed meanwhile is not overwritten.
func TestLoginDuringARefresh(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	path := savedToken(t, s, noon, gmail.Scopes(false)...)
	login := s.TokenJSON(address, gmail.Scopes(true)...)
	s.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Kind == gmailtest.KindToken && r.Stage == gmailtest.StageAnswer {
			if err := os.WriteFile(path, login, 0o600); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	access, err := source(t, s, path).Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := os.ReadFile(path); err != nil || string(kept) != string(login) || !strings.Contains(string(login), access) {
		t.Errorf("the login's token was not kept, or isn't used: %v", err)
	}
}
