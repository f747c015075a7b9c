package devicetest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
)

// The kinds of requests.
const (
	KindDevice = "device"
	KindToken  = "token"
)

// Request is one that was made of the endpoints.
type Request struct {
	// Kind is KindDevice or KindToken.
	Kind string
	// Grant is the grant_type of a token request.
	Grant string
	// Scope is what was asked for.
	Scope string
	// Error is the OAuth error of the answer, empty where there was none.
	Error string
}

// Fault is what goes wrong with a request.
type Fault struct {
	// Cut closes the connection without an answer.
	Cut bool
	// Status and Body are the answer; 400 when there is Code.
	Status int
	Body   string
	// Code is the OAuth error, and AADSTS the number that goes with it.
	Code   string
	AADSTS int
}

// SetFault has fn asked before each request what goes wrong with it; nil from
// it is nothing, and a nil fn ends all faults.
func (s *Server) SetFault(fn func(Request) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fn
}

// Requests gives the requests so far, or since Forget.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Forget forgets the requests.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

// maxForm is how many octets a request may have.
const maxForm = 64 << 10

// endpoint serves what takes a form and answers with JSON.
func (s *Server) endpoint(kind string, do func(url.Values) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxForm))
		if err != nil {
			return // the client is gone
		}
		form, err := url.ParseQuery(string(body))
		if err != nil {
			http.Error(w, "the form can't be read", http.StatusBadRequest)
			return
		}
		answer, err := s.answer(kind, form, do)
		var f *faulty
		switch {
		case errors.As(err, &f) && f.Cut:
			panic(http.ErrAbortHandler)
		case errors.As(err, &f):
			w.WriteHeader(f.Status)
			_, _ = io.WriteString(w, f.Body) // a client that is gone needs none
		default:
			s.tell(answer)
			write(w, answer, err)
		}
	}
}

// faulty is a fault as an error.
type faulty struct{ *Fault }

func (faulty) Error() string { return "a fault" }

// answer works out one answer, and keeps what was asked.
func (s *Server) answer(kind string, form url.Values, do func(url.Values) (any, error)) (answer any, err error) {
	asked := Request{Kind: kind, Grant: form.Get("grant_type"), Scope: form.Get("scope")}
	f := s.faultOf(asked)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case f == nil:
		answer, err = do(form)
	case f.Code != "":
		err = refuse(f.Code, f.AADSTS, "An error that was asked for.")
	default:
		err = &faulty{f}
	}
	var r *refusal
	if errors.As(err, &r) {
		asked.Error = r.code
	}
	s.requests = append(s.requests, asked)
	return answer, err
}

func (s *Server) faultOf(asked Request) *Fault {
	s.mu.Lock()
	fn := s.fault
	s.mu.Unlock()
	if fn == nil {
		return nil
	}
	return fn(asked)
}

func write(w http.ResponseWriter, answer any, err error) {
	status := http.StatusOK
	var r *refusal
	if errors.As(err, &r) {
		status = r.status
		answer = map[string]any{"error": r.code, "error_description": r.description(), "error_codes": []int{r.number}}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // a client that is gone needs none
}
