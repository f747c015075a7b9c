package gmailtest

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// idToken makes the JSON Web Token that says who logged in (OpenID Connect
// Core section 2). Its times are those of Options.Now.
func (a *authority) idToken(t *token, now time.Time) (string, error) {
	sub := sha256.Sum256([]byte(strings.ToLower(t.address)))
	claims := map[string]any{
		"iss": "https://accounts.google.com", "aud": clientID, "azp": clientID, "sub": base64.RawURLEncoding.EncodeToString(sub[:15]),
		"iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	if t.opens([]string{ScopeEmail}) {
		claims["email"], claims["email_verified"] = t.address, true
	}
	key, err := a.key()
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	signed := enc.EncodeToString([]byte(`{"alg":"RS256","kid":"stand-in","typ":"JWT"}`)) + "." + enc.EncodeToString(payload)
	digest := sha256.Sum256([]byte(signed))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	return signed + "." + enc.EncodeToString(sig), err
}

// assertion are the claims of a service account
// (developers.google.com/identity/protocols/oauth2/service-account).
type assertion struct {
	Iss   string `json:"iss"`
	Sub   string `json:"sub"`
	Scope string `json:"scope"`
	Aud   string `json:"aud"`
	Iat   int64  `json:"iat"`
	Exp   int64  `json:"exp"`
}

// assert gives an access token for a service account's signed assertion.
func (a *authority) assert(jwt string, box func(string) *mailbox) (tokenAnswer, error) {
	claims, err := a.verify(jwt)
	if err != nil {
		return tokenAnswer{}, err
	}
	scopes := canonical(strings.Fields(claims.Scope))
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	isWithheld := func(s string) bool { return slices.Contains(a.withheld, s) }
	switch {
	case claims.Iss != serviceAccount:
		return tokenAnswer{}, invalidGrant("Invalid grant: account not found")
	case claims.Aud != a.url+"token":
		return tokenAnswer{}, &oauthError{http.StatusBadRequest, "invalid_request", "Invalid JWT: Failed audience check."}
	case now.Unix() > claims.Exp || claims.Exp-claims.Iat > 3600 || claims.Iat > now.Add(5*time.Minute).Unix():
		return tokenAnswer{}, invalidGrant("Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.")
	case len(scopes) == 0:
		return tokenAnswer{}, &oauthError{http.StatusBadRequest, "invalid_scope", "Invalid OAuth scope or ID token audience provided."}
	case claims.Sub == "" || box(claims.Sub) == nil:
		return tokenAnswer{}, invalidGrant("Invalid email or User ID")
	case slices.ContainsFunc(scopes, isWithheld):
		return tokenAnswer{}, &oauthError{http.StatusUnauthorized, "unauthorized_client",
			"Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested."}
	}
	access, _ := a.newAccess(claims.Sub, scopes)
	return tokenAnswer{AccessToken: access, TokenType: "Bearer", ExpiresIn: int64(a.opt.ExpiresIn / time.Second)}, nil
}

// verify checks the signature and gives the claims.
func (a *authority) verify(jwt string) (claims assertion, err error) {
	key, err := a.key()
	if err != nil {
		return claims, err
	}
	parts := strings.Split(jwt, ".")
	if len(parts) != 3 {
		return claims, invalidGrant("Invalid JWT: not three parts")
	}
	var head struct {
		Alg string `json:"alg"`
	}
	sig, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err = errors.Join(err, decodePart(parts[0], &head), decodePart(parts[1], &claims)); err != nil {
		return claims, invalidGrant("Invalid JWT: can't be decoded")
	}
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if head.Alg != "RS256" || rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], sig) != nil {
		return claims, invalidGrant("Invalid JWT Signature.")
	}
	return claims, nil
}

func decodePart(part string, v any) error {
	b, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}
