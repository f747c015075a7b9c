package gmail

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"google.golang.org/api/googleapi"
)

// transport is what the API library's requests go through. It holds them to
// the endpoint, authorises them, follows no redirect, and tells the exchange
// what becomes of them.
type transport struct {
	base   http.RoundTripper
	root   *url.URL
	tokens TokenSource
	now    func() time.Time
	log    *slog.Logger
	dated  atomic.Pointer[dated]
}

// dated is the Date of an answer and the local time that it came at.
type dated struct{ server, local time.Time }

// RoundTrip sends one request. Its errors hold neither the URL's query, which
// is the key to a resumable upload, nor the token.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ex := exchangeOf(req.Context())
	out, err := t.prepare(ex, req)
	if err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	ex.progress()
	resp, err := t.base.RoundTrip(out)
	t.trace(out, resp)
	if err != nil {
		if commits(out) {
			ex.lost()
		}
		return nil, err
	}
	ex.progress()
	return t.receive(ex, out, resp)
}

// prepare makes the request that is sent from the library's.
func (t *transport) prepare(ex *exchange, req *http.Request) (*http.Request, error) {
	if !sameOrigin(req.URL, t.root) {
		return nil, &originError{host: req.URL.Host}
	}
	access, err := t.tokens.Token(req.Context())
	if err != nil {
		return nil, err
	}
	ex.setAccess(access)
	out := req.Clone(req.Context())
	out.URL = beneath(t.root, req.URL)
	out.Header.Set("Authorization", "Bearer "+access)
	if out.Header.Get("Content-Range") != "" {
		ex.sendsChunk()
	}
	if commits(out) {
		ex.began()
	}
	t.follow(ex, out)
	return out, nil
}

// follow makes the request's bodies report to the exchange.
func (t *transport) follow(ex *exchange, out *http.Request) {
	if out.Body == nil || out.Body == http.NoBody {
		if commits(out) {
			ex.handedOver()
		}
		return
	}
	left := out.ContentLength
	if left == 0 { // with a body: of unknown length
		left = -1
	}
	again := out.GetBody
	out.Body = &requestBody{ReadCloser: out.Body, ex: ex, commits: commits(out), left: left}
	if again == nil {
		return
	}
	out.GetBody = func() (body io.ReadCloser, err error) {
		if body, err = again(); err != nil {
			return nil, err
		}
		return &requestBody{ReadCloser: body, ex: ex, commits: commits(out), left: left}, nil
	}
}

// receive looks at an answer before the library does.
func (t *transport) receive(ex *exchange, req *http.Request, resp *http.Response) (*http.Response, error) {
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		t.dated.Store(&dated{server: at, local: t.now()})
	}
	if commits(req) {
		switch {
		case resp.StatusCode >= 500:
			ex.lost()
		case resp.StatusCode >= 300:
			ex.refused()
		}
	}
	limit := ex.answerLimit
	if resp.StatusCode >= 300 {
		limit = min(limit, errorAnswer)
	}
	resp.Body = &answerBody{ReadCloser: resp.Body, ex: ex, limit: limit, left: limit}
	err := errors.Join(redirected(resp), checkResumable(ex, req, resp), t.putOff(req, resp))
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// chunkPatience is the longest that a chunk is held back in an upload. The
// library sends it again at once, whatever Retry-After says.
const chunkPatience = 5 * time.Second

// putOff gives the failure of a chunk that Gmail wants to have later.
func (t *transport) putOff(req *http.Request, resp *http.Response) error {
	if req.Header.Get("Content-Range") == "" || retryAfter(resp.Header, "", t.now()) <= chunkPatience {
		return nil
	}
	return googleapi.CheckResponse(resp)
}

// trace logs a request without its query and headers.
func (t *transport) trace(req *http.Request, resp *http.Response) {
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	t.log.DebugContext(req.Context(), "gmail request",
		"method", req.Method, "path", req.URL.Path, "range", req.Header.Get("Content-Range"), "status", status)
}

// commits tells whether Gmail may store a message by this request: an upload
// in one piece, or the chunk that names the whole size.
func commits(req *http.Request) bool {
	if chunk := req.Header.Get("Content-Range"); chunk != "" {
		return !strings.HasSuffix(chunk, "/*")
	}
	return req.URL.Query().Get("uploadType") == "multipart"
}

// checkResumable guards what the library takes on trust in a resumable
// upload: where to send the chunks, and that they were stored whole.
func checkResumable(ex *exchange, req *http.Request, resp *http.Response) error {
	chunk := req.Header.Get("Content-Range")
	switch {
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return nil
	case chunk == "" && req.URL.Query().Get("uploadType") == "resumable":
		return checkLocation(resp)
	case chunk == "" || resp.Header.Get("X-Http-Status-Code-Override") != "308":
		return nil
	case commits(req):
		ex.refused()
		return errors.New("the server calls the upload incomplete after its last chunk")
	}
	if stored := resp.Header.Get("Range"); stored != "" {
		_, end, _ := strings.Cut(strings.TrimSuffix(chunk, "/*"), "-")
		if stored != "bytes=0-"+end {
			return fmt.Errorf("the server stored %s of a chunk that ends at %s", printable(stored), end)
		}
	}
	return nil
}

// checkLocation makes the address of the upload session absolute. What is sent
// there is held to the endpoint as any request is.
func checkLocation(resp *http.Response) error {
	to, err := resp.Location()
	if err != nil {
		return errors.New("the server gave no address to upload to")
	}
	resp.Header.Set("Location", to.String())
	return nil
}
