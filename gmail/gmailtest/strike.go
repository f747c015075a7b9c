package gmailtest

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// faultError carries a fault from where it strikes to where the request ends.
type faultError struct{ f *Fault }

func (e *faultError) Error() string { return "injected fault" }

// ask asks the fault function.
func (c *call) ask(stage Stage) *Fault {
	c.s.faultMu.Lock()
	defer c.s.faultMu.Unlock()
	if c.s.fault == nil {
		return nil
	}
	r := c.rec
	r.Stage = stage
	return c.s.fault(r)
}

// consult asks the fault function, waits out a delay, and fails with a
// *faultError where the request is to end.
func (c *call) consult(stage Stage) error {
	f := c.ask(stage)
	if f == nil {
		return nil
	}
	c.s.wait(f.Delay)
	if !f.ends() {
		return nil
	}
	return &faultError{f}
}

// faultyBody is a body at which a fault strikes after so many octets.
type faultyBody struct {
	c    *call
	f    *Fault
	left int64
	done bool
}

func (b *faultyBody) Read(p []byte) (int, error) {
	if b.done {
		return b.c.r.Body.Read(p)
	}
	if b.left <= 0 {
		b.c.s.wait(b.f.Delay)
		if b.f.ends() {
			return 0, &faultError{b.f}
		}
		b.done = true
		return b.c.r.Body.Read(p)
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.c.r.Body.Read(p)
	b.left -= int64(n)
	return n, err
}

// strike ends the request by the fault that err carries, if it carries one. a
// is the answer that it would have had.
func (c *call) strike(err error, a answer) bool {
	var fe *faultError
	if !errors.As(err, &fe) {
		return false
	}
	f := fe.f
	switch {
	case f.Reset, f.Close, f.Stall, f.Raw != "":
		c.rec.Status = 0
		c.s.record(c.rec)
		c.hijack(f)
	case f.NotJSON:
		c.send(answer{
			status: cmp.Or(f.Status, http.StatusOK),
			header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
			body:   []byte("<!doctype html><html><head><title>Sorry</title></head><body>Sorry</body></html>\n"),
		})
	case f.Truncate:
		c.sendHalf(f.instead(a))
	case f.Trickle != 0:
		c.sendSlowly(f.instead(a), f.Trickle)
	default:
		c.send(f.answer())
	}
	return true
}

func (f *Fault) answer() answer {
	return answer{status: f.Status, header: f.Header.Clone(), body: []byte(f.Body)}
}

// instead gives the answer to spoil: the true one, where there is one and the
// fault has none.
func (f *Fault) instead(a answer) answer {
	if f.Status != 0 || a.status == 0 {
		a = f.answer()
		a.status = cmp.Or(f.Status, http.StatusOK)
	}
	if a.stream != nil {
		var whole bytes.Buffer
		if err := a.stream(&whole); err != nil {
			panic(http.ErrAbortHandler)
		}
		a.body, a.stream = whole.Bytes(), nil
	}
	return a
}

// sendHalf announces the whole answer and sends half.
func (c *call) sendHalf(a answer) {
	if len(a.body) < 2 {
		a.body = []byte("{}\n")
	}
	whole := len(a.body)
	a.body = a.body[:whole/2]
	a.header = a.header.Clone()
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set("Content-Length", strconv.Itoa(whole))
	body := a.body
	a.stream = func(w io.Writer) error {
		w.Write(body)
		http.NewResponseController(c.w).Flush()
		return io.ErrUnexpectedEOF
	}
	c.send(a)
}

// sendSlowly sends the body an octet at a time.
func (c *call) sendSlowly(a answer, pause time.Duration) {
	body := a.body
	a.stream = func(w io.Writer) error {
		for i := range body {
			c.s.wait(pause)
			if _, err := w.Write(body[i : i+1]); err != nil {
				return err
			}
			if err := http.NewResponseController(c.w).Flush(); err != nil {
				return err
			}
		}
		return nil
	}
	c.send(a)
}

// hijack takes the connection out of the server's hands.
func (c *call) hijack(f *Fault) {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if f.Stall && !f.Reset && !f.Close {
		c.s.park(conn)
		return
	}
	if !f.Reset && !f.Close {
		io.WriteString(conn, f.Raw)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && f.Reset {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// park keeps a stalled connection open until Close.
func (s *Server) park(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		conn.Close()
	default:
		s.parked = append(s.parked, conn)
	}
}
