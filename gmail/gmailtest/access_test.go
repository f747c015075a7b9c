package gmailtest_test

import (
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"google.golang.org/api/gmail/v1"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// methods calls each method of the API once; what it needs is a scope.
func methods(svc *gmail.Service) map[string]func() error {
	return map[string]func() error{
		"import": func() error { _, err := imported(svc, mail("<1@example.com>", "x")); return err },
		"list":   func() error { _, err := svc.Users.Messages.List("me").Do(); return err },
		"search": func() error { _, err := svc.Users.Messages.List("me").Q("rfc822msgid:x").Do(); return err },
		"labels": func() error { _, err := svc.Users.Labels.List("me").Do(); return err },
		"create": func() error { _, err := svc.Users.Labels.Create("me", &gmail.Label{Name: "x"}).Do(); return err },
		"profile": func() error {
			p, err := svc.Users.GetProfile("me").Do()
			if err == nil && p.EmailAddress != user {
				return fmt.Errorf("profile of %s", p.EmailAddress)
			}
			return err
		},
	}
}

func TestScopes(t *testing.T) {
	for scope, opens := range map[string][]string{
		gmailtest.ScopeInsert:   {"import"},
		gmailtest.ScopeLabels:   {"labels", "create"},
		gmailtest.ScopeReadonly: {"list", "search", "labels", "profile"},
		gmailtest.ScopeMetadata: {"list", "labels", "profile"},
		gmailtest.ScopeModify:   {"import", "list", "search", "labels", "create", "profile"},
		gmailtest.ScopeFull:     {"import", "list", "search", "labels", "create", "profile"},
		"openid":                {},
	} {
		s := start(t, gmailtest.Options{})
		open := map[string]bool{}
		for _, m := range opens {
			open[m] = true
		}
		for name, call := range methods(service(t, s, scope)) {
			err := call()
			switch {
			case open[name] && err != nil:
				t.Errorf("%s with %s: %v", name, scope, err)
			case open[name]:
			case name == "search" && scope == gmailtest.ScopeMetadata:
				wantError(t, err, 403, "forbidden", "Metadata scope does not support 'q' parameter")
			default:
				wantError(t, err, 403, "insufficientPermissions", "Request had insufficient authentication scopes.")
			}
		}
	}
}

func TestMetadataScopeReadsNoBody(t *testing.T) {
	s := start(t, gmailtest.Options{})
	id := mustImport(t, service(t, s, all()...), mail("<1@example.com>", "x")).Id
	svc := service(t, s, gmailtest.ScopeMetadata)
	if _, err := svc.Users.Messages.Get("me", id).Format("metadata").Do(); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"raw", "full"} {
		_, err := svc.Users.Messages.Get("me", id).Format(format).Do()
		wantError(t, err, 403, "forbidden", "Metadata scope doesn't allow format")
	}
}

func TestDeadTokens(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	mustImport(t, svc, mail("<1@example.com>", "x"))
	s.ExpireAccessTokens()
	_, err := imported(svc, large(3<<20))
	if e := wantError(t, err, 401, "authError", "invalid authentication credentials"); e.Header.Get("Www-Authenticate") == "" {
		t.Error("no WWW-Authenticate")
	}
	resp, body := do(t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, "GET", s.URL()+"gmail/v1/users/me/labels", nil)
	if resp.StatusCode != 401 {
		t.Errorf("without a token: %d %s", resp.StatusCode, body)
	}
	wantStored(t, s, mail("<1@example.com>", "x"))
}

func TestWhoseMailbox(t *testing.T) {
	s := start(t, gmailtest.Options{Addresses: []string{"User@Example.org", "other@example.org"}})
	svc := service(t, s, all()...)
	if _, err := svc.Users.Labels.List("user@example.ORG").Do(); err != nil {
		t.Error(err)
	}
	_, err := svc.Users.Labels.List("other@example.org").Do()
	wantError(t, err, 403, "forbidden", "Delegation denied for "+user)
	without := start(t, gmailtest.Options{Addresses: []string{"other@example.org"}})
	_, err = service(t, without, all()...).Users.Labels.List("me").Do()
	wantError(t, err, 400, "failedPrecondition", "Mail service not enabled")
	resp, body := do(t, httpClient(t, s), "GET", s.URL()+"gmail/v1/users/me/drafts", nil)
	if resp.StatusCode != 404 || s.Counts()[gmailtest.KindUnknown] != 1 {
		t.Errorf("an unknown method: %d %s", resp.StatusCode, body)
	}
}

func TestQuotaOfASlidingMinute(t *testing.T) {
	c := newClock()
	s := start(t, gmailtest.Options{Now: c.now, UnitsPerMinute: 60, RetryAfter: "7"})
	svc := service(t, s, all()...)
	began := c.now()
	mustImport(t, svc, mail("<1@example.com>", "x"))
	c.move(30 * time.Second)
	mustImport(t, svc, mail("<2@example.com>", "x"))
	_, err := imported(svc, mail("<3@example.com>", "x"))
	if e := wantError(t, err, 429, "rateLimitExceeded", "Quota exceeded"); e.Header.Get("Retry-After") != "7" {
		t.Errorf("Retry-After %q", e.Header.Get("Retry-After"))
	}
	if _, err := svc.Users.Labels.List("me").Do(); err != nil {
		t.Errorf("10 units are left, 1 was refused: %v", err)
	}
	c.move(30 * time.Second)
	mustImport(t, svc, mail("<3@example.com>", "x"))
	if all, late := s.UnitsIn("USER@example.org", time.Time{}), s.UnitsIn(user, began.Add(time.Second)); all != 76 || late != 51 {
		t.Errorf("units: %d in all, %d after the first second", all, late)
	}
	c.move(-48 * time.Hour)
	mustImport(t, svc, mail("<4@example.com>", "x"))
}

