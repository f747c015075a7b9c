package gmailtest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// answer is what a request is answered with, once nothing goes wrong.
type answer struct {
	status int
	header http.Header
	body   []byte
	// stream writes the body instead, where it is too large to hold.
	stream func(io.Writer) error
}

// jsonAnswer is 200 with v.
func jsonAnswer(v any) (answer, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return answer{}, err
	}
	return answer{
		status: http.StatusOK,
		header: http.Header{"Content-Type": {"application/json; charset=UTF-8"}},
		body:   append(body, '\n'),
	}, nil
}

// errorAnswer is the answer to a request that failed with err.
func errorAnswer(err error) answer {
	var refused interface {
		error
		answer() answer
	}
	if errors.As(err, &refused) {
		return refused.answer()
	}
	return (&apiError{code: http.StatusInternalServerError, reason: "backendError", message: err.Error()}).answer()
}

func (e *apiError) answer() answer {
	h := http.Header{"Content-Type": {"application/json; charset=UTF-8"}}
	for k, v := range e.header {
		h[k] = v
	}
	return answer{status: e.code, header: h, body: e.json()}
}

// call is one request on its way through the stages.
type call struct {
	s   *Server
	w   http.ResponseWriter
	r   *http.Request
	rec Request
	// token and box are there once the user was authenticated.
	token *token
	box   *mailbox
}

func (s *Server) newCall(w http.ResponseWriter, r *http.Request, kind string) *call {
	return &call{s: s, w: w, r: r, rec: Request{
		Kind:   kind,
		Method: r.Method,
		Path:   r.URL.Path,
		Query:  r.URL.RawQuery,
		Range:  r.Header.Get("Content-Range"),
		Nth:    s.count(kind),
		At:     s.now(),
	}}
}

// serve takes a request through its stages; do stands for all between the
// header and the answer.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, kind string, do func(*call) (answer, error)) {
	c := s.newCall(w, r, kind)
	if err := c.consult(StageBefore); err != nil {
		c.strike(err, answer{})
		return
	}
	a, err := do(c)
	if c.strike(err, answer{}) {
		return
	}
	if err != nil {
		a = errorAnswer(err)
	}
	// Unread octets would make net/http close the connection, and the client
	// might lose the answer over its own sending.
	io.Copy(io.Discard, r.Body)
	c.rec.Status = a.status
	if c.strike(c.consult(StageAnswer), a) {
		return
	}
	c.send(a)
}

// send records the request, then answers: a client that has its answer finds
// its request in the log.
func (c *call) send(a answer) {
	c.rec.Status = a.status
	c.s.record(c.rec)
	h := c.w.Header()
	h.Set("Date", c.s.now().UTC().Format(http.TimeFormat))
	for k, v := range a.header {
		h[k] = v
	}
	if a.stream == nil {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	c.w.WriteHeader(a.status)
	if a.stream == nil {
		c.w.Write(a.body)
		return
	}
	if err := a.stream(c.w); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// open gives the body. Whoever reads it must read it to its end before
// anything is stored: a client that gives up in mid-stream may well have
// written a closing boundary before.
func (c *call) open() io.Reader {
	if f := c.ask(StageBody); f != nil {
		return &faultyBody{c: c, f: f, left: f.After}
	}
	return c.r.Body
}

// brokenOff is the refusal of a body that could not be read to its end, or
// the fault that was the reason.
func brokenOff(err error) error {
	var f *faultError
	if errors.As(err, &f) {
		return f
	}
	return badRequest("The request body breaks off: %v", err)
}
