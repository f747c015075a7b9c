package app_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/internal/deviceflow/devicetest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// personSigns has the person at the provider's page sign in to a mailbox.
func (w *tokenWorld) personSigns(account string) {
	w.device.SetPerson(func(code string) { w.must(w.device.Approve(code, account)) })
}

func TestLoginByDevice(t *testing.T) {
	t.Parallel()
	w := newTokenWorld(t, devicetest.Options{WithCode: true})
	fill(w.box, 1)
	var code string
	w.device.SetPerson(func(c string) {
		code = c
		w.must(w.device.Approve(c, "shop"))
	})
	w.expect(0, "login", "shop")
	want := "shop is authorised; the token is in " + w.path(tokenFile) + "\nshop: the mailbox at 127.0.0.1 takes it\n"
	if w.out.String() != want {
		t.Errorf("it says %q, want %q", w.out.String(), want)
	}
	page := strings.TrimSuffix(w.device.DeviceURI(), "code")
	want = "Open this page in a browser, on this machine or any other:\n\n  " + page + "\n\n" +
		"and enter the code  " + code + "  (valid for 15 minutes).\n" +
		"Here the code is entered already:\n\n  " + page + "?user_code=" + code + "\n\n" +
		"Choose shop there. popbridge asks for:\n  pop: as configured\n" +
		"  offline_access: to go on doing so without asking again\n"
	if w.err.String() != want {
		t.Errorf("it says\n%s\nwant\n%s", &w.err, want)
	}
	if kept := w.kept(); !w.device.Opens(kept.Access, "shop") || kept.Refresh == "" || kept.Scope != "pop" || kept.Expiry.Sub(w.now()) < 50*time.Minute {
		t.Errorf("kept %+v", kept)
	}
	w.expectLogins(1)
	w.expect(0, "run")
	w.expectSilence()
	w.expectInGmail(1)
}

// A first token that the mailbox refuses is kept: it may be the server that is
// not ready. One that works stays.
func TestLoginAsAnother(t *testing.T) {
	t.Parallel()
	w := newTokenWorld(t, devicetest.Options{})
	w.personSigns("another")
	w.expect(77, "login", "shop")
	w.expectSays("popbridge: shop: log in to 127.0.0.1 as shop: AUTH XOAUTH2: ",
		"hint: if another account was chosen in the browser, type: popbridge login shop, and choose shop; "+
			"at Microsoft, POP must be switched on as well: for outlook.com in Settings, Mail, Forwarding and IMAP; "+
			"for Microsoft 365 by the administrator: Set-CASMailbox shop -PopEnabled $true\n")
	if w.kept().Refresh == "" || !strings.HasPrefix(w.out.String(), "the token is in ") {
		t.Errorf("the token is lost; it says %s", &w.out)
	}
	w.noTokenSaid()
	w.personSigns("shop")
	w.expect(0, "login", "shop")
	good := w.kept()
	w.personSigns("another")
	w.expect(77, "login", "shop")
	w.expectSays("; the token that was there stays\n")
	if w.kept() != good || w.out.Len() > 0 {
		t.Errorf("the token is another one; it says %s", &w.out)
	}
}

// A token that never worked doesn't stand in the way of one that will, once
// the provider is ready.
func TestLoginAfterALoginAsAnother(t *testing.T) {
	t.Parallel()
	w := newTokenWorld(t, devicetest.Options{})
	fill(w.box, 1)
	w.personSigns("another")
	w.expect(77, "login", "shop")
	w.personSigns("shop")
	w.setPOPFault(func(e pop3test.Event) pop3test.Fault {
		if e.Command == "response" {
			return pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR POP is off\r\n")}
		}
		return pop3test.Fault{}
	})
	w.expect(77, "login", "shop")
	w.setPOPFault(nil)
	w.expect(0, "run")
	w.expectInGmail(1)
}

