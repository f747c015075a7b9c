package dovecottest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Dovecot looks for a key at [issued for]/[algorithm]/[name], with "default"
// where the token doesn't say.
const keyFile = "keys/default/HS256/default"

// oauthSettings have Dovecot check tokens by themselves, with nobody to ask
// (https://doc.dovecot.org/2.3/configuration_manual/authentication/oauth2).
func oauthSettings(root string) []byte {
	return fmt.Appendf(nil, "introspection_mode = local\nusername_attribute = sub\n"+
		"local_validation_key_dict = fs:posix:prefix=%s/keys/\n", root)
}

// writeOAuth makes a key and has Dovecot trust it.
func (s *Server) writeOAuth() error {
	s.key = []byte(token() + token() + token())
	path := filepath.Join(s.root, keyFile)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("dovecottest: make a folder for the key: %w", err)
	}
	if err := os.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(s.key)), 0o644); err != nil {
		return fmt.Errorf("dovecottest: write the key: %w", err)
	}
	if err := os.WriteFile(filepath.Join(s.root, "oauth2.conf"), oauthSettings(s.root), 0o644); err != nil {
		return fmt.Errorf("dovecottest: write the settings of OAuth: %w", err)
	}
	return nil
}

// Token makes an access token (RFC 9068) that opens the user's mailbox until
// then by XOAUTH2; empty without Options.OAuth.
func (s *Server) Token(user string, until time.Time) string {
	if s.key == nil {
		return ""
	}
	claims, _ := json.Marshal(map[string]any{ // can't fail on these
		"sub": user, "iat": time.Now().Add(-time.Minute).Unix(), "exp": until.Unix(),
	})
	encode := base64.RawURLEncoding.EncodeToString
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(claims)
	mac := hmac.New(sha256.New, s.key)
	_, _ = mac.Write([]byte(signed)) // never fails
	return signed + "." + encode(mac.Sum(nil))
}
