package app_test

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/deviceflow/devicetest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// tokenWorld is a harness whose provider takes nothing but OAuth tokens.
type tokenWorld struct {
	*harness
	device *devicetest.Server
	box    *pop3test.Mailbox
	logins atomic.Int64
}

// newTokenWorld has an account named shop, with further keys, which nobody has
// authorised yet.
func newTokenWorld(t *testing.T, o devicetest.Options, keys ...string) *tokenWorld {
	t.Helper()
	w := &tokenWorld{}
	o.Now = func() time.Time { return w.now() }
	o.Interval = time.Second
	var err error
	w.device, err = devicetest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.device.Close)
	w.harness = newHarness(t, func(s *setup) {
		s.pop.SASL, s.pop.NoUSER = []string{"XOAUTH2"}, true
		s.pop.Token = func(user, token string) bool {
			w.logins.Add(1)
			return w.device.Opens(token, user)
		}
	})
	w.box = w.pop.AddMailbox("shop", "")
	keys = append([]string{`auth = "xoauth2"`, `scope = "pop offline_access"`,
		fmt.Sprintf("device_uri = %q\ntoken_uri = %q", w.device.DeviceURI(), w.device.TokenURI())}, keys...)
	w.table("shop", fmt.Sprintf("client_id = %q", devicetest.ClientID), keys...)
	return w
}

const tokenFile = "state/token-shop.json"

// authorised gives popbridge a token of the account.
func (w *tokenWorld) authorised() {
	w.t.Helper()
	w.must(os.MkdirAll(w.path("state"), 0o700))
	w.write(tokenFile, w.device.TokenJSON("shop"))
	w.device.Forget()
}

// kept is what the token file holds.
func (w *tokenWorld) kept() (token struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Scope   string
	Expiry  time.Time
}) {
	w.t.Helper()
	data, err := os.ReadFile(w.path(tokenFile))
	w.must(err)
	w.must(json.Unmarshal(data, &token))
	info, err := os.Stat(w.path(tokenFile))
	w.must(err)
	if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
		w.t.Errorf("the token file has mode %o", mode)
	}
	return token
}

// expectRequests holds what the token server was asked against OAuth errors,
// "" being a success, and forgets it.
func (w *tokenWorld) expectRequests(want ...string) {
	w.t.Helper()
	var got []string
	for _, r := range w.device.Requests() {
		got = append(got, r.Kind+" "+r.Error)
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		w.t.Errorf("the token server had %q, want %q", got, want)
	}
	w.device.Forget()
}

// expectLogins is how often the mailbox was shown a token since the last time.
func (w *tokenWorld) expectLogins(want int) {
	w.t.Helper()
	if got := w.logins.Swap(0); got != int64(want) {
		w.t.Errorf("%d logins, want %d", got, want)
	}
}

// expectSays is expectSaid for hints that may name the configuration.
func (w *tokenWorld) expectSays(texts ...string) {
	w.t.Helper()
	said := strings.ReplaceAll(w.err.String(), " --config "+w.path("config.toml"), "")
	for _, text := range texts {
		if !strings.Contains(said, text) {
			w.t.Fatalf("it doesn't say %q\nstderr: %s", text, said)
		}
	}
}

// noTokenSaid looks for tokens in what popbridge says.
func (w *tokenWorld) noTokenSaid() {
	w.t.Helper()
	said := w.out.String() + w.err.String()
	for _, hidden := range []string{"EwB.", "M.C1_.", "Trace ID"} {
		if strings.Contains(said, hidden) {
			w.t.Errorf("it shows %q:\n%s", hidden, said)
		}
	}
}
