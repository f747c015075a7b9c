package gmail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

func TestSameMailbox(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"user@example.org", "User@Example.ORG", true},
		{"user@gmail.com", "USER@GoogleMail.com", true},
		{"user@googlemail.com", "user@googlemail.com", true},
		{"user@gmail.com", "us.er@gmail.com", false},
		{"user@gmail.com", "user+shop@gmail.com", false},
		{"user@example.org", "user@example.net", false},
		{"user@example.org", "other@example.org", false},
		{"user@gmail.com", "user@googlemail.com.example.org", false},
		{"user@example.org", "", false},
	} {
		if gmail.SameMailbox(c.a, c.b) != c.same || gmail.SameMailbox(c.b, c.a) != c.same {
			t.Errorf("%s, %s: not %v", c.a, c.b, c.same)
		}
	}
}

// addressed gives the tokens of a file that have to be for an address.
func addressed(t *testing.T, s *gmailtest.Server, path, address string) gmail.TokenSource {
	t.Helper()
	config, err := gmail.LoadClient(s.ClientJSON())
	if err != nil {
		t.Fatal(err)
	}
	return gmail.NewFileTokenSource(gmail.TokenFile{Config: config, Path: path, Address: address, Now: func() time.Time { return noon }})
}

// TestTokenOfAnotherMailbox: nothing goes into it, and a login mends it.
func TestTokenOfAnotherMailbox(t *testing.T) {
	const other = "other@example.org"
	s := standIn(t, gmailtest.Options{Addresses: []string{address, other}})
	path := savedToken(t, s, noon, gmail.Scopes(false)...) // of address
	before := readFile(t, path)
	tokens := addressed(t, s, path, other)
	client := newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: tokens})
	refused := func() {
		t.Helper()
		_, err := client.Upload(t.Context(), message{"stray", 1000}.upload())
		if e := failure(t, err, gmail.Unauthorised); e.Hint != gmail.HintLogin || !strings.Contains(e.Error(), "it is for "+address+", "+other+" is configured") {
			t.Errorf("%q, hint %q", e, e.Hint)
		}
		if n := s.Counts()[gmailtest.KindImport]; n != 0 {
			t.Errorf("%d imports", n)
		}
	}
	refused()
	if readFile(t, path) != before {
		t.Error("the file was changed")
	}
	grant, err := gmail.AskGrant(t.Context(), tokens) // tells, and leaves it to the caller
	if err != nil || grant.Address != address {
		t.Errorf("%+v, %v", grant, err)
	}
	// Once the file tells whose it is, nobody needs be asked.
	asked := s.Counts()[gmailtest.KindToken]
	refused()
	client = newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: addressed(t, s, path, other)})
	refused()
	if n := s.Counts()[gmailtest.KindToken]; n != asked {
		t.Errorf("%d requests", n-asked)
	}
	if err := os.WriteFile(path, s.TokenJSON(other, gmail.Scopes(false)...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Upload(t.Context(), message{"at home", 1000}.upload()); err != nil {
		t.Error(err)
	}
}

// TestAddressesThatPass: those of other forms, those not told, and any.
func TestAddressesThatPass(t *testing.T) {
	s := standIn(t, gmailtest.Options{Addresses: []string{address, "user@gmail.com"}})
	signedIn := gmail.Scopes(false)
	for _, c := range []struct {
		of, want string
		scopes   []string
	}{
		{address, strings.ToUpper(address), signedIn},
		{"user@gmail.com", "User@GoogleMail.com", signedIn},
		{address, "", signedIn},
		{address, "other@example.org", gmail.CallScopes(false)},
		{address, "other@example.org", append(gmail.CallScopes(false), "openid")},
	} {
		path := tokenFile(t, s.TokenJSON(c.of, c.scopes...))
		expire(t, path)
		tokens := addressed(t, s, path, c.want)
		for range 2 {
			access, err := tokens.Token(t.Context())
			if err != nil {
				t.Errorf("%+v: %v", c, err)
			}
			tokens.Invalidate(access)
		}
	}
}

// TestLoginKeepsTheAddress in the file, in Google's form.
func TestLoginKeepsTheAddress(t *testing.T) {
	s := standIn(t, gmailtest.Options{Addresses: []string{"user@gmail.com"}})
	o := loginOptions(t, s)
	o.Address = "User@googlemail.com"
	token, err := gmail.RunLogin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "token.json")
	if err := gmail.SaveToken(path, token); err != nil {
		t.Fatal(err)
	}
	if got := heldToken(t, path).Address; got != "user@gmail.com" {
		t.Errorf("%q", got)
	}
	if _, err := addressed(t, s, path, o.Address).Token(t.Context()); err != nil {
		t.Error(err)
	}
	_, err = addressed(t, s, path, address).Token(t.Context())
	failure(t, err, gmail.Unauthorised)
}

// expire makes the access token in a file one of the past.
func expire(t *testing.T, path string) {
	t.Helper()
	token := heldToken(t, path)
	token.Expiry = noon
	if err := gmail.SaveToken(path, token); err != nil {
		t.Fatal(err)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
