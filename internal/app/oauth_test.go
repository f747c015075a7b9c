package app_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/deviceflow/devicetest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

func TestTokenIsUsedAsLongAsItLives(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{})
	w.authorised()
	before := w.kept()
	for n := range 3 {
		fill(w.box, 1)
		w.expect(0, "run")
		w.expectSilence()
		w.expectInGmail(n + 1)
		w.advance(15 * time.Minute)
	}
	w.expectRequests()
	w.advance(time.Hour)
	w.expect(0, "run")
	w.expectSilence()
	w.expectRequests("token ")
	after := w.kept()
	if after.Access == before.Access || after.Refresh != before.Refresh || after.Scope != "pop" {
		t.Errorf("kept %+v after %+v", after, before)
	}
	if left := after.Expiry.Sub(w.now()).Round(time.Minute); left != time.Hour {
		t.Errorf("it is kept for %s", left)
	}
	w.expect(0, "run")
	w.expectRequests()
}

func TestRefreshTokenThatChanges(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{Rotate: true})
	w.authorised()
	seen := map[string]bool{}
	for range 4 {
		seen[w.kept().Refresh] = true
		w.advance(2 * time.Hour)
		w.expect(0, "run")
		w.expectSilence()
		w.expectRequests("token ")
	}
	if len(seen) != 4 {
		t.Errorf("%d refresh tokens were kept, want 4", len(seen))
	}
}

// Where the new refresh token can't be kept nothing is fetched by it: the old
// one is used up.
func TestRefreshTokenThatCannotBeKept(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{Rotate: true}, `token = "kept/token.json"`)
	w.must(os.Mkdir(w.path("kept"), 0o700))
	w.write("kept/token.json", w.device.TokenJSON("shop"))
	w.expect(0, "run")
	fill(w.box, 1)
	w.advance(2 * time.Hour)
	w.device.SetFault(func(devicetest.Request) *devicetest.Fault {
		w.must(os.Rename(w.path("kept"), w.path("elsewhere"))) // a volume that is gone
		return nil
	})
	w.expect(73, "run")
	w.expectSays("popbridge: shop: log in to 127.0.0.1 as shop: save the token: ",
		"hint: see that the disk of the token file has room and can be written; if the next run says so: popbridge login shop\n")
	w.expectInGmail(0)
	w.noTokenSaid()
}

// A token that the provider ends before its time is renewed in silence.
func TestTokenThatTheMailboxRefuses(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{})
	w.authorised()
	w.device.ExpireAccessTokens()
	fill(w.box, 1)
	w.expect(0, "run")
	w.expectSilence()
	w.expectInGmail(1)
	w.expectRequests("token ")
	w.expectLogins(2)
	w.expect(0, "run")
	w.expectRequests()
}

func TestMailboxThatTakesNoToken(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{})
	w.authorised()
	w.write(tokenFile, w.device.TokenJSON("another"))
	w.expect(77, "run")
	w.expectSays("popbridge: shop: log in to 127.0.0.1 as shop: AUTH XOAUTH2: ")
	w.expectSays("\nhint: popbridge login shop\n")
	w.expectRequests("token ")
	w.expectLogins(2)
	w.noTokenSaid()
	w.expect(77, "run")
	w.expectSilence()
}

func TestAuthorisationThatEnded(t *testing.T) {
	for number, why := range map[int]string{
		50173:  "the authorisation has ended: the password was changed, or it was withdrawn (invalid_grant, AADSTS50173)",
		700082: "the authorisation has ended: it lay unused for 90 days (invalid_grant, AADSTS700082)",
	} {
		w := newTokenWorld(t, devicetest.Options{})
		w.authorised()
		w.device.End("shop", number)
		w.expect(77, "run")
		w.expectSays("popbridge: shop: log in to 127.0.0.1 as shop: renew the token: " + why + "\nhint: popbridge login shop\n")
		w.noTokenSaid()
		w.expectRequests("token invalid_grant")
		w.expect(77, "run")
		w.expectSilence()
		w.authorised() // a person logged in
		w.expect(0, "run")
		w.expectSilence()
	}
}

