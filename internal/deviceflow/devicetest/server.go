// Package devicetest is a stand-in for a provider's OAuth: an HTTP server in
// the process that authorises devices (RFC 8628) and renews tokens, with the
// errors and codes of Microsoft's. What a person does at its page, tests do by
// the page itself or by Approve and Decline.
package devicetest

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// ClientID is the application that the stand-in knows where none is given.
const ClientID = "stand-in-app"

// Options says how the stand-in behaves. The zero value knows a public client
// whose tokens live for an hour, and keeps its refresh tokens.
type Options struct {
	// Addr is where to listen; "127.0.0.1:0" when empty.
	Addr string
	// Now is the clock by which codes and tokens expire; nil is time.Now.
	Now func() time.Time
	// ClientID is the application; the constant when empty.
	ClientID string
	// ClientSecret is wanted of the application; where it is empty, none may
	// be given.
	ClientSecret string
	// Interval is how long a device is to wait between requests, in whole
	// seconds; 5 s when 0.
	Interval time.Duration
	// CodeLife is how long a code can be typed; 15 min when 0.
	CodeLife time.Duration
	// TokenLife is how long access tokens live; an hour when 0.
	TokenLife time.Duration
	// WithCode announces a page that knows the code already.
	WithCode bool
	// Rotate gives a new refresh token with each renewal, and ends the old one.
	Rotate bool
}

func (o Options) withDefaults() Options {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.ClientID == "" {
		o.ClientID = ClientID
	}
	if o.Interval == 0 {
		o.Interval = 5 * time.Second
	}
	if o.CodeLife == 0 {
		o.CodeLife = 15 * time.Minute
	}
	if o.TokenLife == 0 {
		o.TokenLife = time.Hour
	}
	return o
}

// Server is a running stand-in. Its methods may be called at any time and
// from any goroutine.
type Server struct {
	opt  Options
	url  string
	http *http.Server

	mu       sync.Mutex
	codes    []*code
	access   map[string]token
	refresh  map[string]token
	requests []Request
	fault    func(Request) *Fault
	person   func(userCode string)
}

// Start listens and serves until Close.
func Start(o Options) (*Server, error) {
	o = o.withDefaults()
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("start the OAuth stand-in: %w", err)
	}
	s := New(o, "http://"+l.Addr().String())
	s.http = &http.Server{Handler: s.Handler(), ErrorLog: log.New(io.Discard, "", 0)}
	go func() {
		if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			l.Close()
		}
	}()
	return s, nil
}

// New makes a stand-in without a listener: its Handler is to be served at url,
// which has no slash at its end.
func New(o Options, url string) *Server {
	return &Server{opt: o.withDefaults(), url: url, access: map[string]token{}, refresh: map[string]token{}}
}

// Handler serves the endpoints and the page.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /devicecode", s.endpoint(KindDevice, s.deviceCode))
	mux.HandleFunc("POST /token", s.endpoint(KindToken, s.token))
	mux.HandleFunc("GET /device", s.page)
	mux.HandleFunc("POST /device", s.decide)
	return mux
}

// Close cuts all connections.
func (s *Server) Close() {
	if s.http != nil {
		_ = s.http.Close() // nothing is left to be said
	}
}

// DeviceURI is where a device asks for a code: device_uri.
func (s *Server) DeviceURI() string { return s.url + "/devicecode" }

// TokenURI is where it asks for tokens: token_uri.
func (s *Server) TokenURI() string { return s.url + "/token" }

// PageURI is where a person types the code.
func (s *Server) PageURI() string { return s.url + "/device" }
