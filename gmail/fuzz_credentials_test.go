package gmail_test

import (
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/popbridge/popbridge/gmail"
)

// FuzzCredentials reads any file as an OAuth client, a service account's key
// and a token. What is accepted goes nowhere but to a safe address, and
// errors quote nothing but that.
func FuzzCredentials(f *testing.F) {
	path := filepath.Join(f.TempDir(), "token.json")
	f.Fuzz(func(t *testing.T, file []byte) {
		client, err := gmail.LoadClient(file)
		checkRead(t, err, file)
		if err == nil {
			checkAddress(t, client.Endpoint.AuthURL)
			checkAddress(t, client.Endpoint.TokenURL)
			if client.ClientID == "" || client.Endpoint.AuthStyle != oauth2.AuthStyleInParams {
				t.Errorf("%q is the client %+v", file, client)
			}
			// about:blank stands for none, which a login refuses.
			if redirect, err := url.Parse(client.RedirectURL); client.RedirectURL != "" && client.RedirectURL != "about:blank" && (err != nil || !loopback(redirect.Hostname())) {
				t.Errorf("%q leads back to %q", file, client.RedirectURL)
			}
		}
		_, err = gmail.NewServiceAccountSource(file, "me@example.org", nil, time.Now, nil)
		checkRead(t, err, file)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		token, err := gmail.LoadToken(path)
		if err == nil && token.AccessToken == "" && token.RefreshToken == "" {
			t.Errorf("%q is the token %+v", file, token.Token)
		}
		if err != nil && err.Error() != "read the token: "+path+" holds no token" {
			t.Errorf("%q: %v", file, err)
		}
	})
}

// checkRead looks into the error of a file that can't be used.
func checkRead(t *testing.T, err error, file []byte) {
	t.Helper()
	if err == nil {
		return
	}
	var e *gmail.Error
	if !errors.As(err, &e) || e.Kind != gmail.Configuration {
		t.Errorf("%q: %#v", file, err)
	}
	// A text of the file's is none of an address, whose password is hidden.
	if said, _, _ := strings.Cut(err.Error(), "_uri: "); strings.Contains(said, "canary") {
		t.Errorf("%q is quoted: %v", file, err)
	}
	if strings.Contains(err.Error(), "canary@") {
		t.Errorf("%q is quoted: %v", file, err)
	}
}

// checkAddress fails the test unless tokens may go to the address.
func checkAddress(t *testing.T, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Hostname() == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		t.Errorf("%q is accepted", address)
	}
}

func loopback(host string) bool {
	return strings.EqualFold(host, "localhost") || host == "::1" || net.ParseIP(host).IsLoopback()
}
