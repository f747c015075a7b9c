package message

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
)

var errFinished = errors.New("write to a message whose summary was taken")

// Digester takes in one message and sums it up. It holds at most a few dozen
// KB, however long the message or any of its lines.
type Digester struct {
	size     int64
	all      hash.Hash
	body     hash.Hash
	header   *header
	inBody   bool
	finished bool
}

// NewDigester gives a Digester that has seen nothing yet.
func NewDigester() *Digester {
	return &Digester{all: sha256.New(), body: sha256.New(), header: newHeader()}
}

// Write takes the next octets of the message. It fails only after Summary.
func (d *Digester) Write(p []byte) (int, error) {
	if d.finished {
		return 0, errFinished
	}
	d.size += int64(len(p))
	d.all.Write(p)
	rest := p
	if !d.inBody {
		rest, d.inBody = d.header.write(p)
	}
	d.body.Write(rest)
	return len(p), nil
}

// Summary ends the message and tells what it was. It may be asked again.
func (d *Digester) Summary() Summary {
	if !d.finished && !d.inBody {
		d.header.finish()
	}
	d.finished = true
	s := d.header.summary()
	s.Size = d.size
	s.Digest = hexSum(d.all)
	s.BodyDigest = hexSum(d.body)
	return s
}

// HeaderSummary reads what TOP n 0 gave (RFC 1939, section 7): a header, with
// or without the empty line, and perhaps lines of the body, which don't count.
// Size, Digest and BodyDigest of the answer are not set. The HeaderDigest is
// that of the whole message: over the lines before the first empty line, each
// ended by CRLF, without the fields Status, X-Status, X-UIDL, X-UID,
// X-Keywords, Content-Length and Lines, which servers change. The error is
// that of the reader.
func HeaderSummary(r io.Reader) (Summary, error) {
	d := NewDigester()
	if _, err := io.Copy(d, r); err != nil {
		return Summary{}, fmt.Errorf("read a header: %w", err)
	}
	s := d.Summary()
	s.Size, s.Digest, s.BodyDigest = 0, "", ""
	return s, nil
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }
