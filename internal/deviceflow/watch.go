package deviceflow

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// NewTransport gives a transport for the few requests of a login or a run.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = 64 << 10
	return t
}

// maxRefusal is how many octets are looked at of an answer.
const maxRefusal = 32 << 10

// Watch is a transport that remembers why a token server refused to renew a
// token: who asks for tokens only learns that it did.
type Watch struct {
	// Base carries the requests.
	Base http.RoundTripper

	mu   sync.Mutex
	last *Error
}

// RoundTrip carries a request.
func (w *Watch) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.Base.RoundTrip(r)
	var last *Error
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxRefusal)) // the reader after us meets the error, too
		last = newError("renew the token", resp.StatusCode, body)
		resp.Body = joined{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last = last
	return resp, err
}

// Take gives what the last answer since the last Take refused, or nil.
func (w *Watch) Take() *Error {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := w.last
	w.last = nil
	return last
}

// joined is a body of which the beginning was read.
type joined struct {
	io.Reader
	io.Closer
}