func TestTokenRequestsThatFail(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{})
	w.authorised()
	w.expect(0, "run")
	w.advance(2 * time.Hour)
	for _, test := range []struct {
		fault devicetest.Fault
		code  int
		said  string
	}{
		{devicetest.Fault{Status: 503}, 69, ""},
		{devicetest.Fault{Cut: true}, 69, ""},
		{devicetest.Fault{Status: 407, Body: "<html>"}, 69, ""},
		{devicetest.Fault{Code: "temporarily_unavailable", AADSTS: 90033}, 69, ""},
		{devicetest.Fault{Status: 429}, 75, ""},
		{devicetest.Fault{Code: "invalid_client", AADSTS: 7000222}, 77, "hint: correct client_id and client_secret of account shop"},
		{devicetest.Fault{Code: "invalid_client", AADSTS: 7000218}, 77, "Allow public client flows"},
		{devicetest.Fault{Code: "interaction_required", AADSTS: 50076}, 77, "hint: popbridge login shop\n"},
		{devicetest.Fault{Code: "invalid_grant", AADSTS: 65001}, 77, "administrator"},
		{devicetest.Fault{Code: "invalid_request"}, 77, "renew the token: the server refuses (invalid_request)\nhint: popbridge login shop\n"},
	} {
		w.device.SetFault(func(devicetest.Request) *devicetest.Fault { return &test.fault })
		w.expect(test.code, "run")
		if test.said == "" {
			w.expectSilence()
		} else {
			w.expectSays(test.said)
		}
		w.noTokenSaid()
	}
	w.device.SetFault(nil)
	w.expect(0, "run")
	w.expectSilence()
}

func TestTokenFileAtFault(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{})
	w.expect(77, "run")
	w.expectSays("popbridge: shop: log in to 127.0.0.1 as shop: read the token: not logged in yet\nhint: popbridge login shop\n")
	w.authorised()
	w.must(os.Chmod(w.path(tokenFile), 0o644))
	w.expect(78, "run")
	w.expectSays("hint: chmod 600 " + w.path(tokenFile))
	w.write(tokenFile, []byte("{"))
	w.must(os.Chmod(w.path(tokenFile), 0o600))
	w.expect(77, "run")
	w.expectSays("holds no token\nhint: popbridge login shop\n")
}

func TestDryRunByToken(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{})
	w.authorised()
	fill(w.box, 2)
	w.expect(0, "run", "--dry-run")
	w.expectInGmail(0)
	w.expectRequests()
	w.expectLogins(1)
}

// A session that is locked out at first asks for no other token.
func TestTokenAndLockedMailbox(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{})
	w.authorised()
	w.setPOPFault(strike("response", "", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [IN-USE] locked\r\n")}))
	w.expect(75, "run")
	w.expectSilence()
	w.expectRequests()
}

func TestTokenCommand(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{})
	w.authorised()
	command := func(c string) {
		w.tables = nil
		w.table("shop", fmt.Sprintf("auth = \"xoauth2\"\ntoken_command = %q", c))
	}
	w.write("token.txt", []byte(w.kept().Access+"\nsecond line\n"))
	w.must(os.Remove(w.path(tokenFile)))
	command("cat " + w.path("token.txt"))
	fill(w.box, 1)
	w.expect(0, "run")
	w.expectSilence()
	w.expectInGmail(1)
	w.expectLogins(1)
	w.expect(0, "login", "shop")
	if got := w.out.String(); got != "shop logs in with what token_command prints; there is nothing to log in to\n" {
		t.Errorf("it says %q", got)
	}

	w.device.ExpireAccessTokens()
	w.logins.Store(0)
	w.expect(77, "run")
	w.expectSays("hint: see whether token_command of account shop prints a valid access token of shop\n")
	w.expectLogins(1) // the same token is not tried twice
	w.noTokenSaid()
	w.expect(77, "login", "shop")
	w.expectSays("-PopEnabled $true")
	w.noTokenSaid()

	command("echo; echo not logged in >&2")
	w.expect(78, "run")
	w.expectSays("pop3.token_command: the command printed no token: not logged in\n")
	w.expectRequests()
	if _, err := os.Stat(w.path(tokenFile)); err == nil {
		t.Error("a token was kept")
	}
}
