package gmail_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// exchange is one kind of request that a client sends, and the call that
// sends it.
type exchange struct {
	name string
	is   func(*http.Request) bool
	call func(*testing.T, *gmail.Client) error
	// kind is that of the failure when the answer isn't usable.
	kind gmail.Kind
}

// exchanges are all kinds of request.
func exchanges() []exchange {
	send := func(size int64, method gmail.Method) func(*testing.T, *gmail.Client) error {
		return func(t *testing.T, c *gmail.Client) error {
			u := message{"exchange", size}.upload()
			u.Method = method
			_, err := c.Upload(t.Context(), u)
			return err
		}
	}
	chunk := func(suffix string) func(*http.Request) bool {
		return func(r *http.Request) bool {
			span := r.Header.Get("Content-Range")
			return span != "" && strings.HasSuffix(span, "/*") == (suffix == "/*")
		}
	}
	uploads := func(query string) func(*http.Request) bool {
		return func(r *http.Request) bool {
			return strings.Contains(r.URL.RawQuery, "uploadType="+query) && r.Header.Get("Content-Range") == ""
		}
	}
	request := func(method, path string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.Method == method && strings.HasSuffix(r.URL.Path, path) }
	}
	label := func(t *testing.T, c *gmail.Client) error {
		_, err := c.ResolveLabels(t.Context(), []string{"Archive"})
		return err
	}
	return []exchange{
		{"token", request("POST", "/token"), func(t *testing.T, c *gmail.Client) error { return c.CheckToken(t.Context()) }, gmail.Passing},
		{"import", uploads("multipart"), send(1000, gmail.Import), gmail.InDoubt},
		{"insert", uploads("multipart"), send(1000, gmail.Insert), gmail.InDoubt},
		{"start", uploads("resumable"), send(9<<20, gmail.Import), gmail.Passing},
		{"chunk", chunk("/*"), send(9<<20, gmail.Import), gmail.Passing},
		{"last chunk", chunk(""), send(9<<20, gmail.Import), gmail.InDoubt},
		{"labels.list", request("GET", "/labels"), label, gmail.Passing},
		{"labels.create", request("POST", "/labels"), label, gmail.Passing},
		{"messages.list", request("GET", "/messages"), func(t *testing.T, c *gmail.Client) error {
			_, err := c.Search(t.Context(), "<a@example.com>")
			return err
		}, gmail.Passing},
		{"messages.get", request("GET", "/messages/1"), func(t *testing.T, c *gmail.Client) error {
			raw, err := c.Raw(t.Context(), "1")
			if err != nil {
				return err
			}
			defer raw.Close()
			_, err = io.Copy(io.Discard, raw)
			return err
		}, gmail.Passing},
	}
}

// against makes the call at a stand-in that answers the exchange itself by h.
func (x exchange) against(t *testing.T, h http.HandlerFunc) error {
	t.Helper()
	s := standIn(t, gmailtest.Options{})
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if x.is(r) {
			h(w, r)
			return
		}
		s.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return x.call(t, clientOf(t, s, front.URL))
}

// clientOf gives a client for a server in front of a stand-in, with a token
// that has to be refreshed and the transport that a run has.
func clientOf(t *testing.T, s *gmailtest.Server, url string) *gmail.Client {
	t.Helper()
	config, err := gmail.LoadClient(bytes.ReplaceAll(s.ClientJSON(), []byte(s.URL()), []byte(url+"/")))
	if err != nil {
		t.Fatal(err)
	}
	path := savedToken(t, s, time.Now().Add(-time.Hour), gmail.CallScopes(true)...)
	c, err := gmail.New(t.Context(), gmail.Options{
		Endpoint: url, Tokens: gmail.NewFileTokenSource(gmail.TokenFile{Config: config, Path: path, Now: time.Now}), Timeout: 3 * time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestNoExchangeFollowsARedirect: whatever the request, neither the token nor
// what it sends goes anywhere else.
func TestNoExchangeFollowsARedirect(t *testing.T) {
	elsewhere, asked := bystander(t)
	for _, x := range exchanges() {
		for _, status := range []int{302, 308} {
			calls := 0
			err := x.against(t, func(w http.ResponseWriter, r *http.Request) {
				calls++
				io.Copy(io.Discard, r.Body)
				http.Redirect(w, r, elsewhere+r.URL.Path, status)
			})
			e := failure(t, err, gmail.Configuration)
			if host := strings.TrimPrefix(elsewhere, "http://"); !strings.Contains(e.Error(), host) || calls != 1 {
				t.Errorf("%s, %d: %d requests, %q", x.name, status, calls, e)
			}
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("the other server was asked %d times", n)
	}
}
