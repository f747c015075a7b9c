package app_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// tokenAnswer is what the token server says in place of the stand-in's own answer.
func tokenAnswer(status int, body string, header ...string) func(gmailtest.Request) *gmailtest.Fault {
	h := http.Header{"Content-Type": {"application/json"}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return gmailtest.Once(gmailtest.KindToken, gmailtest.StageBefore, &gmailtest.Fault{Status: status, Body: body, Header: h})
}

// TestEachWayThatALoginFails has its own message and mend, in the terminal and
// in the browser, and leaves no token.
func TestEachWayThatALoginFails(t *testing.T) {
	sendsBack := func(fault string) func(*visitor) {
		return func(v *visitor) {
			v.goes = func(_ context.Context, page string) (string, error) { return sentBack(page, fault) }
		}
	}
	answers := func(status int, body string, header ...string) func(*visitor) {
		return func(v *visitor) { v.gmail.SetFault(tokenAnswer(status, body, header...)) }
	}
	const clients, audience = "https://console.cloud.google.com/auth/clients", "https://console.cloud.google.com/auth/audience"
	for _, way := range []struct {
		name       string
		change     func(*visitor)
		code       int
		says, hint string
	}{
		{"denied", func(v *visitor) { v.goes = v.gmail.Deny }, 77,
			"log in: access was not granted: access_denied", "popbridge login default, and click Continue on each page in the browser"},
		{"a box unticked", func(v *visitor) {
			v.goes = func(ctx context.Context, page string) (string, error) {
				return v.gmail.AuthorizeOnly(ctx, page, gmailtest.ScopeLabels)
			}
		}, 77, `log in: not granted: "Add emails into your Gmail mailbox" (` + gmailtest.ScopeInsert + ")",
			"popbridge login default, and tick every box in the browser"},
		{"all boxes unticked", func(v *visitor) {
			v.goes = func(ctx context.Context, page string) (string, error) { return v.gmail.AuthorizeOnly(ctx, page) }
		}, 77, `log in: not granted: "Add emails into your Gmail mailbox" (` + gmailtest.ScopeInsert + `) and "See and edit your email labels" (` + gmailtest.ScopeLabels + ")",
			"popbridge login default, and tick every box in the browser"},
		{"another account", func(v *visitor) { v.gmail.LogInAs("other@example.org") }, 77,
			"log in: other@example.org was chosen in the browser, shop@example.org is configured",
			"popbridge login default, and choose shop@example.org in the browser"},
		{"administrator", sendsBack("admin_policy_enforced"), 77,
			"log in: the Workspace administrator doesn't allow it: admin_policy_enforced", "ask the Workspace administrator to trust the OAuth client"},
		{"organisation", sendsBack("org_internal"), 77,
			"log in: the OAuth client is for the addresses of its own organisation: org_internal", "choose an address of the organisation, or make the app External at " + audience},
		{"browser window", sendsBack("disallowed_useragent"), 77,
			"log in: Google takes no login from such a browser window: disallowed_useragent", "open the page in an ordinary browser, then type: popbridge login default"},
		{"unknown", sendsBack("no_such_error"), 77, "log in: access was not granted: no_such_error", "popbridge login default"},
		{"for now", sendsBack("server_error"), 69, "log in: the server failed for now: server_error", "in a while, type again: popbridge login default"},
		{"the code came too late", answers(400, `{"error":"invalid_grant"}`), 77,
			"log in: the code was used already, or came too late: invalid_grant", "popbridge login default"},
		{"late by a wrong clock", answers(400, `{"error":"invalid_grant"}`, "Date", time.Now().Add(-3*time.Hour).UTC().Format(http.TimeFormat)), 77,
			"log in: this machine's clock is 3h0m ahead of the server's",
			"set this machine's clock, at best for good (timedatectl set-ntp true), then type: popbridge login default"},
		{"no client", answers(401, `{"error":"invalid_client"}`), 77,
			"log in: the server doesn't know the OAuth client, or not by this secret: invalid_client", "download the JSON of the OAuth client again"},
		{"the client was deleted", answers(401, `{"error":"deleted_client"}`), 77, "log in: the OAuth client was deleted: deleted_client",
			"make an OAuth client of type Desktop app, and download its JSON, at " + clients + ", then type: popbridge login default"},
		{"redirect", answers(400, `{"error":"redirect_uri_mismatch"}`), 77,
			"log in: the OAuth client may not send the browser back to this machine: redirect_uri_mismatch", "make an OAuth client of type Desktop app"},
		{"no refresh token", answers(200, `{"access_token":"a","expires_in":3599,"id_token":"e30.`+
			// {"aud":"000000000000-standin.apps.googleusercontent.com","email":"shop@example.org"}
			`eyJhdWQiOiIwMDAwMDAwMDAwMDAtc3RhbmRpbi5hcHBzLmdvb2dsZXVzZXJjb250ZW50LmNvbSIsImVtYWlsIjoic2hvcEBleGFtcGxlLm9yZyJ9.x"}`), 77,
			"log in: the server gave no refresh token",
			"withdraw popbridge's access at https://myaccount.google.com/connections, then type: popbridge login default"},
		{"no address", answers(200, `{"access_token":"a","refresh_token":"r","expires_in":3599}`), 77,
			"log in: the server doesn't tell which address was chosen", "popbridge login default"},
		{"no token server", answers(503, ""), 69, "log in: the token server answers HTTP 503", "in a while, type again: popbridge login default"},
	} {
		t.Run(way.name, func(t *testing.T) {
			v := newVisitor(t)
			way.change(v)
			v.login(way.code)
			v.says("the terminal", v.err.String(), "\npopbridge: "+way.says+"\n", "\nhint: "+way.hint)
			v.says("the browser", html.UnescapeString(v.landed), "popbridge is not authorised", strings.TrimPrefix(way.says, "log in: "), "The terminal says what to do.")
			if v.out.Len() > 0 || strings.Contains(v.err.String(), "next: ") {
				t.Errorf("it says %s%s", &v.out, &v.err)
			}
			if files, _ := filepath.Glob(v.path("*token*")); len(files) > 0 {
				t.Errorf("left behind: %v", files)
			}
		})
	}
}

// TestTheLandingPageIsNoOnesTool: what others say doesn't become markup.
func TestTheLandingPageIsNoOnesTool(t *testing.T) {
	const markup = `<script>alert(1)</script>`
	for _, change := range []func(*visitor){
		func(v *visitor) { v.gmail.LogInAs(markup + "@example.org") },
		func(v *visitor) {
			v.goes = func(_ context.Context, page string) (string, error) { return sentBack(page, markup) }
		},
	} {
		v := newVisitor(t)
		change(v)
		v.login(77)
		if strings.Contains(v.landed, markup) || !strings.Contains(html.UnescapeString(v.landed), markup) {
			t.Errorf("the page is\n%s", v.landed)
		}
	}
}

// TestALoginByAWrongClock is refused: what was imported when would be wrong.
func TestALoginByAWrongClock(t *testing.T) {
	for ahead, says := range map[time.Duration]string{
		4 * time.Minute: "", -4 * time.Minute: "",
		7 * time.Minute: "this machine's clock is 7m behind the server's", -7 * time.Minute: "this machine's clock is 7m ahead of the server's",
		-24 * 400 * time.Hour: "this machine's clock is 400 days ahead of the server's",
	} {
		v := newVisitor(t, func(s *setup) {
			s.gmail.Now = func() time.Time { return time.Now().Add(ahead) }
		})
		if says == "" {
			v.login(0)
			continue
		}
		v.login(77)
		v.says("the terminal", v.err.String(), "popbridge: log in: "+says, "hint: set this machine's clock")
		v.says("the browser", html.UnescapeString(v.landed), says)
	}
}

// TestALoginSaysWhatItAsksFor and what comes next.
func TestALoginSaysWhatItAsksFor(t *testing.T) {
	v := newVisitor(t)
	v.login(0)
	insert, labels, email := "  gmail.insert    add mail to Gmail; it can't read any\n", "  gmail.labels    find the labels", "  openid email    see which address was chosen\n"
	v.says("the terminal", v.err.String(), insert, labels, email, "next: popbridge check\n")
	if strings.Contains(v.err.String(), "gmail.readonly") || strings.Contains(v.err.String(), "hint: ") {
		t.Errorf("it says %s", &v.err)
	}
	if want := v.address + " is authorised; the token is in " + v.path("token.json") + "\n"; v.out.String() != want {
		t.Errorf("it prints %s", &v.out)
	}
	v.says("the browser", v.landed, "<h1>shop@example.org is authorised</h1>", "You may close this window", "What to type next stands in the terminal")
	v.gmailExtra = `access = "verify"`
	v.configure()
	v.login(0)
	v.says("the terminal", v.err.String(), insert, labels, email, "  gmail.readonly  look up whether a message arrived (access = \"verify\"); it can read mail\n")
}

// TestAnotherLoginsRedirect is told of, once, and waited on for this one's.
func TestAnotherLoginsRedirect(t *testing.T) {
	v := newVisitor(t)
	v.goes = func(ctx context.Context, page string) (string, error) {
		own, err := v.gmail.Authorize(ctx, page)
		if err != nil {
			return "", err
		}
		for range 2 {
			stray, err := look(ctx, strings.Replace(own, "state=", "state=X", 1))
			if err != nil || !strings.Contains(stray, "This page belongs to another login") || !strings.Contains(stray, "copy its address from the terminal") {
				return "", fmt.Errorf("%s, %v", stray, err)
			}
		}
		root, _, _ := strings.Cut(own, "?")
		if scan, err := look(ctx, root); err != nil || !strings.Contains(scan, "Nothing to see here") {
			return "", fmt.Errorf("%s, %v", scan, err)
		}
		return own, nil
	}
	v.login(0)
	if n := strings.Count(v.err.String(), "A browser came back from another login; popbridge goes on waiting"); n != 1 {
		t.Errorf("told of %d times in\n%s", n, &v.err)
	}
}

// TestAWebClientsPort is taken, or it has none.
func TestAWebClientsPort(t *testing.T) {
	v := newVisitor(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	v.must(err)
	defer listener.Close()
	web := func(redirects string) {
		client := bytes.Replace(v.gmail.ClientJSON(), []byte(`"installed"`), []byte(`"web"`), 1)
		v.write("client.json", bytes.Replace(client, []byte(`"http://localhost"`), []byte(redirects), 1))
	}
	web(`"http://` + listener.Addr().String() + `/"`)
	_, port, err := net.SplitHostPort(listener.Addr().String())
	v.must(err)
	for goos, find := range map[string]string{"linux": "ss -ltnp 'sport = :" + port + "'", "darwin": "lsof -nP -iTCP:" + port + " -sTCP:LISTEN", "windows": "netstat -ano | findstr :" + port} {
		v.goos = goos
		v.login(77)
		v.says("the terminal", v.err.String(), "popbridge: log in: the OAuth client's redirect is "+listener.Addr().String()+", where nothing can listen: ",
			"hint: end the program that has port "+port+", which this shows: "+find, "or make an OAuth client of type Desktop app")
		if strings.Contains(v.err.String(), "Open this page") {
			t.Error("it sent somebody to the browser")
		}
	}
	v.goos = "linux"
	listener.Close()
	v.login(0)

	web(`"http://localhost", "https://example.org/back"`)
	v.login(77)
	v.says("the terminal", v.err.String(), "of type Web application, without a redirect on loopback", "hint: make an OAuth client of type Desktop app")
}

// TestAnAuthorisationThatEnds is one that the consent screen in Testing gives,
// or a person who allows it for a while.
func TestAnAuthorisationThatEnds(t *testing.T) {
	v := newVisitor(t, func(s *setup) { s.gmail.Testing = true })
	v.login(0)
	end := v.now().Add(7 * 24 * time.Hour).UTC().Format(time.DateOnly)
	v.says("the terminal", v.err.String(), "popbridge: this authorisation ends in 7 days, on "+end+": the consent screen is in Testing\n",
		"hint: publish the app (In production) at https://console.cloud.google.com/auth/audience, then type: popbridge", "login default\n", "next: ")
	v.expect(0, "run")
	v.advance(8 * 24 * time.Hour)
	v.gmail.ExpireAccessTokens()
	fill(v.account("late"), 1)
	v.expect(77, "run")
	v.says("the run", v.err.String(), "was for a limited time (seven days while the consent screen is in Testing), and ended on "+end, "login default")
}

// TestATokenThatCanNotBeKept is noticed before anyone is sent to the browser.
func TestATokenThatCanNotBeKept(t *testing.T) {
	v := newVisitor(t)
	v.must(os.MkdirAll(v.path("token.json"), 0o700))
	v.login(73)
	v.says("the terminal", v.err.String(), "popbridge: save the token: ", "is a folder", "hint: see whether the disk is full")
	v.must(os.Remove(v.path("token.json")))
	if runtime.GOOS == "linux" { // where root can't write, either
		v.must(os.Symlink("/proc/version", v.path("token.json")))
		v.login(73)
		v.says("the terminal", v.err.String(), "popbridge: save the token: ")
		v.must(os.Remove(v.path("token.json")))
	}
	if strings.Contains(v.err.String(), "Open this page") {
		t.Error("it sent somebody to the browser")
	}
	// The folder goes while the person is at the browser.
	v.goes = func(ctx context.Context, page string) (string, error) {
		v.must(os.Mkdir(v.path("token.json"), 0o700))
		return v.gmail.Authorize(ctx, page)
	}
	v.login(73)
	v.says("the browser", html.UnescapeString(v.landed), "popbridge is not authorised", "save the token: ")
}

// TestAClientThatIsNone says where to get one.
func TestAClientThatIsNone(t *testing.T) {
	v := newVisitor(t)
	hint := "\nhint: make an OAuth client of type Desktop app at https://console.cloud.google.com/auth/clients, and save its JSON as " + v.path("client.json") + "\n"
	v.write("client.json", []byte("{}"))
	v.login(78)
	v.says("the terminal", v.err.String(), `no "installed" or "web" client in it`, hint)
	v.must(os.Remove(v.path("client.json")))
	v.login(78)
	v.says("the terminal", v.err.String(), "popbridge: read client: ", hint)
	v.write("client.json", v.gmail.ClientJSON())
	v.gmailExtra = ""
	v.configure()
	config, err := os.ReadFile(v.path("config.toml"))
	v.must(err)
	v.write("config.toml", bytes.Replace(config, []byte(`"token.json"`), []byte(`"volume/popbridge/token.json"`), 1))
	v.login(73)
	v.says("the terminal", v.err.String(), "popbridge: make the folder of the token: ", "\nhint: mount the volume of "+v.path("volume/popbridge"))
}

// TestALongWait ends in what may be the matter, once.
func TestALongWait(t *testing.T) {
	v := newVisitor(t, func(s *setup) {
		s.gmail.Testing, s.gmail.TestUsers = true, []string{"tester@example.org"}
	})
	reader, writer := io.Pipe()
	defer reader.Close()
	v.typed = reader
	pages := make(chan string, 1)
	v.goes = func(ctx context.Context, page string) (string, error) {
		if _, err := v.gmail.Authorize(ctx, page); err == nil || !strings.Contains(err.Error(), "has not completed the Google verification process") {
			return "", fmt.Errorf("it got on: %w", err)
		}
		pages <- page
		return "", nil
	}
	v.sleep = func(_ context.Context, d time.Duration) error {
		if d != 2*time.Minute {
			t.Errorf("it waits for %v", d)
		}
		page := <-pages
		go func() {
			back, err := sentBack(page, "access_denied")
			if err != nil {
				back = err.Error()
			}
			fmt.Fprintln(writer, back)
		}()
		return nil
	}
	v.login(77)
	v.says("the terminal", v.err.String(), "Nothing came back yet; popbridge goes on waiting.",
		"has not completed the Google verification process", "add shop@example.org as a test user, at https://console.cloud.google.com/auth/audience",
		"org_internal", "admin_policy_enforced", "deleted_client", "redirect_uri_mismatch", "disallowed_useragent", "127.0.0.1 can't be reached")
	if strings.Count(v.err.String(), "Nothing came back yet") != 1 {
		t.Errorf("it says so more than once:\n%s", &v.err)
	}
}
