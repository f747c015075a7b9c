package deviceflow

import (
	"context"
	"errors"
	"time"

	"golang.org/x/oauth2"
)

const (
	// requestTime is for a request as a whole: its answer is small.
	requestTime = 30 * time.Second
	// usualInterval is that of a server that names none (RFC 8628, section 3.2).
	usualInterval = 5 * time.Second
	// longestInterval is how long the person waits at most after allowing it.
	longestInterval = time.Minute
	// usualLife and longestLifeOfCode bound how long is waited.
	usualLife         = 15 * time.Minute
	longestLifeOfCode = time.Hour
	// maxText is how many octets a page or a code may have.
	maxText = 1 << 10
)

// begin asks for the codes (RFC 8628, section 3.1).
func (o Options) begin(ctx context.Context) (*oauth2.DeviceAuthResponse, error) {
	const op = "ask for a code"
	limited, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	// The library sends this request without a context, and doesn't close the
	// answer.
	c := &carrier{base: o.Transport, ctx: limited}
	defer c.close()
	codes, err := o.Config.DeviceAuth(context.WithValue(limited, oauth2.HTTPClient, c.client(0)))
	if err != nil {
		return nil, c.failure(ctx, op, err)
	}
	if !plain(codes.DeviceCode, maxToken) || !plain(codes.UserCode, maxText) || !plain(codes.VerificationURI, maxText) {
		return nil, &Error{Kind: Unusable, Op: op, Err: errors.New("the answer holds no code")}
	}
	if !plain(codes.VerificationURIComplete, maxText) {
		codes.VerificationURIComplete = ""
	}
	moderate(codes)
	return codes, nil
}

// moderate keeps numbers of the server within reason: the library would stop
// with a panic at an interval below 0.
func moderate(codes *oauth2.DeviceAuthResponse) {
	if codes.Interval <= 0 {
		codes.Interval = int64(usualInterval / time.Second)
	}
	codes.Interval = min(codes.Interval, int64(longestInterval/time.Second))
	left := time.Until(codes.Expiry)
	if codes.Expiry.IsZero() || left <= 0 {
		left = usualLife
	}
	codes.Expiry = time.Now().Add(min(left, longestLifeOfCode))
}
