package gmailtest

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"strings"
	"time"
)

// ClientJSON is the OAuth client as Google's console gives it.
func (s *Server) ClientJSON() []byte {
	return mustJSON(map[string]any{"installed": map[string]any{
		"client_id": clientID, "client_secret": clientSecret, "project_id": "stand-in",
		"auth_uri": s.url + "o/oauth2/auth", "token_uri": s.url + "token",
		"redirect_uris": []string{"http://localhost"},
	}})
}

// ServiceAccountJSON is the key of a service account that may impersonate
// every mailbox here. The key is made on the first call, which may take a
// good part of a second.
func (s *Server) ServiceAccountJSON() []byte {
	key, err := s.oauth.key()
	if err != nil {
		panic(fmt.Sprintf("gmailtest: make a key: %v", err)) // no entropy
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(fmt.Sprintf("gmailtest: encode a key: %v", err))
	}
	return mustJSON(map[string]string{
		"type": "service_account", "project_id": "stand-in", "private_key_id": "stand-in",
		"private_key":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email": serviceAccount, "client_id": "100000000000000000000",
		"auth_uri": s.url + "o/oauth2/auth", "token_uri": s.url + "token",
	})
}

// TokenJSON is a good token of an address, with an access and a refresh
// token: the JSON of an oauth2.Token plus scope. The address need not have a
// mailbox.
func (s *Server) TokenJSON(address string, scopes ...string) []byte {
	return s.oauth.tokenJSON(address, scopes, time.Now().Add(s.opt.ExpiresIn))
}

// ExpiredTokenJSON is TokenJSON whose access token has expired; the refresh
// token is good.
func (s *Server) ExpiredTokenJSON(address string, scopes ...string) []byte {
	return s.oauth.tokenJSON(address, scopes, time.Now().Add(-time.Hour))
}

func (a *authority) tokenJSON(address string, scopes []string, expires time.Time) []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	scopes = canonical(scopes)
	access, t := a.newAccess(address, scopes)
	t.expires = expires
	refresh, _ := a.newRefresh(address, scopes)
	return mustJSON(map[string]any{
		"access_token": access, "token_type": "Bearer", "expiry": expires.UTC(),
		"refresh_token": refresh, "scope": strings.Join(scopes, " "),
	})
}

func mustJSON(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("gmailtest: encode JSON: %v", err)) // maps of strings and times encode
	}
	return append(b, '\n')
}
