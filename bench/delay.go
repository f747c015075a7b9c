package main

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

const (
	// inFlight bounds what a direction of a connection holds, in octets: at
	// 40 ms it lets 800 MB a second through.
	inFlight = 16 << 20
	// pieces bounds in how many parts.
	pieces = 1 << 14
)

// delay is one direction of a connection: it passes on what src sends until
// its end, which is passed on as well, each octet after d.
type delay struct {
	dst, src *net.TCPConn
	d        time.Duration
	// notBefore is when the first octets count as sent, at the earliest.
	notBefore time.Time
	line      chan piece
	room      *semaphore.Weighted
}

// piece is some octets and when they are to arrive; none are the end.
type piece struct {
	due    time.Time
	octets []byte
}

// pass returns once the end was passed on, dst takes no more, or the context
// ends.
func pass(ctx context.Context, dst, src *net.TCPConn, d time.Duration, notBefore time.Time) {
	if d == 0 {
		_, _ = io.Copy(dst, src) // either side may break off
		_, _ = src.CloseRead(), dst.CloseWrite()
		return
	}
	p := &delay{dst: dst, src: src, d: d, notBefore: notBefore,
		line: make(chan piece, pieces), room: semaphore.NewWeighted(inFlight)}
	ctx, cancel := context.WithCancel(ctx)
	var reader sync.WaitGroup
	reader.Go(func() { p.read(ctx) })
	p.write(ctx)
	cancel()
	_ = src.CloseRead() // it may wait for octets that nobody would take
	reader.Wait()
}

// read takes octets ahead of their time.
func (p *delay) read(ctx context.Context) {
	buf := make([]byte, 256<<10)
	for {
		n, err := p.src.Read(buf)
		if n > 0 && !p.put(ctx, append([]byte(nil), buf[:n]...)) {
			return
		}
		if err != nil {
			p.put(ctx, nil)
			return
		}
	}
}

// put sends a piece on its way, once there is room; false where nobody waits
// for it any more.
func (p *delay) put(ctx context.Context, octets []byte) bool {
	at := time.Now()
	if at.Before(p.notBefore) {
		at = p.notBefore
	}
	if p.room.Acquire(ctx, int64(len(octets))) != nil {
		return false
	}
	select {
	case p.line <- piece{at.Add(p.d), octets}:
		return true
	case <-ctx.Done():
		return false
	}
}

// write delivers each piece when it is due.
func (p *delay) write(ctx context.Context) {
	for {
		next, ok := p.next(ctx)
		if !ok {
			return
		}
		if next.octets == nil {
			_ = p.dst.CloseWrite() // fails where the other side is gone
			return
		}
		if _, err := p.dst.Write(next.octets); err != nil {
			return
		}
		p.room.Release(int64(len(next.octets)))
	}
}

// next waits for a piece that is due; false where the context ends first.
func (p *delay) next(ctx context.Context) (piece, bool) {
	select {
	case next := <-p.line:
		return next, sleep(ctx, time.Until(next.due))
	case <-ctx.Done():
		return piece{}, false
	}
}

// sleep tells whether d passed before the context ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