// Every way to fail leaves what there was, and says what mends it.
func TestLoginByDeviceThatFails(t *testing.T) {
	t.Parallel()
	w := newTokenWorld(t, devicetest.Options{})
	w.authorised()
	before := w.kept()
	for _, test := range []struct {
		fault devicetest.Fault
		exit  int
		said  string
		hint  string
	}{
		{devicetest.Fault{Code: "unauthorized_client", AADSTS: 700016}, 77,
			"the server doesn't accept the application (unauthorized_client, AADSTS700016)", "correct client_id and client_secret of account shop"},
		{devicetest.Fault{Code: "invalid_client", AADSTS: 7000218}, 77,
			"the application may not log in without a secret (invalid_client, AADSTS7000218)", `set "Allow public client flows" to Yes`},
		{devicetest.Fault{Code: "invalid_client", AADSTS: 700025}, 77,
			"the application may not have a secret (invalid_client, AADSTS700025)", "leave client_secret of account shop out"},
		{devicetest.Fault{Code: "invalid_grant", AADSTS: 65001}, 77,
			"the application has not been allowed this access (invalid_grant, AADSTS65001)", "Grant admin consent"},
		{devicetest.Fault{Code: "invalid_request", AADSTS: 50020}, 77,
			"the application isn't for this kind of account (invalid_request, AADSTS50020)", "type: popbridge login shop, and choose shop; or, for an application of one organisation"},
		{devicetest.Fault{Code: "invalid_scope", AADSTS: 70011}, 77,
			"the application can't ask for this access (invalid_scope, AADSTS70011)", "correct scope of account shop"},
		{devicetest.Fault{Code: "access_denied", AADSTS: 53003}, 77,
			"a rule of the organisation forbids it (access_denied, AADSTS53003)", "log in by device code, then type: popbridge login shop"},
		{devicetest.Fault{Code: "access_denied"}, 77, "access was declined (access_denied)", "popbridge login shop, and accept in the browser\n"},
		{devicetest.Fault{Code: "expired_token"}, 77, "nobody allowed the access in time (expired_token)", "popbridge login shop\n"},
		{devicetest.Fault{Status: 404, Body: "<html>"}, 78, "the server's answer is none to a device: HTTP 404", "correct device_uri and token_uri of account shop"},
		{devicetest.Fault{Cut: true}, 69, "the server can't be reached or fails for now: EOF", "check the network, then type: popbridge login shop\n"},
		{devicetest.Fault{Status: 503}, 69, "the server can't be reached or fails for now: HTTP 503", "check the network"},
	} {
		w.device.SetFault(func(devicetest.Request) *devicetest.Fault { return &test.fault })
		w.expect(test.exit, "login", "shop")
		w.expectSays("popbridge: shop: ask for a code: "+test.said+"\nhint: ", test.hint)
		if w.out.Len() > 0 || w.kept() != before {
			t.Errorf("%+v: it says %s, kept %+v", test.fault, &w.out, w.kept())
		}
		w.noTokenSaid()
	}
	w.expectLogins(0)
}

func TestLoginDeclinedByDevice(t *testing.T) {
	t.Parallel()
	w := newTokenWorld(t, devicetest.Options{})
	w.device.SetPerson(func(code string) { w.must(w.device.Decline(code)) })
	w.expect(77, "login", "shop")
	w.expectSays("popbridge: shop: wait for the authorisation: access was declined (authorization_declined)\nhint: popbridge login shop, and accept in the browser\n")
	if _, err := os.Stat(w.path(tokenFile)); err == nil {
		t.Error("a token was kept")
	}
}

func TestLoginWithoutRefreshToken(t *testing.T) {
	t.Parallel()
	w := newTokenWorld(t, devicetest.Options{}, `client_secret = "hunter2"`)
	w.personSigns("shop")
	w.expect(77, "login", "shop")
	w.expectSays("leave client_secret of account shop out of the configuration")
	w.tables[0] = strings.NewReplacer(`client_secret = "hunter2"`, "", " offline_access", "").Replace(w.tables[0])
	w.configure()
	w.expect(77, "login", "shop")
	w.expectSays("wait for the authorisation: access was granted for a short time only\nhint: add offline_access to scope of account shop")
	if said := w.err.String(); strings.Contains(said, "hunter2") {
		t.Errorf("it shows the secret:\n%s", said)
	}
}

// The place of the token is tried before the person is bothered.
func TestLoginWithoutAPlaceForTheToken(t *testing.T) {
	t.Parallel()
	w := newTokenWorld(t, devicetest.Options{}, `token = "no/such/folder/token.json"`)
	w.expect(73, "login", "shop")
	w.expectSays("popbridge: shop: make the folder of the token: ", "hint: see whether the disk is full or read-only")
	w.expectRequests()
	w.write("no", []byte("a file"))
	w.tables[0] = strings.ReplaceAll(w.tables[0], "no/such/folder/token.json", "no/token.json")
	w.configure()
	w.expect(73, "login", "shop")
	w.expectSays("popbridge: shop: save the token: ", "hint: see whether the disk is full or read-only")
	w.expectRequests()
}

func TestLoginThatIsInterrupted(t *testing.T) {
	t.Parallel()
	w := newTokenWorld(t, devicetest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	w.device.SetPerson(func(string) { cancel() })
	if code := w.runWith(ctx, &w.out, "login", "shop"); code != 75 || w.out.Len() > 0 {
		t.Errorf("exit %d\n%s%s", code, &w.out, &w.err)
	}
	if files, err := os.ReadDir(w.path("state")); err != nil || len(files) > 0 {
		t.Errorf("it left %v (%v)", files, err)
	}
}

func TestLoginAndAnUnreachableMailbox(t *testing.T) {
	t.Parallel()
	w := newTokenWorld(t, devicetest.Options{})
	w.personSigns("shop")
	w.must(w.pop.Close())
	w.expect(69, "login", "shop")
	w.expectSays("popbridge: shop: connect to ")
	if w.kept().Refresh == "" || !strings.Contains(w.out.String(), fmt.Sprintf("the token is in %s\n", w.path(tokenFile))) {
		t.Errorf("the token is lost; it says %s", &w.out)
	}
}
