package pop3test

import (
	"io"
	"net"
	"time"
)

// backlog is how many reads may be on their way at once.
const backlog = 256

// delayed is a connection that what is read from takes a while to arrive. What
// comes in the meantime is delayed side by side, as on a long line.
type delayed struct {
	net.Conn
	chunks chan chunk
	stop   chan struct{} // closed when nobody reads any more
	rest   []byte
}

type chunk struct {
	data []byte
	err  error
	due  time.Time
}

func newDelayed(conn net.Conn) *delayed {
	return &delayed{Conn: conn, chunks: make(chan chunk, backlog), stop: make(chan struct{})}
}

// pump reads ahead until the connection fails or nobody reads any more.
func (d *delayed) pump(delay time.Duration) {
	for {
		buf := make([]byte, 16<<10)
		n, err := d.Conn.Read(buf)
		select {
		case d.chunks <- chunk{buf[:n], err, time.Now().Add(delay)}:
		case <-d.stop:
			return
		}
		if err != nil {
			close(d.chunks)
			return
		}
	}
}

// Read gives what has arrived, and waits for the next to arrive.
func (d *delayed) Read(p []byte) (int, error) {
	if len(d.rest) == 0 {
		c, ok := <-d.chunks
		if !ok {
			return 0, io.EOF
		}
		time.Sleep(time.Until(c.due))
		if c.err != nil && len(c.data) == 0 {
			return 0, c.err
		}
		d.rest = c.data
	}
	n := copy(p, d.rest)
	d.rest = d.rest[n:]
	return n, nil
}
