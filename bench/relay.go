package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// relay passes TCP connections on to a server that seems to be a round trip
// away. It takes away no throughput: what is on its way is as much as
// inFlight, whatever the reader does.
//
// Connecting to the relay succeeds at once, as on loopback, so the round trip
// of TCP's handshake is added to what follows: what the client sends within a
// round trip of its connecting counts as sent after it, and the server sees the
// connection one and a half round trips after the client asked for it, which
// is when the third packet of the handshake would arrive. A server that
// speaks first is thus heard after two round trips, and one that answers
// after two as well.
type relay struct {
	listener net.Listener
	target   string
	trip     atomic.Int64 // a time.Duration
	ctx      context.Context
	cancel   context.CancelFunc

	mu    sync.Mutex
	conns map[net.Conn]bool
	all   sync.WaitGroup
}

// startRelay listens on a port of the loopback interface, and passes
// connections on to target (host:port).
func startRelay(target string, roundTrip time.Duration) (*relay, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start a relay: %w", err)
	}
	r := &relay{listener: l, target: target, conns: map[net.Conn]bool{}}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.setTrip(roundTrip)
	r.all.Go(r.accept)
	return r, nil
}

// setTrip changes the round trip for connections to come.
func (r *relay) setTrip(d time.Duration) { r.trip.Store(int64(d)) }

// Addr is where the relay listens, as host:port.
func (r *relay) Addr() string { return r.listener.Addr().String() }

// Port is the port of Addr.
func (r *relay) Port() int { return r.listener.Addr().(*net.TCPAddr).Port }

// Close cuts all connections and waits until they are gone.
func (r *relay) Close() error {
	r.mu.Lock()
	r.cancel()
	for c := range r.conns {
		c.Close()
	}
	r.mu.Unlock()
	err := r.listener.Close()
	r.all.Wait()
	return err
}

func (r *relay) accept() {
	for {
		c, err := r.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil && r.hold(c) {
			r.all.Go(func() { r.serve(c.(*net.TCPConn), time.Now()) })
		}
	}
}

// hold has Close cut the connection, and cuts it where that was called before.
func (r *relay) hold(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		c.Close()
		return false
	}
	r.conns[c] = true
	return true
}

func (r *relay) drop(c net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c.Close()
	delete(r.conns, c)
}

// serve passes one connection on, which came at accepted.
func (r *relay) serve(client *net.TCPConn, accepted time.Time) {
	defer r.drop(client)
	trip := time.Duration(r.trip.Load())
	if !sleep(r.ctx, time.Until(accepted.Add(trip+trip/2))) {
		return
	}
	c, err := net.Dial("tcp", r.target)
	if err != nil || !r.hold(c) {
		return
	}
	server := c.(*net.TCPConn)
	defer r.drop(server)
	var both sync.WaitGroup
	both.Go(func() { pass(r.ctx, server, client, trip/2, accepted.Add(trip)) })
	both.Go(func() { pass(r.ctx, client, server, trip/2, accepted) })
	both.Wait()
}
