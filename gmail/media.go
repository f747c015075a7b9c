package gmail

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

var errMediaClosed = errors.New("the call is over")

// media reads a message for the API library. The library may read on after a
// call has returned, and it ends the body of a request neatly when reading
// fails, so that a server would take what was read for the whole message.
// media therefore ends with its call, and says whether it has failed.
type media struct {
	mu   sync.Mutex
	body io.ReaderAt
	size int64
	off  int64
	err  error
}

// Read reads on. The last octets come with io.EOF, which spares a resumable
// upload an empty last chunk.
func (m *media) Read(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return 0, m.err
	}
	if rest := m.size - m.off; int64(len(p)) > rest {
		p = p[:rest]
	}
	n, err := m.body.ReadAt(p, m.off)
	m.off += int64(n)
	switch {
	case m.off == m.size:
		m.err = io.EOF
	case errors.Is(err, io.EOF):
		m.err = fmt.Errorf("read the message: it ends after %d of %d octets", m.off, m.size)
	case err != nil:
		m.err = fmt.Errorf("read the message: %w", err)
	}
	return n, m.err
}

// failure gives the error that reading ended with, nil while it goes well.
func (m *media) failure() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == io.EOF {
		return nil
	}
	return m.err
}

// close ends reading. After it the message is not touched any more.
func (m *media) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = errMediaClosed
}
