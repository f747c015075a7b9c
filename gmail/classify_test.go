package gmail_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
)

// googleError is an error answer in Google's form.
func googleError(status int, reason, message string) string {
	item := map[string]any{"message": message, "domain": "global", "reason": reason}
	answer, err := json.Marshal(map[string]any{
		"error": map[string]any{"code": status, "message": message, "errors": []any{item}},
	})
	if err != nil {
		panic(err) // strings and numbers encode
	}
	return string(answer)
}

// TestKindOfAnswer is the table of what Gmail's answers to an import mean.
func TestKindOfAnswer(t *testing.T) {
	for _, c := range []struct {
		status          int
		reason, message string
		kind            gmail.Kind
		listed          bool
		hint            string
	}{
		{400, "invalidArgument", "Invalid attachment", gmail.Refused, true, ""},
		{400, "invalidArgument", "Expected a single 'From' header", gmail.Refused, true, ""},
		{400, "invalidArgument", "Missing 'From' header", gmail.Refused, true, ""},
		{400, "invalidArgument", "Invalid From header", gmail.Refused, true, ""},
		{400, "uploadTooLarge", "The media", gmail.Refused, true, ""},
		{413, "uploadTooLarge", "Request Entity Too Large", gmail.Refused, true, ""},
		{400, "badRequest", "Bad Request", gmail.Refused, false, ""},
		{400, "invalidArgument", "something new", gmail.Refused, false, ""},
		{400, "invalidArgument", "Invalid label: Label_7", gmail.Configuration, false, "`labels`"},
		{400, "invalidArgument", "labelId not found", gmail.Configuration, false, "`labels`"},
		{400, "failedPrecondition", "Mail service not enabled", gmail.Configuration, false, "has Gmail"},
		{403, "domainPolicy", "The domain administrators have disabled Gmail apps.", gmail.Configuration, false, "administrator"},
		{403, "accessNotConfigured", "Gmail API has not been used", gmail.Configuration, false, "enable"},
		{403, "forbidden", "Delegation denied", gmail.Configuration, false, ""},
		{404, "notFound", "Not Found", gmail.Configuration, false, "`endpoint`"},
		{405, "", "", gmail.Configuration, false, "`endpoint`"},
		{401, "authError", "Invalid Credentials", gmail.Unauthorised, false, gmail.HintLogin},
		{403, "insufficientPermissions", "Insufficient Permission", gmail.Unauthorised, false, gmail.HintLogin},
		{403, "rateLimitExceeded", "Rate Limit Exceeded", gmail.RateLimited, false, ""},
		{403, "userRateLimitExceeded", "User Rate Limit Exceeded", gmail.RateLimited, false, ""},
		{403, "RATE_LIMIT_EXCEEDED", "Quota exceeded", gmail.RateLimited, false, ""},
		{429, "rateLimitExceeded", "Too many concurrent requests for user", gmail.RateLimited, false, ""},
		{408, "", "Request Timeout", gmail.Passing, false, ""},
		{500, "backendError", "Backend Error", gmail.InDoubt, false, ""},
		{503, "backendError", "", gmail.InDoubt, false, ""},
	} {
		t.Run(fmt.Sprintf("%d %s %s", c.status, c.reason, c.message), func(t *testing.T) {
			client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				w.WriteHeader(c.status)
				io.WriteString(w, googleError(c.status, c.reason, c.message))
			})
			_, err := client.Upload(t.Context(), message{"kind", 1000}.upload())
			e := failure(t, err, c.kind)
			if e.Listed != c.listed || e.Status != c.status || e.Op != "import" {
				t.Errorf("%+v", e)
			}
			if c.hint == "" && e.Hint != "" || !strings.Contains(e.Hint, c.hint) {
				t.Errorf("hint %q, want %q", e.Hint, c.hint)
			}
			if !strings.Contains(e.Reason, c.reason) || !strings.Contains(e.Reason, c.message) {
				t.Errorf("reason %q", e.Reason)
			}
		})
	}
}

