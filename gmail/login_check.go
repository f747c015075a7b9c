package gmail

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
)

// check holds a token to what was asked for.
func (o LoginOptions) check(token Token, idToken string) error {
	address, ok := addressOf(idToken, o.Config.ClientID)
	switch {
	case !ok:
		return &LoginError{Kind: LoginNoAddress}
	case !strings.EqualFold(address, o.Address):
		return &LoginError{Kind: LoginAddressMismatch, Want: o.Address, Got: printable(address)}
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

// addressOf reads the address out of an id token meant for this client. Its
// signature needn't be checked, as it came from the token server itself
// (OpenID Connect Core 1.0, section 3.1.3.7, item 6).
func addressOf(idToken, clientID string) (address string, ok bool) {
	parts := strings.Split(idToken, ".")
	if len(parts) != 3 {
		return "", false
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return "", false
	}
	var claims struct {
		Email    string
		Audience audience `json:"aud"`
	}
	if json.Unmarshal(payload, &claims) != nil || !slices.Contains(claims.Audience, clientID) {
		return "", false
	}
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
