package gmail_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// process is a source of a file that others use, too.
type process struct {
	gmail.TokenSource
	// before and after happen at its first request: before it is sent, and
	// when its answer is there but not yet read.
	before, after func()
	// waits happens in each wait.
	waits func()
}

func newProcess(t *testing.T, s *gmailtest.Server, path string) *process {
	t.Helper()
	config, err := gmail.LoadClient(s.ClientJSON())
	if err != nil {
		t.Fatal(err)
	}
	p := &process{before: func() {}, after: func() {}, waits: func() {}}
	base := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(base.CloseIdleConnections)
	p.TokenSource = gmail.NewFileTokenSource(gmail.TokenFile{
		Config: config, Path: path, Scopes: gmail.CallScopes(false), Address: address, Now: func() time.Time { return noon },
		Sleep:  func(context.Context, time.Duration) error { p.waits(); return nil },
		Client: &http.Client{Transport: &meanwhile{process: p, base: base}},
	})
	return p
}

// meanwhile lets things happen around a process's first request.
type meanwhile struct {
	*process
	base  http.RoundTripper
	begun bool
}

func (m *meanwhile) RoundTrip(r *http.Request) (*http.Response, error) {
	if m.begun {
		return m.base.RoundTrip(r)
	}
	m.begun = true
	m.before()
	answer, err := m.base.RoundTrip(r)
	m.after()
	return answer, err
}

// TestOvertakenByAnotherProcess: it has used up the refresh token, and saved
// what it got for it, between our look into the file and our request.
func TestOvertakenByAnotherProcess(t *testing.T) {
	for name, ask := range map[string]func(gmail.TokenSource) (string, error){
		"Token": func(ours gmail.TokenSource) (string, error) { return ours.Token(t.Context()) },
		"AskGrant": func(ours gmail.TokenSource) (string, error) {
			grant, err := gmail.AskGrant(t.Context(), ours)
			if err != nil || grant.Address != address {
				return grant.Address, err
			}
			return ours.Token(t.Context())
		},
	} {
		s := standIn(t, gmailtest.Options{RotateRefreshTokens: true})
		path := savedToken(t, s, noon, gmail.Scopes(false)...)
		ours, theirs := newProcess(t, s, path), newProcess(t, s, path)
		var other string
		ours.before = func() {
			var err error
			if other, err = theirs.Token(t.Context()); err != nil {
				t.Error(err)
			}
		}
		access, err := ask(ours.TokenSource)
		if err != nil || access == "" || access != other {
			t.Errorf("%s: %v; it is the other's: %v", name, err, access == other)
		}
		if n := s.Counts()[gmailtest.KindToken]; n != 2 {
			t.Errorf("%s: %d refreshes", name, n)
		}
		if kept := heldToken(t, path); kept.AccessToken != other {
			t.Errorf("%s: the file was overwritten", name)
		}
	}
}

// TestOvertakenBeforeTheOtherSaved: it is given the time to do so.
func TestOvertakenBeforeTheOtherSaved(t *testing.T) {
	s := standIn(t, gmailtest.Options{RotateRefreshTokens: true})
	path := savedToken(t, s, noon, gmail.Scopes(false)...)
	ours, theirs := newProcess(t, s, path), newProcess(t, s, path)
	refused, saved, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
	ours.waits = func() { close(refused); <-saved }
	var access string
	var err error
	theirs.after = func() {
		go func() {
			defer close(over)
			access, err = ours.Token(t.Context())
		}()
		select {
		case <-refused:
		case <-over: // without a wait
		}
	}
	other, theirErr := theirs.Token(t.Context())
	close(saved)
	<-over
	if err != nil || theirErr != nil || access != other {
		t.Errorf("%v, %v; it is the other's: %v", err, theirErr, access == other)
	}
}

// TestOvertakenByATokenOfNoUse: what the other saved is renewed in turn.
func TestOvertakenByATokenOfNoUse(t *testing.T) {
	s := standIn(t, gmailtest.Options{RotateRefreshTokens: true, ExpiresIn: 30 * time.Second})
	path := savedToken(t, s, noon, gmail.Scopes(false)...)
	ours, theirs := newProcess(t, s, path), newProcess(t, s, path)
	var other string
	var theirErr error
	ours.before = func() { other, theirErr = theirs.Token(t.Context()) }
	access, err := ours.Token(t.Context())
	if err != nil || theirErr != nil || access == other {
		t.Errorf("%v, %v; it is the other's: %v", err, theirErr, access == other)
	}
	if kept := heldToken(t, path); kept.AccessToken != access || s.Counts()[gmailtest.KindToken] != 3 {
		t.Errorf("after %d refreshes, saved: %v", s.Counts()[gmailtest.KindToken], kept.AccessToken == access)
	}
}

// TestTwoProcessesForLong: each renews when it likes, and nobody has to log in
// again.
func TestTwoProcessesForLong(t *testing.T) {
	s := standIn(t, gmailtest.Options{RotateRefreshTokens: true})
	path := savedToken(t, s, noon, gmail.Scopes(false)...)
	both := []gmail.TokenSource{newProcess(t, s, path), newProcess(t, s, path)}
	for n := range 12 {
		tokens := both[n%3%2]
		access, err := tokens.Token(t.Context())
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		tokens.Invalidate(access)
	}
}

// TestEndedForGood: one wait, and no more requests than one.
func TestEndedForGood(t *testing.T) {
	s := standIn(t, gmailtest.Options{RotateRefreshTokens: true})
	path := savedToken(t, s, noon, gmail.Scopes(false)...)
	s.Revoke(address)
	waits, tokens := 0, newProcess(t, s, path)
	tokens.waits = func() { waits++ }
	_, err := tokens.Token(t.Context())
	if e := failure(t, err, gmail.Unauthorised); e.Code != "invalid_grant" || e.Hint != gmail.HintLogin {
		t.Errorf("%q, code %q, hint %q", e, e.Code, e.Hint)
	}
	if n := s.Counts()[gmailtest.KindToken]; n != 1 || waits != 1 {
		t.Errorf("%d requests, %d waits", n, waits)
	}
}

// TestOvertakenForEver: it gives up, though nobody has to log in.
func TestOvertakenForEver(t *testing.T) {
	for _, body := range []string{`{"error":"invalid_grant"}`, `{"access_token":"a","expires_in":3599}`} {
		path := tokenFile(t, nil)
		token := someToken()
		token.Expiry, token.Scope = noon, ""
		requests := 0
		save := func() {
			token.RefreshToken += "x"
			if err := gmail.SaveToken(path, token); err != nil {
				t.Error(err)
			}
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			requests++
			save()
			w.Header().Set("Content-Type", "application/json")
			if _, err := w.Write([]byte(body)); err != nil {
				t.Error(err)
			}
		}))
		defer server.Close()
		save()
		config, err := gmail.LoadClient([]byte(`{"installed":{"client_id":"id","token_uri":"` + server.URL + `"}}`))
		if err != nil {
			t.Fatal(err)
		}
		_, err = gmail.NewFileTokenSource(gmail.TokenFile{Config: config, Path: path, Now: func() time.Time { return noon }}).Token(t.Context())
		if failure(t, err, gmail.Passing); requests != 4 {
			t.Errorf("%s: %d requests", body, requests)
		}
	}
}
