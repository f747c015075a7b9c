package gmailtest

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// The kinds of request, named as the API's methods are. A resumable upload is
// one KindImport or KindInsert, which pays its units, and a KindChunk for
// every request to its session.
const (
	KindImport      = "messages.import"
	KindInsert      = "messages.insert"
	KindChunk       = "upload.chunk"
	KindList        = "messages.list"
	KindGet         = "messages.get"
	KindLabelList   = "labels.list"
	KindLabelCreate = "labels.create"
	KindProfile     = "users.getProfile"
	KindAuthorize   = "oauth.auth"
	KindToken       = "oauth.token"
	KindUnknown     = "unknown"
)

// Stage is a moment in the life of a request at which a fault may strike.
type Stage string

// The stages. Commit is reached only by requests that would store a message.
const (
	StageBefore Stage = "before" // the header was read, the body was not
	StageBody   Stage = "body"   // about to read the body; see Fault.After
	StageCommit Stage = "commit" // the body is whole and good, nothing is stored
	StageAnswer Stage = "answer" // all is done, the answer is not sent
)

// Request is one request, as far as it has come.
type Request struct {
	Kind   string
	Method string
	Path   string
	// Query is the raw query string.
	Query string
	// Stage is set for a fault function only.
	Stage Stage
	// Nth counts the requests of this kind, from 1.
	Nth int
	// Address is the mailbox that the token opens; empty before that is known.
	Address string
	// UploadType is media, multipart, resumable or raw (JSON), for a message.
	UploadType string
	// Range is the Content-Range of a piece of a resumable upload.
	Range string
	// MessageID is the Message-ID field, angle brackets and all, of the
	// message in the body; empty until that was read.
	MessageID string
	// GrantType is that of a token request, once its body was read.
	GrantType string
	// Status is the HTTP status of the answer, 0 where none was sent.
	Status int
	// Units is the quota that was charged.
	Units int
	// At is when the header was read, by Options.Now.
	At time.Time
	// Answered is when it ended, after the latency, by Options.Now: at an
	// answer's first octet, or when the fault struck.
	Answered time.Time
}

// Requests gives the requests that ended since the start or ResetCounters, in
// the order in which they did. A client that has its answer finds it here.
func (s *Server) Requests() []Request {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	return slices.Clone(s.log)
}

// Counts gives the number of requests by kind, those under way included.
func (s *Server) Counts() map[string]int {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	return maps.Clone(s.counts)
}

// UnitsIn gives the quota units charged to address by requests that came at
// since or later. A zero since means all.
func (s *Server) UnitsIn(address string, since time.Time) int {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	units := 0
	for _, r := range s.log {
		if strings.EqualFold(r.Address, address) && !r.At.Before(since) {
			units += r.Units
		}
	}
	return units
}

// ResetCounters forgets the requests and starts counting anew. Quota already
// used stays used.
func (s *Server) ResetCounters() {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.log = nil
	s.counts = map[string]int{}
}

// Forget lets go of all mail, of the requests and of the quota used. Labels
// and tokens stay.
func (s *Server) Forget() {
	s.ResetCounters()
	s.quota.forget()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.boxes {
		b.close()
		b.messages = nil
	}
}

// count gives a request its number among those of its kind.
func (s *Server) count(kind string) int {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	s.counts[kind]++
	return s.counts[kind]
}

func (s *Server) record(r Request) {
	s.logMu.Lock()
	defer s.logMu.Unlock()
	r.Stage = ""
	r.Answered = s.now()
	s.log = append(s.log, r)
}
