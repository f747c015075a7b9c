package config

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Where Microsoft authorises, for organisations as for people, and what POP3
// takes (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code,
// https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth).
// Without offline_access the authorisation ends after an hour.
const (
	microsoftDeviceURI = "https://login.microsoftonline.com/common/oauth2/v2.0/devicecode"
	microsoftTokenURI  = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
	microsoftPOP       = "https://outlook.office.com/POP.AccessAsUser.All"
	offlineAccess      = "offline_access"
)

// OAuth is where the access tokens of an account with auth "xoauth2" come
// from: either Command or ClientID is set, and neither for other accounts.
type OAuth struct {
	// Command prints an access token as its first line; see ReadToken. The
	// other fields are empty beside it.
	Command string
	// ClientID is the application that the mailbox's owner allows.
	ClientID string
	// ClientSecret is empty for most: it is no secret in a program that
	// everybody has.
	ClientSecret Secret
	// DeviceURI and TokenURI are the endpoints of RFC 8628, section 3.1, and of
	// RFC 6749, section 3.2.
	DeviceURI, TokenURI string
	// Scope is what is asked for, at least one.
	Scope []string
	// Token is the file that the authorisation is kept in.
	Token string

	at Error // the place of token_command, for the errors of reading
}

var oauthKeys = []string{"token_command", "client_id", "client_secret", "device_uri", "token_uri", "scope", "token"}

const withoutOAuth = `does nothing without auth = "xoauth2"`

// oauth reads where tokens come from; token files lie in stateDir by default.
func (t *table) oauth(name, stateDir string) OAuth {
	o := OAuth{at: t.where("token_command")}
	o.Command, _ = t.text("token_command")
	o.ClientID, _ = t.printable("client_id")
	if secret, ok := t.printable("client_secret"); ok {
		o.ClientSecret = NewSecret(secret)
	}
	t.r.inline = t.r.inline || t.has("client_secret")
	t.oneOrigin()
	if t.has("token_command") {
		t.idle(`does nothing with token_command`, "client_secret", "device_uri", "token_uri", "scope", "token")
		return o
	}
	o.DeviceURI, o.TokenURI = t.endpoints()
	o.Scope = t.scope()
	o.Token = t.file("token")
	if !t.has("token") {
		o.Token = filepath.Join(stateDir, "token-"+name+".json")
	}
	return o
}

// oneOrigin wants one of the two ways to come by a token.
func (t *table) oneOrigin() {
	switch {
	case t.has("token_command") && t.has("client_id"):
		t.fail("client_id", "given beside token_command", "keep one of the two")
	case !t.has("token_command") && !t.has("client_id"):
		t.fail("client_id", "missing", "give client_id and type popbridge login ACCOUNT, or give token_command")
	}
}

// idle notes the keys that were written in vain.
func (t *table) idle(problem string, keys ...string) {
	for _, key := range keys {
		if t.has(key) {
			t.fail(key, problem, "")
		}
	}
}

// endpoints reads both or neither: a code of one server is none of another's.
func (t *table) endpoints() (device, token string) {
	device = parsed(t, "device_uri", microsoftDeviceURI, parseOAuthURI)
	token = parsed(t, "token_uri", microsoftTokenURI, parseOAuthURI)
	const problem = "missing beside "
	switch {
	case t.has("device_uri") && !t.has("token_uri"):
		t.fail("token_uri", problem+"device_uri", "give both, or neither for Microsoft's")
	case t.has("token_uri") && !t.has("device_uri"):
		t.fail("device_uri", problem+"token_uri", "give both, or neither for Microsoft's")
	}
	return device, token
}

func parseOAuthURI(s string) (string, error) {
	if _, err := parseURL(s, "https://login.example.com/oauth2/token"); err != nil {
		return "", err
	}
	return s, nil
}

// scope reads an array, or one text with spaces between, as servers write it.
func (t *table) scope() []string {
	v, ok := t.take("scope")
	var scope []string
	switch v := v.(type) {
	case string:
		scope = strings.Fields(v)
	case []any:
		for i, element := range v {
			s, isText := element.(string)
			if !isText {
				t.fail("scope", fmt.Sprintf("scope %d must be a string, not %s", i+1, kind(element)), "")
				return nil
			}
			scope = append(scope, s)
		}
	default:
		if !ok {
			return []string{microsoftPOP, offlineAccess}
		}
		t.fail("scope", "must be an array or a string, not "+kind(v), "")
		return nil
	}
	if len(scope) == 0 {
		t.fail("scope", "must not be empty", "")
	}
	for _, s := range scope {
		if !isScope(s) {
			t.fail("scope", quote(s)+" is no scope", "")
		}
	}
	return scope
}

// isScope knows the characters of a scope (RFC 6749, section 3.3).
func isScope(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || r == '"' || r == '\\'
	})
}
