package gmailtest

import (
	"net/http"
	"time"
)

// Fault is what goes wrong with a request. Of the ways to end it the first
// one set counts, in the order Reset, Close, Stall, Raw, NotJSON, Truncate,
// Trickle, Status.
// With none of them set the request goes on, after Delay.
type Fault struct {
	// After is, at StageBody, how many octets of the body are read before the
	// fault strikes; a body that ends before is let pass.
	After int64
	// Delay is waited first, by the wall clock.
	Delay time.Duration
	// Reset cuts the connection with a TCP reset.
	Reset bool
	// Close closes the connection without an answer.
	Close bool
	// Stall never answers; the connection stays open until the client goes or
	// the server is closed, and nothing more is read from it.
	Stall bool
	// Raw answers with these octets, header and all, and closes.
	Raw string
	// NotJSON answers with a page of HTML, with Status or 200.
	NotJSON bool
	// Truncate sends half of the answer's body and closes the connection. The
	// answer is the true one at StageAnswer, that of Status and Body elsewhere.
	Truncate bool
	// Trickle sends the body of the answer, the same one as for Truncate, an
	// octet at a time with this pause of the wall clock before each.
	Trickle time.Duration
	// Status answers with this status, Body and Header. At StageAnswer what
	// was committed stays so.
	Status int
	Body   string
	Header http.Header
}

// ends says whether the fault ends the request.
func (f *Fault) ends() bool {
	return f.Reset || f.Close || f.Stall || f.Raw != "" || f.NotJSON || f.Truncate || f.Trickle != 0 || f.Status != 0
}

// Refuse answers with an error in Google's form.
func Refuse(status int, reason, message string) *Fault {
	e := &apiError{code: status, reason: reason, message: message}
	return &Fault{
		Status: status,
		Body:   string(e.json()),
		Header: http.Header{"Content-Type": {"application/json; charset=UTF-8"}},
	}
}

// Unavailable answers 503 backendError, as Google does on a bad day.
func Unavailable() *Fault {
	return Refuse(http.StatusServiceUnavailable, "backendError", "The service is currently unavailable.")
}

// RateLimited answers 429 with the Retry-After given, none when empty.
func RateLimited(retryAfter string) *Fault {
	f := Refuse(http.StatusTooManyRequests, "rateLimitExceeded", "Rate Limit Exceeded")
	if retryAfter != "" {
		f.Header.Set("Retry-After", retryAfter)
	}
	return f
}

// InvalidGrant is the token endpoint's refusal of a dead refresh token.
func InvalidGrant() *Fault {
	return &Fault{
		Status: http.StatusBadRequest,
		Body:   `{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`,
		Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
	}
}

// Cut closes the connection without an answer.
func Cut() *Fault { return &Fault{Close: true} }

// CutAfter closes the connection after n octets of the body, at StageBody.
func CutAfter(n int64) *Fault { return &Fault{Close: true, After: n} }

// Reset cuts the connection with a TCP reset.
func Reset() *Fault { return &Fault{Reset: true} }

// Stall never answers.
func Stall() *Fault { return &Fault{Stall: true} }

// HTML answers 200 with a page instead of JSON, as a captive portal does.
func HTML() *Fault { return &Fault{NotJSON: true} }

// Truncated sends half of the answer.
func Truncated() *Fault { return &Fault{Truncate: true} }

// Raw answers with these octets, header and all.
func Raw(octets string) *Fault { return &Fault{Raw: octets} }

// Trickling sends the answer an octet at a time, with a pause before each.
func Trickling(pause time.Duration) *Fault { return &Fault{Trickle: pause} }

// Delayed lets the request go on after d of the wall clock.
func Delayed(d time.Duration) *Fault { return &Fault{Delay: d} }

// Times strikes the first n requests of a kind at a stage with f, and lets
// the rest pass; n < 0 strikes them all. An empty kind is any kind.
func Times(n int, kind string, stage Stage, f *Fault) func(Request) *Fault {
	return func(r Request) *Fault {
		if n == 0 || r.Stage != stage || kind != "" && r.Kind != kind {
			return nil
		}
		n--
		return f
	}
}

// Once is Times with 1.
func Once(kind string, stage Stage, f *Fault) func(Request) *Fault {
	return Times(1, kind, stage, f)
}

// OnMessage strikes every request whose body holds the message with this
// Message-ID (angle brackets and all), at StageCommit or StageAnswer.
func OnMessage(messageID string, stage Stage, f *Fault) func(Request) *Fault {
	return func(r Request) *Fault {
		if r.Stage != stage || r.MessageID != messageID {
			return nil
		}
		return f
	}
}

// Either asks several fault functions in turn; the first fault counts.
func Either(fns ...func(Request) *Fault) func(Request) *Fault {
	return func(r Request) *Fault {
		for _, fn := range fns {
			if f := fn(r); f != nil {
				return f
			}
		}
		return nil
	}
}

// SetFault makes fn decide, at every stage of every request, whether
// something goes wrong; nil ends all faults. Calls of fn don't overlap, so it
// may count without a lock; it must not call SetFault itself.
func (s *Server) SetFault(fn func(Request) *Fault) {
	s.faultMu.Lock()
	defer s.faultMu.Unlock()
	s.fault = fn
}
