package gmail

import (
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

// answerBody follows and bounds the body of an answer.
type answerBody struct {
	io.ReadCloser
	ex   *exchange
	left int64
}

func (b *answerBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the answer is longer than %d octets", b.ex.answerLimit)
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	b.ex.progress()
	return n, err
}
