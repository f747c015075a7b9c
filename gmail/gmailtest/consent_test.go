package gmailtest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// granted is what the redirect says of the scopes.
func granted(t *testing.T, redirect string, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(redirect)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("scope")
}

func TestOnlyTickedBoxesAreGranted(t *testing.T) {
	s := start(t, gmailtest.Options{})
	page := oauthConfig(t, s, gmailtest.ScopeInsert, gmailtest.ScopeLabels, "openid", "email").
		AuthCodeURL("state", oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))
	signIn := " openid " + gmailtest.ScopeEmail
	for want, scopes := range map[string][]string{
		gmailtest.ScopeLabels + signIn: {gmailtest.ScopeLabels}, strings.TrimSpace(signIn): nil,
		gmailtest.ScopeInsert + signIn: {gmailtest.ScopeInsert, gmailtest.ScopeFull},
	} {
		to, err := s.AuthorizeOnly(t.Context(), page, scopes...)
		if got := granted(t, to, err); got != want {
			t.Errorf("ticked %v, granted %s", scopes, got)
		}
	}
	to, err := s.Authorize(t.Context(), page)
	if got := granted(t, to, err); got != gmailtest.ScopeInsert+" "+gmailtest.ScopeLabels+signIn {
		t.Errorf("all: %s", got)
	}
}

// TestAnAccountIsChosen of several, without JavaScript: each page has a form
// for what comes next.
func TestAnAccountIsChosen(t *testing.T) {
	s := start(t, gmailtest.Options{Addresses: []string{user, "second@example.org"}})
	cfg := oauthConfig(t, s, gmailtest.ScopeInsert, "openid", "email")
	verifier := oauth2.GenerateVerifier()
	page := cfg.AuthCodeURL("state", oauth2.S256ChallengeOption(verifier))
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	_, choice := do(t, c, "GET", page, nil)
	for _, want := range []string{"Choose an account", `value="` + user + `"`, `value="second@example.org"`} {
		if !strings.Contains(choice, want) {
			t.Errorf("the choice lacks %s", want)
		}
	}
	_, consent := do(t, c, "GET", page+"&account=second%40example.org", nil)
	if !strings.Contains(consent, "<p>second@example.org</p>") || !strings.Contains(consent, "Add emails into your Gmail mailbox") {
		t.Errorf("the page is\n%s", consent)
	}
	u, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	form := u.Query()
	form.Set("account", "second@example.org")
	form.Set("all", "yes")
	form.Set("boxes", "shown")
	form.Set("decision", "allow")
	resp, err := c.PostForm(s.URL()+"o/oauth2/auth", form)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	to, err := resp.Location()
	if err != nil {
		t.Fatal(err)
	}
	tok, err := cfg.Exchange(oauthContext(t), to.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil || claims(t, tok)["email"] != "second@example.org" {
		t.Errorf("logged in as another: %v", err)
	}
	if resp, _ := do(t, c, "GET", page+"&account=nobody@example.org", nil); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("an unknown account: HTTP %d", resp.StatusCode)
	}
}

// TestAConsentScreenInTesting lets testers in, for seven days.
func TestAConsentScreenInTesting(t *testing.T) {
	now := time.Now()
	s := start(t, gmailtest.Options{Testing: true, TestUsers: []string{strings.ToUpper(user)}, RotateRefreshTokens: true,
		Addresses: []string{user, "other@example.org"}, Now: func() time.Time { return now }})
	cfg := oauthConfig(t, s, gmailtest.ScopeInsert)
	tok := logIn(t, s, cfg)
	if left := tok.Extra("refresh_token_expires_in"); left != 604799.0 {
		t.Errorf("it ends in %v s", left)
	}
	now = now.Add(6 * 24 * time.Hour)
	tok.Expiry = time.Now().Add(-time.Hour)
	tok, err := cfg.TokenSource(oauthContext(t), tok).Token()
	if err != nil || tok.Extra("refresh_token_expires_in") != 86399.0 {
		t.Fatalf("it ends in %v s (%v)", tok.Extra("refresh_token_expires_in"), err)
	}
	now = now.Add(24 * time.Hour)
	tok.Expiry = time.Now().Add(-time.Hour)
	_, err = cfg.TokenSource(oauthContext(t), tok).Token()
	wantGrantError(t, err, "invalid_grant", "Token has been expired or revoked.")

	s.LogInAs("other@example.org")
	page := cfg.AuthCodeURL("state", oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))
	if to, err := s.Authorize(t.Context(), page); err == nil || !strings.Contains(err.Error(), "HTTP 403") || !strings.Contains(err.Error(), "access_denied") {
		t.Errorf("redirected to %q, %v", to, err)
	}
}
