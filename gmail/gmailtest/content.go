package gmailtest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"hash"
	"io"
	"os"
)

// inMemory is how much of a message is kept in memory, in octets; the
// larger ones lie in temporary files.
const inMemory = 1 << 20

// content takes in a message octet by octet and keeps it.
type content struct {
	max  int64
	size int64
	hash hash.Hash
	mem  []byte
	file *os.File
	buf  *bufio.Writer
	name string // of a file that could not be unlinked while open
}

func newContent(max int64) *content {
	return &content{max: max, hash: sha256.New()}
}

// over says whether more was written than is allowed; the surplus is counted
// and not kept.
func (m *content) over() bool { return m.size > m.max }

// Write appends p.
func (m *content) Write(p []byte) (int, error) {
	m.size += int64(len(p))
	if m.over() {
		return len(p), nil
	}
	m.hash.Write(p)
	if m.file == nil && len(m.mem)+len(p) <= inMemory {
		m.mem = append(m.mem, p...)
		return len(p), nil
	}
	if m.file == nil {
		if err := m.spill(); err != nil {
			return 0, err
		}
	}
	return m.buf.Write(p)
}

// spill moves what is in memory to a file without a name.
func (m *content) spill() error {
	f, err := os.CreateTemp("", "gmailtest-*")
	if err != nil {
		return err
	}
	if os.Remove(f.Name()) != nil {
		m.name = f.Name() // Windows: removed when let go of
	}
	m.file, m.buf = f, bufio.NewWriterSize(f, 64<<10)
	_, err = m.buf.Write(m.mem)
	m.mem = nil
	return err
}

// flush makes all that was written readable.
func (m *content) flush() error {
	if m.buf == nil {
		return nil
	}
	return m.buf.Flush()
}

// reader gives the octets from the start. Several may be read at once, not
// while more is written.
func (m *content) reader() io.Reader {
	if m.file == nil {
		return bytes.NewReader(m.mem)
	}
	return io.NewSectionReader(m.file, 0, m.size)
}

// prefix gives the first octets, a MiB at most.
func (m *content) prefix() ([]byte, error) {
	if m.file == nil {
		return m.mem, nil
	}
	return io.ReadAll(io.LimitReader(m.reader(), inMemory))
}

// digest is the SHA-256 of all octets.
func (m *content) digest() (d [32]byte) {
	m.hash.Sum(d[:0])
	return d
}

// discard lets go of the octets.
func (m *content) discard() {
	if m.file == nil {
		return
	}
	m.file.Close()
	if m.name != "" {
		os.Remove(m.name)
	}
}
