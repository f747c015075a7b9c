package gmail

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// check holds a token to what was asked for.
func (o LoginOptions) check(token Token, claims idClaims) error {
	switch {
	case claims.Email == "":
		return &LoginError{Kind: LoginNoAddress}
	case !SameMailbox(claims.Email, o.Address):
		return &LoginError{Kind: LoginAddressMismatch, Want: o.Address, Got: printable(claims.Email)}
	}
	if token.Scope != "" {
		if missing := missingScopes(o.Scopes, token.Scope); len(missing) > 0 {
			return &LoginError{Kind: LoginScopesMissing, Missing: missing}
		}
	}
	if token.RefreshToken == "" {
		return &LoginError{Kind: LoginNoRefreshToken}
	}
	return nil
}

const (
	// maxSkew is how far clocks may differ: requests take time, and nobody's
	// clock is quite right.
	maxSkew   = 5 * time.Minute
	hintClock = "set this machine's clock"
)

// checkClock gives an error where the server's clock is too far ahead of ours,
// or behind it.
func checkClock(skew time.Duration) error {
	if skew.Abs() <= maxSkew {
		return nil
	}
	return &LoginError{Kind: LoginClock, Skew: skew, Hint: hintClock}
}

// idClaims is what an id token says (OpenID Connect Core 1.0, section 2), its
// time in seconds since 1970.
type idClaims struct {
	Email    string
	Audience audience `json:"aud"`
	Issued   float64  `json:"iat"`
}

// skew is how far the clock by which the token was made just now is ahead of
// ours; 0 where it doesn't tell. That the token lives on (section 3.1.3.7,
// item 9) is nothing more to ask then.
func (c idClaims) skew(now time.Time) time.Duration {
	if c.Issued <= 0 {
		return 0
	}
	return time.Unix(int64(c.Issued), 0).Sub(now)
}

// readClaims reads an id token meant for this client. Its signature needn't be
// checked, as it came from the token server itself (OpenID Connect Core 1.0,
// section 3.1.3.7, item 6).
func readClaims(idToken, clientID string) (claims idClaims, ok bool) {
	parts := strings.Split(idToken, ".")
	if len(parts) != 3 {
		return idClaims{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return idClaims{}, false
	}
	if json.Unmarshal(payload, &claims) != nil || !slices.Contains(claims.Audience, clientID) {
		return idClaims{}, false
	}
	return claims, true
}

// addressOf reads the address out of an id token meant for this client.
func addressOf(idToken, clientID string) (address string, ok bool) {
	claims, _ := readClaims(idToken, clientID)
	return claims.Email, claims.Email != ""
}

// audience is one name or a list of them (RFC 7519, section 4.1.3).
type audience []string

// UnmarshalJSON takes both forms.
func (a *audience) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}
