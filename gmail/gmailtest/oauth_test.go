package gmailtest_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/option"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// oauthConfig is the client as a program reads it.
func oauthConfig(t *testing.T, s *gmailtest.Server, scopes ...string) *oauth2.Config {
	t.Helper()
	cfg, err := google.ConfigFromJSON(s.ClientJSON(), scopes...)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	cfg.RedirectURL = "http://127.0.0.1:50999/"
	return cfg
}

// oauthContext makes the oauth2 library use connections that end with the
// test.
func oauthContext(t *testing.T) context.Context {
	t.Helper()
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: tr})
}

// allow logs in up to the redirect, and gives its query.
func allow(t *testing.T, s *gmailtest.Server, cfg *oauth2.Config, verifier string) url.Values {
	t.Helper()
	redirect, err := s.Authorize(t.Context(), cfg.AuthCodeURL("st&te", oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(verifier)))
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(redirect)
	if err != nil || u.Host != "127.0.0.1:50999" || u.Query().Get("state") != "st&te" {
		t.Fatalf("redirected to %s (%v)", redirect, err)
	}
	return u.Query()
}

func logIn(t *testing.T, s *gmailtest.Server, cfg *oauth2.Config) *oauth2.Token {
	t.Helper()
	verifier := oauth2.GenerateVerifier()
	tok, err := cfg.Exchange(oauthContext(t), allow(t, s, cfg, verifier).Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// claims reads an id token without checking its signature.
func claims(t *testing.T, tok *oauth2.Token) map[string]any {
	t.Helper()
	jwt, _ := tok.Extra("id_token").(string)
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		t.Fatalf("id token %q", jwt)
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]any
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLogin(t *testing.T) {
	s := start(t, gmailtest.Options{ExpiresIn: 30 * time.Minute})
	cfg := oauthConfig(t, s, gmailtest.ScopeInsert, "openid", "email")
	tok := logIn(t, s, cfg)
	if scope := tok.Extra("scope"); scope != gmailtest.ScopeInsert+" openid "+gmailtest.ScopeEmail {
		t.Errorf("scope %v", scope)
	}
	if tok.RefreshToken == "" || time.Until(tok.Expiry) > 30*time.Minute || time.Until(tok.Expiry) < 29*time.Minute {
		t.Errorf("token expires %v", tok.Expiry)
	}
	c := claims(t, tok)
	if c["email"] != user || c["email_verified"] != true || c["aud"] != cfg.ClientID || c["iss"] != "https://accounts.google.com" || c["exp"] == nil {
		t.Errorf("claims %v", c)
	}
	svc, err := gmail.NewService(t.Context(), option.WithEndpoint(s.URL()), option.WithHTTPClient(cfg.Client(oauthContext(t), tok)))
	if err != nil {
		t.Fatal(err)
	}
	mustImport(t, svc, mail("<1@example.com>", "x"))
}

func TestLoginAsAnotherWithLessGranted(t *testing.T) {
	s := start(t, gmailtest.Options{})
	s.LogInAs("other@example.org")
	s.WithholdScopes(gmailtest.ScopeLabels, "email")
	tok := logIn(t, s, oauthConfig(t, s, gmailtest.ScopeInsert, gmailtest.ScopeLabels, "openid", "email"))
	if scope := tok.Extra("scope"); scope != gmailtest.ScopeInsert+" openid" {
		t.Errorf("scope %v", scope)
	}
	if c := claims(t, tok); c["email"] != nil {
		t.Errorf("claims %v", c)
	}
	s.WithholdScopes()
	tok = logIn(t, s, oauthConfig(t, s, "openid", "email"))
	if c := claims(t, tok); c["email"] != "other@example.org" {
		t.Errorf("claims %v", c)
	}
}

func TestDeny(t *testing.T) {
	s := start(t, gmailtest.Options{})
	cfg := oauthConfig(t, s, gmailtest.ScopeInsert)
	redirect, err := s.Deny(t.Context(), cfg.AuthCodeURL("state", oauth2.S256ChallengeOption(oauth2.GenerateVerifier())))
	if err != nil || redirect != cfg.RedirectURL+"?error=access_denied&state=state" {
		t.Fatalf("redirected to %s (%v)", redirect, err)
	}
}

func TestThePageShowsWhoAndWhat(t *testing.T) {
	s := start(t, gmailtest.Options{Addresses: []string{"<odd>@example.org"}})
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	authURL := oauthConfig(t, s, gmailtest.ScopeInsert).AuthCodeURL(`"><script>`, oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))
	resp, page := do(t, c, "GET", authURL, nil)
	if resp.StatusCode != 200 || !strings.Contains(resp.Header.Get("Content-Type"), "text/html") {
		t.Fatalf("HTTP %d", resp.StatusCode)
	}
	for _, want := range []string{"&lt;odd&gt;@example.org", gmailtest.ScopeInsert, ">Continue<", ">Cancel<", "Select all"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(page, "<script>") {
		t.Error("the page holds what it was given, unescaped")
	}
}

func TestBadAuthorisationRequests(t *testing.T) {
	s := start(t, gmailtest.Options{})
	good := oauthConfig(t, s, gmailtest.ScopeInsert).AuthCodeURL("state", oauth2.AccessTypeOffline, oauth2.S256ChallengeOption(oauth2.GenerateVerifier()))
	for _, tc := range [][3]string{
		{"client_id", "another", "invalid_client"},
		{"redirect_uri", "http://example.com/", "redirect_uri_mismatch"},
		{"redirect_uri", "https://127.0.0.1:1/", "redirect_uri_mismatch"},
		{"redirect_uri", "urn:ietf:wg:oauth:2.0:oob", "redirect_uri_mismatch"},
		{"response_type", "token", "unsupported_response_type"},
		{"scope", "", "Missing required parameter: scope"},
		{"scope", "gmail.insert", "invalid_scope"},
		{"state", "", "Missing required parameter: state"},
		{"code_challenge", "", "code_challenge"},
		{"code_challenge_method", "plain", "code_challenge"},
		{"access_type", "for ever", "access_type"},
	} {
		u, err := url.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set(tc[0], tc[1])
		u.RawQuery = q.Encode()
		if to, err := s.Authorize(t.Context(), u.String()); err == nil || !strings.Contains(err.Error(), tc[2]) {
			t.Errorf("%s=%q: redirected to %q, %v", tc[0], tc[1], to, err)
		}
	}
	for _, host := range []string{"localhost:1", "[::1]:1", "127.0.0.1"} {
		cfg := oauthConfig(t, s, gmailtest.ScopeInsert)
		cfg.RedirectURL = "http://" + host + "/?x=y"
		to, err := s.Authorize(t.Context(), cfg.AuthCodeURL("state", oauth2.S256ChallengeOption(oauth2.GenerateVerifier())))
		if err != nil || !strings.HasPrefix(to, "http://"+host+"/?code=") || !strings.HasSuffix(to, "&x=y") {
			t.Errorf("%s: %s %v", host, to, err)
		}
	}
}

// wantGrantError wants a refusal of the token endpoint.
func wantGrantError(t *testing.T, err error, code, detail string) {
	t.Helper()
	var e *oauth2.RetrieveError
	if !errors.As(err, &e) || e.ErrorCode != code || !strings.Contains(e.ErrorDescription, detail) {
		t.Fatalf("got %v, want %s %s", err, code, detail)
	}
}

func TestBadExchanges(t *testing.T) {
	s := start(t, gmailtest.Options{})
	cfg := oauthConfig(t, s, gmailtest.ScopeInsert)
	verifier := oauth2.GenerateVerifier()
	code := allow(t, s, cfg, verifier).Get("code")
	exchange := func(cfg oauth2.Config, code string, opts ...oauth2.AuthCodeOption) error {
		_, err := cfg.Exchange(oauthContext(t), code, opts...)
		return err
	}
	wantGrantError(t, exchange(*cfg, code), "invalid_grant", "Missing code verifier.")
	wantGrantError(t, exchange(*cfg, code, oauth2.VerifierOption("other")), "invalid_grant", "Invalid code verifier.")
	wantGrantError(t, exchange(*cfg, "4/x", oauth2.VerifierOption(verifier)), "invalid_grant", "Malformed auth code.")
	elsewhere, stranger := *cfg, *cfg
	elsewhere.RedirectURL, stranger.ClientSecret = "http://127.0.0.1:2/", "wrong"
	wantGrantError(t, exchange(elsewhere, code, oauth2.VerifierOption(verifier)), "redirect_uri_mismatch", "")
	wantGrantError(t, exchange(stranger, code, oauth2.VerifierOption(verifier)), "invalid_client", "not found")
	if err := exchange(*cfg, code, oauth2.VerifierOption(verifier)); err != nil {
		t.Fatal(err)
	}
	wantGrantError(t, exchange(*cfg, code, oauth2.VerifierOption(verifier)), "invalid_grant", "Malformed auth code.")
	resp, body := do(t, http.DefaultClient, "POST", s.URL()+"token", strings.NewReader("grant_type=password"))
	if resp.StatusCode != 400 || !strings.Contains(body, "unsupported_grant_type") {
		t.Errorf("password: %d %s", resp.StatusCode, body)
	}
	if r := s.Requests(); r[len(r)-1].GrantType != "password" || r[len(r)-1].Kind != gmailtest.KindToken {
		t.Errorf("recorded as %+v", r[len(r)-1])
	}
}

func TestOnlineAccessHasNoRefreshToken(t *testing.T) {
	s := start(t, gmailtest.Options{})
	cfg := oauthConfig(t, s, gmailtest.ScopeInsert)
	verifier := oauth2.GenerateVerifier()
	to, err := s.Authorize(t.Context(), cfg.AuthCodeURL("state", oauth2.S256ChallengeOption(verifier)))
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := cfg.Exchange(oauthContext(t), u.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil || tok.RefreshToken != "" || tok.Extra("id_token") != nil {
		t.Fatalf("%+v %v", tok, err)
	}
}

func TestRefresh(t *testing.T) {
	s := start(t, gmailtest.Options{})
	cfg := oauthConfig(t, s)
	old := token(t, s.ExpiredTokenJSON(user, gmailtest.ScopeInsert, "openid"))
	_, err := gmailWith(t, s, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: old.AccessToken})).Users.Labels.List("me").Do()
	wantError(t, err, 401, "authError", "invalid authentication credentials")
	tok, err := cfg.TokenSource(oauthContext(t), old).Token()
	if err != nil {
		t.Fatal(err)
	}
	if tok.AccessToken == old.AccessToken || tok.RefreshToken != old.RefreshToken || tok.Extra("scope") != gmailtest.ScopeInsert+" openid" {
		t.Errorf("refreshed to %+v", tok)
	}
	mustImport(t, gmailWith(t, s, oauth2.StaticTokenSource(tok)), mail("<1@example.com>", "x"))
	s.Revoke(strings.ToUpper(user))
	_, err = cfg.TokenSource(oauthContext(t), old).Token()
	wantGrantError(t, err, "invalid_grant", "Token has been expired or revoked.")
	_, err = imported(gmailWith(t, s, oauth2.StaticTokenSource(tok)), mail("<2@example.com>", "x"))
	wantError(t, err, 401, "authError", "")
}

func gmailWith(t *testing.T, s *gmailtest.Server, src oauth2.TokenSource) *gmail.Service {
	t.Helper()
	svc, err := gmail.NewService(t.Context(), option.WithEndpoint(s.URL()), option.WithHTTPClient(oauth2.NewClient(oauthContext(t), src)))
	if err != nil {
		t.Fatal(err)
	}
	return svc
}

func TestRotatedRefreshTokens(t *testing.T) {
	s := start(t, gmailtest.Options{RotateRefreshTokens: true})
	cfg := oauthConfig(t, s)
	first := token(t, s.ExpiredTokenJSON(user, gmailtest.ScopeInsert))
	second, err := cfg.TokenSource(oauthContext(t), first).Token()
	if err != nil || second.RefreshToken == first.RefreshToken {
		t.Fatalf("%+v %v", second, err)
	}
	_, err = cfg.TokenSource(oauthContext(t), first).Token()
	wantGrantError(t, err, "invalid_grant", "Token has been expired or revoked.")
	second.Expiry = time.Now().Add(-time.Hour)
	if _, err := cfg.TokenSource(oauthContext(t), second).Token(); err != nil {
		t.Fatal(err)
	}
}

func TestFaultOfTheTokenEndpoint(t *testing.T) {
	s := start(t, gmailtest.Options{})
	s.SetFault(gmailtest.Once(gmailtest.KindToken, gmailtest.StageBefore, gmailtest.InvalidGrant()))
	src := oauthConfig(t, s).TokenSource(oauthContext(t), token(t, s.ExpiredTokenJSON(user, gmailtest.ScopeInsert)))
	_, err := src.Token()
	wantGrantError(t, err, "invalid_grant", "Token has been expired or revoked.")
	if _, err := src.Token(); err != nil {
		t.Fatal(err)
	}
}

func TestServiceAccount(t *testing.T) {
	s := start(t, gmailtest.Options{})
	cfg, err := google.JWTConfigFromJSON(s.ServiceAccountJSON(), gmailtest.ScopeInsert)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Subject = user
	mustImport(t, gmailWith(t, s, cfg.TokenSource(oauthContext(t))), mail("<1@example.com>", "x"))
	refused := func(want string, change func()) {
		t.Helper()
		saved := *cfg
		change()
		_, err := cfg.TokenSource(oauthContext(t)).Token()
		var e *oauth2.RetrieveError
		if !errors.As(err, &e) || !strings.Contains(string(e.Body), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		*cfg = saved
	}
	other := start(t, gmailtest.Options{})
	otherCfg, err := google.JWTConfigFromJSON(other.ServiceAccountJSON())
	if err != nil {
		t.Fatal(err)
	}
	refused("Invalid JWT Signature.", func() { cfg.PrivateKey = otherCfg.PrivateKey })
	refused("Invalid email or User ID", func() { cfg.Subject = "nobody@example.org" })
	refused("Invalid email or User ID", func() { cfg.Subject = "" })
	refused("account not found", func() { cfg.Email = "x@stand-in.iam.gserviceaccount.com" })
	refused("audience", func() { cfg.Audience = "https://example.com/token" })
	refused("invalid_scope", func() { cfg.Scopes = nil })
	refused("short-lived", func() { cfg.Expires = 2 * time.Hour })
	s.WithholdScopes(gmailtest.ScopeInsert)
	refused("unauthorized_client", func() {})
	for _, bad := range []string{"", "a.b.c", "e30.e30.e30"} {
		resp, body := do(t, http.DefaultClient, "POST", s.URL()+"token", strings.NewReader(url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {bad}}.Encode()))
		if resp.StatusCode != 400 || !strings.Contains(body, "invalid_grant") {
			t.Errorf("%q: %d %s", bad, resp.StatusCode, body)
		}
	}
}

func TestTokenJSON(t *testing.T) {
	s := start(t, gmailtest.Options{})
	var fields map[string]any
	if err := json.Unmarshal(s.TokenJSON(user, "openid", "email"), &fields); err != nil {
		t.Fatal(err)
	}
	if fields["scope"] != "openid "+gmailtest.ScopeEmail || fields["token_type"] != "Bearer" {
		t.Errorf("token %v", fields["scope"])
	}
	if tok := token(t, s.TokenJSON(user)); !tok.Valid() || tok.RefreshToken == "" {
		t.Error("not a good token")
	}
	if tok := token(t, s.ExpiredTokenJSON(user)); tok.Valid() || tok.RefreshToken == "" {
		t.Error("not an expired token")
	}
}
