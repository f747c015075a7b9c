package devicetest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/deviceflow/devicetest"
)

func start(t *testing.T) *devicetest.Server {
	t.Helper()
	s, err := devicetest.Start(devicetest.Options{WithCode: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// post sends a form, and gives status and answer.
func post(t *testing.T, uri string, pairs ...string) (int, string) {
	t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	resp, err := http.PostForm(uri, form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

type codes struct {
	Device string `json:"device_code"`
	User   string `json:"user_code"`
	Page   string `json:"verification_uri_complete"`
}

func ask(t *testing.T, s *devicetest.Server) (c codes) {
	t.Helper()
	status, body := post(t, s.DeviceURI(), "client_id", devicetest.ClientID, "scope", "pop offline_access")
	if err := json.Unmarshal([]byte(body), &c); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s: %v", status, body, err)
	}
	return c
}

func TestPageOfACode(t *testing.T) {
	s := start(t)
	c := ask(t, s)
	resp, err := http.Get(c.Page)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(page), `value="`+c.User+`"`) {
		t.Errorf("the page doesn't know the code: %s (%v)", page, err)
	}
	if status, body := post(t, s.PageURI(), "user_code", "<none>", "decision", "allow"); status != 400 || !strings.Contains(body, "&lt;none&gt;") {
		t.Errorf("a wrong code: %d %s", status, body)
	}
	if status, body := post(t, s.PageURI(), "user_code", strings.ToLower(c.User), "decision", "allow", "account", "shop@example.org"); status != 200 {
		t.Errorf("%d %s", status, body)
	}
}

// The page denies what it doesn't allow, and a second request before its time
// is told to slow down.
func TestPageDenies(t *testing.T) {
	s := start(t)
	c := ask(t, s)
	if status, body := post(t, s.PageURI(), "user_code", c.User, "decision", "deny"); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	const grant = "urn:ietf:params:oauth:grant-type:device_code"
	_, body := post(t, s.TokenURI(), "client_id", devicetest.ClientID, "grant_type", grant, "device_code", c.Device)
	if !strings.Contains(body, `"slow_down"`) {
		t.Errorf("asked at once: %s", body)
	}
	_, body = post(t, s.TokenURI(), "client_id", devicetest.ClientID, "grant_type", grant, "device_code", "another")
	if !strings.Contains(body, `"bad_verification_code"`) {
		t.Errorf("another code: %s", body)
	}
	_, body = post(t, s.TokenURI(), "client_id", devicetest.ClientID, "grant_type", "password")
	if !strings.Contains(body, `"unsupported_grant_type"`) {
		t.Errorf("another grant: %s", body)
	}
}
