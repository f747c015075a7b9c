package deviceflow

import (
	"context"
	"errors"
	"time"

	"golang.org/x/oauth2"
)

// mostTroubles is how many times in a row the token server may not be reached
// while the person is busy with the page.
const mostTroubles = 5

// poll asks for the token until there is an answer. The library waits and
// slows down; where a request fails, it is tried again ever later (RFC 8628,
// section 3.5).
func (o Options) poll(ctx context.Context, codes *oauth2.DeviceAuthResponse) (*oauth2.Token, error) {
	const op = "wait for the authorisation"
	c := &carrier{base: o.Transport}
	within := context.WithValue(ctx, oauth2.HTTPClient, c.client(requestTime))
	for troubles := 1; ; troubles++ {
		began, interval := time.Now(), time.Duration(codes.Interval)*time.Second
		answer, err := o.Config.DeviceAccessToken(within, codes)
		if err == nil {
			return answer, nil
		}
		if ctx.Err() == nil && !time.Now().Before(codes.Expiry) {
			return nil, &Error{Kind: Expired, Op: op}
		}
		var e *Error
		err = c.failure(ctx, op, err)
		if !errors.As(err, &e) {
			return nil, err
		}
		if e.Kind == Ended { // what is to end has not begun
			e.Kind = Rejected
		}
		if e.Kind != Passing {
			return nil, e
		}
		if time.Since(began) > 2*interval+requestTime { // it had been reached meanwhile
			troubles = 1
		}
		if troubles == mostTroubles {
			return nil, e
		}
		codes.Interval = min(2*codes.Interval, int64(longestInterval/time.Second))
	}
}
