package gmail_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// TestAskGrant asks the token server though the access token is good.
func TestAskGrant(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	path := tokenFile(t, s.TokenJSON(address, gmail.Scopes(false)...))
	before := heldToken(t, path)
	grant, err := gmail.AskGrant(t.Context(), source(t, s, path, gmail.CallScopes(false)...))
	if err != nil {
		t.Fatal(err)
	}
	scope := gmailtest.ScopeInsert + " " + gmailtest.ScopeLabels + " openid " + gmailtest.ScopeEmail
	if grant != (gmail.Grant{Address: address, Scope: scope}) {
		t.Errorf("%+v", grant)
	}
	if n := s.Counts()[gmailtest.KindToken]; n != 1 {
		t.Errorf("%d requests", n)
	}
	if after := heldToken(t, path); after.AccessToken == before.AccessToken || after.RefreshToken != before.RefreshToken || after.Scope != scope {
		t.Error("it wasn't saved")
	}
}

// TestAskGrantOfLittle: a token that doesn't tell its address.
func TestAskGrantOfLittle(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	path := tokenFile(t, s.TokenJSON(address, gmailtest.ScopeInsert))
	grant, err := gmail.AskGrant(t.Context(), source(t, s, path, gmailtest.ScopeInsert))
	if err != nil || grant != (gmail.Grant{Scope: gmailtest.ScopeInsert}) {
		t.Errorf("%+v, %v", grant, err)
	}
	_, err = gmail.AskGrant(t.Context(), source(t, s, path, gmailtest.ScopeLabels))
	if e := failure(t, err, gmail.Unauthorised); !strings.Contains(e.Error(), "not granted: "+gmailtest.ScopeLabels) {
		t.Errorf("%q", e)
	}
	_, err = gmail.AskGrant(t.Context(), source(t, s, path+".absent", gmailtest.ScopeInsert))
	failure(t, err, gmail.Unauthorised)
	s.Revoke(address)
	_, err = gmail.AskGrant(t.Context(), source(t, s, path, gmailtest.ScopeInsert))
	if e := failure(t, err, gmail.Unauthorised); !strings.Contains(e.Error(), "lasts seven days") || !strings.Contains(e.Error(), "password was changed") ||
		!strings.Contains(e.Error(), "six months") || !strings.Contains(e.Error(), "withdrawn") {
		t.Errorf("%q", e)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = gmail.AskGrant(ctx, source(t, s, path, gmailtest.ScopeInsert))
	failure(t, err, gmail.Passing)
	if grant, err := gmail.AskGrant(t.Context(), &counted{}); err != nil || grant != (gmail.Grant{}) {
		t.Errorf("a source of another kind: %+v, %v", grant, err)
	}
}

// TestAskGrantKeepsRotatedTokens: the refresh token in the file is the one
// that is good.
func TestAskGrantKeepsRotatedTokens(t *testing.T) {
	s := standIn(t, gmailtest.Options{RotateRefreshTokens: true})
	path := tokenFile(t, s.TokenJSON(address, gmail.Scopes(false)...))
	tokens := source(t, s, path, gmail.CallScopes(false)...)
	for range 3 {
		before := heldToken(t, path)
		if _, err := gmail.AskGrant(t.Context(), tokens); err != nil {
			t.Fatal(err)
		}
		if heldToken(t, path).RefreshToken == before.RefreshToken {
			t.Error("the new refresh token is lost")
		}
	}
}

// TestTheEndOfAnAuthorisation comes with the login, is kept in the file, and
// says why the token died.
func TestTheEndOfAnAuthorisation(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	s := standIn(t, gmailtest.Options{Testing: true, RotateRefreshTokens: true, Now: clock})
	o := loginOptions(t, s)
	o.Now = clock
	token, err := gmail.RunLogin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	const week = 7 * 24 * time.Hour
	within := func(what string, end time.Time) {
		t.Helper()
		if off := end.Sub(now.Add(week)).Abs(); off > 10*time.Second {
			t.Errorf("%s: it ends at %v, %v off", what, end, off)
		}
	}
	within("the login", token.RefreshTokenExpiresAt)
	path := tokenFile(t, nil)
	if err := gmail.SaveToken(path, token); err != nil {
		t.Fatal(err)
	}
	config, err := gmail.LoadClient(s.ClientJSON())
	if err != nil {
		t.Fatal(err)
	}
	tokens := gmail.NewFileTokenSource(gmail.TokenFile{Config: config, Path: path, Scopes: gmail.CallScopes(false), Now: clock, Sleep: noSleep})
	grant, err := gmail.AskGrant(t.Context(), tokens)
	if err != nil {
		t.Fatal(err)
	}
	within("the grant", grant.EndsAt)
	within("the file", heldToken(t, path).RefreshTokenExpiresAt)
	end := grant.EndsAt.Format(time.DateOnly)
	now = now.Add(week + time.Hour)
	_, err = gmail.AskGrant(t.Context(), tokens)
	if e := failure(t, err, gmail.Unauthorised); !strings.Contains(e.Error(), "while the consent screen is in Testing), and ended on "+end) || e.Hint != gmail.HintLogin {
		t.Errorf("%q", e)
	}
}

// TestEndsThatAreNone: what a server says of them in passing.
func TestEndsThatAreNone(t *testing.T) {
	kept := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	for extra, want := range map[string]time.Time{
		``: kept, `,"refresh_token_expires_in":0`: kept, `,"refresh_token_expires_in":-1`: kept, `,"refresh_token_expires_in":"soon"`: kept,
		`,"refresh_token_expires_in":1e300`: kept, `,"refresh_token":"another"`: {},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"a","expires_in":3599`+extra+`}`)
		}))
		defer server.Close()
		config, err := gmail.LoadClient([]byte(`{"installed":{"client_id":"id","token_uri":"` + server.URL + `"}}`))
		if err != nil {
			t.Fatal(err)
		}
		old := someToken()
		old.Scope, old.RefreshTokenExpiresAt = "", kept
		data, err := json.Marshal(old)
		if err != nil {
			t.Fatal(err)
		}
		path := tokenFile(t, data)
		grant, err := gmail.AskGrant(t.Context(), gmail.NewFileTokenSource(gmail.TokenFile{Config: config, Path: path, Now: time.Now}))
		if err != nil || !grant.EndsAt.Equal(want) || !heldToken(t, path).RefreshTokenExpiresAt.Equal(want) {
			t.Errorf("%s: %v, want %v (%v)", extra, grant.EndsAt, want, err)
		}
		if data, err := os.ReadFile(path); err != nil || strings.Contains(string(data), "expires_at") == want.IsZero() {
			t.Errorf("%s: the file is odd (%v)", extra, err)
		}
	}
}

// TestAskGrantOfAServiceAccount: it acts for the address that it names.
func TestAskGrantOfAServiceAccount(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	scopes := gmail.CallScopes(true)
	tokens, err := gmail.NewServiceAccountSource(s.ServiceAccountJSON(), address, scopes, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 2; n++ {
		grant, err := gmail.AskGrant(t.Context(), tokens)
		if err != nil || grant != (gmail.Grant{Address: address, Scope: strings.Join(scopes, " ")}) {
			t.Errorf("%+v, %v", grant, err)
		}
		if got := s.Counts()[gmailtest.KindToken]; got != n {
			t.Errorf("%d requests, want %d", got, n)
		}
	}
	s.WithholdScopes(gmailtest.ScopeLabels)
	_, err = gmail.AskGrant(t.Context(), tokens)
	failure(t, err, gmail.Unauthorised)
}

// heldToken is what a token file holds.
func heldToken(t *testing.T, path string) gmail.Token {
	t.Helper()
	token, err := gmail.LoadToken(path)
	if err != nil {
		t.Fatal(err)
	}
	return token
}
