package devicetest

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// token is what a token opens; a refresh token doesn't expire by itself.
type token struct {
	account, scope string
	expires        time.Time
	// ended is the number of the reason for which it no longer opens anything.
	ended int
}

// token is the token endpoint.
func (s *Server) token(form url.Values) (any, error) {
	if err := s.checkID(form); err != nil {
		return nil, err
	}
	if err := s.checkSecret(form); err != nil {
		return nil, err
	}
	switch grant := form.Get("grant_type"); grant {
	case "urn:ietf:params:oauth:grant-type:device_code":
		return s.exchange(form)
	case "refresh_token":
		return s.renew(form.Get("refresh_token"))
	default:
		return nil, refuse("unsupported_grant_type", 70003, "The grant type is not supported.")
	}
}

func (s *Server) checkID(form url.Values) error {
	if form.Get("client_id") != s.opt.ClientID {
		return refuse("unauthorized_client", 700016, "The application was not found in the directory.")
	}
	return nil
}

func (s *Server) checkSecret(form url.Values) error {
	given := form.Get("client_secret")
	unauthorised := func(number int, text string) error {
		return &refusal{http.StatusUnauthorized, "invalid_client", number, text}
	}
	switch {
	case s.opt.ClientSecret == "" && given != "":
		return unauthorised(700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.")
	case s.opt.ClientSecret != "" && given == "":
		return unauthorised(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
	case subtle.ConstantTimeCompare([]byte(given), []byte(s.opt.ClientSecret)) == 0:
		return unauthorised(7000215, "Invalid client secret provided.")
	}
	return nil
}

// renew gives an access token for a refresh token.
func (s *Server) renew(refresh string) (any, error) {
	old, ok := s.refresh[refresh]
	switch {
	case !ok:
		return nil, refuse("invalid_grant", 70000, "The provided value for the input parameter 'refresh_token' is not valid.")
	case old.ended != 0:
		return nil, refuse("invalid_grant", old.ended, "The provided grant has expired or was revoked.")
	}
	answer := s.issue(old)
	if s.opt.Rotate {
		delete(s.refresh, refresh)
	} else {
		delete(s.refresh, answer["refresh_token"].(string))
		delete(answer, "refresh_token")
	}
	return answer, nil
}

// issue makes tokens; the refresh token only where offline_access was asked
// for. As with Microsoft, that scope is not among the granted ones.
func (s *Server) issue(t token) map[string]any {
	access, refresh := "EwB."+rand.Text(), "M.C1_."+rand.Text()
	offline := false
	var granted []string
	for _, scope := range strings.Fields(t.scope) {
		if scope == "offline_access" {
			offline = true
			continue
		}
		granted = append(granted, scope)
	}
	if offline {
		s.refresh[refresh] = t
	}
	t.expires = s.opt.Now().Add(s.opt.TokenLife)
	s.access[access] = t
	answer := map[string]any{"token_type": "Bearer", "scope": strings.Join(granted, " "), "access_token": access,
		"expires_in": int(s.opt.TokenLife.Seconds()), "ext_expires_in": int(s.opt.TokenLife.Seconds())}
	if offline {
		answer["refresh_token"] = refresh
	}
	return answer
}

// Opens tells whether an access token opens a mailbox now.
func (s *Server) Opens(access, account string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.access[access]
	return ok && t.ended == 0 && s.opt.Now().Before(t.expires) && strings.EqualFold(t.account, account)
}

// End has the tokens of a mailbox end, for the reason of a number of
// Microsoft's, as 50173 (withdrawn) or 700082 (unused for 90 days).
func (s *Server) End(account string, number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, tokens := range []map[string]token{s.access, s.refresh} {
		for k, t := range tokens {
			if strings.EqualFold(t.account, account) {
				t.ended = number
				tokens[k] = t
			}
		}
	}
}

// ExpireAccessTokens ends all access tokens; refresh tokens stay good.
func (s *Server) ExpireAccessTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.access, func(string, token) bool { return true })
}

// TokenJSON gives the file that a login to a mailbox would have left: an
// [golang.org/x/oauth2.Token] with a scope.
func (s *Server) TokenJSON(account string) []byte {
	return s.tokenJSON(account, s.opt.TokenLife)
}

// ExpiredTokenJSON is TokenJSON with an access token that has expired.
func (s *Server) ExpiredTokenJSON(account string) []byte {
	return s.tokenJSON(account, -time.Minute)
}

func (s *Server) tokenJSON(account string, life time.Duration) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.issue(token{account: account, scope: "pop offline_access"})
	t["expiry"] = s.opt.Now().Add(life).UTC()
	delete(t, "expires_in")
	delete(t, "ext_expires_in")
	data, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		panic(err) // it is made of texts and a time
	}
	return data
}
