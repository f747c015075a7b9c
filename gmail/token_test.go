package gmail_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"golang.org/x/oauth2"
)

func someToken() gmail.Token {
	return gmail.Token{
		Token: oauth2.Token{
			AccessToken: "secret-access", TokenType: "Bearer", RefreshToken: "secret-refresh",
			Expiry: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		},
		Scope: "openid email",
	}
}

// TestTokenFile: what is saved is what is loaded, and what oauth2 reads.
func TestTokenFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "token-default.json")
	for range 2 { // anew, and over the old one
		if err := gmail.SaveToken(path, someToken()); err != nil {
			t.Fatal(err)
		}
	}
	got, err := gmail.LoadToken(path)
	if err != nil || got.RefreshToken != "secret-refresh" || got.Scope != "openid email" || !got.Expiry.Equal(someToken().Expiry) {
		t.Errorf("%#v, %v", got.Scope, err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var plain oauth2.Token
	if err := json.Unmarshal(data, &plain); err != nil || plain.AccessToken != "secret-access" {
		t.Errorf("oauth2 reads %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if files, _ := os.ReadDir(folder); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
}

// TestTokenSaveFails: the old file stays as it was.
func TestTokenSaveFails(t *testing.T) {
	if err := gmail.SaveToken(filepath.Join(t.TempDir(), "absent", "token.json"), someToken()); err == nil {
		t.Error("saved into no folder")
	} else if strings.Contains(err.Error(), "secret") {
		t.Errorf("%v quotes the token", err)
	}
	folder := t.TempDir()
	taken := filepath.Join(folder, "taken")
	if err := os.MkdirAll(filepath.Join(taken, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := gmail.SaveToken(taken, someToken()); err == nil {
		t.Error("saved over a folder")
	}
	if files, _ := os.ReadDir(folder); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
}

// TestTryToken tells what SaveToken would, and leaves the folder as it was.
func TestTryToken(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "token.json")
	if err := gmail.TryToken(path); err != nil {
		t.Error(err)
	}
	if err := gmail.SaveToken(path, someToken()); err != nil {
		t.Fatal(err)
	}
	if err := gmail.TryToken(path); err != nil {
		t.Error(err)
	}
	if files, _ := os.ReadDir(folder); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
	if _, err := gmail.LoadToken(path); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{folder, filepath.Join(folder, "absent", "token.json"), filepath.Join(path, "token.json")} {
		if err := gmail.TryToken(bad); err == nil || !strings.HasPrefix(err.Error(), "save the token: ") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestTokenThroughLink: a link to the file stays one.
func TestTokenThroughLink(t *testing.T) {
	target := tokenFile(t, []byte("{}"))
	link := filepath.Join(t.TempDir(), "link.json")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err) // Windows without the privilege
	}
	if err := gmail.SaveToken(link, someToken()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link became %v, %v", info.Mode(), err)
	}
	if _, err := gmail.LoadToken(target); err != nil {
		t.Error(err)
	}
}

func TestLoadTokenRefuses(t *testing.T) {
	_, err := gmail.LoadToken(filepath.Join(t.TempDir(), "absent.json"))
	if e := failure(t, err, gmail.Unauthorised); !strings.Contains(e.Error(), "not logged in yet") || e.Hint != gmail.HintLogin {
		t.Errorf("%q, hint %q", e, e.Hint)
	}
	for _, data := range []string{"", "{}", `{"refresh_token":"secret`, "[]", `"secret"`} {
		_, err := gmail.LoadToken(tokenFile(t, []byte(data)))
		if e := failure(t, err, gmail.Unauthorised); strings.Contains(e.Error(), "secret") {
			t.Errorf("%q quotes the file", e)
		}
	}
	_, err = gmail.LoadToken(t.TempDir())
	failure(t, err, gmail.Configuration)
	if runtime.GOOS == "windows" {
		return
	}
	for _, mode := range []os.FileMode{0o604, 0o602, 0o661} {
		path := tokenFile(t, []byte(`{"refresh_token":"x"}`))
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err = gmail.LoadToken(path)
		if e := failure(t, err, gmail.Configuration); !strings.Contains(e.Error(), "chmod 600") {
			t.Errorf("%v: %q", mode, e)
		}
	}
	path := tokenFile(t, []byte(`{"refresh_token":"x"}`))
	if err := os.Chmod(path, 0o660); err != nil { // a group may share it
		t.Fatal(err)
	}
	if _, err = gmail.LoadToken(path); err != nil {
		t.Error(err)
	}
}

// TestTokenIsHidden from whatever prints it.
func TestTokenIsHidden(t *testing.T) {
	token := someToken()
	for _, text := range []string{fmt.Sprint(token), fmt.Sprintf("%+v", &token), token.LogValue().String()} {
		if strings.Contains(text, "secret") {
			t.Errorf("%s", text)
		}
	}
}

func TestScopes(t *testing.T) {
	insert, verify := gmail.Scopes(false), gmail.Scopes(true)
	if got := strings.Join(insert, " "); got != "https://www.googleapis.com/auth/gmail.insert "+
		"https://www.googleapis.com/auth/gmail.labels openid email" {
		t.Errorf("insert: %s", got)
	}
	if got := strings.Join(verify[4:], " "); got != "https://www.googleapis.com/auth/gmail.readonly" {
		t.Errorf("verify adds %s", got)
	}
}

func TestLoadClient(t *testing.T) {
	for _, c := range []struct{ name, data, auth, token, redirect string }{
		{"desktop", `{"installed":{"client_id":"id","client_secret":"s","auth_uri":"https://a.example.org/auth",
			"token_uri":"http://127.0.0.1:1/token","redirect_uris":["http://localhost"]}}`,
			"https://a.example.org/auth", "http://127.0.0.1:1/token", ""},
		{"without addresses", `{"installed":{"client_id":"id"}}`,
			"https://accounts.google.com/o/oauth2/auth", "https://oauth2.googleapis.com/token", ""},
		{"web", `{"web":{"client_id":"id","redirect_uris":["https://example.org/cb","http://localhost","http://localhost:8085/cb"]}}`,
			"https://accounts.google.com/o/oauth2/auth", "https://oauth2.googleapis.com/token", "http://localhost:8085/cb"},
		{"web without loopback", `{"web":{"client_id":"id","redirect_uris":["https://example.org/cb","http://localhost"]}}`,
			"https://accounts.google.com/o/oauth2/auth", "https://oauth2.googleapis.com/token", "about:blank"},
	} {
		config, err := gmail.LoadClient([]byte(c.data))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		e := config.Endpoint
		if config.ClientID != "id" || e.AuthURL != c.auth || e.TokenURL != c.token || config.RedirectURL != c.redirect ||
			e.AuthStyle != oauth2.AuthStyleInParams {
			t.Errorf("%s: %+v", c.name, config)
		}
	}
	for _, data := range []string{
		"", "{}", `{"installed":{}}`, `{"type":"service_account"}`, `{"installed":"secret`,
		`{"installed":{"client_id":"id","token_uri":"http://example.org/token"}}`,
		`{"installed":{"client_id":"id","auth_uri":"http://example.org/auth"}}`,
	} {
		_, err := gmail.LoadClient([]byte(data))
		if e := failure(t, err, gmail.Configuration); strings.Contains(e.Error(), "secret") {
			t.Errorf("%q quotes the file", e)
		}
	}
}
