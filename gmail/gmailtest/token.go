package gmailtest

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// oauthError is a refusal of the token endpoint, RFC 6749 section 5.2.
type oauthError struct {
	status       int
	code, detail string
}

func (e *oauthError) Error() string { return e.code + ": " + e.detail }

func (e *oauthError) answer() answer {
	body, err := json.Marshal(map[string]string{"error": e.code, "error_description": e.detail})
	if err != nil {
		body = []byte(`{"error":"internal_failure"}`)
	}
	return answer{status: e.status, body: append(body, '\n'), header: http.Header{
		"Content-Type": {"application/json; charset=utf-8"}, "Cache-Control": {"no-store"},
	}}
}

func invalidGrant(detail string) error {
	return &oauthError{http.StatusBadRequest, "invalid_grant", detail}
}

// tokenAnswer is a success of the token endpoint, RFC 6749 section 5.1.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	ExpiresIn    int64  `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope,omitempty"`
	TokenType    string `json:"token_type"`
	IDToken      string `json:"id_token,omitempty"`
	// RefreshExpiresIn comes with a refresh token that has an end, in seconds.
	RefreshExpiresIn int64 `json:"refresh_token_expires_in,omitempty"`
}

// exchangeToken is the token endpoint.
func (c *call) exchangeToken() (answer, error) {
	form, err := c.form()
	if err != nil {
		return answer{}, err
	}
	c.rec.GrantType = form.Get("grant_type")
	var t tokenAnswer
	switch c.rec.GrantType {
	case "authorization_code":
		if err := c.checkClient(form); err != nil {
			return answer{}, err
		}
		t, err = c.s.oauth.exchange(form, c.s.now())
	case "refresh_token":
		if err := c.checkClient(form); err != nil {
			return answer{}, err
		}
		t, err = c.s.oauth.renew(form.Get("refresh_token"), c.s.now())
	case "urn:ietf:params:oauth:grant-type:jwt-bearer":
		t, err = c.s.oauth.assert(form.Get("assertion"), c.s.box)
	default:
		err = &oauthError{http.StatusBadRequest, "unsupported_grant_type", "Invalid grant_type: " + c.rec.GrantType}
	}
	if err != nil {
		return answer{}, err
	}
	return jsonAnswer(t)
}

// checkClient wants the client's id and secret, in the form or by Basic.
func (c *call) checkClient(form url.Values) error {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := c.r.BasicAuth(); ok {
		id, secret = user, password
	}
	if id != clientID || subtle.ConstantTimeCompare([]byte(secret), []byte(clientSecret)) == 0 {
		return &oauthError{http.StatusUnauthorized, "invalid_client", "The OAuth client was not found."}
	}
	return nil
}

// exchange gives tokens for an authorisation code, which is good only once.
func (a *authority) exchange(form url.Values, now time.Time) (tokenAnswer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	code := a.codes[form.Get("code")]
	if code == nil || !time.Now().Before(code.expires) {
		return tokenAnswer{}, invalidGrant("Malformed auth code.")
	}
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	switch {
	case form.Get("redirect_uri") != code.redirectURI:
		return tokenAnswer{}, &oauthError{http.StatusBadRequest, "redirect_uri_mismatch", "Bad Request"}
	case form.Get("code_verifier") == "":
		return tokenAnswer{}, invalidGrant("Missing code verifier.")
	case base64.RawURLEncoding.EncodeToString(sum[:]) != code.challenge:
		return tokenAnswer{}, invalidGrant("Invalid code verifier.")
	}
	delete(a.codes, form.Get("code"))
	t, err := a.issue(&code.token, now)
	if code.offline {
		var fresh *token
		t.RefreshToken, fresh = a.newRefresh(code.token.address, code.token.scopes)
		t.RefreshExpiresIn = fresh.left(now)
	}
	return t, err
}

// renew gives an access token for a refresh token.
func (a *authority) renew(refresh string, now time.Time) (tokenAnswer, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	old := a.refresh[refresh]
	if old == nil || !old.expires.IsZero() && !now.Before(old.expires) {
		return tokenAnswer{}, invalidGrant("Token has been expired or revoked.")
	}
	t, err := a.issue(old, now)
	t.RefreshExpiresIn = old.left(now)
	if a.opt.RotateRefreshTokens {
		var fresh *token
		delete(a.refresh, refresh)
		t.RefreshToken, fresh = a.newRefresh(old.address, old.scopes)
		fresh.expires = old.expires
	}
	return t, err
}

// issue makes an access token, and an id token where openid was granted. mu
// is held.
func (a *authority) issue(to *token, now time.Time) (tokenAnswer, error) {
	access, _ := a.newAccess(to.address, to.scopes)
	t := tokenAnswer{
		AccessToken: access, TokenType: "Bearer", Scope: strings.Join(to.scopes, " "),
		ExpiresIn: int64(a.opt.ExpiresIn / time.Second),
	}
	if !to.opens([]string{ScopeOpenID}) {
		return t, nil
	}
	var err error
	t.IDToken, err = a.idToken(to, now)
	return t, err
}