// TestLimitOfAnswer is the table of what was asked for too often.
func TestLimitOfAnswer(t *testing.T) {
	for _, c := range []struct {
		status          int
		reason, message string
		limit           gmail.Limit
	}{
		{429, "rateLimitExceeded", "Too many concurrent requests for user", gmail.AtOnce},
		{403, "userRateLimitExceeded", "Too Many Concurrent Requests for user", gmail.AtOnce},
		{429, "rateLimitExceeded", "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute per user'", gmail.PerMinute},
		{403, "userRateLimitExceeded", "User Rate Limit Exceeded", gmail.PerMinute},
		{429, "", "", gmail.PerMinute},
		{403, "dailyLimitExceeded", "Daily Limit Exceeded", gmail.OtherLimit},
	} {
		client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.WriteHeader(c.status)
			io.WriteString(w, googleError(c.status, c.reason, c.message))
		})
		_, err := client.Upload(t.Context(), message{"limit", 1000}.upload())
		if e := failure(t, err, gmail.RateLimited); e.Limit != c.limit {
			t.Errorf("%d %s %q: limit %d, want %d", c.status, c.reason, c.message, e.Limit, c.limit)
		}
	}
}

// TestNewStyleErrors: some of Google's servers give status and details alone.
func TestNewStyleErrors(t *testing.T) {
	for answer, kind := range map[string]gmail.Kind{
		`{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED","details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}}`: gmail.Unauthorised,
		`{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED"}]}}`:                gmail.Configuration,
		`{"error":{"code":403,"message":"no","status":"RESOURCE_EXHAUSTED"}}`:                                                         gmail.RateLimited,
		`<html>Forbidden</html>`: gmail.Configuration,
	} {
		client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, answer)
		})
		_, err := client.Upload(t.Context(), message{"new", 1000}.upload())
		failure(t, err, kind)
	}
}

// TestRetryAfter reads the three forms in which a server asks for a pause.
func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		header, message string
		want            time.Duration
	}{
		{"", "Rate Limit Exceeded", 0},
		{"17", "", 17 * time.Second},
		{"Sun, 01 Mar 2026 12:01:30 GMT", "", 90 * time.Second},
		{"Sun, 01 Mar 2026 11:00:00 GMT", "", 0},
		{"", "User-rate limit exceeded.  Retry after 2026-03-01T12:02:00.000Z", 2 * time.Minute},
		{"", "User-rate limit exceeded.  Retry after 2026-03-01T12:02:00Z (Mail sending)", 2 * time.Minute},
		{"999999999", "", 24 * time.Hour},
		{"-5", "", 0},
	} {
		client := scriptedAt(t, now, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if c.header != "" {
				w.Header().Set("Retry-After", c.header)
			}
			w.WriteHeader(http.StatusTooManyRequests)
			io.WriteString(w, googleError(429, "rateLimitExceeded", c.message))
		})
		_, err := client.Upload(t.Context(), message{"pause", 1000}.upload())
		if e := failure(t, err, gmail.RateLimited); e.RetryAfter != c.want {
			t.Errorf("%q %q: %v, want %v", c.header, c.message, e.RetryAfter, c.want)
		}
	}
}

// TestReasonIsPrintable: a server's words reach a terminal.
func TestReasonIsPrintable(t *testing.T) {
	long := strings.Repeat("é", 1000)
	client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, googleError(400, "bad", "a\x1b[31m\r\n\tb "+long))
	})
	_, err := client.Upload(t.Context(), message{"words", 1000}.upload())
	reason := failure(t, err, gmail.Refused).Reason
	if !strings.HasPrefix(reason, "bad: a[31m b é") || len(reason) > 310 || !strings.HasSuffix(reason, "é…") {
		t.Errorf("reason %q", reason)
	}
}
