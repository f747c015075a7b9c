package reliability_test

import (
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// front is a listener before the stand-in that knows when all that a killed
// process had sent was dealt with.
type front struct {
	listener net.Listener
	server   *http.Server

	mu      sync.Mutex
	open    map[net.Conn]bool
	seen    map[string]bool // remote addresses
	changed chan struct{}
}

func startFront(t *testing.T, h http.Handler) *front {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{listener: l, open: map[net.Conn]bool{}, seen: map[string]bool{}, changed: make(chan struct{})}
	f.server = &http.Server{Handler: h, ConnState: f.note}
	go func() { _ = f.server.Serve(l) }() // until Close
	t.Cleanup(func() { f.server.Close() })
	return f
}

func (f *front) url() string { return "http://" + f.listener.Addr().String() + "/" }

func (f *front) note(c net.Conn, s http.ConnState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch s {
	case http.StateNew:
		f.open[c] = true
		f.seen[c.RemoteAddr().String()] = true
	case http.StateClosed, http.StateHijacked:
		delete(f.open, c)
	}
	close(f.changed)
	f.changed = make(chan struct{})
}

// quiet waits until no connection is left. One of its own, which is accepted
// after those before it, shows that none is still to come.
func (f *front) quiet(t *testing.T) {
	t.Helper()
	last, err := net.Dial("tcp", f.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer last.Close()
	name := last.LocalAddr().String()
	f.await(t, func() bool { return f.seen[name] })
	last.Close()
	f.await(t, func() bool { return len(f.open) == 0 })
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.seen)
}

func (f *front) await(t *testing.T, done func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		f.mu.Lock()
		ok, changed := done(), f.changed
		f.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatal("connections to the stand-in stay open")
		}
	}
}
