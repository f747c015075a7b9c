package gmail_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

func account(t *testing.T, key []byte, now func() time.Time) gmail.TokenSource {
	t.Helper()
	scopes := gmail.Scopes(false)[:2]
	tokens, err := gmail.NewServiceAccountSource(key, address, scopes, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// TestServiceAccount imports as the impersonated address, by tokens that are
// kept until their end.
func TestServiceAccount(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	now := noon
	tokens := account(t, s.ServiceAccountJSON(), func() time.Time { return now })
	client := newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: tokens})
	for _, c := range []struct {
		at      time.Duration
		fetched int
	}{{0, 1}, {58 * time.Minute, 1}, {59 * time.Minute, 2}} {
		now = noon.Add(c.at)
		if _, err := client.Upload(t.Context(), message{"account", 1000}.upload()); err != nil {
			t.Fatal(err)
		}
		if n := s.Counts()[gmailtest.KindToken]; n != c.fetched {
			t.Errorf("after %v: %d tokens fetched, want %d", c.at, n, c.fetched)
		}
	}
	s.ExpireAccessTokens()
	if _, err := client.Upload(t.Context(), message{"account", 1000}.upload()); err != nil {
		t.Fatal(err)
	}
	if n := len(s.Messages(address)); n != 4 {
		t.Errorf("%d messages", n)
	}
}

// TestDelegationMissing: the hint says what to enter where.
func TestDelegationMissing(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	s.WithholdScopes(gmailtest.ScopeLabels)
	_, err := account(t, s.ServiceAccountJSON(), time.Now).Token(t.Context())
	e := failure(t, err, gmail.Unauthorised)
	for _, word := range []string{"100000000000000000000", "Domain-wide", gmailtest.ScopeInsert + "," + gmailtest.ScopeLabels, address} {
		if !strings.Contains(e.Hint, word) {
			t.Errorf("hint %q doesn't say %s", e.Hint, word)
		}
	}
	if !strings.Contains(e.Error(), "unauthorized_client") {
		t.Errorf("%q", e)
	}
}

// TestAccountTokenServer goes through what it may answer.
func TestAccountTokenServer(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	elsewhere, asked := bystander(t)
	for _, c := range []struct {
		status     int
		body, says string
		kind       gmail.Kind
	}{
		{400, `{"error":"invalid_grant","error_description":"Invalid email or User ID"}`, "Invalid email or User ID", gmail.Unauthorised},
		{400, `{"error":"invalid_grant","error_description":"Check your iat and exp values"}`, "iat and exp", gmail.Unauthorised},
		{401, `{"error":"unauthorized_client"}`, "unauthorized_client", gmail.Unauthorised},
		{500, `oops`, "HTTP 500", gmail.Passing},
		{200, `{}`, "no token", gmail.Passing},
		{200, `oops`, "no token", gmail.Passing},
		{302, ``, strings.TrimPrefix(elsewhere, "http://"), gmail.Configuration},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if c.status == 302 {
				w.Header().Set("Location", elsewhere)
			}
			w.WriteHeader(c.status)
			io.WriteString(w, strings.ReplaceAll(c.body, "Invalid email", "Invalid email "+r.FormValue("assertion")))
		}))
		key := bytes.ReplaceAll(s.ServiceAccountJSON(), []byte(s.URL()+"token"), []byte(server.URL))
		_, err := account(t, key, time.Now).Token(t.Context())
		server.Close()
		e := failure(t, err, c.kind)
		says := strings.ReplaceAll(c.says, "Invalid email", "Invalid email …")
		if !strings.Contains(e.Error(), says) {
			t.Errorf("%q doesn't say %q", e, says)
		}
		if clock := strings.Contains(e.Hint, "clock"); clock != strings.Contains(c.says, "iat") {
			t.Errorf("%q: hint %q", e, e.Hint)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}

// TestAccountTokenCancelled: the JWT flow itself knows no context.
func TestAccountTokenCancelled(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cancel()
		select {
		case <-over:
		case <-time.After(time.Second):
			io.WriteString(w, `{"access_token":"late","expires_in":3599}`)
		}
	}))
	defer server.Close()
	defer close(over)
	key := bytes.ReplaceAll(s.ServiceAccountJSON(), []byte(s.URL()+"token"), []byte(server.URL))
	_, err := account(t, key, time.Now).Token(ctx)
	failure(t, err, gmail.Passing)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v is no context.Canceled", err)
	}
}

func TestBadAccountKey(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	for name, value := range map[string]string{
		"type": "authorized_user", "client_email": "", "private_key": "secret", "token_uri": "http://example.org/token",
	} {
		var key map[string]string
		if err := json.Unmarshal(s.ServiceAccountJSON(), &key); err != nil {
			t.Fatal(err)
		}
		key[name] = value
		data, err := json.Marshal(key)
		if err != nil {
			t.Fatal(err)
		}
		_, err = gmail.NewServiceAccountSource(data, address, nil, time.Now, nil)
		if e := failure(t, err, gmail.Configuration); strings.Contains(e.Error(), "secret") {
			t.Errorf("%q quotes the key", e)
		}
	}
	_, err := gmail.NewServiceAccountSource([]byte("{"), address, nil, time.Now, nil)
	failure(t, err, gmail.Configuration)
}