func TestQuotaAnsweredWith403(t *testing.T) {
	s := start(t, gmailtest.Options{UnitsPerMinute: 10, QuotaStatus: 403})
	_, err := imported(service(t, s, all()...), large(1<<20))
	wantError(t, err, 403, "rateLimitExceeded", "Quota exceeded")
	wantNothing(t, s)
	if r := s.Requests(); len(r) != 1 || r[0].Status != 403 || r[0].Units != 0 || r[0].Kind != gmailtest.KindImport {
		t.Errorf("requests %+v", r)
	}
	if s, err := gmailtest.Start(gmailtest.Options{QuotaStatus: 500}); err == nil {
		s.Close()
		t.Error("started with a quota status of 500")
	}
}

func TestTooManyAtOnce(t *testing.T) {
	s := start(t, gmailtest.Options{MaxConcurrent: 2, RetryAfter: "1"})
	svc := service(t, s, all()...)
	inside := make(chan bool, 2)
	s.SetFault(func(r gmailtest.Request) *gmailtest.Fault {
		if r.Stage == gmailtest.StageBody {
			inside <- true
		}
		return nil
	})
	c := httpClient(t, s, all()...)
	var wg sync.WaitGroup
	var bodies [2]*io.PipeWriter
	for i := range bodies {
		var r *io.PipeReader
		r, bodies[i] = io.Pipe()
		wg.Go(func() {
			resp, err := c.Post(s.URL()+importPath+"?uploadType=media", "message/rfc822", r)
			if err != nil {
				t.Error(err)
				return
			}
			resp.Body.Close()
			if resp.StatusCode != 200 {
				t.Errorf("HTTP %d", resp.StatusCode)
			}
		})
		<-inside
	}
	_, err := imported(svc, mail("<3@example.com>", "x"))
	wantError(t, err, 429, "rateLimitExceeded", "Too many concurrent requests for user")
	for _, w := range bodies {
		w.Write(mail("<1@example.com>", "x"))
		w.Close()
	}
	wg.Wait()
	mustImport(t, svc, mail("<3@example.com>", "x"))
	if n := len(s.Messages(user)); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

func TestLatencyIsPassedBeforeTheAnswer(t *testing.T) {
	s := start(t, gmailtest.Options{Latency: 30 * time.Millisecond})
	svc := service(t, s, all()...)
	began := time.Now()
	mustImport(t, svc, mail("<1@example.com>", "x"))
	if d := time.Since(began); d < 30*time.Millisecond {
		t.Errorf("answered after %v", d)
	}
}

func TestRequestsAndDate(t *testing.T) {
	c := newClock()
	s := start(t, gmailtest.Options{Now: c.now})
	m := mustImport(t, service(t, s, all()...), mail("<1@example.com>", "x"))
	if got := m.ServerResponse.Header.Get("Date"); got != "Sun, 01 Mar 2026 12:00:00 GMT" {
		t.Errorf("Date %q", got)
	}
	r := s.Requests()[0]
	if r.Method != "POST" || r.Path != "/"+importPath || r.Address != user || r.MessageID != "<1@example.com>" ||
		r.Nth != 1 || r.Status != 200 || r.Units != 25 || !r.At.Equal(c.now()) || r.UploadType != "multipart" || r.Stage != "" {
		t.Errorf("request %+v", r)
	}
	if got := s.Counts(); got[gmailtest.KindImport] != 1 || len(got) != 1 {
		t.Errorf("counts %v", got)
	}
	s.ResetCounters()
	if len(s.Requests()) != 0 || len(s.Counts()) != 0 || s.UnitsIn(user, time.Time{}) != 0 {
		t.Error("counters were not reset")
	}
	_, body := do(t, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, "GET", s.URL()+"nowhere", nil)
	if s.Requests()[0].Nth != 1 || body == "" {
		t.Errorf("requests %+v", s.Requests())
	}
}

func TestForgetLetsGoOfMailAndQuota(t *testing.T) {
	const latency = 10 * time.Millisecond
	s := start(t, gmailtest.Options{UnitsPerMinute: 25, Latency: latency})
	svc := service(t, s, all()...)
	for range 2 {
		mustImport(t, svc, mail("<1@example.com>", "x"))
		if n := len(s.Messages(user)); n != 1 {
			t.Errorf("%d messages, want 1", n)
		}
		if r := s.Requests(); len(r) != 1 || r[0].Answered.Sub(r[0].At) < latency {
			t.Errorf("want one request, answered after the latency: %+v", r)
		}
		s.Forget()
		if left := len(s.Messages(user)) + len(s.Requests()) + s.UnitsIn(user, time.Time{}); left != 0 {
			t.Errorf("%d messages, requests and units are left", left)
		}
	}
}
