package gmailtest

import (
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// The OAuth client and the service account that the stand-in knows.
const (
	clientID       = "000000000000-standin.apps.googleusercontent.com"
	clientSecret   = "stand-in-secret"
	serviceAccount = "popbridge@stand-in.iam.gserviceaccount.com"
)

// authority hands out tokens. They live by the wall clock, as the oauth2
// library measures them by it, whatever Options.Now says.
type authority struct {
	opt Options
	url string
	key func() (*rsa.PrivateKey, error) // made when first needed

	mu       sync.Mutex
	account  string // who is logged in at the authorisation page
	settled  bool   // account is not to be chosen there
	withheld []string
	codes    map[string]*code
	access   map[string]*token
	refresh  map[string]*token
}

// code is an authorisation code that was not yet exchanged.
type code struct {
	token       token
	redirectURI string
	challenge   string
	offline     bool
	expires     time.Time
}

// token is what a token opens, and until when. A refresh token has no such
// time, unless the consent screen is in Testing; then it is by Options.Now.
type token struct {
	address string
	scopes  []string
	expires time.Time
}

func newAuthority(opt Options, url string) *authority {
	return &authority{
		opt: opt, url: url, account: opt.Addresses[0],
		key:   sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) }),
		codes: map[string]*code{}, access: map[string]*token{}, refresh: map[string]*token{},
	}
}

func (t *token) opens(scopes []string) bool {
	return slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(t.scopes, s) })
}

// lookUp finds what an access token opens, nil where it is unknown or expired.
func (a *authority) lookUp(access string) *token {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.access[access]
	if t == nil || !time.Now().Before(t.expires) {
		return nil
	}
	return t
}

// may says whether the call's token has one of the scopes.
func (c *call) may(scopes ...string) bool {
	return c.token != nil && c.token.opens(scopes)
}

// newAccess makes an access token. mu is held.
func (a *authority) newAccess(address string, scopes []string) (string, *token) {
	s := "ya29." + rand.Text()
	t := &token{address: address, scopes: scopes, expires: time.Now().Add(a.opt.ExpiresIn)}
	a.access[s] = t
	return s, t
}

// testingLife is how long a refresh token lives while the consent screen is
// in Testing (developers.google.com/identity/protocols/oauth2#expiration).
const testingLife = 7 * 24 * time.Hour

// newRefresh makes a refresh token. mu is held.
func (a *authority) newRefresh(address string, scopes []string) (string, *token) {
	s, t := "1//"+rand.Text(), &token{address: address, scopes: scopes}
	if a.opt.Testing {
		t.expires = a.opt.Now().Add(testingLife)
	}
	a.refresh[s] = t
	return s, t
}

// left is how many seconds a refresh token has to live, 0 for one that ends
// with nothing but time unused.
func (t *token) left(now time.Time) int64 {
	if t.expires.IsZero() {
		return 0
	}
	return int64(t.expires.Sub(now)/time.Second) - 1 // Google says 604799
}

// Revoke ends all tokens of an address, as withdrawing the access or changing
// the password does.
func (s *Server) Revoke(address string) {
	a := s.oauth
	a.mu.Lock()
	defer a.mu.Unlock()
	of := func(_ string, t *token) bool { return strings.EqualFold(t.address, address) }
	maps.DeleteFunc(a.access, of)
	maps.DeleteFunc(a.refresh, of)
	maps.DeleteFunc(a.codes, func(_ string, c *code) bool { return strings.EqualFold(c.token.address, address) })
}

// ExpireAccessTokens ends all access tokens; refresh tokens stay good.
func (s *Server) ExpireAccessTokens() {
	s.oauth.mu.Lock()
	defer s.oauth.mu.Unlock()
	clear(s.oauth.access)
}

// WithholdScopes makes the user untick these scopes at the authorisation
// page from now on; a service account is refused them. None ends it.
func (s *Server) WithholdScopes(scopes ...string) {
	s.oauth.mu.Lock()
	defer s.oauth.mu.Unlock()
	s.oauth.withheld = canonical(scopes)
}

// LogInAs makes address the one that the authorisation page logs in, without
// a choice.
func (s *Server) LogInAs(address string) {
	s.oauth.mu.Lock()
	defer s.oauth.mu.Unlock()
	s.oauth.account, s.oauth.settled = address, true
}

// canonical names scopes as Google's answers do: whoever asks for "email" is
// granted userinfo.email.
func canonical(scopes []string) []string {
	var all []string
	for _, s := range scopes {
		switch s {
		case "email":
			s = ScopeEmail
		case "profile":
			s = ScopeProfile
		}
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// known says whether a scope looks like one of Google's.
func known(scope string) bool {
	return scope == ScopeOpenID || scope == ScopeFull || strings.HasPrefix(scope, "https://www.googleapis.com/auth/")
}
