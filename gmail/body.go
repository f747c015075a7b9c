package gmail

import (
	"bytes"
	"fmt"
	"io"
)

// requestBody follows the body of a request on its way into the transport.
type requestBody struct {
	io.ReadCloser
	ex *exchange
	// commits: once whole, it can make Gmail commit.
	commits bool
	// left is how many octets are still to come, negative where not known.
	left int64
}

func (b *requestBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.ex.media != nil {
		// Checked after reading: what the library wrote to end the body
		// neatly comes after the failure.
		if failed := b.ex.media.failure(); failed != nil {
			return 0, failed
		}
	}
	b.ex.progress()
	if b.left >= 0 {
		b.left -= int64(n)
	}
	// Before the transport sends the end, so that Gmail can't be quicker.
	if b.commits && (err == io.EOF || b.left == 0) {
		b.ex.handedOver()
	}
	return n, err
}

const (
	// slowest is how many octets of an answer have to come within the
	// time-out: less is no progress, lest an answer trickle in for ever.
	slowest = 16 << 10
	// maxObjects bounds the JSON objects of an answer. Each costs the library
	// some hundred octets of memory, and no more than two in the answer.
	maxObjects = 64 << 10
)

// answerBody follows and bounds the body of an answer.
type answerBody struct {
	io.ReadCloser
	ex *exchange
	// limit is the size in octets of the longest answer taken, and left what
	// is still to come of it.
	limit, left int64
	// fresh are the octets that came since the last progress.
	fresh   int
	objects int
}

func (b *answerBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the answer is longer than %d octets", b.limit)
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.objects += bytes.Count(p[:n], []byte{'{'}); b.objects > maxObjects {
		return 0, fmt.Errorf("the answer has more than %d objects", maxObjects)
	}
	if b.fresh += n; b.fresh >= slowest || err == io.EOF {
		b.fresh = 0
		b.ex.progress()
	}
	return n, err
}
