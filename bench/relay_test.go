package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// listen serves each connection of a test by fn.
func listen(t *testing.T, fn func(*net.TCPConn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // the test is over
			}
			all.Go(func() {
				defer c.Close()
				fn(c.(*net.TCPConn))
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		all.Wait()
	})
	return l.Addr().String()
}

// connect connects to a target through a relay.
func connect(t *testing.T, target string, trip time.Duration) *net.TCPConn {
	t.Helper()
	r, err := startRelay(target, trip)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return dialTCP(t, r.Addr())
}

func dialTCP(t *testing.T, addr string) *net.TCPConn {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

func randomOctets(n int) []byte {
	octets := make([]byte, n)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range octets {
		octets[i] = byte(random.Uint32())
	}
	return octets
}

// TestRelayKeepsOctets sends more than a direction holds both ways at once,
// and ends the one while the other goes on.
func TestRelayKeepsOctets(t *testing.T) {
	sent := randomOctets(inFlight + 1<<20)
	for _, trip := range []time.Duration{0, 10 * time.Millisecond} {
		heard := make(chan [32]byte, 1)
		target := listen(t, func(c *net.TCPConn) {
			var both sync.WaitGroup
			both.Go(func() {
				h := sha256.New()
				_, _ = io.Copy(h, c) // what is missing is missing in the sum
				heard <- [32]byte(h.Sum(nil))
			})
			_, _ = c.Write(sent)
			both.Wait()
			_, _ = io.WriteString(c, "after the end")
		})
		c := connect(t, target, trip)
		var writer sync.WaitGroup
		writer.Go(func() {
			_, _ = c.Write(sent)
			_ = c.CloseWrite()
		})
		got, err := io.ReadAll(c)
		writer.Wait()
		if err != nil || !bytes.Equal(got, append(bytes.Clone(sent), "after the end"...)) {
			t.Errorf("%v: got %d octets, sent %d: %v", trip, len(got), len(sent), err)
		}
		if <-heard != sha256.Sum256(sent) {
			t.Errorf("%v: the server got other octets than were sent", trip)
		}
	}
}

// TestRelayTakesItsTime: nothing may come early. Late it may be, on a machine
// that is busy.
func TestRelayTakesItsTime(t *testing.T) {
	const trip = 60 * time.Millisecond
	target := listen(t, func(c *net.TCPConn) {
		_, _ = io.WriteString(c, "+")
		_, _ = io.Copy(c, c)
	})
	begin := time.Now()
	c := connect(t, target, trip)
	expect := func(what string, atLeast time.Duration) {
		t.Helper()
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if took := time.Since(begin); took < atLeast {
			t.Errorf("%s after %v, want %v at least", what, took, atLeast)
		}
	}
	expect("a greeting", 2*trip)
	begin = time.Now()
	if _, err := io.WriteString(c, "1"); err != nil {
		t.Fatal(err)
	}
	expect("an echo", trip)
}

// TestRelayCountsTheHandshake: who speaks first, the client, can't be answered
// before two round trips either.
func TestRelayCountsTheHandshake(t *testing.T) {
	const trip = 60 * time.Millisecond
	begin := time.Now()
	c := connect(t, listen(t, func(c *net.TCPConn) { _, _ = io.Copy(c, c) }), trip)
	if _, err := io.WriteString(c, "1"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took < 2*trip {
		t.Errorf("the first answer came after %v, want %v at least", took, 2*trip)
	}
}

// TestDelayTakesNoThroughput: what is on its way is bounded by inFlight, not
// by what has arrived.
func TestDelayTakesNoThroughput(t *testing.T) {
	accepted := make(chan *net.TCPConn)
	over := make(chan struct{})
	target := listen(t, func(c *net.TCPConn) {
		accepted <- c
		<-over
	})
	client, far := dialTCP(t, target), dialTCP(t, target)
	src, dst := <-accepted, <-accepted
	if src.RemoteAddr().String() != client.LocalAddr().String() {
		src, dst = dst, src
	}
	ctx, cancel := context.WithCancel(t.Context())
	var passing sync.WaitGroup
	passing.Go(func() { pass(ctx, dst, src, time.Hour, time.Now()) })
	if n, err := client.Write(make([]byte, inFlight)); err != nil {
		t.Errorf("only %d octets were taken before one arrived: %v", n, err)
	}
	cancel()
	passing.Wait()
	close(over)
	if n, _ := io.Copy(io.Discard, far); n != 0 {
		t.Errorf("%d octets came an hour early", n)
	}
}

func TestCloseDoesNotWaitForTheDelay(t *testing.T) {
	r, err := startRelay("127.0.0.1:1", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	c := dialTCP(t, r.Addr())
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("a closed relay still has its connection: %d octets, %v", n, err)
	}
}
