package deviceflow_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/popbridge/popbridge/internal/deviceflow"
	"github.com/popbridge/popbridge/internal/deviceflow/devicetest"
)

func TestPersonRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{})
		f.person = after(time.Second, func(code string) { _ = f.s.Decline(code) })
		_, err := f.login(t)
		f.want(t, err, deviceflow.Declined, "wait for the authorisation: access was declined (authorization_declined)")
	})
}

func TestNobodyTypesTheCode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{})
		f.person = func(string) {}
		began := time.Now()
		_, err := f.login(t)
		f.want(t, err, deviceflow.Expired, "")
		if took := time.Since(began); took != 15*time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}

func TestNoRefreshToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{})
		f.config.Scopes = []string{"pop"}
		_, err := f.login(t)
		f.want(t, err, deviceflow.NoRefreshToken, "wait for the authorisation: access was granted for a short time only")
	})
}

func TestApplications(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlow(devicetest.Options{ClientSecret: "hunter2"})
		_, err := f.login(t)
		f.want(t, err, deviceflow.NotPublic,
			"wait for the authorisation: the application may not log in without a secret (invalid_client, AADSTS7000218)")
		f.config.ClientSecret = "another"
		_, err = f.login(t)
		f.want(t, err, deviceflow.UnknownClient,
			"wait for the authorisation: the server doesn't accept the application (invalid_client, AADSTS7000215)")
		f.config.ClientSecret = "hunter2"
		if _, err = f.login(t); err != nil {
			t.Error(err)
		}
		f.config.ClientID = "another"
		_, err = f.login(t)
		f.want(t, err, deviceflow.UnknownClient,
			"ask for a code: the server doesn't accept the application (unauthorized_client, AADSTS700016)")
		f = newFlow(devicetest.Options{})
		f.config.ClientSecret = "hunter2"
		_, err = f.login(t)
		f.want(t, err, deviceflow.Public,
			"wait for the authorisation: the application may not have a secret (invalid_client, AADSTS700025)")
	})
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		code   string
		aadsts int
		kind   deviceflow.Kind
	}{
		{"access_denied", 0, deviceflow.Declined},
		{"expired_token", 0, deviceflow.Expired},
		{"invalid_grant", 65001, deviceflow.NoConsent},
		{"invalid_grant", 90094, deviceflow.NoConsent},
		{"invalid_grant", 50020, deviceflow.OtherTenant},
		{"invalid_request", 500200, deviceflow.OtherTenant},
		{"invalid_request", 9002331, deviceflow.OtherTenant},
		{"invalid_scope", 70011, deviceflow.BadScope},
		{"invalid_grant", 53003, deviceflow.Blocked},
		{"invalid_grant", 0, deviceflow.Rejected},
		{"invalid_grant", 50076, deviceflow.Rejected},
		{"invalid_request", 900144, deviceflow.Rejected},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFlow(devicetest.Options{})
			f.s.SetFault(func(r devicetest.Request) *devicetest.Fault {
				if r.Kind == devicetest.KindDevice {
					return nil
				}
				return &devicetest.Fault{Code: test.code, AADSTS: test.aadsts}
			})
			_, err := f.login(t)
			f.want(t, err, test.kind, "")
			if !strings.Contains(err.Error(), "("+test.code) {
				t.Errorf("%v doesn't name %s", err, test.code)
			}
		})
	}
}

// What a server says that is none, or means ill.
func TestOddAnswers(t *testing.T) {
	const code = `{"device_code":"d","user_code":"u","verification_uri":"https://login.example.org/"`
	for _, test := range []struct {
		status int
		body   string
		kind   deviceflow.Kind
	}{
		{404, "<html>", deviceflow.Unusable},
		{302, "", deviceflow.Unusable},
		{200, "<html>", deviceflow.Unusable},
		{200, `{}`, deviceflow.Unusable},
		{200, `{"device_code":"d","user_code":"\u001b[2J","verification_uri":"https://login.example.org/"}`, deviceflow.Unusable},
		{200, `{"device_code":"d","user_code":"` + strings.Repeat("u", 2000) + `","verification_uri":"x"}`, deviceflow.Unusable},
		{400, `{"error":"\u001b[2J","error_description":"AADSTS65001: hunter2"}`, deviceflow.Unusable},
		{503, "", deviceflow.Passing},
		{429, "", deviceflow.Passing},
		// What is left out or out of reason is replaced; then the token server is asked.
		{200, code + `}`, deviceflow.Expired},
		{200, code + `,"interval":-1,"expires_in":-1}`, deviceflow.Expired},
		{200, code + `,"interval":4000000000000,"expires_in":4000000000}`, deviceflow.Expired},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := newFlow(devicetest.Options{})
			f.s.SetFault(func(r devicetest.Request) *devicetest.Fault {
				if r.Kind == devicetest.KindDevice {
					return &devicetest.Fault{Status: test.status, Body: test.body}
				}
				return &devicetest.Fault{Code: "authorization_pending"}
			})
			began := time.Now()
			_, err := f.login(t)
			f.want(t, err, test.kind, "")
			if strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("it repeats the answer: %q", err)
			}
			if took := time.Since(began); took > time.Hour {
				t.Errorf("it took %s", took)
			}
		})
	}
}

func TestOddTokens(t *testing.T) {
	for _, body := range []string{`{"access_token":"a b","refresh_token":"r"}`, `{"access_token":"a","refresh_token":"\u0000"}`,
		`{"access_token":"","refresh_token":"r"}`, `[]`} {
		synctest.Test(t, func(t *testing.T) {
			f := newFlow(devicetest.Options{})
			f.s.SetFault(func(r devicetest.Request) *devicetest.Fault {
				if r.Kind == devicetest.KindDevice {
					return nil
				}
				return &devicetest.Fault{Status: 200, Body: body}
			})
			_, err := f.login(t)
			f.want(t, err, deviceflow.Unusable, "")
		})
	}
}

// A Watch keeps the last refusal, and changes nothing for who asked.
func TestWatch(t *testing.T) {
	s, err := devicetest.Start(devicetest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w := &deviceflow.Watch{Base: http.DefaultTransport}
	client := &http.Client{Transport: w}
	ask := func(token string) int {
		t.Helper()
		resp, err := client.PostForm(s.TokenURI(), map[string][]string{
			"client_id": {devicetest.ClientID}, "grant_type": {"refresh_token"}, "refresh_token": {token}})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var said struct{ Error string }
		if err := json.NewDecoder(resp.Body).Decode(&said); err != nil || said.Error != "invalid_grant" {
			t.Errorf("who asked reads %+v, %v", said, err)
		}
		return resp.StatusCode
	}
	if w.Take() != nil {
		t.Error("a refusal before any request")
	}
	if status := ask("unknown"); status != http.StatusBadRequest {
		t.Errorf("status %d", status)
	}
	const want = "renew the token: the authorisation has ended: it lay unused for 90 days, the password was changed, " +
		"or it was withdrawn (invalid_grant, AADSTS70000)"
	if e := w.Take(); e == nil || e.Kind != deviceflow.Ended || e.Error() != want {
		t.Errorf("refusal %v, want %s", e, want)
	}
	if w.Take() != nil {
		t.Error("taken twice")
	}
}
