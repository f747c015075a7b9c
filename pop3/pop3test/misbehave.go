package pop3test

import (
	"bytes"
	"io"
	"slices"
	"time"
)

// lingerFor is how long a client may take to close after the server did.
const lingerFor = 5 * time.Second

// ask gives the fault of a step.
func (s *session) ask(e Event) Fault {
	if s.server.opts.Fault == nil {
		return Fault{}
	}
	s.server.faultMu.Lock()
	defer s.server.faultMu.Unlock()
	return s.server.opts.Fault(e)
}

// before asks for the fault of a step that has no reply.
func (s *session) before(command string) bool {
	f := s.ask(s.event(command, ""))
	if f.Kind == NoFault {
		return true
	}
	return s.spoil(f) && s.out.Flush() == nil
}

// answer carries a step out, with the fault that the test wants. It is false
// when the session is over.
func (s *session) answer(e Event, execute func() reply) bool {
	f := s.ask(e)
	if f.undoes() {
		return s.spoil(f)
	}
	r := execute()
	if r.cut {
		return s.cut()
	}
	if !s.deliver(r, f) {
		return false
	}
	if r.then != nil {
		return s.out.Flush() == nil && r.then()
	}
	if r.last {
		s.hangUp()
	}
	return !r.last
}

// spoil does something else than the step.
func (s *session) spoil(f Fault) bool {
	switch f.Kind {
	case Reply:
		_, err := s.out.Write(f.Raw)
		return s.goOn(f, err)
	case Garble:
		_, err := s.out.Write(junk(f.N))
		return s.goOn(f, err)
	case Stall:
		return s.stall()
	case Reset:
		return s.reset()
	default:
		return s.end(f)
	}
}

// deliver sends the reply in the way the fault says.
func (s *session) deliver(r reply, f Fault) bool {
	switch f.Kind {
	case Reply:
		_, err := s.out.Write(f.Raw)
		return s.goOn(f, err)
	case DoneClose:
		return s.end(f)
	case Cut, Freeze:
		whole := render(r)
		_, _ = s.out.Write(whole[:min(max(f.N, 0), len(whole))]) // it ends anyway
		if f.Kind == Freeze {
			return s.stall()
		}
		return s.end(f)
	case Insert:
		_, err := s.out.Write(inserted(render(r), f.N, f.Raw))
		return s.goOn(f, err)
	case Truncate:
		return s.goOn(f, r.truncated(f.N).write(s.out, true))
	case NoFinalDot:
		if err := r.write(s.out, false); err != nil || f.Close {
			return s.end(f)
		}
		return s.stall()
	case Trickle:
		return s.goOn(f, s.trickle(render(r), f))
	default:
		return s.goOn(f, r.write(s.out, true))
	}
}

// goOn ends the session where writing failed or the fault wants it.
func (s *session) goOn(f Fault, err error) bool {
	if err != nil || f.Close {
		return s.end(f)
	}
	return true
}

// end cuts the connection in the way the fault wants.
func (s *session) end(f Fault) bool {
	if f.RST {
		return s.reset()
	}
	return s.cut()
}

func render(r reply) []byte {
	var out bytes.Buffer
	_ = r.write(&out, true) // a buffer takes all
	return out.Bytes()
}

// inserted has raw after the first n lines of whole.
func inserted(whole []byte, n int, raw []byte) []byte {
	end := 0
	for range n {
		end += bytes.IndexByte(whole[end:], '\n') + 1
	}
	return slices.Concat(whole[:end], raw, whole[end:])
}

// junk is n bytes that are neither a status nor a final dot.
func junk(n int) []byte {
	if n <= 0 {
		n = 64
	}
	out := make([]byte, 0, n+2)
	for i := range n {
		out = append(out, byte(0x80+i%0x7f))
	}
	return append(out, "\r\n"...)
}

// trickle sends data a few bytes at a time.
func (s *session) trickle(data []byte, f Fault) error {
	tick := time.NewTicker(max(f.Interval, time.Nanosecond))
	defer tick.Stop()
	for len(data) > 0 {
		n := min(max(f.N, 1), len(data))
		if _, err := s.out.Write(data[:n]); err != nil {
			return err
		}
		if err := s.out.Flush(); err != nil {
			return err
		}
		data = data[n:]
		select {
		case <-tick.C:
		case <-s.server.closing:
			return io.ErrClosedPipe
		}
	}
	return nil
}

// stall sends what is due and then nothing, until the client or Close ends it.
func (s *session) stall() bool {
	if s.out.Flush() == nil {
		_, _ = io.Copy(io.Discard, s.in) // its end is what is waited for
	}
	return false
}

// reset sends what is due and then a RST.
func (s *session) reset() bool {
	_ = s.out.Flush() // it ends anyway
	_ = s.tcp.SetLinger(0)
	_ = s.tcp.Close()
	return false
}
