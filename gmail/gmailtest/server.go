package gmailtest

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// DefaultMaxMessage is the largest media that Gmail takes, in octets
// (discovery document, users.messages.import, maxSize).
const DefaultMaxMessage = 157286400

// Options says how the stand-in behaves. The zero value is a Gmail with one
// mailbox, user@example.org, no quota and no folding.
type Options struct {
	// Addr is where to listen; "127.0.0.1:0" when empty.
	Addr string
	// Now is the clock of mail, quota, index and the HTTP Date; time.Now when
	// nil. Tokens live by the wall clock, as the oauth2 library's do.
	Now func() time.Time
	// Addresses are the mailboxes it has. The authorisation page lets a person
	// choose among them; Authorize and its like log in the first. An API call
	// for any other address is answered 400 "Mail service not enabled".
	Addresses []string
	// Fold: an import whose Message-ID the mailbox has answers 200 with the id
	// that it has, and stores nothing. An insert never folds.
	Fold bool
	// UnitsPerMinute is the quota of one user in a sliding minute; 0 is
	// unlimited. A request over it costs nothing.
	UnitsPerMinute int
	// QuotaStatus is 429 (the default) or 403, then with reason
	// rateLimitExceeded.
	QuotaStatus int
	// RetryAfter is the Retry-After header of an answer over the quota.
	RetryAfter string
	// MaxConcurrent is how many requests of one user may be under way; 0 is
	// unlimited. One more is answered 429.
	MaxConcurrent int
	// Latency is waited, by the wall clock, before each API answer and after
	// what it answers for was done.
	Latency time.Duration
	// IndexLag is how long after its arrival, by Now, a search for its
	// Message-ID first sees a message.
	IndexLag time.Duration
	// MaxMessage is the largest media in octets; DefaultMaxMessage when 0.
	MaxMessage int64
	// Spam says whether import puts a message into SPAM. It is given the
	// first MiB at most.
	Spam func(raw []byte) bool
	// ExpiresIn is how long access tokens live; an hour when 0.
	ExpiresIn time.Duration
	// RotateRefreshTokens: each refresh answers with a new refresh token, and
	// the old one dies.
	RotateRefreshTokens bool
	// Testing: the consent screen is in Testing. Refresh tokens end seven days
	// by Now after they were given, which answers tell by
	// refresh_token_expires_in, and the authorisation page is blocked for whom
	// TestUsers leaves out.
	Testing bool
	// TestUsers are the addresses of testers; nil is all Addresses.
	TestUsers []string
}

func (o Options) withDefaults() Options {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if len(o.Addresses) == 0 {
		o.Addresses = []string{"user@example.org"}
	}
	if o.TestUsers == nil {
		o.TestUsers = o.Addresses
	}
	if o.QuotaStatus == 0 {
		o.QuotaStatus = http.StatusTooManyRequests
	}
	if o.MaxMessage == 0 {
		o.MaxMessage = DefaultMaxMessage
	}
	if o.ExpiresIn == 0 {
		o.ExpiresIn = time.Hour
	}
	return o
}

// Server is a running stand-in. Its methods may be called at any time and
// from any goroutine, a fault function included.
type Server struct {
	opt   Options
	url   string
	http  *http.Server
	mux   *http.ServeMux
	oauth *authority
	quota *quota
	done  chan struct{}
	once  sync.Once

	faultMu sync.Mutex // held while the fault function runs
	fault   func(Request) *Fault

	logMu  sync.Mutex
	log    []Request
	counts map[string]int

	mu      sync.Mutex // guards the mail
	boxes   map[string]*mailbox
	uploads map[string]*upload
	nextID  uint64
	parked  []net.Conn
}

// Start listens and serves until Close. It fails where it can't listen or an
// option makes no sense.
func Start(opt Options) (*Server, error) {
	opt = opt.withDefaults()
	if opt.QuotaStatus != http.StatusTooManyRequests && opt.QuotaStatus != http.StatusForbidden {
		return nil, fmt.Errorf("start the Gmail stand-in: QuotaStatus %d is neither 429 nor 403", opt.QuotaStatus)
	}
	l, err := net.Listen("tcp", opt.Addr)
	if err != nil {
		return nil, fmt.Errorf("start the Gmail stand-in: %w", err)
	}
	s := newServer(opt, "http://"+l.Addr().String()+"/")
	go func() {
		if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			l.Close()
		}
	}()
	return s, nil
}

func newServer(opt Options, url string) *Server {
	s := &Server{
		opt:     opt,
		url:     url,
		done:    make(chan struct{}),
		counts:  map[string]int{},
		boxes:   map[string]*mailbox{},
		uploads: map[string]*upload{},
		quota:   newQuota(opt),
		oauth:   newAuthority(opt, url),
	}
	for _, a := range opt.Addresses {
		s.boxes[strings.ToLower(a)] = newMailbox(a)
	}
	s.mux = s.routes()
	s.http = &http.Server{Handler: s.mux, ErrorLog: log.New(io.Discard, "", 0)}
	return s
}

// URL is the root of the API, with a slash at its end: what
// option.WithEndpoint and the configuration's endpoint take.
func (s *Server) URL() string { return s.url }

// Handler serves the API and the authorisation pages, for a listener of the
// caller's own.
func (s *Server) Handler() http.Handler { return s.mux }

// Close cuts all connections and lets go of the mail.
func (s *Server) Close() {
	s.once.Do(func() {
		close(s.done)
		s.http.Close()
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, c := range s.parked {
			c.Close()
		}
		for _, u := range s.uploads {
			u.media.discard()
		}
		for _, b := range s.boxes {
			b.close()
		}
	})
}

// now is the stand-in's clock.
func (s *Server) now() time.Time { return s.opt.Now() }

// wait passes d by the wall clock, or less when the server is closed.
func (s *Server) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.done:
	}
}

// newIDLocked makes an id: 16 hexadecimal digits, as those of Gmail.
func (s *Server) newIDLocked() string {
	s.nextID++
	return fmt.Sprintf("%016x", 0x19a0000000000000+s.nextID)
}
